"""How much answers depend on who asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.answers import NOBODY
from everycount.quality.chance import LEVEL, adjusted, f_p
from everycount.quality.report import Check, Grade, Signal
from everycount.sample.sample import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers, Coded

TYPICAL = 0.03
STRONG = 0.1
FEWEST = 5  # interviewers
ENOUGH = 20  # interviews of one
MOST_WORDS = 30  # more different answers are no categories
STABLE, SHIFTED = 0.1, 0.25
_WORKLOAD = "interviewers who work in different places meet different people, and that is in the figure too"


@dataclass(frozen=True, slots=True)
class Clustering:
    """How alike the answers to one interviewer are.

    Attributes:
        icc: intraclass correlation, at most 1; below 0 where answers are less alike than by chance.
        deff: variance of a mean beside that with no interviewer effect, 1 + (m - 1) icc.
        p: probability of so large an F by chance.
        size: mean number of interviews, weighted as the formula of deff asks (sum m^2 / sum m).
        interviewers: how many.
    """

    icc: float
    deff: float
    p: float
    size: float
    interviewers: int


def clustering(values: NDArray[np.float64], groups: NDArray[np.int32]) -> Clustering:
    """The intraclass correlation of a one-way analysis of variance.

    Several columns of indicators (one per answer of a question) are pooled by adding up their sums of
    squares, so that neither order nor naming of the answers matters; F is then approximate.

    Args:
        values: (n,) or (n, k), without NaN.
        groups: the interviewer of each row, 0 or more.

    Source: Kish 1962, J Am Stat Assoc 57:92; unequal sizes by Searle, Casella and McCulloch 1992, ch. 3.
    """
    table = values.reshape(len(values), -1)
    _, place = np.unique(groups, return_inverse=True)
    sizes = np.bincount(place).astype(np.float64)
    n, k = len(table), len(sizes)
    centred = table - table.mean(axis=0)
    sums = np.stack([np.bincount(place, weights=column, minlength=k) for column in centred.T])
    between = float((sums**2 / sizes).sum())
    within = max(float((centred**2).sum()) - between, 0.0)
    size = float((sizes**2).sum() / n)
    if k < 2 or n <= k or between + within == 0:
        return Clustering(0.0, 1.0, 1.0, size, k)
    msb, msw = between / (k - 1), within / (n - k)
    m0 = (n - size) / (k - 1)
    icc = (msb - msw) / (msb + (m0 - 1) * msw)
    free = max(int((table.std(axis=0) > 0).sum()) - (table.shape[1] > 1), 1)
    p = f_p(msb / msw, (k - 1) * free, (n - k) * free) if msw else 0.0
    return Clustering(icc, 1 + (size - 1) * icc, p, size, k)


def stability(mine: NDArray[np.int64], others: NDArray[np.int64]) -> tuple[float, float]:
    """The population stability index of two distributions, and what chance alone makes of it.

    Half a person is added to every answer, so that an answer nobody gave is no infinite difference.

    Args:
        mine: how often each answer was given.
        others: the same for everybody else.

    Source: Siddiqi 2006, Credit risk scorecards; Yurdakul 2018 for the expectation, (B - 1)(1/n + 1/m).
    """
    met = (mine + others) > 0
    a, b = mine[met] + 0.5, others[met] + 0.5
    p, q = a / a.sum(), b / b.sum()
    index = float(((p - q) * np.log(p / q)).sum())
    return index, float((met.sum() - 1) * (1 / max(mine.sum(), 1) + 1 / max(others.sum(), 1)))


def interviewer_signals(answers: Answers, interviewer: str, columns: Sequence[str]) -> Iterator[Signal]:
    """Questions whose answers cluster by interviewer, and interviewers whose answers stand apart."""
    who = answers.columns.get(interviewer)
    if who is None or len(who.words) < FEWEST:
        return
    asked = {name: answers.columns[name] for name in columns if name in answers.columns}
    yield from _clustered(answers, interviewer, who, asked)
    yield from _apart(answers, interviewer, who, asked)


def _values(coded: Coded) -> NDArray[np.float64] | None:
    """Numbers, or one indicator per answer; None where there are too many different words, or one only."""
    if len(coded.words) < 2:
        return None
    numbers: NDArray[np.float64] = coded.numbers[:, None]
    if coded.column.kind is ColumnKind.NUMBER:
        return numbers
    if len(coded.words) > MOST_WORDS:
        return numbers if np.isfinite(numbers[coded.answered]).all() else None
    values: NDArray[np.float64] = (coded.codes[:, None] == np.arange(len(coded.words))).astype(np.float64)
    values[~coded.answered] = np.nan
    return values


def _clustered(
    answers: Answers, interviewer: str, who: Coded, asked: Mapping[str, Coded]
) -> Iterator[Signal]:
    found: list[tuple[str, Clustering]] = []
    for name, coded in asked.items():
        values = _values(coded)
        if values is None:
            continue
        use = np.isfinite(values).all(axis=1) & who.answered
        if use.sum() >= ENOUGH:
            one = clustering(values[use], who.codes[use])
            if one.interviewers >= FEWEST:
                found.append((name, one))
    if not found:
        return
    yield _typical(answers.table, interviewer, [one for _, one in found])
    found.sort(key=lambda each: (-each[1].icc, each[0]))
    chance = adjusted([one.p for _, one in found])
    for p, (name, one) in zip(chance, found, strict=True):
        if p < LEVEL and one.icc > TYPICAL:
            yield _of_question(answers.table, name, one)


def _typical(table: str, interviewer: str, found: Sequence[Clustering]) -> Signal:
    middle = float(np.median([one.icc for one in found]))
    deff = float(np.median([one.deff for one in found]))
    words = (
        f'Across {len(found)} questions the intraclass correlation of "{interviewer}" has a median of '
        f"{middle:.3f}; the variance of a typical mean is {deff:.1f} times what it would be if it did "
        "not matter who asked."
    )
    grade = Grade.LOOK if middle > TYPICAL else Grade.FINE
    source = "Elliott, West and others 2022, Surv Methodol 48(1)"
    threshold = f"{TYPICAL} is typical; {_WORKLOAD}"
    return Signal(Check.INTERVIEWERS, table, interviewer, middle, "", grade, words, threshold, source)


def _of_question(table: str, name: str, one: Clustering) -> Signal:
    words = (
        f'Answers to "{name}" depend on who asked: intraclass correlation {one.icc:.2f} among '
        f"{one.interviewers} interviewers, which multiplies the variance of a mean by {one.deff:.1f}."
    )
    grade = Grade.SERIOUS if one.icc > STRONG else Grade.LOOK
    threshold = f"{TYPICAL} is typical, above {STRONG} serious (own rule); {_WORKLOAD}"
    source = "Elliott, West and others 2022, Surv Methodol 48(1)"
    return Signal(Check.INTERVIEWERS, table, name, one.icc, "", grade, words, threshold, source)


def _apart(answers: Answers, interviewer: str, who: Coded, asked: Mapping[str, Coded]) -> Iterator[Signal]:
    """Interviewers whose answers are distributed otherwise than everybody else's, over all questions."""
    tables = [_counts(coded, who) for coded in asked.values() if 2 <= len(coded.words) <= MOST_WORDS]
    for place, name in enumerate(who.words):
        mine = who.codes == place
        if mine.sum() < ENOUGH or not tables:
            continue
        pairs = [
            stability(counts[place], counts.sum(axis=0) - counts[place])
            for counts in tables
            if counts[place].sum() >= ENOUGH
        ]
        if not pairs:
            continue
        excess = float(np.mean([index - chance for index, chance in pairs]))
        if excess > STABLE:
            yield _of_interviewer(answers, interviewer, name, excess, len(pairs), mine)


def _counts(coded: Coded, who: Coded) -> NDArray[np.int64]:
    """How often each answer was given to each interviewer."""
    use = (coded.codes != NOBODY) & who.answered
    wide = len(coded.words)
    flat = np.bincount(
        who.codes[use].astype(np.int64) * wide + coded.codes[use], minlength=len(who.words) * wide
    )
    return flat.reshape(len(who.words), wide).astype(np.int64)


def _of_interviewer(
    answers: Answers, interviewer: str, name: str, excess: float, questions: int, mine: NDArray[np.bool_]
) -> Signal:
    words = (
        f'Answers given to "{interviewer}" {name} stand apart from all others: stability index {excess:.2f} '
        f"above chance, mean of {questions} questions, {mine.sum()} interviews."
    )
    grade = Grade.SERIOUS if excess > SHIFTED else Grade.LOOK
    threshold = f"up to {STABLE} stable, above {SHIFTED} shifted; {_WORKLOAD}"
    source = "Siddiqi 2006, Credit risk scorecards; expectation by chance after Yurdakul 2018"
    return Signal(
        Check.INTERVIEWERS,
        answers.table,
        f"{interviewer} {name}",
        excess,
        "",
        grade,
        words,
        threshold,
        source,
        answers.where(mine),
    )
