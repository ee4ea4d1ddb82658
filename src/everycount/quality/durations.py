"""Interviews that were too short to have been held, or too long to have been held in one go."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers, Coded
    from everycount.quality.roles import Roles

FAST = 0.5  # of the median
K = 3.5
ENOUGH = 20
_SPEED = "Greszki, Meyer and Schoen 2015, Public Opin Q 79:471"
_LONG = "Iglewicz and Hoaglin 1993, modified z score 3.5, of the logarithm"


def moments(coded: Coded) -> NDArray[np.float64]:
    """ISO 8601 times as minutes since 1970; those without a zone as if they were in UTC; NaN where none."""
    known = np.array([*(_minutes(word) for word in coded.words), np.nan], dtype=np.float64)
    return known[coded.codes]


def _minutes(word: str) -> float:
    try:
        moment = dt.datetime.fromisoformat(word.strip())
    except ValueError:
        return float("nan")
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return zoned.timestamp() / 60


def limits(minutes: NDArray[np.float64]) -> tuple[float, float]:
    """Half of the median, and where the logarithm's modified z score is 3.5; of lengths above 0."""
    logs = np.log(minutes[minutes > 0])
    middle = float(np.median(logs))
    spread = float(np.median(np.abs(logs - middle))) / 0.6745
    return float(FAST * np.exp(middle)), float(np.exp(middle + K * spread)) if spread else float("inf")


def overlapping(
    begin: NDArray[np.float64], finish: NDArray[np.float64], who: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Interviews that an interviewer began while another one of the same interviewer was going on."""
    found = np.zeros(len(begin), dtype=np.bool_)
    usable = np.flatnonzero((who >= 0) & (finish > begin))
    order = usable[np.lexsort((finish[usable], begin[usable], who[usable]))]
    latest = order[0] if len(order) else 0
    for before, here in pairwise(order):
        latest = before if who[latest] != who[before] or finish[before] > finish[latest] else latest
        if who[here] == who[latest] and begin[here] < finish[latest]:
            found[[here, latest]] = True
    return found


def duration_signals(answers: Answers, roles: Roles) -> Iterator[Signal]:
    """Lengths below and above their limits, ends before beginnings, and two interviews at a time."""
    if roles.start not in answers.columns or roles.end not in answers.columns:
        return
    begin, finish = moments(answers.columns[roles.start]), moments(answers.columns[roles.end])
    minutes = finish - begin
    known = np.isfinite(minutes)
    if known.sum() < ENOUGH or not (minutes[known] > 0).any():
        return
    yield from _lengths(answers, minutes, roles)
    backwards = known & (minutes < 0)
    if backwards.any():
        words = f"{backwards.sum()} of {known.sum()} interviews end before they begin."
        yield _signal(
            answers, "end", backwards, known, words, Grade.SERIOUS, "none", "own rule: it cannot be"
        )
    if roles.interviewer in answers.columns:
        yield from _overlaps(answers, begin, finish, roles.interviewer)


def _lengths(answers: Answers, minutes: NDArray[np.float64], roles: Roles) -> Iterator[Signal]:
    known = np.isfinite(minutes)
    fast, slow = limits(minutes[known])
    shortest, longest = roles.shortest or fast, roles.longest or slow
    median = float(np.median(minutes[known]))
    short = known & (minutes < shortest) & (minutes >= 0)
    words = (
        f"{short.sum()} of {known.sum()} interviews took less than {shortest:.0f} minutes; half of all took "
        f"{median:.0f} or more."
    )
    grade = Grade.LOOK if short.any() else Grade.FINE
    own = "the survey's own limit"
    threshold, source = ("own", own) if roles.shortest else ("less than half of the median", _SPEED)
    yield _signal(answers, "short", short, known, words, grade, threshold, source)
    long = known & (minutes > longest)
    if long.any():
        words = (
            f"{long.sum()} of {known.sum()} interviews took more than {longest:.0f} minutes: a form left "
            "open, or filled in later."
        )
        threshold, source = ("own", own) if roles.longest else ("far beyond the others", _LONG)
        yield _signal(answers, "long", long, known, words, Grade.LOOK, threshold, source)


def _overlaps(
    answers: Answers, begin: NDArray[np.float64], finish: NDArray[np.float64], interviewer: str
) -> Iterator[Signal]:
    both = overlapping(begin, finish, answers.columns[interviewer].codes)
    known = np.isfinite(begin) & np.isfinite(finish)
    words = (
        f"{both.sum()} of {known.sum()} interviews ran at the same time as another of the same interviewer."
    )
    grade = Grade.LOOK if both.any() else Grade.FINE
    yield _signal(answers, "overlap", both, known, words, grade, "none", "own rule: one asks one at a time")


def _signal(
    answers: Answers,
    about: str,
    chosen: NDArray[np.bool_],
    known: NDArray[np.bool_],
    words: str,
    grade: Grade,
    threshold: str,
    source: str,
) -> Signal:
    share = 100 * float(chosen.sum() / known.sum())
    return Signal(
        Check.DURATION,
        answers.table,
        about,
        share,
        "%",
        grade,
        words,
        threshold,
        source,
        answers.where(chosen),
    )
