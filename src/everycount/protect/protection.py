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
from everycount.protect.earlier import HIDDEN, Earlier
from everycount.protect.families import Families, canonical, dimensions_of
from everycount.protect.outside import add_outsiders, is_outside
from everycount.protect.overlaps import Overlaps
from everycount.protect.policy import is_as_strict
from everycount.protect.remainders import strengthen, weak_cells
from everycount.protect.sensitivity import guarded
from everycount.protect.witness import harden, is_extreme, protect_secret
from everycount.protect.world import build

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

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
    given: Cells | None = None,
    withheld: Collection[tuple[str, CellKey]] = (),
    keys: CellKeys | None = None,
) -> Cells:
    """The numbers that may be shown.

    Args:
        estimates: everything a plan asked for.
        policy: what may be shown to whom.
        given: an earlier release of the same survey, which everybody may hold beside this one.
        withheld: (measure, cell) that the people described do not want shown.
        keys: of the cells, where the policy changes counts by them.

    Returns:
        One cell per estimate, in the same order, and the contrasts both sides of which are shown.

    Raises:
        InputError: the earlier release was changed by another secret; the two together tell the true counts.
    """
    if given is not None and policy.needs_key and given.policy.noise_key not in ("", policy.noise_key):
        raise InputError(_other_key(given.policy.noise_key, policy.noise_key))
    cells = _Protection(guarded(estimates), policy, given, withheld, keys).cells()
    refuse(estimates, cells, given, keys)
    return cells


def refuse(
    estimates: Estimates, cells: Cells, given: Cells | None = None, keys: CellKeys | None = None
) -> None:
    """Ends the making of a release that does not keep its secrets; the last thing that protection does.

    Raises:
        InputError: naming the breakdowns in which something could be worked out.
    """
    if given is not None and is_as_strict(given.policy, cells.policy):
        faults = uncounted(estimates, given) if any(one.status in HIDDEN for one in cells.cells) else []
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


def _other_key(then: str, now: str) -> Fault:
    problem = f'The earlier release was made with the noise key "{then}", and this one is "{now}".'
    return Fault("noise key", problem, "Use the same key: two noises on one count are averaged away.")


def audit(
    estimates: Estimates, cells: Cells, given: Cells | None = None, keys: CellKeys | None = None
) -> Audit:
    """What an attacker can compute of every secret from all that is published.

    Args:
        estimates: what the cells were made from.
        cells: what is published.
        given: an earlier release, held beside it.
        keys: of the cells, where the policy changes counts by them.

    Returns:
        An interval for each secret number, wider than the true one at most.
    """
    return _published(estimates, cells, given, keys).audit()


def _published(estimates: Estimates, cells: Cells, given: Cells | None, keys: CellKeys | None) -> _Published:
    withheld = [(one.measure, one.cell) for one in cells.cells if one.status is Status.WITHHELD_BY_COMMUNITY]
    published = {(one.measure, one.cell): one.status for one in cells.cells}
    made = _Protection(guarded(estimates), cells.policy, given, withheld, keys)
    return _Published(made, published)


