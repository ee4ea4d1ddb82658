"""Which answers a hidden cell could have one more or one fewer of, as far as anybody outside can tell.

An attacker knows that counts are not negative, that answers to one question exclude each other, and which
side
of a threshold a hidden cell stands on. A person can be thought into or out of a cell only where all of that
stays true; what remains possible is kept as one bit per answer, so that cells are combined with "and".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.plan import WITH_EVENTS
from everycount.protect.families import choices_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.estimate.plan import Measure
    from everycount.protect.families import Family

_OTHER = "\x00"  # every code that no measure names; no code of a survey contains it


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the status of a cell tells.

    Attributes:
        sides: numbers of respondents that part one status, or one reason for it, from another; a hidden cell
            stays on its side of each.
        least: fewest respondents of a shown cell of this kind.
        extreme: fewest respondents of a share of exactly 0 or 1.
        small: the cell is hidden by a rule of its own, not to protect another one.
    """

    sides: tuple[int, ...]
    least: int
    extreme: int
    small: bool


@dataclass(frozen=True)
class Question:
    """Measures that look at one question, and its answers as far as they tell them apart.

    Attributes:
        measures: ids.
        holds: bool[measures, answers], the answer counts for the measure.
    """

    measures: tuple[str, ...]
    holds: NDArray[np.bool_]

    @property
    def missing(self) -> int:
        """The bit of "no answer"."""
        return 1 << int(self.holds.shape[1])

    def bits(self, measure: str, *, yes: bool) -> int:
        """The answers that count for a measure, or those that do not."""
        row: list[bool] = self.holds[self.measures.index(measure)].tolist()
        return sum([1 << answer for answer, holds in enumerate(row) if holds == yes])

    def counts(self, cells: dict[str, Estimate]) -> NDArray[np.int64]:
        """How many of a cell gave each answer, at least; a lower bound where measures overlap oddly."""
        present = tuple(name in cells for name in self.measures)
        known = [cells[name] for name in self.measures if name in cells]
        if not known:
            return np.ones(
                self.holds.shape[1], dtype=np.int64
            )  # nothing is printed: nothing stands against it
        events = np.array([[estimate.events or 0] for estimate in known], dtype=np.int64)
        return self.counts_of(present, np.array([known[0].n], dtype=np.int64), events)[:, 0]

    def counts_of(
        self, present: tuple[bool, ...], n: NDArray[np.int64], events: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """The same for many cells.

        Args:
            present: which measures the cells have.
            n: int64[cells], their respondents.
            events: int64[measures they have, cells].

        Returns:
            int64[answers, cells].
        """
        classes, solve, sure = self._solver(present)
        found = np.rint(solve @ np.vstack([n, events])).astype(np.int64)
        sides = np.where(sure.signs[:, :, None], events[:, None, :], n - events[:, None, :])
        at_least = n - (n - sides).sum(axis=0)
        sizes: NDArray[np.int64] = np.maximum(np.where(sure.identified[:, None], found, at_least), 0)
        return sizes[classes]

    def _solver(self, present: tuple[bool, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64], _Sure]:
        cache = self._solvers
        if present not in cache:
            cache[present] = _solver(self.holds[np.array(present)])
        return cache[present]

    @cached_property
    def _solvers(self) -> dict[tuple[bool, ...], tuple[NDArray[np.int64], NDArray[np.float64], _Sure]]:
        return {}


@dataclass(frozen=True, slots=True)
class _Sure:
    signs: NDArray[np.bool_]
    identified: NDArray[np.bool_]


def _solver(holds: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.float64], _Sure]:
    """Answers alike in all measures form a class; its size follows from n and the events, or not."""
    signs, classes = np.unique(holds, axis=1, return_inverse=True)
    system = np.vstack([np.ones(signs.shape[1]), signs.astype(np.float64)])
    solve = np.linalg.pinv(system)
    identified = np.asarray(
        np.isclose(solve @ system, np.eye(signs.shape[1]), atol=1e-9).all(axis=1), dtype=bool
    )
    return classes.reshape(-1), solve, _Sure(signs, identified)


class Answers:
    """The answers of one family, question by question."""

    def __init__(self, family: Family, asked: tuple[Question, ...]) -> None:
        self._cells = family.cells
        self.questions = asked
        self._place = {name: at for at, asked in enumerate(self.questions) for name in asked.measures}

    def counts(self, cell: CellKey) -> list[list[int]]:
        """Per question, how many gave each answer and last how many none, as far as the numbers tell."""
        cells = self._cells.get(cell, {})
        return [[*asked.counts(cells).tolist(), _missing(asked, cells)] for asked in self.questions]

    def losable(self, cell: CellKey, bounds: Bounds) -> tuple[int, ...]:
        """Per question, the answers of which the cell could have one fewer."""
        return tuple(_losable(asked, self._cells.get(cell, {}), bounds) for asked in self.questions)

    def gainable(self, cell: CellKey, bounds: Bounds) -> tuple[int, ...]:
        """Per question, the answers of which the cell could have one more."""
        return tuple(_gainable(asked, self._cells.get(cell, {}), bounds) for asked in self.questions)

    def tradable(self, cell: CellKey, bounds: Bounds) -> tuple[int, ...]:
        """Per question, the answers of which the cell could have one fewer with one more of another."""
        return tuple(_tradable(asked, self._cells.get(cell, {}), bounds) for asked in self.questions)

    def beside(self, measure: str) -> tuple[str, ...]:
        """The measures of the same question, of which a cell has as many respondents."""
        return self.questions[self._place[measure]].measures

    def bits(self, measure: str, *, yes: bool) -> tuple[int, int]:
        """(question, its answers that count for the measure or do not)."""
        place = self._place[measure]
        return place, self.questions[place].bits(measure, yes=yes)


