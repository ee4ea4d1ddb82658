"""What Open SDG is told of one indicator: its measures, the cells that may be shown, and names for both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.plan import PURE, SHARES, MeasureKind
from everycount.formats.sdmx_period import period_of
from everycount.protect.cells import Status
from everycount.release.geography import placed_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.catalogue import Indicator
    from everycount.protect.cells import Cell
    from everycount.release import DimensionFacts, MeasureFacts, Release

# Columns that Open SDG's build does not take for a breakdown (its open_sdg_config.py), lower case.
_RESERVED = frozenset(
    {"year", "units", "series", "value", "geocode", "observation_status", "unit_multiplier", "unit_measure",
     "comment_ts", "data_last_update", "comment_obs", "source_detail"}
)  # fmt: skip
# What its build, which reads with pandas, takes for an absent value, a number or a truth value.
_NO_LABEL = re.compile(
    r"|none|null|-?nan|n/?a|<na>|#n/?a( n/a)?|-?1\.#(ind|qnan)|true|false"
    r"|[+-]?[\d.,]+(e[+-]?\d+)?|[+-]?inf(inity)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is told of one indicator.

    Attributes:
        release: where it comes from.
        number: of the indicator, as the survey names it.
        indicator: what the catalogue knows of it.
        series: the name of each measure that is linked to it.
        measures: these measures by id.
        cells: their cells that are shown.
        columns: the heading of each dimension that these cells use.
        labels: the label of each group of these dimensions.
    """

    release: Release
    number: str
    indicator: Indicator
    series: Mapping[str, str]
    measures: Mapping[str, MeasureFacts]
    cells: tuple[Cell, ...]
    columns: Mapping[str, str]
    labels: Mapping[tuple[str, str], str]

    @property
    def language(self) -> str:
        """The language that everything is said in, as far as it has the words."""
        return self.release.survey.languages[0]

    @property
    def several(self) -> bool:
        """Whether the file needs a column that says which measure a number is of."""
        return len(self.measures) > 1

    @property
    def year(self) -> str:
        """The year in which the fieldwork ended."""
        return str(period_of(self.release.survey.period).last.year)


def sheet_of(release: Release, name: str) -> Sheet:
    """What is told of the indicator ``name``.

    Raises:
        InputError: there is no such indicator, or the period is not one.
    """
    language = release.survey.languages[0]
    measures = {one.id: one for one in release.measures if one.sdg and one.sdg.indicator == name}
    cells = tuple(
        cell
        for cell in placed_cells(release)
        if cell.measure in measures and cell.status is Status.SHOWN and cell.value is not None
    )
    used = {dimension for cell in cells for dimension, _ in cell.cell}
    dimensions = [dimension for dimension in release.dimensions if dimension.id in used]
    titles = ((one.id, one.labels.say(language, one.id)) for one in measures.values())
    headings = _apart([(one.id, one.labels.say(language, one.id)) for one in dimensions], taken=_RESERVED)
    return Sheet(
        release,
        name,
        catalogue.indicator(name),
        _apart(titles),
        measures,
        cells,
        headings,
        {
            (dimension.id, code): label
            for dimension in dimensions
            for code, label in _labels(dimension, headings[dimension.id], language).items()
        },
    )


def _labels(dimension: DimensionFacts, heading: str, language: str) -> dict[str, str]:
    """The label of each group by its code; one that would not be taken for a label says of what it is."""
    said = ((code, one_line(label.say(language, code))) for code, label in dimension.groups)
    return _apart(
        (code, f"{heading}: {label or code}" if _NO_LABEL.fullmatch(label) else label) for code, label in said
    )


def _apart(named: Iterable[tuple[str, str]], taken: Iterable[str] = ()) -> dict[str, str]:
    """Names for people by id, none of them alike or already taken: those that are have their id added."""
    seen = set(taken)
    made = {}
    for key, name in named:
        words = one_line(name) or key
        while _folded(words) in seen:
            words = f"{words} ({key})"
        seen.add(_folded(words))
        made[key] = words
    return made


def _folded(name: str) -> str:
    return name.casefold().replace(" ", "_")


def one_line(text: str) -> str:
    """A text without white space around or breaks in it, which the build takes for another value."""
    return " ".join(text.split())


def unit_in_words(measure: MeasureFacts) -> str:
    """The unit as Open SDG's column ``Units`` has it."""
    if measure.kind in SHARES:
        return "Percent"
    if measure.kind in PURE:
        return "Index" if measure.kind is MeasureKind.GINI else "Ratio"
    words = measure.unit if measure.kind is MeasureKind.COUNT else measure.number
    return one_line(words) or ("Ratio" if measure.kind is MeasureKind.RATIO else "Number")
