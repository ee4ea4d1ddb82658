"""Weighted quantiles of the answers of one cell.

The rules carry those of Hyndman and Fan (1996, The American Statistician 50) over to weights: the k-th of n
answers becomes the cumulative share of the weights up to it. ``shahvaish`` is the rule of Shah and Vaish
(2006, Proceedings of the Joint Statistical Meetings, survey research methods), with weights of mean 1, so
that it does not depend on their unit. The names are those of R survey 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.plan import QuantileRule

if TYPE_CHECKING:
    from everycount.estimate.stages import Floats


@dataclass(frozen=True, slots=True)
class Care:
    """What must not decide about a quantile: the last bit of a share, and the order of rows.

    Attributes:
        same: shares that differ by no more are equal: 0.05 of 200 people is 10 of them.
        level: people with the same answer share their weight, as their order would matter otherwise.
    """

    same: float = 1e-12
    level: bool = True


CARE = Care()
TO_THE_BIT = Care(0.0, level=False)  # as R survey does it

# Rules that take an answer, or the mean of two; the others draw lines between answers.
_STEPS = frozenset(
    {QuantileRule.MATH, QuantileRule.SCHOOL, QuantileRule.HF1, QuantileRule.HF2, QuantileRule.HF3}
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The answers of one cell in order, as people and as steps of the distribution.

    Attributes:
        answers: float64[respondents], never falling.
        weights: of each.
        up_to: cumulative weight up to and with each.
        steps: distinct answers.
        climbed: cumulative weight up to and with each step.
        largest_share: the largest weighted answer over all of them; NaN where an answer is negative or all
            are 0.
        same: see :class:`Care`.
    """

    answers: Floats
    weights: Floats
    up_to: Floats
    steps: Floats
    climbed: Floats
    largest_share: float
    same: float

    @classmethod
    def of(cls, answers: Floats, weights: Floats, care: Care = CARE) -> Ladder:
        """From at least one answer, in any order, with positive weights."""
        order = np.argsort(answers, kind="stable")
        answers, weights = answers[order], weights[order]
        largest = _largest_share(answers, weights)
        starts = np.flatnonzero(np.diff(answers, prepend=np.nan) != 0)
        taken = np.add.reduceat(weights, starts)
        if care.level:
            people = np.diff(starts, append=len(answers))
            weights = np.repeat(taken / people, people)
        climbed = _cumulated(taken)
        return cls(answers, weights, _cumulated(weights), answers[starts], climbed, largest, care.same)

    def at(self, share: float, rule: QuantileRule) -> float:
        """The answer that ``share`` of the weights do not exceed; NaN for a share outside 0 to 1."""
        if not 0 <= share <= 1:
            return float("nan")
        if rule in _STEPS:
            return self._step(share, rule)
        if rule is QuantileRule.SHAHVAISH:
            return self.shah_vaish(share, self.weights / self.weights.mean())
        return float(np.interp(share, self._places(rule), self.answers))

    def people_up_to(self, answer: float) -> int:
        """How many have this answer or less."""
        return int(np.searchsorted(self.answers, answer, side="right"))

    def people_from(self, answer: float) -> int:
        """How many have this answer or more."""
        return len(self.answers) - int(np.searchsorted(self.answers, answer, side="left"))

    def _step(self, share: float, rule: QuantileRule) -> float:
        total, same = self.climbed[-1], self.same
        reached = int(np.searchsorted(self.climbed, share * total + same * total, side="right")) - 1
        here, above = max(reached, 0), min(max(reached, 0) + 1, len(self.steps) - 1)
        low, high = float(self.steps[here]), float(self.steps[above])
        if not abs(share - self.climbed[here] / total) <= same:
            return high if reached >= 0 else low
        if rule in {QuantileRule.SCHOOL, QuantileRule.HF2}:
            return (low + high) / 2
        # The third rule goes to the step of even number, counted from 1.
        return high if rule is QuantileRule.HF3 and here % 2 == 0 else low

    def _places(self, rule: QuantileRule) -> Floats:
        """The share at which each answer stands; between them the rule draws straight lines."""
        w, total, last = self.weights, self.up_to[-1], self.weights[-1]
        taken, beyond = {
            QuantileRule.HF4: (0.0, 0.0),
            QuantileRule.HF5: (1 / 2, 0.0),
            QuantileRule.HF6: (0.0, 1.0),
            QuantileRule.HF7: (1.0, -1.0),
            QuantileRule.HF8: (1 / 3, 1 / 3),
            QuantileRule.HF9: (3 / 8, 1 / 4),
        }[rule]
        if len(w) == 1:
            return np.array([0.5])
        places: Floats = (self.up_to - w * taken) / (total + last * beyond)
        return places

    def shah_vaish(self, share: float, scaled: Floats) -> float:
        """The answer that stands last at or below a share; ``scaled`` weights have the mean 1."""
        n = len(self.answers)
        places = (self.up_to / self.weights.mean() + 0.5 - scaled / 2) / (n + 1)
        order = np.argsort(places, kind="stable")  # they rise, unless the scale is another
        reached = int(np.searchsorted(places[order], share, side="right")) - 1
        return float(self.answers[order[max(reached, 0)]])


def first_reaching(answers: Floats, weights: Floats, share: float, care: Care = CARE) -> Floats:
    """The quantiles by the first rule for many sets of weights at once; NaN where nobody has any.

    Args:
        answers: float64[people], in order.
        weights: float64[people, sets], 0 or more.
        share: of the weights that does not exceed the quantile.
        care: see :class:`Care`.
    """
    climbed = np.cumsum(weights, axis=0)
    found = answers[np.argmax(climbed >= (share - care.same) * climbed[-1], axis=0)]
    return np.where(climbed[-1] > 0, found, np.nan)


def of_sets(answers: Floats, weights: Floats, share: float, rule: QuantileRule) -> Floats:
    """The quantiles by any rule for many sets of weights at once; arguments as :func:`first_reaching`."""
    if rule in {QuantileRule.HF1, QuantileRule.MATH}:
        return first_reaching(answers, weights, share)
    return np.array([_of_set(answers, one, share, rule) for one in weights.T])


def _of_set(answers: Floats, weights: Floats, share: float, rule: QuantileRule) -> float:
    kept = weights > 0
    return Ladder.of(answers[kept], weights[kept]).at(share, rule) if kept.any() else float("nan")


def _largest_share(answers: Floats, weights: Floats) -> float:
    amounts = weights * answers
    total = amounts.sum()
    return float(amounts.max() / total) if answers[0] >= 0 and total > 0 else float("nan")


def _cumulated(weights: Floats) -> Floats:
    """Running sums in the longest floats there are, so that equal shares come out equal."""
    return np.asarray(np.cumsum(weights.astype(np.longdouble)), dtype=np.float64)
