"""Differences and ratios between groups, with the covariance that shared clusters give them.

A group, the rest, the best-off group and everybody are unions of the groups of one dimension (and of those in
none). With U_j = sum (y - R x) w / X and Z_j = sum x w / X per unit and group, R and X being everybody's, the
influence of a union S is X / X_S times the sum over its groups of U_j + (R - R_S) Z_j. So one matrix of
cross-products of U and Z holds the covariance of every pair of unions. Ratios are taken on the log scale
(delta method). Sources: Särndal, Swensson and Wretman 1992, 5.5-5.6; the cross-products as in R survey's
``svyby(covmat = TRUE)`` with ``svycontrast``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.association import Groups, testable
from everycount.estimate.estimates import Against, Contrast, Verdict
from everycount.estimate.intervals import student
from everycount.estimate.plan import Better
from everycount.estimate.stages import sums_by
from everycount.estimate.variance import NOTHING_LEFT, Influences, average_factor, cross_products
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.estimate.moments import CellSums, Entries
    from everycount.estimate.stages import Bools, Floats, Ints, Stages

    Codes: TypeAlias = frozenset[int]  # 0: in none of the groups; 1, 2, ...: the groups in order

SMALL_UNIONS = 4096  # pairs of groups that are added up directly
ONE_GROUP = frozenset({Against.BEST, Against.REFERENCE})  # is what they hold a group against
RELIABLE = frozenset({Verdict.PUBLISH, Verdict.CAUTION})


def contrasts_of(
    moments: CellSums,
    stages: Stages,
    cells: list[Estimate],
    *,
    lonely: Lonely,
    level: float,
    designed: bool,
    reference: str | None = None,
    compared: dict[tuple[str, str], Groups] | None = None,
) -> list[Contrast]:
    """Each group of a breakdown by one dimension against the rest, the best-off group and everybody.

    Args:
        moments: the measure in that breakdown; a proportion, mean or ratio.
        stages: the design.
        cells: the estimates of the groups, in order.
        lonely: what a stratum with one cluster contributes.
        level: of the intervals.
        designed: whether there is a basis for errors.
        reference: code of a group that the others are held against as well.
        compared: takes what a test of all groups together needs.
    """
    groups = _Groups.of(moments)
    meter = _Meter.of(groups, stages, lonely, level) if designed and any(groups.n) else None
    if compared is not None and meter is not None and testable(cells) and not meter.everybody_asked:
        compared[moments.measure.id, moments.by[0]] = meter.all_groups()
    best = _best_off(moments, cells)
    named = next((code for code, cell in enumerate(cells, start=1) if cell.cell[0][1] == reference), None)
    return [
        contrast
        for code, cell in enumerate(cells, start=1)
        for against, other in _others(groups, code, best, named)
        if (contrast := _compare(groups, meter, cell, code, against, other, cells)) is not None
    ]


def _best_off(moments: CellSums, cells: list[Estimate]) -> int | None:
    """The code of the best-off group among those whose number can be relied on.

    A group of a few people is best off by chance too often to be what everybody else is held against.
    """
    better = moments.measure.better
    values = {
        code: cell.value
        for code, cell in enumerate(cells, start=1)
        if cell.value is not None and cell.verdict in RELIABLE
    }
    if better is None or not values:
        return None
    pick = max if better is Better.HIGHER else min
    return pick(values, key=lambda code: values[code])


def _others(
    groups: _Groups, code: int, best: int | None, named: int | None
) -> Iterator[tuple[Against, Codes]]:
    """What a group is held against; nothing that holds nobody, and never the group itself."""
    everybody = frozenset(range(len(groups.n)))
    rest = everybody - {0, code}
    if groups.people(rest):
        yield Against.REST, rest
    if best is not None and best != code:
        yield Against.BEST, frozenset({best})
    if groups.people(everybody - {code}):
        yield Against.OVERALL, everybody
    if named is not None and named != code and groups.people(frozenset({named})):
        yield Against.REFERENCE, frozenset({named})


def _compare(
    groups: _Groups,
    meter: _Meter | None,
    cell: Estimate,
    code: int,
    against: Against,
    other: Codes,
    cells: list[Estimate],
) -> Contrast | None:
    own, value = groups.ratio(frozenset({code})), groups.ratio(other)
    if cell.value is None or own is None or value is None:
        return None
    errors = meter.errors(frozenset({code}), other) if meter is not None else None
    key: CellKey = cells[min(other) - 1].cell if against in ONE_GROUP else ()
    difference, ratio = own - value, own / value if value != 0 else None
    if errors is None:
        return Contrast(
            cell.measure, cell.cell, against, key, difference, None, None, None, ratio, None, None, None
        )
    reach = errors.t * errors.difference
    ratio_low = ratio_high = None
    if ratio is not None and errors.log_ratio is not None:
        factor = math.exp(min(errors.t * errors.log_ratio, 700.0))  # beyond, the interval says nothing
        ratio_low, ratio_high = ratio / factor, ratio * factor
    return Contrast(
        cell.measure,
        cell.cell,
        against,
        key,
        difference,
        errors.difference,
        difference - reach,
        difference + reach,
        ratio,
        ratio_low,
        ratio_high,
        errors.df,
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups of one dimension, code 0 (in none) first.

    Attributes:
        entries: w y, w x and respondents of each unit and group that meet.
        all_y, all_x, n: sums of y and x and the respondents of each group.
    """

    entries: Entries
    all_y: list[float]
    all_x: list[float]
    n: list[float]

    @classmethod
    def of(cls, moments: CellSums) -> _Groups:
        entries, codes = moments.entries(), moments.sizes[0] + 1
        sums = (sums_by(entries.code, values, codes) for values in (entries.y, entries.x, entries.n))
        all_y, all_x, n = (values.tolist() for values in sums)
        return cls(entries, all_y, all_x, n)

    def units(self, codes: Codes, units: int) -> Bools:
        """Units in which somebody of a union answered, bool[units]."""
        member = np.zeros(len(self.n), dtype=bool)
        member[list(codes)] = True
        here = self.entries.unit[member[self.entries.code] & (self.entries.n > 0)]
        return _touched(here, units)

    def people(self, codes: Codes) -> bool:
        """Somebody answered."""
        return any(self.n[code] for code in codes)

    def below(self, codes: Codes) -> float:
        """X of a union."""
        return math.fsum(self.all_x[code] for code in codes)

    def ratio(self, codes: Codes) -> float | None:
        """The value of a union; None where X is 0."""
        below = self.below(codes)
        return math.fsum(self.all_y[code] for code in codes) / below if below else None