def questions_of(found: Sequence[Family]) -> tuple[Question, ...]:
    """The questions behind all measures of a table, so that families speak of answers in the same order."""
    measures = {name: measure for family in found for name, measure in family.measures.items()}
    named = sorted((_subject(measure), name) for name, measure in measures.items())
    asked: list[Question] = []
    for subject, pairs in groupby(named, key=lambda pair: pair[0]):
        together = _exclusive_question([measures[name] for _, name in pairs]) if subject[0] == "?" else None
        if together is not None and all(_exclusive(family, together) for family in found):
            asked.append(together)
        else:
            asked.extend(_alone(measures[name]) for _, name in named if _subject(measures[name]) == subject)
    return tuple(asked)


def _subject(measure: Measure) -> str:
    chosen = choices_of(measure.condition)
    return f"?{chosen[0]}" if chosen and measure.kind in WITH_EVENTS else f"={measure.id}"


def _exclusive(family: Family, asked: Question) -> bool:
    """Answers exclude each other as far as the numbers tell; where several may be chosen they soon do not."""
    disjoint = _disjoint(asked)
    for cells in family.cells.values():
        known = [cells[name] for name in asked.measures if name in cells]
        if len({estimate.n for estimate in known}) > 1:
            return False
        if known and sum(cells[name].events or 0 for name in disjoint if name in cells) > known[0].n:
            return False
    return True


def _disjoint(asked: Question) -> list[str]:
    """Measures no two of which count the same answer, taken greedily."""
    chosen: list[int] = []
    for row in np.argsort(asked.holds.sum(axis=1), kind="stable"):
        if not any((asked.holds[row] & asked.holds[other]).any() for other in chosen):
            chosen.append(int(row))
    return [asked.measures[row] for row in chosen]


def _exclusive_question(measures: Sequence[Measure]) -> Question:
    asked = (choices_of(measure.condition) for measure in measures)
    chosen = [found for found in asked if found is not None]
    codes = [*sorted({code for _, named, _ in chosen for code in named}), _OTHER]
    rows = [[(code in named) == counts for code in codes] for _, named, counts in chosen]
    return Question(tuple(one.id for one in measures), np.unique(np.array(rows, dtype=bool), axis=1))


def _alone(measure: Measure) -> Question:
    """A measure about which nothing more is known: yes or no, or merely an answer."""
    row = [True, False] if measure.kind in WITH_EVENTS else [False]
    return Question((measure.id,), np.array([row], dtype=bool))


def _missing(asked: Question, cells: dict[str, Estimate]) -> int:
    return min((cells[name].n_missing for name in asked.measures if name in cells), default=1)


def _losable(asked: Question, cells: dict[str, Estimate], bounds: Bounds) -> int:
    known = [cells[name] for name in asked.measures if name in cells]
    missing = asked.missing if _missing(asked, cells) else 0
    if not known:
        return 2 * asked.missing - 1
    if not all(_may_have(estimate, estimate.n - 1, bounds) for estimate in known):
        return missing
    counts = asked.counts(cells)
    found = missing
    for answer, count in enumerate(counts):
        if count > 0 and not _turns_extreme(asked, cells, answer, bounds):
            found |= 1 << answer
    return found


def _tradable(asked: Question, cells: dict[str, Estimate], bounds: Bounds) -> int:
    counts = asked.counts(cells)
    return sum(
        1 << answer
        for answer, count in enumerate(counts)
        if count > 0 and not _turns_extreme(asked, cells, answer, bounds)
    )


def _gainable(asked: Question, cells: dict[str, Estimate], bounds: Bounds) -> int:
    known = [cells[name] for name in asked.measures if name in cells]
    fits = all(_may_have(estimate, estimate.n + 1, bounds) for estimate in known)
    return 2 * asked.missing - 1 if fits else asked.missing


def _may_have(estimate: Estimate, n: int, bounds: Bounds) -> bool:
    """The cell would stay where its status says it is."""
    if not bounds.small:
        return estimate.n >= bounds.least <= n
    lowest = 1 if estimate.n and bounds.sides else 0
    return n >= lowest and all((n >= side) == (estimate.n >= side) for side in bounds.sides)


def _turns_extreme(asked: Question, cells: dict[str, Estimate], answer: int, bounds: Bounds) -> bool:
    """A cell hidden for another's sake would become 0 % or 100 % of few, which its status denies."""
    if bounds.small:
        return False
    for row, name in enumerate(asked.measures):
        estimate = cells.get(name)
        if estimate is None or estimate.events is None or estimate.n - 1 >= bounds.extreme:
            continue
        yes = estimate.events - int(asked.holds[row, answer])
        if yes in (0, estimate.n - 1):
            return True
    return False
