"""What an attacker can compute of every hidden secret from all that is published."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.protect.block import Block
from everycount.protect.cells import Status
from everycount.protect.families import dimensions_of
from everycount.protect.outside import OUTSIDE, is_outside
from everycount.protect.primary import threshold
from everycount.protect.puzzle import Fact, Puzzle, codes_of, subject_of
from everycount.protect.solver import Ask, Solver

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.answers import Question
    from everycount.protect.policy import Policy
    from everycount.protect.world import Room, World

Secret: TypeAlias = "tuple[Room, CellKey]"  # noqa: S105 - a hidden cell, not a password

HIDDEN = (Status.SUPPRESSED_SMALL, Status.SUPPRESSED_COMPLEMENTARY, Status.WITHHELD_BY_COMMUNITY)
_SAYING_NOTHING = (Status.SUPPRESSED_SMALL, Status.WITHHELD_BY_COMMUNITY)


@dataclass(frozen=True, slots=True)
class Interval:
    """What anybody can work out of one hidden number.

    Attributes:
        measure: id of the measure.
        cell: the group, its dimensions in the order of their names.
        n_low, n_high: fewest and most respondents it can have.
        events_low, events_high: the same of those with the property; None where the measure has none.
        given_back: it can have one value only, or its share can.
    """

    measure: str
    cell: CellKey
    n_low: float
    n_high: float
    events_low: float | None
    events_high: float | None
    given_back: bool


@dataclass(frozen=True, slots=True)
class Audit:
    """The intervals of all secrets of a release.

    Attributes:
        intervals: one per secret number.
        unaudited: breakdowns in which something is shown beside secrets that were too many to audit.
    """

    intervals: tuple[Interval, ...]
    unaudited: tuple[tuple[str, ...], ...] = ()

    @property
    def passed(self) -> bool:
        """No secret is given back, and none was left unaudited beside shown cells."""
        return not self.unaudited and not any(one.given_back for one in self.intervals)


@dataclass(frozen=True, slots=True)
class _Need:
    """A sum that must not be known."""

    room: Room
    cell: CellKey
    measure: str
    ask: Ask

    @property
    def key(self) -> tuple[int, CellKey, str]:
        """The number it belongs to."""
        return id(self.room), self.cell, self.measure


# What can be put to a solver by itself, what must not be known in it, and the secrets behind that.
_Part: TypeAlias = "tuple[Puzzle | Block, list[_Need], list[Secret]]"


class Auditor:
    """Puts the puzzles of one world to the solver.

    Args:
        world: the families of one table, with what is hidden.
        status: the status under which a number is known, now or from an earlier release.
        formerly: how earlier releases published it, and by which policies, where that says something.
        printed: its status in this release alone; as ``status`` where there is no earlier one.

    Attributes:
        unaudited: breakdowns with secrets in puzzles too large to be put; filled by each audit.
    """

    def __init__(
        self,
        world: World,
        status: Callable[[Estimate], Status],
        formerly: Callable[[Estimate], Sequence[tuple[Status, Policy]]] = lambda _: (),
        printed: Callable[[Estimate], Status] | None = None,
    ) -> None:
        self._world, self._status, self._formerly = world, status, formerly
        self._in_print = printed or status
        self._counts_outside = True
        self.unaudited: set[tuple[str, ...]] = set()
        self.closed = self._closed_breakdowns()

    def given_back(self, only: Collection[Secret] | None = None) -> list[Secret]:
        """Secrets of which something can be worked out, or about which a search would take too long.

        Args:
            only: the secrets to look at; None looks at all. In a large table only these are looked at, and
                what hangs together with them.
        """
        found: dict[tuple[int, CellKey], Secret] = {}
        for puzzle, needs, secrets in self._parts(only):
            if puzzle.solvable:
                fixed = Solver(puzzle).fixed([one.ask for one in needs])
                given = [(needs[place].room, needs[place].cell) for place in fixed]
            else:
                given = secrets
                self.unaudited |= {dimensions_of(cell) for _, cell in secrets} - {()}
            found |= {(id(room), cell): (room, cell) for room, cell in given}
        return [found[key] for key in sorted(found, key=lambda key: (self._place(key[0]), key[1]))]

    def intervals(self, only: Collection[Secret] | None = None) -> Iterator[Interval]:
        """The range of every secret number."""
        for puzzle, needs, secrets in self._parts(only):
            if not puzzle.solvable:
                self.unaudited |= {dimensions_of(cell) for _, cell in secrets} - {()}
                continue
            solver = Solver(puzzle)
            fixed = set(solver.fixed([one.ask for one in needs]))
            given = {needs[place].key for place in fixed}
            for key, need in {one.key: one for one in needs}.items():
                yield self._interval(puzzle, solver, need, given=key in given)

    def _parts(self, only: Collection[Secret] | None) -> Iterator[_Part]:
        """What can be put to a solver by itself, with the secrets in it.

        How many stand in no group may be known from elsewhere, so groups are kept from a reader who knows it.
        Where those few are the secret, it is kept from one who does not.
        """
        if self._world.shut:
            return
        secrets = [(room, cell) for room in self._world.rooms for cell in sorted(room.secrets)]
        wanted = secrets if only is None else sorted(only, key=lambda one: (self._place(id(one[0])), one[1]))
        for outside in sorted({is_outside(cell) for _, cell in wanted}):
            self._counts_outside = not outside
            some = [one for one in wanted if is_outside(one[1]) == outside]
            for rooms, asked in self._each_question(some):
                if self._world.searchable:
                    puzzle = Puzzle(self._world, rooms, asked, self.know, counts_outside=self._counts_outside)
                    needs = list(self._needs(puzzle, some))
                    if needs:
                        yield puzzle, needs, some
                else:
                    yield from self._blocks(rooms, asked, some)

    def _blocks(self, rooms: list[Room], asked: Question, secrets: Sequence[Secret]) -> Iterator[_Part]:
        codes = codes_of(self._world, rooms, asked)
        waiting = [
            (room, cell)
            for room, cell in secrets
            if any(room is one for one in rooms)
            and not room.family.cells[cell].keys().isdisjoint(asked.measures)
        ]
        bound = [one for one in waiting if self._world.relatives(one[1])]
        if (
            bound
        ):  # equations do not know that groups of dimensions made from the same answers bind each other
            yield Block(self._world, rooms, asked, self.know, codes), [], bound
            waiting = [one for one in waiting if not any(one is other for other in bound)]
        while waiting:
            first = waiting[0][1]
            block = Block(self._world, rooms, asked, self.know, codes, first)
            # Where one block of a breakdown is too large others of it are not tried: most are the same.
            alike = [
                not block.solvable and dimensions_of(cell) == dimensions_of(first) for _, cell in waiting
            ]
            inside = [
                one for one, same in zip(waiting, alike, strict=True) if same or block.n(*one) is not None
            ]
            waiting = [one for one in waiting if not any(one is other for other in inside)]
            yield block, list(self._needs(block, inside)) if block.solvable else [], inside

    def _interval(self, puzzle: Puzzle | Block, solver: Solver, need: _Need, *, given: bool) -> Interval:
        n = solver.reach(_sum(puzzle.n(need.room, need.cell)))
        estimate = need.room.family.cells[need.cell][need.measure]
        events: tuple[float | None, float | None] = None, None
        if estimate.events is not None:
            events = solver.reach(_sum(puzzle.events(need.room, need.cell, need.measure)))
        return Interval(need.measure, need.cell, *n, *events, given)

    def _place(self, room: int) -> int:
        return next(place for place, one in enumerate(self._world.rooms) if id(one) == room)

    def _each_question(self, secrets: Sequence[Secret]) -> Iterator[tuple[list[Room], Question]]:
        """One per question and ``among``, where a secret is to be kept; everybody stands in each."""
        world = self._world
        told = {id(room) for room, _ in secrets}
        for asked in world.rooms[0].answers.questions:
            rooms = [
                room for room in world.rooms if not room.family.measures.keys().isdisjoint(asked.measures)
            ]
            everybody = [room for room in rooms if room.family.among is None]
            inside = [room for room in rooms if room.family.among is not None]
            inside.sort(key=lambda room: subject_of(room.family.among))
            groups = [list(some) for _, some in groupby(inside, lambda room: subject_of(room.family.among))]
            for some in groups or [[]]:
                if any(id(room) in told for room in [*everybody, *some]):
                    yield [*everybody, *some], asked

    def _needs(self, puzzle: Puzzle | Block, secrets: Sequence[Secret]) -> Iterator[_Need]:
        for room, cell in secrets:
            if any(room is one for one in puzzle.rooms):
                for name in sorted(room.family.cells[cell].keys() & set(puzzle.asked.measures)):
                    yield from self._asks(puzzle, room, cell, name)

    def _asks(self, puzzle: Puzzle | Block, room: Room, cell: CellKey, name: str) -> Iterator[_Need]:
        estimate = room.family.cells[cell][name]
        people = puzzle.n(room, cell)
        if people is None or self._status(estimate) not in HIDDEN:
            return
        # How many answered is out where an earlier release told it by another measure of the question; what
        # this measure shares out of them is not.
        if room.is_own(cell, name) or not self._is_told(room, cell, puzzle.asked):
            yield _Need(room, cell, name, _sum(people, estimate.n))
        if estimate.events is None or not estimate.n or self._is_granted(puzzle, room, cell, name):
            return
        having = puzzle.events(room, cell, name)
        if having is not None:
            at = np.concatenate([having, people])
            times = np.repeat([float(estimate.n), -float(estimate.events)], [len(having), len(people)])
            yield _Need(room, cell, name, Ask(at, times, 0.0))

    def _is_told(self, room: Room, cell: CellKey, asked: Question) -> bool:
        """Some number of the question is printed of a cell, or an earlier release tells it."""
        found = room.family.cells[cell]
        return any(self._status(found[one]) not in HIDDEN for one in asked.measures if one in found)

    def _is_granted(self, puzzle: Puzzle | Block, room: Room, cell: CellKey, name: str) -> bool:
        """A larger group is shown all alike, as the policy allows; so is everybody in it."""
        estimate = room.family.cells[cell][name]
        if estimate.events not in (0, estimate.n):
            return False
        wider = [one for one in puzzle.rooms if one is room or one.family.among is None]
        return any(
            set(above) <= set(cell) and _are_alike(puzzle.asked, self._printed(one, above), name)
            for one in wider
            for above in one.family.cells
        )

    def _printed(self, room: Room, cell: CellKey) -> dict[str, Estimate]:
        """The numbers of a cell that are printed, now or earlier."""
        found = room.family.cells[cell]
        if cell not in room.hidden:
            return found
        return {name: one for name, one in found.items() if self._status(one) not in HIDDEN}

    def _closed_breakdowns(self) -> set[tuple[str, ...]]:
        """Breakdowns under one status, which says nothing of any of their cells.

        A cell that a community withheld is told apart by what the community said, not by its numbers.
        """
        open_ones = {
            dimensions_of(cell)
            for room in self._world.rooms
            for cell, found in room.family.cells.items()
            for estimate in found.values()
            if self._in_print(estimate) not in _SAYING_NOTHING
        }
        return {by for room in self._world.rooms for by in room.family.breakdowns} - open_ones

    def know(self, room: Room, cell: CellKey, name: str) -> Fact | None:
        """What is printed, and which side of the thresholds a hidden cell is on."""
        estimate = room.family.cells[cell][name]
        n, events = estimate.n, estimate.events
        status = self._status(estimate)
        if status not in HIDDEN:
            return Fact((n, n), None if events is None else (events, events))
        if is_outside(cell) and self._counts_outside:
            above = tuple(pair for pair in cell if pair[1] != OUTSIDE)
            # A search for all tables of people knows by itself what other questions tell of a group.
            asked = room.answers.beside(name) if self._world.searchable else None
            return Fact((n, n)) if room.is_known(above, asked) else None
        found = None
        if dimensions_of(cell) not in self.closed:
            found = self._said(estimate, cell, status, self._world.policy)
        for then in self._formerly(estimate):
            found = _both(found, self._said(estimate, cell, *then))
        return found

    def _said(self, estimate: Estimate, cell: CellKey, status: Status, policy: Policy) -> Fact | None:
        """What a status says by the thresholds, as far as it is true of the numbers of today."""
        least = threshold(cell, self._world.sensitive, policy)
        few = max(least, policy.min_respondents_extreme)
        n = estimate.n
        if status is Status.SUPPRESSED_SMALL:
            return Fact((min(n, 1), few - 1)) if n < few else None
        return None if status is Status.WITHHELD_BY_COMMUNITY else _of_partner(n, estimate.events, least, few)


def _both(one: Fact | None, other: Fact | None) -> Fact | None:
    """All that two releases say of the same people."""
    if one is None or other is None:
        return one or other
    return Fact(
        (max(one.n[0], other.n[0]), min(one.n[1], other.n[1])),
        one.events or other.events,
        one.others or other.others,
    )


def _of_partner(n: int, events: int | None, least: int, few: int) -> Fact | None:
    """A cell hidden for another's sake is neither small nor, where it is not large, all alike."""
    if not n:
        return None
    if events in (0, n):
        return Fact((min(few, n), np.inf))
    some = (1.0, np.inf) if events is not None and n <= few else None
    return Fact((min(least, n), np.inf), some, some)


def _are_alike(asked: Question, found: dict[str, Estimate], name: str) -> bool:
    """A share of 0 or 1, by itself or because other answers to the question account for everybody."""
    known = [found[one] for one in asked.measures if one in found and found[one].n]
    alike = any(one.measure == name and one.events in (0, one.n) for one in known)
    others = [one for one in known if one.measure != name]
    return alike or (bool(others) and sum(one.events or 0 for one in others) == others[0].n)


def _sum(at: NDArray[np.int64] | None, true: float = 0.0) -> Ask:
    found = np.zeros(0, dtype=np.int64) if at is None else at
    return Ask(found, np.ones(len(found)), true)
