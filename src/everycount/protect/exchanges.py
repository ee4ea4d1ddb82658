"""Groups that could stand for each other: proofs in dimensions of which a release shows nothing.

Where every cell of a dimension is hidden with one and the same status, a table of people in which groups of
it have changed places prints exactly the same: all that is shown counts people regardless of that dimension.
So a hidden cell may as well be the cell of another group, and what differs between the two nobody knows. This
needs no search, and sees what boxes cannot: a box keeps every margin, also those that nobody prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.protect.families import dimensions_of
from everycount.protect.outside import is_outside
from everycount.protect.witness import PEOPLE, needs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.audit import Secret
    from everycount.protect.world import Room, World


def without_exchange(world: World, secrets: Sequence[Secret]) -> list[Secret]:
    """Those of the secrets that no exchange of groups proves."""
    dimensions = interchangeable(world)
    if not dimensions:
        return list(secrets)
    alike = {id(room): _alike(room, dimensions) for room in world.rooms}
    return [
        (room, cell)
        for room, cell in secrets
        if not _is_proven(room, cell, alike[id(room)].get(_kept(cell, dimensions), ()))
    ]


def interchangeable(world: World) -> frozenset[str]:
    """Dimensions whose groups can change places without a trace, in several of them at once.

    Nothing of them is shown, now or earlier; all their cells have the status that says nothing; and nobody
    knows who stands in which group from a dimension that hangs together with them, or from an ``among``.
    """
    if world.revised:
        return frozenset()
    bound = set(world.related()) | {name for pair in world.ties for name in pair}
    for room in world.rooms:
        bound |= world.entangling(room)
        bound |= {
            name
            for cell in room.family.cells
            if cell not in room.hidden or cell in room.told or not world.is_called_small(room, cell)
            for name, _ in cell
        }
    return frozenset(world.groups.keys() - bound)


def _kept(cell: CellKey, dimensions: frozenset[str]) -> CellKey:
    """What of a cell stays as it is; of the others only that they are there."""
    return tuple((name, "" if name in dimensions else code) for name, code in cell)


def _alike(room: Room, dimensions: frozenset[str]) -> dict[CellKey, list[CellKey]]:
    """The cells that can stand for each other; those in no group stay where they are."""
    found: dict[CellKey, list[CellKey]] = {}
    for cell in room.family.cells:
        if not is_outside(cell) and not dimensions.isdisjoint(dimensions_of(cell)):
            found.setdefault(_kept(cell, dimensions), []).append(cell)
    return found


def _is_proven(room: Room, secret: CellKey, others: Sequence[CellKey]) -> bool:
    if secret not in room.hidden or is_outside(secret):
        return False
    left = set(needs_of(room, secret))
    own = room.family.cells[secret]
    for other in others:
        left -= {need for need in left if _differs(need, own, room.family.cells[other])}
        if not left:
            return True
    return False


def _differs(need: str, own: dict[str, Estimate], other: dict[str, Estimate]) -> bool:
    """The other cell has another number of people in every measure; or another share, and somebody in it."""
    if need == PEOPLE:
        return all(name in other and other[name].n != one.n for name, one in own.items())
    one, two = own[need], other.get(need)
    return two is not None and two.n > 0 and two.events not in (None, two.n if one.events else 0)
