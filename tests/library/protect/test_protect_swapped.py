"""As many as before and other answers: the difference of two releases is about those who changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.plan import Dimension, Measure, MeasureKind
from everycount.protect import PUBLIC, Status, protect
from library.protect.people import Survey, estimates, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.protect import Cells
    from library.protect.people import Person

PEOPLE = [
    {"region": "ab"[i % 2], "water": "yn"[i % 3 == 0], "income": 100.0 + 7 * (i % 37)} for i in range(120)
]
KINDS = ("share", "count", "mean", "total")


def survey(people: Sequence[Person], kind: str) -> Survey:
    measure = {
        "share": share("m", "water", "y"),
        "count": replace(share("m", "water", "y"), kind=MeasureKind.COUNT),
        "mean": Measure("m", MeasureKind.MEAN, condition=None, question="income"),
        "total": Measure("m", MeasureKind.TOTAL, condition=None, question="income"),
    }[kind]
    return Survey(
        people, [measure], {"m": [(), ("region",)]}, [Dimension("region", "region")], {"region": ["a", "b"]}
    )


def revised(people: Sequence[Person], kind: str) -> Cells:
    """The second release, beside that of everybody as they were."""
    return protect(
        estimates(survey(people, kind)), PUBLIC, given=[protect(estimates(survey(PEOPLE, kind)), PUBLIC)]
    )


def changed(count: int) -> list[Person]:
    """The first few of region a answer otherwise."""
    others = [dict(one) for one in PEOPLE]
    for one in [one for one in others if one["region"] == "a"][:count]:
        one["water"], one["income"] = ("n" if one["water"] == "y" else "y"), float(one["income"]) + 1
    return others


@pytest.mark.parametrize("kind", KINDS)
def test_one_who_came_for_one_who_left_is_not_the_difference(kind: str) -> None:
    hidden = {one.cell for one in revised(changed(1), kind).cells if one.status is not Status.SHOWN}
    assert {(), (("region", "a"),)} <= hidden


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_answers_are_shown_again(kind: str) -> None:
    assert {one.status for one in revised(PEOPLE, kind).cells} == {Status.SHOWN}


def test_another_unit_is_no_difference_of_a_few() -> None:
    """Every income in another currency: what changed is about everybody."""
    dearer = [one | {"income": 90 * float(str(one["income"]))} for one in PEOPLE]
    assert {one.status for one in revised(dearer, "mean").cells} == {Status.SHOWN}


def test_many_other_answers_are_no_difference_of_a_few() -> None:
    """Everybody's water was recorded the wrong way round."""
    others = [one | {"water": "n" if one["water"] == "y" else "y"} for one in PEOPLE]
    assert {one.status for one in revised(others, "share").cells} == {Status.SHOWN}


def test_a_correction_does_not_follow_from_what_is_left_of_everybody() -> None:
    """One of region a answers otherwise, and many of b: everybody less b would be the one."""
    others = changed(1)
    for one in [one for one in others if one["region"] == "b"][:30]:
        one["water"] = "n" if one["water"] == "y" else "y"
    hidden = {one.cell for one in revised(others, "share").cells if one.status is not Status.SHOWN}
    assert (("region", "a"),) in hidden
    assert hidden & {(), (("region", "b"),)}
