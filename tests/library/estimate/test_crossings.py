"""What dimensions have in common is found where somebody could subtract, and only there."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.estimate.condition import In
from everycount.estimate.crossings import Woven, is_plain
from everycount.estimate.plan import (
    Case,
    Cases,
    Dimension,
    Group,
    Measure,
    MeasureKind,
    Plan,
    Table,
    Value,
    Variable,
)
from everycount.text import NOTHING


def dimension(name: str, question: str, *groups: str) -> Dimension:
    """Groups by their members, which are letters or figures: "012" is the group of 0, 1 and 2."""
    return Dimension(name, question, groups=tuple(Group(one, NOTHING, tuple(one)) for one in groups))


def woven(
    places: dict[str, list[int]],
    dimensions: list[Dimension],
    breakdowns: list[tuple[str, ...]],
    variables: tuple[Variable, ...] = (),
    **measure: object,
) -> Woven:
    one = Measure("safe", MeasureKind.PROPORTION, condition=In("water", ("1",)), **measure)
    tables = tuple(Table(("safe",), by) for by in breakdowns)
    plan = Plan((one,), tuple(dimensions), tables, variables)
    arrays = {name: np.array(codes, dtype=np.int8) for name, codes in places.items()}
    return Woven.of("main", arrays, {one.id: one for one in dimensions}, plan, tables)


BANDS = [dimension("young", "age", "012", "34"), dimension("adult", "age", "0123", "4")]
AGES = {"young": [0, 0, 0, 1, 1], "adult": [0, 0, 0, 0, 1]}


def test_two_bandings_that_overlap_are_crossed() -> None:
    found = woven(AGES, BANDS, [(), ("young",), ("adult",)])
    assert found.ties == (("young", "adult"),)
    assert found.tables == (Table(("safe",), ("young", "adult")),)


def test_who_is_in_a_group_and_in_none_of_the_other_dimension_is_seen() -> None:
    """The second of the young is in no group of adults, and one adult is in none of young."""
    found = woven({"young": [0, 0, 1, -1, 1], "adult": [0, -1, 0, 0, 1]}, BANDS, [(), ("young",), ("adult",)])
    assert set(found.covered) == {("young", "34", "adult"), ("adult", "4", "young")}


def test_they_are_crossed_with_what_both_are_split_by() -> None:
    sex = dimension("sex", "sex", "f", "m")
    places = AGES | {"sex": [0, 1, 0, 1, 0]}
    found = woven(places, [*BANDS, sex], [("young", "sex"), ("adult", "sex"), ("young",)])
    assert {frozenset(one.by) for one in found.tables} == {
        frozenset({"young", "adult"}),
        frozenset({"young", "adult", "sex"}),
    }


def test_a_banding_that_is_finer_by_its_codes_is_seen_by_everybody() -> None:
    fine, coarse = dimension("fine", "age", "01", "2", "34"), dimension("coarse", "age", "012", "34")
    assert is_plain(fine, coarse)
    assert not is_plain(*BANDS)
    assert (
        woven({"fine": [0, 1, 2], "coarse": [0, 0, 1]}, [fine, coarse], [("fine",), ("coarse",)]).ties == ()
    )


def test_variables_are_followed_to_the_number_they_are_made_of() -> None:
    variables = tuple(
        Variable(name, Cases((Case(Value("x"), In("age", codes)),)))
        for name, codes in (("v", ("0", "1")), ("w", ("0", "1", "2")))
    )
    one, other = dimension("one", "v", "x", "y"), dimension("other", "w", "x", "y")
    places = {"one": [0, 1, 1], "other": [0, 0, 1]}
    assert woven(places, [one, other], [("one",), ("other",)], variables).tables
    assert not woven(places | {"other": [1, 0, 0]}, [one, other], [("one",)], variables).tables


def test_districts_lie_in_regions_though_nobody_says_so() -> None:
    district, region = dimension("district", "d", "a", "b", "c"), dimension("region", "r", "n", "s")
    places = {"district": [0, 1, 2, 0, -1], "region": [0, 0, 1, 0, -1]}
    (nesting,) = woven(places, [district, region], [("district",), ("region",)]).nestings
    assert (nesting.inner, nesting.outer) == ("district", "region")
    assert nesting.places == (("a", "n"), ("b", "n"), ("c", "s"))


def test_a_single_region_is_the_sum_of_its_districts() -> None:
    """Whoever holds the women of the region and of all its districts but one has those of the last."""
    dimensions = [dimension("district", "d", "a", "b", "c"), dimension("region", "r", "n", "s")]
    found = woven({"district": [0, 1, 2, 0], "region": [0] * 4}, dimensions, [("district",), ("region",)])
    assert [(one.inner, one.outer, one.places) for one in found.nestings] == [
        ("district", "region", (("a", "n"), ("b", "n"), ("c", "n")))
    ]


@pytest.mark.parametrize(
    ("district", "region"),
    [
        ([0, 1, 2, 0], [0, 0, 1, 1]),  # district a in both regions
        ([0, 1, 2, 0], [0, 0, 0, -1]),  # one region alone, and a district that also lies elsewhere
    ],
)
def test_groups_that_are_spread_are_not_nested(district: list[int], region: list[int]) -> None:
    dimensions = [dimension("district", "d", "a", "b", "c"), dimension("region", "r", "n", "s")]
    found = woven({"district": district, "region": region}, dimensions, [("district",), ("region",)])
    assert (found.ties, found.nestings, found.tables) == ((), (), ())


def test_a_late_row_shows_that_they_are_not_nested() -> None:
    many = 40_000
    district, region = [at % 3 for at in range(many)], [(0, 0, 1)[at % 3] for at in range(many)]
    dimensions = [dimension("district", "d", "a", "b", "c"), dimension("region", "r", "n", "s")]
    breakdowns: list[tuple[str, ...]] = [("district",), ("region",)]
    assert woven({"district": district, "region": region}, dimensions, breakdowns).nestings
    region[-1] = 1 - region[-1]
    assert not woven({"district": district, "region": region}, dimensions, breakdowns).nestings


def test_among_is_crossed_with_a_dimension_of_the_same_question() -> None:
    found = woven({"adult": [0, 0, 1]}, BANDS[1:], [(), ("adult",)], among=In("age", ("0", "1", "2")))
    assert found.tables == ()  # the measure is split by it already
    tables = [Table(("safe",), ()), Table(("all",), ("adult",))]
    measures = (
        Measure("safe", MeasureKind.PROPORTION, condition=In("water", ("1",)), among=In("age", ("0", "1"))),
        Measure("all", MeasureKind.PROPORTION, condition=In("water", ("1",))),
    )
    plan = Plan(measures, (BANDS[1],), tuple(tables))
    places = {"adult": np.array([0, 0, 1])}
    found = Woven.of("main", places, {"adult": BANDS[1]}, plan, tables)
    assert found.tables == (Table(("safe",), ("adult",)),)
