"""Intervals, element by element over arrays of cells; NaN in, NaN out.

Sources: Korn and Graubard 1998, Survey Methodology 24; Dean and Pagano 2015, Journal of Survey Statistics and
Methodology 3 (xlogit, Wilson, arcsine under complex designs); Parker et al. 2017, Vital and Health Statistics
2(175), for the truncated Korn-Graubard interval; Rao and Scott 1984, Annals of Statistics 12, for likelihood
ratios scaled by a design effect. The arithmetic agrees with R survey 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, expit, logit, stdtrit

from everycount.estimate.plan import IntervalRule

if TYPE_CHECKING:
    from everycount.estimate.stages import Bools, Floats, Ints

KORN_GRAUBARD = (
    "korn_graubard"  # the NCHS form of ``beta``: never more effective respondents than respondents
)
STUDENT = "t"
JUDGED_LEVEL = 0.95
EXACT = "exact"  # everybody was asked: no sampling error
FEW_EFFECTIVE, FEW_EVENTS = 60, 10  # below these, ``auto`` takes Korn-Graubard
_STEPS, _CLOSE = 60, 1e-15


@dataclass(frozen=True, slots=True)
class Bounds:
    """Intervals of an array of cells, and the name of the method that made each ("" where there is none)."""

    low: Floats
    high: Floats
    method: list[str]


@dataclass(frozen=True, slots=True)
class Proportions:
    """What the interval of a proportion looks at; parallel arrays.

    Attributes:
        p: the proportions.
        se: standard errors, NaN where they cannot be estimated.
        n: respondents.
        events: respondents with what is looked for.
        n_effective: n / deff, NaN where unknown.
        t: Student's quantile on the cell's degrees of freedom.
    """

    p: Floats
    se: Floats
    n: Floats
    events: Floats
    n_effective: Floats
    t: Floats

    @property
    def extreme(self) -> Bools:
        """Nobody, or everybody."""
        extreme: Bools = (self.n > 0) & ((self.events == 0) | (self.events == self.n))
        return extreme

    def those(self, wanted: Bools) -> Proportions:
        """Some of them."""
        columns = self.p, self.se, self.n, self.events, self.n_effective, self.t
        return Proportions(*(column[wanted] for column in columns))


def student(level: float, df: Floats | Ints) -> Floats:
    """Quantile of Student's t that leaves (1 - level) / 2 above it; NaN without degrees of freedom.

    Thousands of cells share a few degrees of freedom, so each is looked up once.
    """
    degrees = np.where(np.asarray(df) > 0, df, np.nan).astype(float)
    known, at = np.unique(degrees, return_inverse=True)
    return np.asarray(stdtrit(known, 0.5 + level / 2)[at.reshape(degrees.shape)], dtype=np.float64)


def symmetric(value: Floats, se: Floats, t: Floats) -> tuple[Floats, Floats]:
    """Value plus and minus t standard errors."""
    return value - t * se, value + t * se


def of_proportions(rule: IntervalRule, cells: Proportions, level: float) -> Bounds:
    """Intervals of proportions by a rule.

    Where nobody or everybody has what is looked for, no rule but Korn-Graubard gives an interval, with all
    respondents counted as effective; it is taken whatever the rule.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        exact_like = cells.extreme
        if rule is IntervalRule.AUTO:
            few = np.minimum(cells.events, cells.n - cells.events) < FEW_EVENTS
            few |= np.fmin(cells.n_effective, cells.n) < FEW_EFFECTIVE
            exact_like = exact_like | few
            rule = IntervalRule.XLOGIT
        low, high = _RULES[rule](cells, level)
        low[exact_like], high[exact_like] = korn_graubard(cells.those(exact_like), level)
    names = np.where(exact_like, KORN_GRAUBARD, rule.value)
    names = np.where(np.isfinite(low) & np.isfinite(high), names, "")
    return Bounds(low, high, names.tolist())


def wald(cells: Proportions, level: float) -> tuple[Floats, Floats]:  # noqa: ARG001  (one shape for all rules)
    """P +- t se."""
    return symmetric(cells.p, cells.se, cells.t)


def xlogit(cells: Proportions, level: float) -> tuple[Floats, Floats]:  # noqa: ARG001
    """Symmetric on the logit scale."""
    centre, half = logit(cells.p), cells.t * cells.se / (cells.p * (1 - cells.p))
    return expit(centre - half), expit(centre + half)