@dataclass(frozen=True, slots=True)
class _Errors:
    """Standard errors of a difference and of the log of a ratio (None where a value is not positive)."""

    difference: float
    log_ratio: float | None
    t: float
    df: int


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a union touches: degrees of freedom, Student's quantile, and each stage's factor."""

    df: int
    t: float
    factors: list[float]


@dataclass(frozen=True)
class _Meter:
    """Measures errors between unions of groups.

    Attributes:
        groups, stages, lonely, level: as above.
        total: X of everybody; overall: Y / X of everybody.
        products: the cross-products of the basis at each stage.
        scale: for each group, the sum of squares that its part of the basis is made of.
        everybody_asked: no cluster was left out at any stage, so that nothing is uncertain.
    """

    groups: _Groups
    stages: Stages
    lonely: Lonely
    level: float
    total: float
    overall: float
    products: list[Floats]
    scale: list[float]
    everybody_asked: bool
    reaches: dict[Codes, _Reach] = field(default_factory=dict)

    @classmethod
    def of(cls, groups: _Groups, stages: Stages, lonely: Lonely, level: float) -> _Meter:
        total = math.fsum(groups.all_x) or 1.0
        overall = math.fsum(groups.all_y) / total
        here, codes = groups.entries, len(groups.n)
        scale = sums_by(here.code, here.y**2 + (overall * here.x) ** 2, codes) / total**2
        basis = Influences(here.unit, here.code, np.stack([here.y - overall * here.x, here.x]) / total, codes)
        products = cross_products(stages, basis, lonely=lonely)
        asked = not any((stage.open > 0).any() for stage in stages.stages)
        return cls(groups, stages, lonely, level, total, overall, products, scale.tolist(), asked)

    def errors(self, one: Codes, other: Codes) -> _Errors | None:
        """Errors of one union against another; None where they cannot be estimated.

        They cannot where one of the two sides shows no variation of its own: an error made from the other
        side alone would be too small.
        """
        reach = self._reach(one | other)
        if self.everybody_asked:
            return _Errors(0.0, 0.0, 0.0, reach.df)
        if reach.df <= 0:
            return None
        pair = self._pair(one, other, reach)
        mine, others = pair.first, pair.second
        variance = pair.of_difference(1.0, 1.0)
        visible = mine > self._floor(one) and others > self._floor(other)
        if not (visible and variance > NOTHING_LEFT * (mine + others)):
            return None
        return _Errors(math.sqrt(variance), self._log_ratio(one, other, pair), reach.t, reach.df)

    def all_groups(self) -> Groups:
        """The groups with answers, and the covariance of their sums: y is U + R Z, x is Z."""
        here = np.flatnonzero(self.groups.n)
        here = here[here > 0]
        both = np.concatenate([here, len(self.groups.n) + here])
        reach = self._reach(frozenset(here.tolist()))
        basis = np.zeros((len(both), len(both)))
        for factor, product in zip(reach.factors, self.products, strict=True):
            basis += factor * self.total**2 * product[np.ix_(both, both)]
        first, second = slice(len(here)), slice(len(here), None)
        basis[first] += self.overall * basis[second]
        basis[:, first] += self.overall * basis[:, second]
        above, below = np.array(self.groups.all_y)[here], np.array(self.groups.all_x)[here]
        n = math.fsum(np.array(self.groups.n)[here].tolist())
        return Groups(tuple((here - 1).tolist()), above, below, n, basis, reach.df)

    def _log_ratio(self, one: Codes, other: Codes, pair: _Pair) -> float | None:
        mine, others = self.groups.ratio(one) or 0.0, self.groups.ratio(other) or 0.0
        if mine <= 0 or others <= 0:
            return None
        return math.sqrt(max(pair.of_difference(1 / mine, 1 / others), 0.0))

    def _coefficients(self, codes: Codes) -> Floats:
        """How a union's influence is made of U and Z of each of its groups: the same two numbers for all."""
        scale = self.total / self.groups.below(codes)
        return scale * np.array([1.0, self.overall - (self.groups.ratio(codes) or 0.0)])

    def _pair(self, one: Codes, other: Codes, reach: _Reach) -> _Pair:
        """Variances and covariance of two unions, all stages together."""
        first, second = self._coefficients(one), self._coefficients(other)
        sides = ((first, one, first, one), (second, other, second, other), (first, one, second, other))
        return _Pair(
            *(
                math.fsum(
                    factor * float(left @ within.between(mine, others) @ right)
                    for factor, within in zip(reach.factors, self.unions, strict=True)
                )
                for left, mine, right, others in sides
            )
        )

    @cached_property
    def unions(self) -> list[_Unions]:
        """The cross-products of each stage, to be added up over unions."""
        return [_Unions.of(product, len(self.groups.n)) for product in self.products]

    def _floor(self, codes: Codes) -> float:
        """What a union's variance must exceed to be more than rounding."""
        share = self.total / self.groups.below(codes)
        return NOTHING_LEFT * share**2 * math.fsum(self.scale[code] for code in codes)

    def _reach(self, codes: Codes) -> _Reach:
        if codes not in self.reaches:
            self.reaches[codes] = self._reached(codes)
        return self.reaches[codes]

    def _reached(self, codes: Codes) -> _Reach:
        """Clusters and strata with a respondent of the union give the degrees of freedom, as for a cell."""
        units = self.groups.units(codes, self.stages.units)
        degrees: list[int] = []
        factors: list[float] = []
        for stage in self.stages.stages:
            clusters = _touched(stage.cluster[units], len(stage.parent))
            parents = _touched(stage.parent[clusters], len(stage.drawn))
            alone = (parents & stage.lonely).sum() if self.lonely is Lonely.AVERAGE else 0
            degrees.append(int(clusters.sum() - parents.sum()))
            factors.append(float(average_factor(parents.sum(), np.asarray(alone))))
        return _Reach(degrees[0], float(student(self.level, np.array(degrees[0]))), factors)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The variances of two unions' values and their covariance."""

    first: float
    second: float
    both: float

    def of_difference(self, one: float, other: float) -> float:
        """The variance of ``one`` times the first less ``other`` times the second."""
        return one**2 * self.first + other**2 * self.second - 2 * one * other * self.both


