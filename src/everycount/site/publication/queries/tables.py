"""The numbers of a release, a page of them at a time: also of one with a hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from everycount.formats.messages import chosen, messages
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from everycount.estimate.estimates import CellKey
    from everycount.formats.report.view import View
    from everycount.protect import Cell
    from everycount.release import DimensionFacts, MeasureFacts

ROWS = 50  # numbers on a page
# Statuses of everycount.protect, which brings arrays: who never looks at numbers does not load it.
SHOWN, NO_ANSWERS, WITHHELD = "shown", "no_answers", "withheld_by_community"


@dataclass(frozen=True, slots=True)
class Row:
    """A number as a reader meets it.

    Attributes:
        by: by what it is split, in words; "" for everybody.
        group: whom it is about, in words.
        value: figures, or the words for why there are none.
        between: its interval; "" where there is none.
        about, table: what an address says to name it, and the table that it stands in.
    """

    measure: str
    by: str
    group: str
    value: str
    between: str
    asked: int | None
    is_shown: bool
    is_withheld: bool
    is_uncertain: bool
    about: tuple[tuple[str, str], ...]
    table: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A measure or breakdown to choose."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which numbers somebody wants to see.

    Attributes:
        measure: id; "" for all.
        by: dimensions of a breakdown, joined by ``*``; ``"-"`` for everybody, "" for all.
        find: words that the name of a group or measure has in it.
        hidden: only those that are not shown.
        page: from 1.
    """

    measure: str = ""
    by: str = ""
    find: str = ""
    hidden: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of numbers, and what can be chosen."""

    rows: tuple[Row, ...]
    count: int
    page: int
    pages: int
    measures: tuple[Choice, ...]
    breakdowns: tuple[Choice, ...]
    intervals: bool


def view_of(release: Release, language: str) -> View:
    """The release with the words of a language.

    Raises:
        LookupError: it was not computed.
    """
    return _view(release.pk, release.digest, language)


@lru_cache(maxsize=4)
def _view(name: UUID, digest: str, language: str) -> View:
    """Kept, since of a large release it takes a moment to look up its numbers by group."""
    from everycount.formats.report.view import View  # noqa: PLC0415 - it brings arrays

    return View(numbers(Release(pk=name, digest=digest)), messages(chosen(language, ())))


def sheet(release: Release, asked: Asked, language: str) -> Sheet:
    """The numbers that somebody wants to see."""
    view = view_of(release, language)
    measures = {one.id: one for one in view.release.measures}
    found = _found(view, asked)
    pages = max(1, ceil(len(found) / ROWS))
    page = min(max(asked.page, 1), pages)
    shown = found[(page - 1) * ROWS : page * ROWS]
    return Sheet(
        tuple(row(view, measures[cell.measure], cell) for cell in shown),
        len(found),
        page,
        pages,
        tuple(Choice(one.id, view.measure_plain(one)) for one in measures.values()),
        tuple(Choice(name_of(by), said_by(view, by)) for by in _breakdowns(view)),
        intervals=any(cell.ci_low is not None for cell in shown),
    )


def _breakdowns(view: View) -> list[tuple[str, ...]]:
    """As the release has them; everybody first."""
    return list(dict.fromkeys([(), *view.release.breakdowns]))


def name_of(by: Sequence[str]) -> str:
    """A breakdown in an address."""
    return "*".join(by) or "-"


def said_by(view: View, by: Sequence[str]) -> str:
    """A breakdown in words."""
    return " × ".join(view.dimension_plain(view.dimensions[name]) for name in by) or "–"


def _found(view: View, asked: Asked) -> list[Cell]:
    wanted = None if not asked.by else set() if asked.by == "-" else set(asked.by.split("*"))
    groups, measures = _named(view, asked.find)
    return [
        cell
        for cell in view.release.cells.cells
        if (not asked.measure or cell.measure == asked.measure)
        and (wanted is None or {name for name, _ in cell.cell} == wanted)
        and (not asked.hidden or cell.status != SHOWN)
        and (not asked.find or cell.measure in measures or not groups.isdisjoint(cell.cell))
    ]


def _named(view: View, words: str) -> tuple[set[tuple[str, str]], set[str]]:
    """Groups and measures in whose name the words are."""
    sought = words.strip().casefold()
    groups = {
        (one.id, code)
        for one in view.release.dimensions
        for code, label in one.groups
        if sought in label.say(view.language, code).casefold() or sought == code.casefold()
    }
    measures = {
        one.id for one in view.release.measures if sought in one.labels.say(view.language, one.id).casefold()
    }
    return groups, measures


def row(view: View, measure: MeasureFacts, cell: Cell) -> Row:
    """One number."""
    from everycount.formats.report.view import uncertain  # noqa: PLC0415 - it brings arrays

    return Row(
        view.measure_plain(measure),
        said_by(view, [name for name, _code in cell.cell]) if cell.cell else "",
        group_of(view, cell.cell),
        view.written(measure, cell),
        view.between(measure, cell),
        cell.n,
        is_shown=cell.status == SHOWN,
        is_withheld=cell.status == WITHHELD,
        is_uncertain=uncertain(cell),
        about=(("measure", cell.measure), *_place(cell.cell)),
        table=(("measure", cell.measure), *(("by", name) for name, _code in cell.cell)),
    )


def _place(cell: CellKey) -> list[tuple[str, str]]:
    """A group in an address; everybody is the breakdown by nothing."""
    return [("cell", f"{name}={code}") for name, code in cell] or [("by", name_of(()))]


def group_of(view: View, cell: CellKey) -> str:
    """Whom a number is about; "" for everybody."""
    return " · ".join(_group(view.dimensions[name], code, view) for name, code in cell)


def _group(dimension: DimensionFacts, code: str, view: View) -> str:
    return dict(dimension.groups)[code].say(view.language, code)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a measure says of a group: a sentence, and how sure one can be."""

    said: str
    sure: str


def findings(release: Release, language: str) -> tuple[Finding, ...]:
    """Of each measure what it says of everybody."""
    view = view_of(release, language)
    pairs = ((one, view.overall(one)) for one in view.release.measures)
    return tuple(finding(view, one, cell) for one, cell in pairs if cell is not None)


def finding(view: View, measure: MeasureFacts, cell: Cell) -> Finding:
    """What one number says."""
    if cell.value is not None:
        return Finding(view.finding_plain(measure, cell), view.sure(measure, cell))
    key = "no_answers" if cell.status == NO_ANSWERS else "hidden"
    said = view.words.plain(f"finding.{key}", measure=view.measure_plain(measure))
    return Finding(said, "" if key == "no_answers" else view.words.plain(f"status.{cell.status}"))


def one(view: View, measure: str, cell: CellKey) -> Finding | None:
    """What the number of a group says."""
    facts = next((one for one in view.release.measures if one.id == measure), None)
    found = next(
        (each for each in view.release.cells.cells if each.measure == measure and each.cell == cell), None
    )
    return finding(view, facts, found) if facts is not None and found is not None else None


def basis(release: Release, language: str) -> str:
    """Of whom the numbers speak, and what their intervals rest on."""
    view = view_of(release, language)
    design = view.release.design
    units = view.words.units(view.main.unit if view.main else "")
    none = "basis.none_place" if design.scope == "place" else "basis.none"
    return view.words.plain(none if design.basis == "none" else f"basis.{design.basis}", units=units)
