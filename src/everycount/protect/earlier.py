"""What an earlier release tells: the difference of two releases is itself a statistic."""

from __future__ import annotations

import math
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING

from everycount.estimate.plan import MeasureKind
from everycount.protect.cells import Status
from everycount.protect.families import dimensions_of
from everycount.protect.outside import is_outside
from everycount.protect.primary import threshold
from everycount.protect.silence import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.protect.cells import Cells
    from everycount.protect.families import Families, Family
    from everycount.protect.policy import Policy

_AMOUNTS = frozenset({MeasureKind.TOTAL, MeasureKind.MEAN})
HIDDEN = (Status.SUPPRESSED_SMALL, Status.SUPPRESSED_COMPLEMENTARY, Status.WITHHELD_BY_COMMUNITY)


def _worth(kind: MeasureKind, one: Estimate) -> float:
    """How much of a number one person's answer can be; infinite of numbers that are no sums."""
    if kind is MeasureKind.PROPORTION:
        return 1 / one.n
    if kind is MeasureKind.COUNT:
        return 1.0
    if kind in _AMOUNTS and one.value:
        return abs(one.value) * max(one.largest_share or 0.0, 1 / one.n)
    return math.inf


class Earlier:
    """An earlier release, seen family by family.

    Attributes:
        small: cells that were hidden by a rule of their own, by family.
        hidden: all that were hidden so as not to tell about people.
    """

    def __init__(
        self, given: Cells, families: Families, policy: Policy, printed: Callable[[Estimate], int | None]
    ) -> None:
        self._policy, self._printed = policy, printed
        # Two numbers with noise may differ by this much less, or more, than the true ones.
        self._slack = 2 * policy.noise + (2 * (policy.round_counts - 1) if policy.round_at_random else 0)
        self._shown: dict[tuple[int, CellKey, str], int] = {}
        self._values: dict[tuple[int, CellKey, str], float] = {}
        # Numbers that are cut, or noisy, say less than one person's answer; others say it beyond this.
        exact = not (policy.changes_counts or given.policy.changes_counts)
        decimals = [one.decimals for one in (policy, given.policy) if one.decimals is not None]
        self._step = 1.01 * 10.0 ** -min(decimals) if decimals else 1e-9
        self._met: set[tuple[int, CellKey]] = set()
        self.small: dict[int, set[CellKey]] = {}
        self.hidden: dict[int, set[CellKey]] = {}
        unsaid = silent(given)
        for cell in given.cells:
            if cell.measure in unsaid:
                continue  # it was left out as if it had not been asked, and says nothing of groups
            found = families.locate(cell.measure, cell.cell) if families.knows(cell.measure) else None
            if found is None:
                continue
            family, key = id(found[0]), found[1]
            self._met.add((family, key))
            if cell.status in HIDDEN:
                self.hidden.setdefault(family, set()).add(key)
            if cell.status is Status.SUPPRESSED_SMALL:
                self.small.setdefault(family, set()).add(key)
            if cell.n is not None:
                self._shown[family, key, cell.measure] = cell.n
            if cell.value is not None and exact:
                self._values[family, key, cell.measure] = cell.value

    def kept(self, family: Family, sensitive: frozenset[str]) -> set[CellKey]:
        """Cells hidden then which showing now would give back: some larger group is nearly what it was."""
        return {
            cell
            for cell in self.hidden.get(id(family), ())
            if cell in family.cells and not self._moved_on(family, cell, sensitive)
        }

    def closed(self, family: Family) -> set[tuple[str, ...]]:
        """Breakdowns of which every cell was hidden under one status."""
        small = self.small.get(id(family), set())
        return {
            by
            for by in family.breakdowns - {()}
            if all(
                cell in small for cell in family.cells if dimensions_of(cell) == by and not is_outside(cell)
            )
        }

    def secrets(self, family: Family, sensitive: frozenset[str]) -> set[CellKey]:
        """Cells that together with the earlier release would tell about few people."""
        return {
            cell
            for cell in family.cells
            if self._differs_by_few(family, cell, sensitive)
            or (
                dimensions_of(cell) not in family.unseen
                and (
                    (not is_outside(cell) and self._completes_a_line(family, cell))
                    or self._adds_up_to_hidden(family, cell)
                )
            )
        }

    def least(self, cell: CellKey, sensitive: frozenset[str]) -> int:
        """By how many people a number must differ."""
        return threshold(cell, sensitive, self._policy) + self._slack

    def change(self, family: Family, cell: CellKey, measure: str) -> int | None:
        """How many more respondents are printed than were; None where either is not printed."""
        then = self._shown.get((id(family), cell, measure))
        estimate = family.cells.get(cell, {}).get(measure)
        now = None if then is None or estimate is None else self._printed(estimate)
        return None if then is None or now is None else now - then

    def _changes(self, family: Family, cell: CellKey) -> Iterator[int]:
        """By how many the printed respondents of each measure differ from what was printed then."""
        for name, estimate in family.cells.get(cell, {}).items():
            then = self._shown.get((id(family), cell, name))
            now = None if then is None else self._printed(estimate)
            if then is not None and now is not None:
                yield abs(now - then)

    def _differs_by_few(self, family: Family, cell: CellKey, sensitive: frozenset[str]) -> bool:
        least = threshold(cell, sensitive, self._policy) + self._slack
        return any(0 < change < least for change in self._changes(family, cell)) or any(
            0 < people < least for people in self._answers_changed(family, cell)
        )

    def _answers_changed(self, family: Family, cell: CellKey) -> Iterator[float]:
        """How many people's answers, at least, differ where as many answered as then.

        One left and another came, or one answer was corrected: the difference of the sums is theirs. Only
        where all weigh the same; a calibration moves every number a little when one person leaves.
        """
        for name, one in family.cells.get(cell, {}).items():
            place = (id(family), cell, name)
            then, value = self._values.get(place), one.value
            if then is None or value is None or self._shown.get(place) != one.n or one.population != one.n:
                continue
            if abs(value - then) > self._step:
                yield abs(value - then) / _worth(family.measures[name].kind, one)

    def _moved_on(self, family: Family, cell: CellKey, sensitive: frozenset[str]) -> bool:
        """Every larger group that was shown has changed by more than a few, so nothing can be subtracted.

        Where none was shown there is nothing to subtract from; that nobody is there was hidden all the same.
        """
        least = threshold(cell, sensitive, self._policy) + self._slack
        above = [part for size in range(len(cell)) for part in combinations(cell, size)]
        changes = [change for part in above for change in self._changes(family, part)]
        if not changes:
            return bool(cell) and family.size(cell) > 0
        return bool(cell) and all(change >= least for change in changes) and self._grew(family, cell, least)

    def _grew(self, family: Family, cell: CellKey, least: int) -> bool:
        """It has more people now than it can have had then, so that it changed by more than a few, too."""
        return all(
            one.n >= most + least
            for name, one in family.cells[cell].items()
            if (most := self._most(family, cell, name)) is not None
        )

    def _most(self, family: Family, cell: CellKey, measure: str) -> int | None:
        """The most respondents that a hidden cell can have had: what was left of a larger group."""
        by = dimensions_of(cell)
        found = [
            whole - self._parts.get((id(family), above, by, measure), 0)
            for size in range(len(cell))
            for above in combinations(cell, size)
            if (whole := self._shown.get((id(family), above, measure))) is not None
        ]
        return min(found, default=None)

    @cached_property
    def _parts(self) -> dict[tuple[int, CellKey, tuple[str, ...], str], int]:
        """How many the shown cells of each breakdown had together inside each larger group."""
        found: dict[tuple[int, CellKey, tuple[str, ...], str], int] = {}
        for (family, cell, measure), n in self._shown.items():
            by = dimensions_of(cell)
            for size in range(len(cell)):
                for above in combinations(cell, size):
                    place = family, above, by, measure
                    found[place] = found.get(place, 0) + n
        return found

    def _completes_a_line(self, family: Family, cell: CellKey) -> bool:
        """The sum of an earlier, finer line of which some cells were hidden, and which was not shown then."""
        if (id(family), cell) in self._met:
            return False
        by = dimensions_of(cell)
        return any(
            set(cell) < set(fine)
            and dimensions_of(fine) not in family.breakdowns
            and set(by) < set(dimensions_of(fine))
            for fine in self.hidden.get(id(family), ())
        )

    def _adds_up_to_hidden(self, family: Family, cell: CellKey) -> bool:
        """Part of a group that was hidden then and has no cell of its own any more."""
        return any(
            set(wide) < set(cell) and wide not in family.cells for wide in self.hidden.get(id(family), ())
        )
