"""Whether an answer keeps to the constraint that its form states."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from everycount.questionnaire import Kind, Point
from everycount.questionnaire.conditions import (
    ANSWER,
    All,
    Any,
    Chosen,
    Comparison,
    Condition,
    Value,
    ValueKind,
    read_condition,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.questionnaire import Answer, Question, Questionnaire, Record

_CLOCKS = frozenset({Kind.START, Kind.END, Kind.TODAY})
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def broken(record: Record, questionnaire: Questionnaire) -> tuple[str, ...]:
    """Places of the questions whose answer breaks their constraint, or cannot be an answer to them at all.

    Phones hold constraints while somebody types; what was edited, imported or made by hand passed none of
    that. A constraint that :func:`~everycount.questionnaire.conditions.read_condition` does not understand
    wholly, or that asks for another question in a roster, is not judged: no answer is called wrong by half a
    rule. Today is the day on which the interview began or ended, by the phone's clock; where these are two
    days, an answer that keeps to its constraint on either is right.
    """
    days = _days(record, questionnaire)
    found = [place for question in questionnaire.questions for place in _of(question, record, days)]
    return tuple(dict.fromkeys([*found, *_odd(record, questionnaire)]))


def unread(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Places of the questions whose constraint is stated and cannot be judged here.

    What is held against today cannot be judged either, where the form does not ask the phone for its clock.
    """
    stated = [(each, _constraint(each)) for each in questionnaire.questions if each.constraint]
    is_timed = any(each.kind in _CLOCKS for each in questionnaire.questions_of(None))
    return tuple(
        "/".join(each.full_path)
        for each, condition in stated
        if condition is None or (not is_timed and _asks_today(condition))
    )


def _constraint(question: Question) -> Condition | None:
    condition = read_condition(question.constraint) if question.constraint else None
    return condition if condition is not None and (question.roster is None or _alone(condition)) else None


def _alone(condition: Condition) -> bool:
    """Whether it speaks of the answer itself only."""
    if isinstance(condition, All | Any):
        return all(_alone(each) for each in condition.parts)
    held = isinstance(condition, Comparison) and condition.value.kind is ValueKind.QUESTION
    return condition.question == ANSWER and not held


def _asks_today(condition: Condition) -> bool:
    if isinstance(condition, All | Any):
        return any(_asks_today(each) for each in condition.parts)
    return isinstance(condition, Comparison) and condition.value.kind is ValueKind.TODAY


def _days(record: Record, questionnaire: Questionnaire) -> tuple[dt.date, ...]:
    """The days on which the interview was held, as the phone says."""
    clocks = (each for each in questionnaire.questions_of(None) if each.kind in _CLOCKS)
    found = (record.answers.get("/".join(each.full_path)) for each in clocks)
    days = (each.date() if isinstance(each, dt.datetime) else each for each in found)
    return tuple(dict.fromkeys(each for each in days if isinstance(each, dt.date)))


def _of(question: Question, record: Record, days: tuple[dt.date, ...]) -> Iterator[str]:
    condition = _constraint(question)
    if condition is None:
        return
    place = "/".join(question.full_path)
    rows = (
        [record.answers]
        if question.roster is None
        else [row.answers for row in record.rosters.get(question.roster, ())]
    )
    answers = [answer for row in rows if (answer := row.get(place)) is not None]
    if any(
        all(holds(condition, answer, record, day) is False for day in days or (None,)) for answer in answers
    ):
        yield place


def _odd(record: Record, questionnaire: Questionnaire) -> Iterator[str]:
    """Where a text is no answer to its question: letters for a number, a code that it does not have."""
    asked = {each.name: "/".join(each.full_path) for each in questionnaire.questions}
    for finding in record.findings:
        name = finding.path.rpartition("/")[2].partition("[")[0]
        if name in asked:
            yield asked[name]


def holds(condition: Condition, answer: Answer, record: Record, today: dt.date | None = None) -> bool | None:
    """Whether the condition holds of an answer; None where it asks for something that is not there.

    Args:
        condition: the constraint.
        answer: what ``.`` stands for.
        record: where the answers to other questions are, none of them in a roster.
        today: what the condition calls so; None where nobody knows.
    """
    if isinstance(condition, All | Any):
        parts = [holds(each, answer, record, today) for each in condition.parts]
        told = isinstance(condition, Any)
        return told if told in parts else None if None in parts else not told
    mine = answer if condition.question == ANSWER else _named(condition.question, record)
    if mine is None:
        return None
    if isinstance(condition, Chosen):
        codes = mine if isinstance(mine, tuple) and not isinstance(mine, Point) else (str(mine),)
        return (condition.code in codes) == condition.is_chosen
    return _compared(mine, condition.sign, _against(condition.value, record, today))


def _named(name: str, record: Record) -> Answer:
    found = [answer for place, answer in record.answers.items() if place.rpartition("/")[2] == name]
    return found[0] if len(found) == 1 else None


def _against(value: Value, record: Record, today: dt.date | None) -> Answer:
    if value.kind is ValueKind.NUMBER:
        return float(value.said)
    if value.kind is ValueKind.QUESTION:
        return _named(value.said, record)
    return value.said if value.kind is ValueKind.TEXT else today


def _compared(mine: Answer, sign: str, other: Answer) -> bool | None:
    if other is None:
        return None
    left, right = _number(mine), _number(other)
    if sign in {"=", "!="}:
        same = left == right if left is not None and right is not None else str(mine) == str(other)
        return same == (sign == "=")
    if left is None or right is None:
        return None
    return _SIGNS[sign](left, right)


def _number(answer: Answer) -> float | None:
    """Numbers and days, as XPath compares them."""
    if isinstance(answer, dt.datetime):
        return answer.timestamp() / 86_400
    if isinstance(answer, dt.date):
        return float((answer - dt.date(1970, 1, 1)).days)
    if isinstance(answer, int | float):
        return float(answer)
    try:
        return float(answer) if isinstance(answer, str) else None
    except ValueError:
        return None
