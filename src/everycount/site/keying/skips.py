"""Whether a question is asked, after what was typed before it: conditions that can be said in a sentence.

Comparisons are those of XPath 1.0 (W3C, 1999, section 3.4): with a number both sides are numbers, and what
is no number makes every comparison false but "is not". What cannot be told is None, and then the question is
asked: a keyer sees on the sheet whether something stands there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from everycount.questionnaire.conditions import All, Any, Chosen, Comparison, ValueKind, read_condition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from everycount.questionnaire.conditions import Condition

    Answer: TypeAlias = "Callable[[str], str | None]"
Said: TypeAlias = "list[object]"


def all_hold(expressions: Iterable[str], answer: Answer) -> bool | None:
    """Whether every one of some expressions holds; None where that cannot be told."""
    return _joined([_of(read_condition(each), answer) for each in expressions], ends=False)


def _of(condition: Condition | None, answer: Answer) -> bool | None:
    match condition:
        case None:
            return None
        case All(parts):
            return _joined([_of(each, answer) for each in parts], ends=False)
        case Any(parts):
            return _joined([_of(each, answer) for each in parts], ends=True)
        case Chosen(question, code, is_chosen):
            given = answer(question)
            return None if given is None else (code in given.split()) is is_chosen
        case Comparison():
            return _compared(condition, answer)


def _joined(parts: list[bool | None], *, ends: bool) -> bool | None:
    """And (``ends`` is False) or or: one part may decide; else one that is not known leaves it open."""
    if ends in parts:
        return ends
    return None if None in parts else not ends


def _compared(condition: Comparison, answer: Answer) -> bool | None:
    left, value = answer(condition.question), condition.value
    if value.kind is ValueKind.TODAY:
        return None
    right = answer(value.said) if value.kind is ValueKind.QUESTION else value.said
    if left is None or right is None:
        return None
    if condition.sign in {"=", "!="} and value.kind is not ValueKind.NUMBER:
        return (left == right) is (condition.sign == "=")
    one, other = _number(left), _number(right)
    return {
        "=": one == other,
        "!=": one != other,
        "<": one < other,
        "<=": one <= other,
        ">": one > other,
        ">=": one >= other,
    }[condition.sign]


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def told(expressions: Iterable[str], name: Callable[[str], str | None]) -> Said:
    """The same for a script: lists of lists; ``name`` gives a question's field, None where it has none."""
    return ["all", *(_told(read_condition(each), name) for each in expressions)]


def _told(condition: Condition | None, name: Callable[[str], str | None]) -> Said:
    match condition:
        case All(parts):
            return ["all", *(_told(each, name) for each in parts)]
        case Any(parts):
            return ["any", *(_told(each, name) for each in parts)]
        case Chosen(question, code, is_chosen) if (field := name(question)) is not None:
            return ["chosen", field, code, is_chosen]
        case Comparison(question, sign, value) if (field := name(question)) is not None:
            other = name(value.said) if value.kind is ValueKind.QUESTION else value.said
            if other is not None and value.kind is not ValueKind.TODAY:
                return ["is", field, sign, str(value.kind), other]
    return ["?"]
