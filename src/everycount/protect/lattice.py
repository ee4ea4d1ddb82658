"""All breakdowns of a table as dense arrays, so that thousands of boxes are weighed in one go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.columns import EVERY, Columns
from everycount.protect.families import dimensions_of
from everycount.protect.outside import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.columns import Bits
    from everycount.protect.families import By
    from everycount.protect.world import Room, World


@dataclass
class Layer:
    """One breakdown of one family, every array over its whole cross.

    Attributes:
        known: the family has the cell.
        absent: the breakdown is published whole without the cell, so nobody can be there.
        told: an earlier release shows the cell.
        price: 0 where the cell is hidden already, else 1 + its respondents.
        lose, gain: by leniency, uint64[questions, cells], see :class:`everycount.protect.columns.Asked`.
        trade, present: the same, whatever the leniency.
        outside: answers of somebody who is in the cell but not inside ``among``.
    """

    known: NDArray[np.bool_]
    absent: NDArray[np.bool_]
    told: NDArray[np.bool_]
    price: NDArray[np.int64]
    lose: tuple[Bits, Bits]
    gain: tuple[Bits, Bits]
    trade: Bits
    present: Bits
    outside: Bits

    def bits(self, what: str, *, lenient: bool) -> Bits:
        """One of them, as it is under a leniency."""
        found: Bits | tuple[Bits, Bits] = getattr(self, what)
        return found[int(lenient)] if isinstance(found, tuple) else found

    def movable(self, *, lenient: bool) -> Bits:
        """The answers of somebody who could leave a cell or join it."""
        return self._movable[int(lenient)]

    @cached_property
    def _movable(self) -> tuple[Bits, Bits]:
        return self.lose[0] | self.gain[0], self.lose[1] | self.gain[1]


class Lattice:
    """The breakdowns of a world.

    Args:
        world: families and what is hidden in them.
        columns: the cells of each family, where it has been worked out; it does not depend on what is hidden.
    """

    def __init__(self, world: World, columns: dict[int, Columns] | None = None) -> None:
        self.world = world
        self.codes = {name: (*codes, OUTSIDE) if OUTSIDE not in codes else codes
                      for name, codes in world.groups.items()}  # fmt: skip
        self.place = {name: {code: at for at, code in enumerate(codes)} for name, codes in self.codes.items()}
        self.columns = columns or {id(room): Columns(room) for room in world.rooms}
        self._strides: dict[By, tuple[int, ...]] = {}
        self._flat = {id(room): self._positions(self.columns[id(room)]) for room in world.rooms}
        self._layers: dict[tuple[int, By], Layer] = {}
        self._together: dict[tuple[tuple[int, ...], By], list[Layer]] = {}
        self._of_cells: dict[int, dict[str, Bits]] = {}
        self._closed = self._state()

    def shape(self, by: By) -> tuple[int, ...]:
        """Codes of each dimension, those in no group last."""
        return tuple(len(self.codes[one]) for one in by)

    def strides(self, by: By) -> tuple[int, ...]:
        """How far the codes of each dimension are apart in a flat array."""
        if by not in self._strides:
            shape = self.shape(by)
            self._strides[by] = tuple(prod(shape[at + 1 :]) for at in range(len(by)))
        return self._strides[by]

    @cached_property
    def uniform(self) -> bool:
        """Every family has the same measures everywhere, so that who is in a cell is in all above it."""
        tables = {frozenset(room.family.breakdowns) for room in self.world.rooms}
        return len(tables) == 1 and all(
            len({frozenset(found) for found in room.family.cells.values()}) == 1 for room in self.world.rooms
        )

    def beside(self, lattice: Iterable[By], tables: Sequence[By]) -> list[By]:
        """The breakdowns in which people who move in some stand and stay, and so must already be.

        Where who is in a cell is in all above it, those above the ones in which they move say nothing more.
        """
        others = [by for by in lattice if by not in tables]
        if not self.uniform:
            return others
        return [by for by in others if not any(set(by) <= set(table) for table in tables)]

    @cached_property
    def partners(self) -> dict[tuple[str, str], NDArray[np.int64]]:
        """By (dimension, code), the places of the codes that somebody could change to."""
        return {}

    def partners_of(self, dimension: str, code: str) -> NDArray[np.int64]:
        """Other groups; those in no group hide nobody else, as :mod:`everycount.protect.witness` says."""
        key = dimension, code
        if key not in self.partners:
            found = [
                self.place[dimension][other]
                for other in self.world.groups[dimension]
                if other not in (code, OUTSIDE) and self.world.exchangeable(dimension, code, other)
            ]
            self.partners[key] = np.array(found, dtype=np.int64)
        return self.partners[key]

    def layer(self, room: Room, by: By) -> Layer | None:
        """A breakdown of a family; None where the family has no such breakdown."""
        if by not in room.family.breakdowns:
            return None
        key = id(room), by
        if key not in self._layers:
            self._layers[key] = self._make(room, by)
        return self._layers[key]

    def layers(self, rooms: Sequence[Room], by: By) -> list[Layer]:
        """A breakdown of those families that have it."""
        key = tuple(map(id, rooms)), by
        if key not in self._together:
            found = (self.layer(room, by) for room in rooms)
            self._together[key] = [layer for layer in found if layer is not None]
        return self._together[key]

    def hide(self, rooms: Iterable[Room], cells: Iterable[CellKey]) -> None:
        """Hides cells in families."""
        keys = list(cells)
        for room in rooms:
            self.world.hide((room,), keys)
            for key in keys:
                by = dimensions_of(key)
                if (id(room), by) in self._layers:
                    self._layers[id(room), by].price[self.flat(key)] = 0

    def refresh(self) -> None:
        """Takes note of breakdowns that were closed, dimensions given up, and whatever else was hidden."""
        now = self._state()
        if now != self._closed:
            fresh = now[0] - self._closed[0]
            self._of_cells.clear()
            self._together.clear()
            self._layers = {
                key: one
                for key, one in self._layers.items()
                if key[1] not in fresh and now[1:] == self._closed[1:]
            }
            self.partners.clear()
            self._closed = now
        for (room_id, by), layer in self._layers.items():
            columns, (rows, flat) = self.columns[room_id], self._flat[room_id][by]
            layer.price[flat] = self._prices(columns, rows)

    def price_of(self, by: By) -> int:
        """What closing a breakdown, and every finer one, would hide more."""
        return self.world.price_of(by)

    def flat(self, cell: CellKey) -> int:
        """The place of a cell in the arrays of its breakdown."""
        by = dimensions_of(cell)
        return sum(
            self.place[one][code] * step for (one, code), step in zip(cell, self.strides(by), strict=True)
        )

    def _state(self) -> tuple[frozenset[By], frozenset[str], bool]:
        return frozenset(self.world.whole_tables), frozenset(self.world.closed), self.world.shut

    def _positions(self, columns: Columns) -> dict[By, tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """By breakdown, the rows of its cells and their places in its arrays."""
        if not columns.places:
            columns.places = {by: self._of_table(columns, by, rows) for by, rows in columns.rows.items()}
        return {by: (rows, columns.places[by]) for by, rows in columns.rows.items()}

    def _of_table(self, columns: Columns, by: By, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.zeros(len(rows), dtype=np.int64)
        for at, (one, step) in enumerate(zip(by, self.strides(by), strict=True)):
            codes = (columns.keys[row][at][1] for row in rows.tolist())
            found += step * np.array([self.place[one][code] for code in codes], dtype=np.int64)
        return found

    def _prices(self, columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        hidden = columns.room.hidden
        shown = np.array([columns.keys[at] not in hidden for at in rows], dtype=bool)
        return np.where(shown, 1 + columns.size[rows], 0)

    def _make(self, room: Room, by: By) -> Layer:
        columns = self.columns[id(room)]
        rows, flat = self._flat[id(room)][by]
        size = prod(self.shape(by))
        if id(room) not in self._of_cells:
            self._of_cells[id(room)] = self._all_bits(columns)

        def spread(what: str) -> Bits:
            of_cells = self._of_cells[id(room)][what]
            found = np.full((len(of_cells), size), EVERY)
            found[:, flat] = of_cells[:, rows]
            return found

        known = np.zeros(size, dtype=bool)
        known[flat] = True
        told = np.zeros(size, dtype=bool)
        told[flat] = [columns.keys[at] in room.told for at in rows]
        price = np.zeros(size, dtype=np.int64)
        price[flat] = self._prices(columns, rows)
        somebody = np.zeros(size, dtype=bool)
        somebody[flat] = columns.size[rows] > 0 if by in room.family.unseen else True
        absent = ~somebody if by in room.family.whole else np.zeros(size, dtype=bool)

        def reach(what: str) -> Bits:
            found = spread(what)
            if by in room.family.unseen:  # who it is that can be there is known to everybody
                found[:, absent] = 0
            return found

        return Layer(
            known=known,
            absent=absent,
            told=told,
            price=price,
            lose=(spread("lose"), spread("lose leniently")),
            gain=(reach("gain"), reach("gain leniently")),
            trade=spread("trade"),
            present=spread("present"),
            outside=spread("outside"),
        )

    def _all_bits(self, columns: Columns) -> dict[str, Bits]:
        """What all cells of a family allow, by the names of a layer: uint64[questions, cells]."""
        asked, sides = columns.asked, columns.sides(self.world)
        extreme = self.world.policy.min_respondents_extreme
        found = {
            "lose": [one.losable(sides, extreme, lenient=False) for one in asked],
            "lose leniently": [one.losable(sides, extreme, lenient=True) for one in asked],
            "gain": [one.gainable(sides, lenient=False) for one in asked],
            "gain leniently": [one.gainable(sides, lenient=True) for one in asked],
            "trade": [one.tradable(sides, extreme) for one in asked],
            "present": [one.present for one in asked],
            "outside": self._outside(columns),
        }
        return {what: np.array(bits).reshape(len(asked), len(columns.keys)) for what, bits in found.items()}

    def _outside(self, columns: Columns) -> list[Bits]:
        """Where nothing is printed of everybody, any answer will do if somebody is outside at all."""
        everybody = self.columns[id(self.world.rooms[0])]
        above = np.array([everybody.row.get(key, -1) for key in columns.keys], dtype=np.int64)
        found = []
        for asked, of_all in zip(columns.asked, everybody.asked, strict=True):
            unseen = np.where(columns.excluded, 2 * asked.bit - np.uint64(1), np.uint64(0))
            more = of_all.counts[above] > asked.counts
            places = np.uint64(1) << np.arange(more.shape[1], dtype=np.uint64)
            bits = np.where(more, places, np.uint64(0)).sum(axis=1, dtype=np.uint64)
            bits |= np.where(of_all.missing[above] > asked.missing, asked.bit, np.uint64(0))
            found.append(np.where(above >= 0, bits, unseen))
        return found
