"""What is left of the change of a shown group without its shown parts: those few who came or left elsewhere.

Twenty came, nineteen of them to groups that both releases show: the answers of the one who came to the hidden
groups together are known, although no cell changed by so few. So what is left of a line must have changed by
as many as a cell must. That holds as well of a part that is no secret, and is not shown since too little is
known for a number: with one release it may be worked out, with two the few who came or left would be.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, NamedTuple

from everycount.protect.outside import is_outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.protect.earlier import Earlier
    from everycount.protect.families import By
    from everycount.protect.history import History
    from everycount.protect.world import Room, World


class Rest(NamedTuple):
    """A line of which too few changed where something is hidden.

    Attributes:
        whole: the shown group.
        shown: its parts that both releases show, with how many more they have now.
        change: by how many what is left of it changed.
        least: by how many it must have.
        hidden: its other parts.
    """

    whole: CellKey
    shown: dict[CellKey, int]
    change: int
    least: int
    hidden: tuple[CellKey, ...]


def separate(world: World, history: History) -> bool:
    """Hides more until no rest tells of few people; whether anything was hidden."""
    before = world.count_hidden()
    for room in world.rooms:
        for earlier in history.earlier:
            for rest in rests(world, room, earlier):
                chosen = _cheapest(rest)
                room.secrets.add(chosen)
                room.own.pop(chosen, None)
                world.hide(world.touches(room), [chosen])
    return world.count_hidden() > before


def telling(world: World, history: History) -> Iterator[CellKey]:
    """The groups the rest of which tells of few people."""
    for room in () if world.shut else world.rooms:
        for earlier in history.earlier:
            yield from (rest.whole for rest in rests(world, room, earlier))


def rests(world: World, room: Room, earlier: Earlier) -> Iterator[Rest]:
    """The lines of a family of which too few changed, as things stand when each is asked for."""
    tables = room.family.by_breakdown()
    for by in sorted(tables.keys() - room.family.unseen - {()}):
        for above in chain.from_iterable(combinations(by, size) for size in range(len(by))):
            if above in tables:
                yield from _of_lines(world, room, earlier, tables[by], above)


def _of_lines(world: World, room: Room, earlier: Earlier, parts: list[CellKey], above: By) -> Iterator[Rest]:
    lines: dict[CellKey, list[CellKey]] = {}
    for cell in parts:
        if not is_outside(cell):
            lines.setdefault(tuple(pair for pair in cell if pair[0] in above), []).append(cell)
    for whole, line in sorted(lines.items()):
        for name in sorted(room.family.cells.get(whole, ())):
            rest = _rest(world, room, earlier, whole, line, name)
            if rest is not None:
                yield rest


def _rest(
    world: World, room: Room, earlier: Earlier, whole: CellKey, line: list[CellKey], name: str
) -> Rest | None:
    change = None if whole in room.hidden else earlier.change(room.family, whole, name)
    if not change:
        return None
    known = {cell: earlier.change(room.family, cell, name) for cell in line if cell not in room.hidden}
    shown = {cell: more for cell, more in known.items() if more is not None}
    hidden = tuple(cell for cell in line if cell not in shown)
    left, least = change - sum(shown.values()), earlier.least(line[0], world.sensitive)
    return Rest(whole, shown, left, least, hidden) if hidden and 0 < abs(left) < least else None


def _cheapest(rest: Rest) -> CellKey:
    """A part with which enough changed, else the one that changed most; the whole where none did."""
    moved = sorted((abs(more), cell) for cell, more in rest.shown.items() if more)
    enough = (cell for _, cell in moved if abs(rest.change + rest.shown[cell]) >= rest.least)
    return next(enough, moved[-1][1] if moved else rest.whole)
