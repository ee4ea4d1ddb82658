"""Proofs of many secrets at once: boxes within what is hidden, for all secrets of a breakdown together.

Nothing is decided here: a secret for which no box is met is looked at by itself afterwards, or taken as
unproven, and every box that counts as a proof is one that :mod:`everycount.protect.moves` would count. Boxes
are drawn from those whose edges are hidden, a few at first and more for the secrets that are left.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import combinations, groupby
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.corners import Corners, Proof, Stakes
from everycount.protect.draws import Draw, Parts
from everycount.protect.families import dimensions_of
from everycount.protect.witness import PEOPLE, met, needs_of, scopes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.draws import Picks
    from everycount.protect.families import By
    from everycount.protect.moves import Mover
    from everycount.protect.nests import Course
    from everycount.protect.world import Room

_ROUNDS = (8, 64, 512, 4096)  # boxes drawn for each secret, as long as there is no proof
_TRIED = 3  # boxes of a secret that are weighed by themselves before others are drawn
_AT_ONCE = 1 << 17  # boxes weighed by one array


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
        nests = self._mover.world.nests
        for scope in scopes[:1] if whole else scopes:
            lattice = sorted(self._mover.world.lattice(scope))
            for size in range(len(self._by), len(self._by) - 1 if whole else 0, -1):
                for moved in combinations(self._by, size):
                    for course in nests.courses(lattice, self._by, moved, {}):
                        self._over(scope, lattice, moved, course)
        unmet = np.asarray(self._missing.any(axis=1))
        return [cell for cell, left in zip(self._cells, unmet, strict=True) if not left]

    def _over(self, scope: tuple[Room, ...], lattice: list[By], moved: By, course: Course) -> None:
        left = np.flatnonzero(self._missing.any(axis=1))
        if not len(left):
            return
        draw = Draw(self.parts, scope, course, moved, lattice, self._wanted())
        for number in _ROUNDS:
            left = left[self._missing[left].any(axis=1) & draw.possible[left]]
            step = max(1, _AT_ONCE // number)
            for start in range(0, len(left), step):
                self._weigh(draw, left[start : start + step], number)

    def _wanted(self) -> Bits:
        left = {name: self._missing[:, place] for place, name in enumerate(self._names)}
        return self._stakes.wanted(left, self._mover.answers)

    def _weigh(self, draw: Draw, some: NDArray[np.int64], number: int) -> None:
        owner, picks = draw.boxes(some, number)
        at = {by: draw.corners(by, owner, picks) for by in draw.ground.tables}
        free = np.ones(len(owner), dtype=bool)
        for by in draw.ground.tables:
            for layer in self._lattice.layers(draw.ground.scope, by):
                free &= (layer.price[at[by]] == 0).all(axis=0)
        if not free.any():
            return
        owner, picks = owner[free], {one: found[free] for one, found in picks.items()}
        at = {by: found[:, free] for by, found in at.items()}
        at |= {by: draw.corners(by, owner, picks) for by in draw.others}
        found = Corners(self._lattice, draw.ground, at, draw.others).met(
            self._stakes.each(owner), self._names
        )
        for place, name in enumerate(self._names):
            self._accept(draw, place, np.flatnonzero(found[name]), owner, picks)

    def _accept(
        self,
        draw: Draw,
        place: int,
        hits: NDArray[np.int64],
        owner: NDArray[np.int64],
        picks: Picks,
    ) -> None:
        """A proof of each, weighed once more by itself before anything is shown for it."""
        tried: Counter[int] = Counter()
        for hit in hits.tolist():
            mine = int(owner[hit])
            if not self._missing[mine, place] or tried[mine] >= _TRIED:
                continue
            tried[mine] += 1
            at = {one: int(found[hit]) for one, found in picks.items()}
            proof = Proof(self._cells[mine], self._names[place], partial(draw.box, self._cells[mine], at))
            key = (id(self._room), draw.ground.tables, self._names[place], self._cells[mine], *at.items())
            if not self._sure or key in self._mover.weighed or self._is_met(draw, proof):
                if self._sure:
                    self._mover.weighed.add(key)
                self._missing[mine, place] = False
                self._mover.proofs[proof.secret, proof.need] = proof

    def _is_met(self, draw: Draw, proof: Proof) -> bool:
        world, scope, needs = self._mover.world, draw.ground.scope, frozenset({proof.need})
        return proof.box is not None and bool(met(world, self._room, scope, proof.secret, proof.box, needs))

    @property
    def parts(self) -> Parts:
        """What a draw needs to know."""
        return Parts(self._mover, self._room, self._by, self._codes, self._lenient)


def by_room(secrets: Sequence[tuple[Room, CellKey]]) -> Iterator[tuple[Room, list[CellKey]]]:
    """The secrets of each family together."""
    found: dict[int, tuple[Room, list[CellKey]]] = {}
    for room, cell in secrets:
        found.setdefault(id(room), (room, []))[1].append(cell)
    yield from found.values()
