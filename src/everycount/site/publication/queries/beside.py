"""A release beside the one that was public before it: what changed, what is new, what went."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import numbers
from everycount.site.publication.queries.tables import ROWS, SHOWN, row, view_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from everycount.estimate.estimates import CellKey
    from everycount.formats.report.view import View
    from everycount.release import Comparison
    from everycount.release.comparison import Change
    from everycount.site.publication.queries.tables import Row

CHANGED, CAME, WENT = "changed", "new", "gone"


@dataclass(frozen=True, slots=True)
class Line:
    """One number in both releases; None where one of them does not have it.

    Attributes:
        said: what the difference amounts to.
    """

    before: Row | None
    after: Row | None
    said: str = ""

    @property
    def shown(self) -> Row | None:
        """The one that names it."""
        return self.after or self.before


@dataclass(frozen=True, slots=True)
class Beside:
    """A page of what differs.

    Attributes:
        counts: of numbers, by kind.
        facts: what is said differently around the numbers, in English.
    """

    counts: Mapping[str, int]
    lines: tuple[Line, ...]
    facts: tuple[str, ...]
    page: int
    pages: int


def beside(before: Release, after: Release, kind: str, page: int, language: str) -> Beside:
    """What differs of one kind."""
    found = _compared(before.pk, before.digest, after.pk, after.digest)
    changed = [each for each in found.changed if each.is_seen]
    counts = {CHANGED: len(changed), CAME: len(found.added), WENT: len(found.removed)}
    pages = max(1, ceil(counts.get(kind, 0) / ROWS))
    page = min(max(page, 1), pages)
    part = slice((page - 1) * ROWS, page * ROWS)
    old, new = view_of(before, language), view_of(after, language)
    if kind == CAME:
        lines = [Line(None, _row(new, key)) for key in found.added[part]]
    elif kind == WENT:
        lines = [Line(_row(old, key), None) for key in found.removed[part]]
    else:
        lines = [_line(old, new, each) for each in changed[part]]
    return Beside(counts, tuple(lines), found.facts, page, pages)


@lru_cache(maxsize=2)
def _compared(one: UUID, digest: str, other: UUID, its: str) -> Comparison:
    """Kept while somebody turns its pages."""
    from everycount.release import compare  # noqa: PLC0415 - it brings arrays

    return compare(numbers(Release(pk=one, digest=digest)), numbers(Release(pk=other, digest=its)))


def _row(view: View, key: tuple[str, CellKey]) -> Row | None:
    measure = next((one for one in view.release.measures if one.id == key[0]), None)
    cell = view.cell(measure, key[1]) if measure is not None else None
    return row(view, measure, cell) if measure is not None and cell is not None else None


def _line(old: View, new: View, change: Change) -> Line:
    key = change.measure, change.cell
    return Line(_row(old, key), _row(new, key), _said(change))


def _said(change: Change) -> str:
    if change.difference is None:
        return _appeared(change)
    if change.within_rounding:
        return _("about the same")
    if change.within_interval is None:
        return _("another value")
    return (
        _("within what was likely before") if change.within_interval else _("beyond what was likely before")
    )


def _appeared(change: Change) -> str:
    old, new = next(((old, new) for name, old, new in change.fields if name == "status"), ("", ""))
    if SHOWN not in (old, new):
        return _("not shown, for another reason")
    return _("shown now") if new == SHOWN else _("not shown now")
