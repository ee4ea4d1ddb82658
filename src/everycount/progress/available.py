"""Which countries have data, by indicator and goal: "Proportion of countries or areas with available data".

Source of the definition: Figure II of the Sustainable Development Goals reports, as our design notes have it
(share of countries with internationally comparable data since 2015, by goal); its parameters are those of
:class:`everycount.progress.rule.Rule`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.catalogue import indicators
from everycount.faults import InputError, unknown
from everycount.progress.rule import NOT_RELEVANT, PLACE, Rule
from everycount.sample.sql import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from everycount.progress.vintage import Vintage

NEVER = 0  # the latest year of a country that has no value


@dataclass(frozen=True, slots=True, eq=False)
class Availability:
    """What each country has of each indicator. Arrays have indicators as rows and countries as columns.

    Attributes:
        rule: the parameters.
        indicators: numbers, in the order of the framework.
        has: whether the country counts.
        applies: False where the database says that the indicator does not apply and has no value.
        latest: the latest year with a value that the rule's natures admit, of any time; 0 where none has.
        years: distinct years with a value since the rule's first year, of the series that has most.
        last_year: the latest year of the vintage, against which ages are reckoned.
    """

    rule: Rule
    indicators: tuple[str, ...]
    has: NDArray[np.bool_]
    applies: NDArray[np.bool_]
    latest: NDArray[np.int64]
    years: NDArray[np.int64]
    last_year: int

    @property
    def goals(self) -> tuple[str, ...]:
        """The goals of the indicators, in order."""
        return tuple(dict.fromkeys(number.split(".")[0] for number in self.indicators))

    def rows_of(self, goal: str) -> list[int]:
        """Positions of the indicators under a goal; those with two numbers there once, if the rule wants so.

        Raises:
            InputError: no indicator stands under the goal.
        """
        found = [i for i, number in enumerate(self.indicators) if number.split(".")[0] == goal]
        if not found:
            raise InputError(unknown(PLACE, "goal", goal, self.goals))
        if self.rule.repeats == "numbers":
            return found
        first: dict[str, int] = {}
        for row in found:
            first.setdefault(_same(self.indicators[row]), row)
        return list(first.values())

    def share(self, rows: Sequence[int], countries: Iterable[str] | None = None) -> float:
        """The share (0-1) over some indicators, of all countries or some; NaN where nobody is asked about."""
        columns = self._columns(countries)
        has = self.has[np.ix_(rows, columns)].sum(axis=1)
        asked = self._asked()[np.ix_(rows, columns)].sum(axis=1)
        if self.rule.weighting == "pooled":
            return float(has.sum() / asked.sum()) if asked.sum() else float("nan")
        counted = asked > 0
        return float(np.mean(has[counted] / asked[counted])) if counted.any() else float("nan")

    def by_goal(self, countries: Iterable[str] | None = None) -> dict[str, float]:
        """Goal to share (0-1)."""
        chosen = None if countries is None else frozenset(countries)
        return {goal: self.share(self.rows_of(goal), chosen) for goal in self.goals}

    def by_indicator(self) -> dict[str, tuple[int, float]]:
        """Number to how many countries have data, and their share (0-1)."""
        counts = self.has.sum(axis=1)
        return {number: (int(counts[i]), self.share([i])) for i, number in enumerate(self.indicators)}

    def by_country(self) -> dict[str, dict[str, float]]:
        """M49 code to goal to the share (0-1) of its indicators that the country has."""
        rows = {goal: self.rows_of(goal) for goal in self.goals}
        asked = self._asked()
        found: dict[str, dict[str, float]] = {}
        for column, code in enumerate(self.rule.countries):
            has = self.has[:, column] & asked[:, column]
            found[code] = {
                goal: float(has[mine].sum() / max(1, asked[mine, column].sum()))
                for goal, mine in rows.items()
            }
        return found

    def ages(self) -> NDArray[np.float64]:
        """Years between the latest value and the vintage's last year, NaN where there is no value."""
        return np.where(self.latest == NEVER, np.nan, self.last_year - self.latest)

    def frequency(self) -> NDArray[np.float64]:
        """Share (0-1) of the years since the rule's first for which there is a value."""
        return self.years / max(1, self.last_year - self.rule.since + 1)

    def _asked(self) -> NDArray[np.bool_]:
        everybody = np.ones_like(self.has)
        return everybody if self.rule.base == "countries" else self.applies

    def _columns(self, countries: Iterable[str] | None) -> list[int]:
        if countries is None:
            return list(range(len(self.rule.countries)))
        wanted = frozenset(countries)
        return [i for i, code in enumerate(self.rule.countries) if code in wanted]


