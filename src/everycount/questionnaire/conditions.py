"""Conditions of XLSForm, as far as they can be said in a sentence.

A small part of XPath 1.0 (W3C, 1999, sections 3.3-3.4) as forms use it: comparisons of a question with a
code, a number, today or another question; ``selected()``; ``not()``, ``and`` and ``or``. Nothing is reckoned
here. What is not understood wholly is not understood at all: half a condition would be another condition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

ANSWER = ""  # the name of the question that a constraint is about, written as "."
_LONGEST = 2000  # letters; what is longer is no sentence
_DEEPEST = 20  # brackets in brackets
_TOKEN = re.compile(
    r"""\s*(?:\$\{(?P<question>[^}\s]+)\}|(?P<text>'[^']*'|"[^"]*")|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<sign>!=|<=|>=|[=<>(),])|(?P<word>[A-Za-z][A-Za-z-]*)|(?P<answer>\.))"""
)
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


class ValueKind(StrEnum):
    """What a question is held against."""

    TEXT = "text"
    NUMBER = "number"
    TODAY = "today"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Value:
    """A code or words, a number as written, today, or the answer to the question of that name."""

    kind: ValueKind
    said: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer held against a value: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``."""

    question: str
    sign: str
    value: Value


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whether a code is among those chosen."""

    question: str
    code: str
    is_chosen: bool = True


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the parts holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of the parts holds."""

    parts: tuple[Condition, ...]


Condition: TypeAlias = "Comparison | Chosen | All | Any"


class _NotUnderstoodError(ValueError):
    """The expression is more than this small part of XPath."""


def read_condition(expression: str) -> Condition | None:
    """The condition that an expression is; None where it cannot be said in a sentence."""
    if len(expression) > _LONGEST:
        return None
    try:
        reader = _Reader(_tokens(expression))
        found = reader.any()
        reader.finish()
    except _NotUnderstoodError:
        return None
    return found


def negated(condition: Condition) -> Condition:
    """What holds where the condition does not, by De Morgan's rules.

    An answer that is not there makes each comparison with a number false, so that here a condition and its
    negation may both fail; of questions that were answered exactly one holds.
    """
    if isinstance(condition, Comparison):
        return replace(condition, sign=_OPPOSITE[condition.sign])
    if isinstance(condition, Chosen):
        return replace(condition, is_chosen=not condition.is_chosen)
    parts = tuple(negated(each) for each in condition.parts)
    return Any(parts) if isinstance(condition, All) else All(parts)


def bounds(condition: Condition | None) -> tuple[float | None, float | None]:
    """The least and the greatest number that a constraint lets pass; None where it names no such number."""
    parts = condition.parts if isinstance(condition, All) else (condition,)
    plain = [
        (each.sign, float(each.value.said))
        for each in parts
        if isinstance(each, Comparison) and each.question == ANSWER and each.value.kind is ValueKind.NUMBER
    ]
    lower = [number for sign, number in plain if sign in {">", ">=", "="}]
    upper = [number for sign, number in plain if sign in {"<", "<=", "="}]
    return max(lower, default=None), min(upper, default=None)


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, position, text = [], 0, expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _NotUnderstoodError
        found.append((match.lastgroup, match[match.lastgroup]))
        position = match.end()
    return found


class _Reader:
    """Reads tokens from the left; each method takes what it understands and leaves the rest."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._rest = tokens[::-1]
        self._depth = 0

    def finish(self) -> None:
        if self._rest:
            raise _NotUnderstoodError

    def any(self) -> Condition:
        parts = [self._all()]
        while self._takes("word", "or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._takes("word", "and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _one(self) -> Condition:
        if self._takes("sign", "("):
            return self._inside()
        if self._takes("word", "not"):
            self._must("(")
            return negated(self._inside())
        if self._takes("word", "selected"):
            return self._chosen()
        return self._comparison()

    def _inside(self) -> Condition:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotUnderstoodError
        found = self.any()
        self._must(")")
        self._depth -= 1
        return found

    def _chosen(self) -> Condition:
        self._must("(")
        question = self._question()
        self._must(",")
        kind, code = self._next()
        if question is None or kind != "text":
            raise _NotUnderstoodError
        self._must(")")
        return Chosen(question, code[1:-1])

    def _comparison(self) -> Condition:
        left = self._question()
        value = self._value() if left is None else None
        kind, sign = self._next()
        if kind != "sign" or sign not in _OPPOSITE:
            raise _NotUnderstoodError
        if left is not None:
            return Comparison(left, sign, self._value())
        question = self._question()
        if question is None or value is None:
            raise _NotUnderstoodError
        return Comparison(question, _TURNED[sign], value)

    def _question(self) -> str | None:
        """The name of a question, or of the one that is asked here; nothing is taken where there is none."""
        kind, said = self._rest[-1] if self._rest else ("", "")
        if kind not in {"question", "answer"}:
            return None
        self._rest.pop()
        return said if kind == "question" else ANSWER

    def _value(self) -> Value:
        kind, said = self._next()
        if kind == "text":
            return Value(ValueKind.TEXT, said[1:-1])
        if kind in {"number", "question"}:
            return Value(ValueKind(kind), said)
        if (kind, said) == ("word", "today"):
            self._must("(")
            self._must(")")
            return Value(ValueKind.TODAY)
        raise _NotUnderstoodError

    def _next(self) -> tuple[str, str]:
        if not self._rest:
            raise _NotUnderstoodError
        return self._rest.pop()

    def _takes(self, kind: str, said: str) -> bool:
        if self._rest and self._rest[-1] == (kind, said):
            self._rest.pop()
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._takes("sign", sign):
            raise _NotUnderstoodError
