"""Conditions as data: never SQL, never Python.

A condition about a question without an answer is neither true nor false but unknown, as in SQL: ``any`` of an
unknown and a true condition is true, ``not`` of an unknown one is unknown. ``Answered`` is never unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class In:
    """The answer is one of ``codes``; for several-choice questions, at least one of them was chosen."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The numeric answer lies between ``low`` and ``high``, both included; None leaves a side open."""

    question: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """There is an answer (``yes``) or there is none."""

    question: str
    yes: bool = True


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the conditions holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    of: Condition


Condition: TypeAlias = In | Within | Answered | All | AnyOf | Not


def questions(condition: Condition) -> tuple[str, ...]:
    """The names of the questions a condition looks at, in order of first appearance."""
    match condition:
        case In() | Within() | Answered():
            return (condition.question,)
        case Not():
            return questions(condition.of)
        case All() | AnyOf():
            return tuple(dict.fromkeys(name for part in condition.of for name in questions(part)))
