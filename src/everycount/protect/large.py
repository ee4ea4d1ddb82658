"""Tables with many cells: boxes by arrays, and a proof for every secret before anything is shown."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from everycount.protect.families import dimensions_of
from everycount.protect.lattice import Lattice
from everycount.protect.moves import Mover
from everycount.protect.witness import needs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.audit import Auditor, Secret
    from everycount.protect.families import By
    from everycount.protect.world import Room, World

_WEIGHED = 6  # secrets of a breakdown for which boxes are weighed against closing it
_TRIES = 2


def link(world: World) -> None:
    """Hides the cheapest box of every secret."""
    world.close_sparse()
    mover = Mover(Lattice(world))
    for room, secret in secrets_of(world):
        mover.take(room, secret)


def settle(world: World, auditor: Callable[[], Auditor]) -> None:
    """Hides more until every secret has a proof."""
    mover = Mover(Lattice(world))
    tries: Counter[tuple[int, CellKey]] = Counter()
    everyone = waiting = secrets_of(world)
    changed = False
    while not world.shut:
        mover.lattice.refresh()
        waiting = auditor().given_back([one for one in waiting if not _is_proven(mover, *one)])
        if not waiting and changed:  # once more from the beginning: what others see of a release is its end
            mover = Mover(Lattice(world))
            waiting = auditor().given_back([one for one in everyone if not _is_proven(mover, *one)])
        if not waiting:
            return
        changed = True
        tables: dict[By, list[Secret]] = {}
        for room, secret in waiting:
            tables.setdefault(dimensions_of(secret), []).append((room, secret))
        for by in sorted(tables, key=lambda by: (len(by), by)):
            _hide_more(mover, by, tables[by], tries)


def unproven(world: World) -> list[Secret]:
    """Those secrets that no boxes within what is hidden prove."""
    if world.shut:
        return []
    mover = Mover(Lattice(world))
    return [one for one in secrets_of(world) if not _is_proven(mover, *one)]


def _is_proven(mover: Mover, room: Room, secret: CellKey) -> bool:
    return secret in room.hidden and mover.free(room, secret) == needs_of(room, secret)


def secrets_of(world: World) -> list[Secret]:
    """All secrets, the coarsest first: what hides those often hides finer ones with them."""
    return [
        (room, cell)
        for room in world.rooms
        for cell in sorted(room.secrets, key=lambda cell: (len(cell), cell))
    ]


def _hide_more(mover: Mover, by: By, secrets: Sequence[Secret], tries: Counter[tuple[int, CellKey]]) -> None:
    """Boxes that touch coarser breakdowns, or the breakdown itself, whichever hides less; then more."""
    world = mover.world
    if secrets and by and by not in world.whole_tables and _is_dearer(mover, by, secrets):
        world.close_breakdown(by)
        mover.lattice.refresh()
        return
    related = {name for _, secret in secrets for name in world.relatives(secret)}
    if related:  # dimensions made from the same answers bind the groups of each other
        world.close(related)
        mover.lattice.refresh()
        return
    for room, secret in secrets:
        if _is_proven(mover, room, secret):
            continue
        done = tries[id(room), secret]
        tries[id(room), secret] += 1
        if done < _TRIES and (mover.take_below(room, secret) or mover.another(room, secret)):
            continue
        _close(world, by)
        mover.lattice.refresh()


def _is_dearer(mover: Mover, by: By, secrets: Sequence[Secret]) -> bool:
    """Boxes for some of the secrets, as many times as there are secrets, hide more than the breakdown has."""
    prices = [mover.price_below(*one) for one in secrets[:_WEIGHED]]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return True
    return sum(known) * len(secrets) > mover.lattice.price_of(by) * len(prices)


def _close(world: World, by: By) -> None:
    """The breakdown, else one that is coarser, else everything."""
    if by and by not in world.whole_tables:
        world.close_breakdown(by)
        return
    parts = [part for size in range(len(by) - 1, 0, -1) for part in combinations(by, size)]
    coarser = [part for part in parts if part not in world.whole_tables]
    if coarser:
        world.close_breakdown(coarser[0])
    else:
        world.shut_down()
