"""Do the groups of a dimension differ at all? One test of all of them, where comparisons are many.

Shares: Pearson's statistic of the table of groups by yes and no, corrected for the design by the first two
moments of its design effects and held against F (Rao and Scott 1984, Annals of Statistics 12; Thomas and Rao
1987, JASA 82; R survey's ``svychisq``). Means and ratios: Wald's statistic of all differences from one group,
corrected for the degrees of freedom that estimate their covariance (Thomas and Rao 1987).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.estimates import Association
from everycount.estimate.plan import MeasureKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.plan import Plan
    from everycount.estimate.stages import Floats

FEWEST_GROUPS = 3  # of two, the comparison of one with the other is the test
MOST_GROUPS = 200  # beyond, one test says little, and takes the time of all other numbers
_SINGULAR = 1e-12  # a covariance whose weakest direction is this much weaker than its strongest has none


@dataclass(frozen=True, slots=True)
class Groups:
    """What a test looks at: the groups with answers.

    Attributes:
        codes: the places of the groups in their dimension.
        y, x: float64[groups], weighted sums above and below the line; x is the weights for shares and means.
        n: respondents of all groups together.
        covariance: float64[2 groups, 2 groups], of all y, then of all x.
        df: degrees of freedom of all groups together.
    """

    codes: tuple[int, ...]
    y: Floats
    x: Floats
    n: float
    covariance: Floats
    df: int


@dataclass(frozen=True, slots=True)
class RaoScott:
    """Pearson's statistic and what the design does to it.

    Attributes:
        pearson: as of people who were drawn one by one.
        effects: float64[groups - 1], generalised design effects.
        shares: float64[2, groups], the table: who has it, who has not.
        covariance: float64[2 groups, 2 groups], of the table's shares.
    """

    pearson: float
    effects: Floats
    shares: Floats
    covariance: Floats

    @classmethod
    def of(cls, groups: Groups) -> RaoScott:
        """From the sums of a share."""
        total, count = groups.x.sum(), len(groups.x)
        shares = np.stack([groups.y, groups.x - groups.y]) / total
        p, one = shares.ravel(), np.eye(count)
        counts = np.block([[one, np.zeros((count, count))], [-one, one]])
        ratio = (counts - np.outer(p, counts.sum(axis=0))) / total
        covariance = ratio @ groups.covariance @ ratio.T
        expected = np.outer(shares.sum(axis=1), shares.sum(axis=0))
        pearson = groups.n * ((shares - expected) ** 2 / expected).sum()
        weights = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
        contrast = np.concatenate([one - 1 / count, 1 / count - one])[:, 1:] * weights[:, None]
        simple = contrast.T @ (contrast / np.where(weights > 0, weights, 1.0)[:, None]) / groups.n
        effects = np.linalg.eigvals(np.linalg.solve(simple, contrast.T @ covariance @ contrast)).real
        return cls(float(pearson), np.asarray(effects), shares, covariance)

    @property
    def df(self) -> float:
        """Degrees of freedom of the statistic: fewer than groups less one where design effects differ."""
        return float(self.effects.sum() ** 2 / (self.effects**2).sum())

    @property
    def statistic(self) -> float:
        """What is held against F."""
        return float(self.pearson / self.effects.sum())


def testable(cells: Sequence[Estimate]) -> bool:
    """There are enough groups with answers to be tested together, and not too many."""
    return FEWEST_GROUPS <= sum(cell.n > 0 for cell in cells) <= MOST_GROUPS


def associations(compared: Mapping[tuple[str, str], Groups], plan: Plan) -> tuple[Association, ...]:
    """The tests of all breakdowns whose groups are compared, by measure and dimension."""
    kinds = {measure.id: measure.kind for measure in plan.measures}
    found = []
    for (measure, dimension), groups in compared.items():
        test = of_shares if kinds[measure] is MeasureKind.PROPORTION else of_values
        found.append(test(measure, dimension, groups))
    return tuple(one for one in found if one is not None)


def of_shares(measure: str, dimension: str, groups: Groups) -> Association | None:
    """Rao and Scott's test; None where everybody or nobody has it, or nothing varies."""
    above, below = groups.y.sum(), groups.x.sum() - groups.y.sum()
    if len(groups.x) < FEWEST_GROUPS or groups.df <= 0 or not min(above, below) > 0:
        return None
    found = RaoScott.of(groups)
    if not found.effects.max() > _SINGULAR:
        return None
    return _held(measure, dimension, found.statistic, found.df, found.df * groups.df)


def of_values(measure: str, dimension: str, groups: Groups) -> Association | None:
    """Wald's test; None where there are too few clusters for so many groups, or some do not vary.

    Nor is there one where a group has no value: the denominators of its ratio are all 0.
    """
    free, count = len(groups.x) - 1, len(groups.x)
    left = groups.df - free + 1
    if count < FEWEST_GROUPS or left <= 0 or not groups.x.all():
        return None
    ratio = groups.y / groups.x
    linear = np.concatenate([np.diag(1 / groups.x), np.diag(-ratio / groups.x)], axis=1)
    away = np.eye(count)[1:] - np.eye(count)[0]
    covariance = away @ linear @ groups.covariance @ linear.T @ away.T
    strengths = np.linalg.eigvalsh(covariance)
    if not strengths[0] > _SINGULAR * strengths[-1]:
        return None
    gaps = away @ ratio
    wald = float(gaps @ np.linalg.solve(covariance, gaps))
    return _held(measure, dimension, wald * left / (groups.df * free), free, left)


def _held(measure: str, dimension: str, statistic: float, df: float, below: float) -> Association:
    from scipy.special import fdtrc  # noqa: PLC0415 - as in multiplicity

    return Association(measure, dimension, statistic, df, below, float(fdtrc(df, below, statistic)))
