"""All boxes over some dimensions of a secret as one array, wherever they can take place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import product
from math import prod
from operator import and_
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.corners import Corners, Ground, Stakes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.lattice import Lattice
    from everycount.protect.world import Room

    Ints = NDArray[np.int64]

MOST_BOXES = 600  # weighed at first for each secret and place: those whose edges hide the least
_AT_ONCE = 1 << 14  # boxes of one array
_STEPS = (256, 1 << 13)  # boxes asked for people at a time, the cheapest first
_NEVER = 1 << 40


@dataclass(frozen=True)
class Found:
    """A box that will do: its corners, and what it does.

    Attributes:
        price: respondents that it hides more.
        scope: the families in which people move.
        cells: all its corners.
        meets: the needs that it meets.
    """

    price: int
    scope: tuple[Room, ...]
    cells: tuple[CellKey, ...]
    meets: frozenset[str]


@dataclass(frozen=True)
class Way:
    """What all boxes over some dimensions have in common.

    Attributes:
        room, scope: the secret's family, and those in which people move.
        moved: the dimensions of the box with the secret's groups.
        tables: the breakdowns that have all of them.
        others: the breakdowns in which people stand and stay.
        partners: places of the codes that each can change to.
        wanted: by question, the answers that would change a share of 0 or 1.
        answers: uint64[questions, 1], all answers to each question.
        lenient: see :class:`everycount.protect.world.World`.
        hidden_only: boxes all corners of which are hidden already; of these every one is weighed.
    """

    room: Room
    scope: tuple[Room, ...]
    moved: dict[str, str]
    tables: tuple[By, ...]
    others: tuple[By, ...]
    partners: tuple[Ints, ...]
    wanted: Bits
    answers: Bits
    lenient: bool
    hidden_only: bool

    @cached_property
    def most(self) -> list[int]:
        """How many partners of each dimension are weighed at each place."""
        most = [len(one) for one in self.partners]
        limit = MOST_BOXES if len(self.tables) == 1 else MOST_BOXES // 4
        while not self.hidden_only and prod(most) > limit:
            most[most.index(max(most))] -= 1
        return most

    @property
    def at_once(self) -> int:
        """Places whose boxes fit into one array."""
        return max(1, _AT_ONCE // max(1, prod(self.most)))


class Boxes:
    """The boxes of one way at some places.

    Args:
        lattice: all breakdowns.
        way: what they have in common.
        stands: by dimension, the place of the secret's code, or of the code of each place.
        number: how many places.
    """

    def __init__(self, lattice: Lattice, way: Way, stands: Mapping[str, int | Ints], number: int) -> None:
        self._lattice, self._way, self._stands, self._number = lattice, way, stands, number
        self._swaps = np.array(list(product((0, 1), repeat=len(way.moved))), dtype=np.int64)
        odd = self._swaps.sum(axis=1) % 2 == 1  # the corners that do not have the secret's colour
        self._ground = Ground(way.room, way.scope, way.tables, odd, way.lenient, way.answers)
        self._owner, self._codes = self._hidden() if way.hidden_only else self._likely()
        self._at = {by: self._corners(by, np.arange(len(self._owner))) for by in way.tables}

    def search(
        self, secret: CellKey, needs: frozenset[str], most: int | None, seen: frozenset[str]
    ) -> Iterator[Found]:
        """The cheapest box that meets all needs; else those that meet one that none has met yet."""
        price = self._prices()
        some = np.arange(len(price)) if most is None else np.flatnonzero(price <= most)
        some = some[np.argsort(price[some], kind="stable")]
        stakes = Stakes.of(self._way.room, [secret], needs, self._way.answers)
        partial: list[Found] = []
        for step in _stepped(some):
            met_by = self._met(stakes, step, needs)
            everything = np.logical_and.reduce([met_by[need] for need in sorted(needs)])
            if everything.any():
                yield self._found(price, int(step[everything.argmax()]), needs)
                return
            for need in sorted(needs):
                if need not in seen and met_by[need].any():
                    one = int(met_by[need].argmax())
                    meets = frozenset(name for name in needs if met_by[name][one])
                    seen |= meets
                    partial.append(self._found(price, int(step[one]), meets))
        yield from partial

    def _found(self, price: Ints, box: int, meets: frozenset[str]) -> Found:
        cells = (self._key(by, int(flat)) for by in self._way.tables for flat in self._at[by][:, box])
        return Found(int(price[box]), self._way.scope, tuple(cells), meets)

    def _likely(self) -> tuple[Ints, list[Ints]]:
        """So many partners in each dimension that boxes are not too many: those with the cheapest edges."""
        most = self._way.most
        chosen = []
        for at, (codes, number) in enumerate(zip(self._way.partners, most, strict=True)):
            if len(codes) <= number:
                chosen.append(np.tile(codes, (self._number, 1)))
            else:
                chosen.append(codes[np.argsort(self._edges(at, codes), axis=1, kind="stable")[:, :number]])
        owner, *places = (one.reshape(-1) for one in np.indices((self._number, *most)))
        return owner, [found[owner, place] for found, place in zip(chosen, places, strict=True)]

    def _hidden(self) -> tuple[Ints, list[Ints]]:
        """All partners whose edges are hidden already."""
        masks, kept = [], []
        for at, codes in enumerate(self._way.partners):
            free = self._edges(at, codes) == 0
            any_place = free.any(axis=0)
            kept.append(codes[any_place])
            shape = [1] * len(self._way.partners)
            shape[at] = int(any_place.sum())
            masks.append(free[:, any_place].reshape(self._number, *shape))
        owner, *places = np.nonzero(reduce(and_, masks))
        return owner, [codes[place] for codes, place in zip(kept, places, strict=True)]

    def _edges(self, at: int, codes: Ints) -> Ints:
        """What the corner next to the secret hides more, by place and code; most where nobody can move."""
        way, dimension = self._way, list(self._way.moved)[at]
        total = np.zeros((self._number, len(codes)), dtype=np.int64)
        for by in way.tables:
            steps = dict(zip(by, self._lattice.strides(by), strict=True))
            start = np.zeros(self._number, dtype=np.int64)
            for one, step in steps.items():
                if one != dimension:
                    start += step * self._stands[one]
            flat = start[:, None] + codes * steps[dimension]
            for layer in self._lattice.layers(way.scope, by):
                total += layer.price[flat]
            for layer in self._lattice.layers((way.room,), by):
                free = layer.movable(lenient=way.lenient)[:, flat] & way.answers[:, :, None]
                wanted = way.wanted[:, :, None]
                stuck = (free == 0) | (((layer.trade[:, flat] & wanted) == 0) & (wanted != 0))
                total += np.where(stuck.any(axis=0) | layer.absent[flat], _NEVER, 0)
        return total

    def _prices(self) -> Ints:
        """What each box hides more."""
        total = np.zeros(len(self._owner), dtype=np.int64)
        for by in self._way.tables:
            for layer in self._lattice.layers(self._way.scope, by):
                total += layer.price[self._at[by]].sum(axis=0)
        return total

    def _corners(self, by: By, boxes: Ints) -> Ints:
        """Flat places of the corners of some boxes in a breakdown: int64[corners, boxes]."""
        found = np.zeros((len(self._swaps), len(boxes)), dtype=np.int64)
        moved = list(self._way.moved)
        for one, step in zip(by, self._lattice.strides(by), strict=True):
            stands = self._stands[one]
            own = stands if isinstance(stands, int) else stands[self._owner[boxes]]
            found += step * own
            if one in self._way.moved:
                at = moved.index(one)
                found += self._swaps[:, at, None] * (step * (self._codes[at][boxes] - own))[None, :]
        return found

    def _met(self, stakes: Stakes, boxes: Ints, needs: frozenset[str]) -> dict[str, NDArray[np.bool_]]:
        at = {by: flat[:, boxes] for by, flat in self._at.items()}
        at |= {by: self._corners(by, boxes) for by in self._way.others}
        return Corners(self._lattice, self._ground, at, self._way.others).met(stakes, needs)

    def _key(self, by: By, flat: int) -> CellKey:
        codes = np.unravel_index(flat, self._lattice.shape(by)) if by else ()
        return tuple((one, self._lattice.codes[one][int(at)]) for one, at in zip(by, codes, strict=True))


def _stepped(some: Ints) -> Iterator[Ints]:
    """Few at first, since one of the cheapest will mostly do."""
    first, more = _STEPS
    if len(some):
        yield some[:first]
    for start in range(first, len(some), more):
        yield some[start : start + more]
