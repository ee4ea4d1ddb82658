"""Conditions of a survey file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from everycount.estimate.condition import All, Answered, AnyOf, Condition, In, Not, Within
from everycount.survey.document import Reader, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

LEAVES = ("in", "at_least", "at_most", "between", "answered")
JOINTS = ("all", "any", "not")
KEYS = (*LEAVES, *JOINTS)


def read_condition(reader: Reader) -> Condition | None:
    """The condition that a table says: a question with a comparison, or a combination of conditions.

    The keys of a condition may stand beside others (a measure is a condition with a name), so the caller
    closes the reader. None after a fault.
    """
    kind = reader.one_of(_alternatives(reader), "A condition")
    if kind is None:
        reader.raw("question")
        return None
    if kind in JOINTS:
        return _joint(reader, kind)
    question = reader.text("question", required=True)
    return _LEAF[kind](reader, question) if question else None


def _alternatives(reader: Reader) -> tuple[str, ...]:
    # A lower and an upper limit together are one comparison, not two.
    both = "at_least" in reader and "at_most" in reader
    return tuple(key for key in KEYS if not (both and key == "at_most"))


def _joint(reader: Reader, kind: str) -> Condition | None:
    if "question" in reader:
        reader.complain(
            "question", f'"question" stands beside "{kind}".', f"Move it into a condition of {kind}."
        )
    if kind == "not":
        inner = reader.table("not")
        condition = closed(inner) if inner else None
        return None if condition is None else Not(condition)
    parts = [closed(part) for part in reader.tables(kind)]
    if not parts:
        reader.complain(
            kind, f'"{kind}" is empty.', "Put conditions into it: [{question = ..., in = [...]}, ...]."
        )
    whole = tuple(part for part in parts if part is not None)
    return All(whole) if kind == "all" else AnyOf(whole)


def closed(reader: Reader) -> Condition | None:
    """A condition that stands alone: no other keys beside it."""
    condition = read_condition(reader)
    reader.close()
    return condition


def _in(reader: Reader, question: str) -> Condition | None:
    codes = reader.strings("in")
    if not codes:
        reader.complain("in", '"in" is empty.', 'List the codes that count: in = ["1", "2"].')
        return None
    return In(question, codes)


def _limits(reader: Reader, question: str) -> Condition | None:
    return Within(question, reader.number("at_least"), reader.number("at_most"))


def _between(reader: Reader, question: str) -> Condition | None:
    value: Any = reader.raw("between")
    if not isinstance(value, list) or len(value) != 2 or not all(_is_number(limit) for limit in value):
        reader.complain("between", f'"between" is {value!r}.', "Give two numbers: between = [5, 17].")
        return None
    low, high = (float(limit) for limit in value)
    if low > high:
        reader.complain(
            "between", f"{code_of(low)} is more than {code_of(high)}.", "Put the smaller number first."
        )
        return None
    return Within(question, low, high)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _answered(reader: Reader, question: str) -> Condition | None:
    return Answered(question, reader.boolean("answered", default=True))


_LEAF: dict[str, Callable[[Reader, str], Condition | None]] = {
    "in": _in,
    "at_least": _limits,
    "at_most": _limits,
    "between": _between,
    "answered": _answered,
}
