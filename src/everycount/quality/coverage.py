"""Whether those who were reached are made up as the population is known to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.chance import COHEN, LARGE, LEVEL, MEDIUM, SMALL, chi_square_p
from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers
    from everycount.quality.roles import Benchmark, Roles, Split

ENOUGH = 50
_SCHOUTEN = "Schouten, Cobben and Bethlehem 2009, Surv Methodol 35:101"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far the shares of groups are from their benchmarks.

    Attributes:
        variation: sqrt(sum (share - benchmark)^2 / benchmark). It is the coefficient of variation of the
            response propensities between the groups, and Cohen's w. The bias of a mean that the groups
            explain is at most so many standard deviations.
        p: probability of such a distance by chance, among as many people as the weights are worth (Kish).
        moved: share of people who would have to be of another group, 0 to 1.
    """

    variation: float
    p: float
    moved: float


def coverage(
    groups: NDArray[np.int32], weights: NDArray[np.float64], benchmark: NDArray[np.float64]
) -> Coverage:
    """The distance of weighted shares from a benchmark.

    Args:
        groups: the group of each record, -1 for none.
        weights: one per record, 0 or more.
        benchmark: the known share of each group; they add up to 1.
    """
    here = groups >= 0
    sums = np.bincount(groups[here], weights=weights[here], minlength=len(benchmark))
    shares = sums / sums.sum()
    distance = float(((shares - benchmark) ** 2 / benchmark).sum())
    effective = float(weights[here].sum() ** 2 / (weights[here] ** 2).sum())
    p = chi_square_p(effective * distance, len(benchmark) - 1)
    return Coverage(float(np.sqrt(distance)), p, float(np.abs(shares - benchmark).sum() / 2))


def r_indicator(variation: float, response_rate: float) -> float:
    """The representativity indicator R = 1 - 2 S of response propensities that differ between groups only.

    1 means that every group was as likely to answer. Only the groups of one benchmark are looked at, so R
    is at most so low: other differences stay unseen (a partial R-indicator, without adjustment for bias).
    """
    return 1 - 2 * response_rate * variation


def coverage_signals(
    answers: Answers, weights: NDArray[np.float64], roles: Roles, splits: Sequence[Split]
) -> Iterator[Signal]:
    """Each benchmark held against the weighted shares of its groups."""
    by_id = {split.id: split for split in splits}
    for benchmark in roles.benchmarks:
        split = by_id.get(benchmark.dimension)
        if split is None or split.column not in answers.columns:
            continue
        codes, names = answers.columns[split.column].grouped(split)
        known = [code for code, _ in benchmark.shares]
        places = np.array(
            [*(known.index(name) if name in known else -1 for name in names), -1], dtype=np.int32
        )
        groups = places[codes]
        if ((groups >= 0) & (weights > 0)).sum() >= ENOUGH:
            yield _signal(answers.table, benchmark, groups, weights, roles.response_rate)


def _signal(
    table: str,
    benchmark: Benchmark,
    groups: NDArray[np.int32],
    weights: NDArray[np.float64],
    response_rate: float | None,
) -> Signal:
    shares = np.array([share for _, share in benchmark.shares])
    found = coverage(groups, weights, shares)
    here = groups >= 0
    sums = np.bincount(groups[here], weights=weights[here], minlength=len(shares))
    ratios = sums / sums.sum() / shares
    least = int(np.argmin(ratios))
    rate = "" if response_rate is None else f" R-indicator {r_indicator(found.variation, response_rate):.2f}."
    words = (
        f"{benchmark.dimension}: {100 * found.moved:.1f} % of the sample would have to be of another group "
        f"to agree with {benchmark.source}; {benchmark.shares[least][0]} is reached "
        f"{ratios[least]:.2f} times as often as it should be. Groups differ in their chance to be reached by "
        f"{found.variation:.2f} of its mean.{rate}"
    )
    small = found.variation < SMALL or found.p >= LEVEL
    grade = Grade.FINE if small else Grade.SERIOUS if found.variation >= MEDIUM else Grade.LOOK
    return Signal(
        Check.COVERAGE,
        table,
        benchmark.dimension,
        found.variation,
        "",
        grade,
        words,
        f"Cohen's w: {SMALL} small, {MEDIUM} medium, {LARGE} large",
        f"{COHEN}; {_SCHOUTEN}",
    )
