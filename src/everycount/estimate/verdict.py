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

import numpy as np

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import SHARES

if TYPE_CHECKING:
    from typing import TypeAlias

    from everycount.estimate.plan import MeasureKind
    from everycount.estimate.stages import Bools, Floats, Ints

    Judgement: TypeAlias = tuple[Verdict, int | None]

FEWEST = 30  # respondents, and effective respondents
WIDEST = 0.30  # interval of a proportion
NARROW = 0.05  # an interval this narrow is good whatever its relative width
WIDEST_RELATIVE = 1.30  # width / proportion
FEW_DF = 8
CV_CAUTION, CV_UNRELIABLE = 0.166, 0.30
REACHABLE = 10  # times the respondents of today
ROUNDING = 1e-9  # of a respondent, that rounding may add


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
    if kind in SHARES:
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
    return max(n + 1, math.ceil(n * times - ROUNDING))


def _doubtful(kind: MeasureKind, quality: Quality) -> bool:
    """Good enough to show, to be read with care."""
    if quality.df < FEW_DF or quality.extreme or not quality.estimable:
        return True
    return kind not in SHARES and (quality.cv is None or quality.cv > CV_CAUTION)


@dataclass(frozen=True, slots=True)
class Qualities:
    """:class:`Quality` of many cells: parallel arrays, NaN where something is not known."""

    value: Floats
    n: Floats
    extreme: Bools
    exact: Bools
    estimable: Bools
    width: Floats
    df: Ints
    n_effective: Floats
    cv: Floats


@dataclass(frozen=True, slots=True)
class Judgements:
    """Verdicts of many cells.

    Attributes:
        verdict: place of each verdict in ``VERDICTS``.
        needed: respondents that would suffice, NaN where that is not said.
    """

    verdict: Ints
    needed: Floats


VERDICTS = tuple(Verdict)
_PUBLISH, _CAUTION, _SUPPRESS, _MORE = (
    VERDICTS.index(one) for one in (Verdict.PUBLISH, Verdict.CAUTION, Verdict.SUPPRESS, Verdict.COLLECT_MORE)
)


def judge_all(kind: MeasureKind, cells: Qualities) -> Judgements:
    """:func:`judge` over arrays, for tables of a hundred thousand cells; a property holds the two equal."""
    n, seen = cells.n, cells.estimable | cells.extreme
    with np.errstate(invalid="ignore", divide="ignore"):  # what is not known is not compared
        enough = np.fmax(FEWEST, _all_enough(kind, cells))
        doubtful = (cells.df < FEW_DF) | cells.extreme | ~cells.estimable
        if kind not in SHARES:
            doubtful = doubtful | ~(cells.cv <= CV_CAUTION)
        needed = np.where(seen, enough, FEWEST)
        short = needed > n
        rest = np.where(doubtful, _CAUTION, _PUBLISH)
        rest = np.where(seen, rest, np.where(cells.df >= FEW_DF, _CAUTION, _MORE))
        by_need = np.where(needed <= REACHABLE * n, _MORE, _SUPPRESS)
    nothing = (n == 0) | np.isnan(cells.value)
    verdict = np.select([nothing, cells.exact, short], [_SUPPRESS, _PUBLISH, by_need], rest)
    return Judgements(verdict, np.where(short & ~nothing & ~cells.exact, needed, np.nan))


def _all_enough(kind: MeasureKind, cells: Qualities) -> Floats:
    """Respondents for all limits to be met; n where they are."""
    n = cells.n
    if kind not in SHARES:
        return np.where(cells.cv > CV_UNRELIABLE, _all_grown(n, (cells.cv / CV_UNRELIABLE) ** 2), n)
    few, wide = cells.n_effective < FEWEST, cells.width >= WIDEST
    relative = np.maximum(NARROW, WIDEST_RELATIVE * cells.value)
    too_wide = (cells.value > 0) & (cells.width > relative)
    found = np.where(few, _all_grown(n, FEWEST / cells.n_effective), n)
    found = np.where(wide, np.fmax(found, _all_grown(n, (cells.width / WIDEST) ** 2)), found)
    return np.where(too_wide, np.fmax(found, _all_grown(n, (cells.width / relative) ** 2)), found)


def _all_grown(n: Floats, times: Floats) -> Floats:
    return np.fmax(n + 1, np.ceil(n * times - ROUNDING))