class _Protection:
    def __init__(
        self,
        estimates: Estimates,
        policy: Policy,
        given: Cells | None,
        withheld: Collection[tuple[str, CellKey]],
        keys: CellKeys | None = None,
    ) -> None:
        self.estimates, self.policy, self.given = estimates, policy, given
        self.changed = Changed.of(estimates, policy, keys)
        self.families = Families(estimates)
        if policy.protect:
            for family in self.families.all:
                add_outsiders(family, estimates.plan)
        self.worlds = build(self.families.all, estimates.plan, policy, estimates.crossings)
        self.rooms = {id(room.family): room for world in self.worlds for room in world.rooms}
        self.measures = {measure.id: measure for measure in estimates.plan.measures}
        self.withheld = frozenset((measure, frozenset(cell)) for measure, cell in withheld)

    def cells(self) -> Cells:
        for world in self.worlds:
            self.find_secrets(world)
            self._remember(world)
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
            more = not world.shut and strengthen(world)

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
        return Auditor(world, self._told, self.formerly, self._status)

    def _told(self, estimate: Estimate) -> Status:
        """The status that a reader of all releases knows a number under."""
        return Status.SHOWN if _of_both(estimate) in self.held else self._status(estimate)

    @cached_property
    def held(self) -> set[tuple[str, CellKey]]:
        """Numbers that an earlier release of at least this policy told, and that are what they were.

        That nobody answered is such a number, too.
        """
        given, policy = self.given, self.policy
        if given is None or not is_as_strict(given.policy, policy):
            return set()
        then = {_of_both(cell) for cell in given.cells}
        every = (*self.estimates.estimates, *self.estimates.crossings.estimates)
        now = {
            _of_both(one): self.changed.n(one)
            for one in every
            if _of_both(one) in then and self.changed.knows(one)
        }
        return {
            _of_both(cell)
            for cell in given.cells
            if cell.status in _TOLD and now.get(_of_both(cell)) == (cell.n or 0)
        }

    def formerly(self, estimate: Estimate) -> tuple[Status, Policy] | None:
        """How an earlier release of at least this policy hid a number; None where that said nothing of it."""
        status = self._hidden_then.get(_of_both(estimate))
        return None if status is None or self.given is None else (status, self.given.policy)

    @cached_property
    def _hidden_then(self) -> dict[tuple[str, CellKey], Status]:
        """One status for a whole breakdown says nothing of any of its cells."""
        if self.given is None or not is_as_strict(self.given.policy, self.policy):
            return {}
        open_ones = {
            frozenset(dimensions_of(cell.cell))
            for cell in self.given.cells
            if cell.status is not Status.SUPPRESSED_SMALL
        }
        return {
            _of_both(cell): cell.status
            for cell in self.given.cells
            if cell.status in HIDDEN and frozenset(dimensions_of(cell.cell)) in open_ones
        }

    def told_cells(self, room: Room) -> dict[CellKey, frozenset[str]]:
        """By cell, the measures of which an earlier release shows a number that still holds."""
        if not self.held:
            return {}
        found = {
            cell: frozenset(name for name, one in some.items() if _of_both(one) in self.held)
            for cell, some in room.family.cells.items()
        }
        return {cell: names for cell, names in found.items() if names}

    def find_secrets(self, world: World) -> None:
        partings = [
            one for one in self.estimates.crossings.partings if one.table == world.rooms[0].family.table
        ]
        extreme = self.policy.min_respondents_extreme
        overlaps = Overlaps([room.family for room in world.rooms], partings, extreme)
        for room in world.rooms:
            self._recall(room)
            for cell in room.family.cells:
                repeated = dimensions_of(cell) in room.family.copies and not is_outside(cell)
                if not repeated:
                    self._judge(world, room, cell, overlaps)

    def _remember(self, world: World) -> None:
        """Hides what an earlier release makes it necessary to hide."""
        if self.given is None or not self.policy.protect:
            return
        earlier = Earlier(self.given, self.families, self.policy, self.changed.n)
        world.revised = True
        for room in world.rooms:
            kept = earlier.kept(room.family, world.sensitive)
            room.hidden |= kept
            room.kept = kept
            room.formerly_small = kept & earlier.small.get(id(room.family), set())
            among = earlier.secrets(room.family, world.sensitive)
            room.secrets |= among
            room.own = {cell: names for cell, names in room.own.items() if cell not in among}
            room.told = self.told_cells(room)
            for by in earlier.closed(room.family):
                cells = [
                    cell for cell in room.family.cells if dimensions_of(cell) == by and not is_outside(cell)
                ]
                if all(cell in kept for cell in cells):
                    world.whole_tables.add(by)

    def _recall(self, room: Room) -> None:
        """What an earlier release said of hidden cells, it has said for good."""
        for cell, found in room.family.cells.items() if self._hidden_then else ():
            then = {self._hidden_then.get(_of_both(one)) for one in found.values()}
            if Status.SUPPRESSED_COMPLEMENTARY in then:
                room.then_partner.add(cell)
            elif Status.SUPPRESSED_SMALL in then:
                room.then_small.add(cell)

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
                or (name, frozenset(estimate.cell)) in self.withheld
            ):
                yield name

    def _is_out(self, room: Room, cell: CellKey) -> bool:
        """An earlier release told by every measure that nobody is there, or in a group around it."""
        return bool(self.held) and all(
            any(
                one is not None and one.n == 0 and _of_both(one) in self.held
                for size in range(len(cell) + 1)
                for part in combinations(cell, size)
                for one in [room.family.cells.get(part, {}).get(name)]
            )
            for name in room.family.cells[cell]
        )

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
        found = self.families.locate(estimate.measure, estimate.cell)
        if found is not None:
            room, cell = self.rooms[id(found[0])], found[1]
            if cell in room.hidden:
                small = self._world_of(room).is_called_small(room, cell)
                return Status.SUPPRESSED_SMALL if small else Status.SUPPRESSED_COMPLEMENTARY
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
        self._auditors = [self._read(world) for world in protection.worlds]

    def told(self, estimate: Estimate) -> Status:
        """The status that a reader of all releases knows a number under."""
        held = _of_both(estimate) in self._protection.held
        return Status.SHOWN if held else self.printed(estimate)

    def printed(self, estimate: Estimate) -> Status:
        """The status of a number in this release."""
        return self._published.get((estimate.measure, estimate.cell), Status.SUPPRESSED_SMALL)

    def given_back(self) -> list[CellKey]:
        """Secrets that are printed, or that can be worked out."""
        found = []
        for world, auditor in zip(self._protection.worlds, self._auditors, strict=True):
            found += [one.cell for one in _plain(world, self.told)]
            found += [cell for _, cell in auditor.given_back(self._doubtful(world))]
            found += weak_cells(world)
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
        auditor = Auditor(world, self.told, self._protection.formerly, self.printed)
        world.dark = world.unlit()
        world.whole_tables |= auditor.closed
        world.shut = all(auditor.closed >= room.family.breakdowns for room in world.rooms)
        return auditor


def _of_both(one: Estimate | Cell) -> tuple[str, CellKey]:
    """Where a number stands in two releases, whatever the order of their dimensions."""
    return one.measure, canonical(one.cell)


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
