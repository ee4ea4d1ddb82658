"""Boxes for tables with many cells: the moves of :mod:`everycount.protect.witness`, thousands in one go.

A box is weighed by whole arrays here: its price (how many respondents more would be hidden), and whether
somebody can go round its corners. The rules are those of the witness, and tests hold the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import combinations, product
from math import prod
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.corners import Corners, Ground, Proof, Stakes
from everycount.protect.families import dimensions_of
from everycount.protect.witness import PEOPLE, needs_of, scopes_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.lattice import Lattice
    from everycount.protect.world import Room

_MOST_BOXES = 600  # weighed at first for each secret: those whose edges hide the least
_NEVER = 1 << 40
_MOST_HIDDEN_PLACES = 150
_MOST_PLACES = 12  # places tried for the dimensions that stay fixed


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


class Mover:
    """Looks for boxes in a lattice.

    Args:
        lattice: all breakdowns.
        weighed: boxes that have been weighed by themselves, as long as their families live. Whatever is
            hidden or closed afterwards takes no box away.

    Attributes:
        proofs: by cell and need, the last box that met it.
    """

    def __init__(self, lattice: Lattice, weighed: set[Hashable] | None = None) -> None:
        self.lattice, self.world = lattice, lattice.world
        asked = lattice.columns[id(lattice.world.rooms[0])].asked
        self.answers = np.array([[one.bit - np.uint64(1)] for one in asked], dtype=np.uint64)
        self.proofs: dict[tuple[CellKey, str], Proof] = {}
        self.weighed: set[Hashable] = set() if weighed is None else weighed

    def take(self, room: Room, secret: CellKey) -> bool:
        """Hides the corners of the cheapest boxes over all dimensions of a secret; False where there is none.

        Such boxes touch no coarser breakdown. Boxes that keep the secret on its side of both thresholds are
        preferred, since no status ever tells more.
        """
        return self._hide(self._full(room, secret))

    def take_below(self, room: Room, secret: CellKey) -> bool:
        """The same with boxes over fewer dimensions, which touch coarser breakdowns."""
        return self._hide(self._below(room, secret))

    def price_below(self, room: Room, secret: CellKey) -> int | None:
        """What those would hide more; None where there are none."""
        found = self._below(room, secret)
        return None if found is None else sum(one.price for one in found)

    def _hide(self, found: list[Found] | None) -> bool:
        for one in found or ():
            self.lattice.hide(one.scope, one.cells)
        return found is not None

    def _full(self, room: Room, secret: CellKey) -> list[Found] | None:
        for lenient in (False, True):
            for scope in scopes_of(self.world, room):
                found = self._cheapest(room, scope, secret, range(len(secret), 0, -1)[:1], lenient=lenient)
                if found is not None:
                    return found
        return None

    def _below(self, room: Room, secret: CellKey) -> list[Found] | None:
        for scope in scopes_of(self.world, room):
            found = self._cheapest(room, scope, secret, range(len(secret) - 1, 0, -1), lenient=True)
            if found is not None:
                return found
        return None

    def _cheapest(
        self, room: Room, scope: tuple[Room, ...], secret: CellKey, sizes: Iterable[int], *, lenient: bool
    ) -> list[Found] | None:
        """The cheapest box that meets all needs, else several together."""
        needs = needs_of(room, secret)
        for size in sizes:
            partial: list[Found] = []
            for found in self._of_size(room, scope, secret, size, needs, lenient=lenient):
                if found.meets == needs:
                    return [found]
                partial.append(found)
            together = _together(partial, needs)
            if together is not None:
                return together
        return None

    def free(self, room: Room, secret: CellKey) -> frozenset[str]:
        """The needs that boxes within what is hidden already meet."""
        needs = needs_of(room, secret)
        met: frozenset[str] = frozenset()
        for scope in scopes_of(self.world, room):
            for size in range(len(secret), 0, -1):
                for found in self._of_size(room, scope, secret, size, needs, lenient=True, most=0):
                    met |= found.meets
                    if met == needs:
                        return met
        return met

    def another(self, room: Room, secret: CellKey) -> bool:
        """Hides the corners of the cheapest box that is not hidden yet; False where there is none."""
        needs = needs_of(room, secret)
        scope = scopes_of(self.world, room)[-1]
        for size in range(len(secret), 0, -1):
            for found in self._of_size(room, scope, secret, size, needs, lenient=True):
                if found.price and PEOPLE in found.meets:
                    self.lattice.hide(scope, found.cells)
                    return True
        return False

    def _of_size(
        self,
        room: Room,
        scope: tuple[Room, ...],
        secret: CellKey,
        size: int,
        needs: frozenset[str],
        *,
        lenient: bool,
        most: int | None = None,
    ) -> Iterator[Found]:
        """Boxes over ``size`` dimensions that meet some need, the cheapest first."""
        found: list[Found] = []
        for moved in combinations(secret, size):
            found.extend(self._over(room, scope, secret, moved, needs, lenient=lenient, most=most))
        yield from sorted(found, key=lambda one: (one.price, one.cells))

    def _over(
        self,
        room: Room,
        scope: tuple[Room, ...],
        secret: CellKey,
        moved: CellKey,
        needs: frozenset[str],
        *,
        lenient: bool,
        most: int | None,
    ) -> Iterator[Found]:
        lattice = sorted(self.world.lattice(scope))
        inside = dimensions_of(moved)
        tables = [by for by in lattice if set(inside) <= set(by)]
        free = sorted({one for by in tables for one in by} - set(dimensions_of(secret)))
        partners = [self.lattice.partners_of(*pair) for pair in moved]
        if not tables or not all(map(len, partners)):
            return
        if most == 0 and not all(room.hidden.issuperset(self._own(by, secret)) for by in tables):
            return
        best: Found | None = None
        seen: frozenset[str] = frozenset()
        beside = self.lattice.beside(lattice, tables)
        wanted = self._wanted(room, secret, needs)
        way = _Way(room, scope, dict(moved), tuple(tables), tuple(partners), wanted, lenient, most == 0)
        for place in self._places(way, secret, free):
            place |= dict(secret)
            if not self.world.has_room(place):
                continue
            others = [by for by in beside if place.keys() >= set(by)]
            box = _Boxes(self, way, place, others)
            limit = most if best is None else best.price - 1 if most is None else min(most, best.price - 1)
            for one in box.search(secret, needs, limit, seen):
                yield one
                seen |= one.meets
                if one.meets == needs and (best is None or one.price < best.price):
                    best = one
            if best is not None and best.price == 0:
                return

    def _own(self, by: By, secret: CellKey) -> list[CellKey]:
        """The cell of a breakdown that the secret lies in, where it lies in one."""
        groups = dict(secret)
        return [tuple((one, groups[one]) for one in by)] if groups.keys() >= set(by) else []

    def _wanted(self, room: Room, secret: CellKey, needs: frozenset[str]) -> Bits:
        """By question, the answers that would change shares of 0 or 1, for all shares at once if possible.

        0 for a question none of whose shares has to change.
        """
        found = np.zeros_like(self.answers)
        others: dict[int, list[int]] = {}
        for name in needs - {PEOPLE}:
            at, other = room.answers.bits(name, yes=room.family.cells[secret][name].events == 0)
            others.setdefault(at, []).append(other)
        for at, some in others.items():
            found[at] = np.uint64((reduce(and_, some) or reduce(or_, some)) & int(self.answers[at, 0]))
        return found

    def _places(self, way: _Way, secret: CellKey, free: Sequence[str]) -> Iterator[dict[str, str]]:
        """Where a move can take place in the dimensions that stay fixed; a spread of very many.

        Only groups in which somebody could leave the secret or join it, as far as one dimension more tells.
        """
        codes = [self._movable(way, secret, one) for one in free]
        sizes = [len(one) for one in codes]
        total = prod(sizes)
        most = _MOST_HIDDEN_PLACES if way.hidden_only else _MOST_PLACES
        for step in range(min(total, most)):
            at = step if total <= most else step * total // most
            place = {}
            for one, size, found in zip(free, sizes, codes, strict=True):
                at, code = divmod(at, size)
                place[one] = found[code]
            yield place

    def _movable(self, way: _Way, secret: CellKey, dimension: str) -> tuple[str, ...]:
        codes = self.world.groups[dimension]
        groups = [pair for pair in secret if pair[0] in way.moved]
        layer = self.lattice.layer(way.room, self._by(groups, dimension))
        if layer is None:
            return codes
        found = []
        for code in codes:
            flat = self.lattice.flat(tuple(sorted((*groups, (dimension, code)))))
            bits = layer.movable(lenient=way.lenient)[:, flat, None] & self.answers
            shown = way.hidden_only and layer.price[flat]
            if not shown and not layer.absent[flat] and (bits != 0).all():
                found.append(code)
        return tuple(found)

    def _by(self, groups: Sequence[tuple[str, str]], dimension: str) -> By:
        return tuple(sorted((*(one for one, _ in groups), dimension)))


def _together(partial: Sequence[Found], needs: frozenset[str]) -> list[Found] | None:
    chosen: list[Found] = []
    for one in partial:
        if one.meets & needs:
            chosen.append(one)
            needs -= one.meets
        if not needs:
            return chosen
    return None


@dataclass(frozen=True)
class _Way:
    """What all boxes over some dimensions have in common.

    Attributes:
        room, scope: the secret's family, and those in which people move.
        moved: the dimensions of the box with the secret's groups.
        tables: the breakdowns that have all of them.
        partners: places of the codes that each can change to.
        wanted: by question, the answers that would change a share of 0 or 1.
        lenient: see :class:`everycount.protect.world.World`.
        hidden_only: boxes all corners of which are hidden already; of these every one is weighed.
    """

    room: Room
    scope: tuple[Room, ...]
    moved: dict[str, str]
    tables: tuple[By, ...]
    partners: tuple[NDArray[np.int64], ...]
    wanted: Bits
    lenient: bool
    hidden_only: bool


class _Boxes:
    """All boxes over some dimensions at one place."""

    def __init__(self, mover: Mover, way: _Way, place: dict[str, str], others: Sequence[By]) -> None:
        self.lattice, self.world = mover.lattice, mover.world
        self.room, self.scope, self.moved, self.tables = way.room, way.scope, way.moved, way.tables
        self.place, self.others, self.lenient = place, others, way.lenient
        self._hidden_only = way.hidden_only
        self.swaps = np.array(list(product((0, 1), repeat=len(way.moved))), dtype=np.int64)
        self.odd = self.swaps.sum(axis=1) % 2 == 1  # the corners that do not have the secret's colour
        self._mover, self._wanted = mover, way.wanted
        self._ground = Ground(way.room, way.scope, way.tables, self.odd, way.lenient, mover.answers)
        likely = self._likely(way.partners)
        self._codes = [one.reshape(-1) for one in np.meshgrid(*likely, indexing="ij")]
        self._count = len(self._codes[0])
        self._at = {by: self._corners(by, self._codes) for by in way.tables}

    def search(
        self, secret: CellKey, needs: frozenset[str], most: int | None, seen: frozenset[str]
    ) -> Iterator[Found]:
        """The cheapest box that meets all needs; else those that meet one that none has met yet."""
        price = self._prices()
        candidates = np.arange(len(price)) if most is None else np.flatnonzero(price <= most)
        if not len(candidates):
            return
        some = candidates[np.argsort(price[candidates], kind="stable")]
        met_by = self._met(secret, some, needs)
        everything = np.logical_and.reduce([met_by[need] for need in sorted(needs)])
        if everything.any():
            one = int(everything.argmax())
            yield self._found(price, some[one], one, needs)
            return
        for need in sorted(needs):
            if need not in seen and met_by[need].any():
                one = int(met_by[need].argmax())
                meets = frozenset(name for name in needs if met_by[name][one])
                seen |= meets
                yield self._found(price, some[one], one, meets)

    def _found(self, price: NDArray[np.int64], box: int, place: int, meets: frozenset[str]) -> Found:
        return Found(int(price[box]), self.scope, self._cells(place), meets)

    def _likely(self, partners: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """So many partners in each dimension that boxes are not too many: those with the cheapest edges."""
        if self._hidden_only:
            partners = [codes[self._edges(at, codes) == 0] for at, codes in enumerate(partners)]
        most = [len(one) for one in partners]
        while not self._hidden_only and prod(most) > (
            _MOST_BOXES if len(self.tables) == 1 else _MOST_BOXES // 4
        ):
            most[most.index(max(most))] -= 1
        return [
            codes
            if len(codes) <= number
            else codes[np.argsort(self._edges(at, codes), kind="stable")[:number]]
            for at, (codes, number) in enumerate(zip(partners, most, strict=True))
        ]

    def _edges(self, at: int, codes: NDArray[np.int64]) -> NDArray[np.int64]:
        """What the corner next to the secret hides more, by its code; last where nobody can come or go."""
        dimension = list(self.moved)[at]
        total = np.zeros(len(codes), dtype=np.int64)
        for by in self.tables:
            start = sum(
                self.lattice.place[one][self.place[one]] * step
                for one, step in zip(by, self.lattice.strides(by), strict=True)
                if one != dimension
            )
            flat = start + codes * self.lattice.strides(by)[by.index(dimension)]
            for layer in self.lattice.layers(self.scope, by):
                total += layer.price[flat]
            for layer in self.lattice.layers((self.room,), by):
                free = layer.movable(lenient=self.lenient)
                stuck = (free[:, flat] & self._mover.answers) == 0
                stuck |= ((layer.trade[:, flat] & self._wanted) == 0) & (self._wanted != 0)
                total += np.where(stuck.any(axis=0) | layer.absent[flat], _NEVER, 0)
        return total

    def _prices(self) -> NDArray[np.int64]:
        """What each box hides more."""
        total = np.zeros(self._count, dtype=np.int64)
        for by in self.tables:
            for layer in self.lattice.layers(self.scope, by):
                total += layer.price[self._at[by]].sum(axis=0)
        return total

    def _corners(self, by: By, codes: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Flat places of the corners in a breakdown: int64[corners, boxes]."""
        found = np.zeros((len(self.swaps), len(codes[0])), dtype=np.int64)
        for one, step in zip(by, self.lattice.strides(by), strict=True):
            own = self.lattice.place[one][self.place[one]]
            found += step * own
            if one in self.moved:
                at = list(self.moved).index(one)
                found += self.swaps[:, at, None] * (step * (codes[at] - own))[None, :]
        return found

    def _met(
        self, secret: CellKey, boxes: NDArray[np.int64], needs: frozenset[str]
    ) -> dict[str, NDArray[np.bool_]]:
        self._at = {by: at[:, boxes] for by, at in self._at.items()}
        self._at |= {by: self._corners(by, [one[boxes] for one in self._codes]) for by in self.others}
        self._codes = [one[boxes] for one in self._codes]
        self._count = len(boxes)
        corners = Corners(self._mover.lattice, self._ground, self._at, tuple(self.others))
        return corners.met(Stakes.of(self.room, [secret], needs, self._mover.answers), needs)

    def _cells(self, box: int) -> tuple[CellKey, ...]:
        return tuple(self._key(by, int(flat)) for by in self.tables for flat in self._at[by][:, box])

    def _key(self, by: By, flat: int) -> CellKey:
        codes = np.unravel_index(flat, self.lattice.shape(by)) if by else ()
        return tuple((one, self.lattice.codes[one][int(at)]) for one, at in zip(by, codes, strict=True))
