"""Somebody who holds the release, knows the rules, and looks for all tables of people that print the same.

Written apart from protection: it knows nothing of witnesses, families or boxes, only of integers. It is given
more than a reader has: how many people of each shown group stand in no group of a finer breakdown, what each
hidden status says by the thresholds, and that everybody weighs the same.
"""

# ruff: noqa: TC001, TC003 - a helper of tests, read with its types
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from everycount.estimate.estimates import CellKey, Estimate, Estimates
from everycount.estimate.plan import Measure
from everycount.protect import Cells, Policy, Status
from library.protect.people import Person, Survey, estimate_of, estimates, keys

SECRET = (Status.SUPPRESSED_SMALL, Status.SUPPRESSED_COMPLEMENTARY, Status.WITHHELD_BY_COMMUNITY)


@dataclass
class Attack:
    """Integer worlds that agree with a release.

    Attributes:
        kinds: every kind of person: groups by dimension and answers by question, None among them.
    """

    survey: Survey
    cells: Cells
    policy: Policy
    known: Sequence[Person] = ()  # of other releases, whose answers can be given, too

    def __post_init__(self) -> None:
        self.truth: Estimates = estimates(self.survey)
        self.measures = {measure.id: measure for measure in self.survey.measures}
        names, answers = list(self.survey.groups), dict(sorted(self._answers().items()))
        options = [[*self.survey.groups[one], None] for one in names]
        options += [sorted(found, key=str) for found in answers.values()]
        kinds = (dict(zip([*names, *answers], one, strict=True)) for one in product(*options))
        self.kinds = [kind for kind in kinds if self._can_be(kind)]
        self.beside = _shown(self.cells)  # and what others show that are known
        self.rows: list[np.ndarray] = []
        self.low: list[float] = []
        self.high: list[float] = []
        for estimate, cell in zip(self.truth.estimates, self.cells.cells, strict=True):
            self._read(estimate, cell)
        self._know_those_in_no_group()

    def _answers(self) -> dict[str, set[Any]]:
        """What can be answered to each question: what was, what is counted, and what others are bound to."""
        found: dict[str, set[Any]] = {}
        for person in (*self.survey.people, *self.known):
            for question in person.keys() - self.survey.groups.keys():
                found.setdefault(question, set()).add(person[question])
        conditions = [one for measure in self.survey.measures for one in (measure.condition, measure.among)]
        named = [(one.question, one.codes) for one in conditions if one is not None]
        for together, combinations in self.survey.joint:
            named += [(question, [one[at] for one in combinations]) for at, question in enumerate(together)]
        for question, codes in named:
            if question in found:
                found[question].update(codes)
        for answers in found.values():
            if len(answers - {None}) < 2:
                answers.add("\x00")  # a question has more than one answer, even where all gave the same
        return found

    def _can_be(self, kind: dict[str, Any]) -> bool:
        """Questions that bind each other do so for everybody, as their wording says."""
        return all(
            tuple(kind[one] for one in names) in combinations for names, combinations in self.survey.joint
        )

    def n(self, measure: Measure, key: CellKey) -> np.ndarray:
        return np.array([float(_counts(measure, key, kind)) for kind in self.kinds])

    def events(self, measure: Measure, key: CellKey) -> np.ndarray:
        condition = measure.condition
        return np.array(
            [
                float(_counts(measure, key, kind) and kind[condition.question] in condition.codes)
                for kind in self.kinds
            ]
        )

    def _add(self, row: np.ndarray, low: float, high: float = np.inf) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(high)

    def _read(self, estimate: Estimate, cell: Any) -> None:
        measure = self.measures[estimate.measure]
        n, events = self.n(measure, estimate.cell), self.events(measure, estimate.cell)
        if cell.status is Status.NO_ANSWERS:
            self._add(n, 0, 0)
        elif cell.status is Status.SHOWN:
            self._add(n, cell.n, cell.n)
            seen = round(cell.value * cell.n)
            self._add(events, seen, seen)
        else:
            self._read_status(estimate, cell, n, events)

    def _read_status(self, estimate: Estimate, cell: Any, n: np.ndarray, events: np.ndarray) -> None:
        """Which side of the threshold; that a cell hidden for another's sake is not all alike."""
        if cell.status is Status.WITHHELD_BY_COMMUNITY or self._is_silent(estimate.measure):
            return
        if self._is_closed(estimate):
            return  # one status for a whole breakdown says nothing of any of its cells
        few = max(self._least(estimate), self.policy.min_respondents_extreme)
        if cell.status is Status.SUPPRESSED_SMALL:
            if estimate.n < few:
                self._add(n, min(estimate.n, 1), few - 1)
            return
        if estimate.n:
            self._add(n, self._least(estimate))
            if estimate.events in (0, estimate.n):
                self._add(n, min(few, estimate.n))
            elif estimate.n <= few:
                self._add(events, 1)
                self._add(n - events, 1)

    def _is_silent(self, measure: str) -> bool:
        """Nothing is said of the measure, for a community's sake."""
        return all(cell.status in SECRET[1:] for cell in self.cells.cells if cell.measure == measure)

    def _is_closed(self, estimate: Estimate) -> bool:
        by = [one for one, _ in estimate.cell]
        return all(
            cell.status is Status.SUPPRESSED_SMALL
            for cell in self.cells.cells
            if [one for one, _ in cell.cell] == by
        )

    def _least(self, estimate: Estimate) -> int:
        sensitive = {one.id for one in self.survey.dimensions if one.sensitive}
        if any(one in sensitive for one, _ in estimate.cell):
            return self.policy.min_respondents_sensitive
        return self.policy.min_respondents

    def _know_those_in_no_group(self) -> None:
        """Of each shown group, in all finer breakdowns; of others nobody prints how many they are."""
        shown = {frozenset(cell.cell) for cell in self.cells.cells if cell.status not in SECRET}
        for by in {by for bys in self.survey.breakdowns.values() for by in bys}:
            for codes in product(*([*self.survey.groups[one], None] for one in by)):
                if None in codes:
                    key = tuple(zip(by, codes, strict=True))
                    if frozenset(pair for pair in key if pair[1] is not None) not in shown:
                        continue
                    true = sum(_stands(key, person) for person in self.survey.people)
                    self._add(np.array([float(_stands(key, kind)) for kind in self.kinds]), true, true)

    def know(self, other: Attack) -> None:
        """What another release of the very same people tells, too."""
        assert other.kinds == self.kinds
        self.beside |= _shown(other.cells)
        self.rows += other.rows
        self.low += other.low
        self.high += other.high

    def forgetting(self) -> Attack:
        """The same attacker before this release was read: what others tell is all that it will know."""
        bare = copy(self)
        bare.rows, bare.low, bare.high, bare.beside = [], [], [], {}
        return bare

    def world(self, towards: np.ndarray) -> np.ndarray | None:
        """People of each kind, as many as possible along ``towards``; None when nothing agrees."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        found = milp(
            -towards,
            constraints=[LinearConstraint(np.array(self.rows), self.low, self.high)] if self.rows else (),
            integrality=np.ones(len(self.kinds)),
            bounds=Bounds(0, len(self.survey.people)),
        )
        return None if found.x is None else np.rint(found.x)

    def recovered(
        self, statuses: Sequence[Status] = SECRET, *, values: bool = True
    ) -> Iterator[tuple[str, Estimate]]:
        """What is given back: hidden cells whose n, or whose value, is the same in all worlds."""
        if not self.beside and all(cell.status is Status.SUPPRESSED_SMALL for cell in self.cells.cells):
            return  # a table too small to show says nothing of any cell
        worlds = [self.world(np.zeros(len(self.kinds)))]
        assert worlds[0] is not None, "the truth itself must agree with what is printed"
        for estimate, cell in zip(self.truth.estimates, self.cells.cells, strict=True):
            if cell.status not in statuses or estimate.n == 0:
                continue
            measure = self.measures[estimate.measure]
            n, events = self.n(measure, estimate.cell), self.events(measure, estimate.cell)
            if not self._varies(worlds, n, estimate.n):
                yield "n", estimate
            elif (
                values
                and not self._granted(estimate)
                and not self._varies(worlds, events * estimate.n - n * estimate.events, 0)
            ):
                yield "value", estimate

    def recovered_in_common(self, wanted: Callable[[Estimate], bool]) -> Iterator[tuple[str, Estimate]]:
        """The same of few people whom groups of different dimensions have in common, and no table shows."""
        if all(cell.status is Status.SUPPRESSED_SMALL for cell in self.cells.cells):
            return
        worlds = [self.world(np.zeros(len(self.kinds)))]
        assert worlds[0] is not None, "the truth itself must agree with what is printed"
        for measure in self.survey.measures:
            for by in sorted(self._in_common(measure)):
                for key in keys(self.survey, by):
                    estimate = estimate_of(self.survey, measure, key)
                    if not estimate.n or not wanted(estimate):
                        continue
                    n, events = self.n(measure, key), self.events(measure, key)
                    if not self._varies(worlds, n, estimate.n):
                        yield "n", estimate
                    elif not self._granted(estimate) and not self._varies(
                        worlds, events * estimate.n - n * (estimate.events or 0), 0
                    ):
                        yield "value", estimate

    def _in_common(self, measure: Measure) -> set[tuple[str, ...]]:
        """Of two breakdowns, two dimensions that overlap, and what both breakdowns are split by.

        Where each group of one lies in one of the other, they have only groups of the first in common.
        """
        found = set()
        for names, combinations in self.survey.joint:
            for one, other in product(self.survey.breakdowns[measure.id], repeat=2):
                for a, b in product(names, repeat=2):
                    pairs = {(kind[names.index(a)], kind[names.index(b)]) for kind in combinations}
                    if len(pairs) in {len({pair[at] for pair in pairs}) for at in (0, 1)}:
                        continue
                    if a in set(one) - set(other) and b in set(other) - set(one):
                        found.add(tuple(sorted({a, b} | (set(one) & set(other)))))
        return found - set(self.survey.breakdowns[measure.id])

    def _varies(self, worlds: list[np.ndarray], row: np.ndarray, true: float) -> bool:
        if any(round(row @ world) != true for world in worlds):
            return True
        for side in (row, -row):
            worlds.append(self.world(side))
            if round(row @ worlds[-1]) != true:
                return True
        return False

    def _granted(self, estimate: Estimate) -> bool:
        """A larger group is shown at 0 or 1, which the policy allows: all within it are the same.

        Shown measures of the same question may say so together, when they account for everybody.
        """
        own = self.measures[estimate.measure]
        above: dict[CellKey, int] = {}
        for cell in self.beside.values():
            other = self.measures[cell.measure]
            if (
                cell.status is Status.SHOWN
                and other.condition.question == own.condition.question
                and other.among in (None, own.among)
                and set(cell.cell) <= set(estimate.cell)
            ):
                if other.condition == own.condition and cell.value in (0, 1):
                    return True
                if other.condition == own.condition:
                    continue
                above[cell.cell] = above.get(cell.cell, cell.n) - round(cell.value * cell.n)
        return 0 in above.values()


def _shown(cells: Cells) -> dict[tuple[str, CellKey], Any]:
    return {(cell.measure, cell.cell): cell for cell in cells.cells if cell.status is Status.SHOWN}


def _counts(measure: Measure, key: CellKey, kind: dict[str, Any]) -> bool:
    among = measure.among
    return (
        _stands(key, kind)
        and (among is None or kind[among.question] in among.codes)
        and kind[measure.condition.question] is not None
    )


def _stands(key: CellKey, kind: Any) -> bool:
    return all(kind.get(one) == code for one, code in key)
