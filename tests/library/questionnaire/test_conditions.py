"""Conditions read for sentences: understood wholly, or not at all."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.questionnaire.conditions import (
    ANSWER,
    All,
    Any,
    Chosen,
    Comparison,
    Value,
    ValueKind,
    bounds,
    negated,
    read_condition,
)

if TYPE_CHECKING:
    from everycount.questionnaire.conditions import Condition

TEXT, NUMBER = ValueKind.TEXT, ValueKind.NUMBER


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("${a} = 'yes'", Comparison("a", "=", Value(TEXT, "yes"))),
        ('${a}!="no"', Comparison("a", "!=", Value(TEXT, "no"))),
        ("5 <= ${age}", Comparison("age", ">=", Value(NUMBER, "5"))),
        (". <= today()", Comparison(ANSWER, "<=", Value(ValueKind.TODAY))),
        (". <= ${size}", Comparison(ANSWER, "<=", Value(ValueKind.QUESTION, "size"))),
        ("selected(${a}, 'x')", Chosen("a", "x")),
        ("not(selected(${a}, 'x'))", Chosen("a", "x", is_chosen=False)),
        ("not(${a} >= 5)", Comparison("a", "<", Value(NUMBER, "5"))),
        (
            "${a} = 1 or ${b} = 2 and ${c} = -3.5",
            Any(
                (
                    Comparison("a", "=", Value(NUMBER, "1")),
                    All(
                        (
                            Comparison("b", "=", Value(NUMBER, "2")),
                            Comparison("c", "=", Value(NUMBER, "-3.5")),
                        )
                    ),
                )
            ),
        ),
    ],
)
def test_what_is_said_in_a_sentence(written: str, read: Condition) -> None:
    assert read_condition(written) == read


@pytest.mark.parametrize(
    "written",
    [
        "",
        "${a}",
        "${a} = ",
        "${a} = 'yes",
        "count(${a}) > 0",
        "${a} + ${b} > 3",
        "regex(., '^[0-9]+$')",
        "not(selected(., 'none') and count-selected(.) > 1)",
        "${a} = 1 ${b} = 2",
        "(${a} = 1",
        "today() = today()",
        "${a} = true()",
        "(" * 5000 + "${a} = 1" + ")" * 5000,
        "(" * 500 + "${a} = 1" + ")" * 500,
        "not(" * 300 + "${a} = 1" + ")" * 300,
    ],
)
def test_half_a_condition_is_none(written: str) -> None:
    assert read_condition(written) is None


@given(st.text("${}ab.'\"<>=!()andorselctd ,1-", max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_condition_or_none(written: str) -> None:
    read_condition(written)


NAMES = st.sampled_from("abc")
PLAIN = st.builds(
    Comparison,
    NAMES,
    st.sampled_from(["=", "!=", "<", "<=", ">", ">="]),
    st.integers(-3, 3).map(lambda number: Value(NUMBER, str(number))),
)
CHOSEN = st.builds(Chosen, NAMES, st.sampled_from("xy"))
CONDITIONS = st.recursive(
    st.one_of(PLAIN, CHOSEN),
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([All, Any]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=6,
)


def written(condition: Condition) -> str:
    """The condition as a form has it."""
    match condition:
        case Comparison(question, sign, value):
            return f"${{{question}}} {sign} {value.said}"
        case Chosen(question, code, is_chosen):
            said = f"selected(${{{question}}}, '{code}')"
            return said if is_chosen else f"not({said})"
        case All(parts):
            return " and ".join(f"({written(each)})" for each in parts)
        case Any(parts):
            return " or ".join(f"({written(each)})" for each in parts)


SIGNS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def holds(condition: Condition, numbers: dict[str, int], codes: dict[str, str]) -> bool:
    """Whether a condition holds of answers that were all given."""
    match condition:
        case Comparison(question, sign, value):
            return bool(SIGNS[sign](numbers[question], int(value.said)))
        case Chosen(question, code, is_chosen):
            return (code in codes[question]) is is_chosen
        case All(parts):
            return all(holds(each, numbers, codes) for each in parts)
        case Any(parts):
            return any(holds(each, numbers, codes) for each in parts)


@given(CONDITIONS)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_again(condition: Condition) -> None:
    assert read_condition(written(condition)) == condition


@given(
    CONDITIONS,
    st.fixed_dictionaries({name: st.integers(-4, 4) for name in "abc"}),
    st.fixed_dictionaries({name: st.sampled_from(["", "x", "y", "xy"]) for name in "abc"}),
)
@settings(max_examples=150, deadline=None)
def test_a_condition_or_its_negation_holds(
    condition: Condition, numbers: dict[str, int], codes: dict[str, str]
) -> None:
    assert holds(condition, numbers, codes) != holds(negated(condition), numbers, codes)
    assert read_condition(f"not({written(condition)})") == negated(condition)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        (". >= 1 and . <= 20", (1, 20)),
        (". > 0", (0, None)),
        (". < 7 and . <= 5", (None, 5)),
        (". = 3", (3, 3)),
        (". >= 1 or . <= 20", (None, None)),
        ("${a} <= 20", (None, None)),
        (". <= today()", (None, None)),
        ("regex(., 'x')", (None, None)),
    ],
)
def test_bounds_are_those_of_the_answer_itself(
    written: str, found: tuple[float | None, float | None]
) -> None:
    assert bounds(read_condition(written)) == found
