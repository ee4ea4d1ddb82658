"""Dimensions whose groups lie in each other: who changes one of them changes the others as well.

Nobody moves from a community to one in another state without moving to that state. So a box turns all of
them in one step: its corners are people who could be, and breakdowns by any of the dimensions that change
have corners, as if these were a single dimension. Every margin of the others stays what it was, for the same
reason: corners that differ in this step alone stand in the same cell there, and have opposite signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.protect.outside import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import Nesting
    from everycount.protect.families import By

    Ints = NDArray[np.int64]

_MOST_ROWS = 4_000  # ways to stand in one nest; with more its dimensions are taken one by one, as any others


@dataclass(frozen=True, eq=False)
class Nest:
    """Some dimensions that change together, or a single one.

    Attributes:
        dimensions: their names, in order.
        codes: of each, all that somebody may have.
        rows: int64[rows, dimensions], the places of the codes that somebody can have in all of them at once.
    """

    dimensions: By
    codes: tuple[tuple[str, ...], ...]
    rows: Ints

    @cached_property
    def columns(self) -> dict[str, Ints]:
        """The places by dimension."""
        return {one: np.ascontiguousarray(self.rows[:, at]) for at, one in enumerate(self.dimensions)}

    @cached_property
    def patterns(self) -> list[frozenset[str]]:
        """Which of the dimensions can change while the others stay, the fewest first."""
        if len(self.dimensions) == 1:
            return [frozenset(self.dimensions)]
        differ = sum(
            (column[:, None] != column[None, :]).astype(np.int64) << at
            for at, column in enumerate(self.columns.values())
        )
        found = [
            frozenset(one for at, one in enumerate(self.dimensions) if pattern >> at & 1)
            for pattern in np.unique(differ).tolist()
            if pattern
        ]
        return sorted(found, key=lambda one: (len(one), sorted(one)))

    def inside(self, groups: Mapping[str, str]) -> Ints:
        """The rows of those who stand in some groups; groups of other dimensions say nothing."""
        fits = np.ones(len(self.rows), dtype=bool)
        for (one, column), codes in zip(self.columns.items(), self.codes, strict=True):
            if one in groups:
                fits &= column == (codes.index(groups[one]) if groups[one] in codes else -1)
        return np.flatnonzero(fits)

    def words(self, row: int, names: Collection[str]) -> dict[str, str]:
        """The codes of a row in some of the dimensions."""
        places = self.rows[row].tolist()
        return {
            one: codes[place]
            for one, codes, place in zip(self.dimensions, self.codes, places, strict=True)
            if one in names
        }


@dataclass(frozen=True)
class Step:
    """One of the ways in which people at the corners of a box differ.

    Attributes:
        nest: the dimensions concerned.
        own: those that are the secret's.
        changed: those whose groups differ; the others of the nest stay.
        seen: those of them that breakdowns with corners have; what differs in others alone is the same box.
    """

    nest: Nest
    own: frozenset[str]
    changed: frozenset[str]
    seen: frozenset[str]

    def distinct(self, rows: Ints) -> Ints:
        """One of all rows that lead to the same corners."""
        return rows if self.seen == self.changed else _distinct(self.nest, self.seen, rows)


@dataclass(frozen=True)
class Slot:
    """Where people can stand in dimensions of a nest that are not the secret's.

    Attributes:
        nest: the nest.
        free: the dimensions.
        rows: int64[places], a row of the nest for each way to stand in them.
    """

    nest: Nest
    free: By
    rows: Ints

    def only(self, fits: NDArray[np.bool_]) -> Slot:
        """Some of the places."""
        return Slot(self.nest, self.free, self.rows[fits])


@dataclass(frozen=True)
class Course:
    """The boxes in which some dimensions of a secret change.

    Attributes:
        steps: what differs between corners.
        tables: the breakdowns that every step touches, so that they have corners.
        slots: where the people stand in other dimensions of these breakdowns and of the steps.
    """

    steps: tuple[Step, ...]
    tables: tuple[By, ...]
    slots: tuple[Slot, ...]

    @cached_property
    def free(self) -> By:
        """The dimensions of the slots."""
        return tuple(sorted(one for slot in self.slots for one in slot.free))


_Way: TypeAlias = "tuple[tuple[Step, ...], tuple[By, ...], frozenset[str]]"  # steps, tables, their dimensions


class Nests:
    """How the dimensions of a table lie in each other.

    Args:
        groups: codes by dimension.
        nestings: each group of one dimension lies in one group of another, as the records say.
    """

    def __init__(self, groups: Mapping[str, tuple[str, ...]], nestings: Sequence[Nesting] = ()) -> None:
        self._groups = groups
        self._outer: dict[tuple[str, str], Ints] = {}
        for one in nestings:
            if one.inner in groups and one.outer in groups:
                self._outer[one.inner, one.outer] = self._places(one)
        self._known: dict[frozenset[str], tuple[Nest, ...]] = {}
        self._found: dict[tuple[tuple[By, ...], By, By, tuple[Nest, ...]], list[_Way]] = {}

    def _places(self, one: Nesting) -> Ints:
        """The place of the outer group by that of the inner one, -1 where nothing is known of it."""
        outer = {code: at for at, code in enumerate(self._groups[one.outer])}
        places = dict(one.places)
        return np.array(
            [outer.get(places.get(code, ""), -1) for code in self._groups[one.inner]], dtype=np.int64
        )

    def of(self, dimensions: Iterable[str]) -> tuple[Nest, ...]:
        """Some dimensions put together by those that change together."""
        names = frozenset(dimensions)
        if names not in self._known:
            self._known[names] = tuple(nest for some in self._bound(names) for nest in self._make(some))
        return self._known[names]

    def courses(
        self, lattice: Sequence[By], own: By, moved: Collection[str], groups: Mapping[str, str]
    ) -> Iterator[Course]:
        """The boxes that change exactly some dimensions of a secret.

        Args:
            lattice: every breakdown.
            own: the dimensions of the secret.
            moved: those that change.
            groups: the secret's code in each; empty for all secrets of a breakdown together.
        """
        nests = self._fitting(lattice, own, groups)
        for steps, tables, wanted in self._ways(tuple(lattice), own, tuple(moved), nests):
            yield Course(steps, tables, _slots(nests, steps, wanted, own, groups))

    def _ways(self, lattice: tuple[By, ...], own: By, moved: By, nests: tuple[Nest, ...]) -> list[_Way]:
        """The same without the places, which are those of all secrets of a breakdown."""
        key = lattice, own, moved, nests
        if key not in self._found:
            turned = [nest for nest in nests if not set(moved).isdisjoint(nest.dimensions)]
            found = []
            for patterns in product(*(_patterns(nest, own, moved) for nest in turned)):
                tables = tuple(by for by in lattice if not any(one.isdisjoint(by) for one in patterns))
                wanted = frozenset(one for by in tables for one in by)
                steps = tuple(
                    Step(nest, frozenset(own).intersection(nest.dimensions), pattern, pattern & wanted)
                    for nest, pattern in zip(turned, patterns, strict=True)
                )
                found += [(steps, tables, wanted)] if tables else []
            self._found[key] = found
        return self._found[key]

    def _fitting(self, lattice: Iterable[By], own: By, groups: Mapping[str, str]) -> tuple[Nest, ...]:
        """The nests of open dimensions; those in which a secret cannot be, as it seems, taken apart."""
        names = {one for by in lattice for one in by}
        found: list[Nest] = []
        for nest in self.of(names):
            apart = len(nest.dimensions) > 1 and not len(nest.inside(groups))
            found += [self._alone(one) for one in nest.dimensions] if apart else [nest]
        return (*found, *(self._alone(one) for one in own if one not in names))

    def _bound(self, names: frozenset[str]) -> Iterator[list[str]]:
        """Dimensions that hang together, directly or through others; most stand alone."""
        together = {one: {one} for one in names}
        for one, other in self._outer:
            if one in names and other in names and together[one] is not together[other]:
                together[one] |= together[other]
                for name in together[other]:
                    together[name] = together[one]
        for one in sorted(names):
            if one == min(together[one]):
                yield sorted(together[one])

    def _make(self, names: Sequence[str]) -> Iterator[Nest]:
        rows = self._rows(names) if len(names) > 1 else None
        if rows is None:
            yield from (self._alone(one) for one in names)
        else:
            yield Nest(tuple(names), tuple(self._groups[one] for one in names), rows)

    def _alone(self, name: str) -> Nest:
        key = frozenset({name})
        if key not in self._known:
            codes = self._groups[name]
            self._known[key] = (Nest((name,), (codes,), np.arange(len(codes), dtype=np.int64)[:, None]),)
        return self._known[key][0]

    def _rows(self, names: Sequence[str]) -> Ints | None:
        """Every way to stand in all of them, the dimension with the fewest groups first; None if too many."""
        order = sorted(names, key=lambda one: (len(self._groups[one]), one))
        rows = np.zeros((1, 0), dtype=np.int64)
        for at, name in enumerate(order):
            codes = np.arange(len(self._groups[name]), dtype=np.int64)
            fits = np.ones((len(rows), len(codes)), dtype=bool)
            for before, other in enumerate(order[:at]):
                fits &= self._fit(other, name)[rows[:, before]]
            above, place = np.nonzero(fits)
            if len(above) > _MOST_ROWS:
                return None
            rows = np.column_stack([rows[above], codes[place]])
        return rows[:, [order.index(one) for one in names]]

    def _fit(self, one: str, other: str) -> NDArray[np.bool_]:
        """Which groups of two dimensions somebody can stand in at once: bool[groups, groups]."""
        mine = np.arange(len(self._groups[one]))[:, None]
        theirs = np.arange(len(self._groups[other]))[None, :]
        found = np.ones((mine.size, theirs.size), dtype=bool)
        for inner, outer, at in ((one, other, mine), (other, one, theirs)):
            if (inner, outer) in self._outer:
                known = self._outer[inner, outer][at]
                found &= (known == (theirs if inner == one else mine)) | (known < 0)
        return found


def outside_of(codes: Sequence[str]) -> int:
    """The place of those in no group; -1 where nobody is."""
    return codes.index(OUTSIDE) if OUTSIDE in codes else -1


def _patterns(nest: Nest, own: By, moved: Collection[str]) -> list[frozenset[str]]:
    """What can change in a nest where of a secret's dimensions some change and the others stay."""
    stay, change = (
        {one for one in own if one in nest.dimensions and (one in moved) == wanted}
        for wanted in (False, True)
    )
    return [one for one in nest.patterns if one.isdisjoint(stay) and one >= change]


def _slots(
    nests: Sequence[Nest], steps: Sequence[Step], wanted: frozenset[str], own: By, groups: Mapping[str, str]
) -> tuple[Slot, ...]:
    """In order of their first dimension; one for every step, if only to say where the secret stands."""
    turned = {id(step.nest) for step in steps}
    found = []
    for nest in nests:
        free = tuple(sorted(wanted.intersection(nest.dimensions).difference(own)))
        if free or id(nest) in turned:
            found.append(Slot(nest, free, _distinct(nest, {*free, *own}, nest.inside(groups))))
    return tuple(sorted(found, key=lambda slot: slot.free or slot.nest.dimensions))


def _distinct(nest: Nest, names: Collection[str], rows: Ints) -> Ints:
    """One row for each way to stand in some dimensions."""
    if len(nest.dimensions) == 1 or set(names).issuperset(nest.dimensions):
        return rows
    table = np.column_stack([column[rows] for one, column in nest.columns.items() if one in names])
    return rows[np.sort(np.unique(table, axis=0, return_index=True)[1])]
