"""Estimates and comparisons whose errors are made by another way than from strata and clusters alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.estimates import Against
from everycount.estimate.intervals import (
    EXACT,
    STUDENT,
    Proportions,
    judged_width,
    of_proportions,
    student,
    symmetric,
)
from everycount.estimate.moments import COUNTED
from everycount.estimate.plan import MeasureKind
from everycount.estimate.verdict import Quality, judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Measure, Plan
    from everycount.estimate.stages import Floats, Ints


def remade(
    measure: Measure, cells: Sequence[Estimate], variance: Floats, df: Ints, plan: Plan
) -> list[Estimate]:
    """The cells of one breakdown with another variance (NaN: not estimable) and all that follows from it."""
    value = numbers([one.value for one in cells])
    with np.errstate(invalid="ignore"):  # 0 / 0 where everybody was asked
        simple = numbers([one.se for one in cells]) ** 2 / numbers([one.deff for one in cells])
    n = np.array([float(one.n) for one in cells])
    se, deff, t = np.sqrt(variance), variance / simple, student(plan.level, df)
    effective = n / deff
    (low, high), names = symmetric(value, se, t), [STUDENT] * len(cells)
    width = high - low
    if measure.kind is MeasureKind.PROPORTION:
        events = np.array([float(one.events or 0) for one in cells])
        shares = Proportions(value, se, n, events, effective, t)
        bounds = of_proportions(plan.interval, shares, plan.level)
        low, high, names, width = bounds.low, bounds.high, bounds.method, judged_width(shares, df)
    errors = zip(*map(optional, (se, low, high, deff, effective, width)), strict=True)
    made = zip(cells, df.tolist(), names, errors, strict=True)
    return [one if one.interval == EXACT else _replaced(measure, one, *rest) for one, *rest in made]


def _replaced(
    measure: Measure, one: Estimate, df: int, method: str, errors: tuple[float | None, ...]
) -> Estimate:
    """An estimate with its errors made again, and judged by them."""
    se, low, high, deff, effective, width = errors
    cv = se / abs(one.value) if se is not None and one.value else None
    bounded = low is not None and high is not None
    made = replace(
        one,
        se=se,
        ci_low=low,
        ci_high=high,
        df=df,
        interval=method if bounded else "",
        n_effective=effective,
        deff=deff,
        cv=cv,
    )
    full = measure.kind is MeasureKind.PROPORTION and one.events == one.n
    quality = Quality(
        value=one.value,
        n=one.n,
        extreme=df > 0 and measure.kind in COUNTED and (one.events == 0 or full),
        exact=False,
        estimable=se is not None,
        width=width,
        df=df,
        n_effective=effective,
        cv=cv,
    )
    verdict, needed = judge(measure.kind, quality)
    return replace(made, verdict=verdict, n_needed=needed)


def compared(found: Contrast, difference: float, log_ratio: float, df: int, level: float) -> Contrast:
    """A comparison with other standard errors, of its difference and of the log of its ratio; NaN: none."""
    t = float(student(level, np.array(df)))
    wide, far, ratio = t * difference, t * log_ratio, found.ratio or math.nan
    known = difference if math.isfinite(wide) else math.nan
    ends = [known, found.difference - wide, found.difference + wide]
    ends += [ratio * math.exp(-far), ratio * math.exp(far)]
    se, low, high, ratio_low, ratio_high = (end if math.isfinite(end) else None for end in ends)
    return replace(
        found,
        difference_se=se,
        difference_low=low,
        difference_high=high,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
        df=df,
    )


def sides(frame: Frame, found: Contrast) -> tuple[list[int], list[int]]:
    """The groups on either side of a comparison, by their place; one more than the last for those in none."""
    ((dimension, code),) = found.cell
    codes = [group.code for group in frame.groups[dimension].groups]
    here = codes.index(code)
    if found.against is Against.OVERALL:
        return [here], list(range(len(codes) + 1))
    if found.other:
        return [here], [codes.index(found.other[0][1])]
    return [here], [place for place in range(len(codes)) if place != here]


def numbers(values: Sequence[float | None]) -> Floats:
    """None as NaN."""
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)


def optional(values: Floats) -> list[float | None]:
    """NaN as None."""
    return [value if math.isfinite(value) else None for value in values.tolist()]
