"""What is printed of a cell: rounded, consistent numbers, or nothing but its status."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from everycount.estimate.plan import SHARES, MeasureKind
from everycount.protect.cells import Cell, SafeContrast, Status

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.multiplicity import Chance
    from everycount.estimate.plan import Measure
    from everycount.protect.policy import Policy
    from everycount.sample.design import Basis, Scope

NOTES = {
    Status.SHOWN: "",
    Status.SUPPRESSED_SMALL: "Not shown, so that nobody's answers can be told from it.",
    Status.SUPPRESSED_COMPLEMENTARY: "Not shown, because another number could be worked out from it.",
    Status.SUPPRESSED_UNRELIABLE: "Not shown, because too little is known for a number to be trusted.",
    Status.NO_ANSWERS: "Nobody here was asked or answered.",
    Status.WITHHELD_BY_COMMUNITY: "Not shown, because the community decided so.",
}
_P_STEPS = 10_000  # of a p-value from 0 to 1
_COARSE = 2  # digits of a share beside rounded counts: more would give back the unrounded ones


def blank(estimate: Estimate, status: Status, basis: Basis, scope: Scope) -> Cell:
    """A cell that prints no number; 0 respondents where nobody answered."""
    return Cell(
        measure=estimate.measure,
        cell=estimate.cell,
        value=None,
        se=None,
        ci_low=None,
        ci_high=None,
        df=None,
        interval="",
        n=0 if status is Status.NO_ANSWERS else None,
        n_effective=None,
        deff=None,
        cv=None,
        basis=basis,
        scope=scope,
        status=status,
        verdict=None,
        n_needed=None,
        note=NOTES[status],
    )


def shown(estimate: Estimate, measure: Measure, policy: Policy, basis: Basis, scope: Scope) -> Cell:
    """A cell with its numbers; ratios of printed numbers are computed from what is printed."""
    n = count(estimate.n, policy)
    n_effective = _effective(estimate.n_effective, policy)
    value, se = amount(estimate.value, measure, policy), amount(estimate.se, measure, policy)
    exact = policy.decimals is None and policy.round_counts <= 1
    return Cell(
        measure=estimate.measure,
        cell=estimate.cell,
        value=value,
        se=se,
        ci_low=amount(estimate.ci_low, measure, policy),
        ci_high=amount(estimate.ci_high, measure, policy),
        df=estimate.df,
        interval=estimate.interval,
        n=n,
        n_effective=n_effective,
        deff=estimate.deff if exact else _digits(_over(n, n_effective, estimate.deff), policy.decimals),
        cv=estimate.cv if exact else _digits(_over(se, value, estimate.cv), policy.decimals),
        basis=basis,
        scope=scope,
        status=Status.SHOWN,
        verdict=estimate.verdict,
        n_needed=None if estimate.n_needed is None else count(estimate.n_needed, policy),
        note=NOTES[Status.SHOWN],
    )


def contrast(found: Contrast, measure: Measure, policy: Policy, test: Chance) -> SafeContrast:
    """A comparison in the digits of the values compared."""

    def digits(number: float | None) -> float | None:
        return amount(number, measure, policy)

    return SafeContrast(
        measure=found.measure,
        cell=found.cell,
        against=found.against,
        other=found.other,
        difference=digits(found.difference) or 0.0,
        difference_low=digits(found.difference_low),
        difference_high=digits(found.difference_high),
        ratio=_digits(found.ratio, policy.decimals),
        ratio_low=_digits(found.ratio_low, policy.decimals),
        ratio_high=_digits(found.ratio_high, policy.decimals),
        p_adjusted=None if test.p is None else _rounded_up(test.p),
        differs=test.differs,
    )


def count(number: int, policy: Policy) -> int:
    """A count rounded to the policy's base, halves up, and never to 0 when there is somebody."""
    base = policy.round_counts
    if base <= 1 or number == 0:
        return number
    return max(base, (2 * number + base) // (2 * base) * base)


def amount(number: float | None, measure: Measure, policy: Policy) -> float | None:
    """A value or its error in the policy's digits; rounding keeps low <= value <= high."""
    if number is None:
        return None
    if policy.round_counts > 1 and measure.kind is MeasureKind.COUNT:
        return float(round(number / policy.round_counts) * policy.round_counts)
    if policy.round_counts > 1 and measure.kind in SHARES:
        return round(number, _COARSE if policy.decimals is None else min(_COARSE, policy.decimals))
    return _digits(number, policy.decimals)


def _rounded_up(p: float) -> float:
    """A p-value in few digits whatever the policy: all of them would give back those of the error."""
    return math.ceil(round(p * _P_STEPS, 6)) / _P_STEPS


def _digits(number: float | None, decimals: int | None) -> float | None:
    return number if number is None or decimals is None else round(number, decimals)


def _effective(number: float | None, policy: Policy) -> float | None:
    if number is None or policy.round_counts <= 1:
        return _digits(number, policy.decimals)
    return float(round(number / policy.round_counts) * policy.round_counts)


def _over(above: float | None, below: float | None, original: float | None) -> float | None:
    """A ratio of two printed numbers, where the original had one."""
    if original is None or above is None or not below:
        return None
    return above / abs(below)
