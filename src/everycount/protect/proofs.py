"""Proofs of many secrets at once: boxes within what is hidden, for all secrets of a breakdown together.

Nothing is decided here: a secret for which no box is met is looked at by itself afterwards, or taken as
unproven, and every box that counts as a proof is one that :mod:`everycount.protect.moves` would count. Boxes
are drawn from those whose edges are hidden, a few at first and more for the secrets that are left.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import combinations, groupby, product
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.corners import Corners, Ground, Proof, Stakes
from everycount.protect.families import dimensions_of
from everycount.protect.witness import PEOPLE, box_at, met, needs_of, scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.moves import Mover
    from everycount.protect.witness import Box
    from everycount.protect.world import Room

_ROUNDS = (8, 64, 512, 4096)  # boxes drawn for each secret, as long as there is no proof
_TRIED = 3  # boxes of a secret that are weighed by themselves before others are drawn
_AT_ONCE = 1 << 17  # boxes weighed by one array
_SPREAD = (
    2_654_435_761  # Knuth's multiplier (The Art of Computer Programming 3, 6.4): even steps in any number
)


def proven(
    mover: Mover,
    room: Room,
    secrets: Sequence[CellKey],
    *,
    lenient: bool = True,
    whole: bool = False,
    sure: bool = True,
) -> set[CellKey]:
    """Secrets that boxes within what is hidden prove, as far as a draw of boxes tells.

    Args:
        mover: knows the lattice.
        room: the family of the secrets.
        secrets: of any breakdowns.
        lenient: see :class:`everycount.protect.world.World`.
        whole: only boxes over all dimensions of a secret, moving the fewest families.
        sure: each box is weighed once more by itself; without it the arrays' word is taken, which is for
            those who go on looking and not for the last who looks.
    """
    found: set[CellKey] = set()
    mover.world.be(lenient=lenient)
    hidden = sorted((one for one in secrets if one in room.hidden), key=lambda one: (dimensions_of(one), one))
    for by, some in groupby(hidden, key=dimensions_of):
        batch = _Batch(mover, room, by, list(some), lenient=lenient, sure=sure)
        found.update(batch.prove(whole=whole))
    return found


class _Batch:
    """The secrets of one breakdown."""

    def __init__(
        self, mover: Mover, room: Room, by: By, cells: list[CellKey], *, lenient: bool, sure: bool
    ) -> None:
        self._sure = sure
        self._mover, self._lattice, self._room, self._by = mover, mover.lattice, room, by
        self._cells, self._lenient = cells, lenient
        needs = [needs_of(room, cell) for cell in cells]
        self._names = [PEOPLE, *sorted(frozenset().union(*needs) - {PEOPLE})]
        self._missing = np.array([[name in one for name in self._names] for one in needs], dtype=bool)
        self._stakes = Stakes.of(room, cells, self._names, mover.answers)
        place = self._lattice.place
        self._codes = {
            one: np.array([place[one][cell[at][1]] for cell in cells], dtype=np.int64)
            for at, one in enumerate(by)
        }

    def prove(self, *, whole: bool) -> list[CellKey]:
        """The cells all needs of which are met."""
        scopes = scopes_of(self._mover.world, self._room)
        for scope in scopes[:1] if whole else scopes:
            lattice = sorted(self._mover.world.lattice(scope))
            for size in range(len(self._by), len(self._by) - 1 if whole else 0, -1):
                for moved in combinations(self._by, size):
                    self._over(scope, lattice, moved)
        unmet = np.asarray(self._missing.any(axis=1))
        return [cell for cell, left in zip(self._cells, unmet, strict=True) if not left]

    def _over(self, scope: tuple[Room, ...], lattice: list[By], moved: By) -> None:
        tables = tuple(by for by in lattice if set(moved) <= set(by))
        left = np.flatnonzero(self._missing.any(axis=1))
        if not tables or not len(left):
            return
        draw = _Draw(self, scope, tables, moved, lattice, self._wanted())
        for number in _ROUNDS:
            left = left[self._missing[left].any(axis=1) & draw.possible[left]]
            step = max(1, _AT_ONCE // number)
            for start in range(0, len(left), step):
                self._weigh(draw, left[start : start + step], number)

    def _wanted(self) -> Bits:
        left = {name: self._missing[:, place] for place, name in enumerate(self._names)}
        return self._stakes.wanted(left, self._mover.answers)

    def _weigh(self, draw: _Draw, some: NDArray[np.int64], number: int) -> None:
        owner, codes = draw.boxes(some, number)
        at = {by: draw.corners(by, owner, codes) for by in draw.ground.tables}
        free = np.ones(len(owner), dtype=bool)
        for by in draw.ground.tables:
            for layer in self._lattice.layers(draw.ground.scope, by):
                free &= (layer.price[at[by]] == 0).all(axis=0)
        if not free.any():
            return
        owner, codes = owner[free], {one: found[free] for one, found in codes.items()}
        at = {by: found[:, free] for by, found in at.items()}
        at |= {by: draw.corners(by, owner, codes) for by in draw.others}
        found = Corners(self._lattice, draw.ground, at, draw.others).met(
            self._stakes.each(owner), self._names
        )
        for place, name in enumerate(self._names):
            self._accept(draw, place, np.flatnonzero(found[name]), owner, codes)

    def _accept(
        self,
        draw: _Draw,
        place: int,
        hits: NDArray[np.int64],
        owner: NDArray[np.int64],
        codes: dict[str, NDArray[np.int64]],
    ) -> None:
        """A proof of each, weighed once more by itself before anything is shown for it."""
        tried: Counter[int] = Counter()
        for hit in hits.tolist():
            mine = int(owner[hit])
            if not self._missing[mine, place] or tried[mine] >= _TRIED:
                continue
            tried[mine] += 1
            at = {one: int(found[hit]) for one, found in codes.items()}
            proof = Proof(self._cells[mine], self._names[place], partial(draw.box, self._cells[mine], at))
            key = (id(self._room), draw.ground.tables, self._names[place], self._cells[mine], *at.items())
            if not self._sure or key in self._mover.weighed or self._is_met(draw, proof):
                if self._sure:
                    self._mover.weighed.add(key)
                self._missing[mine, place] = False
                self._mover.proofs[proof.secret, proof.need] = proof

    def _is_met(self, draw: _Draw, proof: Proof) -> bool:
        world, scope, needs = self._mover.world, draw.ground.scope, frozenset({proof.need})
        return proof.box is not None and bool(met(world, self._room, scope, proof.secret, proof.box, needs))

    @property
    def parts(self) -> tuple[Mover, Room, By, dict[str, NDArray[np.int64]], bool]:
        """What a draw needs to know."""
        return self._mover, self._room, self._by, self._codes, self._lenient


class _Draw:
    """Boxes over some dimensions, drawn from the codes to which a secret's people could change.

    Attributes:
        ground: what all boxes have in common.
        others: breakdowns in which people stand and stay.
        possible: bool[secrets], every dimension has such a code.
    """

    def __init__(
        self,
        batch: _Batch,
        scope: tuple[Room, ...],
        tables: tuple[By, ...],
        moved: By,
        lattice: list[By],
        wanted: Bits,
    ) -> None:
        self._mover, self._room, self._by, self._codes, lenient = batch.parts
        self._lattice, self._moved, self._wanted = self._mover.lattice, moved, wanted
        self._all = lattice
        self._free = sorted({one for by in tables for one in by} - set(self._by))
        self._swaps = np.array(list(product((0, 1), repeat=len(moved))), dtype=np.int64)
        odd = self._swaps.sum(axis=1) % 2 == 1
        self.ground = Ground(self._room, scope, tables, odd, lenient, self._mover.answers)
        placed = {*self._by, *self._free}
        self.others = tuple(by for by in self._lattice.beside(lattice, tables) if placed >= set(by))
        self._number = len(next(iter(self._codes.values()))) if self._codes else 1
        self.possible = np.ones(self._number, dtype=bool)
        self._order: dict[str, NDArray[np.int64]] = {}
        self._many: dict[str, NDArray[np.int64]] = {}
        for one in (*moved, *self._free):
            allowed = self._partners(one) if one in moved else self._places(one)
            self._order[one] = np.argsort(~allowed, axis=1, kind="stable")
            self._many[one] = allowed.sum(axis=1)
            self.possible &= self._many[one] > 0

    def boxes(
        self, some: NDArray[np.int64], number: int
    ) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]]]:
        """Some boxes of each secret: whose each is, and its other codes; all boxes where they are few."""
        total = np.ones(len(some))
        for many in self._many.values():
            total = np.minimum(total * many[some], 2.0**40)
        whole = total.astype(np.int64)
        steps = np.arange(number, dtype=np.int64)
        drawn = np.where(whole[:, None] <= number, steps[None, :], steps * _SPREAD % whole[:, None])
        kept = (steps[None, :] < whole[:, None]).reshape(-1)
        owner, rank = np.repeat(some, number)[kept], drawn.reshape(-1)[kept]
        codes = {}
        for one, many in self._many.items():
            rank, at = np.divmod(rank, many[owner])
            codes[one] = self._order[one][owner, at]
        return owner, codes

    def box(self, secret: CellKey, codes: dict[str, int]) -> Box | None:
        """One of the boxes as it is weighed by itself; None where nobody could stand there."""
        words = {one: self._lattice.codes[one][code] for one, code in codes.items()}
        place = {one: words[one] for one in self._free} | dict(secret)
        if not self._mover.world.has_room(place):
            return None
        others = [by for by in self._all if by not in self.ground.tables and place.keys() >= set(by)]
        return box_at(place, {one: words[one] for one in self._moved}, self.ground.tables, others)

    def corners(
        self, by: By, owner: NDArray[np.int64], codes: dict[str, NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """Flat places of the corners in a breakdown: int64[corners, boxes]."""
        found = np.zeros((len(self._swaps), len(owner)), dtype=np.int64)
        for one, step in zip(by, self._lattice.strides(by), strict=True):
            own = self._codes[one][owner] if one in self._codes else codes[one]
            found += step * own
            if one in self._moved:
                swap = self._swaps[:, self._moved.index(one), None]
                found += swap * (step * (codes[one] - own))[None, :]
        return found

    def _partners(self, dimension: str) -> NDArray[np.bool_]:
        """Codes of a box's dimension to which somebody could change, unseen: bool[secrets, codes]."""
        allowed = np.zeros((self._number, len(self._lattice.codes[dimension])), dtype=bool)
        own = self._codes[dimension]
        for code in np.unique(own):
            partners = self._lattice.partners_of(dimension, self._lattice.codes[dimension][code])
            allowed[np.ix_(own == code, partners)] = True
        for by in self.ground.tables:
            if set(by) <= set(self._by):
                allowed &= self._unseen(by, dimension)
        return allowed

    def _places(self, dimension: str) -> NDArray[np.bool_]:
        """Codes of a dimension that stays fixed in which somebody could move."""
        codes = self._lattice.codes[dimension]
        real = np.array([code in self._mover.world.groups[dimension] for code in codes], dtype=bool)
        by = tuple(sorted((*self._moved, dimension)))
        known = self._lattice.layer(self._room, by) is not None
        return self._unseen(by, dimension) & real if known else np.tile(real, (self._number, 1))

    def _unseen(self, by: By, dimension: str) -> NDArray[np.bool_]:
        """Cells beside the secrets that are hidden, and that somebody could leave or join."""
        steps = dict(zip(by, self._lattice.strides(by), strict=True))
        start = sum(
            (self._codes[one] * step for one, step in steps.items() if one != dimension),
            np.zeros(self._number, dtype=np.int64),
        )
        flat = start[:, None] + np.arange(len(self._lattice.codes[dimension])) * steps[dimension]
        found = np.ones(flat.shape, dtype=bool)
        for layer in self._lattice.layers(self.ground.scope, by):
            found &= layer.price[flat] == 0
        for layer in self._lattice.layers((self._room,), by):
            free = layer.movable(lenient=self.ground.lenient) & self._mover.answers
            found &= ((free != 0).all(axis=0) & ~layer.absent)[flat]
            if dimension in self._moved:
                wanted = self._wanted[:, :, None]
                found &= (((layer.trade[:, flat] & wanted) != 0) | (wanted == 0)).all(axis=0)
        return found


def by_room(secrets: Sequence[tuple[Room, CellKey]]) -> Iterator[tuple[Room, list[CellKey]]]:
    """The secrets of each family together."""
    found: dict[int, tuple[Room, list[CellKey]]] = {}
    for room, cell in secrets:
        found.setdefault(id(room), (room, []))[1].append(cell)
    yield from found.values()
