"""Which cells say too much about too few people, each judged alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.condition import questions
from everycount.estimate.origins import roots
from everycount.estimate.plan import INEQUALITY, QUANTILES, WITH_EVENTS, MeasureKind
from everycount.protect.families import looked_at
from everycount.sample.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.estimate.plan import Measure, Plan
    from everycount.protect.families import Family
    from everycount.protect.policy import Policy

_EQUAL = 1e-9  # parts of a total that differ by less are equal
_BESIDE = 3  # fewest respondents on either side of a quantile
_AMOUNTS = QUANTILES | INEQUALITY | {MeasureKind.TOTAL, MeasureKind.MEAN}


def threshold(cell: CellKey, sensitive: frozenset[str], policy: Policy) -> int:
    """Fewest respondents that a cell may show."""
    if any(dimension in sensitive for dimension, _ in cell):
        return max(policy.min_respondents, policy.min_respondents_sensitive)
    return policy.min_respondents


def is_small(estimate: Estimate, measure: Measure, least: int, policy: Policy, *, clustered: bool) -> bool:
    """A number that would tell about single people: few, few clusters, all alike, or one who dominates."""
    if estimate.n == 0:
        return False
    return estimate.n < least or any(True for _ in broken(estimate, measure, policy, clustered=clustered))


def broken(
    estimate: Estimate, measure: Measure, policy: Policy, *, clustered: bool
) -> Iterator[tuple[str, float, float]]:
    """(rule, what there is, what there should be) of each rule broken but that of the fewest respondents."""
    if _few_clusters(estimate, measure, policy, clustered=clustered):
        yield "min_clusters", estimate.clusters, policy.min_clusters
    # Where the design names clusters, these are counted in place of households: there are at least as many.
    if measure.table != MAIN and estimate.clusters < policy.min_households:
        yield "min_households", estimate.clusters, policy.min_households
    if _all_alike(estimate, measure, policy):
        yield "min_respondents_extreme", estimate.n, policy.min_respondents_extreme
    if _all_equal(estimate, measure, policy):
        yield "all_equal", estimate.n, policy.min_respondents_extreme
    if _few_with_property(estimate, measure, policy):
        events = estimate.events or 0
        sides = (events, estimate.n - events)
        yield "min_events", min(one for one in sides if one), policy.min_events
    if _few_beside(estimate, measure, policy):
        share = measure.share or 0.5
        yield "beside", estimate.n * min(share, 1 - share), max(_BESIDE, policy.min_events)
    if _dominated(estimate, measure, policy):
        yield "max_share", estimate.largest_share or 1.0, policy.max_share


def _few_clusters(estimate: Estimate, measure: Measure, policy: Policy, *, clustered: bool) -> bool:
    """The rows of a roster share a household even where the design names no clusters."""
    return (clustered or measure.table != MAIN) and estimate.clusters < policy.min_clusters


def _all_alike(estimate: Estimate, measure: Measure, policy: Policy) -> bool:
    """0 % or 100 %: whoever knows that somebody belongs to the group knows that person's answer."""
    if measure.kind not in WITH_EVENTS or estimate.events is None:
        return False
    return estimate.n < policy.min_respondents_extreme and estimate.events in (0, estimate.n)


def _all_equal(estimate: Estimate, measure: Measure, policy: Policy) -> bool:
    """The same of a number: a mean of 0 children, or of 12 of everybody, is everybody's answer.

    Everybody answered alike where a design finds no error although it could, where the largest part of n is
    1 / n, or where amounts add up to nothing.
    """
    if measure.kind in WITH_EVENTS or estimate.n >= policy.min_respondents_extreme or estimate.value is None:
        return False
    no_error = estimate.se is None and estimate.df is not None and estimate.df > 0
    nothing = estimate.value == 0 and measure.kind not in QUANTILES
    return no_error or nothing or is_alike(estimate.largest_share, estimate.n)


def is_alike(share: float | None, n: int) -> bool:
    """The largest of n parts is as large as the n-th part: all are equal."""
    return share is not None and abs(share * n - 1) < _EQUAL


def _few_with_property(estimate: Estimate, measure: Measure, policy: Policy) -> bool:
    if measure.kind not in WITH_EVENTS or estimate.events is None:
        return False
    without = estimate.n - estimate.events
    return 0 < estimate.events < policy.min_events or 0 < without < policy.min_events


def _few_beside(estimate: Estimate, measure: Measure, policy: Policy) -> bool:
    """A quantile near the end of the answers is nearly the largest, or smallest, answer itself.

    The fifths of a quintile share are sums of as few people as stand beyond its quantiles.
    """
    if measure.share is None:
        return False
    return estimate.n * min(measure.share, 1 - measure.share) < max(_BESIDE, policy.min_events)


def _dominated(estimate: Estimate, measure: Measure, policy: Policy) -> bool:
    """The largest contributor can work out the others from the total, and the others can work out theirs."""
    share = estimate.largest_share
    return measure.kind in _AMOUNTS and share is not None and share > policy.max_share


def few_of_sensitive(
    estimate: Estimate, measure: Measure, plan: Plan, sensitive: frozenset[str], policy: Policy
) -> bool:
    """A share of people in a sensitive group says how many these are, as a cell of that group would.

    Both sides count: who is not in the one group is in the other.
    """
    if estimate.events is None or measure.condition is None or not sensitive:
        return False
    fewer = min(estimate.events, estimate.n - estimate.events)
    if not 0 < fewer < max(policy.min_respondents, policy.min_respondents_sensitive):
        return False
    looked_at = roots(questions(measure.condition), plan)
    return any(
        not looked_at.isdisjoint(roots((one.question,), plan))
        for one in plan.dimensions
        if one.id in sensitive
    )


def hides_complement(family: Family, cell: CellKey, everybody: Family | None, plan: Plan, least: int) -> bool:
    """A few stand outside ``among`` while the same answers are published of everybody: the difference.

    Where nothing that is published of everybody looks at the same questions, the difference tells how many
    stand outside (households without earnings), and nothing about what they answered.
    """
    if family.among is None or everybody is None or cell not in everybody.cells:
        return False
    if not asked(family, plan) & asked(everybody, plan):
        return False
    return any(0 < estimate.n_excluded < least for estimate in family.cells[cell].values())


def asked(family: Family, plan: Plan) -> frozenset[str]:
    """The questions behind the numbers of a family, variables followed to what they are made of."""
    found: frozenset[str] = frozenset()
    for measure in family.measures.values():
        found |= roots(looked_at(measure), plan)
    return found


def telling_zero(family: Family, cell: CellKey, sensitive: frozenset[str], policy: Policy) -> bool:
    """Nobody of a small, sensitive group is there: that is a fact about every member, as 0 % is."""
    if family.size(cell) or not any(dimension in sensitive for dimension, _ in cell):
        return False
    return any(
        0 < family.size(cell[:position] + cell[position + 1 :]) < policy.min_respondents_extreme
        for position in range(len(cell))
    )
