"""Many groups compared at once: which differences would chance not make somewhere among them?

Adjusted p-values: Benjamini and Hochberg 1995, Journal of the Royal Statistical Society B 57 (the share of
false findings among all findings); Benjamini and Yekutieli 2001, Annals of Statistics 29 (the same however
the comparisons hang together); Holm 1979, Scandinavian Journal of Statistics 6 (any false finding at all).

The best-off group is picked by the very answers that others are then compared by, so even among groups that
are all alike it is ahead. A group is only as far behind as chance makes it of any of the others, which is at
most their number times as likely (Bonferroni; on comparisons with the best: Hsu 1984, Annals of Statistics
12), on one side, since nobody can be ahead of the best.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.estimates import Against
from everycount.estimate.plan import Multiplicity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from everycount.estimate.estimates import Contrast
    from everycount.estimate.stages import Floats


@dataclass(frozen=True, slots=True)
class Chance:
    """What a comparison says once all others are thought of.

    Attributes:
        p: adjusted, 0-1; None where there is no error to test against.
        differs: p is at most one less the level of the intervals; None likewise.
    """

    p: float | None
    differs: bool | None


def by_chance(contrasts: Sequence[Contrast], rule: Multiplicity, level: float) -> list[Chance]:
    """The comparisons as one family, in their order.

    Args:
        contrasts: every comparison that somebody can look at, and no other.
        rule: how the number of comparisons is allowed for.
        level: of the intervals; 0.95 leaves a share of 0.05 to chance.
    """
    p = p_values(contrasts)
    return chances(p if rule is Multiplicity.NONE else np.minimum(p * _picked(contrasts), 1.0), rule, level)


def _picked(contrasts: Sequence[Contrast]) -> Floats:
    """How many times likelier it is that one of the others, than one named beforehand, is so far ahead."""
    places = [_breakdown(one) if one.against is Against.BEST else None for one in contrasts]
    others = Counter(places)
    times = [1.0 if place is None else max(1.0, others[place] / 2) for place in places]
    return np.array(times, dtype=np.float64)


def _breakdown(one: Contrast) -> tuple[str, ...]:
    return (one.measure, *(dimension for dimension, _ in one.cell))


def chances(p: Floats, rule: Multiplicity, level: float) -> list[Chance]:
    """The same from p-values."""
    found = adjusted(p, rule).tolist()
    return [Chance(None, None) if math.isnan(p) else Chance(p, p <= 1 - level) for p in found]


def p_values(contrasts: Sequence[Contrast]) -> Floats:
    """Two-sided, by Student's t on each comparison's own degrees of freedom; NaN without an error.

    Where everybody was asked nothing is left to chance: a difference is there (0) or is not (1).
    """
    from scipy.special import stdtr  # noqa: PLC0415 - half a tenth of a second that types need not wait for

    size = np.array([abs(one.difference) for one in contrasts], dtype=np.float64)
    se, df = (
        np.array([math.nan if value is None else value for value in values], dtype=np.float64)
        for values in ([one.difference_se for one in contrasts], [one.df for one in contrasts])
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(np.where(df > 0, df, np.nan), -size / se)
    return np.where(se == 0, np.where(size > 0, 0.0, 1.0), p)


def adjusted(p: Floats, rule: Multiplicity) -> Floats:
    """Adjusted p-values; NaN is in no family and stays."""
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    made = np.full(len(p), np.nan)
    made[order] = np.minimum(_ADJUSTED[rule](p[order]), 1.0)
    return made


def _step_up(p: Floats) -> Floats:
    """Benjamini and Hochberg: the least of m p / rank among this and all larger ones."""
    times = len(p) / np.arange(1, len(p) + 1)  # first, and so never below 1: p is not rounded downwards
    return np.asarray(np.minimum.accumulate((p * times)[::-1])[::-1])


def _step_up_any(p: Floats) -> Floats:
    """Benjamini and Yekutieli: the same times 1 + 1/2 + ... + 1/m."""
    return _step_up(p) * float((1 / np.arange(1, len(p) + 1)).sum())


def _step_down(p: Floats) -> Floats:
    """Holm: the largest of (m - rank + 1) p among this and all smaller ones."""
    return np.asarray(np.maximum.accumulate(p * np.arange(len(p), 0, -1)))


_ADJUSTED: dict[Multiplicity, Callable[[Floats], Floats]] = {
    Multiplicity.BH: _step_up,
    Multiplicity.BY: _step_up_any,
    Multiplicity.HOLM: _step_down,
    Multiplicity.NONE: lambda p: p,
}
