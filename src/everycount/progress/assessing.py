"""Progress of every place and series with an aim, by one method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import InputError, unknown
from everycount.progress.course import Course, course
from everycount.progress.headings import DIMENSIONS, TOTALS
from everycount.progress.methods import METHODS
from everycount.progress.methods.outcome import NO_DATA, NOT_APPLICABLE, NOT_ASSESSED, Outcome
from everycount.sample.sql import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.progress.aims import Aim
    from everycount.progress.vintage import Vintage

_ONE_YEAR = "only one year has a value"
_SEVERAL = "a year has several values for everybody together"
_NO_TOTAL = "there is no value for everybody together"


@dataclass(frozen=True, slots=True)
class Assessment:
    """How far one place has come with one series.

    Attributes:
        area: M49 code.
        series: code of the series.
        aim: what was agreed.
        course: the two points; None where there are no two.
        outcome: category, ratio, target and reason.
        method: id of the method.
    """

    area: str
    series: str
    aim: Aim
    course: Course | None
    outcome: Outcome
    method: str


def assess(values: Mapping[int, float], aim: Aim, method: str = "M1") -> Outcome:
    """What a method says of one series in one place, by year.

    Raises:
        InputError: there is no such method.
    """
    if method not in METHODS:
        raise InputError(unknown("progress", "method", method, METHODS))
    found = course(values)
    if found is None:
        return Outcome(NOT_ASSESSED, reason=_ONE_YEAR) if values else Outcome(NO_DATA)
    return METHODS[method](found, aim)


def assess_all(
    vintage: Vintage, aims: Mapping[str, Aim], areas: Iterable[str], method: str = "M1"
) -> list[Assessment]:
    """Every area with every series that has an aim, in order; also those of which there is nothing.

    Only values for everybody together are judged. A dimension of which a series has a single code, such as
    an age of 15 and over, is part of what it measures and no split.

    Raises:
        InputError: there is no such method, or the vintage has none of the series.
    """
    known = {series for (series,) in vintage.rows("SELECT DISTINCT series FROM measures")}
    asked = {code: aim for code, aim in aims.items() if code in known}
    if not asked:
        raise InputError(unknown("progress", "series", next(iter(aims), ""), sorted(known)))
    values, several = _values(vintage, asked)
    seen = {(series, area): relevant for series, area, relevant in vintage.rows(_SEEN.format(texts(asked)))}
    found = []
    for area in areas:
        for series, aim in asked.items():
            key = (series, area)
            if key in several:
                outcome = Outcome(NOT_ASSESSED, reason=_SEVERAL)
            elif key in values:
                outcome = assess(values[key], aim, method)
            elif key in seen:
                state = {True: NOT_ASSESSED, False: NOT_APPLICABLE, None: NO_DATA}[seen[key]]
                outcome = Outcome(state, reason=_NO_TOTAL if state == NOT_ASSESSED else "")
            else:
                outcome = Outcome(NO_DATA)
            two = course(values.get(key, {})) if key not in several else None
            found.append(Assessment(area, series, aim, two, outcome, method))
    return found


# Numbers there are (true), or only rows that say "not relevant" (false), or only placeholders (null).
_SEEN = """
SELECT series, area, CASE WHEN bool_or(value IS NOT NULL AND coalesce(nature, '') <> 'N') THEN true
    WHEN bool_and(coalesce(nature, '') = 'N') THEN false END
FROM observations WHERE series IN {} GROUP BY ALL
"""


def _values(
    vintage: Vintage, asked: Iterable[str]
) -> tuple[dict[tuple[str, str], dict[int, float]], set[tuple[str, str]]]:
    """Year to value for each series and area, and those of which a year has several."""
    single = ", ".join(f"min({name}) IS NOT DISTINCT FROM max({name}) AS one_{name}" for name in _ALL)
    whole = " AND ".join(f"({name} IS NULL OR one_{name} OR {name} IN {texts(TOTALS)})" for name in _ALL)
    rows = vintage.rows(
        f"WITH mine AS (SELECT * FROM observations WHERE series IN {texts(asked)}), "  # noqa: S608 - quoted
        f"codes AS (SELECT series, {single} FROM mine GROUP BY series) "
        "SELECT series, area, year, min(value), count(DISTINCT value) FROM mine JOIN codes USING (series) "
        f"WHERE value IS NOT NULL AND coalesce(nature, '') <> 'N' AND {whole} GROUP BY ALL"
    )
    found: dict[tuple[str, str], dict[int, float]] = {}
    several = set()
    for series, area, year, value, count in rows:
        found.setdefault((series, area), {})[year] = value
        if count > 1:
            several.add((series, area))
    return found, several


_ALL = (*DIMENSIONS, "other", "unit")
