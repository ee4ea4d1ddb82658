"""Records that are the same, or nearly the same, as another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.report import Check, Grade, Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers

    Codes = NDArray[np.int32]

HIGH = 0.85  # share of questions with the same answer
SUSPICIOUS = 5.0  # percent of records with so high a match
QUESTIONS = 75  # with fewer, high matches come about by themselves
FEWEST = 10  # questions; below, nothing is said
EXACT = 5_000  # different records up to which every pair is compared
NEIGHBOURS = 20  # beyond: how many neighbours in each of the orders, fewer above 50,000 records
_WORK = 1_000_000
ORDERS = 8
_BLOCK = 256
_KURIAKOSE = "Kuriakose and Robbins 2016, Stat J IAOS 32:283"


@dataclass(frozen=True, slots=True)
class Matches:
    """For each record the share of questions answered as in the record most like it, and which one that is.

    ``every_pair`` is false where only neighbours were compared: the shares are then at least so high.
    """

    share: NDArray[np.float64]
    partner: NDArray[np.int64]
    every_pair: bool


def matches(codes: Codes, *, exact: int = EXACT) -> Matches:
    """The best match of each row.

    Questions that neither of two records answers do not count; one answered by one alone is a difference.
    Above ``exact`` different rows, rows are compared with their neighbours in several sorted orders (the
    sorted neighbourhood method, Hernandez and Stolfo 1995), at a cost that grows with n log n.

    Args:
        codes: one row per record, one column per question; -1 is no answer.
        exact: how many different rows are compared pair by pair.
    """
    unique, first, inverse, counts = np.unique(
        codes, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    inverse = inverse.reshape(-1)
    every_pair = len(unique) <= exact
    share, partner = _all_pairs(unique) if every_pair else _neighbours(unique)
    found, others = share[inverse], first[partner][inverse]
    twins = np.flatnonzero(counts[inverse] > 1)
    found[twins] = np.where((codes[twins] >= 0).any(axis=1), 1.0, 0.0)
    others[twins] = _other_twin(inverse, first)[twins]
    return Matches(found, others, every_pair)


def _other_twin(inverse: NDArray[np.int64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row another one that equals it: the first of them, and for the first the last."""
    last = np.empty(len(first), dtype=np.int64)
    last[inverse] = np.arange(len(inverse))
    rows = np.arange(len(inverse))
    return np.where(first[inverse] == rows, last[inverse], first[inverse])


