"""What a number of respondents can tell, before anybody is asked: power, and how wide an interval will be.

Two shares of groups of the same size are compared as J. L. Fleiss, B. Levin and M. C. Paik do (Statistical
Methods for Rates and Proportions, 3rd ed., Wiley 2003, section 4.2), with the variance under no difference in
the threshold and that of both shares beside it; it is what R's ``power.prop.test`` computes. Respondents of a
design count as that many fewer as its design effect says (L. Kish, Survey Sampling, Wiley 1965, section 8.2).
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from everycount.estimate.intervals import Proportions, of_proportions, student
from everycount.estimate.plan import IntervalRule

POWER, LEVEL = 0.8, 0.95  # as is customary (Cohen 1988, Statistical Power Analysis, 2.4)
_NORMAL = NormalDist()
_STEPS = 60  # of halving: far below any digit that is shown


def power(n: float, one: float, other: float, *, level: float = LEVEL) -> float:
    """How often a test of two groups of ``n`` tells their shares apart.

    Args:
        n: respondents in each group, divided by the design effect.
        one: the share in the one, above 0 and below 1.
        other: the share in the other.
        level: of the test, two-sided.
    """
    apart = abs(one - other)
    both = one + other
    under_no_difference = math.sqrt(both * (1 - both / 2))
    spread = math.sqrt(one * (1 - one) + other * (1 - other))
    threshold = _NORMAL.inv_cdf(0.5 + level / 2)
    return _NORMAL.cdf((math.sqrt(n) * apart - threshold * under_no_difference) / spread)


def told_apart(n: float, share: float, *, wanted: float = POWER, level: float = LEVEL) -> float | None:
    """The next higher share that can be told from ``share`` with that power; None where there is none."""
    low, high = share, 1 - 1e-9
    if n <= 0 or power(n, share, high, level=level) < wanted:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if power(n, share, middle, level=level) < wanted:
            low = middle
        else:
            high = middle
    return high


def foreseen_interval(
    n: float, share: float, *, deff: float = 1.0, level: float = LEVEL
) -> tuple[float, float] | None:
    """The interval of a share as a release would print it, if ``n`` respondents had it so.

    Args:
        n: respondents.
        share: above 0 and below 1.
        deff: design effect; 1 for a simple random sample.
        level: of the interval.
    """
    effective = n / deff
    if effective < 2:
        return None
    counted = np.array([float(n)])
    error = math.sqrt(share * (1 - share) / (effective - 1))
    cells = Proportions(
        p=np.array([share]),
        se=np.array([error]),
        n=counted,
        events=counted * share,
        n_effective=np.array([effective]),
        t=student(level, np.array([max(effective - 1, 1.0)])),
    )
    found = of_proportions(IntervalRule.AUTO, cells, level)
    low, high = float(found.low[0]), float(found.high[0])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None
