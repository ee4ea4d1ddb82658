"""Estimates put together by the people they speak of: one family per table and ``among``, one cell per group.

What protection hides is a group of people, not a number. All measures of a family count the same people, so a
family's cell is hidden or shown for all of them at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from everycount.estimate.condition import In, Not, questions
from everycount.estimate.rules import rule_questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import CellKey, Estimate, Estimates
    from everycount.estimate.plan import Dimension, Measure, Plan

# The dimensions of a breakdown in the order of their names, whatever order the plan crossed them in.
By: TypeAlias = tuple[str, ...]


def canonical(cell: CellKey) -> CellKey:
    """The same group of people under one name: pairs in the order of their dimensions."""
    return tuple(sorted(cell))


def dimensions_of(cell: CellKey) -> By:
    """The breakdown a canonical cell belongs to."""
    return tuple(dimension for dimension, _ in cell)


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
    """

    table: str
    among: Condition | None
    measures: dict[str, Measure] = field(default_factory=dict)
    cells: dict[CellKey, dict[str, Estimate]] = field(default_factory=dict)
    breakdowns: set[By] = field(default_factory=set)
    whole: set[By] = field(default_factory=set)
    roots: frozenset[str] = frozenset()

    def size(self, cell: CellKey) -> int:
        """Most respondents that any measure has in a cell."""
        return max((estimate.n for estimate in self.cells.get(cell, {}).values()), default=0)

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


def roots(names: Iterable[str], plan: Plan) -> frozenset[str]:
    """The questions behind names, with variables followed to what they are made of."""
    rules = {variable.id: variable.rule for variable in plan.variables}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(rule_questions(rules[name]) if name in rules else ())
    return frozenset(found)


def same_answers(one: Dimension, other: Dimension, plan: Plan) -> bool:
    """Two dimensions are made from one and the same question, such as age in five and in two bands."""
    variables = {variable.id for variable in plan.variables}
    leaves = roots((one.question,), plan) - variables
    return len(leaves) == 1 and leaves == roots((other.question,), plan) - variables


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
