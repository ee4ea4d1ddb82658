"""What a number is good for, and how many respondents would suffice.

Proportions follow the presentation standards of the US National Center for Health Statistics (Parker et al.
2017, Vital and Health Statistics 2(175)). Means, totals, counts and ratios follow the coefficient of
variation: caution from 16.6 %, as Statistics Canada; too unreliable above 30 %, the relative standard error
that NCHS surveys do not go beyond (Statistics Canada stops at 33 %).

``collect_more`` and ``suppress`` both mean: too unreliable to show. They differ in the remedy: for the first,
at most ten times as many respondents found in the same way would suffice; for the second, they would not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind

if TYPE_CHECKING:
    from typing import TypeAlias

    Judgement: TypeAlias = tuple[Verdict, int | None]

FEWEST = 30  # respondents, and effective respondents
WIDEST = 0.30  # interval of a proportion
NARROW = 0.05  # an interval this narrow is good whatever its relative width
WIDEST_RELATIVE = 1.30  # width / proportion
FEW_DF = 8
CV_CAUTION, CV_UNRELIABLE = 0.166, 0.30
REACHABLE = 10  # times the respondents of today


@dataclass(frozen=True, slots=True)
class Quality:
    """What a verdict looks at; None where it is not known.

    Attributes:
        value: the estimate; None where there is none.
        n: respondents.
        extreme: nobody or everybody has what a proportion or count looks for.
        exact: everybody was asked, so there is no sampling error.
        estimable: there is a standard error.
        width: width of the interval; of a proportion, that of its Korn-Graubard interval at 95 %, whatever
            interval is shown; df, n_effective, cv: as in the estimate.
    """

    value: float | None
    n: int
    extreme: bool
    exact: bool
    estimable: bool
    width: float | None
    df: int
    n_effective: float | None
    cv: float | None


NOTHING: Judgement = (Verdict.SUPPRESS, None)  # nobody answered


def without_basis(n: int) -> Judgement:
    """The verdict of a sample that carries no interval: never ``publish``."""
    if n == 0:
        return NOTHING
    return (Verdict.CAUTION, None) if n >= FEWEST else (_by_need(n, FEWEST), FEWEST)


def judge(kind: MeasureKind, quality: Quality) -> Judgement:
    """The verdict of a number that rests on a design, and the respondents that would suffice."""
    if quality.n == 0 or quality.value is None:
        return NOTHING
    if quality.exact:
        return (Verdict.PUBLISH, None)
    if not quality.estimable and not quality.extreme:
        return _unseen(quality)
    needed = max(FEWEST, _enough_precision(kind, quality))
    if needed > quality.n:
        return (_by_need(quality.n, needed), needed)
    return (Verdict.CAUTION if _doubtful(kind, quality) else Verdict.PUBLISH, None)


def _unseen(quality: Quality) -> Judgement:
    """No standard error: with many clusters everybody is alike, with few of them nothing is known."""
    if quality.n < FEWEST:
        return (_by_need(quality.n, FEWEST), FEWEST)
    return (Verdict.CAUTION if quality.df >= FEW_DF else Verdict.COLLECT_MORE, None)


def _by_need(n: int, needed: int) -> Verdict:
    return Verdict.COLLECT_MORE if needed <= REACHABLE * n else Verdict.SUPPRESS


def _enough_precision(kind: MeasureKind, quality: Quality) -> int:
    """Respondents for the interval or the cv to meet its limit: errors shrink with the root of the number."""
    if kind is MeasureKind.PROPORTION:
        return max(_for_effective(quality), _for_width(quality))
    if quality.cv is None or quality.cv <= CV_UNRELIABLE:
        return quality.n
    return _grown(quality.n, (quality.cv / CV_UNRELIABLE) ** 2)


def _for_effective(quality: Quality) -> int:
    """Respondents for 30 effective ones, the design effect staying as it is."""
    if quality.n_effective is None or quality.n_effective >= FEWEST:
        return quality.n
    return _grown(quality.n, FEWEST / quality.n_effective)


def _for_width(quality: Quality) -> int:
    if quality.width is None or quality.value is None:
        return quality.n
    needed = quality.n
    if quality.width >= WIDEST:
        needed = _grown(quality.n, (quality.width / WIDEST) ** 2)
    relative = max(NARROW, WIDEST_RELATIVE * quality.value)
    if quality.value > 0 and quality.width > relative:
        needed = max(needed, _grown(quality.n, (quality.width / relative) ** 2))
    return needed


def _grown(n: int, times: float) -> int:
    """The next whole number of respondents above n times as many."""
    return max(n + 1, math.ceil(n * times - 1e-9))


def _doubtful(kind: MeasureKind, quality: Quality) -> bool:
    """Good enough to show, to be read with care."""
    if quality.df < FEW_DF or quality.extreme or not quality.estimable:
        return True
    return kind is not MeasureKind.PROPORTION and (quality.cv is None or quality.cv > CV_CAUTION)
