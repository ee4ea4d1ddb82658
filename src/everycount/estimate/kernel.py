"""From rows of one table to estimates and comparisons: the door of the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate import fast
from everycount.estimate.contrasts import contrasts_of
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
from everycount.estimate.moments import (
    COUNTED,
    EVENTS,
    EXCLUDED,
    MISSING,
    W,
    divided,
)
from everycount.estimate.plain import Plain
from everycount.estimate.plan import MeasureKind
from everycount.estimate.stages import stages_of
from everycount.estimate.variance import NOTHING_LEFT, check_lonely
from everycount.estimate.verdict import Quality, judge, without_basis
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.estimate.estimates import CellKey, Contrast
    from everycount.estimate.frame import Frame
    from everycount.estimate.moments import CellSums
    from everycount.estimate.plan import Plan, Table
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.estimate.verdict import Judgement
    from everycount.sample.design import Lonely


def estimate_frame(
    frame: Frame, plan: Plan, *, lonely: Lonely, basis: Basis, tables: Sequence[Table]
) -> tuple[list[Estimate], list[Contrast]]:
    """Every cell of every table, and the comparisons of the breakdowns by one dimension.

    Args:
        frame: the rows of one table with everything that estimation needs.
        plan: gives the level and the interval rule.
        lonely: what a stratum with one cluster contributes to the variance.
        basis: without a design basis there are values, but no errors, intervals or degrees of freedom.
        tables: what to estimate; their measures and dimensions are those of the frame. A measure in the same
            breakdown twice is estimated once.

    Returns:
        Estimates in the order of tables, measures within, cells within (each combination of groups, the last
        dimension running fastest, ``n`` = 0 where nobody answered); contrasts in the order of measures, then
        breakdowns.

    Raises:
        InputError: populations that do not fit the sample, or a lonely cluster that the design forbids.
    """
    work = _Work.of(frame, plan, lonely, basis, tables)
    found: dict[tuple[str, tuple[str, ...]], list[Estimate]] = {}
    contrasts: list[Contrast] = []
    for measure, breakdowns in _by_measure(tables).items():
        moments = work.moments(measure)
        for by in breakdowns:
            found[measure, by] = work.estimates(moments, by)
            contrasts += work.contrasts(moments, by, found[measure, by])
    keys = dict.fromkeys((measure, table.by) for table in tables for measure in table.measures)
    return [estimate for key in keys for estimate in found[key]], contrasts


def _by_measure(tables: Sequence[Table]) -> dict[str, list[tuple[str, ...]]]:
    """The breakdowns of each measure, in order of first appearance."""
    wanted: dict[str, dict[tuple[str, ...], None]] = {}
    for table in tables:
        for measure in table.measures:
            wanted.setdefault(measure, {})[table.by] = None
    return {measure: list(breakdowns) for measure, breakdowns in wanted.items()}


def _compiled(
    frame: Frame, stages: Stages, lonely: Lonely, breakdowns: Sequence[tuple[str, ...]]
) -> Mapping[str, Mapping[tuple[str, ...], CellSums]]:
    """The sums that the compiled kernel makes; nothing where it is not there, or not worth loading."""
    if not fast.pays(len(stages.unit), len(breakdowns)):
        return {}
    covered = [name for name, (measure, _) in frame.measures.items() if fast.covers(measure, stages)]
    found = fast.sums_of(frame, stages, covered, breakdowns, lonely=lonely) if covered else None
    return found or {}


@dataclass(frozen=True, slots=True)
class _Work:
    """What all measures share: the design as stages, and the sums of the rows, compiled where that pays."""

    frame: Frame
    plan: Plan
    lonely: Lonely
    designed: bool
    stages: Stages
    plain: Plain
    fast: Mapping[str, Mapping[tuple[str, ...], CellSums]]

    @classmethod
    def of(cls, frame: Frame, plan: Plan, lonely: Lonely, basis: Basis, tables: Sequence[Table]) -> _Work:
        designed = basis is Basis.DESIGN
        stages = stages_of(frame)
        if designed:
            check_lonely(frame, stages, lonely)
        breakdowns = tuple(dict.fromkeys(table.by for table in tables))
        fast = _compiled(frame, stages, lonely, breakdowns)
        return cls(frame, plan, lonely, designed, stages, Plain(frame, stages, breakdowns), fast)

    def moments(self, measure: str) -> Mapping[tuple[str, ...], CellSums]:
        """The sums of one measure in every breakdown."""
        return self.fast[measure] if measure in self.fast else self.plain.moments(measure)

    def estimates(self, moments: Mapping[tuple[str, ...], CellSums], by: tuple[str, ...]) -> list[Estimate]:
        return _Cells.of(self, moments[by]).estimates()

    def contrasts(
        self, moments: Mapping[tuple[str, ...], CellSums], by: tuple[str, ...], cells: list[Estimate]
    ) -> list[Contrast]:
        if len(by) != 1 or moments[by].summed:
            return []
        return contrasts_of(
            moments[by],
            self.stages,
            cells,
            lonely=self.lonely,
            level=self.plan.level,
            designed=self.designed,
        )


@dataclass(frozen=True, slots=True)
class _Cells:
    """One measure in all cells of one breakdown: parallel arrays, NaN where there is nothing to say."""

    work: _Work
    moments: CellSums
    value: Floats
    se: Floats
    deff: Floats
    clusters: Ints
    df: Ints
    exact: Bools

    @classmethod
    def of(cls, work: _Work, moments: CellSums) -> _Cells:
        seen = moments.spread(work.stages, work.lonely)
        df = seen.clusters - seen.strata
        exact = seen.exact & (moments.n > 0) & work.designed
        blind = (seen.variance <= NOTHING_LEFT * moments.parts) | (df <= 0)
        variance = np.where(exact, 0.0, np.where(blind, np.nan, seen.variance))
        if not work.designed:
            variance = np.full(len(variance), np.nan)
        return cls(
            work,
            moments,
            moments.value,
            np.sqrt(variance),
            variance / moments.simple_variance,
            seen.clusters,
            df,
            exact,
        )

    @property
    def n_effective(self) -> Floats:
        """Respondents of a simple random sample with the same error."""
        return divided(self.moments.n, self.deff)

    @property
    def cv(self) -> Floats:
        """Standard error over the absolute value."""
        return divided(self.se, np.abs(self.value))

    def bounds(self) -> Bounds:
        """The intervals, of no width where everybody was asked."""
        if not self.work.designed:
            nothing = np.full(len(self.value), np.nan)
            return Bounds(nothing, nothing, [""] * len(nothing))
        bounds = self._bounds()
        return Bounds(
            np.where(self.exact, self.value, bounds.low),
            np.where(self.exact, self.value, bounds.high),
            [EXACT if exact else name for exact, name in zip(self.exact, bounds.method, strict=True)],
        )

    def _bounds(self) -> Bounds:
        plan = self.work.plan
        if self.moments.measure.kind is MeasureKind.PROPORTION:
            return of_proportions(plan.interval, self._proportions(), plan.level)
        low, high = symmetric(self.value, self.se, student(plan.level, self.df))
        return Bounds(low, high, [STUDENT if finite else "" for finite in np.isfinite(low)])

    def _proportions(self) -> Proportions:
        n, events, t = self.moments.n, self.moments.totals[EVENTS], student(self.work.plan.level, self.df)
        return Proportions(self.value, self.se, n, events, self.n_effective, t)

    def _width(self, bounds: Bounds) -> Floats:
        """What a verdict looks at: of a proportion, the interval of the presentation standards."""
        shown = bounds.high - bounds.low
        if self.moments.measure.kind is not MeasureKind.PROPORTION:
            return shown
        return np.where(self.exact, shown, judged_width(self._proportions(), self.df))

    def estimates(self) -> list[Estimate]:
        """One estimate a cell, in order."""
        moments, totals, bounds = self.moments, self.moments.totals, self.bounds()
        cells = len(self.value)
        counted = moments.measure.kind in COUNTED
        columns = zip(
            [moments.measure.id] * cells,
            _keys(moments.by, self.work.frame),
            _optional(self.value),
            _optional(self.se),
            _optional(bounds.low),
            _optional(bounds.high),
            self.df.tolist() if self.work.designed else [None] * cells,
            bounds.method,
            _whole(moments.n),
            _whole(totals[EVENTS]) if counted else [None] * cells,
            _whole(totals[EXCLUDED]),
            _whole(totals[MISSING]),
            self.clusters.tolist(),
            totals[W].tolist(),
            _optional(self.n_effective),
            _optional(moments.kish),
            _optional(self.deff),
            _optional(self.cv),
            _optional(moments.largest_share),
            *zip(*self._judgements(bounds), strict=True),
            strict=True,
        )
        return [Estimate(*fields) for fields in columns]

    def _judgements(self, bounds: Bounds) -> list[Judgement]:
        n = _whole(self.moments.n)
        if not self.work.designed:
            return [without_basis(count) for count in n]
        kind = self.moments.measure.kind
        events = self.moments.totals[EVENTS]
        extreme = (events == 0) | ((events == self.moments.n) & (kind is MeasureKind.PROPORTION))
        qualities = map(
            Quality,
            _optional(self.value),
            n,
            (extreme & (self.df > 0) & (kind in COUNTED)).tolist(),
            self.exact.tolist(),
            np.isfinite(self.se).tolist(),
            _optional(self._width(bounds)),
            self.df.tolist(),
            _optional(self.n_effective),
            _optional(self.cv),
        )
        return [judge(kind, quality) for quality in qualities]


def _keys(by: tuple[str, ...], frame: Frame) -> Iterator[CellKey]:
    """The cells of a breakdown, the last dimension running fastest."""
    return product(*([(name, group.code) for group in frame.groups[name].groups] for name in by))


def _optional(values: Floats) -> list[float | None]:
    """NaN and infinity as None."""
    return [
        value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)
    ]


def _whole(values: Floats) -> list[int]:
    return [round(value) for value in values.tolist()]
