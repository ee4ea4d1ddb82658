"""Quantiles in every cell, each with its interval: shares turned round.

The share of people at or below the quantile is a proportion, so the kernel gives its error under the whole
design, a domain as a domain. Woodruff (1952, JASA 47) maps the ends of its interval back to answers with the
quantile's own rule. The score interval holds the answers whose share is not told apart from the one asked for
(Francisco and Fuller 1991, Annals of Statistics 19). The standard error is the interval's width over 2 t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.intervals import EXACT, STUDENT, student, symmetric
from everycount.estimate.placed import cells_of, people_of
from everycount.estimate.plan import (
    WOODRUFF,
    IntervalRule,
    Measure,
    MeasureKind,
    QuantileInterval,
    QuantileRule,
    Table,
)
from everycount.estimate.quantiles import CARE, Care, Ladder, of_sets
from everycount.estimate.replicates import Replicated, in_turns
from everycount.estimate.sums import estimate_sums
from everycount.estimate.verdict import Quality, judge, without_basis
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Plan
    from everycount.estimate.stages import Bools, Floats, Ints
    from everycount.estimate.verdict import Judgement
    from everycount.sample.design import Lonely

# An end of an interval needs this many answers at it or beyond. The largest answer of a cell bounds nothing:
# whoever was not asked may well have more; and it is one person's answer.
BEYOND = 3
_SHARES = {
    QuantileInterval.AUTO: IntervalRule.AUTO,
    QuantileInterval.MEAN: IntervalRule.WALD,
    QuantileInterval.BETA: IntervalRule.BETA,
    QuantileInterval.XLOGIT: IntervalRule.XLOGIT,
    QuantileInterval.ASIN: IntervalRule.ASIN,
    QuantileInterval.SCORE: IntervalRule.WALD,
}


def estimate_quantiles(
    frame: Frame,
    plan: Plan,
    *,
    lonely: Lonely,
    basis: Basis,
    tables: Sequence[Table],
    care: Care = CARE,
) -> list[Estimate]:
    """Every cell of every table, for measures that are medians or quantiles; arguments as in the kernel.

    Raises:
        InputError: as :func:`everycount.estimate.sums.estimate_sums`.
    """
    keys = dict.fromkeys((measure, table.by) for table in tables for measure in table.measures)
    found = [
        Breakdown.of(frame, plan, measure, by, lonely=lonely, basis=basis, care=care) for measure, by in keys
    ]
    return [estimate for one in found for estimate in one.estimates()]


@dataclass(frozen=True, slots=True)
class Ends:
    """Intervals of the cells of one breakdown, NaN where there is none."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Breakdown:
    """One measure in all cells of one breakdown.

    Attributes:
        shares_at: the shares at or below a threshold for each cell, as the kernel estimates shares.
        ladders: the answers of each cell; None where nobody answered.
        value: the quantiles, NaN where nobody answered.
        at_value: the shares at or below them.
        replicated: standard errors from the quantiles of replicates, where replicates have such.
    """

    plan: Plan
    measure: Measure
    designed: bool
    shares_at: Callable[[Floats], list[Estimate]]
    ladders: list[Ladder | None]
    value: Floats
    at_value: list[Estimate]
    replicated: Floats | None

    @classmethod
    def of(
        cls,
        frame: Frame,
        plan: Plan,
        measure: str,
        by: tuple[str, ...],
        *,
        lonely: Lonely,
        basis: Basis,
        care: Care,
    ) -> Breakdown:
        """Quantiles, and the shares at or below them."""
        definition, columns = frame.measures[measure]
        cell = cells_of(frame, by)
        share = definition.share or 0.5
        parts = people_of(frame, columns, by)
        ladders = [
            Ladder.of(columns.y[part], frame.weights[part], care) if len(part) else None for part in parts
        ]
        value = _each(ladders, lambda ladder, _: ladder.at(share, plan.quantile_rule))
        rule = replace(plan, interval=_SHARES[plan.quantile_interval])

        def shares_at(thresholds: Floats) -> list[Estimate]:
            below = np.where(np.isnan(columns.y), np.nan, columns.y <= thresholds[cell])
            proportion = Measure(measure, MeasureKind.PROPORTION)
            turned = replace(frame, measures={measure: (proportion, replace(columns, y=below))})
            tables = [Table((measure,), by)]
            return estimate_sums(turned, rule, lonely=lonely, basis=basis, tables=tables)[0]

        designed = basis is Basis.DESIGN
        errors = None
        again = frame.replicates
        if designed and isinstance(again, Replicated) and _direct(again, plan):
            thetas = [_thetas(frame, again, columns.y, part, share, plan.quantile_rule) for part in parts]
            errors = np.sqrt(again.variance(np.stack(thetas), value))
        return cls(plan, definition, designed, shares_at, ladders, value, shares_at(value), errors)

    def ends(self) -> Ends:
        """The intervals as the method gives them."""
        if not self.designed:
            nothing = np.full(len(self.value), np.nan)
            return Ends(nothing, nothing)
        if self.replicated is not None:
            return Ends(*symmetric(self.value, self.replicated, self.t))
        if self.plan.quantile_interval is QuantileInterval.SCORE:
            return self._score()
        low, high = (
            _array([one.ci_low for one in self.at_value]) - self._beyond,
            _array([one.ci_high for one in self.at_value]) - self._beyond,
        )
        return Ends(self._answers_at(low), self._answers_at(high))

    @property
    def _beyond(self) -> Floats:
        """How far ``auto`` moves the interval of the share at or below a quantile.

        Where answers are heaped, that share is far above the one asked for: with a median of 30 minutes that
        80 % do not exceed, its interval speaks of 80 %. It is moved back; the named scales leave it, as R
        survey does.
        """
        if self.plan.quantile_interval is not QuantileInterval.AUTO:
            return np.zeros(len(self.value))
        return _array([one.value for one in self.at_value]) - (self.measure.share or 0.5)

    def _answers_at(self, shares: Floats) -> Floats:
        rule = self.plan.quantile_rule
        return _each(self.ladders, lambda ladder, place: ladder.at(float(shares[place]), rule))

    @property
    def t(self) -> Floats:
        """Student's quantile of each cell."""
        return student(self.plan.level, np.array([one.df or 0 for one in self.at_value]))

    def _score(self) -> Ends:
        """The first answer that is not too low, and the first that is too high, by bisection in all cells."""
        known = np.isfinite(_array([one.se for one in self.at_value]))
        low, high = self._first(lambda score: score <= self.t), self._first(lambda score: score < -self.t)
        return Ends(np.where(known, low, np.nan), np.where(known, high, np.nan))

    def _first(self, holds: Callable[[Floats], Bools]) -> Floats:
        """The first answer of each cell for whose score something holds, if it holds for all after it."""
        above = np.array([0 if ladder is None else len(ladder.steps) - 1 for ladder in self.ladders])
        below = np.full(len(above), -1)
        while ((above - below) > 1).any():
            middle = np.where(above - below > 1, (above + below) // 2, above)
            yes = holds(self.scores(self._steps_at(middle)))
            above, below = np.where(yes, middle, above), np.where(yes, below, middle)
            below = np.minimum(below, above - 1)
        return self._steps_at(above)

    def _steps_at(self, places: Ints) -> Floats:
        return _each(self.ladders, lambda ladder, place: float(ladder.steps[places[place]]))

    def scores(self, thresholds: Floats) -> Floats:
        """How far the share at or below a threshold is under the one asked for, in standard errors."""
        found = self.shares_at(thresholds)
        away = (self.measure.share or 0.5) - _array([one.value for one in found])
        se = _array([one.se for one in found])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(se > 0, away / se, np.sign(away) * np.inf)

    def estimates(self) -> list[Estimate]:
        """One estimate a cell, in order."""
        ends, t, exact = self.ends(), self.t, np.array([one.interval == EXACT for one in self.at_value])
        bounded = self._bounded(ends)
        low = np.where(exact, self.value, np.where(bounded, ends.low, np.nan))
        high = np.where(exact, self.value, np.where(bounded, ends.high, np.nan))
        se = np.where(exact, 0.0, (high - low) / (2 * t))
        shares = _each(self.ladders, lambda ladder, _: ladder.largest_share)
        fields = zip(self.at_value, *map(_optional, (self.value, se, low, high, shares)), strict=True)
        return [self._estimate(*one) for one in fields]

    def _bounded(self, ends: Ends) -> Bools:
        """Both ends stand among the answers, with some people at and beyond each, and they differ.

        An interval of no width says that answers are heaped, not that the quantile is certain.
        """
        if self.replicated is not None:
            return np.isfinite(self.replicated)
        beneath = _each(self.ladders, lambda ladder, place: ladder.people_up_to(float(ends.low[place])))
        above = _each(self.ladders, lambda ladder, place: ladder.people_from(float(ends.high[place])))
        return (np.fmin(beneath, above) >= BEYOND) & (ends.low < ends.high)

    def _estimate(
        self,
        share: Estimate,
        value: float | None,
        se: float | None,
        low: float | None,
        high: float | None,
        largest: float | None,
    ) -> Estimate:
        cv = se / abs(value) if se is not None and value else None
        made = replace(
            share,
            value=value,
            se=se,
            ci_low=low,
            ci_high=high,
            interval=self._method(share) if low is not None else "",
            events=None,
            cv=cv,
            largest_share=largest,
        )
        verdict, needed = self._judged(made)
        return replace(made, verdict=verdict, n_needed=needed)

    def _method(self, share: Estimate) -> str:
        if share.interval == EXACT:
            return EXACT
        if self.replicated is not None:
            return STUDENT
        score = self.plan.quantile_interval is QuantileInterval.SCORE
        return QuantileInterval.SCORE.value if score else f"{WOODRUFF}{share.interval}"

    def _judged(self, made: Estimate) -> Judgement:
        if not self.designed:
            return without_basis(made.n)
        wide = None if made.ci_low is None or made.ci_high is None else made.ci_high - made.ci_low
        quality = Quality(
            value=made.value,
            n=made.n,
            extreme=False,
            exact=made.interval == EXACT,
            estimable=made.se is not None,
            width=wide,
            df=made.df or 0,
            n_effective=made.n_effective,
            cv=made.cv,
        )
        return judge(self.measure.kind, quality)


def _direct(replicates: Replicated, plan: Plan) -> bool:
    """Quantiles can be taken of each replicate; a jackknife changes too little for that."""
    return not replicates.smooth and plan.quantile_interval is QuantileInterval.AUTO


def _thetas(
    frame: Frame, replicates: Replicated, y: Floats, rows: Ints, share: float, rule: QuantileRule
) -> Floats:
    """The quantile of a cell in every replicate; NaN where nobody is left."""
    if not len(rows):
        return np.full(replicates.factors.shape[1], np.nan)
    rows = rows[np.argsort(y[rows], kind="stable")]
    found = [of_sets(y[rows], part, share, rule) for part in in_turns(replicates, rows, frame.weights[rows])]
    return np.concatenate(found)


def _each(ladders: Sequence[Ladder | None], take: Callable[[Ladder, int], float]) -> Floats:
    """A number from each cell, NaN where nobody answered."""
    return np.array(
        [math.nan if ladder is None else take(ladder, place) for place, ladder in enumerate(ladders)]
    )


def _array(values: Sequence[float | None]) -> Floats:
    return np.array([math.nan if value is None else value for value in values])


def _optional(values: Floats) -> list[float | None]:
    """NaN as None."""
    return [value if math.isfinite(value) else None for value in values.tolist()]
