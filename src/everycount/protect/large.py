"""Tables with many cells: boxes by arrays, and a proof for every secret before anything is shown."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from everycount.protect.chains import chained
from everycount.protect.exchanges import without_exchange
from everycount.protect.families import dimensions_of
from everycount.protect.lattice import Lattice
from everycount.protect.moves import Mover
from everycount.protect.proofs import by_room, proven
from everycount.protect.witness import needs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.audit import Auditor, Secret
    from everycount.protect.families import By
    from everycount.protect.world import Room, World

_WEIGHED = 6  # secrets of a breakdown for which boxes are weighed against closing it
_TRIES = 2
_ALONE = 24  # secrets of a breakdown, left over by a draw of boxes, that are looked at one by one
_MANY = 200  # secrets of a closed breakdown for which closing one of its parts is weighed
_SEARCHED = 50  # secrets without a box whose equations are put to a solver
_ROUNDS = 3  # in which boxes are hidden, before a dimension of what is still unproven is given up
_LAST_ROUNDS = 12  # the same where few are unproven, for whom a dimension would be a high price
_CHAINED = 1000  # secrets without a box beyond which boxes one after the other prove hardly a part
_MOST_TAKEN = 512  # secrets of a breakdown for which boxes are hidden one by one; then a whole breakdown is


def link(world: World) -> None:
    """Hides the cheapest box of every secret."""
    world.close_sparse()
    mover = Mover(Lattice(world))
    for room, some in _breakdowns(world):
        if world.is_dark(dimensions_of(some[0])):  # a box over all dimensions would hide nothing more
            continue
        safe = proven(mover, room, some, lenient=False, whole=True, sure=False)
        for secret in some:
            if secret not in safe:
                mover.take(room, secret)


def settle(world: World, auditor: Callable[[], Auditor]) -> None:
    """Hides more until every secret has a proof."""
    mover = Mover(Lattice(world))
    tries: Counter[tuple[int, CellKey]] = Counter()
    everyone = waiting = secrets_of(world)
    rounds = 0
    while not world.shut:
        mover.lattice.refresh()
        waiting = _given_back(auditor, _unproven(mover, waiting, sure=False))
        if not waiting:  # once more from the beginning: what others see of a release is its end
            mover = Mover(Lattice(world, mover.lattice.columns), mover.weighed)
            waiting = _given_back(auditor, _unproven(mover, everyone))
        if not waiting:
            return
        rounds += 1
        most = _ROUNDS if len(waiting) > _SEARCHED else _LAST_ROUNDS
        if rounds > most or _is_hopeless(world, waiting):  # a dimension less each time, so these end
            _give_up(mover, waiting)
            rounds = min(rounds, most) - 1
        else:
            _one_round(mover, waiting, tries)


def _one_round(mover: Mover, waiting: Sequence[Secret], tries: Counter[tuple[int, CellKey]]) -> None:
    """Hides more for each breakdown with unproven secrets, the coarsest first."""
    tables: dict[By, list[Secret]] = {}
    for room, secret in waiting:
        tables.setdefault(dimensions_of(secret), []).append((room, secret))
    order, before = sorted(tables, key=lambda by: (len(by), by)), _state(mover.world)
    for at, by in enumerate(order):
        if mover.world.shut:
            return
        # What was hidden for others may prove these as well; of the first nothing has changed yet.
        _hide_more(mover, by, _without_box(mover, tables[by]) if at else tables[by], tries)
    if _state(mover.world) == before:
        # A search for each proved what the draw did not, and will not the next time.
        _shut(mover, _next(mover, order[0]))


def _is_hopeless(world: World, waiting: Sequence[Secret]) -> bool:
    """A closed breakdown has so many unproven secrets that a box for each would hide all around it."""
    many = Counter(dimensions_of(secret) for _, secret in waiting)
    return any(number > _MANY and by in world.whole_tables for by, number in many.items())


def _give_up(mover: Mover, waiting: Sequence[Secret]) -> None:
    """Shows nothing of one dimension: the cheapest of the breakdown with the most unproven secrets."""
    many = Counter(dimensions_of(secret) for _, secret in waiting)
    by = min(many, key=lambda one: (-many[one], one))
    # Giving up a dimension of which nothing is open would hide nothing, again and again.
    found: set[By] = set().union(*(room.family.breakdowns for room in mover.world.rooms))
    parts = [(one,) for one in by if any(one in open_one for open_one in found - mover.world.whole_tables)]
    _shut(
        mover,
        min(parts, key=lambda part: (mover.lattice.price_of(part), part), default=None),
    )


def _state(world: World) -> tuple[int, int, int, bool]:
    return world.count_hidden(), len(world.whole_tables), len(world.closed), world.shut


def unproven(world: World) -> list[Secret]:
    """Those secrets that no boxes within what is hidden prove."""
    if world.shut:
        return []
    mover = Mover(Lattice(world))
    return _unproven(mover, secrets_of(world))


def _given_back(auditor: Callable[[], Auditor], secrets: list[Secret]) -> list[Secret]:
    """Those that the equations do not prove either; of many hardly one is proved, and all cost seconds."""
    return auditor().given_back(secrets) if 0 < len(secrets) <= _SEARCHED else secrets


def _unproven(mover: Mover, secrets: Sequence[Secret], *, sure: bool = True) -> list[Secret]:
    """Many at once first, since most have a proof that is soon found.

    Where a draw of thousands of boxes leaves many secrets of a breakdown, a search for each finds hardly a
    proof more and would take minutes; they count as unproven.
    """
    left = _without_box(mover, secrets, sure=sure)
    safe = chained(mover, [cell for _, cell in left], sure=sure) if len(left) <= _CHAINED else set()
    left = [one for one in left if one[1] not in safe]
    many = Counter(dimensions_of(cell) for _, cell in left)
    return [one for one in left if many[dimensions_of(one[1])] > _ALONE or not _is_proven(mover, *one)]


def _without_box(mover: Mover, secrets: Sequence[Secret], *, sure: bool = False) -> list[Secret]:
    secrets = without_exchange(mover.world, secrets)
    safe = {id(room): proven(mover, room, cells, sure=sure) for room, cells in by_room(secrets)}
    return [one for one in secrets if one[1] not in safe[id(one[0])]]


def _is_proven(mover: Mover, room: Room, secret: CellKey) -> bool:
    return secret in room.hidden and mover.free(room, secret) == needs_of(room, secret)


def _breakdowns(world: World) -> Iterator[tuple[Room, list[CellKey]]]:
    """The secrets of each breakdown of a family, in the same order."""
    for _, some in groupby(secrets_of(world), key=lambda one: (id(one[0]), dimensions_of(one[1]))):
        together = list(some)
        yield together[0][0], [cell for _, cell in together]


def secrets_of(world: World) -> list[Secret]:
    """All secrets, the coarsest first: what hides those often hides finer ones with them."""
    return [
        (room, cell)
        for room in world.rooms
        for cell in sorted(room.secrets, key=lambda cell: (len(cell), dimensions_of(cell), cell))
    ]


def _hide_more(mover: Mover, by: By, secrets: Sequence[Secret], tries: Counter[tuple[int, CellKey]]) -> None:
    """Boxes that touch coarser breakdowns, or a breakdown itself, whichever hides less; then more."""
    world = mover.world
    if not secrets:  # what was hidden for coarser ones, or for dimensions given up, proves these as well
        return
    if by and by not in world.whole_tables and _is_dearer(mover, by, secrets):
        _shut(mover, by)
        return
    related = {name for _, secret in secrets for name in world.relatives(secret)}
    if related:  # dimensions made from the same answers bind the groups of each other
        world.close(related)
        mover.lattice.refresh()
        return
    coarser = _cheapest_part(mover, by) if len(secrets) > _MANY and by in world.whole_tables else None
    if coarser is not None and _is_dearer(mover, coarser, secrets):
        _shut(mover, coarser)
        return
    _take_one_by_one(mover, by, secrets, tries)


def _take_one_by_one(
    mover: Mover, by: By, secrets: Sequence[Secret], tries: Counter[tuple[int, CellKey]]
) -> None:
    for count, (room, secret) in enumerate(secrets):
        if _is_proven(mover, room, secret):
            continue
        done = tries[id(room), secret]
        tries[id(room), secret] += 1
        taken = count < _MOST_TAKEN and done < _TRIES
        if taken and (mover.take_below(room, secret) or mover.another(room, secret)):
            continue
        _shut(mover, _next(mover, by))
        return  # it may prove the others, too; each closing more would hide for nothing


def _shut(mover: Mover, by: By | None) -> None:
    """Shows nothing of a breakdown, or of the table where there is none left."""
    if by is None:
        mover.world.shut_down()
    else:
        mover.world.close_breakdown(by)
    mover.lattice.refresh()


def _next(mover: Mover, by: By) -> By | None:
    """The breakdown, else the one of its parts that hides the least."""
    return by if by and by not in mover.world.whole_tables else _cheapest_part(mover, by)


def _cheapest_part(mover: Mover, by: By) -> By | None:
    """Of the finest coarser breakdowns still open, the one whose closing hides the fewest respondents.

    Closing one that nobody prints would hide nothing, again and again.
    """
    open_ones = (
        set().union(*(room.family.breakdowns for room in mover.world.rooms)) - mover.world.whole_tables
    )
    for size in range(len(by) - 1, 0, -1):
        parts = [part for part in combinations(by, size) if part in open_ones]
        if parts:
            return min(parts, key=lambda part: (mover.lattice.price_of(part), part))
    return None


def _is_dearer(mover: Mover, by: By, secrets: Sequence[Secret]) -> bool:
    """Boxes for some of the secrets, as many times as there are secrets, hide more than the breakdown has."""
    prices = [mover.price_below(*one) for one in secrets[:_WEIGHED]]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        return True
    return sum(known) * len(secrets) > mover.lattice.price_of(by) * len(prices)