@dataclass(frozen=True, slots=True)
class _Unions:
    """Cross-products of U and Z of every group, added up over unions of groups.

    The rest is everybody less one group: with hundreds of groups it is added up from what it leaves out,
    so that the cost of all comparisons grows with the square of their number and not with the cube.

    Attributes:
        blocks: float64[2, groups, 2, groups].
        rows: the same with the last groups added up, float64[2, groups, 2].
        whole: float64[2, 2].
    """

    blocks: Floats
    rows: Floats
    whole: Floats

    @classmethod
    def of(cls, product: Floats, groups: int) -> _Unions:
        blocks = product.reshape(2, groups, 2, groups)
        rows = blocks.sum(axis=3)
        return cls(blocks, rows, rows.sum(axis=1))

    def between(self, one: Codes, other: Codes) -> Floats:
        """Sums over the groups of two unions, float64[2, 2]; the first axis is the first union's."""
        if len(one) * len(other) <= SMALL_UNIONS:
            return self._direct(one, other)
        if len(one) < len(other):
            return self.between(other, one).T
        left_out = frozenset(range(self.blocks.shape[1])) - one
        if len(left_out) >= len(one):
            return self._direct(one, other)
        return self._with_everybody(other).T - self.between(left_out, other)

    def _direct(self, one: Codes, other: Codes) -> Floats:
        picked = self.blocks[:, sorted(one)][..., sorted(other)]
        return np.asarray(picked.sum(axis=(1, 3)))

    def _with_everybody(self, codes: Codes) -> Floats:
        """Sums over a union and everybody."""
        groups = self.blocks.shape[1]
        if 2 * len(codes) <= groups:
            return np.asarray(self.rows[:, sorted(codes)].sum(axis=1))
        left_out = sorted(frozenset(range(groups)) - codes)
        return np.asarray(self.whole - self.rows[:, left_out].sum(axis=1))


def _touched(numbers: Ints, size: int) -> Bools:
    touched = np.zeros(size, dtype=bool)
    touched[numbers] = True
    return touched
