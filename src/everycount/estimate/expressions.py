"""Answers and conditions as Ibis expressions: three-valued, the same on every engine.

Nothing here reads data; an expression is only a description, and the engine below does the work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, TypeAlias

import ibis

from everycount.estimate.condition import All, Answered, AnyOf, Condition, In, Not, Within
from everycount.sample.sample import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Ibis publishes no types that a strict checker could follow; the names say what is meant.
Expression: TypeAlias = Any
Rows: TypeAlias = Any

# What a person writes as a number: ASCII digits, a point, an exponent. Engines disagree about all else
# ("1_000", "0x1F", "nan"), so nothing else is one.
NUMBER = r"^[ \t\r\n]*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?[ \t\r\n]*$"

# Whole numbers up to here are exact in a double (2^53).
EXACT = 9007199254740992.0


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one question or variable: where they stand, and what is known of them."""

    values: Expression
    about: Column

    @property
    def numeric(self) -> bool:
        """They are stored as numbers."""
        return bool(self.values.type().is_numeric())


def as_number(found: Answers) -> Expression:
    """float64: the answer as a number; unknown where it is none, or not a finite one."""
    values = found.values
    kind = values.type()
    if kind.is_string():
        # What does not match is extracted as "", which is no number.
        return finite(values.re_extract(NUMBER, 0).try_cast("float64"))
    if kind.is_floating():
        return finite(values.cast("float64"))
    if kind.is_numeric() or kind.is_boolean():
        return values.cast("float64")
    return ibis.null("float64")


def finite(values: Expression) -> Expression:
    """float64: the number; unknown where it is none, or more than a double holds.

    The values are named once: expressions are put into each other, and a second mention would double them at
    each step. On every engine of ours NaN equals NaN, as sorting needs it.
    """
    return values.nullif(float("inf")).nullif(float("-inf")).nullif(float("nan"))


def as_text(found: Answers) -> Expression:
    """The answer as a person writes it: a whole number has no point (``1``, not ``1.0``)."""
    values = found.values
    kind = values.type()
    if kind.is_string():
        return values
    if kind.is_floating():
        whole = values.try_cast("int64")
        same = (whole.cast("float64") == values) & (values.abs() <= EXACT)
        return ibis.ifelse(same, whole.cast("string"), values.cast("string"))
    return values.cast("string")


def written(value: str | float) -> str:
    """A constant as a person writes it."""
    if isinstance(value, str):
        return value
    whole = float(value).is_integer() and abs(value) <= EXACT
    return str(int(value)) if whole else repr(float(value))


def numbers_among(codes: Iterable[str]) -> tuple[float, ...]:
    """Those codes that are numbers, as numbers."""
    return tuple(float(code) for code in codes if is_number(code))


def is_plain_number(text: str) -> bool:
    """The text is a number in the one way that this program writes it: ``1``, not ``1.0`` or ``01``."""
    return is_number(text) and written(float(text)) == text


def is_number(text: str) -> bool:
    """The text is what a person writes as a number."""
    return re.fullmatch(NUMBER, text) is not None


def holds(condition: Condition, look: Callable[[str], Answers]) -> Expression:
    """bool: whether a condition holds for each row; null where that is unknown."""
    match condition:
        case In():
            return _in(look(condition.question), condition.codes)
        case Within():
            return _within(look(condition.question), condition.low, condition.high)
        case Answered():
            values = look(condition.question).values
            return values.notnull() if condition.yes else values.isnull()
        case All():
            return _joined(and_, [holds(part, look) for part in condition.of], empty=True)
        case AnyOf():
            return _joined(or_, [holds(part, look) for part in condition.of], empty=False)
        case Not():
            return ~holds(condition.of, look)


def _joined(operator: Callable[[Any, Any], Any], parts: list[Expression], *, empty: bool) -> Expression:
    return reduce(operator, parts) if parts else ibis.literal(empty)


def _in(found: Answers, codes: tuple[str, ...]) -> Expression:
    if found.numeric:
        return _one_of(as_number(found), numbers_among(codes))
    text = as_text(found)
    match found.about.kind:
        case ColumnKind.CODES:
            padded = ibis.literal(" ") + text + ibis.literal(" ")
            chosen = [padded.contains(f" {code} ") for code in codes if code and " " not in code]
            return reduce(or_, chosen) if chosen else _nowhere(text)
        case ColumnKind.NUMBER:
            # A number kept as text may be written in several ways: "1" and "1.0" are the same answer.
            same = _one_of(as_number(found), numbers_among(codes)).fill_null(False)
            return _one_of(text, codes) | same
        case _:
            return _one_of(text, codes)


def _one_of(values: Expression, wanted: tuple[Any, ...]) -> Expression:
    return values.isin(wanted) if wanted else _nowhere(values)


def _nowhere(values: Expression) -> Expression:
    """False where there is an answer, unknown where there is none: what an empty list of codes means."""
    return ibis.ifelse(values.notnull(), ibis.literal(False), ibis.null("boolean"))


def _within(found: Answers, low: float | None, high: float | None) -> Expression:
    number = as_number(found)
    if low is not None and high is not None:
        return number.between(low, high)
    if low is not None:
        return number >= low
    return number <= high if high is not None else ~_nowhere(number)
