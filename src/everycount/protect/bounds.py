"""What can be said of each secret of a large table at once: the sums it stands in, one by one.

An upper bound of a cell is its margin less the least that the others can be, and a lower one its margin less
the most. No bound is narrower than the truth; a search over all sums at once could be narrower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.protect.audit import HIDDEN, Auditor, Interval
from everycount.protect.families import dimensions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.cells import Status
    from everycount.protect.families import By
    from everycount.protect.world import Room, World

    Range = tuple[float, float]


class Bounds:
    """The ranges of the cells of one world.

    Args:
        world: what is hidden.
        status: the status that each number is known under.
    """

    def __init__(self, world: World, status: Callable[[Estimate], Status]) -> None:
        self._world, self._status = world, status
        self._auditor = Auditor(world, status)
        self._children: dict[int, dict[tuple[CellKey, By], list[CellKey]]] = {
            id(room): _children(room) for room in world.rooms
        }

    def intervals(self, without: Collection[tuple[int, CellKey]] = ()) -> Iterator[Interval]:
        """One for each secret number but those named."""
        for room in () if self._world.shut else self._world.rooms:
            for cell in sorted(room.secrets):
                if (id(room), cell) not in without:
                    yield from self._of(room, cell)

    def _of(self, room: Room, cell: CellKey) -> Iterator[Interval]:
        for name, one in sorted(room.family.cells[cell].items()):
            if self._status(one) in HIDDEN:
                n = self._n(room, cell, name)
                events: tuple[float | None, float | None] = None, None
                if one.events is not None:
                    low, high = self._narrowed(room, cell, name, self._some_events)
                    events = low, min(high, n[1])
                yield Interval(name, cell, *n, *events, given_back=False)

    def _n(self, room: Room, cell: CellKey, name: str) -> Range:
        return self._narrowed(room, cell, name, self._some_n)

    def _narrowed(
        self, room: Room, cell: CellKey, name: str, some: Callable[[Room, CellKey, str], Range]
    ) -> Range:
        """By each margin of the cell that is printed, where everybody in it stands in a group."""
        low, high = some(room, cell, name)
        for at in range(len(cell)):
            above = cell[:at] + cell[at + 1 :]
            if name not in room.family.cells.get(above, {}):
                continue
            least, most = some(room, above, name)
            others = [
                some(room, one, name)
                for one in self._children[id(room)].get((above, dimensions_of(cell)), ())
                if one != cell and name in room.family.cells[one]
            ]
            high = min(high, most - sum(one[0] for one in others))
            if self._is_complete(room, above, dimensions_of(cell), name):
                low = max(low, least - sum(one[1] for one in others))
        return max(low, 0.0), max(high, 0.0)

    def _is_complete(self, room: Room, above: CellKey, by: By, name: str) -> bool:
        found = room.family.cells
        parts = self._children[id(room)].get((above, by), ())
        return found[above][name].n == sum(found[one][name].n for one in parts if name in found[one])

    def _some_n(self, room: Room, cell: CellKey, name: str) -> Range:
        fact = self._auditor.know(room, cell, name)
        return (0.0, np.inf) if fact is None else fact.n

    def _some_events(self, room: Room, cell: CellKey, name: str) -> Range:
        fact = self._auditor.know(room, cell, name)
        if fact is None:
            return 0.0, np.inf
        return fact.events if fact.events is not None else (0.0, fact.n[1])


def _children(room: Room) -> dict[tuple[CellKey, By], list[CellKey]]:
    """The cells of each breakdown by the cell that they add up to when one dimension is left out."""
    found: dict[tuple[CellKey, By], list[CellKey]] = {}
    for cell in room.family.cells:
        for at in range(len(cell)):
            found.setdefault((cell[:at] + cell[at + 1 :], dimensions_of(cell)), []).append(cell)
    return found
