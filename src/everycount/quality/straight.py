"""The same answer to question after question with the same choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.quality.chance import LEVEL, adjusted, association
from everycount.quality.report import Check, Grade, Signal
from everycount.quality.roles import Battery
from everycount.questionnaire.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.quality.answers import Answers, Coded
    from everycount.questionnaire import Question, Questionnaire

FEWEST = 3  # questions
CHOICES = 3  # "no" to every question of a list of mishaps is an answer and no habit
ENOUGH = 20  # interviews of an interviewer


def batteries(questionnaire: Questionnaire, roster: str | None) -> tuple[Battery, ...]:
    """Runs of three or more questions, one after the other, with the same list of three or more choices."""
    found: list[Battery] = []
    run: list[Question] = []
    for question in (*questionnaire.questions_of(roster), None):
        if question is not None and question.kind is Kind.NOTE:
            continue
        if run and (question is None or not _goes_on(run[-1], question)):
            if len(run) >= FEWEST:
                found.append(Battery(f"{run[0].name} to {run[-1].name}", tuple(each.name for each in run)))
            run = []
        if question is not None and question.kind is Kind.SELECT_ONE and len(question.choices) >= CHOICES:
            run.append(question)
    return tuple(found)


def _goes_on(before: Question, question: Question) -> bool:
    return (
        question.kind is Kind.SELECT_ONE
        and question.path == before.path
        and bool(question.list_name)
        and question.list_name == before.list_name
    )


def longest_run(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    """The longest run of one answer in each row; an open question (-1) ends a run and is none."""
    longest = np.zeros(len(codes), dtype=np.int64)
    current = np.zeros(len(codes), dtype=np.int64)
    for place in range(codes.shape[1]):
        here = codes[:, place]
        same = (here == codes[:, place - 1]) if place else np.zeros(len(codes), dtype=np.bool_)
        current = np.where(here < 0, 0, np.where(same, current + 1, 1))
        longest = np.maximum(longest, current)
    return longest


def straight(codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether every question of the row was answered, and all alike."""
    found: NDArray[np.bool_] = (codes[:, 0] >= 0) & (codes == codes[:, :1]).all(axis=1)
    return found


def numbered_alike(columns: Sequence[Coded]) -> NDArray[np.int32]:
    """The answers with one numbering for all columns: the same word has the same number."""
    words = sorted({word for coded in columns for word in coded.words})
    places = {word: place for place, word in enumerate(words)}
    maps = [np.array([*(places[word] for word in coded.words), -1], dtype=np.int32) for coded in columns]
    return np.column_stack([known[coded.codes] for known, coded in zip(maps, columns, strict=True)])


def straight_signals(answers: Answers, batteries: Sequence[Battery], interviewer: str) -> Iterator[Signal]:
    """For each battery how many answer alike throughout, and whether that hangs together with who asked."""
    asked_by = answers.columns.get(interviewer)
    linked = []
    for battery in batteries:
        columns = [answers.columns[name] for name in battery.questions if name in answers.columns]
        if len(columns) < FEWEST or not len(answers):
            continue
        codes = numbered_alike(columns)
        full = np.all(codes >= 0, axis=1)
        if full.sum() < ENOUGH:
            continue
        yield _of_battery(answers, battery, codes, full)
        if asked_by is not None:
            use = full & asked_by.answered
            linked.append((battery, *_by_interviewer(straight(codes)[use], asked_by.codes[use])))
    chance = adjusted([p for _, p, _ in linked])
    for p, (battery, _, rates) in zip(chance, linked, strict=True):
        if p < LEVEL and asked_by is not None:
            yield _of_interviewers(answers, battery, rates, asked_by.words, p)


def _of_battery(
    answers: Answers, battery: Battery, codes: NDArray[np.int32], full: NDArray[np.bool_]
) -> Signal:
    alike = straight(codes) & full
    # The answer that most people give to every question of the battery surprises nobody.
    usual = np.bincount(codes[full].ravel()).argmax()
    unusual = alike & (codes[:, 0] != usual)
    share = 100 * float(alike.sum() / full.sum())
    words = (
        f"{alike.sum()} of {full.sum()} ({share:.1f} %) give one answer to all {codes.shape[1]} questions "
        f'"{battery.name}", {unusual.sum()} of them another one than most people give; the longest run of '
        f"one answer has a median of {np.median(longest_run(codes[full])):.0f}."
    )
    threshold = "none: whoever has no difficulty says so every time"
    return Signal(
        Check.STRAIGHT_LINES,
        answers.table,
        battery.name,
        share,
        "%",
        Grade.OPEN if alike.any() else Grade.FINE,
        words,
        threshold,
        "measure: Schonlau and Toepoel 2015, Surv Res Methods 9:125",
        answers.where(unusual),
    )


def _by_interviewer(
    alike: NDArray[np.bool_], who: NDArray[np.int32]
) -> tuple[float, Mapping[int, tuple[int, int]]]:
    """Probability of so uneven shares by chance, and (straight, all) of each interviewer with 20 or more."""
    totals = np.bincount(who)
    straights = np.bincount(who[alike], minlength=len(totals))
    chosen = np.flatnonzero(totals >= ENOUGH)
    counts = np.stack([straights[chosen], totals[chosen] - straights[chosen]]).astype(np.float64)
    rates = {int(each): (int(straights[each]), int(totals[each])) for each in chosen}
    return (association(counts).p if len(chosen) > 1 else 1.0), rates


def _of_interviewers(
    answers: Answers,
    battery: Battery,
    rates: Mapping[int, tuple[int, int]],
    names: Sequence[str],
    p: float,
) -> Signal:
    most = max(rates, key=lambda each: rates[each][0] / rates[each][1])
    least = min(rates, key=lambda each: rates[each][0] / rates[each][1])
    high, low = (100 * rates[each][0] / rates[each][1] for each in (most, least))
    words = (
        f'One answer to all questions "{battery.name}" is given by {high:.0f} % of those whom interviewer '
        f"{names[most]} asked and by {low:.0f} % with interviewer {names[least]} (p = {p:.1g})."
    )
    threshold = "more than chance does; false discoveries at most 5 %"
    return Signal(
        Check.STRAIGHT_LINES,
        answers.table,
        f"{battery.name} by interviewer",
        high,
        "%",
        Grade.LOOK,
        words,
        threshold,
        "own rule",
    )
