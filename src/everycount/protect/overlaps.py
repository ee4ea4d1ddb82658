"""Two printed groups that ``among`` parts: their difference, or overlap, is a group that nobody printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.plan import WITH_EVENTS
from everycount.protect.families import choices_of, looked_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import CellKey, Estimate, Parting
    from everycount.estimate.plan import Measure
    from everycount.protect.families import Family


class Overlaps:
    """What the families of one table tell of each other's people.

    Args:
        families: all of them.
        partings: which ``among`` leave which part empty, as the records have it.
        extreme: fewest respondents of a share of exactly 0 or 1.
    """

    def __init__(self, families: Sequence[Family], partings: Sequence[Parting], extreme: int) -> None:
        self._families, self._extreme = families, extreme
        self._everybody = next((one for one in families if one.among is None), None)
        self._known = {frozenset((repr(one.one), repr(one.other))): one for one in partings}

    def tell(self, family: Family, cell: CellKey, least: int) -> bool:
        """The numbers of two families, or of two and everybody, give those of a few."""
        return any(
            self._are_few(n, events, least)
            for other in self._families
            if other is not family and None not in (family.among, other.among)
            for n, events in self._left(family, other, cell)
        )

    def _are_few(self, n: int, events: int | None, least: int) -> bool:
        return 0 < n < least or (0 < n < self._extreme and events in (0, n))

    def _left(self, family: Family, other: Family, cell: CellKey) -> Iterator[tuple[int, int | None]]:
        """Respondents, and those with the property, of each part of people that follows."""
        parting = self._known.get(frozenset((repr(family.among), repr(other.among))))
        nested = is_nested(family.among, other.among) or (parting is not None and parting.nested)
        for (one, mine), (two, theirs) in _pairs(family, other, cell):
            counted = mine.kind in WITH_EVENTS and mine.condition == theirs.condition
            if nested:
                yield _difference(one, two, counted=counted)
            whole = self._of_everybody(mine, cell)
            if parting is None or whole is None:
                continue
            same = counted and self._counts_alike(mine, whole)
            rest = _rest(whole, one, two, counted=same)
            if parting.disjoint:
                yield rest
            if parting.covering:  # those who did not answer are in neither, and no group
                yield -rest[0], None if rest[1] is None else -rest[1]

    def _counts_alike(self, measure: Measure, whole: Estimate) -> bool:
        everybody = self._everybody
        return everybody is not None and everybody.measures[whole.measure].condition == measure.condition

    def _of_everybody(self, measure: Measure, cell: CellKey) -> Estimate | None:
        """The same answers of everybody, those with the same property first."""
        everybody = self._everybody
        if everybody is None:
            return None
        found = everybody.cells.get(cell, {}).values()
        alike = [one for one in found if looked_at(everybody.measures[one.measure]) == looked_at(measure)]
        return min(alike, key=lambda one: (not self._counts_alike(measure, one), one.measure), default=None)


def _difference(one: Estimate, two: Estimate, *, counted: bool) -> tuple[int, int | None]:
    wide, narrow = (one, two) if one.n >= two.n else (two, one)
    return wide.n - narrow.n, (wide.events or 0) - (narrow.events or 0) if counted else None


def _rest(whole: Estimate, one: Estimate, two: Estimate, *, counted: bool) -> tuple[int, int | None]:
    events = (whole.events or 0) - (one.events or 0) - (two.events or 0)
    return whole.n - one.n - two.n, events if counted else None


def is_nested(one: Condition | None, other: Condition | None) -> bool:
    """Both look at one question, and by their codes everybody inside the one is inside the other."""
    mine, theirs = choices_of(one), choices_of(other)
    if mine is None or theirs is None or mine[0] != theirs[0]:
        return False
    return _is_inside(mine[1:], theirs[1:]) or _is_inside(theirs[1:], mine[1:])


def _is_inside(one: tuple[frozenset[str], bool], other: tuple[frozenset[str], bool]) -> bool:
    (codes, counts), (wider, wider_counts) = one, other
    if counts and wider_counts:
        return codes < wider
    if counts:
        return not codes & wider
    return not wider_counts and wider < codes


def _pairs(
    family: Family, other: Family, cell: CellKey
) -> Iterator[tuple[tuple[Estimate, Measure], tuple[Estimate, Measure]]]:
    """The numbers of both about the same answers."""
    for name, estimate in family.cells.get(cell, {}).items():
        for beside, wide in other.cells.get(cell, {}).items():
            pair = family.measures[name], other.measures[beside]
            if looked_at(pair[0]) == looked_at(pair[1]):
                yield (estimate, pair[0]), (wide, pair[1])
