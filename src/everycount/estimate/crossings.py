"""What groups of different dimensions have in common, where no table says so and somebody could subtract.

Two dimensions hang together where they are made from the same answers (age 0-17 in one, 0-18 in the
other), or where every group of one lies in a single group of the other (districts in regions, though these
are two questions). Whoever holds both knows how they hang together, and may take the numbers of one from
those of the other. So the cells that they have in common are estimated as well; protection keeps them, and
prints none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.condition import questions
from everycount.estimate.estimates import Crossings, Nesting
from everycount.estimate.origins import akin
from everycount.estimate.plan import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.plan import Dimension, Measure, Plan

    Ints: TypeAlias = NDArray[np.int64]
    Bools: TypeAlias = NDArray[np.bool_]

MOST_CELLS = 200_000  # of one cross; dimensions whose cross has more are given no numbers in common
MOST_KIN = 3  # dimensions crossed that hang together; of bands, two at a time tell everything
_FIRST_ROWS = 1 << 14  # rows after which most pairs of dimensions are seen not to hang together
_MORE_ROWS = 1 << 20
_TWO = 2  # groups that a dimension has at the least to tell anything
_By: TypeAlias = "frozenset[str]"


@dataclass(frozen=True)
class Woven:
    """How the dimensions of one table hang together.

    Attributes:
        table: ``main`` or a roster.
        ties: pairs of dimensions whose common cells are known, by ``nestings`` or by ``tables``.
        nestings: dimensions each group of which lies in one group of another.
        tables: the crosses whose cells have to be estimated.
        covered: (dimension, code, dimension): whoever is in the group is in some group of the other.
    """

    table: str
    ties: tuple[tuple[str, str], ...] = ()
    nestings: tuple[Nesting, ...] = ()
    tables: tuple[Table, ...] = ()
    covered: tuple[tuple[str, str, str], ...] = ()

    @classmethod
    def of(
        cls,
        table: str,
        places: Mapping[str, Ints],
        groups: Mapping[str, Dimension],
        plan: Plan,
        tables: Sequence[Table],
    ) -> Woven:
        """Looks at every two dimensions.

        Args:
            table: whose rows they are.
            places: int64[rows] by dimension, the position of the row's group, -1 where it has none.
            groups: the dimensions with their groups.
            plan: follows variables to the questions they are made of.
            tables: what is printed of the rows.
        """
        used = {name for one in tables for name in one.by}
        names = [name for name in groups if name in used]
        loose: list[tuple[str, str]] = []
        nestings: list[Nesting] = []
        covered: list[tuple[str, str, str]] = []
        for pair in combinations(names, 2):
            one, other = pair
            if is_plain(groups[one], groups[other]):
                continue
            alike = akin((groups[one].question,), (groups[other].question,), plan)
            met = _met(places[one], places[other], [len(groups[name].groups) for name in pair], every=alike)
            strict = [] if met is None else list(_nestings(table, met, groups, pair))
            nestings += strict
            if met is not None and not strict:
                loose.append(pair)
            if met is not None:
                covered += [*_covered(met, groups[one], other), *_covered(met.T, groups[other], one)]
        sizes = {name: len(groups[name].groups) for name in names}
        crosses = _Crosses(loose, sizes, tables, plan, groups)
        inside = [(one.inner, one.outer) for one in nestings]
        return cls(table, (*loose, *inside), tuple(nestings), tuple(crosses.tables()), tuple(covered))


def is_plain(one: Dimension, other: Dimension) -> bool:
    """Two dimensions of one question by whose codes everybody sees that the one is finer than the other."""
    if one.question != other.question:
        return False
    return _is_finer(one, other) or _is_finer(other, one)


def crossed(woven: Iterable[Woven], found: Iterable[Estimate]) -> Crossings:
    """What protection is told.

    Args:
        woven: of each table.
        found: estimates of the crosses, empty cells among them.
    """
    every = tuple(woven)
    occupied: dict[tuple[tuple[str, str], ...], list[Estimate]] = {}
    for one in found:
        occupied.setdefault(one.cell, []).append(one)
    somebody = (
        some for some in occupied.values() if any(one.n or one.n_excluded or one.n_missing for one in some)
    )
    return Crossings(
        ties=tuple((one.table, *pair) for one in every for pair in one.ties),
        nestings=tuple(nesting for one in every for nesting in one.nestings),
        estimates=tuple(estimate for some in somebody for estimate in some),
        covered=tuple((one.table, *group) for one in every for group in one.covered),
    )


def _is_finer(one: Dimension, other: Dimension) -> bool:
    """Each group lies in one group of the other, or in none."""
    mine, theirs = ([set(group.members) for group in each.groups] for each in (one, other))
    return all(
        sum(not members.isdisjoint(wide) for wide in theirs) == sum(members <= wide for wide in theirs)
        for members in mine
    )


def _met(one: Ints, other: Ints, sizes: Sequence[int], *, every: bool) -> Bools | None:
    """Which groups of two dimensions somebody stands in at once, the first row and column for no group.

    None where they do not hang together, which mostly the first rows tell.
    """
    found = np.zeros((sizes[0] + 1, sizes[1] + 1), dtype=bool)
    start, rows = 0, _FIRST_ROWS
    while start < len(one):
        some = slice(start, start + rows)
        found[one[some].astype(np.int64) + 1, other[some].astype(np.int64) + 1] = True
        if not every and not _is_nested(found) and not _is_nested(found.T):
            return None
        start, rows = start + rows, _MORE_ROWS
    if every or _tells(found) or _tells(found.T):
        return found
    return None


def _is_nested(met: Bools) -> bool:
    """No group of the first dimension was met in two groups of the second."""
    return bool((met[1:, 1:].sum(axis=1) < _TWO).all())


def _tells(met: Bools) -> bool:
    """The same, and it says something: more than one group of the second was met, or one that has everybody.

    The single region of a survey is the sum of its districts, and of the sexes, as the whole country is.
    """
    groups = int(met[1:, 1:].any(axis=0).sum())
    return _is_nested(met) and (groups >= _TWO or (groups == 1 and not met[1:, 0].any()))


def _nestings(
    table: str, met: Bools, groups: Mapping[str, Dimension], pair: tuple[str, str]
) -> Iterator[Nesting]:
    """Both ways; whoever stands in a group of the inner one has one and the same place in the outer."""
    for seen, (inner, outer) in ((met, pair), (met.T, pair[::-1])):
        if (seen[1:].sum(axis=1) < _TWO).all() and seen[1:, 1:].any():
            rows, columns = np.nonzero(seen[1:, 1:])
            yield Nesting(
                table,
                inner,
                outer,
                tuple(
                    (groups[inner].groups[row].code, groups[outer].groups[column].code)
                    for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
                ),
            )


def _covered(met: Bools, one: Dimension, other: str) -> Iterator[tuple[str, str, str]]:
    """The groups of one dimension nobody of whom was met in no group of the other."""
    for group, seen in zip(one.groups, met[1:], strict=True):
        if not seen[0]:
            yield one.id, group.code, other


class _Crosses:
    """The crosses of dimensions that hang together without nesting, for the measures that need them."""

    def __init__(
        self,
        loose: Sequence[tuple[str, str]],
        sizes: Mapping[str, int],
        tables: Sequence[Table],
        plan: Plan,
        groups: Mapping[str, Dimension],
    ) -> None:
        self._loose, self._sizes, self._plan, self._groups = loose, sizes, plan, groups
        self._tables = tables
        self._printed = {frozenset(one.by) for one in tables}
        self._kin = _classes(loose)
        self._measures = {one.id: one for one in plan.measures}

    def tables(self) -> Iterator[Table]:
        """One table per cross, its dimensions in the order of the plan."""
        found = self._of_dimensions()
        named = list(dict.fromkeys(name for table in self._tables for name in table.measures))
        wanted: dict[_By, list[str]] = {}
        for name in named:
            own = {frozenset(table.by) for table in self._tables if name in table.measures}
            for by in sorted(found | self._of_among(self._measures[name], own), key=sorted):
                if by not in own and self._fits(by) and self._concerns(name, by, own):
                    wanted.setdefault(by, []).append(name)
        for by, names in wanted.items():
            yield Table(tuple(names), tuple(one for one in self._sizes if one in by))

    def _of_dimensions(self) -> set[_By]:
        """Until nothing new is found: of two crosses, the dimensions akin and what both are split by."""
        found: set[_By] = set()
        waiting = list(self._printed)
        while waiting:
            one = waiting.pop()
            for other in [*self._printed, *found]:
                for first, second in self._loose:
                    pairs = ((first, second), (second, first))
                    if any(a in one - other and b in other - one for a, b in pairs):
                        kin = self._kin[first]
                        cross = (one & kin) | (other & kin) | (one & other)
                        if cross not in found and len(cross & kin) <= MOST_KIN and self._fits(cross):
                            found.add(cross)
                            waiting.append(cross)
        return found

    def _of_among(self, measure: Measure, own: set[_By]) -> set[_By]:
        """An ``among`` parts people as a dimension does: it may cut across one made from the same answers."""
        if measure.among is None:
            return set()
        asked = questions(measure.among)
        akin_to = [name for name in self._sizes if akin(asked, (self._groups[name].question,), self._plan)]
        return {
            (one & other) | {name}
            for name in akin_to
            for one, other in product(self._printed, own)
            if name in one and name not in other
        } - own

    def _fits(self, by: _By) -> bool:
        return prod(self._sizes[one] for one in by) <= MOST_CELLS

    def _concerns(self, name: str, by: _By, own: set[_By]) -> bool:
        """The measure is split by one of the dimensions that hang together, or parts people as they do."""
        kin = {one for one in by if one in self._kin and len(self._kin[one] & by) >= _TWO}
        if any(kin & mine for mine in own):
            return True
        return by in self._of_among(self._measures[name], own)


def _classes(pairs: Iterable[tuple[str, str]]) -> dict[str, _By]:
    """Dimensions that hang together, directly or through others."""
    found: dict[str, _By] = {}
    for one, other in pairs:
        together = found.get(one, frozenset({one})) | found.get(other, frozenset({other}))
        found |= dict.fromkeys(together, together)
    return found
