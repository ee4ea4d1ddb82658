"""Estimates in, cells out: the one place where numbers become publishable."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Against, Verdict
from everycount.estimate.multiplicity import by_chance
from everycount.estimate.plan import WITH_EVENTS
from everycount.faults import Fault, InputError
from everycount.protect import large, primary, printing
from everycount.protect.associated import safe_associations
from everycount.protect.audit import Audit, Auditor, Interval
from everycount.protect.beside import uncounted
from everycount.protect.bounds import Bounds
from everycount.protect.cells import Status, restore
from everycount.protect.changed import Changed
from everycount.protect.differences import separate, telling
from everycount.protect.earlier import HIDDEN
from everycount.protect.families import Families, dimensions_of
from everycount.protect.history import History
from everycount.protect.outside import add_outsiders, is_outside
from everycount.protect.overlaps import Overlaps
from everycount.protect.policy import is_as_strict
from everycount.protect.remainders import strengthen, weak_cells
from everycount.protect.sensitivity import guarded
from everycount.protect.silence import Silence
from everycount.protect.withheld import refuse_unknown
from everycount.protect.witness import harden, is_extreme, protect_secret
from everycount.protect.world import build

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from everycount.estimate.estimates import CellKey, Contrast, Estimate, Estimates
    from everycount.estimate.keyed import CellKeys
    from everycount.protect.audit import Secret
    from everycount.protect.cells import Cell, Cells, SafeContrast
    from everycount.protect.families import By, Family
    from everycount.protect.policy import Policy
    from everycount.protect.world import Room, World


def protect(
    estimates: Estimates,
    policy: Policy,
    given: Sequence[Cells] = (),
    withheld: Collection[tuple[str, CellKey]] = (),
    keys: CellKeys | None = None,
) -> Cells:
    """The numbers that may be shown.

    Args:
        estimates: everything a plan asked for.
        policy: what may be shown to whom.
        given: every earlier release of the same people, or of some of them, that anybody may hold beside this
            one; the oldest first.
        withheld: (measure, cell) that the people described do not want shown. A measure all of whose numbers
            are withheld is left out of everything, with those that look at the same questions.
        keys: of the cells, where the policy changes counts by them.

    Returns:
        One cell per estimate, in the same order, and the contrasts both sides of which are shown.

    Raises:
        InputError: an earlier release was changed by another secret, and the two together tell the true
            counts; what is to be withheld is not there; or a secret could be worked out.
    """
    _refuse_other_keys(policy, given)
    refuse_unknown(withheld, estimates.estimates)
    cells = _Protection(guarded(estimates), policy, given, withheld, keys).cells()
    refuse(estimates, cells, given, keys)
    return cells


def refuse(
    estimates: Estimates, cells: Cells, given: Sequence[Cells] = (), keys: CellKeys | None = None
) -> None:
    """Ends the making of a release that does not keep its secrets; the last thing that protection does.

    Raises:
        InputError: naming the breakdowns in which something could be worked out.
    """
    if any(one.status in HIDDEN for one in cells.cells):
        strict = [one for one in given if is_as_strict(one.policy, cells.policy)]
        faults = dict.fromkeys(fault for one in strict for fault in uncounted(estimates, one))
        if faults:
            raise InputError(*faults)
    found = sorted({dimensions_of(cell) for cell in _published(estimates, cells, given, keys).given_back()})
    if found:
        names = "; ".join(" x ".join(by) or "overall" for by in found)
        raise InputError(
            Fault(
                "protection",
                f"Hidden numbers could be worked out from what would be shown, in: {names}.",
                "Take these breakdowns out of [[table]], or join their groups; nothing was released.",
            )
        )


def _refuse_other_keys(policy: Policy, given: Sequence[Cells]) -> None:
    now = policy.noise_key
    others = {one.policy.noise_key for one in given} - {"", now} if policy.needs_key else set()
    remedy = "Use the same key: two noises on one count are averaged away."
    faults = [
        Fault("noise key", f'An earlier release has the noise key "{then}", and this one is "{now}".', remedy)
        for then in sorted(others)
    ]
    if faults:
        raise InputError(*faults)


def audit(
    estimates: Estimates, cells: Cells, given: Sequence[Cells] = (), keys: CellKeys | None = None
) -> Audit:
    """What an attacker can compute of every secret from all that is published.

    Args:
        estimates: what the cells were made from.
        cells: what is published.
        given: earlier releases, held beside it.
        keys: of the cells, where the policy changes counts by them.

    Returns:
        An interval for each secret number, wider than the true one at most.
    """
    return _published(estimates, cells, given, keys).audit()


def _published(
    estimates: Estimates, cells: Cells, given: Sequence[Cells], keys: CellKeys | None
) -> _Published:
    withheld = [(one.measure, one.cell) for one in cells.cells if one.status is Status.WITHHELD_BY_COMMUNITY]
    published = {(one.measure, one.cell): one.status for one in cells.cells}
    made = _Protection(guarded(estimates), cells.policy, given, withheld, keys)
    return _Published(made, published)


class _Protection:
    def __init__(
        self,
        estimates: Estimates,
        policy: Policy,
        given: Sequence[Cells],
        withheld: Collection[tuple[str, CellKey]],
        keys: CellKeys | None = None,
    ) -> None:
        self.estimates, self.policy = estimates, policy
        self.changed = Changed.of(estimates, policy, keys)
        self.withheld = {(measure, frozenset(cell)) for measure, cell in withheld}
        self.silence = Silence.of(estimates, self.withheld, given)
        self.withheld |= self.silence.withheld
        self.families = Families(self.silence.leave_out(estimates))
        if policy.protect:
            for family in self.families.all:
                add_outsiders(family, estimates.plan)
        self.worlds = build(self.families.all, estimates.plan, policy, estimates.crossings)
        self.rooms = {id(room.family): room for world in self.worlds for room in world.rooms}
        self.measures = {measure.id: measure for measure in estimates.plan.measures}
        every = (*estimates.crossings.estimates, *estimates.estimates)
        self.history = History(given if policy.protect else (), every, self.families, policy, self.changed)

    def cells(self) -> Cells:
        for world in self.worlds:
            self.find_secrets(world)
            self.history.remember(world)
            self._keep_withheld(world)
            self._hide(world)
        made = tuple(self._cell(estimate) for estimate in self.estimates.estimates)
        by_place = {(cell.measure, cell.cell): cell for cell in made}
        return restore(
            self.policy,
            self.estimates.level,
            made,
            self._contrasts(by_place),
            safe_associations(self.estimates, made),
        )

    def _hide(self, world: World) -> None:
        """Everything that a secret needs; once more where what is left of amounts asks for another secret."""
        more = True
        while more:
            _link(world)
            self._audit(world)
            more = not world.shut and (strengthen(world) | separate(world, self.history))
        if world.is_blank:
            world.shut_down()  # nothing is shown: one status for all says less than two that tell cells apart

    def _contrasts(self, cells: dict[tuple[str, CellKey], Cell]) -> tuple[SafeContrast, ...]:
        """Comparisons of what is shown; hidden ones have no say in what is said of these."""
        found = [one for one in self.estimates.contrasts if self._comparable(one, cells)]
        tests = by_chance(found, self.estimates.plan.multiplicity, self.estimates.level)
        return tuple(
            printing.contrast(self._stepped(one), self.policy, test)
            for one, test in zip(found, tests, strict=True)
        )

    def _stepped(self, found: Contrast) -> Contrast:
        return self.changed.contrast(found, self._by_place[found.measure, found.cell])

    @cached_property
    def _by_place(self) -> dict[tuple[str, CellKey], Estimate]:
        return {(one.measure, one.cell): one for one in self.estimates.estimates}

    def _audit(self, world: World) -> None:
        """Hides more until nobody can work out a secret from all that is left."""
        if not world.searchable:
            large.settle(world, lambda: self._auditor(world))
            return
        tries: Counter[tuple[int, CellKey]] = Counter()
        while not world.shut:
            auditor = self._auditor(world)
            found = auditor.given_back()
            unaudited = auditor.unaudited - world.whole_tables
            if not found and not unaudited:
                return
            for by in sorted(unaudited):
                world.close_breakdown(by)
            for room, cell in found:
                harden(world, room, cell, tries[id(room), cell])
                tries[id(room), cell] += 1
            _shut_entangled(world)

    def _auditor(self, world: World) -> Auditor:
        return Auditor(world, self._told, self.history.formerly, self._status)

    def _told(self, estimate: Estimate) -> Status:
        """The status that a reader of all releases knows a number under."""
        return Status.SHOWN if self.history.is_told(estimate) else self._status(estimate)

    def find_secrets(self, world: World) -> None:
        partings = [
            one for one in self.estimates.crossings.partings if one.table == world.rooms[0].family.table
        ]
        extreme = self.policy.min_respondents_extreme
        overlaps = Overlaps([room.family for room in world.rooms], partings, extreme)
        for room in world.rooms:
            self.history.recall(room)
            for cell in room.family.cells:
                repeated = dimensions_of(cell) in room.family.copies and not is_outside(cell)
                if not repeated:
                    self._judge(world, room, cell, overlaps)

    def _judge(self, world: World, room: Room, cell: CellKey, overlaps: Overlaps) -> None:
        """Makes a secret of a cell that must be one, for its own numbers or for what these tell of others."""
        family, policy = room.family, self.policy
        least = primary.threshold(cell, world.sensitive, policy)
        own = frozenset(self._own_reasons(world, family, cell, least))
        everybody = world.everybody.family if world.everybody else None
        others = (
            primary.hides_complement(family, cell, everybody, self.estimates.plan, least)
            or (primary.telling_zero(family, cell, world.sensitive, policy) and not self._is_out(room, cell))
            or overlaps.tell(family, cell, least)
        )
        if own or others:
            room.secrets.add(cell)
        if own and not others:
            room.own[cell] = own

    def _own_reasons(self, world: World, family: Family, cell: CellKey, least: int) -> Iterator[str]:
        """The measures whose number says too much about too few."""
        clustered = bool(self.estimates.design.clusters)
        for name, estimate in family.cells[cell].items():
            measure = family.measures[name]
            if (
                primary.is_small(estimate, measure, least, self.policy, clustered=clustered)
                or primary.few_of_sensitive(
                    estimate, measure, self.estimates.plan, world.sensitive, self.policy
                )
                or self._is_withheld(estimate)
            ):
                yield name

    def _is_out(self, room: Room, cell: CellKey) -> bool:
        """An earlier release told by every measure that nobody is there, or in a group around it."""
        return bool(self.history) and all(
            any(
                one is not None and one.n == 0 and self.history.is_told(one)
                for size in range(len(cell) + 1)
                for part in combinations(cell, size)
                for one in [room.family.cells.get(part, {}).get(name)]
            )
            for name in room.family.cells[cell]
        )

    def _is_withheld(self, estimate: Estimate) -> bool:
        """Its number can be kept; what an earlier release has told is out."""
        place = estimate.measure, frozenset(estimate.cell)
        return place in self.withheld and not self.history.is_told(estimate)

    def _keep_withheld(self, world: World) -> None:
        """What a community withheld stays so as long as showing it would give back what was hidden."""
        for room in world.rooms:
            for cell in room.kept:
                again = [one for one in room.family.cells[cell].values() if self.history.is_withheld(one)]
                self.withheld |= {(one.measure, frozenset(one.cell)) for one in again}
                if again:
                    room.secrets.add(cell)
                    room.own.pop(cell, None)

    def _cell(self, estimate: Estimate) -> Cell:
        status = self._status(estimate)
        basis, scope = self.estimates.basis, self.estimates.scope
        if status is Status.SHOWN:
            changed = self.changed.estimate(estimate, self.measures[estimate.measure])
            return printing.shown(changed, self.policy, basis, scope)
        return printing.blank(estimate, status, basis, scope)

    def _status(self, estimate: Estimate) -> Status:
        if (estimate.measure, frozenset(estimate.cell)) in self.withheld:
            return Status.WITHHELD_BY_COMMUNITY
        if estimate.measure in self.silence.linked:
            return Status.SUPPRESSED_COMPLEMENTARY
        return self._as_hidden(estimate) or self._as_known(estimate)

    def _as_hidden(self, estimate: Estimate) -> Status | None:
        found = self.families.locate(estimate.measure, estimate.cell)
        room = None if found is None else self.rooms.get(id(found[0]))
        if found is None or room is None or found[1] not in room.hidden:
            return None
        small = self._world_of(room).is_called_small(room, found[1])
        return Status.SUPPRESSED_SMALL if small else Status.SUPPRESSED_COMPLEMENTARY

    def _as_known(self, estimate: Estimate) -> Status:
        if estimate.n == 0:
            return Status.NO_ANSWERS
        if estimate.value is None:
            return Status.SUPPRESSED_UNRELIABLE
        if self.policy.suppress_unreliable and estimate.verdict in _UNRELIABLE:
            return Status.SUPPRESSED_UNRELIABLE
        return Status.SHOWN

    def _world_of(self, room: Room) -> World:
        return next(world for world in self.worlds if any(one is room for one in world.rooms))

    def _comparable(self, found: Contrast, cells: dict[tuple[str, CellKey], Cell]) -> bool:
        own = cells.get((found.measure, found.cell))
        if own is None or own.status is not Status.SHOWN:
            return False
        if found.against is Against.REST:
            return self._rest_is_safe(found, cells)
        other = cells.get((found.measure, found.other))
        if other is None or other.status is not Status.SHOWN:
            return False
        # "The best-off" says of every hidden group of the breakdown that it is not better off.
        return found.against is not Against.BEST or not any(
            cells[found.measure, estimate.cell].status in HIDDEN for estimate in self._peers(found)
        )

    def _peers(self, found: Contrast) -> list[Estimate]:
        """All groups of the breakdown that a contrast stands in."""
        return self._by_breakdown[found.measure, tuple(dimension for dimension, _ in found.cell)]

    @cached_property
    def _by_breakdown(self) -> dict[tuple[str, tuple[str, ...]], list[Estimate]]:
        found: dict[tuple[str, tuple[str, ...]], list[Estimate]] = {}
        for estimate in self.estimates.estimates:
            by = tuple(dimension for dimension, _ in estimate.cell)
            found.setdefault((estimate.measure, by), []).append(estimate)
        return found

    def _rest_is_safe(self, found: Contrast, cells: dict[tuple[str, CellKey], Cell]) -> bool:
        """The others together would be shown if they were a group; alike and few they would not.

        They stand in groups: everybody less all of these are those in none. So where a group is hidden for
        the sake of these few, the rest would give them back, and is told only where nobody is left over.
        """
        peers = self._peers(found)
        others = [estimate for estimate in peers if estimate.cell != found.cell]
        if any(cells[found.measure, one.cell].status in HIDDEN for one in others):
            overall = cells.get((found.measure, ()))
            if overall is None or overall.status is not Status.SHOWN:
                return False
            if self._by_place[found.measure, ()].n != sum(one.n for one in peers):
                return False
        measure = self.measures[found.measure]
        sensitive = frozenset(one.id for one in self.estimates.plan.dimensions if one.sensitive)
        n = sum(estimate.n for estimate in others)
        if n < max(1, primary.threshold(found.cell, sensitive, self.policy)):
            return False
        if measure.kind in WITH_EVENTS:
            events = sum(estimate.events or 0 for estimate in others)
            return not (n < self.policy.min_respondents_extreme and events in (0, n))
        return True


class _Published:
    """A release as others see it: its secrets, what its statuses say, and what can be worked out.

    Args:
        protection: the estimates behind it, with nothing hidden yet.
        published: the status of every number.
    """

    def __init__(self, protection: _Protection, published: dict[tuple[str, CellKey], Status]) -> None:
        self._protection, self._published = protection, published
        self._shown = self._groups_shown()
        self._auditors = [self._read(world) for world in protection.worlds]

    def told(self, estimate: Estimate) -> Status:
        """The status that a reader of all releases knows a number under."""
        return Status.SHOWN if self._protection.history.is_told(estimate) else self.printed(estimate)

    def printed(self, estimate: Estimate) -> Status:
        """The status of a number in this release."""
        found = self._published.get((estimate.measure, estimate.cell))
        return found or self._of_others(estimate)

    def _of_others(self, estimate: Estimate) -> Status:
        """Of a number that is not printed: whether others about the same people are."""
        found = self._protection.families.locate(estimate.measure, estimate.cell)
        shown = found is not None and (id(found[0]), found[1]) in self._shown
        return Status.SHOWN if shown else Status.SUPPRESSED_SMALL

    def _groups_shown(self) -> set[tuple[int, CellKey]]:
        """The groups of people of whom some number is printed."""
        families, left_out = self._protection.families, self._protection.silence.all
        found = [
            families.locate(*place)
            for place, status in self._published.items()
            if status not in HIDDEN and place[0] not in left_out
        ]
        return {(id(one[0]), one[1]) for one in found if one is not None}

    def given_back(self) -> list[CellKey]:
        """Secrets that are printed, or that can be worked out."""
        found = []
        for world, auditor in zip(self._protection.worlds, self._auditors, strict=True):
            found += [one.cell for one in _plain(world, self.told)]
            found += [cell for _, cell in auditor.given_back(self._doubtful(world))]
            found += weak_cells(world)
            found += telling(world, self._protection.history)
        return found

    def audit(self) -> Audit:
        """The range of each secret."""
        found: list[Interval] = []
        unaudited: set[By] = set()
        for world, auditor in zip(self._protection.worlds, self._auditors, strict=True):
            found.extend(_plain(world, self.told))
            doubtful = self._doubtful(world)
            found.extend(auditor.intervals(doubtful))
            unaudited |= auditor.unaudited
            if doubtful is not None:
                found.extend(Bounds(world, self.told).intervals(set(map(_place, doubtful))))
        inside = tuple(
            one for one in found if one.given_back or not _is_thought(self._protection.worlds, one)
        )
        return Audit(inside, tuple(sorted(unaudited)))

    def _doubtful(self, world: World) -> list[Secret] | None:
        """In a large table, the secrets that no box proves; None in a small one, where all are searched."""
        return None if world.searchable else large.unproven(world)

    def _read(self, world: World) -> Auditor:
        self._protection.find_secrets(world)
        self._protection.history.find_secrets(world)
        for room in world.rooms:
            told = {
                cell: {self.told(one) for one in found.values()} for cell, found in room.family.cells.items()
            }
            room.hidden |= {cell for cell, found in told.items() if not found.isdisjoint(HIDDEN)}
            for cell in room.hidden:
                if room.never_printed(cell):
                    told[cell] |= set(HIDDEN)
            room.told = {
                cell: frozenset(
                    name for name, one in room.family.cells[cell].items() if self.told(one) not in HIDDEN
                )
                for cell in room.hidden
                if not told[cell] <= set(HIDDEN)
            }
            room.called_small = {cell for cell, found in told.items() if not found.isdisjoint(_CALLED_SMALL)}
        auditor = Auditor(world, self.told, self._protection.history.formerly, self.printed)
        world.dark = world.unlit()
        world.whole_tables |= auditor.closed
        world.shut = all(auditor.closed >= room.family.breakdowns for room in world.rooms)
        return auditor


def _is_thought(worlds: Iterable[World], one: Interval) -> bool:
    """No row of the release: those in no group, and what dimensions that hang together have in common."""
    return is_outside(one.cell) or any(dimensions_of(one.cell) in world.unseen for world in worlds)


def _place(secret: Secret) -> tuple[int, CellKey]:
    return id(secret[0]), secret[1]


def _plain(world: World, told: Callable[[Estimate], Status]) -> Iterator[Interval]:
    """Secrets that are simply printed.

    An earlier release may have told another measure of a group whose own number is the secret; where nothing
    at all is shown beside that, nothing is added to it.
    """
    for room in () if world.shut else world.rooms:
        for cell in sorted(room.secrets):
            for name, one in room.family.cells[cell].items():
                if told(one) in _TOLD and (cell not in room.hidden or room.is_own(cell, name)):
                    yield Interval(name, cell, one.n, one.n, one.events, one.events, given_back=True)


_TOLD = (Status.SHOWN, Status.NO_ANSWERS)
_CALLED_SMALL = (Status.SUPPRESSED_SMALL, Status.WITHHELD_BY_COMMUNITY)
_UNRELIABLE = (Verdict.SUPPRESS, Verdict.COLLECT_MORE)


def _link(world: World) -> None:
    """Hides every secret with the people who move with it, then what each needs to stay hidden."""
    for room in world.rooms:
        world.hide(world.touches(room), room.secrets)
    _shut_entangled(world)
    if not world.searchable:
        large.link(world)
        _shut_entangled(world)
        return
    waiting = [(room, cell) for room in world.rooms for cell in sorted(room.secrets, key=_finest_first)]
    while waiting:
        before = world.count_hidden()
        for room, secret in waiting:
            if room.family.among is None or not _is_shut(room):
                protect_secret(world, room, secret)
        # What was excused because a larger group is shown at 0 or 1 must be looked at again once that is
        # hidden.
        waiting = [] if world.count_hidden() == before else [one for one in waiting if is_extreme(*one)]
    _shut_entangled(world)


def _finest_first(cell: CellKey) -> tuple[int, CellKey]:
    return -len(cell), cell


def _is_shut(room: Room) -> bool:
    return len(room.hidden) == len(room.family.cells)


def _shut_entangled(world: World) -> None:
    """An ``among`` across the groups of a dimension is shown only while nothing of that is hidden."""
    for room in world.rooms:
        across = world.entangling(room)
        if across and any(
            not across.isdisjoint(dimensions_of(cell)) or other is room
            for other in world.rooms
            for cell in other.hidden
            if not other.never_printed(cell)
        ):
            room.hidden.update(room.family.cells)
