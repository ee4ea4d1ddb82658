"""Everything that is published about one question, as linear equations over elementary groups of people.

An elementary group is one code of every dimension (or none of its codes) and one kind of answer. How many
people stand in each is unknown; every printed number, every status and every margin is a row over these
unknowns. Two questions share respondents but no printed number, so each has a puzzle of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations, permutations, product
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.plan import MeasureKind
from everycount.protect.families import choices_of, dimensions_of
from everycount.protect.outside import OUTSIDE, is_outside
from everycount.protect.unknowns import Kinds, Unknowns
from everycount.protect.world import MOST_UNKNOWNS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.answers import Question
    from everycount.protect.families import By
    from everycount.protect.world import Room, World

MOST_AUDITED = 4_000  # unknowns beyond which no puzzle is put: one search would take seconds
_TWO = 2  # answers that a question has at the least
NONE = "\x00"  # the code of those who stand in no group of a dimension; no code of a survey contains it


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of a cell for one measure: bounds of its n, of its events, and of those without."""

    n: tuple[float, float]
    events: tuple[float, float] | None = None
    others: tuple[float, float] | None = None


@dataclass(frozen=True)
class Grid:
    """A cross of dimensions, each with the codes that a person may have in it."""

    by: By
    codes: tuple[tuple[str, ...], ...]
    offset: int

    @property
    def size(self) -> int:
        """How many elementary groups."""
        return prod(map(len, self.codes))

    @cached_property
    def _axes(self) -> dict[str, NDArray[np.int64]]:
        shape = tuple(map(len, self.codes))
        found = np.unravel_index(np.arange(self.size), shape) if shape else ()
        return dict(zip(self.by, found, strict=True))

    @cached_property
    def _met(self) -> dict[CellKey, NDArray[np.int64]]:
        return {}

    def members(self, cell: CellKey) -> NDArray[np.int64]:
        """The elementary groups inside a cell."""
        if cell not in self._met:
            self._met[cell] = self._find(cell)
        return self._met[cell]

    def _find(self, cell: CellKey) -> NDArray[np.int64]:
        inside = np.ones(self.size, dtype=bool)
        for dimension, code in cell:
            codes = self.codes[self.by.index(dimension)]
            inside &= self._axes[dimension] == (codes.index(code) if code in codes else -1)
        return np.flatnonzero(inside)

    def grouped(self, by: By, *none: str) -> NDArray[np.bool_]:
        """Which elementary groups have a code in every dimension of a breakdown, other than ``none``."""
        inside = np.ones(self.size, dtype=bool)
        for dimension in by:
            codes = self.codes[self.by.index(dimension)]
            for code in {NONE, *none}.intersection(codes):
                inside &= self._axes[dimension] != codes.index(code)
        return inside


