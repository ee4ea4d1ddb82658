"""Two printed groups of one question, one inside the other: the difference is a group that nobody printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.protect.families import choices_of, looked_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import CellKey
    from everycount.protect.families import Family


def differs_by_few(family: Family, cell: CellKey, others: Sequence[Family], least: int) -> bool:
    """Too few stand in one ``among`` and not in a wider one of which the same answers are published."""
    return any(
        0 < abs(n - beside) < least
        for other in others
        if other is not family and is_nested(family.among, other.among)
        for n, beside in _answered(family, other, cell)
    )


def is_nested(one: Condition | None, other: Condition | None) -> bool:
    """Both look at one question, and everybody inside the one is inside the other."""
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


def _answered(family: Family, other: Family, cell: CellKey) -> Iterator[tuple[int, int]]:
    """How many answered the same question in both."""
    for name, estimate in family.cells.get(cell, {}).items():
        for beside, wide in other.cells.get(cell, {}).items():
            if looked_at(family.measures[name]) == looked_at(other.measures[beside]):
                yield estimate.n, wide.n
