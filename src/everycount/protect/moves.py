"""Boxes for tables with many cells: the moves of :mod:`everycount.protect.witness`, thousands in one go.

A box is weighed by whole arrays here: its price (how many respondents more would be hidden), and whether
somebody can go round its corners. The rules are those of the witness, and tests hold the two equal.
"""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from math import prod
from operator import and_, or_
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.boxes import Boxes, Found, Way
from everycount.protect.families import dimensions_of
from everycount.protect.witness import PEOPLE, needs_of, scopes_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.corners import Proof
    from everycount.protect.families import By
    from everycount.protect.lattice import Lattice
    from everycount.protect.world import Room

_MOST_HIDDEN_PLACES = 150
_MOST_PLACES = 12  # places tried for the dimensions that stay fixed


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
        beside = self.lattice.beside(lattice, tables)
        placed = {*dimensions_of(secret), *free}
        others = tuple(by for by in beside if placed >= set(by))
        wanted = self._wanted(room, secret, needs)
        way = Way(
            room, scope, dict(moved), tuple(tables), others, tuple(partners), wanted, self.answers, lenient,
            hidden_only=most == 0,
        )  # fmt: skip
        best: Found | None = None
        seen: frozenset[str] = frozenset()
        for boxes in self._boxes(way, secret, free):
            limit = most if best is None else best.price - 1 if most is None else min(most, best.price - 1)
            for one in boxes.search(secret, needs, limit, seen):
                yield one
                seen |= one.meets
                if one.meets == needs and (best is None or one.price < best.price):
                    best = one
            if best is not None and best.price == 0:
                return

    def _boxes(self, way: Way, secret: CellKey, free: Sequence[str]) -> Iterator[Boxes]:
        """The boxes of a way, as many places at once as one array takes."""
        own = dict(secret)
        places = [one for one in self._places(way, secret, free) if self.world.has_room(one | own)]
        stands: dict[str, int | NDArray[np.int64]] = {
            one: self.lattice.place[one][code] for one, code in secret
        }
        for start in range(0, len(places), way.at_once):
            some = places[start : start + way.at_once]
            for one in free:
                codes = [self.lattice.place[one][place[one]] for place in some]
                stands[one] = np.array(codes, dtype=np.int64)
            yield Boxes(self.lattice, way, stands.copy(), len(some))

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

    def _places(self, way: Way, secret: CellKey, free: Sequence[str]) -> Iterator[dict[str, str]]:
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

    def _movable(self, way: Way, secret: CellKey, dimension: str) -> tuple[str, ...]:
        codes = self.world.groups[dimension]
        groups = [pair for pair in secret if pair[0] in way.moved]
        by = self._by(groups, dimension)
        layer = self.lattice.layer(way.room, by)
        if layer is None:
            return codes
        steps = dict(zip(by, self.lattice.strides(by), strict=True))
        place = self.lattice.place
        start = sum(place[one][code] * steps[one] for one, code in groups)
        flat = start + np.array([place[dimension][code] for code in codes], dtype=np.int64) * steps[dimension]
        bits = layer.movable(lenient=way.lenient)[:, flat] & self.answers
        fits = (bits != 0).all(axis=0) & ~layer.absent[flat]
        if way.hidden_only:
            fits &= layer.price[flat] == 0
        return tuple(code for code, free in zip(codes, fits.tolist(), strict=True) if free)

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
