"""``changes.csv``: which numbers say something else than in the release that this one replaces.

A row a number. The value before stands only beside a value now: what is not shown any more is not said again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.formats.cells_csv import groups_of, guarded, line, number
from everycount.protect.cells import Status
from everycount.release import compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release import Release

NAME = "changes.csv"
_AFTER = ("change", "before", "value")


class Kind(StrEnum):
    """What became of a number."""

    CHANGED = "changed"  # its value, its interval, or from how many it is
    SHOWN = "shown"  # it was not shown before
    HIDDEN = "hidden"  # it is not shown any more
    NEW = "new"  # the release before did not have it
    GONE = "gone"  # this release does not have it


def files(release: Release, before: Release) -> dict[str, bytes]:
    """The file by its name: UTF-8, in the columns of ``cells.csv`` as far as it has them."""
    dimensions = tuple(one.id for one in release.dimensions)
    header = line(["measure", *map(guarded, dimensions), *_AFTER])
    known = {each.id for each in release.dimensions}
    rows = (
        line([guarded(measure), *groups_of(key, dimensions), *said])
        for (measure, key), said in _rows(release, before)
        if {name for name, _code in key} <= known
    )
    return {NAME: "\n".join((header, *rows, "")).encode()}


def revised(release: Release, before: Release) -> dict[tuple[str, CellKey], Kind]:
    """The numbers of both that a reader is shown something else of; those that neither shows are left out."""
    held = {(each.measure, each.cell): each for each in before.cells.cells}
    cells = {(each.measure, each.cell): each for each in release.cells.cells}
    names = ((each.measure, each.cell) for each in compare(before, release).changed if each.is_seen)
    found = {name: _kind(held[name], cells[name]) for name in names}
    return {name: kind for name, kind in found.items() if kind is not None}


def _kind(old: Cell, new: Cell) -> Kind | None:
    was, now = old.status is Status.SHOWN, new.status is Status.SHOWN
    if was and now:
        return Kind.CHANGED
    return Kind.SHOWN if now else Kind.HIDDEN if was else None


def _rows(release: Release, before: Release) -> Iterator[tuple[tuple[str, CellKey], tuple[str, str, str]]]:
    """In the order of the release; what went stands last."""
    held = {(each.measure, each.cell): each for each in before.cells.cells}
    kinds = revised(release, before)
    for cell in release.cells.cells:
        name = (cell.measure, cell.cell)
        kind = kinds.get(name, Kind.NEW if name not in held else None)
        if kind is not None:
            value = number(held[name].value) if kind is Kind.CHANGED else ""
            yield name, (kind, value, number(cell.value))
    here = {(each.measure, each.cell) for each in release.cells.cells}
    yield from ((name, (Kind.GONE, "", "")) for name in held if name not in here)
