"""Conditions as data: never SQL, never Python.

A condition about a question without an answer is neither true nor false but unknown, as in SQL: ``any`` of an
unknown and a true condition is true, ``not`` of an unknown one is unknown. ``Answered`` is never unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


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


Leaf: TypeAlias = In | Within | Answered


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The single comparisons that a condition is made of."""
    match condition:
        case All() | AnyOf():
            for part in condition.of:
                yield from leaves(part)
        case Not():
            yield from leaves(condition.of)
        case _:
            yield condition


def questions(condition: Condition) -> tuple[str, ...]:
    """The names of the questions a condition looks at, in order of first appearance."""
    return tuple(dict.fromkeys(leaf.question for leaf in leaves(condition)))


def revealed(condition: Condition) -> tuple[str, ...]:
    """The questions whose answers a condition looks at; asking only whether there is one reveals none."""
    found = (leaf.question for leaf in leaves(condition) if isinstance(leaf, In | Within))
    return tuple(dict.fromkeys(found))
