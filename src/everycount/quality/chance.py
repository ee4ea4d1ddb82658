"""How far chance alone would go: tail probabilities, and their correction when many are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL = 0.05
SMALL, MEDIUM, LARGE = 0.1, 0.3, 0.5  # Cohen's w
COHEN = "Cohen 1988, Statistical power analysis, 2nd ed., ch. 7"


@dataclass(frozen=True, slots=True)
class Association:
    """How strongly two classifications hang together.

    Attributes:
        w: effect size, sqrt(chi2 / n): 0 none, 1 as strong as can be.
        p: probability of so large a chi-square without any association.
    """

    w: float
    p: float


def chi_square_p(statistic: float, df: int) -> float:
    """Probability that a chi-square variable exceeds ``statistic``."""
    return float(chdtrc(df, statistic)) if df > 0 else 1.0


def f_p(statistic: float, df1: int, df2: int) -> float:
    """Probability that an F variable exceeds ``statistic``."""
    return float(fdtrc(df1, df2, statistic)) if df1 > 0 and df2 > 0 and statistic > 0 else 1.0


def association(counts: NDArray[np.float64]) -> Association:
    """Pearson's chi-square of a two-way table of counts; empty rows and columns do not count."""
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return Association(0.0, 1.0)
    n = float(counts.sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return Association(float(np.sqrt(statistic / n)), chi_square_p(statistic, df))


def adjusted(probabilities: Sequence[float]) -> list[float]:
    """False-discovery-rate adjusted probabilities (Benjamini and Hochberg 1995, JRSS B 57:289)."""
    p = np.asarray(probabilities, dtype=np.float64)
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(len(p), 0, -1)
    steps = np.minimum.accumulate(p[order] * len(p) / ranks)
    found = np.empty(len(p))
    found[order] = np.minimum(steps, 1.0)
    return [float(each) for each in found]
