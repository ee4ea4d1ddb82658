"""How unequally something is shared out among people, and what each of them adds to the figure.

Every figure is a function of one group's answers and weights. Its *influence* is the derivative by a person's
weight: the sum of weights times influences has, to first order, the variance of the figure (Deville 1999,
Survey Methodology 25). Poverty lines and quintile shares rest on quantiles, so their influences need the
density of the answers; formulas after Osier 2009 (Survey Research Methods 3), as in R ``convey`` 1.0.1:

    density    f(x) = sum w phi((x - y) / h) / (h N),  h = sd N^(-1/5),  N = sum w   (a Gaussian kernel)
    threshold  T = a m, m the median;                      -a (I(y <= m) - 1/2) / (N f(m))
    quintiles  R = S80 / S20, sums of the answers above the 4th and up to the 1st quintile;
               (u80 - R u20) / S20,  u20 = y I(y <= q) - e(q) (I(y <= q) - 1/5)  with e(q) the kernel's mean
               of the answers near q, and u80 = y I(y > q') + e(q') (I(y <= q') - 4/5)
    Gini       G = sum of w w' |y - y'| over all pairs / (2 N sum w y);
               (sum w' |y - y'|) / (N Y) - G / N - G y / Y,  Y = sum w y

The Gini coefficient is that of R ``laeken`` (Alfons and Templ 2013, Journal of Statistical Software 54),
whose value depends neither on the order of equal answers nor on the unit of the weights; its influence is
exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.moments import divided
from everycount.estimate.plan import FIFTH, MeasureKind
from everycount.estimate.quantiles import Ladder, of_sets

if TYPE_CHECKING:
    from everycount.estimate.plan import Measure, QuantileRule
    from everycount.estimate.stages import Bools, Floats, Ints

_ROOT_2_PI = math.sqrt(2 * math.pi)
_QUANTILES = {MeasureKind.POVERTY_THRESHOLD: (0.5,), MeasureKind.QUINTILE_SHARE: (FIFTH, 1 - FIFTH)}
SEVERAL = 3  # clusters in which the same answer is more than one family's


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of figure about a group.

    Attributes:
        kind: which.
        line: for a poverty threshold, the part of the median.
        rule: which answer is a quantile.
    """

    kind: MeasureKind
    line: float
    rule: QuantileRule

    @classmethod
    def of(cls, measure: Measure, rule: QuantileRule) -> Figure:
        """What a measure looks for in a group; for the share at risk of poverty, the line it is held to."""
        at_risk = measure.kind is MeasureKind.AT_RISK_OF_POVERTY
        return cls(MeasureKind.POVERTY_THRESHOLD if at_risk else measure.kind, measure.line, rule)

    @property
    def smooth(self) -> bool:
        """Moves smoothly with the weights, so that a jackknife can give its error.

        A quantile does not, and where incomes are heaped, the ends of a quintile share jump with theirs.
        """
        return self.kind is MeasureKind.GINI

    def value(self, y: Floats, w: Floats) -> float:
        """The figure; NaN where there is none: nobody, or nothing to share out."""
        if not len(y):
            return math.nan
        if self.kind is MeasureKind.GINI:
            return float(gini(y, w[:, None])[0])
        ladder = Ladder.of(y, w)
        if self.kind is MeasureKind.POVERTY_THRESHOLD:
            return self.line * ladder.at(0.5, self.rule)
        low, high = (ladder.at(share, self.rule) for share in (FIFTH, 1 - FIFTH))
        return float(_top_over_bottom(y, w[:, None], np.array([low]), np.array([high]))[0])

    def values(self, y: Floats, w: Floats) -> Floats:
        """The figure under many sets of weights, float64[people, sets]; NaN where a set has nobody."""
        if self.kind is MeasureKind.GINI:
            return gini(y, w)
        order = np.argsort(y, kind="stable")
        y, w = y[order], w[order]
        if self.kind is MeasureKind.POVERTY_THRESHOLD:
            return self.line * of_sets(y, w, 0.5, self.rule)
        low, high = (of_sets(y, w, share, self.rule) for share in (FIFTH, 1 - FIFTH))
        return _top_over_bottom(y, w, low, high)

    def influence(self, y: Floats, w: Floats) -> Floats:
        """The influence of each person; 0 where the figure has no value."""
        if not len(y) or not math.isfinite(self.value(y, w)):
            return np.zeros(len(y))
        if self.kind is MeasureKind.GINI:
            return _gini_influence(y, w)
        if self.kind is MeasureKind.POVERTY_THRESHOLD:
            return _threshold_influence(y, w, self.line, self.rule)
        return _quintile_influence(y, w, self.rule)

    def heaped(self, y: Floats, w: Floats, clusters: Ints) -> bool:
        """So many gave just the answer at a quantile that it jumps from heap to heap and has no density.

        More of them than the error of a share there, and in several clusters: the members of one household
        share an income without heaping.
        """
        shares = _QUANTILES.get(self.kind, ())
        if not shares or len(y) < 2:
            return False
        ladder = Ladder.of(y, w)
        return any(
            _is_heap(y == ladder.at(share, self.rule), w, clusters, math.sqrt(share * (1 - share) / len(y)))
            for share in shares
        )

    def largest_share(self, y: Floats, w: Floats) -> float:
        """The largest part that one person has of a sum that is looked at; NaN where that says nothing.

        The sums of a quintile share are those of its two ends: few people each, and the figure is nothing but
        their ratio.
        """
        if not len(y) or y.min() < 0:
            return math.nan
        amounts = [w * y]
        if self.kind is MeasureKind.QUINTILE_SHARE:
            ladder = Ladder.of(y, w)
            bottom, top = y <= ladder.at(FIFTH, self.rule), y > ladder.at(1 - FIFTH, self.rule)
            amounts = [w[bottom] * y[bottom], w[top] * y[top]]
        return max((float(part.max() / part.sum()) for part in amounts if part.sum() > 0), default=math.nan)


