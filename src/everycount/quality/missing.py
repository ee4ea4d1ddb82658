"""Questions that were put and not answered, and whether some groups leave more of them open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.chance import COHEN, LARGE, LEVEL, MEDIUM, SMALL, Association, adjusted, association
from everycount.quality.report import Check, Grade, Signal
from everycount.questionnaire.kinds import METADATA, SPOKEN, Kind
from everycount.sample.sample import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers
    from everycount.quality.roles import Split
    from everycount.questionnaire import Question, Questionnaire

FEW, MANY = 5.0, 10.0  # percent
ENOUGH = 20  # rows; smaller groups are not compared
_LIMITS = "at most 5 % matters little, above 10 % the answers are likely biased"
_SOURCE = "Schafer 1999, Stat Methods Med Res 8:3; Bennett 2001, Aust N Z J Public Health 25:464"


def put_to_everyone(questionnaire: Questionnaire, roster: str | None) -> tuple[Question, ...]:
    """The questions of a roster, or of the record (None), that no condition skips."""
    conditional = {group.full_path for group in questionnaire.groups if group.relevance and not group.repeat}
    return tuple(
        question
        for question in questionnaire.questions_of(roster)
        if question.kind in SPOKEN - METADATA - {Kind.NOTE}
        and not question.relevance
        and not any(question.path[:end] in conditional for end in range(1, len(question.path) + 1))
    )


def by_group(
    told: NDArray[np.bool_], groups: NDArray[np.int32], count: int
) -> tuple[Association, NDArray[np.float64], NDArray[np.float64]]:
    """How missing answers hang together with groups of 20 rows or more.

    Args:
        told: whether each row has an answer.
        groups: the group of each row, -1 for none.
        count: how many groups there are.

    Returns:
        Their association, the rows of each group (0 where there are fewer than 20) and the share of them
        without an answer.
    """
    here = groups >= 0
    rows = np.bincount(groups[here], minlength=count).astype(np.float64)
    without = np.bincount(groups[here & ~told], minlength=count).astype(np.float64)
    without = np.where(rows >= ENOUGH, without, 0)
    rows = np.where(rows >= ENOUGH, rows, 0)
    return association(np.stack([without, rows - without])), rows, without / np.maximum(rows, 1)


def missing_signals(
    answers: Answers, asked: Sequence[str], no_answer: Sequence[str], *, known: bool
) -> Iterator[Signal]:
    """The share of answers that are missing, all questions together and each with more than 5 %.

    Args:
        answers: the table.
        asked: columns of the questions put to everyone.
        no_answer: codes that mean none.
        known: whether a questionnaire says that they were put to everyone.
    """
    asked = [name for name in asked if name in answers.columns]
    if not asked or not len(answers):
        return
    told = {name: answers.columns[name].told(no_answer) for name in asked}
    shares = {name: 100 * float(1 - each.mean()) for name, each in told.items()}
    yield _overall(answers.table, shares, known=known)
    if not known:
        return
    for name, share in shares.items():
        if share > FEW:
            grade = Grade.SERIOUS if share > MANY else Grade.LOOK
            words = f'"{name}" was put to everyone; {share:.1f} % of {len(answers)} gave no answer.'
            rows = answers.where(~told[name])
            yield Signal(Check.MISSING, answers.table, name, share, "%", grade, words, _LIMITS, _SOURCE, rows)


def _overall(table: str, shares: Mapping[str, float], *, known: bool) -> Signal:
    mean = sum(shares.values()) / len(shares)
    empty = sum(1 for share in shares.values() if share > MANY)
    place = "" if table == MAIN else f' of "{table}"'
    if known:
        grade = Grade.SERIOUS if mean > MANY else Grade.LOOK if mean > FEW else Grade.FINE
        words = (
            f"Of the answers to {len(shares)} questions{place} put to everyone, {mean:.1f} % are missing; "
            f"{empty} questions lack more than 10 %."
        )
        return Signal(Check.MISSING, table, "", mean, "%", grade, words, _LIMITS, _SOURCE)
    words = (
        f"Of {len(shares)} columns{place}, {empty} are empty in more than 10 % of the rows, {mean:.1f} % of "
        "all cells; without a questionnaire nobody can tell which questions were skipped on purpose."
    )
    return Signal(Check.MISSING, table, "", mean, "%", Grade.OPEN, words, "none", "own rule")


def missing_by_group(
    answers: Answers, asked: Sequence[str], no_answer: Sequence[str], splits: Sequence[Split]
) -> Iterator[Signal]:
    """Questions that some groups leave open more often than others, beyond chance."""
    found = []
    for split in splits:
        if split.column not in answers.columns:
            continue
        groups, names = answers.columns[split.column].grouped(split)
        for name in asked:
            if name in answers.columns and name != split.column:
                told = answers.columns[name].told(no_answer)
                found.append((split, names, name, told, groups, by_group(told, groups, len(names))))
    chance = adjusted([link.p for *_, (link, _, _) in found])
    for p, (split, names, name, told, groups, (link, rows, shares)) in zip(chance, found, strict=True):
        if p >= LEVEL or link.w < SMALL:
            continue
        most = int(np.argmax(np.where(rows > 0, shares, -1)))
        least = int(np.argmin(np.where(rows > 0, shares, 2)))
        words = (
            f'"{name}" has no answer for {100 * shares[most]:.1f} % of {split.id} {names[most]}, but for '
            f"{100 * shares[least]:.1f} % of {split.id} {names[least]} (Cohen's w {link.w:.2f})."
        )
        grade = Grade.SERIOUS if link.w >= MEDIUM else Grade.LOOK
        yield Signal(
            Check.MISSING,
            answers.table,
            f"{name} by {split.id}",
            link.w,
            "",
            grade,
            words,
            f"Cohen's w: {SMALL} small, {MEDIUM} medium, {LARGE} large; false discoveries at most 5 %, as if "
            "people had been drawn one by one",
            COHEN,
            answers.where((groups == most) & ~told),
        )
