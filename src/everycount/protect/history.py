"""All releases that anybody may hold beside a new one: what they told, hid, and said of hidden numbers.

Each is held against the new one by itself (:class:`everycount.protect.earlier.Earlier`). What they told and
is still true is put together for the audit, so that a number that follows from two of them and the new one
is found as well.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from everycount.protect.cells import Status
from everycount.protect.earlier import HIDDEN, Earlier
from everycount.protect.families import canonical, dimensions_of
from everycount.protect.outside import is_outside
from everycount.protect.policy import is_as_strict
from everycount.protect.silence import silent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.cells import Cell, Cells
    from everycount.protect.changed import Changed
    from everycount.protect.families import By, Families, Family
    from everycount.protect.policy import Policy
    from everycount.protect.world import Room, World

_TOLD = (Status.SHOWN, Status.NO_ANSWERS)


class History:
    """Earlier releases, the oldest first, seen from the estimates of a new one.

    Args:
        given: their cells.
        estimates: of the new release, those that it does not print before those that it does.
        families: of the new release.
        policy: of the new release.
        changed: makes the numbers that are printed.

    Attributes:
        given: as above.
    """

    def __init__(
        self,
        given: Sequence[Cells],
        estimates: Sequence[Estimate],
        families: Families,
        policy: Policy,
        changed: Changed,
    ) -> None:
        self.given, self._policy, self._changed = tuple(given), policy, changed
        self._estimates = estimates
        # Those under a weaker policy have told already; nothing of theirs can be kept any more.
        self._strict = tuple(one for one in self.given if is_as_strict(one.policy, policy))
        self._families = families

    def __bool__(self) -> bool:
        return bool(self.given)

    @cached_property
    def earlier(self) -> tuple[Earlier, ...]:
        """Each of the releases by itself."""
        return tuple(Earlier(one, self._families, self._policy, self._printed) for one in self.given)

    @cached_property
    def _now(self) -> dict[tuple[str, CellKey], Estimate]:
        return {_place(one): one for one in self._estimates}

    def _printed(self, one: Estimate) -> int | None:
        """How many respondents would be printed; what is never printed may have no key."""
        return self._changed.n(one) if self._changed.knows(one) else None

    def is_told(self, one: Estimate) -> bool:
        """Some release of at least this policy told the number, and it is what it was."""
        return bool(self._strict) and _place(one) in self._told

    @cached_property
    def _told(self) -> set[tuple[str, CellKey]]:
        """Numbers that still hold. That nobody answered is such a number, too."""
        return {
            _place(cell)
            for one in self._strict
            for cell in one.cells
            if cell.status in _TOLD and self._holds(one, cell)
        }

    def _holds(self, given: Cells, cell: Cell) -> bool:
        """As many answered as then, and the same as far as can be seen."""
        now = self._now.get(_place(cell))
        if now is None or self._printed(now) != (cell.n or 0):
            return False
        exact = not (self._policy.changes_counts or given.policy.changes_counts)
        if not exact or cell.value is None or now.value is None or now.population != now.n:
            return True
        decimals = [one.decimals for one in (self._policy, given.policy) if one.decimals is not None]
        return abs(now.value - cell.value) <= (1.01 * 10.0 ** -min(decimals) if decimals else 1e-9)

    def formerly(self, estimate: Estimate) -> Sequence[tuple[Status, Policy]]:
        """How releases of at least this policy hid a number, where that said something of it."""
        if not self._strict:
            return ()
        return self._hidden_then.get(_place(estimate), ())

    @cached_property
    def _hidden_then(self) -> dict[tuple[str, CellKey], list[tuple[Status, Policy]]]:
        """One status for a whole breakdown says nothing of any of its cells."""
        found: dict[tuple[str, CellKey], list[tuple[Status, Policy]]] = {}
        for one in self._strict:
            unsaid = silent(one)
            open_ones = {
                frozenset(dimensions_of(cell.cell))
                for cell in one.cells
                if cell.status is not Status.SUPPRESSED_SMALL
            }
            for cell in one.cells:
                if cell.status not in HIDDEN or cell.measure in unsaid:
                    continue
                if frozenset(dimensions_of(cell.cell)) in open_ones:
                    found.setdefault(_place(cell), []).append((cell.status, one.policy))
        return found

    def recall(self, room: Room) -> None:
        """What an earlier release said of hidden cells, it has said for good."""
        for cell, found in room.family.cells.items() if self._strict and self._hidden_then else ():
            then = {status for one in found.values() for status, _ in self.formerly(one)}
            if Status.SUPPRESSED_COMPLEMENTARY in then:
                room.then_partner.add(cell)
            elif Status.SUPPRESSED_SMALL in then:
                room.then_small.add(cell)

    def told_cells(self, room: Room) -> dict[CellKey, frozenset[str]]:
        """By cell, the measures of which an earlier release shows a number that still holds."""
        if not self._strict or not self._told:
            return {}
        found = {
            cell: frozenset(name for name, one in some.items() if _place(one) in self._told)
            for cell, some in room.family.cells.items()
        }
        return {cell: names for cell, names in found.items() if names}

    def is_withheld(self, one: Estimate) -> bool:
        """The community kept the number from some release."""
        return _place(one) in self._withheld

    @cached_property
    def _withheld(self) -> set[tuple[str, CellKey]]:
        return {
            _place(cell)
            for one in self.given
            for cell in one.cells
            if cell.status is Status.WITHHELD_BY_COMMUNITY
        }

    def find_secrets(self, world: World) -> None:
        """Cells that together with one of the releases would tell about few people."""
        world.revised = bool(self.given)
        for room in world.rooms if self.given else ():
            for one in self.earlier:
                found = one.secrets(room.family, world.sensitive)
                room.secrets |= found
                room.own = {cell: names for cell, names in room.own.items() if cell not in found}

    def remember(self, world: World) -> None:
        """Hides what earlier releases make it necessary to hide."""
        if not self.given:
            return
        self.find_secrets(world)
        for room in world.rooms:
            self._keep(world, room)
            room.told = self.told_cells(room)
            for by in {by for one in self.earlier for by in one.closed(room.family)}:
                if all(cell in room.kept for cell in _printed_of(room.family, by)):
                    world.whole_tables.add(by)

    def _keep(self, world: World, room: Room) -> None:
        """What one of the releases hid; of its kind, the newest that knew it has the last word."""
        for one in self.earlier:
            kept = one.kept(room.family, world.sensitive)
            small = kept & one.small.get(id(room.family), set())
            room.kept |= kept
            room.formerly_small = (room.formerly_small - kept) | small
        room.hidden |= room.kept


def _printed_of(family: Family, by: By) -> list[CellKey]:
    return [cell for cell in family.cells if dimensions_of(cell) == by and not is_outside(cell)]


def _place(one: Estimate | Cell) -> tuple[str, CellKey]:
    """Where a number stands in several releases, whatever the order of their dimensions."""
    return one.measure, canonical(one.cell)