def _is_heap(same: Bools, w: Floats, clusters: Ints, limit: float) -> bool:
    large = float(w[same].sum()) > limit * float(w.sum())
    return large and len(np.unique(clusters[same])) >= SEVERAL


def gini(y: Floats, w: Floats) -> Floats:
    """Gini coefficients, one for each set of weights; equal answers are one step, so order is nothing.

    Args:
        y: float64[people], 0 or more.
        w: float64[people, sets].
    """
    order = np.argsort(y, kind="stable")
    starts = np.flatnonzero(np.diff(y[order], prepend=np.nan) != 0)
    people = np.add.reduceat(w[order], starts, axis=0)
    have = people * y[order][starts, None]
    up_to = np.cumsum(people, axis=0)
    below_less_above = 2 * up_to - people - up_to[-1]
    return divided((have * below_less_above).sum(axis=0), up_to[-1] * have.sum(axis=0))


def _gini_influence(y: Floats, w: Floats) -> Floats:
    steps, at = np.unique(y, return_inverse=True)
    people = np.bincount(at, weights=w)
    have = people * steps
    up_to, had = np.cumsum(people), np.cumsum(have)
    n, total = up_to[-1], had[-1]
    apart = steps * (2 * up_to - people - n) + total - 2 * had + have  # sum of w' |y - y'|
    found = float((have * (2 * up_to - people - n)).sum() / (n * total))
    influence: Floats = (apart / (n * total) - found / n - found * steps / total)[at]
    return influence


def _top_over_bottom(y: Floats, w: Floats, low: Floats, high: Floats) -> Floats:
    """S80 / S20, one for each set of weights and its quintiles; NaN where the bottom has nothing."""
    have = w * y[:, None]
    top, bottom = (have * (y[:, None] > high)).sum(axis=0), (have * (y[:, None] <= low)).sum(axis=0)
    return divided(top, bottom)


def _quintile_influence(y: Floats, w: Floats, rule: QuantileRule) -> Floats:
    ladder = Ladder.of(y, w)
    low, high = ladder.at(FIFTH, rule), ladder.at(1 - FIFTH, rule)
    below, above = y <= low, y > high
    bottom = float((w * y)[below].sum())
    ratio = float((w * y)[above].sum()) / bottom
    near = Kernel.of(y, w)
    lower = y * below - near.mean(low) * (below - FIFTH)
    upper = y * above + near.mean(high) * ((y <= high) - (1 - FIFTH))
    return np.asarray((upper - ratio * lower) / bottom, dtype=np.float64)


def _threshold_influence(y: Floats, w: Floats, line: float, rule: QuantileRule) -> Floats:
    """0 where all answers are the median: that it is the same for all is not certainty about it."""
    median = Ladder.of(y, w).at(0.5, rule)
    density = Kernel.of(y, w).density(median)
    if not 0 < density < math.inf:
        return np.zeros(len(y))
    return np.asarray(-line * ((y <= median) - 0.5) / (float(w.sum()) * density), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Kernel:
    """The answers of a group, smoothed.

    Attributes:
        y, w: answers and weights.
        width: bandwidth of the Gaussian kernel, sd N^(-1/5); 0 where all answers are alike.
    """

    y: Floats
    w: Floats
    width: float

    @classmethod
    def of(cls, y: Floats, w: Floats) -> Kernel:
        """From at least one answer."""
        if y.min() == y.max():
            return cls(y, w, 0.0)
        total = float(w.sum())
        away = y - float(w @ y) / total
        return cls(y, w, math.sqrt(float(w @ away**2) / total) / total**0.2)

    def density(self, x: float) -> float:
        """The density of the answers at x; infinite where all are x."""
        if self.width == 0:
            return math.inf if x == self.y[0] else 0.0
        return float(self._near(x).sum()) / (_ROOT_2_PI * self.width * float(self.w.sum()))

    def mean(self, x: float) -> float:
        """The mean of the answers near x; x itself where there are none."""
        near = self._near(x) if self.width else np.zeros(len(self.y))
        total = float(near.sum())
        return float(near @ self.y) / total if total else x

    def _near(self, x: float) -> Floats:
        near: Floats = self.w * np.exp(-(((x - self.y) / self.width) ** 2) / 2)
        return near