def arcsine(cells: Proportions, level: float) -> tuple[Floats, Floats]:  # noqa: ARG001
    """Symmetric on the arcsine scale, not beyond its ends."""
    centre, half = np.arcsin(np.sqrt(cells.p)), cells.t * cells.se / (2 * np.sqrt(cells.p * (1 - cells.p)))
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, np.pi / 2)
    return np.sin(low) ** 2, np.sin(high) ** 2


def wilson(cells: Proportions, level: float) -> tuple[Floats, Floats]:  # noqa: ARG001
    """Wilson's score interval with ne = p (1 - p) / se^2 respondents."""
    p, t, ne = cells.p, cells.t, _effective(cells)
    centre = p + t**2 / (2 * ne)
    half = t / (2 * ne) * np.sqrt(4 * ne * p * (1 - p) + t**2)
    return (centre - half) / (1 + t**2 / ne), (centre + half) / (1 + t**2 / ne)


def beta(cells: Proportions, level: float) -> tuple[Floats, Floats]:
    """Korn and Graubard: Clopper-Pearson with ne (t of n - 1 / t of the design)^2 respondents."""
    return _clopper_pearson(cells.p, _adjusted(cells, level), level)


def korn_graubard(cells: Proportions, level: float) -> tuple[Floats, Floats]:
    """The same with at most n respondents, and exactly n where nobody or everybody has it (NCHS 2017).

    Without degrees of freedom there is none: one village where nobody has it says nothing about the others.
    """
    ne = np.minimum(_adjusted(cells, level), cells.n)
    return _clopper_pearson(cells.p, np.where(cells.extreme & np.isfinite(cells.t), cells.n, ne), level)


def likelihood(cells: Proportions, level: float) -> tuple[Floats, Floats]:  # noqa: ARG001
    """The shares whose binomial log likelihood, scaled by the design effect, is not too far below its peak.

    2 ne (p ln(p / x) + (1 - p) ln((1 - p) / (1 - x))) = t^2 n / (n - 1), with ne = p (1 - p) / se^2;
    n / (n - 1) is the dispersion of a quasi-binomial model with nothing but an intercept.
    """
    reach = cells.t**2 * cells.n / (cells.n - 1) / (2 * _effective(cells))
    return _divergent(cells.p, reach, -1.0), _divergent(cells.p, reach, 1.0)


def _divergent(p: Floats, reach: Floats, side: float) -> Floats:
    """The share on one side of p whose Kullback-Leibler divergence from it is ``reach``.

    On the logit scale the divergence is convex, so from its second step on Newton's method comes nearer from
    outside, and never goes past.
    """
    centre = logit(p)
    least = np.logaddexp(0, centre) - p * centre
    at = centre + side * np.sqrt(2 * reach / (p * (1 - p)))
    for _ in range(_STEPS):
        step = (np.logaddexp(0, at) - p * at - least - reach) / (expit(at) - p)
        at = at - step
        if not (np.abs(step) > _CLOSE * np.maximum(np.abs(at), 1)).any():
            break
    return np.asarray(expit(at), dtype=np.float64)


def judged_width(cells: Proportions, df: Floats | Ints) -> Floats:
    """Width of the interval that the presentation standards look at, whatever is shown: Korn-Graubard, 95 %.

    NCHS 2017 measures that interval and no other; a rule or level of somebody's choice must not make a
    number reliable, nor a rare share unreliable.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = korn_graubard(replace(cells, t=student(JUDGED_LEVEL, df)), JUDGED_LEVEL)
    return high - low


def _effective(cells: Proportions) -> Floats:
    return cells.p * (1 - cells.p) / cells.se**2


def _adjusted(cells: Proportions, level: float) -> Floats:
    return _effective(cells) * (student(level, cells.n - 1) / cells.t) ** 2


def _clopper_pearson(p: Floats, ne: Floats, level: float) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    x, rest = np.where(p > 0, ne * p, 1.0), np.where(p < 1, ne * (1 - p), 1.0)
    low = np.where(p > 0, betaincinv(x, rest * (p < 1) + 1, tail), 0.0)
    high = np.where(p < 1, betaincinv(x * (p > 0) + 1, rest, 1 - tail), 1.0)
    known = np.isfinite(ne)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


_RULES = {
    IntervalRule.WALD: wald,
    IntervalRule.XLOGIT: xlogit,
    IntervalRule.WILSON: wilson,
    IntervalRule.ASIN: arcsine,
    IntervalRule.BETA: beta,
    IntervalRule.LIKELIHOOD: likelihood,
}
