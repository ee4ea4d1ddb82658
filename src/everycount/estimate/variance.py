"""Variance of influence values under a multistage design, by Taylor linearisation.

The influence of a last-stage unit on a total is its weighted sum u = sum w y; on a ratio R = Y/X it is
u = sum w (y - R x) / X (a mean has x = 1). Within each parent of a stage (a stratum, or a cluster of the
stage above)

    (1 - f) n / (n - 1)  sum over its n clusters of (u - mean u)^2

is added, multiplied with the sampling fractions of the stages above (Särndal, Swensson and Wretman 1992,
Model Assisted Survey Sampling, 4.3 and 5.5; the recursion over stages after Bellhouse 1985). Clusters without
anybody of the domain stay in the sum with u = 0: a domain keeps the whole design. Squares are taken after
centring, never as a difference of large sums, and the lonely cluster is treated as in R survey 4.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.stages import PLACE, stratum_name, sums_by
from everycount.faults import Fault, InputError
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame
    from everycount.estimate.stages import Bools, Floats, Ints, Stage, Stages

# A variance below this part of what its clusters hold is nothing but rounding: all clusters are equal, which
# is a sign that the variance cannot be seen, not that there is none (statistics reference, "not estimable").
NOTHING_LEFT = 1e-12
ROOMY = 64  # a table of this many places a key is cheaper than sorting the keys
ONE_THREAD = 250_000  # products made together; of more, linear algebra takes threads, which cost here


@dataclass(frozen=True, slots=True)
class Spread:
    """How the influence values of each owner (a cell) spread over the design; one number an owner.

    Attributes:
        variance: NaN where lonely clusters leave nothing to go by.
        clusters: first-stage clusters with an entry.
        strata: first-stage strata with an entry.
        exact: the entries' clusters were drawn whole at every stage, so there is no sampling error.
    """

    variance: Floats
    clusters: Ints
    strata: Ints
    exact: Bools


def check_lonely(frame: Frame, stages: Stages, lonely: Lonely) -> None:
    """Refuse lonely clusters where the design says so.

    Raises:
        InputError: ``lonely`` is FAIL and some stratum (or cluster of a later stage) has one cluster.
    """
    if lonely is not Lonely.FAIL:
        return
    faults = [
        Fault(
            PLACE,
            f"The {stratum_name(frame, int(stages.strata[parent]))} has only one cluster, "
            "so its variance cannot be estimated.",
            'Merge it with a similar stratum, or set lonely to "adjust", "average" or "certainty".',
        )
        for parent in np.flatnonzero(stages.stages[0].lonely)
    ]
    faults += [
        Fault(
            PLACE,
            f"At stage {number}, {int(stage.lonely.sum())} clusters have only one unit drawn in them, "
            "so the variance within them cannot be estimated.",
            'Set lonely to "adjust", "average" or "certainty".',
        )
        for number, stage in enumerate(stages.stages[1:], start=2)
        if stage.lonely.any()
    ]
    if faults:
        raise InputError(*faults)


def spread(
    stages: Stages,
    owner: Ints,
    unit: Ints,
    influence: Floats,
    owners: int,
    *,
    lonely: Lonely,
    domain_lonely: bool = False,
) -> Spread:
    """Variance of the sum of influence values of each owner.

    Args:
        stages: the design.
        owner: owner of each entry, 0 to ``owners`` - 1, never falling.
        unit: last-stage unit of each entry, rising within an owner; units left out count as 0.
        influence: influence value of each entry.
        owners: how many owners there are.
        lonely: what a stratum with one cluster contributes.
        domain_lonely: treat a stratum in which only one cluster has an entry as lonely, too
            (R survey's ``survey.adjust.domain.lonely``).
    """
    variance = np.zeros(owners)
    closed = np.ones(owners, dtype=bool)
    tops: list[tuple[Ints, Ints]] = []
    for stage in stages.stages:
        entries = _Entries.of(stage, owner, unit, influence)
        tops.append((entries.owner_of_cluster, entries.owner_of_parent))
        variance += entries.variance(stage, owners, lonely, domain_lonely=domain_lonely)
        in_doubt = (stage.reach * stage.open)[entries.parent] > 0
        closed[entries.owner_of_parent[in_doubt]] = False
    return Spread(variance, _count(tops[0][0], owners), _count(tops[0][1], owners), closed)


def _count(owner: Ints, owners: int) -> Ints:
    return np.bincount(owner, minlength=owners).astype(np.int64)


def _starts(*keys: Ints) -> Ints:
    """Positions at which any of the parallel keys changes."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    change = np.zeros(len(keys[0]), dtype=bool)
    change[0] = True
    for key in keys:
        change[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(change)


def _sums(values: Floats, starts: Ints) -> Floats:
    return np.add.reduceat(values, starts) if len(starts) else np.zeros(0)


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of one stage: sums per (owner, cluster), and where the parents begin among them."""

    owner_of_cluster: Ints
    sums: Floats
    parent: Ints  # of each (owner, parent)
    owner_of_parent: Ints
    starts: Ints  # of each (owner, parent) among the (owner, cluster)

    @classmethod
    def of(cls, stage: Stage, owner: Ints, unit: Ints, influence: Floats) -> _Entries:
        cluster = stage.cluster[unit]
        begins = _starts(owner, cluster)
        owner, parent = owner[begins], stage.parent[cluster[begins]]
        starts = _starts(owner, parent)
        return cls(owner, _sums(influence, begins), parent[starts], owner[starts], starts)

    def variance(self, stage: Stage, owners: int, lonely: Lonely, *, domain_lonely: bool) -> Floats:
        touched = np.diff(self.starts, append=len(self.sums))
        drawn = stage.drawn[self.parent]
        alone = stage.lonely[self.parent]
        if domain_lonely:
            alone = alone | ((touched == 1) & (stage.open[self.parent] > 0))
        centre = _sums(self.sums, self.starts) / drawn
        if lonely is Lonely.ADJUST:
            grand = sums_by(self.owner_of_cluster, self.sums, owners) / max(len(stage.parent), 1)
            centre = np.where(alone, grand[self.owner_of_parent], centre)
        factor = stage.factors[self.parent]
        if lonely is Lonely.AVERAGE:
            factor = np.where(alone, 0.0, factor)
        elif lonely is not Lonely.ADJUST:
            factor = np.where(stage.lonely[self.parent], 0.0, factor)
        squares = _sums((self.sums - np.repeat(centre, touched)) ** 2, self.starts)
        squares += (drawn - touched) * centre**2
        total = sums_by(self.owner_of_parent, factor * squares, owners)
        if lonely is Lonely.AVERAGE:
            total = total * average_factor(
                _count(self.owner_of_parent, owners), _count(self.owner_of_parent[alone], owners)
            )
        return total


def average_factor(strata: Ints, alone: Ints) -> Floats:
    """What the other strata are multiplied with to stand for the lonely ones; NaN where all are lonely."""
    seen = strata - alone
    return np.where(seen > 0, strata / np.maximum(seen, 1), np.where(alone > 0, np.nan, 1.0))


@dataclass(frozen=True, slots=True)
class Influences:
    """Influence values of several statistics for each group, where units and groups meet; 0 elsewhere.

    Attributes:
        unit: last-stage unit of each entry.
        code: group of each entry.
        values: float64[statistics, entries].
        codes: number of groups.
    """

    unit: Ints
    code: Ints
    values: Floats
    codes: int

    @classmethod
    def of(cls, values: Floats) -> Influences:
        """From values of every unit, float64[units, groups], one statistic each."""
        units, codes = values.shape
        unit, code = np.divmod(np.arange(values.size), max(codes, 1))
        return cls(unit, code, values.reshape(1, units * codes), codes)

    @property
    def width(self) -> int:
        """Groups times statistics: the first statistic of all groups, then the second."""
        return self.codes * len(self.values)

    def within(self, above: Ints) -> Influences:
        """Summed to the units above, in their order; ``above`` is that of each unit."""
        key = above[self.unit] * self.codes + self.code
        known, at = _ranked(key, (int(above.max(initial=-1)) + 1) * self.codes)
        values = np.stack([sums_by(at, row, len(known)) for row in self.values])
        return Influences(known // self.codes, known % self.codes, values, self.codes)

    def mean(self, units: int) -> Floats:
        """Over all units, float64[width]."""
        return np.concatenate([sums_by(self.code, row, self.codes) for row in self.values]) / max(units, 1)

    def met(self, units: range) -> Ints:
        """Groups met in a run of units; entries in the order of units."""
        return np.unique(self.code[self._here(units)])

    def table(self, units: range, codes: Ints) -> Floats:
        """Values of a run of units in some groups, float64[units, statistics x groups]."""
        here = self._here(units)
        shape = len(units), len(codes)
        at = (self.unit[here] - units.start) * shape[1] + np.searchsorted(codes, self.code[here])
        tables = [sums_by(at, row[here], shape[0] * shape[1]).reshape(shape) for row in self.values]
        return np.concatenate(tables, axis=1)

    def _here(self, units: range) -> slice:
        first, last = np.searchsorted(self.unit, (units.start, units.stop)).tolist()
        return slice(first, last)


def _ranked(key: Ints, size: int) -> tuple[Ints, Ints]:
    """The keys that occur, rising, and the rank of each key; ticked off where there are not too many."""
    if size > ROOMY * len(key):
        return np.unique(key, return_inverse=True)
    occurs = np.zeros(size, dtype=bool)
    occurs[key] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[key]


def cross_products(stages: Stages, influences: Floats | Influences, *, lonely: Lonely) -> list[Floats]:
    """Covariances of several statistics, per stage, from their influence values.

    The square of the variance is replaced by the product of two statistics' centred sums. Under AVERAGE, the
    matrix of each stage waits for :func:`average_factor`, which depends on the strata that a comparison
    touches.

    Args:
        stages: the design.
        influences: where there are some, or of every unit: float64[units, statistics].
        lonely: what a stratum with one cluster contributes.

    Returns:
        One matrix a stage, float64[width, width].
    """
    if not isinstance(influences, Influences):
        influences = Influences.of(influences)
    return [_cross_product(stage, influences, lonely) for stage in stages.stages]


def _cross_product(stage: Stage, influences: Influences, lonely: Lonely) -> Floats:
    """Some clusters at a time, and only the groups met there: many groups are absent from most places."""
    by_cluster = influences.within(stage.cluster)
    by_parent = by_cluster.within(stage.parent)
    grand = by_cluster.mean(len(stage.parent))
    factors = stage.factors
    if lonely is not Lonely.ADJUST:
        factors = np.where(stage.lonely, 0.0, factors)
    width = influences.width
    run = min(max(ONE_THREAD // max(width, 1) ** 2, 64), 8192)
    product = np.zeros((width, width))
    for first in range(0, len(stage.parent), run):
        parent = stage.parent[first : first + run]
        above = range(int(parent[0]), int(parent[-1]) + 1)
        alone = stage.lonely[above.start : above.stop]
        met = by_parent.met(above)
        if lonely is Lonely.ADJUST and alone.any():
            met = np.arange(influences.codes)  # even a group that is not there differs from the mean of all
        columns = np.add.outer(np.arange(len(influences.values)) * influences.codes, met).ravel()
        centre = by_parent.table(above, met) / stage.drawn[above.start : above.stop, None]
        if lonely is Lonely.ADJUST:
            centre[alone] = grand[columns]
        sums = by_cluster.table(range(first, first + len(parent)), met)
        deviations = sums - centre[parent - above.start]
        product[np.ix_(columns, columns)] += (deviations * factors[parent, None]).T @ deviations
    return product
