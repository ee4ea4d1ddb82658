"""What is printed of a cell: rounded, consistent numbers, or nothing but its status."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from everycount.protect.cells import Cell, SafeContrast, Status

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.multiplicity import Chance
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
_FEW_STEPS = 100  # where counts are changed: the p-value belongs to the true ones


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


def shown(estimate: Estimate, policy: Policy, basis: Basis, scope: Scope) -> Cell:
    """A cell with its numbers in the policy's digits; ratios of printed numbers are computed from these.

    Where the policy changes counts, the estimate is the changed one (``changed``).
    """
    n, exact = estimate.n, policy.decimals is None and not policy.changes_counts
    value, se, n_effective = (
        _digits(number, policy.decimals) for number in (estimate.value, estimate.se, estimate.n_effective)
    )
    return Cell(
        measure=estimate.measure,
        cell=estimate.cell,
        value=value,
        se=se,
        ci_low=_digits(estimate.ci_low, policy.decimals),
        ci_high=_digits(estimate.ci_high, policy.decimals),
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
        n_needed=estimate.n_needed,
        note=NOTES[Status.SHOWN],
    )


def contrast(found: Contrast, policy: Policy, test: Chance) -> SafeContrast:
    """A comparison in the digits of the values compared."""

    def digits(number: float | None) -> float | None:
        return _digits(number, policy.decimals)

    steps = _FEW_STEPS if policy.changes_counts else _P_STEPS
    return SafeContrast(
        measure=found.measure,
        cell=found.cell,
        against=found.against,
        other=found.other,
        difference=digits(found.difference) or 0.0,
        difference_low=digits(found.difference_low),
        difference_high=digits(found.difference_high),
        ratio=digits(found.ratio),
        ratio_low=digits(found.ratio_low),
        ratio_high=digits(found.ratio_high),
        p_adjusted=None if test.p is None else _rounded_up(test.p, steps),
        differs=test.differs,
    )


def _rounded_up(p: float, steps: int) -> float:
    """A p-value in few digits whatever the policy: all of them would give back those of the error."""
    return math.ceil(round(p * steps, 6)) / steps


def _digits(number: float | None, decimals: int | None) -> float | None:
    return number if number is None or decimals is None else round(number, decimals)


def _over(above: float | None, below: float | None, original: float | None) -> float | None:
    """A ratio of two printed numbers, where the original had one."""
    if original is None or above is None or not below:
        return None
    return above / abs(below)
