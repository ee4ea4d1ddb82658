"""What is left of a shown amount when all its shown parts are taken away: a number about the hidden ones.

Hiding a cell beside another one hides how many people each has, not what both have together. An income of
which one household holds nearly all is known as soon as the cell of that household and its partner are; so
what is left of a line must itself be what a policy would show: unions of hidden cells are judged as cells are
(Cox 1981, "Linear sensitivity measures in statistical disclosure control", J Stat Plan Inference 5:153).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING

from everycount.estimate.plan import MeasureKind
from everycount.protect.families import dimensions_of
from everycount.protect.outside import is_outside
from everycount.protect.primary import is_alike, threshold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.estimate.plan import Measure
    from everycount.protect.families import By
    from everycount.protect.policy import Policy
    from everycount.protect.world import Room, World

_ADDED_UP = frozenset({MeasureKind.TOTAL, MeasureKind.MEAN})  # a mean times its people is their total


@dataclass(frozen=True)
class Left:
    """Some people whose amounts can be added up by subtracting.

    Attributes:
        n: how many they are.
        total: what they have together.
        largest: the most that one of them has, None where that is not known.
    """

    n: int
    total: float
    largest: float | None

    def joined(self, other: Left) -> Left:
        """Both together."""
        largest = None if self.largest is None or other.largest is None else max(self.largest, other.largest)
        return Left(self.n + other.n, self.total + other.total, largest)

    def is_weak(self, least: int, policy: Policy) -> bool:
        """Shown as a cell, it would be hidden: too few, all alike, or nearly all of it is one person's."""
        if self.n < least:
            return True
        share = None if self.largest is None or self.total <= 0 else self.largest / self.total
        if share is not None and share > policy.max_share:
            return True
        return self.n < policy.min_respondents_extreme and (self.total == 0 or is_alike(share, self.n))


@dataclass(frozen=True)
class Line:
    """A shown cell and its parts in a finer breakdown, of one measure."""

    whole: CellKey
    hidden: tuple[CellKey, ...]
    shown: tuple[CellKey, ...]
    left: Left


def strengthen(world: World) -> bool:
    """Hides more until nothing that is left of a line tells about single people; whether anything was hidden.

    What is hidden becomes a secret: were it to be had by another way, it would protect nobody.
    """
    before = world.count_hidden()
    for room in world.rooms:
        for measure in _added_up(room):
            for line in weak_lines(world, room, measure):
                chosen = _cheapest(world, room, measure, line)
                room.secrets.add(chosen)
                world.hide(world.touches(room), [chosen])
    return world.count_hidden() > before


def weak_cells(world: World) -> Iterator[CellKey]:
    """The hidden cells that what is left of some line tells about."""
    for room in world.rooms:
        for measure in _added_up(room):
            for line in weak_lines(world, room, measure):
                yield from line.hidden


def weak_lines(world: World, room: Room, measure: Measure) -> Iterator[Line]:
    """The lines of one measure of which too little is left, as things stand when each is asked for."""
    breakdowns = _breakdowns(room, measure)
    for by in sorted(breakdowns.keys() - world.whole_tables):
        if room.hidden.isdisjoint(breakdowns[by]):
            continue
        for above in chain.from_iterable(combinations(by, size) for size in range(len(by))):
            if above in breakdowns:
                yield from _weak_of(world, room, measure, breakdowns[by], above)


def _weak_of(
    world: World, room: Room, measure: Measure, parts: Sequence[CellKey], above: By
) -> Iterator[Line]:
    lines: dict[CellKey, list[CellKey]] = {}
    for cell in parts:
        lines.setdefault(tuple(pair for pair in cell if pair[0] in above), []).append(cell)
    least = threshold(parts[0], world.sensitive, world.policy)
    for whole, line in sorted(lines.items()):
        if whole in room.hidden or whole not in room.family.cells:
            continue
        found = _line(room, measure, whole, line)
        if found is not None and found.left.is_weak(least, world.policy):
            yield found


def _line(room: Room, measure: Measure, whole: CellKey, parts: Sequence[CellKey]) -> Line | None:
    """What can be subtracted; None where nothing is hidden, or the measure is not told of the whole."""
    everybody = room.family.cells[whole].get(measure.id)
    if everybody is None or everybody.n == 0:
        return None
    known = {cell: room.family.cells[cell][measure.id] for cell in parts}
    met = {cell: one for cell, one in known.items() if one.n}
    # Those in no group are never printed, which hides nothing; only where they are a secret must it.
    hidden = tuple(cell for cell in met if cell in (room.secrets if is_outside(cell) else room.hidden))
    if not hidden:
        return None
    shown = tuple(cell for cell in met if cell not in room.hidden and not is_outside(cell))
    left = _rest(everybody, measure, [met[cell] for cell in shown], [met[cell] for cell in hidden])
    return Line(whole, hidden, shown, left)


def _rest(
    everybody: Estimate, measure: Measure, shown: Sequence[Estimate], hidden: Sequence[Estimate]
) -> Left:
    """The people of hidden cells and those in no group, of whom one may have all that these have."""
    together = [_of(one, measure) for one in hidden if not is_outside(one.cell)]
    n = everybody.n - sum(one.n for one in shown)
    whole = _total(everybody, measure)
    total = _cleaned(whole - sum(_total(one, measure) for one in shown), whole)
    nowhere = n - sum(one.n for one in together)
    if nowhere:
        amount = _cleaned(total - sum(one.total for one in together), whole)
        most = _of(everybody, measure).largest
        together.append(Left(nowhere, amount, amount if most is None else min(amount, most)))
    known = [one.largest for one in together if one.largest is not None]
    return Left(n, total, max(known) if len(known) == len(together) else None)


def _of(one: Estimate, measure: Measure) -> Left:
    total = _total(one, measure)
    if total == 0:  # there is no share of nothing, and nobody has any
        return Left(one.n, 0.0, 0.0)
    return Left(one.n, total, None if one.largest_share is None else one.largest_share * total)


def _total(one: Estimate, measure: Measure) -> float:
    value = one.value or 0.0
    return value if measure.kind is MeasureKind.TOTAL else value * one.population


def _cleaned(difference: float, of: float) -> float:
    """A difference of sums, 0 where only their rounding is left."""
    return 0.0 if abs(difference) <= 1e-9 * abs(of) else difference


def _cheapest(world: World, room: Room, measure: Measure, line: Line) -> CellKey:
    """The smallest part that is enough, else the largest; the whole where no part is left."""
    found = room.family.cells
    parts = sorted(line.shown, key=lambda cell: (room.family.size(cell), cell))
    if not parts:
        return line.whole
    least = threshold(parts[0], world.sensitive, world.policy)

    def enough(cell: CellKey) -> bool:
        return not line.left.joined(_of(found[cell][measure.id], measure)).is_weak(least, world.policy)

    return next(filter(enough, parts), parts[-1])


def _breakdowns(room: Room, measure: Measure) -> Mapping[By, list[CellKey]]:
    """The cells of a measure by breakdown, those in no group among them."""
    made: dict[By, list[CellKey]] = {}
    for cell in sorted(room.family.cells):
        if measure.id in room.family.cells[cell]:
            made.setdefault(dimensions_of(cell), []).append(cell)
    return made


def _added_up(room: Room) -> Iterator[Measure]:
    if room.hidden:
        yield from (one for _, one in sorted(room.family.measures.items()) if one.kind in _ADDED_UP)
