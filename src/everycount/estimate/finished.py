"""From sums to numbers with error, interval and verdict: all cells of a measure at once, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, product
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.estimates import Estimate
from everycount.estimate.intervals import (
    EXACT,
    STUDENT,
    Bounds,
    Proportions,
    judged_width,
    of_proportions,
    student,
    symmetric,
)
from everycount.estimate.moments import COUNTED, EVENTS, EXCLUDED, MISSING, Together, W, divided
from everycount.estimate.plan import MeasureKind
from everycount.estimate.variance import NOTHING_LEFT
from everycount.estimate.verdict import VERDICTS, Judgements, Qualities, judge_all, without_basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.estimate.moments import CellSums
    from everycount.estimate.plan import Dimension, Measure, Plan
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.sample.design import Lonely


@dataclass(frozen=True)
class Finished:
    """One measure in all cells of its breakdowns, one after the other; NaN where there is nothing to say.

    Attributes:
        sums: what the numbers are made of; ``breakdowns`` says whose cells follow each other.
        plan: gives the level and the rule of intervals.
        designed: whether there is a basis for errors.
        value: the estimates; se: their standard errors; deff: design effects.
        clusters: first-stage clusters with respondents; df: these less their strata.
        exact: everybody was asked.
    """

    sums: Together
    plan: Plan
    designed: bool
    value: Floats
    se: Floats
    deff: Floats
    clusters: Ints
    df: Ints
    exact: Bools

    @classmethod
    def of(
        cls, breakdowns: Sequence[CellSums], stages: Stages, plan: Plan, lonely: Lonely, *, designed: bool
    ) -> Finished:
        """From the sums of one measure in some breakdowns.

        Args:
            breakdowns: the sums; one breakdown or more.
            stages: the design.
            plan: gives the level and the rule of intervals.
            lonely: what a stratum with one cluster contributes to the variance.
            designed: whether there is a basis for errors.
        """
        sums = Together(tuple(breakdowns))
        seen = sums.spread(stages, lonely)
        df = seen.clusters - seen.strata
        exact = seen.exact & (sums.n > 0) & designed
        blind = (seen.variance <= NOTHING_LEFT * sums.parts) | (df <= 0)
        variance = np.where(exact, 0.0, np.where(blind, np.nan, seen.variance))
        if not designed:
            variance = np.full(len(variance), np.nan)
        deff = variance / sums.simple_variance
        return cls(sums, plan, designed, sums.value, np.sqrt(variance), deff, seen.clusters, df, exact)

    @property
    def measure(self) -> Measure:
        """What is estimated."""
        return self.sums.measure

    @property
    def breakdowns(self) -> list[tuple[str, ...]]:
        """The dimensions of each breakdown."""
        return [one.by for one in self.sums.members]

    @cached_property
    def parts(self) -> dict[tuple[str, ...], slice]:
        """Where the cells of each breakdown stand."""
        ends = accumulate((one.cells for one in self.sums.members), initial=0)
        return {by: slice(*edges) for by, edges in zip(self.breakdowns, pairwise(ends), strict=True)}

    @property
    def n(self) -> Floats:
        """Respondents."""
        return self.sums.n

    @cached_property
    def n_kish(self) -> Floats:
        """What unequal weights alone leave of them."""
        return self.sums.kish

    @cached_property
    def largest_share(self) -> Floats:
        """The largest respondent's share of each sum."""
        return self.sums.largest_share

    @cached_property
    def n_effective(self) -> Floats:
        """Respondents of a simple random sample with the same error."""
        return divided(self.sums.n, self.deff)

    @cached_property
    def cv(self) -> Floats:
        """Standard error over the absolute value."""
        return divided(self.se, np.abs(self.value))

    @cached_property
    def bounds(self) -> Bounds:
        """The intervals, of no width where everybody was asked."""
        if not self.designed:
            nothing = np.full(len(self.value), np.nan)
            return Bounds(nothing, nothing, [""] * len(nothing))
        bounds = self._bounds()
        if not self.exact.any():
            return bounds
        return Bounds(
            np.where(self.exact, self.value, bounds.low),
            np.where(self.exact, self.value, bounds.high),
            [EXACT if exact else name for exact, name in zip(self.exact, bounds.method, strict=True)],
        )

    def _bounds(self) -> Bounds:
        plan = self.plan
        if self.measure.kind is MeasureKind.PROPORTION:
            return of_proportions(plan.interval, self._proportions, plan.level)
        low, high = symmetric(self.value, self.se, student(plan.level, self.df))
        return Bounds(low, high, [STUDENT if finite else "" for finite in np.isfinite(low).tolist()])

    @cached_property
    def _proportions(self) -> Proportions:
        n, events, t = self.sums.n, self.sums.totals[EVENTS], student(self.plan.level, self.df)
        return Proportions(self.value, self.se, n, events, self.n_effective, t)

    @property
    def _width(self) -> Floats:
        """What a verdict looks at: of a proportion, the interval of the presentation standards."""
        shown = self.bounds.high - self.bounds.low
        if self.measure.kind is not MeasureKind.PROPORTION:
            return shown
        return np.where(self.exact, shown, judged_width(self._proportions, self.df))

    @cached_property
    def judgements(self) -> Judgements:
        """What each number is good for."""
        n, kind = self.sums.n, self.measure.kind
        if not self.designed:
            told = {count: without_basis(round(count)) for count in np.unique(n).tolist()}
            said = [told[count] for count in n.tolist()]
            verdicts = np.array([VERDICTS.index(verdict) for verdict, _ in said], dtype=np.int64)
            return Judgements(verdicts, np.array([needed or np.nan for _, needed in said]))
        events = self.sums.totals[EVENTS]
        extreme = (events == 0) | ((events == n) & (kind is MeasureKind.PROPORTION))
        extreme = extreme & (self.df > 0) & (kind in COUNTED)
        estimable = np.isfinite(self.se)
        qualities = Qualities(
            self.value, n, extreme, self.exact, estimable, self._width, self.df, self.n_effective, self.cv
        )
        return judge_all(kind, qualities)

    def estimates(self, by: tuple[str, ...], groups: Mapping[str, Dimension]) -> list[Estimate]:
        """One estimate for each cell of a breakdown, in order."""
        here, totals, bounds, judged = self.parts[by], self.sums.totals, self.bounds, self.judgements
        cells, nothing = here.stop - here.start, [None] * (here.stop - here.start)
        columns = zip(
            [self.measure.id] * cells,
            _keys(by, groups),
            _optional(self.value[here]),
            _optional(self.se[here]),
            _optional(bounds.low[here]),
            _optional(bounds.high[here]),
            self.df[here].tolist() if self.designed else nothing,
            bounds.method[here],
            _whole(self.sums.n[here]),
            _whole(totals[EVENTS, here]) if self.measure.kind in COUNTED else nothing,
            _whole(totals[EXCLUDED, here]),
            _whole(totals[MISSING, here]),
            self.clusters[here].tolist(),
            totals[W, here].tolist(),
            _optional(self.n_effective[here]),
            _optional(self.n_kish[here]),
            _optional(self.deff[here]),
            _optional(self.cv[here]),
            _optional(self.largest_share[here]),
            [VERDICTS[place] for place in judged.verdict[here].tolist()],
            [None if needed is None else round(needed) for needed in _optional(judged.needed[here])],
            strict=True,
        )
        return [Estimate(*fields) for fields in columns]


def _keys(by: tuple[str, ...], groups: Mapping[str, Dimension]) -> Iterator[CellKey]:
    """The cells of a breakdown, the last dimension running fastest."""
    return product(*([(name, group.code) for group in groups[name].groups] for name in by))


def _optional(values: Floats) -> list[float | None]:
    """NaN and infinity as None."""
    found: list[float | None] = values.tolist()
    for place in np.flatnonzero(~np.isfinite(values)).tolist():
        found[place] = None
    return found


def _whole(values: Floats) -> list[int]:
    found: list[int] = np.rint(values).astype(np.int64).tolist()
    return found
