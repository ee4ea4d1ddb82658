"""What is left of an amount when its shown parts are taken away does not tell about single people."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.plan import Dimension, Measure, MeasureKind
from everycount.faults import InputError
from everycount.protect import OPEN, PUBLIC, Status, protect, restore
from everycount.protect.protection import refuse
from library.protect.people import Survey, estimates, keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect import Cells, Policy
    from library.protect.people import Person

EXACT = replace(PUBLIC, name="own", decimals=None)
KINDS = (MeasureKind.TOTAL, MeasureKind.MEAN)


def survey(people: Sequence[Person], names: Sequence[str], kind: MeasureKind = MeasureKind.TOTAL) -> Survey:
    """Incomes by every breakdown of some dimensions, with the share of the richest of each cell."""
    bys = list(chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)))
    groups = {name: sorted({str(person[name]) for person in people}) for name in names}
    income = Measure("income", kind, condition=None, question="income")
    made = Survey(people, [income], {"income": bys}, [Dimension(name, name) for name in names], groups)
    largest = {}
    for by in bys:
        for key in keys(made, by):
            found = amounts(people, key)
            if sum(found) > 0:
                largest["income", key] = max(found) / sum(found)
    return replace(made, largest=largest)


def amounts(people: Sequence[Person], key: CellKey) -> list[float]:
    return [person["income"] for person in people if all(person[name] == code for name, code in key)]


def households(regions: Mapping[str, Sequence[float]]) -> list[Person]:
    return [{"region": code, "income": income} for code, found in regions.items() for income in found]


def left(cells: Cells, kind: MeasureKind) -> tuple[int, float]:
    """What anybody subtracts: people and amount of everybody less the regions that are shown."""
    worth = {
        one.cell: (one.n, one.value * (1 if kind is MeasureKind.TOTAL else one.n))
        for one in cells.cells
        if one.status is Status.SHOWN and one.value is not None and one.n is not None
    }
    n, total = worth.pop(())
    return n - sum(each for each, _ in worth.values()), total - sum(amount for _, amount in worth.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_landlord_of_a_hidden_region_is_not_what_is_left(kind: MeasureKind) -> None:
    people = households({"a": [1e6] + [100.0] * 39, "b": [100.0] * 12, "c": [2e4] * 60, "d": [2e4] * 60})
    cells = protect(estimates(survey(people, ["region"], kind)), EXACT)
    assert left(cells, kind)[1] > 1e6 / EXACT.max_share


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_handful_have_together_is_not_left(kind: MeasureKind) -> None:
    """With the standard error, sum and sum of squares of three people nearly are their answers."""
    people = households(
        {
            "a": [310.0],
            "b": [150.0, 170.0],
            "c": [100.0 + i for i in range(50)],
            "d": [90.0 + i for i in range(60)],
        }
    )
    cells = protect(estimates(survey(people, ["region"], kind)), EXACT)
    assert left(cells, kind)[0] >= EXACT.min_respondents


def test_that_nobody_of_two_small_regions_has_anything_is_not_left() -> None:
    people = households(
        {
            "a": [0.0] * 12,
            "b": [0.0] * 12,
            "c": [100.0 + i for i in range(50)],
            "d": [90.0 + i for i in range(60)],
        }
    )
    cells = protect(estimates(survey(people, ["region"])), EXACT)
    assert left(cells, MeasureKind.TOTAL)[1] > 0


def test_the_only_income_of_two_small_regions_is_not_left() -> None:
    people = households(
        {"a": [0.0] * 12, "b": [0.0] * 14 + [500.0], "c": [100.0] * 50, "d": [100.0 + i for i in range(60)]}
    )
    cells = protect(estimates(survey(people, ["region"])), EXACT)
    assert left(cells, MeasureKind.TOTAL)[1] > 500 / EXACT.max_share


def test_no_more_is_hidden_where_enough_is_left() -> None:
    people = households(
        {"a": [100.0, 90.0, 80.0], "b": [100.0 + i for i in range(12)], "c": [90.0 + i for i in range(60)]}
    )
    cells = protect(estimates(survey(people, ["region"])), EXACT)
    hidden = [dict(one.cell)["region"] for one in cells.cells if one.status is not Status.SHOWN]
    assert hidden == ["a", "b"]


def test_a_release_that_leaves_too_little_is_refused() -> None:
    """Whoever made it: the cells are judged by what they say."""
    people = households({"a": [1e6] + [100.0] * 39, "b": [100.0] * 12, "c": [2e4] * 60, "d": [2e4] * 60})
    made = estimates(survey(people, ["region"]))
    cells, open_to_all = protect(made, EXACT), protect(made, OPEN)
    refuse(made, cells)
    told = tuple(
        other if one.cell == (("region", "c"),) else one
        for one, other in zip(cells.cells, open_to_all.cells, strict=True)
    )
    assert [one.status for one in told].count(Status.SHOWN) == 3
    with pytest.raises(InputError, match="region"):
        refuse(made, restore(cells.policy, cells.level, told, ()))


def test_many_in_no_group_are_no_secret() -> None:
    """The landlord is among forty whose answer is left out; everybody in a group is shown, as before."""
    people = households({"a": [100.0 + i for i in range(50)], "b": [90.0 + i for i in range(60)]})
    others = households({"x": [5e3] + [100.0] * 39})
    made = survey([*people, *others], ["region"])
    made = replace(
        made, groups={"region": ["a", "b"]}, dimensions=[Dimension("region", "region", dropped=("x",))]
    )
    cells = protect(estimates(made), EXACT)
    assert {one.status for one in cells.cells} == {Status.SHOWN}


RULES = replace(EXACT, min_respondents=3, min_respondents_sensitive=3, min_respondents_extreme=5)
PERSON = st.fixed_dictionaries(
    {
        "region": st.sampled_from("aaaabbbccd"),
        "sex": st.sampled_from("fffm"),
        "income": st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 200.0]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PERSON, min_size=8, max_size=60), st.sampled_from(KINDS))
def test_no_line_of_any_table_leaves_single_people(people: list[Person], kind: MeasureKind) -> None:
    """An attacker who knows nothing of protection subtracts every shown part from every shown whole."""
    made = survey(people, ["region", "sex"], kind)
    cells = protect(estimates(made), RULES)
    shown = {one.cell for one in cells.cells if one.status is Status.SHOWN}
    for whole in shown:
        for by in made.breakdowns["income"]:
            parts = [key for key in keys(made, by) if set(whole) < set(key) and amounts(people, key)]
            rest = [amount for key in parts if key not in shown for amount in amounts(people, key)]
            assert not rest or _may_be_told(rest, RULES), (whole, by, rest)


def _may_be_told(found: Sequence[float], policy: Policy) -> bool:
    if len(found) < policy.min_respondents:
        return False
    if len(set(found)) == 1 and len(found) < policy.min_respondents_extreme:
        return False
    return max(found) <= policy.max_share * sum(found) or sum(found) == 0