class Puzzle(Unknowns):
    """The unknowns and rows of one question in the rooms of one ``among`` and of everybody.

    Attributes:
        exact: all breakdowns are margins of one cross, so that nothing is lost.
        size: number of unknowns.
        solvable: it is small enough to be put to a solver.
    """

    def __init__(
        self,
        world: World,
        rooms: Sequence[Room],
        asked: Question,
        know: Callable[[Room, CellKey, str], Fact | None],
        *,
        counts_outside: bool = True,
    ) -> None:
        self.rooms, self.asked, self._know = tuple(rooms), asked, know
        self._counts_outside = counts_outside
        self.kinds = kinds_of(self.rooms, asked)
        self._rows: list[tuple[NDArray[np.int64], float, float]] = []
        self._noted: set[tuple[CellKey, bytes, float, float]] = set()
        self._ties: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        self._codes = codes = codes_of(world, self.rooms, asked)
        tables, self.exact = _tables(
            breakdowns_of(self.rooms, asked), self._hidden(), codes, len(self.kinds.holds)
        )
        self.grids = _grids(tables, codes)
        self.size = sum(grid.size for grid in self.grids) * len(self.kinds.holds)
        self.solvable = self.size <= MOST_AUDITED
        if self.solvable:
            for place, room in enumerate(self.rooms):
                self._read(place, room)
                self._know_who_cannot_stand_together(place, room, world.entangling(room))
            self._know_who_cannot_be(world)
            self._tie()

    def _unknowns(self, cell: CellKey, kinds: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        by = set(dimensions_of(cell))
        grid = next((one for one in self.grids if by <= set(one.by)), None)
        return None if grid is None else self._in(grid, grid.members(cell), kinds)

    def _in(self, grid: Grid, groups: NDArray[np.int64], kinds: NDArray[np.bool_]) -> NDArray[np.int64]:
        every = len(self.kinds.holds)
        found = (grid.offset + groups[:, None]) * every + np.flatnonzero(kinds)[None, :]
        return found.reshape(-1)

    def _hidden(self) -> set[By]:
        return {
            dimensions_of(cell)
            for room in self.rooms
            for cell in room.hidden
            if not room.family.cells[cell].keys().isdisjoint(self.asked.measures)
        }

    def _read(self, place: int, room: Room) -> None:
        member = self.kinds.member[:, place]
        for cell, found in room.family.cells.items():
            for name in found.keys() & set(self.asked.measures):
                fact = self._know(room, cell, name)
                if fact is None:
                    continue
                holds = self.kinds.holds[:, self.kinds.measures.index(name)]
                self._note(cell, member, fact.n)
                self._note(cell, member & holds, fact.events)
                self._note(cell, member & ~holds, fact.others)
        self._know_those_in_no_group(room, member)
        self._know_from_other_questions(room, member)
        self._project(room, member)

    def _note(self, cell: CellKey, kinds: NDArray[np.bool_], bounds: tuple[float, float] | None) -> None:
        if bounds is None or (cell, kinds.tobytes(), *bounds) in self._noted:
            return
        self._noted.add((cell, kinds.tobytes(), *bounds))
        row = self._unknowns(cell, kinds)
        if row is not None:
            self._rows.append((row, *bounds))

    def _by_breakdown(self, room: Room) -> dict[tuple[By, str], list[CellKey]]:
        found: dict[tuple[By, str], list[CellKey]] = {}
        for cell, estimates in room.family.cells.items():
            for name in estimates.keys() & set(self.asked.measures):
                found.setdefault((dimensions_of(cell), name), []).append(cell)
        return found

    def _know_those_in_no_group(self, room: Room, member: NDArray[np.bool_]) -> None:
        """How many of a shown group stand in no group of a finer breakdown is taken to be known.

        Answers that a dimension drops are no group either, but to a reader from whom they are the secret.
        """
        for (by, name), cells in self._by_breakdown(room).items():
            grid = next((one for one in self.grids if set(by) <= set(one.by)), None)
            if grid is None:
                continue
            self._know_grouped(room, name, cells, member, grid.grouped(by), grid)
            if self._counts_outside:
                inside = [cell for cell in cells if not is_outside(cell)]
                self._know_grouped(room, name, inside, member, grid.grouped(by, OUTSIDE), grid)

    def _know_grouped(
        self,
        room: Room,
        name: str,
        cells: Sequence[CellKey],
        member: NDArray[np.bool_],
        grouped: NDArray[np.bool_],
        grid: Grid,
    ) -> None:
        """The sum of the cells of a breakdown inside each shown group, where that is not all of the group."""
        if grouped.all():
            return
        by = dimensions_of(cells[0]) if cells else ()
        for coarse in chain.from_iterable(combinations(by, size) for size in range(len(by))):
            sums: dict[CellKey, int] = {}
            for cell in cells:
                above = tuple(pair for pair in cell if pair[0] in coarse)
                sums[above] = sums.get(above, 0) + room.family.cells[cell][name].n
            for above, n in sums.items():
                if room.is_known(above, self.asked.measures):
                    groups = grid.members(above)
                    self._rows.append((self._in(grid, groups[grouped[groups]], member), n, n))

    def _know_from_other_questions(self, room: Room, member: NDArray[np.bool_]) -> None:
        """The same people answered other questions, but for those who gave no answer to one or the other.

        How many these are in all is known where the overall numbers are, since the size of the survey is.
        """
        overall = room.family.cells.get((), {})
        silent = {name: one.n_missing for name, one in overall.items()}
        own = [silent[name] for name in self.asked.measures if name in silent]
        if not own:
            return
        for cell, found in room.family.cells.items():
            for name in found.keys() - set(self.asked.measures):
                fact = self._know(room, cell, name)
                if fact is not None:
                    low, high = fact.n[0] - min(own), fact.n[1] + silent.get(name, np.inf)
                    self._note(cell, member, (max(low, 0), high))
        self._know_people_in_no_group(room, member, min(own))

    def _know_people_in_no_group(self, room: Room, member: NDArray[np.bool_], silent: int) -> None:
        """No more of a shown group answered outside a breakdown than there are people outside it.

        Nor fewer than these less all who gave no answer, wherever they are.
        """
        tables = room.family.by_breakdown()
        for by in sorted(tables.keys() - {()}):
            grid = next((one for one in self.grids if set(by) <= set(one.by)), None)
            if grid is None:
                continue
            self._know_people_outside(room, tables[by], member, ~grid.grouped(by), grid, None)
            if self._counts_outside and by in room.family.whole:
                inside = [cell for cell in tables[by] if not is_outside(cell)]
                self._know_people_outside(room, inside, member, ~grid.grouped(by, OUTSIDE), grid, silent)

    def _know_people_outside(
        self,
        room: Room,
        cells: Sequence[CellKey],
        member: NDArray[np.bool_],
        outside: NDArray[np.bool_],
        grid: Grid,
        silent: int | None,
    ) -> None:
        """Bounds of those of shown groups who stand in none of some cells of a breakdown."""
        found = room.family.cells
        by = dimensions_of(cells[0]) if cells else ()
        for coarse in chain.from_iterable(combinations(by, size) for size in range(len(by))):
            sums: dict[CellKey, int] = {}
            for cell in cells:
                above = tuple(pair for pair in cell if pair[0] in coarse)
                sums[above] = sums.get(above, 0) + _people(found[cell])
            for above, n in sums.items():
                groups = grid.members(above)
                if room.is_known(above) and outside[groups].any():
                    row = self._in(grid, groups[outside[groups]], member)
                    people = max(0, _people(found[above]) - n)
                    least = 0 if silent is None else max(0, people - silent)
                    self._rows.append((row, least, people))

    def _know_who_cannot_stand_together(self, place: int, room: Room, across: frozenset[str]) -> None:
        """Groups of dimensions that hang together share only those whom everybody expects there.

        So do an ``among`` and the groups of a dimension ``across`` it, printed or not.
        """
        bound = {by for by in room.family.breakdowns if not across.isdisjoint(by)}
        for by in sorted(room.family.unseen | bound):
            grid = next((one for one in self.grids if set(by) <= set(one.by)), None)
            if grid is None or by not in room.family.whole:
                continue
            inside, beside = grid.grouped(by, OUTSIDE), grid.grouped(by, OUTSIDE)
            parted = room.family.among is not None and by not in room.family.copies
            for cell, found in room.family.cells.items():
                if dimensions_of(cell) == by:
                    some = found.values()
                    inside[grid.members(cell)] &= parted and not any(one.n for one in some)
                    beside[grid.members(cell)] &= parted and not any(one.n_excluded for one in some)
            member = self.kinds.member[:, place]
            for empty, kinds in ((inside, member), (beside, ~member)):
                if empty.any() and kinds.any():
                    self._rows.append((self._in(grid, np.flatnonzero(empty), kinds), 0, 0))

    def _know_who_cannot_be(self, world: World) -> None:
        """Nobody stands in groups of one question that share no answer.

        Nor in no group of a dimension by whose side their own group has nobody who is in none.
        """
        every = np.ones(len(self.kinds.holds), dtype=bool)
        for grid in self.grids:
            for one, other in combinations(grid.by, 2):
                for pair in product(world.groups[one], world.groups[other]):
                    if not world.has_room(dict(zip((one, other), pair, strict=True))):
                        cell = tuple(zip((one, other), pair, strict=True))
                        self._rows.append((self._in(grid, grid.members(cell), every), 0, 0))
            for one, other in permutations(grid.by, 2):
                groups = [grid.members(cell) for cell in _in_none(world, grid, one, other)]
                if groups:
                    self._rows.append((self._in(grid, np.concatenate(groups), every), 0, 0))

    def _project(self, room: Room, member: NDArray[np.bool_]) -> None:
        """A breakdown outside the grids that is shown whole gives its margins to them."""
        for (by, name), cells in self._by_breakdown(room).items():
            if any(set(by) <= set(grid.by) for grid in self.grids) or any(
                cell in room.hidden for cell in cells
            ):
                continue
            holds = self.kinds.holds[:, self.kinds.measures.index(name)]
            for grid in self.grids:
                shared = tuple(one for one in by if one in grid.by)
                everybody = not any(NONE in self._codes[one] for one in by)
                if any(NONE in grid.codes[grid.by.index(one)] for one in shared):
                    continue
                sums: dict[CellKey, tuple[int, int]] = {}
                for cell in cells:
                    above = tuple(pair for pair in cell if pair[0] in shared)
                    n, events = sums.get(above, (0, 0))
                    estimate = room.family.cells[cell][name]
                    sums[above] = n + estimate.n, events + (estimate.events or 0)
                for above, (n, events) in sums.items():
                    groups = grid.members(above)
                    # Somebody may stand in no group of what is left out, so these are bounds from below.
                    most = (n, events) if everybody else (np.inf, np.inf)
                    self._rows.append((self._in(grid, groups, member), n, most[0]))
                    self._rows.append((self._in(grid, groups, member & holds), events, most[1]))

    def _tie(self) -> None:
        """Grids agree on the margins that they share."""
        for one, other in combinations(self.grids, 2):
            shared = tuple(name for name in one.by if name in other.by)
            codes = [one.codes[one.by.index(name)] for name in shared]
            for combination in product(*codes):
                cell = tuple(zip(shared, combination, strict=True))
                mine, theirs = one.members(cell), other.members(cell)
                for kind in np.eye(len(self.kinds.holds), dtype=bool):
                    self._ties.append((self._in(one, mine, kind), self._in(other, theirs, kind)))


def _people(found: Mapping[str, Estimate]) -> int:
    """Those of a cell, with an answer or without."""
    return max(one.n + one.n_missing for one in found.values())


def _in_none(world: World, grid: Grid, one: str, other: str) -> Iterator[CellKey]:
    """Groups of one dimension beside no group of the other, in which everybody knows that nobody is."""
    for code in world.groups[one]:
        for none in {NONE, OUTSIDE}.intersection(grid.codes[grid.by.index(other)]):
            if world.is_covered(one, code, other):
                yield (one, code), (other, none)


def breakdowns_of(rooms: Sequence[Room], asked: Question) -> set[By]:
    """Those that have a number of a question."""
    return {
        dimensions_of(cell)
        for room in rooms
        for cell, found in room.family.cells.items()
        if not found.keys().isdisjoint(asked.measures)
    }


def codes_of(world: World, rooms: Sequence[Room], asked: Question) -> dict[str, tuple[str, ...]]:
    """The codes of each dimension, and none of them where somebody stands in no group."""
    names = {one for by in breakdowns_of(rooms, asked) for one in by}
    complete = _complete(rooms, asked)
    return {
        name: world.groups[name] if name in complete else (*world.groups[name], NONE)
        for name in sorted(names)
    }


def _complete(rooms: Sequence[Room], asked: Question) -> set[str]:
    """Dimensions in which everybody who answered has a group."""
    first = rooms[0]
    if first.family.among is not None and len(rooms) > 1:
        return set()
    found: set[str] = set()
    for name in asked.measures:
        overall = first.family.cells.get((), {}).get(name)
        sums: dict[By, int] = {}
        for cell, estimates in first.family.cells.items():
            if name in estimates:
                by = dimensions_of(cell)
                sums[by] = sums.get(by, 0) + estimates[name].n
        found |= {one for by, n in sums.items() if overall and n == overall.n for one in by}
    return found


def _grids(tables: Sequence[By], codes: dict[str, tuple[str, ...]]) -> tuple[Grid, ...]:
    found, offset = [], 0
    for by in tables:
        grid = Grid(by, tuple(codes[one] for one in by), offset)
        found.append(grid)
        offset += grid.size
    return tuple(found)


def _tables(
    breakdowns: Collection[By], hidden: Collection[By], codes: dict[str, tuple[str, ...]], kinds: int
) -> tuple[list[By], bool]:
    """The crosses to be solved: those with something hidden, put together as far as the unknowns allow."""

    def fits(names: frozenset[str]) -> bool:
        return prod(len(codes[one]) for one in names) * kinds <= MOST_UNKNOWNS

    tables: list[frozenset[str]] = []
    for by in map(frozenset, _largest_first(hidden)):
        if not any(by <= other for other in tables):
            tables.append(by)
    whole = [_absorb(tables, frozenset(by), 2, fits) for by in _largest_first(breakdowns)]
    whole += [_absorb(tables, frozenset(by), 1, fits) for by in _largest_first(hidden)]
    return [tuple(sorted(one)) for one in tables], all(whole) and len(tables) <= 1


def _largest_first(breakdowns: Collection[By]) -> list[By]:
    return sorted(breakdowns, key=lambda by: (-len(by), by))


def _absorb(
    tables: list[frozenset[str]], by: frozenset[str], least: int, fits: Callable[[frozenset[str]], bool]
) -> bool:
    """Puts a breakdown, and the crosses it binds together, into one; False where that is too large."""
    touched = [one for one in tables if len(one & by) >= least or by <= one]
    together = by.union(*touched)
    if not touched or together in tables:
        return True
    if not fits(together):
        return False
    tables[:] = [one for one in tables if one not in touched] + [together]
    return True


def kinds_of(rooms: Sequence[Room], asked: Question) -> Kinds:
    """The kinds of answers that the numbers of some families tell apart."""
    told = set().union(*(room.family.measures for room in rooms))  # of another ``among``: none of these rooms
    chosen = {name: _choice(rooms, name) for name in asked.measures if name in told}
    subjects = {found[0] for found in chosen.values() if found is not None}
    amongs = [room.family.among for room in rooms]
    subject = next((found[0] for found in map(choices_of, amongs) if found is not None), None)
    if subjects == {subject} and all(found is not None for found in chosen.values()):
        return _same_question(asked, {name: one for name, one in chosen.items() if one is not None}, amongs)
    answers = _without_others(rooms, asked, np.unique(asked.holds.T, axis=0))
    members = np.unique(np.array(_patterns(amongs), dtype=bool).reshape(-1, len(rooms)), axis=0)
    pairs = [(holds, member) for member in members for holds in answers]
    return _unique(asked, pairs)


def _same_question(
    asked: Question,
    chosen: Mapping[str, tuple[str, frozenset[str], bool]],
    amongs: Sequence[Condition | None],
) -> Kinds:
    """``among`` looks at the very question that is counted: each answer says who is inside."""
    inside = [choices_of(among) for among in amongs]
    codes = {code for found in (*chosen.values(), *inside) if found is not None for code in found[1]}
    pairs = [
        (
            np.array([name in chosen and _counts(chosen[name], code) for name in asked.measures]),
            np.array([found is None or _counts(found, code) for found in inside]),
        )
        for code in (*sorted(codes), NONE)
    ]
    return _unique(asked, pairs)


def _counts(found: tuple[str, frozenset[str], bool], code: str) -> bool:
    return (code in found[1]) == found[2]


def _without_others(rooms: Sequence[Room], asked: Question, answers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the counted answers account for everybody, others are taken to be known not to exist."""
    named = answers[answers.any(axis=1)]
    if len(named) == len(answers) or len(named) < _TWO or (named.sum(axis=1) > 1).any():
        return answers
    for room in rooms:
        for found in room.family.cells.values():
            known = [found[name] for name in asked.measures if name in found]
            if known and sum(one.events or 0 for one in known) < known[0].n:
                return answers
    return named


def _unique(asked: Question, pairs: Iterable[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> Kinds:
    width = len(asked.measures)
    table = np.unique(np.array([np.concatenate(pair) for pair in pairs], dtype=bool), axis=0)
    table = table[table[:, width:].any(axis=1)]  # who is in no room is in no number
    return Kinds(asked.measures, table[:, :width], table[:, width:])


def _choice(rooms: Sequence[Room], name: str) -> tuple[str, frozenset[str], bool] | None:
    measure = next(room.family.measures[name] for room in rooms if name in room.family.measures)
    counted = measure.kind in (MeasureKind.PROPORTION, MeasureKind.COUNT)
    return choices_of(measure.condition) if counted else None


def _patterns(amongs: Sequence[Condition | None]) -> list[list[bool]]:
    """Who can be inside which ``among`` at once; None has everybody inside."""
    simple = [choices_of(among) for among in amongs]
    if any(among is not None and found is None for among, found in zip(amongs, simple, strict=True)):
        return [
            list(one) for one in product(*([True] if among is None else [True, False] for among in amongs))
        ]
    codes = sorted({code for found in simple if found is not None for code in found[1]})
    inside = [
        [found is None or (code in found[1]) == found[2] for found in simple] for code in (*codes, NONE)
    ]
    return [*inside, [found is None for found in simple]]  # the last: no answer


def subject_of(among: Condition | None) -> str:
    """What an ``among`` looks at; those that look at the same are one puzzle."""
    found = choices_of(among)
    return "" if among is None else found[0] if found is not None else repr(among)
