"""Dimensions made from one question are linked, however a variable takes the answer over."""

from __future__ import annotations

import pytest

from everycount.estimate.condition import All, In
from everycount.estimate.origins import roots, same_answers
from everycount.estimate.plan import Case, Cases, Dimension, OverRoster, Plan, Roll, Take, Variable

HEAD = In("relation", ("head",))


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (OverRoster("members", Roll.TAKE, HEAD, "sex"), {"made", "relation", "sex"}),
        (OverRoster("members", Roll.SUM, All(()), "earned"), {"made", "earned"}),
        (OverRoster("members", Roll.ANY, HEAD), {"made", "relation"}),
        (Cases((Case(Take("sex"), HEAD),)), {"made", "relation", "sex"}),
    ],
)
def test_every_question_behind_a_variable_is_found(rule: OverRoster | Cases, found: set[str]) -> None:
    assert roots(("made",), Plan((), variables=(Variable("made", rule),))) == found


def test_two_sums_of_one_roster_question_are_made_from_the_same_answers() -> None:
    variables = tuple(Variable(name, OverRoster("members", Roll.SUM, All(()), "age")) for name in "ab")
    plan = Plan((), variables=variables)
    assert same_answers(Dimension("one", "a"), Dimension("other", "b"), plan)