def _all_pairs(codes: Codes) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Compares every pair once, a block of rows at a time, question by question."""
    n = len(codes)
    share, partner = np.zeros(n), np.zeros(n, dtype=np.int64)
    columns = _narrow(codes.T)
    answered = (codes >= 0).astype(np.float32)
    given = answered.sum(axis=1)
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        same = np.zeros((block.stop - start, n - start), dtype=np.uint16)
        for column in columns:
            left = np.where(column[block] < 0, -2, column[block])  # no answer equals no other
            same += left[:, None] == column[None, start:]
        either = given[block, None] + given[None, start:] - answered[block] @ answered[start:].T
        # In doubles, so that 17 of 20 is no more than 0.85.
        rate = np.divide(same, either.astype(np.float64), out=np.zeros(same.shape), where=either > 0)
        np.fill_diagonal(rate, 0)
        _keep_best(share, partner, rate, start)
    return share, partner


def _narrow(columns: Codes) -> NDArray[np.signedinteger]:
    """The same numbers in the smallest type that holds them, which is what comparing costs."""
    most = int(columns.max(initial=0))
    kind = next(each for each in (np.int8, np.int16, np.int32) if most <= np.iinfo(each).max)
    return np.ascontiguousarray(columns.astype(kind))


def _keep_best(
    share: NDArray[np.float64], partner: NDArray[np.int64], rate: NDArray[np.float64], start: int
) -> None:
    """Takes the matches of a block with all later rows into account, for both sides."""
    rows = np.arange(start, start + rate.shape[0])
    for side, these in ((1, rows), (0, np.arange(start, start + rate.shape[1]))):
        best = rate.argmax(axis=side)
        value = rate.max(axis=side)
        better = value > share[these]
        share[these[better]] = value[better]
        partner[these[better]] = best[better] + start


def _neighbours(codes: Codes) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Compares each row with its neighbours in several orders, each beginning with other questions."""
    n, questions = codes.shape
    share, partner = np.zeros(n), np.zeros(n, dtype=np.int64)
    columns = _narrow(codes.T)
    for turn in range(min(ORDERS, questions)):
        order = np.lexsort(np.roll(columns, turn * questions // ORDERS, axis=0))
        sorted_columns = columns[:, order]
        for step in range(1, min(NEIGHBOURS, max(2, _WORK // n)) + 1):
            rate = _rates(sorted_columns[:, :-step], sorted_columns[:, step:])
            left, right = order[:-step], order[step:]
            for these, those in ((left, right), (right, left)):
                better = rate > share[these]
                share[these[better]] = rate[better]
                partner[these[better]] = those[better]
    return share, partner


def _rates(left: NDArray[np.signedinteger], right: NDArray[np.signedinteger]) -> NDArray[np.float64]:
    """The share of questions (rows) answered alike in each pair (column); question by question."""
    same, either = np.zeros((2, left.shape[1]), dtype=np.uint16)
    for one, other in zip(left, right, strict=True):
        given = (one >= 0) | (other >= 0)
        same += (one == other) & given
        either += given
    rates: NDArray[np.float64] = np.divide(same, either, out=np.zeros(len(same)), where=either > 0)
    return rates


def twins_by_chance(columns: Sequence[NDArray[np.int64]], n: int) -> float:
    """Pairs of records that would agree on everything if questions had nothing to do with each other.

    Args:
        columns: for each question how often each answer occurs; no answer is one of the answers.
        n: number of records.
    """
    together = sum(float(np.log(((counts / n) ** 2).sum())) for counts in columns)
    return n * (n - 1) / 2 * float(np.exp(together))


def duplicate_signals(answers: Answers, columns: Sequence[str]) -> Iterator[Signal]:
    """Records whose answers are all the same as those of another record."""
    chosen = {name: answers.columns[name] for name in columns if name in answers.columns}
    if not chosen or len(answers) < 2:
        return
    codes = np.column_stack([coded.codes for coded in chosen.values()])
    _, inverse, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    same = (counts[inverse.reshape(-1)] > 1) & (codes >= 0).any(axis=1)
    share = 100 * float(same.mean())
    expected = twins_by_chance([np.bincount(column + 1) for column in codes.T], len(answers))
    chance = f"chance alone would make about {expected:.2g} such pairs if questions were unrelated"
    words = (
        f"{same.sum()} of {len(answers)} records ({share:.1f} %) have the same answers as another one in "
        f"all of {len(chosen)} columns; {chance}."
    )
    grade = Grade.FINE if not same.any() else Grade.LOOK if expected < 0.5 else Grade.OPEN
    threshold = "none where chance makes none; with few or simple questions many agree by nature"
    rows = answers.where(same) if grade is Grade.LOOK else ()
    yield Signal(Check.DUPLICATES, answers.table, "", share, "%", grade, words, threshold, "own rule", rows)


def comparable(answers: Answers, columns: Sequence[str]) -> tuple[Mapping[str, Codes], NDArray[np.bool_]]:
    """The questions and records that can be compared, as Kuriakose and Robbins choose them.

    Questions that more than 10 % leave open, or that everyone answers alike, say nothing; nor do records
    that leave more than 25 % of the others open.
    """
    chosen = {
        name: answers.columns[name].codes
        for name in columns
        if name in answers.columns
        and answers.columns[name].answered.mean() >= 0.9
        and len(answers.columns[name].words) > 1
    }
    if not chosen:
        return {}, np.zeros(len(answers), dtype=np.bool_)
    given = np.mean([codes >= 0 for codes in chosen.values()], axis=0)
    return chosen, given >= 0.75


def near_duplicate_signals(answers: Answers, columns: Sequence[str]) -> Iterator[Signal]:
    """Records that agree with another one on more than 85 % of the questions."""
    if len(answers) < 2:
        return
    chosen, rows = comparable(answers, columns)
    if len(chosen) < FEWEST or rows.sum() < 2:
        return
    found = matches(np.column_stack(list(chosen.values()))[rows])
    high = np.zeros(len(answers), dtype=np.bool_)
    high[rows] = found.share > HIGH
    share = 100 * float(high.sum() / rows.sum())
    how = "" if found.every_pair else ", at least: only neighbours in sorted orders were compared"
    words = (
        f"{high.sum()} of {rows.sum()} records ({share:.1f} %{how}) agree with another one on more than "
        f"{HIGH:.0%} of {len(chosen)} questions; half of all records agree on "
        f"{np.median(found.share):.0%} or more with the one most like them."
    )
    yield Signal(
        Check.NEAR_DUPLICATES,
        answers.table,
        "",
        share,
        "%",
        _near_grade(share, len(chosen)),
        words,
        f"above {SUSPICIOUS:.0f} % of records, with {QUESTIONS} questions or more; people who live alike "
        "answer alike (Simmons and others 2016, Stat J IAOS 32:327)",
        _KURIAKOSE,
        answers.where(high) if share <= 4 * SUSPICIOUS else (),
    )


def _near_grade(share: float, questions: int) -> Grade:
    if questions < QUESTIONS:
        return Grade.OPEN if share else Grade.FINE
    return Grade.SERIOUS if share > SUSPICIOUS else Grade.LOOK if share else Grade.FINE
