"""Conditions and constraints in words, with the numbers that the questions have on paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.questionnaire import Kind
from everycount.questionnaire.conditions import (
    ANSWER,
    All,
    Any,
    Chosen,
    Comparison,
    ValueKind,
    read_condition,
)
from everycount.questionnaire.references import REFERENCE

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from everycount.questionnaire import Question, Questionnaire
    from everycount.questionnaire.conditions import Condition, Value

_DAYS = frozenset({Kind.DATE, Kind.DATETIME, Kind.TIME, Kind.TODAY})
_RANGE = 2  # parts of a condition that says from where to where


class _NotSaidError(ValueError):
    """The condition speaks of something that does not stand on paper."""


@dataclass(frozen=True)
class Speaker:
    """Says what a form's expressions mean to somebody with paper in hand.

    Attributes:
        form: whose.
        language: of its labels.
        numbers: of the questions on paper, by their places.
        asked: the question that a constraint is of; None for a relevance.
    """

    form: Questionnaire
    language: str
    numbers: Mapping[tuple[str, ...], int]
    asked: Question | None = None

    def says(self, expression: str) -> str:
        """The expression in words; "" where it cannot be said so."""
        condition = read_condition(expression)
        if condition is None:
            return ""
        try:
            return self._said(condition)
        except _NotSaidError:
            return ""

    def as_written(self, text: str) -> str:
        """A text in which numbers of questions stand for their names, as in "[12]"."""

        def number(found: re.Match[str]) -> str:
            return f"[{self._number(found['inner']) or found['inner']}]"

        return REFERENCE.sub(number, text)

    def _number(self, name: str) -> int | None:
        question = self.form.find(name)
        return self.numbers.get(question.full_path) if question else None

    def _said(self, condition: Condition) -> str:
        match condition:
            case Comparison():
                return self._comparison(condition)
            case Chosen():
                return self._chosen(condition)
            case All(parts):
                return self._range(parts) or self._joined(parts, _("%(one)s and %(other)s"))
            case Any(parts):
                return self._joined(parts, _("%(one)s or %(other)s"))

    def _joined(self, parts: tuple[Condition, ...], pattern: str) -> str:
        """One part after another; what is put together itself stands in brackets."""
        said = [
            self._said(each) if isinstance(each, Comparison | Chosen) else f"({self._said(each)})"
            for each in parts
        ]
        joined = said[0]
        for each in said[1:]:
            joined = pattern % {"one": joined, "other": each}
        return joined

    def _range(self, parts: tuple[Condition, ...]) -> str:
        """``x >= 1 and x <= 20`` in one breath; "" where the parts are something else."""
        pair = [
            each for each in parts if isinstance(each, Comparison) and each.value.kind is ValueKind.NUMBER
        ]
        if not len(pair) == len(parts) == _RANGE:
            return ""
        low, high = sorted(pair, key=lambda each: each.sign == "<=")
        if (low.sign, high.sign) != (">=", "<=") or low.question != high.question:
            return ""
        given = {"low": low.value.said, "high": high.value.said}
        if low.question == ANSWER:
            return _("from %(low)s to %(high)s") % given
        given["number"] = self._named(low.question)
        return _("%(number)s is from %(low)s to %(high)s") % given

    def _named(self, name: str) -> str:
        number = self._number(name)
        if number is None:
            raise _NotSaidError
        return str(number)

    def _question(self, name: str) -> Question | None:
        return self.asked if name == ANSWER else self.form.find(name)

    def _comparison(self, condition: Comparison) -> str:
        is_empty = condition.value.kind is ValueKind.TEXT and not condition.value.said
        if is_empty:
            return self._answered(condition)
        question = self._question(condition.question)
        is_day = question is not None and question.kind in _DAYS
        value = self._value(condition.value, question)
        if condition.question == ANSWER:
            return (_days if is_day else _alone)()[condition.sign] % {"value": value}
        given = {"number": self._named(condition.question), "value": value}
        return (_days_of if is_day else _of)()[condition.sign] % given

    def _answered(self, condition: Comparison) -> str:
        if condition.question == ANSWER or condition.sign not in {"=", "!="}:
            raise _NotSaidError
        number = {"number": self._named(condition.question)}
        if condition.sign == "=":
            return _("%(number)s has no answer") % number
        return _("%(number)s has an answer") % number

    def _chosen(self, condition: Chosen) -> str:
        question = self._question(condition.question)
        value = _label(condition.code, question, self.language)
        if condition.question == ANSWER:
            raise _NotSaidError  # what may be chosen together with what takes more than these few words
        given = {"number": self._named(condition.question), "value": value}
        if question is not None and question.kind is Kind.SELECT_ONE:
            return _of()["=" if condition.is_chosen else "!="] % given
        if condition.is_chosen:
            return _("%(value)s is among the answers to %(number)s") % given
        return _("%(value)s is not among the answers to %(number)s") % given

    def _value(self, value: Value, question: Question | None) -> str:
        match value.kind:
            case ValueKind.TODAY:
                return _("the day of the conversation")
            case ValueKind.QUESTION:
                return f"[{self._named(value.said)}]"
            case ValueKind.TEXT | ValueKind.NUMBER:
                return _label(value.said, question, self.language)


def _label(code: str, question: Question | None, language: str) -> str:
    """What stands beside a code; the code itself where nothing does."""
    choices = question.choices if question else ()
    return next((each.labels.say(language, code) for each in choices if each.code == code), code)


def _of() -> dict[str, str]:
    return {
        "=": "%(number)s = %(value)s",
        "!=": _("%(number)s is not %(value)s"),
        ">=": _("%(number)s is %(value)s or more"),
        "<=": _("%(number)s is %(value)s or less"),
        ">": _("%(number)s is more than %(value)s"),
        "<": _("%(number)s is less than %(value)s"),
    }


def _alone() -> dict[str, str]:
    return {
        "=": "= %(value)s",
        "!=": _("not %(value)s"),
        ">=": _("%(value)s or more"),
        "<=": _("%(value)s or less"),
        ">": _("more than %(value)s"),
        "<": _("less than %(value)s"),
    }


def _days_of() -> dict[str, str]:
    return {
        "=": "%(number)s = %(value)s",
        "!=": _("%(number)s is not %(value)s"),
        ">=": _("%(number)s is not before %(value)s"),
        "<=": _("%(number)s is not after %(value)s"),
        ">": _("%(number)s is after %(value)s"),
        "<": _("%(number)s is before %(value)s"),
    }


def _days() -> dict[str, str]:
    return {
        "=": "= %(value)s",
        "!=": _("not %(value)s"),
        ">=": _("not before %(value)s"),
        "<=": _("not after %(value)s"),
        ">": _("after %(value)s"),
        "<": _("before %(value)s"),
    }
