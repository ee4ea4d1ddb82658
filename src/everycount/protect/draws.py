"""Boxes drawn for many secrets of a breakdown at once, from the groups to which their people could change."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.protect.corners import Ground
from everycount.protect.witness import box_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.moves import Mover
    from everycount.protect.nests import Course, Nest, Slot, Step
    from everycount.protect.witness import Box
    from everycount.protect.world import Room

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

# By the place of a step in its course, the row to which it leads; by that of a slot, less one and negative,
# the row in which people stand.
Picks: TypeAlias = "dict[int, Ints]"
_SPREAD = (
    2_654_435_761  # Knuth's multiplier (The Art of Computer Programming 3, 6.4): even steps in any number
)


@dataclass(frozen=True)
class Parts:
    """Secrets of one breakdown.

    Attributes:
        mover: knows the lattice.
        room: their family.
        by: their dimensions.
        codes: int64[secrets] by dimension, the places of their codes.
        lenient: see :class:`everycount.protect.world.World`.
    """

    mover: Mover
    room: Room
    by: By
    codes: Mapping[str, Ints]
    lenient: bool

    @property
    def number(self) -> int:
        """How many secrets; one where they have no dimension."""
        return len(next(iter(self.codes.values()))) if self.codes else 1


class Draw:
    """Boxes along one course.

    Args:
        parts: the secrets.
        scope: the families in which people move.
        course: what changes.
        moved: the dimensions of the secrets that change.
        lattice: every breakdown.
        wanted: see :meth:`everycount.protect.corners.Stakes.wanted`.

    Attributes:
        ground: what all boxes have in common.
        others: breakdowns in which people stand and stay.
        possible: bool[secrets], every step has somewhere to go, and everybody somewhere to stand.
    """

    def __init__(
        self,
        parts: Parts,
        scope: tuple[Room, ...],
        course: Course,
        moved: By,
        lattice: list[By],
        wanted: Bits,
    ) -> None:
        self._parts, self._course, self._moved = parts, course, moved
        self._lattice, self._all, self._wanted = parts.mover.lattice, lattice, wanted
        self._swaps = np.array(list(product((0, 1), repeat=len(course.steps))), dtype=np.int64)
        odd = self._swaps.sum(axis=1) % 2 == 1
        self.ground = Ground(parts.room, scope, course.tables, odd, parts.lenient, parts.mover.answers)
        placed = {*parts.by, *course.free}
        beside = self._lattice.beside(lattice, course.tables)
        self.others = tuple(by for by in beside if placed >= set(by))
        self._slot_of = {one: at for at, slot in enumerate(course.slots) for one in slot.free}
        self.possible = np.ones(parts.number, dtype=bool)
        self._order: dict[int, Ints] = {}
        self._many: dict[int, Ints] = {}
        self._fits: dict[int, Bools] = {}  # by step: bool[rows of its slot, rows of its nest]
        self._allow()

    def _allow(self) -> None:
        """Where people can stand and go, those places first."""
        found: dict[int, Bools] = {}
        for at, step in enumerate(self._course.steps):
            found[at] = self._goals(at, step)
        for at, slot in enumerate(self._course.slots):
            if slot.free:
                found[-1 - at] = self._places(slot)
        for key, allowed in found.items():
            self._order[key] = np.argsort(~allowed, axis=1, kind="stable")
            self._many[key] = allowed.sum(axis=1)
            self.possible &= self._many[key] > 0

    def boxes(self, some: Ints, number: int) -> tuple[Ints, Picks]:
        """Some boxes of each secret: whose each is, and its rows; all boxes where they are few."""
        total = np.ones(len(some))
        for many in self._many.values():
            total = np.minimum(total * many[some], 2.0**40)
        whole = total.astype(np.int64)
        steps = np.arange(number, dtype=np.int64)
        drawn = np.where(whole[:, None] <= number, steps[None, :], steps * _SPREAD % whole[:, None])
        kept = (steps[None, :] < whole[:, None]).reshape(-1)
        owner, rank = np.repeat(some, number)[kept], drawn.reshape(-1)[kept]
        picks = {}
        for key, many in self._many.items():
            rank, at = np.divmod(rank, many[owner])
            picks[key] = self._order[key][owner, at]
        return self._together(owner, picks)

    def _together(self, owner: Ints, picks: Picks) -> tuple[Ints, Picks]:
        """Those whose steps lead from where people stand."""
        kept = np.ones(len(owner), dtype=bool)
        for at, fits in self._fits.items():
            kept &= fits[picks[-1 - self._place_of(self._course.steps[at])], picks[at]]
        for key, found in picks.items():
            if key < 0:
                picks[key] = self._course.slots[-1 - key].rows[found]
        return owner[kept], {key: found[kept] for key, found in picks.items()}

    def box(self, secret: CellKey, picks: Mapping[int, int]) -> Box | None:
        """One of the boxes as it is weighed by itself; None where nobody could stand there."""
        place = dict(secret)
        for at, slot in enumerate(self._course.slots):
            if slot.free:
                place |= slot.nest.words(picks[-1 - at], slot.free)
        if not self._parts.mover.world.has_room(place):
            return None
        tables = self._course.tables
        others = [by for by in self._all if by not in tables and place.keys() >= set(by)]
        swaps = [step.nest.words(picks[at], step.seen) for at, step in enumerate(self._course.steps)]
        return box_at(place, swaps, tables, others)

    def corners(self, by: By, owner: Ints, picks: Picks) -> Ints:
        """Flat places of the corners in a breakdown: int64[corners, boxes]."""
        found = np.zeros((len(self._swaps), len(owner)), dtype=np.int64)
        for one, stride in zip(by, self._lattice.strides(by), strict=True):
            own = self._own(one, owner, picks)
            found += stride * own
            for at, step in enumerate(self._course.steps):
                if one in step.changed:
                    other = step.nest.columns[one][picks[at]]
                    found += self._swaps[:, at, None] * (stride * (other - own))[None, :]
        return found

    def _own(self, dimension: str, owner: Ints, picks: Picks) -> Ints:
        """The places of the codes that people have in a dimension at the secret's corner."""
        if dimension in self._parts.codes:
            return self._parts.codes[dimension][owner]
        at = self._slot_of[dimension]
        return self._course.slots[at].nest.columns[dimension][picks[-1 - at]]

    def _place_of(self, step: Step) -> int:
        return next(at for at, slot in enumerate(self._course.slots) if slot.nest is step.nest)

    def _goals(self, at: int, step: Step) -> Bools:
        """Rows of a nest to which somebody could change, unseen: bool[secrets, rows]."""
        nest, world = step.nest, self._parts.mover.world
        slot = self._course.slots[self._place_of(step)]
        kinds, of_secret = self._kinds(nest)
        stands = self._stands(slot, kinds)
        found = np.zeros((len(stands), len(nest.rows)), dtype=bool)
        fits = np.zeros((len(slot.rows), len(nest.rows)), dtype=bool) if slot.free else None
        for kind, place in np.argwhere(stands).tolist():
            rows = world.partners(step, int(slot.rows[place]))
            found[kind, rows] = True
            if fits is not None:
                fits[place, rows] = True
        if fits is not None:
            self._fits[at] = fits
        allowed: Bools = found[of_secret]
        for by in self._within(nest):
            allowed &= self._unseen(by, nest, np.arange(len(nest.rows)), goal=True)
        return allowed

    def _within(self, nest: Nest) -> Iterator[By]:
        """Breakdowns whose corners beside a secret follow from where people are in a nest."""
        known = {*self._parts.by, *nest.dimensions}
        yield from (by for by in self.ground.tables if known >= set(by))

    def _kinds(self, nest: Nest) -> tuple[Mapping[str, Ints], Ints]:
        """Every combination of groups that secrets have in a nest, and which of them each has."""
        names = [one for one in nest.dimensions if one in self._parts.codes]
        if not names:
            return {}, np.zeros(self._parts.number, dtype=np.int64)
        if len(names) == 1:
            codes, of_secret = np.unique(self._parts.codes[names[0]], return_inverse=True)
            return {names[0]: codes}, of_secret.reshape(-1)
        table = np.column_stack([self._parts.codes[one] for one in names])
        found, of_secret = np.unique(table, axis=0, return_inverse=True)
        return {one: found[:, at] for at, one in enumerate(names)}, of_secret.reshape(-1)

    def _stands(self, slot: Slot, kinds: Mapping[str, Ints]) -> Bools:
        """Places of a slot that agree with some groups: bool[combinations of groups, places]."""
        number = len(next(iter(kinds.values()))) if kinds else 1
        found = np.ones((number, len(slot.rows)), dtype=bool)
        for one, codes in kinds.items():
            found &= codes[:, None] == slot.nest.columns[one][slot.rows]
        return found

    def _places(self, slot: Slot) -> Bools:
        """Places of a slot in which somebody could move: bool[secrets, places]."""
        kinds, of_secret = self._kinds(slot.nest)
        found = self._stands(slot, kinds)[of_secret]
        for one in slot.free:  # as one dimension more tells
            by = tuple(sorted((*self._moved, one)))
            if self._lattice.layer(self._parts.room, by) is not None:
                found &= self._unseen(by, slot.nest, slot.rows, goal=False)
        if any(slot.nest is step.nest for step in self._course.steps):
            for by in self._within(slot.nest):
                found &= self._unseen(by, slot.nest, slot.rows, goal=False)
        return found

    def _unseen(self, by: By, nest: Nest, rows: Ints, *, goal: bool) -> Bools:
        """Cells beside the secrets that are hidden, and that somebody could leave or join."""
        start = np.zeros(self._parts.number, dtype=np.int64)
        more = np.zeros(len(rows), dtype=np.int64)
        for one, stride in zip(by, self._lattice.strides(by), strict=True):
            if one in nest.columns and (goal or one not in self._parts.codes):
                more += nest.columns[one][rows] * stride
            else:
                start += self._parts.codes[one] * stride
        flat = start[:, None] + more
        found = np.ones(flat.shape, dtype=bool)
        for layer in self._lattice.layers(self.ground.scope, by):
            found &= layer.price[flat] == 0
        for layer in self._lattice.layers((self._parts.room,), by):
            free = layer.movable(lenient=self._parts.lenient) & self.ground.answers
            found &= ((free != 0).all(axis=0) & ~layer.absent)[flat]
            if goal:
                wanted = self._wanted[:, :, None]
                found &= (((layer.trade[:, flat] & wanted) != 0) | (wanted == 0)).all(axis=0)
        return found
