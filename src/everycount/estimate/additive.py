"""What several sources must send so that their numbers come out as if their records stood together.

Sums over people add up, and so do the squares of clusters about the mean of their stratum, as long as no
stratum is in two sources: the variance of a ratio R = Y / X is, about any centre c, with e = y - c x,

    X^2 V = sum over strata of  S(e, e) + 2 (c - R) S(e, x) + (c - R)^2 S(x, x)

where S is the factor of the stratum times the sum of products of deviations of its clusters (the factors and
the square are those of :mod:`.variance`). Each cell is taken about its own ratio, so that no digit is lost;
a sum of people's numbers needs S(y, y) alone. Everything here is of a whole cell: all strata of a source
together, no stratum and no cluster by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.moments import (
    COUNTED,
    EE,
    EVENTS,
    EX,
    SUMMED,
    WW,
    WX,
    WY,
    XX,
    CellSums,
    Entries,
    Moments,
    N,
    W,
)
from everycount.estimate.stages import sums_by
from everycount.estimate.variance import Spread, average_factor
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Bools, Floats, Ints, Stage, Stages

ROWS = 11  # sums of a cell, in the order of the kernel


@dataclass(frozen=True, slots=True)
class StageState:
    """How the clusters of one stage spread, in one cell.

    Attributes:
        ee, ex, xx: S(e, e), S(e, x) and S(x, x) about the centre of the cell; of a sum S(y, y), 0 and 0.
        parents: strata (or clusters of the stage before) with somebody in the cell.
        alone: those of them with one cluster drawn of several.
    """

    ee: float
    ex: float
    xx: float
    parents: int
    alone: int


@dataclass(frozen=True, slots=True)
class CellState:
    """One measure in one cell of one source: sums over people, and over strata.

    Attributes:
        n: respondents; events: those with what a proportion or count looks for, 0 of other measures.
        w, ww: sums of their weights, and of the squares of these.
        y, x: weighted sums of numerator and denominator.
        ee, ex, xx: weighted second moments of people about the ratio y / x of this cell.
        clusters: first-stage clusters with a respondent.
        exact: everybody who could have been drawn was.
        stages: one per stage of the design that the variance looks at.
    """

    n: int
    events: int
    w: float
    ww: float
    y: float
    x: float
    ee: float
    ex: float
    xx: float
    clusters: int
    exact: bool
    stages: tuple[StageState, ...]


def states_of(moments: Moments, stages: Stages, lonely: Lonely) -> list[CellState]:
    """The state of every cell of a breakdown, in order; of an empty cell all zeros."""
    summed, counted = moments.measure.kind in SUMMED, moments.measure.kind in COUNTED
    ratio = np.nan_to_num(moments.ratio)
    seen = moments.spread(stages, lonely)
    totals = moments.totals
    away = ratio - moments.centre
    ee = totals[EE] - 2 * away * totals[EX] + away**2 * totals[XX]
    ex = totals[EX] - away * totals[XX]
    forms = [_stage_states(stage, moments, ratio, lonely, summed=summed) for stage in stages.stages]
    return [
        CellState(
            n=round(totals[N, cell]),
            events=round(totals[EVENTS, cell]) if counted else 0,
            w=float(totals[W, cell]),
            ww=float(totals[WW, cell]),
            y=float(totals[WY, cell]),
            x=float(totals[WX, cell]),
            ee=max(float(ee[cell]), 0.0),
            ex=float(ex[cell]),
            xx=float(totals[XX, cell]),
            clusters=int(seen.clusters[cell]),
            exact=bool(seen.exact[cell]),
            stages=tuple(form[cell] for form in forms),
        )
        for cell in range(moments.cells)
    ]


def nobody(stages: int) -> CellState:
    """The state of a cell in which nobody was met."""
    none = StageState(0.0, 0.0, 0.0, 0, 0)
    return CellState(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, exact=True, stages=(none,) * stages)


def _stage_states(
    stage: Stage, moments: Moments, ratio: Floats, lonely: Lonely, *, summed: bool
) -> list[StageState]:
    """S of one stage for every cell."""
    cells, owner = moments.cells, moments.cell
    y, x = moments.sums[WY, moments.answered], moments.sums[WX, moments.answered]
    e = y if summed else y - ratio[owner] * x
    clusters = _Groups.of(owner, stage.cluster[moments.unit], len(stage.parent))
    values = [clusters.sums(e), clusters.sums(np.zeros_like(x) if summed else x)]
    parents = _Groups.of(clusters.owner, stage.parent[clusters.member], len(stage.drawn))
    drawn, alone = stage.drawn[parents.member], stage.lonely[parents.member]
    touched = np.bincount(parents.of_entry, minlength=len(parents.owner))
    # A lonely cluster is held against the mean of all clusters, which of e is 0 (see Lonely.ADJUST).
    centres = [np.where(alone, 0.0, parents.sums(value) / drawn) for value in values]
    factor = np.where(alone & (lonely is not Lonely.ADJUST), 0.0, stage.factors[parents.member])

    def products(one: int, other: int) -> Floats:
        apart = [values[which] - centres[which][parents.of_entry] for which in (one, other)]
        squares = parents.sums(apart[0] * apart[1]) + (drawn - touched) * centres[one] * centres[other]
        return sums_by(parents.owner, factor * squares, cells)

    columns = (products(0, 0), products(0, 1), products(1, 1))
    counts = np.bincount(parents.owner, minlength=cells), np.bincount(parents.owner[alone], minlength=cells)
    return [
        StageState(float(ee), float(ex), float(xx), int(met), int(single))
        for ee, ex, xx, met, single in zip(*columns, *counts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Groups:
    """Entries put together by owner (a cell) and member (a cluster, or its parent)."""

    owner: Ints
    member: Ints
    of_entry: Ints

    @classmethod
    def of(cls, owner: Ints, member: Ints, members: int) -> _Groups:
        key = owner.astype(np.int64) * max(members, 1) + member
        known, of_entry = np.unique(key, return_inverse=True)
        return cls(known // max(members, 1), known % max(members, 1), of_entry)

    def sums(self, values: Floats) -> Floats:
        return sums_by(self.of_entry, values, len(self.owner))


def together(states: Sequence[CellState], *, summed: bool) -> CellState:
    """The same cell of several sources as one.

    Args:
        states: one or more; no stratum is in two of them.
        summed: the measure is a sum over people and not a ratio.
    """
    y, x = sum(one.y for one in states), sum(one.x for one in states)
    ratio = y / x if x else 0.0
    aways = [(one.y / one.x if one.x else 0.0) - ratio for one in states]
    stages = zip(*(one.stages for one in states), strict=True)
    return CellState(
        n=sum(one.n for one in states),
        events=sum(one.events for one in states),
        w=sum(one.w for one in states),
        ww=sum(one.ww for one in states),
        y=y,
        x=x,
        ee=sum(
            one.ee + 2 * away * one.ex + away**2 * one.xx for one, away in zip(states, aways, strict=True)
        ),
        ex=sum(one.ex + away * one.xx for one, away in zip(states, aways, strict=True)),
        xx=sum(one.xx for one in states),
        clusters=sum(one.clusters for one in states),
        exact=all(one.exact for one in states if one.n),
        stages=tuple(_stages_together(stage, [0.0] * len(aways) if summed else aways) for stage in stages),
    )


def _stages_together(stages: Sequence[StageState], aways: Sequence[float]) -> StageState:
    pairs = list(zip(stages, aways, strict=True))
    return StageState(
        ee=sum(one.ee + 2 * away * one.ex + away**2 * one.xx for one, away in pairs),
        ex=sum(one.ex + away * one.xx for one, away in pairs),
        xx=sum(one.xx for one in stages),
        parents=sum(one.parents for one in stages),
        alone=sum(one.alone for one in stages),
    )


@dataclass(frozen=True)
class PooledSums(CellSums):
    """One measure in one breakdown, from states that have been put together; the kernel finishes it.

    Attributes:
        measure: what is estimated.
        breakdown: the dimensions; ``groups``: how many groups each has.
        states: one per cell, the last dimension running fastest.
        centre: any number near the ratio of all rows, about which the second moments are taken.
    """

    measure: Measure
    breakdown: tuple[str, ...]
    groups: tuple[int, ...]
    states: tuple[CellState, ...]
    centre: float

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions."""
        return self.breakdown

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each dimension."""
        return self.groups

    @cached_property
    def totals(self) -> Floats:
        """float64[11, cells]; who gave no answer, or stands outside, has not travelled."""
        totals = np.zeros((ROWS, len(self.states)))
        for cell, one in enumerate(self.states):
            away = (one.y / one.x if one.x else 0.0) - self.centre
            totals[[WY, WX, N, W, EVENTS, WW], cell] = one.y, one.x, one.n, one.w, one.events, one.ww
            second = one.ee + 2 * away * one.ex + away**2 * one.xx, one.ex + away * one.xx, one.xx
            totals[[EE, EX, XX], cell] = second
        return totals

    @property
    def largest_of_cells(self) -> Floats:
        """Unknown: the largest contribution is one person's."""
        return np.full(len(self.states), np.nan)

    @property
    def parts(self) -> Floats:
        """The size of what the variance is a difference of, for each cell."""
        above = self._column("y") ** 2 + (0.0 if self.summed else self._column("y") ** 2)
        clusters = np.maximum(self._column("clusters"), 1)
        scale = 1.0 if self.summed else self.denominator**2
        return above / clusters / scale

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:  # noqa: ARG002 - the states know their design
        """Variance, clusters and strata of each cell."""
        variance = np.zeros(len(self.states))
        for stage in range(len(self.states[0].stages) if self.states else 0):
            found = [one.stages[stage] for one in self.states]
            parents, alone = np.array([one.parents for one in found]), np.array([one.alone for one in found])
            factor = average_factor(parents, alone) if lonely is Lonely.AVERAGE else np.ones(len(found))
            variance += factor * [one.ee for one in found]
        if not self.summed:
            variance /= self.denominator**2
        exact: Bools = self._column("exact").astype(bool)
        clusters = self._column("clusters").astype(np.int64)
        strata = np.array([one.stages[0].parents for one in self.states], dtype=np.int64)
        return Spread(variance, clusters, strata, exact)

    def entries(self) -> Entries:
        """Nobody can say: clusters have not travelled, and groups are therefore not compared."""
        raise NotImplementedError("Sums of clusters are not pooled.")

    def _column(self, name: str) -> Floats:
        return np.array([getattr(one, name) for one in self.states], dtype=np.float64)
