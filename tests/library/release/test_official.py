"""A number and an official figure stand on one axis only where they are alike; else reasons come first."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate.plan import Benchmark
from everycount.release.official import Aspect, Side, Standing, compared, differences, standing
from everycount.sample.design import Scope
from everycount.text import Text
from library.release.samples import SURVEY, shown

if TYPE_CHECKING:
    from everycount.protect.cells import Cell

ALIKE = Benchmark(
    0.59,
    Text.of("National figure", "en"),
    "An invented source",
    period="2024-05/2025-01",
    area="BGD",
    population="everybody in households",
    concept="the same ladder",
    same_concept=True,
    same_population=True,
)
EVERYBODY = shown("safe_water", (), 0.6)
UNLIKE: dict[Aspect, dict[str, Any]] = {
    Aspect.CONCEPT: {"same_concept": False},
    Aspect.POPULATION: {"same_population": False},
    Aspect.PLACE: {"area": "IND"},
    Aspect.PERIOD: {"period": "2019/2021"},
}


def about(scope: Scope, cell: tuple[tuple[str, str], ...] = ()) -> Cell:
    return replace(shown("safe_water", cell, 0.6), scope=scope)


def test_what_is_alike_in_all_four_may_stand_on_one_axis() -> None:
    assert differences(ALIKE, EVERYBODY, SURVEY) == ()


@pytest.mark.parametrize("chosen", [one for n in range(1, 5) for one in combinations(UNLIKE, n)])
def test_each_difference_is_a_reason_and_no_other_is(chosen: tuple[Aspect, ...]) -> None:
    changes: dict[str, Any] = {}
    for kind in chosen:
        changes |= UNLIKE[kind]
    figure = replace(ALIKE, **changes)
    found = differences(figure, EVERYBODY, SURVEY)
    assert tuple(each.kind for each in found) == chosen
    assert all(each.theirs for each in found)
    told = compared(figure, EVERYBODY, SURVEY)
    assert told.may_share_an_axis is (not chosen)
    # Each side is told once: alike, or with its reason.
    assert sorted((*told.alike, *(side for side, _ in told.unlike))) == sorted(Side)


def test_what_nobody_said_is_a_reason() -> None:
    bare = Benchmark(0.59, ALIKE.labels, ALIKE.source)
    kinds = [each.kind for each in differences(bare, EVERYBODY, SURVEY)]
    assert kinds == [
        Aspect.CONCEPT_UNSAID,
        Aspect.POPULATION_UNSAID,
        Aspect.PLACE_UNSAID,
        Aspect.PERIOD_UNSAID,
    ]


def test_those_who_were_asked_and_a_group_are_never_a_population() -> None:
    (asked,) = differences(ALIKE, about(Scope.RESPONDENTS), SURVEY)
    (group,) = differences(ALIKE, about(Scope.POPULATION, (("sex_of_head", "F"),)), SURVEY)
    assert (asked.kind, group.kind) == (Aspect.RESPONDENTS, Aspect.GROUP)
    assert asked.theirs == "everybody in households"


@pytest.mark.parametrize(
    ("period", "is_same"),
    [
        ("2024", True),
        ("2024-02", False),
        ("2024-05-31", True),
        ("2020/2024-03", True),
        ("2024-06/2026", False),
    ],
)
def test_times_are_alike_where_they_overlap(period: str, is_same: bool) -> None:  # noqa: FBT001 - of the table
    assert (not differences(replace(ALIKE, period=period), EVERYBODY, SURVEY)) is is_same


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.55, Standing.INSIDE), (0.49, Standing.HIGHER), (0.71, Standing.LOWER)],
)
def test_where_the_figure_lies(value: float, expected: Standing) -> None:
    assert standing(replace(ALIKE, value=value), EVERYBODY) == expected
    without = replace(EVERYBODY, ci_low=None, ci_high=None)
    assert standing(replace(ALIKE, value=value), without) == Standing.UNKNOWN
