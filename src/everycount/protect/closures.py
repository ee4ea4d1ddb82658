"""Breakdowns of which nothing is shown: how small their groups are, and what would help.

These are true figures. They are for the keeper of the records, and never part of a release.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.protect import primary
from everycount.protect.cells import Status
from everycount.protect.sensitivity import guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from everycount.estimate.estimates import CellKey, Estimates
    from everycount.protect.cells import Cells

_HIDDEN = (Status.SUPPRESSED_SMALL, Status.SUPPRESSED_COMPLEMENTARY, Status.WITHHELD_BY_COMMUNITY)


@dataclass(frozen=True, slots=True)
class Without:
    """A breakdown as it would be without one of its dimensions.

    Attributes:
        dimension: the one left out.
        small, occupied: its groups with too few answers, and those with any.
    """

    dimension: str
    small: int
    occupied: int


@dataclass(frozen=True, slots=True)
class Closure:
    """A breakdown of which nothing is shown.

    Attributes:
        by: its dimensions, in the order of the plan.
        occupied: groups of people in which somebody answered.
        small: those of them with fewer answers than ``least``.
        other: those of them that another rule hides: all answered alike, one cluster, one large amount.
        least: fewest answers of a shown group.
        within: a coarser breakdown of which nothing is shown either; () where there is none.
        without: each dimension left out, the one that helps most first; empty for a single dimension.
        groups: how many groups each dimension has.
    """

    by: tuple[str, ...]
    occupied: int
    small: int
    other: int
    least: int
    within: tuple[str, ...]
    without: tuple[Without, ...]
    groups: Mapping[str, int]


def closures(estimates: Estimates, cells: Cells) -> dict[tuple[str, ...], Closure]:
    """By its dimensions, every breakdown with several groups none of which is shown.

    Args:
        estimates: what the cells were made from.
        cells: what protection made of them; some number of the breakdown is hidden for somebody's sake.
    """
    found = _closed(cells)
    safe = guarded(estimates)
    sizes, alike = _sizes(safe, found), _alike(safe, cells, found)
    sensitive = frozenset(one.id for one in safe.plan.dimensions if one.sensitive)
    made = {}
    for by in found:
        least = primary.threshold(tuple((one, "") for one in by), sensitive, cells.policy)
        n = {cell: size for cell, size in sizes[by].items() if size}
        made[by] = Closure(
            by=by,
            occupied=len(n),
            small=_few(n, least),
            other=sum(cell in alike and size >= least for cell, size in n.items()),
            least=least,
            within=min((other for other in found if set(other) < set(by)), key=len, default=()),
            without=tuple(sorted(_without(by, n, least), key=_by_share)) if len(by) > 1 else (),
            groups={one: len({dict(cell)[one] for cell in sizes[by]}) for one in by},
        )
    return made


def _closed(cells: Cells) -> list[tuple[str, ...]]:
    counts: dict[tuple[str, ...], Counter[Status]] = {}
    for cell in cells.cells:
        counts.setdefault(tuple(name for name, _ in cell.cell), Counter())[cell.status] += 1
    return [
        by
        for by, found in counts.items()
        if by and found.total() > 1 and not found[Status.SHOWN] and any(found[one] for one in _HIDDEN)
    ]


def _sizes(estimates: Estimates, found: list[tuple[str, ...]]) -> dict[tuple[str, ...], dict[CellKey, int]]:
    """Most respondents that any measure has in each group of some breakdowns."""
    sizes: dict[tuple[str, ...], dict[CellKey, int]] = {by: {} for by in found}
    for one in estimates.estimates:
        by = tuple(name for name, _ in one.cell)
        if by in sizes:
            sizes[by][one.cell] = max(sizes[by].get(one.cell, 0), one.n)
    return sizes


def _alike(estimates: Estimates, cells: Cells, found: list[tuple[str, ...]]) -> set[CellKey]:
    """Groups that a rule of their own hides, however many they are."""
    measures = {one.id: one for one in estimates.plan.measures}
    clustered, among = bool(estimates.design.clusters), set(found)
    return {
        one.cell
        for one in estimates.estimates
        if tuple(name for name, _ in one.cell) in among
        and primary.is_small(one, measures[one.measure], 0, cells.policy, clustered=clustered)
    }


def _few(sizes: Mapping[CellKey, int], least: int) -> int:
    return sum(0 < size < least for size in sizes.values())


def _without(by: tuple[str, ...], sizes: Mapping[CellKey, int], least: int) -> Iterator[Without]:
    for dimension in by:
        sums: Counter[CellKey] = Counter()
        for cell, size in sizes.items():
            sums[tuple(pair for pair in cell if pair[0] != dimension)] += size
        yield Without(dimension, _few(sums, least), len(sums))


def _by_share(one: Without) -> tuple[float, int, str]:
    return one.small / max(one.occupied, 1), -one.occupied, one.dimension
