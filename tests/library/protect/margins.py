"""Somebody who subtracts: the numbers of all breakdowns, tied by the margins that they share.

Written apart from protection, with one unknown for each kind of answer in each cell of each breakdown, and of
each coarser one, in real numbers. It knows nothing of boxes, blocks or puzzles, nor of the whole cross.
"""

# ruff: noqa: TC001, TC003 - a helper of tests, read with its types

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations as of_size
from itertools import product
from typing import Any

import numpy as np

from everycount.estimate.estimates import CellKey, Estimate
from everycount.protect import Cells, Policy, Status
from library.protect.attacker import SECRET, Attack
from library.protect.people import Survey


class MarginAttack:
    """The cells of every question as unknowns."""

    def __init__(self, survey: Survey, cells: Cells, policy: Policy) -> None:
        self.survey, self.cells, self.policy = survey, cells, policy
        self.people = Attack(survey, cells, policy)

    def recovered(self, wanted: Callable[[Estimate], bool]) -> list[Estimate]:
        """Small cells whose n, or whose number with the property, can have one value only."""
        if all(cell.status is Status.SUPPRESSED_SMALL for cell in self.cells.cells):
            return []
        found = []
        for measure in self.survey.measures:
            if measure.among is None:
                found += self._of(measure, wanted)
        return found

    def _of(self, measure: Any, wanted: Callable[[Estimate], bool]) -> list[Estimate]:
        rows = [
            (estimate, cell)
            for estimate, cell in zip(self.people.truth.estimates, self.cells.cells, strict=True)
            if estimate.measure == measure.id
        ]
        printed = [tuple(sorted(by)) for by in self.survey.breakdowns[measure.id]]
        bys = {part for by in [*printed, *self._bound(printed)] for part in _parts(by)}
        keys = [key for by in sorted(bys) for key in self._keys(by)]
        place = {key: 2 * at for at, key in enumerate(keys)}
        equal, low, high = [], np.zeros(2 * len(keys)), np.full(2 * len(keys), np.inf)
        nobody = [place[key] for key in keys if not self._can_be(dict(key))]
        high[[*nobody, *(at + 1 for at in nobody)]] = 0
        for by in sorted(bys):
            for at in range(len(by)):
                for above in self._keys(by[:at] + by[at + 1 :]):
                    parts = [
                        tuple(sorted((*above, (by[at], code))))
                        for code in (*self.survey.groups[by[at]], None)
                    ]
                    for kind in (0, 1):
                        row = np.zeros(2 * len(keys))
                        row[place[above] + kind] = -1
                        for part in parts:
                            row[place[tuple(sorted(part))] + kind] = 1
                        equal.append(row)
        extra: list[tuple[np.ndarray, float, float]] = []
        for estimate, cell in rows:
            self._read(estimate, cell, place[tuple(sorted(estimate.cell))], low, high, extra, len(keys))
        shown = {tuple(sorted(cell.cell)) for _, cell in rows if cell.status not in SECRET}
        for key in keys:
            if tuple(pair for pair in key if pair[1] is not None) in shown and None in dict(key).values():
                row = np.zeros(2 * len(keys))
                row[[place[key], place[key] + 1]] = 1
                number = self._in_no_group(measure, key)
                extra.append((row, number, number))
        return [
            estimate
            for estimate, cell in rows
            if cell.status is Status.SUPPRESSED_SMALL
            and estimate.n
            and wanted(estimate)
            and self._is_fixed(estimate, place[tuple(sorted(estimate.cell))], equal, extra, low, high)
        ]

    def _bound(self, printed: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
        """What two breakdowns share of dimensions that bind each other; and all of one, in wider groups.

        Nobody stands there where nobody can.
        """
        found = set()
        for names, combinations in self.survey.joint:
            for one, other in product(printed, repeat=2):
                for a, b in product(names, repeat=2):
                    if a in set(one) - set(other) and b in set(other) - set(one):
                        places = {(kind[names.index(a)], kind[names.index(b)]) for kind in combinations}
                        wider = len(places) == len({place for place, _ in places})
                        found.add(tuple(sorted({*one, b} if wider else {a, b} | (set(one) & set(other)))))
        return found

    def _can_be(self, key: dict[str, Any]) -> bool:
        for names, combinations in self.survey.joint:
            met = [name for name in names if name in key]
            allowed = {tuple(one[names.index(name)] for name in met) for one in combinations}
            if met and tuple(key[name] for name in met) not in allowed:
                return False
        return True

    def _in_no_group(self, measure: Any, key: CellKey) -> int:
        """Of a shown group, how many who answered have none of the codes of other dimensions."""
        return sum(
            person.get(measure.condition.question) is not None
            and all(person.get(one) == code for one, code in key)
            for person in self.survey.people
        )

    def _keys(self, by: tuple[str, ...]) -> list[CellKey]:
        found: list[CellKey] = [()]
        for one in by:
            found = [(*key, (one, code)) for key in found for code in (*self.survey.groups[one], None)]
        return found

    def _read(
        self, estimate: Estimate, cell: Any, at: int, low: Any, high: Any, extra: Any, size: int
    ) -> None:
        n = np.zeros(2 * size)
        n[[at, at + 1]] = 1
        if cell.status not in SECRET:
            events = estimate.events or 0
            low[at] = high[at] = events
            low[at + 1] = high[at + 1] = estimate.n - events
            return
        if self.people._is_closed(estimate):
            return
        least = self.people._least(estimate)
        few = max(least, self.policy.min_respondents_extreme)
        if cell.status is Status.SUPPRESSED_SMALL and estimate.n < few:
            extra.append((n, min(estimate.n, 1), few - 1))
        elif cell.status is Status.SUPPRESSED_COMPLEMENTARY and estimate.n:
            extra.append((n, least, np.inf))

    def _is_fixed(self, estimate: Estimate, at: int, equal: Any, extra: Any, low: Any, high: Any) -> bool:
        from scipy.optimize import linprog

        reach = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(low))
            goal[[at, at + 1]] = sign
            above = [row for row, _, _ in extra] + [-row for row, _, _ in extra]
            limits = [upper for _, _, upper in extra] + [-lower for _, lower, _ in extra]
            finite = [place for place, one in enumerate(limits) if np.isfinite(one)]
            found = linprog(
                goal,
                A_ub=np.array([above[one] for one in finite]) if finite else None,
                b_ub=np.array([limits[one] for one in finite]) if finite else None,
                A_eq=np.array(equal) if equal else None,
                b_eq=np.zeros(len(equal)) if equal else None,
                bounds=list(zip(low, high, strict=True)),
            )
            reach.append(np.inf if found.status == 3 else sign * float(found.fun or 0))
            assert found.status in (0, 3), "the truth itself must agree with what is printed"
        return abs(reach[0] - estimate.n) < 1e-6 and abs(reach[1] - estimate.n) < 1e-6


def _parts(by: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [part for size in range(len(by) + 1) for part in of_size(by, size)]
