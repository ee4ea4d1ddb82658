"""A release as the sections of the report ask for it: looked up, named and said in one language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Against, Verdict
from everycount.estimate.plan import LINE, POVERTY, SHARES, Better, MeasureKind
from everycount.formats import words as rules
from everycount.formats.messages import Messages, isolate
from everycount.formats.page import Child, Html, join, spoken, tag
from everycount.protect.cells import Status
from everycount.sample.design import Basis
from everycount.text import direction

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell, SafeContrast
    from everycount.release.model import DimensionFacts, MeasureFacts, Release

LIMIT = 280_000  # bytes of the body; with head and styles the page stays below 300,000
_FINE = 0.04  # an interval narrower than this carries a digit after the point of its percentage
_RARE = 0.1  # shares below this, or above 1 less this, need one


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a site that shows the report has more to read; a report that is a file points nowhere.

    Attributes:
        number: the page of one number.
        figure: the page of one figure, by its name (:mod:`.one_figure`).
        numbers: the pages on which all numbers stand.
    """

    number: Callable[[Cell], str]
    figure: Callable[[str], str]
    numbers: str


@dataclass(frozen=True)
class View:
    """The release and the words for it.

    Attributes:
        addresses: where there is more, for a site.
        limit: bytes that the body takes at most.
    """

    release: Release
    words: Messages
    addresses: Addresses | None = None
    limit: int = LIMIT

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.words.language

    @property
    def rtl(self) -> bool:
        """The page is read from right to left."""
        return direction(self.language) == "rtl"

    @cached_property
    def _cells(self) -> dict[tuple[str, CellKey], Cell]:
        return {(cell.measure, cell.cell): cell for cell in self.release.cells.cells}

    @cached_property
    def _contrasts(self) -> dict[tuple[str, CellKey, Against], SafeContrast]:
        return {(one.measure, one.cell, one.against): one for one in self.release.cells.contrasts}

    @cached_property
    def _crossed(self) -> dict[tuple[str, tuple[str, ...]], list[Cell]]:
        found: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
        for cell in self.release.cells.cells:
            found.setdefault((cell.measure, tuple(dimension for dimension, _ in cell.cell)), []).append(cell)
        return found

    @cached_property
    def dimensions(self) -> dict[str, DimensionFacts]:
        """By id."""
        return {dimension.id: dimension for dimension in self.release.dimensions}

    @property
    def main(self) -> MeasureFacts | None:
        """The measure that the page opens with: the first of the plan."""
        return self.release.measures[0] if self.release.measures else None

    def overall(self, measure: MeasureFacts) -> Cell | None:
        """The value of everybody."""
        return self._cells.get((measure.id, ()))

    def cell(self, measure: MeasureFacts, key: CellKey) -> Cell | None:
        """The cell of a group of people."""
        return self._cells.get((measure.id, key))

    def cells(self, measure: MeasureFacts, breakdown: tuple[str, ...]) -> list[Cell]:
        """The cells of one breakdown, as the release has them."""
        return self._crossed.get((measure.id, breakdown), [])

    def groups(self, measure: MeasureFacts, dimension: DimensionFacts) -> list[Cell]:
        """The cells of the groups of one dimension, in the order of the dimension."""
        order = {code: i for i, (code, _) in enumerate(dimension.groups)}
        cells = self.cells(measure, (dimension.id,))
        return sorted(cells, key=lambda cell: order.get(cell.cell[0][1], len(order)))

    def together(self, measure: MeasureFacts, *, differ: bool) -> list[Html]:
        """The dimensions all of whose groups were tested together, and found to differ or not."""
        found = {one.dimension for one in self.release.cells.associations if one.differs is differ
                 and one.measure == measure.id}  # fmt: skip
        return [self.dimension(one) for one in self.release.dimensions if one.id in found]

    def contrast(self, cell: Cell, against: Against) -> SafeContrast | None:
        """How a group compares, where both sides may be shown."""
        return self._contrasts.get((cell.measure, cell.cell, against))

    def measures_by(self, dimension: DimensionFacts) -> list[MeasureFacts]:
        """The measures that were split by a dimension alone."""
        return [one for one in self.release.measures if self.cells(one, (dimension.id,))]

    def one_way(self) -> list[DimensionFacts]:
        """The dimensions by which anything was split alone, in the order of the release."""
        return [one for one in self.release.dimensions if self.measures_by(one)]

    # Names

    def measure(self, measure: MeasureFacts) -> Html:
        """The name of a measure."""
        return spoken(measure.labels, self.language, measure.id)

    def measure_plain(self, measure: MeasureFacts) -> str:
        """The same where no markup can stand."""
        return isolate(measure.labels.say(self.language, measure.id))

    def dimension(self, dimension: DimensionFacts) -> Html:
        """The name of a dimension."""
        return spoken(dimension.labels, self.language, dimension.id)

    def dimension_plain(self, dimension: DimensionFacts) -> str:
        """The same where no markup can stand."""
        return isolate(dimension.labels.say(self.language, dimension.id))

    def group(self, cell: Cell, at: int = 0) -> Html:
        """The name of the group in one place of a cell's key."""
        dimension, code = cell.cell[at]
        return spoken(dict(self.dimensions[dimension].groups)[code], self.language, code)

    def group_plain(self, cell: Cell, at: int = 0) -> str:
        """The same where no markup can stand."""
        dimension, code = cell.cell[at]
        return isolate(dict(self.dimensions[dimension].groups)[code].say(self.language, code))

    def linked(self, cell: Cell, *said: Child) -> Html:
        """Words about a number that lead to its page, where it has one."""
        if self.addresses is None:
            return join(said)
        return tag("a", *said, href=self.addresses.number(cell))

    # Numbers as figures

    def figure(self, measure: MeasureFacts, value: float, decimals: int = 0) -> str:
        """A value as figures: 62%, 23.4, 1,230."""
        if measure.kind in SHARES:
            return self.words.percent(value, decimals)
        return self.words.number(value, 0 if float(value).is_integer() else rules.figures(value))

    def decimals(self, measure: MeasureFacts) -> int:
        """Digits after the point of a measure's percentages: one if it is rare or usual, and well known."""
        cell = self.overall(measure)
        if cell is None or cell.value is None or cell.ci_low is None or cell.ci_high is None:
            return 0
        return int(cell.ci_high - cell.ci_low < _FINE and not _RARE < cell.value < 1 - _RARE)

    def written(self, measure: MeasureFacts, cell: Cell) -> str:
        """The value of a cell as figures, or the words for why there is none."""
        if cell.value is None:
            return self.words.plain(f"status.{cell.status}")
        return self.figure(measure, cell.value, self.decimals(measure))

    def between(self, measure: MeasureFacts, cell: Cell) -> str:
        """The interval of a cell as figures, percentages rounded outwards; empty where there is none."""
        if cell.ci_low is None or cell.ci_high is None:
            return ""
        return self.span(measure, cell.ci_low, cell.ci_high, self.decimals(measure))

    def span(self, measure: MeasureFacts, low: float, high: float, decimals: int = 0) -> str:
        """Two values as a range."""
        if measure.kind not in SHARES:
            return self.words.span(self.figure(measure, low), self.figure(measure, high))
        step = 10**decimals
        down, up = rules.outward(low, high, 100 * step)
        end = self.words.percent(up / step / 100, decimals)
        return self.words.span(self.words.number(down / step, decimals if down else 0), end)

    # Numbers in words

    def share(self, cell: Cell) -> rules.Share:
        """The rule's words for a proportion that is shown."""
        return rules.share(cell.value or 0.0, cell.ci_low, cell.ci_high)

    def said(self, measure: MeasureFacts, cell: Cell) -> str:
        """The value of a shown cell in words."""
        if cell.value is None:
            return self.words.plain(f"status.{cell.status}")
        said = self.figure(measure, cell.value)
        if measure.kind in SHARES:
            said = rules.say_share(self.share(cell), measure.unit, self.words)
        if measure.kind is MeasureKind.PROPORTION:
            return said
        part = measure.at or (LINE if measure.kind in POVERTY else 0.5)
        return self.words.plain(
            f"value.{measure.kind}",
            value=said,
            number=measure.number,
            units=self.words.units(measure.unit),
            share=self.words.percent(part),
            none=0,
            one=1,
        )

    def finding(self, measure: MeasureFacts, cell: Cell) -> Html:
        """The finding of a measure in one sentence."""
        if cell.status is Status.NO_ANSWERS:
            return self.words.say("finding.no_answers", measure=self.measure(measure))
        if cell.value is None:
            return self.words.say("finding.hidden", measure=self.measure(measure))
        return self.words.say("finding.shown", measure=self.measure(measure), value=self.said(measure, cell))

    def finding_plain(self, measure: MeasureFacts, cell: Cell) -> str:
        """The same where no markup can stand, of a value that is shown."""
        return self.words.plain(
            "finding.shown", measure=self.measure_plain(measure), value=self.said(measure, cell)
        )

    def sure(self, measure: MeasureFacts, cell: Cell) -> str:
        """How sure one can be of a shown value, in words."""
        if cell.value is None:
            return ""
        if cell.basis is Basis.NONE:
            units = self.words.units(measure.unit)
            return (
                f"{self.words.plain('sure.only_asked', units=units)} {self.words.plain('sure.no_interval')}"
            )
        if cell.ci_low is None or cell.ci_high is None:
            return self.words.plain("sure.unknown")
        if cell.ci_low == cell.ci_high:
            return self.words.plain("sure.exact")
        if measure.kind in SHARES:
            return rules.say_sure(self.share(cell), self.words)
        low, high = self.figure(measure, cell.ci_low), self.figure(measure, cell.ci_high)
        return self.words.plain("sure.number", low=low, high=high)

    # Orders

    def worst_first(self, measure: MeasureFacts, cells: list[Cell]) -> list[Cell]:
        """Shown cells, furthest behind first; highest first where nobody said what is better."""
        shown = [cell for cell in cells if cell.value is not None]
        ascending = measure.better is Better.HIGHER
        return sorted(shown, key=lambda cell: (cell.value or 0.0) * (1 if ascending else -1))


def uncertain(cell: Cell) -> bool:
    """The value is shown but is to be handled with care.

    Without a design basis the verdict is never better than caution, which the page says in words for all.
    """
    good = {None, Verdict.PUBLISH} | ({Verdict.CAUTION} if cell.basis is Basis.NONE else set())
    return cell.value is not None and cell.verdict not in good


def section(view: View, key: str, *children: Html | None) -> Html:
    """A section under its heading, which carries the name that the list of contents points to."""
    return tag("section", tag("h2", view.words.plain(f"page.{key}"), id=key), *children)