def _same(number: str) -> str:
    """The first number of an indicator that has several; its own where the framework of 2023 has none."""
    return _first_numbers().get(number, number)


def _first_numbers() -> dict[str, str]:
    return {number: one.number for one in indicators() if len(one.numbers) > 1 for number in one.numbers}


def order(number: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts numbers as the framework does: 1.2 before 1.10, figures before letters."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in number.split("."))


def numbers_of(vintage: Vintage, rule: Rule) -> tuple[str, ...]:
    """The indicators that are asked about, in the order of the framework."""
    found = {number for (number,) in vintage.rows("SELECT DISTINCT indicator FROM measures")}
    if rule.denominator == "all":
        found |= {number for one in indicators() for number in one.numbers}
    return tuple(sorted(found, key=order))


def admitted(rule: Rule) -> str:
    """The condition on an observation, in SQL: it is data, and of a nature that counts."""
    if not rule.natures:
        return f"value IS NOT NULL AND coalesce(nature, '') <> '{NOT_RELEVANT}'"
    return f"value IS NOT NULL AND nature IN {texts(rule.natures)}"


def availability(vintage: Vintage, rule: Rule | None = None) -> Availability:
    """Who has data.

    Args:
        vintage: the database of one day.
        rule: the parameters; by default those of the founding figure.
    """
    rule = rule or Rule()
    numbers = numbers_of(vintage, rule)
    found = vintage.connection.execute(
        _QUERY.format(admitted=admitted(rule), since=int(rule.since))
    ).fetchnumpy()
    place = {number: i for i, number in enumerate(numbers)}
    column = {code: i for i, code in enumerate(rule.countries)}
    kept = np.array([area in column for area in found["area"]], dtype=bool)
    at = (
        np.array([place[number] for number in np.asarray(found["indicator"])[kept]], dtype=np.int64),
        np.array([column[code] for code in np.asarray(found["area"])[kept]], dtype=np.int64),
    )
    shape = (len(numbers), len(rule.countries))
    years, latest, not_relevant = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    years[at], latest[at] = found["years"][kept], found["latest"][kept]
    not_relevant[at] = found["not_relevant"][kept]
    has = years >= rule.min_points
    applies = ~((not_relevant > 0) & ~has)
    return Availability(rule, numbers, has, applies, latest, years, vintage.last_year)


# One row for each number of an indicator and place. Distinct years are counted within a series: two series
# with a year each make no trend.
_QUERY = """
WITH one AS (
    SELECT series, area, year, bool_or({admitted}) AS data,
        bool_or(coalesce(nature, '') = 'N' AND year >= {since}) AS not_relevant
    FROM observations GROUP BY ALL
), each AS (
    SELECT series, area, count(*) FILTER (data AND year >= {since}) AS years,
        coalesce(max(year) FILTER (data), 0) AS latest, bool_or(not_relevant) AS not_relevant
    FROM one GROUP BY ALL
)
SELECT indicator, area, max(years)::BIGINT AS years, max(latest)::BIGINT AS latest,
    max(not_relevant::INT)::BIGINT AS not_relevant
FROM each JOIN (SELECT DISTINCT series, indicator FROM measures) USING (series) GROUP BY ALL
"""
