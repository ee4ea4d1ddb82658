"""A witness: another table of people that prints the same and in which a hidden cell is different.

A move takes people round the corners of a box: for the dimensions J of the box, one person leaves the
corners of
one colour and one joins those of the other colour, as on a chess board. Every sum over a dimension of J
stays what
it was, so only breakdowns that contain all of J change, and there only at the corners: hide these, and
nobody can
tell the two tables apart. The person who leaves and the one who joins give the same answers, so that the
number
with a property keeps its sums as well. (The corners are the hypercube of Giessing and Repsilber, "Tools and
strategies to protect multiple tables with the GHQUAR cell suppression engine", 2002, here for linked
breakdowns.)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, combinations, product
from math import prod
from operator import and_
from typing import TYPE_CHECKING

from everycount.protect.families import dimensions_of
from everycount.protect.outside import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.families import By
    from everycount.protect.world import Room, World

PEOPLE = ""  # the need that the number of people can change; the others are ids of measures
_PEOPLE_ONLY = frozenset({PEOPLE})
_MORE_BOXES = 2  # tried for a secret that can still be worked out, before its breakdown is closed
_MOST_PLACES = 40  # places tried for the dimensions that stay fixed; more seldom find a cheaper one


@dataclass(frozen=True)
class Box:
    """The corners of a move in every breakdown that shows them; ``joins`` have the secret's own colour.

    Attributes:
        joins, leaves: the corners where the number of people changes.
        places: the groups of the people at the corners of either colour.
        others: the breakdowns in which they stand and stay.
    """

    joins: tuple[CellKey, ...]
    leaves: tuple[CellKey, ...]
    places: tuple[list[dict[str, str]], list[dict[str, str]]]
    others: Sequence[By]

    @cached_property
    def joined(self) -> tuple[CellKey, ...]:
        """Cells of all other breakdowns where those at ``joins`` stand; asked for of few boxes only."""
        return _cells(self.places[0], self.others)

    @cached_property
    def left(self) -> tuple[CellKey, ...]:
        """The same of those at ``leaves``."""
        return _cells(self.places[1], self.others)

    @property
    def cells(self) -> tuple[CellKey, ...]:
        """All corners."""
        return self.joins + self.leaves


def protect_secret(world: World, room: Room, secret: CellKey) -> None:
    """Hides what a secret needs so that it has a witness: a box, else a breakdown, else the whole table.

    Where the audit can look at every table of people, a secret without a box is left to it: moves are a
    narrow choice among those tables, and often nothing more has to be hidden. Not so beside a dimension made
    from the same answers: boxes know how its groups bind each other, and the equations of the audit do not.
    """
    if world.shut or dimensions_of(secret) in world.settled or _is_free(world, room, secret):
        return
    if _take_cheapest(world, room, secret):
        return
    related = world.relatives(secret)
    if world.searchable and not related:
        _take_leniently(world, room, secret)
        return
    world.close(related)
    if _take_leniently(world, room, secret):
        return
    by = dimensions_of(secret)
    if by not in world.whole_tables:
        world.close_breakdown(by)
    # Nothing at all is printed of a closed breakdown, and in a large one people can be shared out in many
    # ways. In a small one the margins may leave a single way, so it must have a witness all the same.
    if not world.settle(by) and not _take_leniently(world, room, secret):
        world.shut_down()


def harden(world: World, room: Room, secret: CellKey, tried: int) -> None:
    """Hides more for a secret that can still be worked out: two boxes more, then a breakdown, then all."""
    if tried < _MORE_BOXES and _take_another(world, room, secret):
        return
    if room.never_printed(secret) and _part_with_among(room):
        return
    world.close(world.relatives(secret))
    by = dimensions_of(secret)
    if not by:
        world.shut_down()
        return
    if by not in world.whole_tables and tried <= _MORE_BOXES:
        world.close_breakdown(by)
        return
    coarser = [part for part in combinations(by, len(by) - 1) if part and part not in world.whole_tables]
    prices = {part: price for part in coarser if (price := world.price_of(part))}
    if prices and tried <= _MORE_BOXES + len(by):
        world.close_breakdown(min(prices, key=lambda part: (prices[part], part)))
        return
    tied = world.tied(secret)
    if tied:
        world.close(tied)
        return
    world.shut_down()


def _part_with_among(room: Room) -> bool:
    """Shows nothing more of an ``among`` where it cuts a few off from a group; False where it is none."""
    if room.family.among is None or len(room.hidden) == len(room.family.cells):
        return False
    room.hidden.update(room.family.cells)
    return True


def _take_another(world: World, room: Room, secret: CellKey) -> bool:
    """Hides the corners of one box more; of those in which people can move, if there are any."""
    scope = scopes_of(world, room)[-1]
    world.be(lenient=True)
    more = [
        box
        for size in range(len(secret), 0, -1)
        for box in _priced(world, scope, secret, size)
        if _cost(scope, box) and not any(room.family.cannot_be(cell) for cell in box.cells)
    ]
    needs = needs_of(room, secret)
    movable = (box for box in more if met(world, room, scope, secret, box, needs) == needs)
    best = next(movable, more[0] if more else None)
    world.be(lenient=False)
    if best is not None:
        world.hide(scope, best.cells)
    return best is not None


def _take_leniently(world: World, room: Room, secret: CellKey) -> bool:
    world.be(lenient=True)
    found = _take_cheapest(world, room, secret)
    world.be(lenient=False)
    return found


def scopes_of(world: World, room: Room) -> list[tuple[Room, ...]]:
    """First only those families whose people move for sure, then all."""
    rooms = world.touches(room)
    return [rooms] if len(rooms) == len(world.rooms) else [rooms, world.rooms]


def _is_free(world: World, room: Room, secret: CellKey) -> bool:
    """What an earlier release hid does already."""
    if not world.revised:
        return False
    for lenient in (False, True):
        world.be(lenient=lenient)
        needs = needs_of(room, secret)
        for scope in scopes_of(world, room):
            for size in range(len(secret), 0, -1):
                for box in boxes(world, scope, secret, size):
                    if _cost(scope, box) == 0:
                        needs -= met(world, room, scope, secret, box, needs)
            if not needs:
                break
        world.be(lenient=False)
        if not needs:
            return True
    return False


def _take_cheapest(world: World, room: Room, secret: CellKey) -> bool:
    """Hides the corners of the cheapest box that does it all, else of several that do it together."""
    needs = needs_of(room, secret)
    for scope in scopes_of(world, room):
        found = _one_for_all(world, room, scope, secret, needs)
        if found is None:
            found = _together(world, room, scope, secret, needs)
        if found is not None:
            world.hide(scope, chain.from_iterable(box.cells for box in found))
            return True
    return False


def needs_of(room: Room, secret: CellKey) -> frozenset[str]:
    """What has to be able to change: the number of people, and each share that is exactly 0 or 1."""
    extreme = {
        name
        for name, estimate in room.family.cells[secret].items()
        if estimate.n and estimate.events in (0, estimate.n) and not _known_from_above(room, secret, name)
    }
    return frozenset({PEOPLE, *extreme})


def _one_for_all(
    world: World, room: Room, scope: tuple[Room, ...], secret: CellKey, needs: frozenset[str]
) -> list[Box] | None:
    for size in range(len(secret), 0, -1):
        for box in _priced(world, scope, secret, size):
            # Whether anybody can move at all is asked first: it is cheap and mostly the answer.
            first = met(world, room, scope, secret, box, _PEOPLE_ONLY)
            if first and (len(needs) == 1 or met(world, room, scope, secret, box, needs) == needs):
                return [box]
    return None


def _together(
    world: World, room: Room, scope: tuple[Room, ...], secret: CellKey, needs: frozenset[str]
) -> list[Box] | None:
    """Several boxes over all dimensions of the secret, which touch the fewest breakdowns."""
    found: list[Box] = []
    for box in _priced(world, scope, secret, len(secret)):
        done = met(world, room, scope, secret, box, needs)
        if done:
            found.append(box)
            needs -= done
        if not needs:
            return found
    return None


def _priced(world: World, scope: tuple[Room, ...], secret: CellKey, size: int) -> list[Box]:
    """The boxes over ``size`` dimensions, those that hide the fewest respondents more first."""
    return sorted(boxes(world, scope, secret, size), key=lambda box: (_cost(scope, box), box.cells))


def _cost(scope: Sequence[Room], box: Box) -> int:
    return sum(
        1 + room.family.size(cell)
        for room in scope
        for cell in box.cells
        if cell in room.family.cells and cell not in room.hidden
    )


def boxes(world: World, scope: Sequence[Room], secret: CellKey, size: int) -> Iterator[Box]:
    """Every box over ``size`` dimensions with the secret as a corner."""
    lattice = sorted(world.lattice(scope))
    for moved in combinations(secret, size):
        inside = tuple(dimension for dimension, _ in moved)
        tables = [by for by in lattice if set(inside) <= set(by)]
        if not tables:  # of a closed dimension: nobody would move, and nothing be proved
            continue
        free = sorted({one for by in tables for one in by} - set(dimensions_of(secret)))
        for partners in product(*(_partners(world, *pair) for pair in moved)):
            swap = dict(zip(inside, partners, strict=True))
            for place in _places(world, free):
                place |= dict(secret)
                if not world.has_room(place):
                    continue
                others = [by for by in lattice if by not in tables and place.keys() >= set(by)]
                yield box_at(place, swap, tables, others)


def _places(world: World, free: Sequence[str]) -> Iterator[dict[str, str]]:
    """Where a move can take place in the dimensions that stay fixed; a spread of very many."""
    sizes = [len(world.groups[one]) for one in free]
    total = prod(sizes)
    for step in range(min(total, _MOST_PLACES)):
        at = step if total <= _MOST_PLACES else step * total // _MOST_PLACES
        place = {}
        for one, size in zip(free, sizes, strict=True):
            at, code = divmod(at, size)
            place[one] = world.groups[one][code]
        yield place


def _partners(world: World, dimension: str, code: str) -> list[str]:
    """Other groups; those in no group hide nobody else, since how many they are may be known elsewhere."""
    return [
        other
        for other in world.groups[dimension]
        if other not in (code, OUTSIDE) and world.exchangeable(dimension, code, other)
    ]


def box_at(place: dict[str, str], swap: dict[str, str], tables: Sequence[By], others: Sequence[By]) -> Box:
    """The box with a corner at a place, and the other codes of the dimensions that change."""
    corners: tuple[list[dict[str, str]], list[dict[str, str]]] = ([], [])
    for count in range(len(swap) + 1):
        for swapped in combinations(swap, count):
            corners[count % 2].append(place | {dimension: swap[dimension] for dimension in swapped})
    return Box(_cells(corners[0], tables), _cells(corners[1], tables), corners, others)


def _cells(corners: Iterable[dict[str, str]], tables: Sequence[By]) -> tuple[CellKey, ...]:
    found = (tuple([(one, corner[one]) for one in by]) for corner in corners for by in tables)
    return tuple(dict.fromkeys(found))


def met(
    world: World, room: Room, scope: Sequence[Room], secret: CellKey, box: Box, needs: frozenset[str]
) -> frozenset[str]:
    """Which needs a box meets: the move, one way or the other, leads to a table that could be."""
    if any(room.family.cannot_be(cell) for cell in box.cells):
        return frozenset()
    alone = len(scope) < len(world.rooms)
    joining = _has_answers(room, secret, _way(world, room, box.leaves, box.joins, box.left, alone=alone))
    leaving = joining or _has_answers(
        room, secret, _way(world, room, box.joins, box.leaves, box.joined, alone=alone)
    )
    found = {PEOPLE} if leaving else set()
    found |= {name for name in needs - {PEOPLE} if _value_changes(world, room, secret, name, box, joining)}
    return frozenset(found & needs)


def _way(
    world: World,
    room: Room,
    lose: Sequence[CellKey],
    gain: Sequence[CellKey],
    stand: Sequence[CellKey],
    *,
    alone: bool,
) -> tuple[int, ...] | None:
    """Per question, the answers of somebody who can leave every cell of one colour and join the others.

    What everybody's numbers allow must also agree with each family inside an ``among`` that shows these
    cells:
    either the person is inside, and its numbers allow it too, or somebody outside is there to go. Where only
    the
    family inside an ``among`` moves (``alone``), somebody outside with the same answers goes the opposite
    way; nobody has to where a person only leaves it, as where the overall value itself is hidden.
    """
    way = _common(world, room, lose, gain, stand)
    if way is not None and alone and gain:
        return _both(way, _all(world.outside(room, cell) for cell in (*gain, *_unseen(room, lose))))
    if way is None or room is not world.everybody:
        return way
    for other in world.rooms[1:]:
        if any(cell in other.family.cells for cell in lose):
            inside = _both(way, _common(world, other, lose, gain, stand))
            beside = (*lose, *_unseen(other, gain))
            way = inside or _both(way, _all(world.outside(other, cell) for cell in beside))
            if way is None:
                return None
    return way


def _unseen(room: Room, cells: Sequence[CellKey]) -> list[CellKey]:
    """Where an ``among`` parts people as a dimension does, some can be inside it alone and some outside."""
    return [cell for cell in cells if room.never_printed(cell)]


def _common(
    world: World, room: Room, lose: Sequence[CellKey], gain: Sequence[CellKey], stand: Sequence[CellKey]
) -> tuple[int, ...] | None:
    """The same in one family; ``stand`` are cells in which the people stay and so must already be."""
    losing = (world.losable(room, cell) for cell in lose)
    standing = (world.present(room, cell) for cell in stand)
    return _all(chain(losing, standing, (world.gainable(room, cell) for cell in gain)))


def _all(masks: Iterable[tuple[int, ...]]) -> tuple[int, ...] | None:
    """What all cells allow, question by question; None where a question is left without an answer."""
    common = tuple(reduce(and_, column) for column in zip(*masks, strict=True))
    return common if all(common) else None


def _both(one: tuple[int, ...], other: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return None if other is None else _all((one, other))


def _has_answers(room: Room, secret: CellKey, way: tuple[int, ...] | None) -> tuple[int, ...] | None:
    """The way, if the person has an answer to every question of which the secret hides how many answered."""
    moving = (name for name, estimate in room.family.cells[secret].items() if estimate.n > 0)
    places = {room.answers.bits(name, yes=True)[0] for name in moving}
    if way is None or not all(way[at] & (room.answers.questions[at].missing - 1) for at in places):
        return None
    return way


def _value_changes(
    world: World, room: Room, secret: CellKey, name: str, box: Box, joining: tuple[int, ...] | None
) -> bool:
    """A share of 0 or 1 stays unless the other answer comes in, with a person or by an exchange."""
    all_no = room.family.cells[secret][name].events == 0
    place, other = room.answers.bits(name, yes=all_no)
    _, own = room.answers.bits(name, yes=not all_no)
    return bool(joining and joining[place] & other) or _trade(world, room, box, place, own, other)


def _trade(world: World, room: Room, box: Box, place: int, own: int, other: int) -> bool:
    """One with the secret's answer goes where one with the other answer comes from, all round the box."""
    own, other = _traders(world, room, box, place, own, other)
    if room is world.everybody:
        for family in world.rooms[1:]:
            if any(cell in family.family.cells for cell in box.cells):
                inside = _traders(world, family, box, place, own, other)
                outside = (
                    reduce(and_, (world.outside(family, cell)[place] for cell in box.joins), own),
                    reduce(and_, (world.outside(family, cell)[place] for cell in box.leaves), other),
                )
                own, other = inside if all(inside) else outside
    return bool(own and other)


def _traders(world: World, room: Room, box: Box, place: int, own: int, other: int) -> tuple[int, int]:
    for cell in box.joins:
        own = own and own & world.tradable(room, cell)[place]
    for cell in box.leaves:
        other = other and own and other & world.tradable(room, cell)[place]
    for cell in box.joined:
        own = own and other and own & world.present(room, cell)[place]
    for cell in box.left:
        other = other and own and other & world.present(room, cell)[place]
    return own, other


def is_extreme(room: Room, secret: CellKey) -> bool:
    """Some share of the cell is exactly 0 or 1."""
    return any(one.n and one.events in (0, one.n) for one in room.family.cells[secret].values())


def _known_from_above(room: Room, secret: CellKey, name: str) -> bool:
    """A larger group is shown at 0 or 1, as the policy allows, and all within it are the same."""
    for count in range(len(secret)):
        for above in combinations(secret, count):
            estimate = room.family.cells.get(above, {}).get(name)
            if above not in room.hidden and estimate is not None and estimate.events in (0, estimate.n):
                return True
    return False
