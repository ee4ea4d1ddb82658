"""A part of what is published about one question that hangs together, as equations; the rest is known.

A breakdown whose margins are all shown is a puzzle of its own, however many others there are. From the
secrets in question this follows every sum in which a hidden number takes part, through hidden cells alone,
and stops at what is printed. The unknowns are the cells of the breakdowns themselves, and of every coarser
one whether it is printed or not, so no subtraction is missed, however long. That no number of people is
negative is known of the cells of breakdowns, and not of the cross of all of them.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.families import dimensions_of
from everycount.protect.outside import OUTSIDE, is_outside
from everycount.protect.puzzle import NONE, breakdowns_of, kinds_of
from everycount.protect.unknowns import Unknowns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey
    from everycount.protect.answers import Question
    from everycount.protect.families import By
    from everycount.protect.puzzle import Fact
    from everycount.protect.world import Room, World

MOST_UNKNOWNS_OF_BLOCK = 600  # beyond which a search would take many seconds


class Block(Unknowns):
    """The unknowns that hang together with some secrets; the same questions are put to it as to a puzzle.

    Args:
        world, rooms, asked, know: as of :class:`everycount.protect.puzzle.Puzzle`.
        codes: the codes of each dimension, with none of them where somebody may stand in no group.
        start: the secrets to begin with.

    Attributes:
        size: number of unknowns.
        solvable: it is small enough to be put to a solver.
    """

    def __init__(
        self,
        world: World,
        rooms: Sequence[Room],
        asked: Question,
        know: Callable[[Room, CellKey, str], Fact | None],
        codes: dict[str, tuple[str, ...]],
        *start: CellKey,
    ) -> None:
        self.world, self.rooms, self.asked, self._know = world, tuple(rooms), asked, know
        self.kinds = kinds_of(self.rooms, asked)
        self._codes = codes
        self._breakdowns = {
            part
            for by in breakdowns_of(self.rooms, asked)
            for size in range(len(by) + 1)
            for part in combinations(by, size)
        }
        self._facts: dict[CellKey, list[tuple[NDArray[np.bool_], float, float]]] = {}
        self._values: dict[CellKey, NDArray[np.float64] | None] = {}
        self._place: dict[CellKey, int] = {}
        self._groups: dict[tuple[int, By, By], dict[CellKey, list[CellKey]]] = {}
        self._by_dimensions: dict[int, dict[By, list[CellKey]]] = {}
        self._rows: list[tuple[NDArray[np.int64], float, float]] = []
        self._ties: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._spare = 0
        self.solvable = bool(start) and self._follow(list(start))
        if self.solvable:
            self._write()
        self.size = len(self._place) * self._width + self._spare

    @property
    def _width(self) -> int:
        return len(self.kinds.holds)

    def _unknowns(self, cell: CellKey, kinds: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        if cell not in self._place:
            return None
        return self._place[cell] * self._width + np.flatnonzero(kinds)

    def _follow(self, waiting: list[CellKey]) -> bool:
        """Takes in every unknown cell that stands in a sum with another; False where they are too many."""
        self._lines: dict[tuple[CellKey, str], list[CellKey]] = {}
        self._sums: dict[tuple[int, By, CellKey, bool], list[CellKey]] = {}
        for cell in waiting:
            self._place.setdefault(cell, len(self._place))
        while waiting:
            cell = waiting.pop()
            for parent, dimension in self._lines_of(cell):
                if (parent, dimension) in self._lines:
                    continue
                children = [tuple(sorted((*parent, (dimension, code)))) for code in self._codes[dimension]]
                self._lines[parent, dimension] = children
                self._take_in((parent, *children), waiting)
            for key, cells in self._sums_of(cell):
                self._sums[key] = cells
                self._take_in(cells, waiting)
            if self._is_too_large():
                return False
        return True

    def _is_too_large(self) -> bool:
        return len(self._place) * self._width > MOST_UNKNOWNS_OF_BLOCK

    def _take_in(self, cells: Iterable[CellKey], waiting: list[CellKey]) -> None:
        for one in cells:
            if one not in self._place and self._value(one) is None:
                self._place[one] = len(self._place)
                waiting.append(one)
                if self._is_too_large():
                    return

    def _sums_of(self, cell: CellKey) -> Iterator[tuple[tuple[int, By, CellKey, bool], list[CellKey]]]:
        """The cells of a breakdown inside a shown group: how many they are together is taken to be known.

        What is left of the group stands in no group of the breakdown. Answers that a dimension drops are no
        group either, but to a reader from whom they are the secret.
        """
        by = dimensions_of(cell)
        for place, room in enumerate(self.rooms):
            if cell not in room.family.cells:
                continue
            for size in range(len(by)):
                for above in combinations(cell, size):
                    if not room.is_known(above):
                        continue
                    inside = self._inside(place, by, dimensions_of(above))[above]
                    for named in (True, False):
                        key = (place, by, above, named)
                        cells = [one for one in inside if not (named and is_outside(one))]
                        if key not in self._sums and cell in cells:
                            yield key, cells

    def _inside(self, place: int, by: By, above: By) -> dict[CellKey, list[CellKey]]:
        """The cells of a breakdown by the group of a coarser one that they are in."""
        if (place, by, above) not in self._groups:
            found: dict[CellKey, list[CellKey]] = {}
            for one in self._cells_by(place).get(by, ()):
                found.setdefault(tuple(pair for pair in one if pair[0] in above), []).append(one)
            self._groups[place, by, above] = found
        return self._groups[place, by, above]

    def _cells_by(self, place: int) -> dict[By, list[CellKey]]:
        if place not in self._by_dimensions:
            found: dict[By, list[CellKey]] = {}
            for one in self.rooms[place].family.cells:
                found.setdefault(dimensions_of(one), []).append(one)
            self._by_dimensions[place] = found
        return self._by_dimensions[place]

    def _lines_of(self, cell: CellKey) -> Iterable[tuple[CellKey, str]]:
        by = dimensions_of(cell)
        for at, (dimension, _) in enumerate(cell):
            yield cell[:at] + cell[at + 1 :], dimension
        for dimension in self._codes:
            if dimension not in by and tuple(sorted((*by, dimension))) in self._breakdowns:
                yield cell, dimension

    def _write(self) -> None:
        for cell, place in self._place.items():
            for kinds, low, high in self._facts_of(cell):
                self._rows.append((place * self._width + np.flatnonzero(kinds), low, high))
        self._write_sums()
        spare = len(self._place) * self._width
        for (parent, _), children in self._lines.items():
            inside = np.array([self._place[one] for one in children if one in self._place], dtype=np.int64)
            known = sum(
                (self._known(one) for one in children if one not in self._place), np.zeros(self._width)
            )
            for kind in range(self._width):
                row = inside * self._width + kind
                if parent not in self._place:
                    left = float(self._known(parent)[kind] - known[kind])
                    self._rows.append((row, left, left))
                    continue
                if known[kind]:  # a number that is known stands as an unknown with one value
                    self._rows.append((np.array([spare]), float(known[kind]), float(known[kind])))
                    row = np.append(row, spare)
                    spare += 1
                self._ties.append((row, np.array([self._place[parent] * self._width + kind])))
        self._spare = spare - len(self._place) * self._width

    def _write_sums(self) -> None:
        for (place, *_), cells in self._sums.items():
            member = self.kinds.member[:, place]
            kinds = np.flatnonzero(member)
            waiting = [self._place[one] for one in cells if one in self._place]
            truths = [self._truth(self.rooms[place], one) for one in cells]
            if any(truth is None for truth in truths):
                continue
            known = sum(float(self._known(one)[member].sum()) for one in cells if one not in self._place)
            left = sum(truth for truth in truths if truth is not None) - known
            row = (np.array(waiting, dtype=np.int64)[:, None] * self._width + kinds).ravel()
            self._rows.append((row, left, left))

    def _known(self, cell: CellKey) -> NDArray[np.float64]:
        value = self._value(cell)
        return np.zeros(self._width) if value is None else value

    def _value(self, cell: CellKey) -> NDArray[np.float64] | None:
        """How many of each kind, where that follows from what is printed of the cell alone."""
        if cell not in self._values:
            self._values[cell] = self._find(cell)
        return self._values[cell]

    def _find(self, cell: CellKey) -> NDArray[np.float64] | None:
        exact = [(kinds, low) for kinds, low, high in self._facts_of(cell) if low == high]
        nobody = np.zeros(self._width, dtype=bool)
        for kinds, number in exact:
            nobody |= kinds & (number == 0)
        left = np.flatnonzero(~nobody)
        found = np.zeros(self._width)
        if not len(left):
            return found
        system = np.array([kinds[left] for kinds, _ in exact], dtype=np.float64).reshape(
            len(exact), len(left)
        )
        numbers = np.array([number for _, number in exact])
        if np.linalg.matrix_rank(system) < len(left):
            return None
        found[left] = np.rint(np.linalg.lstsq(system, numbers, rcond=None)[0])
        return found

    def _facts_of(self, cell: CellKey) -> list[tuple[NDArray[np.bool_], float, float]]:
        if cell not in self._facts:
            nobody = [(np.ones(self._width, dtype=bool), 0.0, 0.0)]
            self._facts[cell] = nobody if self._is_nobody(cell) else list(self._read(cell))
        return self._facts[cell]

    def _read(self, cell: CellKey) -> Iterable[tuple[NDArray[np.bool_], float, float]]:
        for place, room in enumerate(self.rooms):
            member = self.kinds.member[:, place]
            if any(code == NONE for _, code in cell):
                number = self._in_no_group(room, cell)
                if number is not None:
                    yield member, number, number
                continue
            found = room.family.cells.get(cell)
            if found is None:
                if dimensions_of(cell) in room.family.whole:
                    yield member, 0.0, 0.0
                continue
            for name in sorted(found.keys() & set(self.asked.measures)):
                fact = self._know(room, cell, name)
                if fact is not None:
                    holds = self.kinds.holds[:, self.kinds.measures.index(name)]
                    yield member, *fact.n
                    if fact.events is not None:
                        yield member & holds, *fact.events
                    if fact.others is not None:
                        yield member & ~holds, *fact.others

    def _is_nobody(self, cell: CellKey) -> bool:
        """In no group of a dimension, and yet in a group of another one all of whom are in some of it."""
        none = [name for name, code in cell if code in (NONE, OUTSIDE)]
        return any(
            self.world.is_covered(name, code, other) for other in none for name, code in cell if name != other
        )

    def _in_no_group(self, room: Room, cell: CellKey) -> float | None:
        """How many of a shown group stand in no group of a finer breakdown is taken to be known."""
        dimension = next(one for one, code in cell if code == NONE)
        above = tuple(pair for pair in cell if pair[0] != dimension)
        whole, known = self._truth(room, above), self._n_known(room, above)
        if whole is None or not known:
            return None
        parts = [
            self._truth(room, tuple(sorted((*above, (dimension, code)))))
            for code in self._codes[dimension]
            if code != NONE
        ]
        if any(part is None for part in parts):
            return None
        return whole - sum(part for part in parts if part is not None)

    def _n_known(self, room: Room, cell: CellKey) -> bool:
        if any(code == NONE for _, code in cell):
            return self._in_no_group(room, cell) is not None
        return room.is_known(cell)

    def _truth(self, room: Room, cell: CellKey) -> float | None:
        if any(code == NONE for _, code in cell):
            return self._in_no_group(room, cell)
        found = room.family.cells.get(cell)
        if found is None:
            return 0.0 if dimensions_of(cell) in room.family.whole else None
        known = [found[name].n for name in self.asked.measures if name in found]
        return float(max(known)) if known else None
