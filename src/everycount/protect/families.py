"""Estimates put together by the people they speak of: one family per table and ``among``, one cell per group.

What protection hides is a group of people, not a number. All measures of a family count the same people, so a
family's cell is hidden or shown for all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from everycount.estimate.condition import In, Not, questions
from everycount.estimate.origins import roots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import CellKey, Estimate, Estimates, Nesting
    from everycount.estimate.plan import Dimension, Measure

# The dimensions of a breakdown in the order of their names, whatever order the plan crossed them in.
By: TypeAlias = tuple[str, ...]


def canonical(cell: CellKey) -> CellKey:
    """The same group of people under one name: pairs in the order of their dimensions."""
    return tuple(sorted(cell))


def dimensions_of(cell: CellKey) -> By:
    """The breakdown a canonical cell belongs to."""
    return tuple([dimension for dimension, _ in cell])


@dataclass
class Family:
    """The estimates about the same people.

    Attributes:
        table: whose rows are counted.
        among: the denominator's condition; None counts everybody.
        measures: by id.
        cells: by canonical key, then by measure id.
        breakdowns: every breakdown that some measure of the family has.
        whole: those of them in which every group has its cell; the rest come from an ``among`` that is a
        group.
        roots: the questions, variables resolved, that ``among`` looks at.
        unseen: breakdowns that nobody prints: what groups of dimensions that hang together have in common.
        copies: those of them that repeat the cells of another breakdown, whose groups lie in one more group.
    """

    table: str
    among: Condition | None
    measures: dict[str, Measure] = field(default_factory=dict)
    cells: dict[CellKey, dict[str, Estimate]] = field(default_factory=dict)
    breakdowns: set[By] = field(default_factory=set)
    whole: set[By] = field(default_factory=set)
    roots: frozenset[str] = frozenset()
    unseen: set[By] = field(default_factory=set)
    copies: set[By] = field(default_factory=set)

    def cannot_be(self, cell: CellKey) -> bool:
        """Nobody is there, as everybody knows: the breakdown is printed whole, or follows from its groups."""
        by = dimensions_of(cell)
        return by in self.whole and (cell not in self.cells or (by in self.unseen and not self.size(cell)))

    def size(self, cell: CellKey) -> int:
        """Most respondents that any measure has in a cell."""
        return max((estimate.n for estimate in self.cells.get(cell, {}).values()), default=0)

    @cached_property
    def measures_of(self) -> dict[By, set[str]]:
        """The measures of each breakdown that has all its cells; of others no sum is known."""
        found: dict[By, set[str]] = {by: set() for by in self.breakdowns}
        for cell, measures in self.cells.items():
            if dimensions_of(cell) in self.whole:
                found[dimensions_of(cell)] |= measures.keys()
        return found

    def by_breakdown(self) -> dict[By, list[CellKey]]:
        """The cells of each breakdown."""
        found: dict[By, list[CellKey]] = {}
        for cell in self.cells:
            found.setdefault(dimensions_of(cell), []).append(cell)
        return found

    def add(self, measure: Measure, cell: CellKey, estimate: Estimate) -> None:
        """Takes in one estimate under a canonical cell."""
        self.measures[measure.id] = measure
        self.cells.setdefault(cell, {})[measure.id] = estimate
        self.breakdowns.add(dimensions_of(cell))


class Families:
    """The families of a plan, whatever the order of its tables, and where each number stands."""

    def __init__(self, estimates: Estimates) -> None:
        self._plan = estimates.plan
        self._measures = {measure.id: measure for measure in estimates.plan.measures}
        self._whole = {measure.table for measure in estimates.plan.measures if measure.among is None}
        self._met = {pair for estimate in estimates.estimates for pair in estimate.cell}
        found: dict[tuple[str, str], Family] = {}
        self._homes = {name: self._home(self._measures[name], found) for name in sorted(self._measures)}
        for estimate in estimates.estimates:
            self._place(estimate)
        self.all = tuple(found[key] for key in sorted(found) if found[key].cells)
        printed = {id(family): set(family.breakdowns) for family in self.all}
        for estimate in estimates.crossings.estimates:
            self._place(estimate)
        for family in self.all:
            family.unseen = family.breakdowns - printed[id(family)]
            _nest(family, [one for one in estimates.crossings.nestings if one.table == family.table])

    def knows(self, measure: str) -> bool:
        """The plan has such a measure."""
        return measure in self._homes

    def locate(self, measure: str, cell: CellKey) -> tuple[Family, CellKey] | None:
        """The family and cell of an estimate; None for people who cannot be (``among`` slum, rural)."""
        family, inside = self._homes[measure]
        groups = dict(cell)
        if any(groups.get(dimension, code) != code for dimension, code in inside):
            return None
        return family, canonical(tuple((groups | dict(inside)).items()))

    def _place(self, estimate: Estimate) -> None:
        found = self.locate(estimate.measure, estimate.cell)
        if found is None:
            return
        family, cell = found
        if estimate.measure in family.cells.get(cell, {}):
            return
        family.add(self._measures[estimate.measure], cell, estimate)
        if not self._homes[estimate.measure][1]:
            family.whole.add(dimensions_of(cell))

    def _home(self, measure: Measure, found: dict[tuple[str, str], Family]) -> tuple[Family, CellKey]:
        inside = self._alias(measure)
        among = None if inside else measure.among
        family = found.setdefault((measure.table, repr(among) if among else ""), Family(measure.table, among))
        family.roots = roots(questions(among), self._plan) if among is not None else frozenset()
        return family, inside

    def _alias(self, measure: Measure) -> CellKey:
        """A measure among exactly one group of a dimension is the measure of everybody in that group's cell.

        "Safe water among slum households, by sex" and "safe water by settlement and sex" print the same
        people.
        """
        among = measure.among
        if not isinstance(among, In) or measure.table not in self._whole:
            return ()
        for dimension in self._plan.dimensions:
            if dimension.question == among.question:
                for code in _codes(dimension, among):
                    if (dimension.id, code) in self._met:
                        return ((dimension.id, code),)
        return ()


def _codes(dimension: Dimension, among: In) -> list[str]:
    if not dimension.groups:
        return list(among.codes) if len(among.codes) == 1 else []
    return [group.code for group in dimension.groups if set(group.members) == set(among.codes)]


def _nest(family: Family, nestings: Sequence[Nesting]) -> None:
    """Gives a family the cells of its breakdowns once more, each in the wider group that it lies in."""
    waiting = sorted(family.breakdowns)
    while waiting:
        by = waiting.pop()
        for nesting in nestings:
            wider = tuple(sorted((*by, nesting.outer)))
            if nesting.inner in by and nesting.outer not in by and wider not in family.breakdowns:
                _copy(family, by, wider, nesting)
                waiting.append(wider)


def _copy(family: Family, by: By, wider: By, nesting: Nesting) -> None:
    places = dict(nesting.places)
    for cell in [one for one in family.cells if dimensions_of(one) == by]:
        code = dict(cell)[nesting.inner]
        if code in places:
            family.cells[canonical((*cell, (nesting.outer, places[code])))] = family.cells[cell]
    family.breakdowns.add(wider)
    family.unseen.add(wider)
    family.copies.add(wider)
    if by in family.whole:
        family.whole.add(wider)


def choices_of(condition: Condition | None) -> tuple[str, frozenset[str], bool] | None:
    """(question, codes, whether these count or all others) of a condition on one question."""
    match condition:
        case In(question=question, codes=codes):
            return question, frozenset(codes), True
        case Not(of=In(question=question, codes=codes)):
            return question, frozenset(codes), False
        case _:
            return None


def looked_at(measure: Measure) -> list[str]:
    """The questions and variables that a measure counts or adds up."""
    numbers = [name for name in (measure.question, measure.denominator) if name]
    return [*numbers, *(questions(measure.condition) if measure.condition else ())]
