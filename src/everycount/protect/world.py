"""The families of one table with what is hidden in them: the map on which witnesses are looked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from everycount.estimate.estimates import NO_CROSSINGS
from everycount.estimate.origins import roots, same_answers
from everycount.protect.answers import Answers, Bounds, questions_of
from everycount.protect.families import dimensions_of
from everycount.protect.primary import threshold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from everycount.estimate.estimates import CellKey, Crossings
    from everycount.estimate.plan import Dimension, Plan
    from everycount.protect.families import By, Family
    from everycount.protect.policy import Policy

MOST_UNKNOWNS = 1_000  # unknowns of a puzzle beyond which breakdowns are tied by their margins alone
_FEW_CELLS = 20  # a breakdown with fewer cells is looked at cell by cell


@dataclass
class Room:
    """One family and what is hidden in it.

    Attributes:
        family: its estimates.
        answers: its answers as bits.
        secrets: cells hidden by a rule of their own.
        hidden: all hidden cells, the secrets among them.
        kept: cells that an earlier release hid and that stay hidden.
        formerly_small: those of them that it called small.
        then_small, then_partner: cells that an earlier release called small, or hidden for another's sake,
            where that said something of them.
        own: of secrets that are so by their own numbers, the measures that are; any other secret is one in
            all its measures, since these say something about others.
        told: by hidden cell, the measures whose numbers an earlier release shows: hiding them hides nothing.
        called_small: cells whose published status is small, where a release is audited; else None.
        losing, gaining, trading, presence: what has been worked out of cells, since each is a
            corner many times.
    """

    family: Family
    answers: Answers
    secrets: set[CellKey] = field(default_factory=set)
    hidden: set[CellKey] = field(default_factory=set)
    kept: set[CellKey] = field(default_factory=set)
    formerly_small: set[CellKey] = field(default_factory=set)
    then_small: set[CellKey] = field(default_factory=set)
    then_partner: set[CellKey] = field(default_factory=set)
    own: dict[CellKey, frozenset[str]] = field(default_factory=dict)
    told: dict[CellKey, frozenset[str]] = field(default_factory=dict)
    called_small: set[CellKey] | None = None
    losing: dict[CellKey, tuple[int, ...]] = field(default_factory=dict)
    gaining: dict[CellKey, tuple[int, ...]] = field(default_factory=dict)
    trading: dict[CellKey, tuple[int, ...]] = field(default_factory=dict)
    presence: dict[CellKey, tuple[int, ...]] = field(default_factory=dict)

    def never_printed(self, cell: CellKey) -> bool:
        """The cell is what groups of several dimensions have in common, and no row of a release."""
        return dimensions_of(cell) in self.family.unseen

    def is_known(self, cell: CellKey, measures: Collection[str] | None = None) -> bool:
        """Some number of the cell is printed, or an earlier release tells it.

        Args:
            cell: a group of people.
            measures: those of one question, where an earlier release must have told one of them; None where
                any number will do, which says that there is the group.
        """
        if cell not in self.hidden:
            return cell in self.family.cells
        told = self.told.get(cell, frozenset())
        return bool(told) if measures is None else not told.isdisjoint(measures)

    def is_own(self, cell: CellKey, measure: str) -> bool:
        """A measure is what makes a secret of a cell, or all of it is secret."""
        return cell not in self.own or measure in self.own[cell]

    def forget(self) -> None:
        """Drops what was worked out under other bounds."""
        self.losing.clear()
        self.gaining.clear()
        self.trading.clear()


@dataclass
class World:
    """All families of one table.

    Attributes:
        rooms: the families, the one of everybody first.
        groups: codes of each dimension, as far as estimates have them.
        ties: pairs of dimensions that hang together, whose common cells the families have.
        covered: (dimension, code, dimension): whoever is in the group is in some group of the other.
        unseen: breakdowns that no family prints.
        closed: dimensions of which no cell is shown any more.
        dark: dimensions of which a release that is audited shows no cell, closed or not.
        whole_tables: breakdowns of which no cell is shown any more.
        settled: those of them so large that their cells need no witness of their own.
        shut: nothing is shown any more.
        revised: there is an earlier release; what it hid is used first, so that the same input hides the
        same.
        lenient: a small cell is only known to be below the larger of the two thresholds, which is what its
        status
            says; else it is taken to be known on which side of each it stands, which is safer where it can
            be had.
    """

    policy: Policy
    plan: Plan
    rooms: tuple[Room, ...]
    groups: dict[str, tuple[str, ...]] = field(init=False)
    sensitive: frozenset[str] = field(init=False)
    ties: frozenset[frozenset[str]] = frozenset()
    covered: frozenset[tuple[str, str, str]] = frozenset()
    unseen: set[By] = field(init=False)
    _dimensions: dict[str, Dimension] = field(init=False)
    _related: dict[str, tuple[str, ...]] = field(init=False)
    closed: set[str] = field(default_factory=set)
    dark: set[str] = field(default_factory=set)
    whole_tables: set[By] = field(default_factory=set)
    settled: set[By] = field(default_factory=set)
    shut: bool = False
    revised: bool = False
    lenient: bool = False

    def __post_init__(self) -> None:
        self.groups = _groups(room.family for room in self.rooms)
        self.sensitive = frozenset(one.id for one in self.plan.dimensions if one.sensitive)
        self._dimensions = {one.id: one for one in self.plan.dimensions if one.id in self.groups}
        self._related = {
            name: tuple(
                other.id
                for other in self._dimensions.values()
                if other.id != name
                and frozenset((name, other.id)) not in self.ties
                and same_answers(one, other, self.plan)
            )
            for name, one in self._dimensions.items()
        }
        unseen: set[By] = set().union(*(room.family.unseen for room in self.rooms))
        self.unseen = unseen - {
            by for room in self.rooms for by in room.family.breakdowns - room.family.unseen
        }
        self.whole_tables |= self.unseen
        for room in self.rooms:
            room.hidden.update(cell for cell in room.family.cells if room.never_printed(cell))

    @cached_property
    def searchable(self) -> bool:
        """So few elementary groups that an audit can look for every table of people."""
        groups = prod(len(codes) + 1 for codes in self.groups.values())
        kinds = max(asked.holds.shape[1] + 1 for asked in self.rooms[0].answers.questions)
        return bool(groups * kinds <= MOST_UNKNOWNS)

    @property
    def everybody(self) -> Room | None:
        """The family without ``among``."""
        first = self.rooms[0]
        return first if first.family.among is None else None

    def touches(self, room: Room) -> tuple[Room, ...]:
        """The families in which a cell must be hidden together with this one's, because the same people move.

        Those of everybody are in all; those inside one ``among`` are in every family whose ``among`` looks
        at the
        same questions, since these may be each other's complement.
        """
        own = room.family
        if own.among is None or self.everybody is None:
            return self.rooms
        return tuple(other for other in self.rooms if own.roots & other.family.roots)

    def entangling(self, room: Room) -> frozenset[str]:
        """The dimensions that look at a question of ``among`` without being one group of it."""
        return frozenset(
            name
            for name, one in self._dimensions.items()
            if room.family.roots & roots((one.question,), self.plan)
        )

    def related(self) -> set[str]:
        """Dimensions made from the same answers as another one."""
        return {name for name, others in self._related.items() if others}

    def relatives(self, cell: CellKey) -> set[str]:
        """Open dimensions made from the same answers as one of a cell's."""
        return {other for name, _ in cell for other in self._related.get(name, ())} - self.closed - self.dark

    def tied(self, cell: CellKey) -> set[str]:
        """Open dimensions that hang together with one of a cell's, in ways that its own breakdowns tell."""
        names = {name for name, _ in cell}
        return {other for pair in self.ties for other in pair if pair & names} - names - self.closed

    def lattice(self, rooms: Iterable[Room]) -> set[By]:
        """Every breakdown of one of the families, printed or not."""
        found: set[By] = set().union(*(room.family.breakdowns for room in rooms))
        return {by for by in found if self.closed.isdisjoint(by)}

    def hide(self, rooms: Iterable[Room], cells: Iterable[CellKey]) -> None:
        """Hides cells in families."""
        keys = list(cells)
        for room in rooms:
            room.hidden.update(key for key in keys if key in room.family.cells)

    def settle(self, by: By) -> bool:
        """A closed breakdown with many occupied cells needs no witness for each; True where it has."""
        cells = {cell for room in self.rooms for cell in room.family.cells if room.family.size(cell)}
        if sum(dimensions_of(cell) == by for cell in cells) > _FEW_CELLS:
            self.settled.add(by)
        return by in self.settled

    def close_sparse(self) -> None:
        """Shows nothing of a breakdown most of whose occupied cells are secrets."""
        for room in () if self.searchable else self.rooms:
            tables = room.family.by_breakdown()
            for by in sorted(room.family.breakdowns - room.family.unseen - {()}):
                cells = [cell for cell in tables.get(by, ()) if room.family.size(cell)]
                if len(cells) > _FEW_CELLS and 2 * sum(cell in room.secrets for cell in cells) > len(cells):
                    self.close_breakdown(by)
                    self.settled.add(by)

    def is_dark(self, by: By) -> bool:
        """Nothing is shown of a breakdown, nor of any finer one."""
        finer = (one for room in self.rooms for one in room.family.breakdowns if set(by) <= set(one))
        return all(one in self.whole_tables for one in finer)

    def unlit(self) -> set[str]:
        """Dimensions of which nothing is shown."""
        lit = {
            name
            for room in self.rooms
            for cell in room.family.cells.keys() - room.hidden
            for name in dimensions_of(cell)
        }
        return self.groups.keys() - lit

    def count_hidden(self) -> int:
        """How many cells are hidden."""
        return sum(len(room.hidden) for room in self.rooms)

    def close(self, dimensions: Iterable[str]) -> None:
        """Hides every cell of some dimensions."""
        self.closed.update(dimensions)
        for room in self.rooms:
            room.hidden.update(
                cell for cell in room.family.cells if not self.closed.isdisjoint(dimensions_of(cell))
            )

    def price_of(self, by: By) -> int:
        """What closing a breakdown, and every finer one, would hide more."""
        return sum(
            1 + room.family.size(cell)
            for room in self.rooms
            for cell in room.family.cells
            if set(by) <= set(dimensions_of(cell)) and cell not in room.hidden
        )

    def close_breakdown(self, by: By) -> None:
        """Hides a whole breakdown and every finer one; one status for all their cells says nothing of any."""
        for room in self.rooms:
            finer = {one for one in room.family.breakdowns if set(by) <= set(one)}
            self.whole_tables |= finer
            room.hidden.update(cell for cell in room.family.cells if dimensions_of(cell) in finer)
            room.forget()

    @property
    def is_blank(self) -> bool:
        """No cell of this table is shown."""
        return all(room.hidden >= room.family.cells.keys() for room in self.rooms)

    def shut_down(self) -> None:
        """Shows nothing of this table."""
        self.shut = True
        for room in self.rooms:
            room.hidden.update(room.family.cells)

    def be(self, *, lenient: bool) -> None:
        """Takes more or less to be known about small cells."""
        if self.lenient != lenient:
            self.lenient = lenient
            for room in self.rooms:
                room.forget()

    def bounds(self, room: Room, cell: CellKey) -> Bounds:
        """What the status of a cell tells."""
        then = cell in room.then_small or cell in room.then_partner
        if not then and (dimensions_of(cell) in self.whole_tables or room.never_printed(cell)):
            return Bounds((), 0, 0, small=True)
        least = threshold(cell, self.sensitive, self.policy)
        extreme = self.policy.min_respondents_extreme
        few = max(least, extreme)
        sides = (few,) if self.lenient else tuple({least, few})
        small = cell not in room.then_partner and self.is_called_small(room, cell)
        return Bounds(sides, least, extreme, small)

    def is_called_small(self, room: Room, cell: CellKey) -> bool:
        """The status of a hidden cell: small, or hidden for another's sake.

        Inside an ``among`` every small cell is called small. "Complementary" would say that the cell is
        neither
        small nor all alike, and what is known of some people in a cell bounds what can be true of all in it.
        In a
        table or breakdown of which nothing is shown, one status says nothing about any cell.
        """
        if room.never_printed(cell):
            return True
        if room.called_small is not None:
            return cell in room.called_small
        if self.shut or dimensions_of(cell) in self.whole_tables:
            return True
        if cell in room.kept and cell not in room.secrets:
            return cell in room.formerly_small
        if cell in room.secrets:
            return True
        few = max(threshold(cell, self.sensitive, self.policy), self.policy.min_respondents_extreme)
        return room.family.among is not None and 0 < room.family.size(cell) < few

    def present(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """Per question, the answers that somebody of a cell gave."""
        if cell not in room.presence:
            room.presence[cell] = tuple(
                sum(1 << answer for answer, count in enumerate(found) if count)
                for found in room.answers.counts(cell)
            )
        return room.presence[cell]

    def losable(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """See :meth:`Answers.losable`."""
        if cell not in room.losing:
            room.losing[cell] = room.answers.losable(cell, self.bounds(room, cell))
        return room.losing[cell]

    def tradable(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """See :meth:`Answers.tradable`."""
        if cell not in room.trading:
            room.trading[cell] = room.answers.tradable(cell, self.bounds(room, cell))
        return room.trading[cell]

    def gainable(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """See :meth:`Answers.gainable`."""
        if cell not in room.gaining:
            nobody = room.never_printed(cell) and room.family.cannot_be(cell)
            found = room.answers.gainable(cell, self.bounds(room, cell))
            room.gaining[cell] = (0,) * len(found) if nobody else found
        return room.gaining[cell]

    def outside(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """Per question, the answers that somebody gave who is in a cell but not inside ``among``."""
        if cell not in self.rooms[0].family.cells:
            return self._outside_unseen(room, cell)
        everybody = self.rooms[0].answers.counts(cell)
        return tuple(
            sum(1 << answer for answer, (more, fewer) in enumerate(zip(*pair, strict=True)) if more > fewer)
            for pair in zip(everybody, room.answers.counts(cell), strict=True)
        )

    def _outside_unseen(self, room: Room, cell: CellKey) -> tuple[int, ...]:
        """Where nothing is printed of everybody, any answer will do."""
        known = room.family.cells.get(cell, {}).values()
        anybody = not known or any(estimate.n_excluded > 0 for estimate in known)
        return tuple(2 * asked.missing - 1 if anybody else 0 for asked in room.answers.questions)

    def exchangeable(self, dimension: str, code: str, other: str) -> bool:
        """A person can change group here without changing group in a dimension made from the same answers."""
        return all(
            self._covering(related, dimension, code) == self._covering(related, dimension, other)
            for related in self._related.get(dimension, ())
            if related not in self.closed | self.dark
        )

    def has_room(self, place: Mapping[str, str]) -> bool:
        """Somebody could stand in all of these groups at once, as far as dimensions of one question tell."""
        for one, code in place.items():
            for related in self._related.get(one, ()):
                found = self._covering(related, one, code) if related in place else ""
                if isinstance(found, frozenset) and place[related] not in found:
                    return False
        return True

    def is_covered(self, dimension: str, code: str, other: str) -> bool:
        """Whoever is in a group is in some group of another dimension, by its codes or as the records say."""
        if (dimension, code, other) in self.covered:
            return True
        one, two = self._dimensions[dimension], self._dimensions[other]
        if other not in self._related.get(dimension, ()) or one.question != two.question or not two.groups:
            return False
        return _members(one, code) <= {member for group in two.groups for member in group.members}

    def _covering(self, related: str, dimension: str, code: str) -> frozenset[str] | str:
        """The groups of a related dimension that share answers with a group; its own name where unknown."""
        one, two = self._dimensions[dimension], self._dimensions[related]
        if one.question != two.question:
            return code  # made by different recodes: no two groups are known to be alike
        members = _members(one, code)
        codes = [group.code for group in two.groups] or list(self.groups[related])
        return frozenset(name for name in codes if members & _members(two, name))


def _members(dimension: Dimension, code: str) -> set[str]:
    return next((set(group.members) for group in dimension.groups if group.code == code), {code})


def _groups(found: Iterable[Family]) -> dict[str, tuple[str, ...]]:
    codes: dict[str, set[str]] = {}
    for family in found:
        for cell in family.cells:
            for dimension, code in cell:
                codes.setdefault(dimension, set()).add(code)
    return {dimension: tuple(sorted(codes[dimension])) for dimension in sorted(codes)}


def build(
    found: Iterable[Family], plan: Plan, policy: Policy, crossings: Crossings = NO_CROSSINGS
) -> tuple[World, ...]:
    """One world per table; rosters count other units than the main records.

    Args:
        found: all families.
        plan: their plan.
        policy: what may be shown.
        crossings: which dimensions hang together.
    """
    tables: dict[str, list[Family]] = {}
    for family in found:
        if family.cells:
            tables.setdefault(family.table, []).append(family)
    return tuple(
        World(
            policy,
            plan,
            _rooms(tables[name]),
            ties=frozenset(frozenset(pair) for table, *pair in crossings.ties if table == name),
            covered=frozenset(
                (one, code, other) for table, one, code, other in crossings.covered if table == name
            ),
        )
        for name in sorted(tables)
    )


def _rooms(found: list[Family]) -> tuple[Room, ...]:
    asked = questions_of(found)
    ordered = sorted(found, key=lambda family: family.among is not None)
    return tuple(Room(family, Answers(family, asked)) for family in ordered)
