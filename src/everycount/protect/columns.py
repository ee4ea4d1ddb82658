"""The cells of a family as columns: what each could have one more or one fewer of, for thousands at once.

The same rules as :mod:`everycount.protect.answers`, cell by cell there and for all cells of a family here;
tests hold the two equal. Answers are bits of a 64-bit word; a question with more answers than that keeps the
first ones, which only makes fewer moves possible.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.families import dimensions_of
from everycount.protect.primary import threshold

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.answers import Question
    from everycount.protect.world import Room, World

    Bits = NDArray[np.uint64]

EVERY = np.uint64(2**64 - 1)
_MOST_ANSWERS = 62
_UNKNOWN = -1


@dataclass(frozen=True)
class Sides:
    """What the status of each cell tells, as :class:`everycount.protect.answers.Bounds` does of one.

    Attributes:
        small: hidden by a rule of its own.
        told: the status tells a side at all; that of a cell in a closed breakdown does not.
        least, few: fewest respondents of a shown cell, and of one that is all alike.
    """

    small: NDArray[np.bool_]
    told: NDArray[np.bool_]
    least: NDArray[np.int64]
    few: NDArray[np.int64]

    def may_have(self, n: NDArray[np.int64], after: NDArray[np.int64], *, lenient: bool) -> NDArray[np.bool_]:
        """A cell of n respondents would stay where its status says it is with ``after``."""
        same = (after >= self.few) == (n >= self.few)
        if not lenient:
            same &= (after >= self.least) == (n >= self.least)
        few = np.where(self.told, (after >= np.minimum(n, 1)) & same, after >= 0)
        return np.where(self.small, few, (n >= self.least) & (after >= self.least))


@dataclass(frozen=True)
class Asked:
    """One question in every cell of a family.

    Attributes:
        known: some measure of the question is printed of the cell, or hidden there.
        n: respondents.
        counts: int64[cells, answers], how many gave each answer, at least.
        missing: how many gave none.
        extreme: bool[cells, answers], one fewer of the answer leaves a share of 0 or 1.
    """

    bit: np.uint64
    known: NDArray[np.bool_]
    n: NDArray[np.int64]
    counts: NDArray[np.int64]
    missing: NDArray[np.int64]
    measures: tuple[tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]], ...]

    def losable(self, sides: Sides, extreme: int, *, lenient: bool) -> Bits:
        """The answers of which each cell could have one fewer."""
        missing = np.where(self.missing > 0, self.bit, np.uint64(0))
        fits = sides.may_have(self.n, self.n - 1, lenient=lenient)
        found = missing | np.where(fits, self._bits(self._spare(sides, extreme)), np.uint64(0))
        return np.where(self.known, found, EVERY).astype(np.uint64)

    def gainable(self, sides: Sides, *, lenient: bool) -> Bits:
        """The answers of which each cell could have one more."""
        fits = sides.may_have(self.n, self.n + 1, lenient=lenient)
        return np.where(fits | ~self.known, EVERY, self.bit)

    def tradable(self, sides: Sides, extreme: int) -> Bits:
        """The answers of which each cell could have one fewer with one more of another."""
        return self._bits(self._spare(sides, extreme))

    @cached_property
    def present(self) -> Bits:
        """The answers that somebody gave, no answer among them."""
        return self._bits(self.counts > 0) | np.where(self.missing > 0, self.bit, np.uint64(0))

    def moved(self, at: NDArray[np.int64], other: Asked) -> Asked:
        """The same with the numbers of other cells at some places."""
        return replace(
            self,
            n=_with(self.n, at, other.n),
            counts=_with(self.counts, at, other.counts),
            missing=_with(self.missing, at, other.missing),
            measures=tuple(
                (have, _with(n, at, more[1]), _with(events, at, more[2]), holds)
                for (have, n, events, holds), more in zip(self.measures, other.measures, strict=True)
            ),
        )

    def _spare(self, sides: Sides, extreme: int) -> NDArray[np.bool_]:
        turns = np.zeros(self.counts.shape, dtype=bool)
        for have, n, events, holds in self.measures:
            left = events[:, None] - holds[None, :]
            alike = (left == 0) | (left == n[:, None] - 1)
            turns |= alike & (have & (events != _UNKNOWN) & (n - 1 < extreme))[:, None]
        return (self.counts > 0) & ~(turns & ~sides.small[:, None])

    def _bits(self, holds: NDArray[np.bool_]) -> Bits:
        places = np.uint64(1) << np.arange(holds.shape[1], dtype=np.uint64)
        found: Bits = np.where(holds, places, np.uint64(0)).sum(axis=1, dtype=np.uint64)
        return found


def _with(old: NDArray[np.int64], at: NDArray[np.int64], new: NDArray[np.int64]) -> NDArray[np.int64]:
    found = old.copy()
    found[at] = new
    return found


class Columns:
    """A room's cells in a fixed order.

    Attributes:
        keys: the cells.
        row: their places.
        tables, table: the breakdowns, and which of them each cell belongs to.
        size: most respondents that any measure has in each.
        rows: the places of the cells of each breakdown.
        places: where they are in its dense arrays, as a lattice lays them out.
    """

    def __init__(self, room: Room, only: Collection[CellKey] | None = None) -> None:
        self.room = room
        self.keys: list[CellKey] = sorted(room.family.cells if only is None else only)
        self.row = {key: at for at, key in enumerate(self.keys)}
        self.tables = sorted(room.family.breakdowns)
        places = {by: at for at, by in enumerate(self.tables)}
        self.table = np.array([places[dimensions_of(key)] for key in self.keys], dtype=np.int64)
        self.rows = {by: np.flatnonzero(self.table == at) for by, at in places.items()}
        self.places: dict[tuple[str, ...], NDArray[np.int64]] = {}
        found = room.family.cells
        self.size = np.array([room.family.size(key) for key in self.keys], dtype=np.int64)
        self.excluded = np.array(
            [any(one.n_excluded > 0 for one in found[key].values()) for key in self.keys], dtype=bool
        )
        self.asked = tuple(self._asked(asked) for asked in room.answers.questions)

    def moved(self, room: Room, cells: Collection[CellKey]) -> Columns:
        """The same of a room in which some of the cells have other numbers of people."""
        found, some = copy(self), Columns(room, cells)
        at = np.array([self.row[key] for key in some.keys], dtype=np.int64)
        found.room, found.size = room, _with(self.size, at, some.size)
        found.asked = tuple(one.moved(at, other) for one, other in zip(self.asked, some.asked, strict=True))
        return found

    def sides(self, world: World) -> Sides:
        """What is told of each cell by its status, as it would be were it hidden."""
        room, policy = self.room, world.policy
        by_table = [by in world.whole_tables or by in room.family.unseen for by in self.tables]
        partner = self._among(room.then_partner)
        closed = np.array(by_table, dtype=bool)[self.table] & ~partner & ~self._among(room.then_small)
        least = np.array([self._least(world, by) for by in self.tables], dtype=np.int64)[self.table]
        few = np.maximum(least, policy.min_respondents_extreme)
        if room.called_small is not None:
            return Sides((self._among(room.called_small) | closed) & ~partner, ~closed, least, few)
        secret = self._among(room.secrets)
        kept = self._among(room.kept) & ~secret
        inside = np.full(len(self.keys), room.family.among is not None) & (self.size > 0) & (self.size < few)
        small = np.where(kept, self._among(room.formerly_small), secret | inside | world.shut) | closed
        return Sides(small & ~partner, ~closed, least, few)

    def _among(self, cells: set[CellKey]) -> NDArray[np.bool_]:
        return np.array([key in cells for key in self.keys], dtype=bool)

    def _least(self, world: World, by: tuple[str, ...]) -> int:
        return threshold(tuple((one, "") for one in by), world.sensitive, world.policy)

    def _asked(self, asked: Question) -> Asked:
        found = self.room.family.cells
        columns = [self._measure(name) for name in asked.measures]
        have = np.array([one[0] for one in columns], dtype=bool).reshape(len(columns), len(self.keys))
        n = np.max([np.where(one[0], one[1], 0) for one in columns], axis=0)
        missing = np.array(
            [
                min((found[key][name].n_missing for name in asked.measures if name in found[key]), default=1)
                for key in self.keys
            ],
            dtype=np.int64,
        )
        counts = self._counts(asked, have, columns)[:, :_MOST_ANSWERS]
        shown = tuple((*one, asked.holds[at][:_MOST_ANSWERS]) for at, one in enumerate(columns))
        return Asked(np.uint64(1 << counts.shape[1]), np.asarray(have.any(axis=0)), n, counts, missing, shown)

    def _measure(self, name: str) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
        rows: Sequence[Estimate | None] = [self.room.family.cells[key].get(name) for key in self.keys]
        return (
            np.array([one is not None for one in rows], dtype=bool),
            np.array([0 if one is None else one.n for one in rows], dtype=np.int64),
            np.array(
                [_UNKNOWN if one is None or one.events is None else one.events for one in rows],
                dtype=np.int64,
            ),
        )

    def _counts(
        self,
        asked: Question,
        have: NDArray[np.bool_],
        columns: Sequence[tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]],
    ) -> NDArray[np.int64]:
        """By which measures a cell has, since these decide what follows from their numbers."""
        counts = np.ones((len(self.keys), asked.holds.shape[1]), dtype=np.int64)
        for pattern in np.unique(have, axis=1).T:
            rows = (have == pattern[:, None]).all(axis=0)
            if pattern.any():
                shown = [one for one, there in zip(columns, pattern.tolist(), strict=True) if there]
                events = np.array([np.maximum(one[2][rows], 0) for one in shown])
                counts[rows] = asked.counts_of(tuple(pattern.tolist()), shown[0][1][rows], events).T
        return counts
