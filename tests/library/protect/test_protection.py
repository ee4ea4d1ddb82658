"""One rule a test: what is hidden, why, and what is printed of it."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate.condition import In
from everycount.estimate.estimates import Against, Verdict
from everycount.estimate.multiplicity import by_chance
from everycount.estimate.plan import Dimension, Measure, MeasureKind, Multiplicity
from everycount.faults import InputError
from everycount.protect import OPEN, PARTNERS, PUBLIC, Cells, Status, protect, restore
from library.protect.people import Survey, estimates, share, spread, with_earlier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SAFE, UNSAFE = share("safe", "water", "y"), share("unsafe", "water", "n")
PLACE, SEX = Dimension("place", "place"), Dimension("sex", "sex")
GROUPS = {"place": ("hill", "river", "town"), "sex": ("f", "m")}
ALL = [(), ("place",), ("sex",), ("place", "sex")]
FULL = {
    ("hill", "f"): (20, 25), ("hill", "m"): (30, 20),
    ("river", "f"): (25, 30), ("river", "m"): (25, 40),
    ("town", "f"): (30, 30), ("town", "m"): (30, 40),
}  # fmt: skip


def survey(
    changed: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType({}),
    *,
    measures: Sequence[Measure] = (SAFE, UNSAFE),
    bys: Sequence[tuple[str, ...]] = tuple(ALL),
    dimensions: Sequence[Dimension] = (PLACE, SEX),
    **more: Any,
) -> Survey:
    people = spread(FULL | dict(changed), ("place", "sex"), "water", ("y", "n"))
    return Survey(people, measures, {one.id: bys for one in measures}, dimensions, GROUPS, **more)


def statuses(cells: Cells, measure: str = "safe") -> dict[tuple[str, ...], Status]:
    return {
        tuple(code for _, code in cell.cell): cell.status for cell in cells.cells if cell.measure == measure
    }


def hidden(cells: Cells, measure: str = "safe") -> set[tuple[str, ...]]:
    return {key for key, status in statuses(cells, measure).items() if status is not Status.SHOWN}


def test_a_release_of_large_groups_is_shown_whole() -> None:
    assert hidden(protect(estimates(survey()), PUBLIC)) == set()


def test_a_small_cell_is_hidden_with_three_partners_for_every_measure() -> None:
    found = protect(estimates(survey({("hill", "f"): (4, 5)})), PUBLIC)
    assert statuses(found)["hill", "f"] is Status.SUPPRESSED_SMALL
    assert len(hidden(found)) == 4
    assert hidden(found) == hidden(found, "unsafe")
    assert sorted(statuses(found).values()).count(Status.SUPPRESSED_COMPLEMENTARY) == 3


def test_a_hidden_cell_prints_no_number_and_says_why_in_a_sentence() -> None:
    found = protect(estimates(survey({("hill", "f"): (4, 5)})), PUBLIC)
    for cell in found.cells:
        if cell.status is not Status.SHOWN:
            numbers = (cell.value, cell.se, cell.ci_low, cell.ci_high, cell.df, cell.n, cell.n_effective)
            assert numbers == (None,) * 7
            assert (cell.deff, cell.cv, cell.verdict, cell.n_needed, cell.interval) == (
                None,
                None,
                None,
                None,
                "",
            )
            assert cell.note.endswith(".")
            assert not any(sign.isdigit() for sign in cell.note)


def test_nobody_is_no_answers_and_keeps_its_zero() -> None:
    found = protect(estimates(survey({("hill", "f"): (0, 0)})), PUBLIC)
    (cell,) = [
        one
        for one in found.cells
        if one.measure == "safe" and dict(one.cell) == {"place": "hill", "sex": "f"}
    ]
    assert (cell.status, cell.n, cell.value) == (Status.NO_ANSWERS, 0, None)


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((0, 29), Status.SUPPRESSED_SMALL),
        ((29, 0), Status.SUPPRESSED_SMALL),
        ((0, 30), Status.SHOWN),
        ((1, 28), Status.SHOWN),
    ],
)
def test_all_or_none_of_few_is_hidden(events: tuple[int, int], status: Status) -> None:
    found = protect(estimates(survey({("hill", "f"): events}, measures=(SAFE,))), PUBLIC)
    assert statuses(found)["hill", "f"] is status


def test_a_sensitive_dimension_needs_more_respondents() -> None:
    gender = replace(SEX, sensitive=True)
    data = {("hill", "f"): (8, 7)}
    assert hidden(protect(estimates(survey(data)), PUBLIC)) == set()
    assert (
        statuses(protect(estimates(survey(data, dimensions=(PLACE, gender))), PUBLIC))["hill", "f"]
        is Status.SUPPRESSED_SMALL
    )


def test_nobody_of_a_small_sensitive_group_is_a_fact_about_its_members() -> None:
    gender = replace(SEX, sensitive=True)
    data = {("hill", "f"): (0, 0), ("river", "f"): (0, 0), ("town", "f"): (14, 11)}
    found = statuses(protect(estimates(survey(data, dimensions=(PLACE, gender))), PUBLIC))
    assert found["hill", "f"] is Status.SUPPRESSED_SMALL


def test_answers_from_one_cluster_are_hidden_where_the_design_has_clusters() -> None:
    one = survey({}, clusters=("place",))
    found = statuses(protect(estimates(one), PUBLIC))
    assert found["hill", "f"] is Status.SUPPRESSED_SMALL
    assert found[()] is Status.SHOWN


def test_one_respondent_who_holds_most_of_a_total_is_hidden() -> None:
    money = Measure("money", MeasureKind.TOTAL, question="income")
    people = [{"place": code, "income": 10.0} for code in GROUPS["place"] for _ in range(40)]
    key = (("place", "hill"),)
    made = estimates(
        Survey(
            people,
            (money,),
            {"money": [(), ("place",)]},
            (PLACE,),
            {"place": GROUPS["place"]},
            largest={("money", key): 0.6},
        )
    )
    found = {cell.cell: cell.status for cell in protect(made, PUBLIC).cells}
    assert found[key] is Status.SUPPRESSED_SMALL
    assert list(found.values()).count(Status.SUPPRESSED_COMPLEMENTARY) == 1


def test_a_few_outside_among_are_the_difference_to_everybody() -> None:
    adults = share("adults", "water", "y", among=In("adult", ("y",)))
    people = [dict(person, adult="n" if at < 4 else "y") for at, person in enumerate(survey().people)]
    made = estimates(replace(survey(measures=(SAFE, adults), bys=[()]), people=people))
    assert [cell.status for cell in protect(made, PUBLIC).cells] == [Status.SHOWN, Status.SUPPRESSED_SMALL]


def test_among_one_group_is_that_group_of_the_breakdown() -> None:
    women = share("women", "water", "y", among=In("sex", ("m",)))
    made = estimates(
        replace(
            survey({("hill", "f"): (4, 5)}, measures=(SAFE, women)),
            breakdowns={"safe": ALL, "women": [("place",)]},
        )
    )
    found = protect(made, PUBLIC)
    by_people = {
        (
            "m" if cell.measure == "women" else dict(cell.cell).get("sex"),
            dict(cell.cell).get("place"),
        ): cell.status is Status.SHOWN
        for cell in found.cells
        if cell.measure == "women"
    }
    crossed = statuses(found)
    assert all(shown == (crossed[place, "m"] is Status.SHOWN) for (_, place), shown in by_people.items())


def test_the_overall_value_inside_among_can_be_a_secret() -> None:
    """Then nobody has to come for the one who leaves: the box of the move has corners of one colour only."""
    women = share("women", "water", "1", among=In("sex", ("f",)))
    measures = (share("school", "school", "y"), women, share("safe", "water", "1"))
    answers = [(None, None, None, None), ("1", "1", None, "n"), ("1", "1", "2", "y")]
    answers += [("1", "1", "1", None), ("1", "2", "2", None)]
    people = [dict(zip(("a", "b", "water", "school"), one, strict=True), sex="f") for one in answers]
    bys = {one.id: [(), ("a", "b")] for one in measures}
    places = (Dimension("a", "a"), Dimension("b", "b"))
    made = estimates(Survey(people, measures, bys, places, {"a": ("1", "2"), "b": ("1", "2")}))
    policy = replace(PUBLIC, min_respondents=4, min_respondents_extreme=8, decimals=None)
    assert all(cell.status is not Status.SHOWN for cell in protect(made, policy).cells)


def test_unreliable_is_a_matter_of_quality_and_hides_nothing_else() -> None:
    key = (("place", "hill"), ("sex", "f"))
    made = estimates(survey(verdicts={("safe", key): Verdict.SUPPRESS}))
    found = protect(made, PUBLIC)
    assert statuses(found)["hill", "f"] is Status.SUPPRESSED_UNRELIABLE
    assert hidden(found) == {("hill", "f")}
    assert hidden(found, "unsafe") == set()


def test_small_wins_over_unreliable() -> None:
    key = (("place", "hill"), ("sex", "f"))
    made = estimates(survey({("hill", "f"): (4, 5)}, verdicts={("safe", key): Verdict.SUPPRESS}))
    assert statuses(protect(made, PUBLIC))["hill", "f"] is Status.SUPPRESSED_SMALL


def test_what_a_community_withholds_is_protected_like_a_small_cell() -> None:
    key = (("sex", "f"), ("place", "hill"))
    found = protect(estimates(survey()), PUBLIC, withheld=[("safe", key)])
    assert statuses(found)["hill", "f"] is Status.WITHHELD_BY_COMMUNITY
    assert len(hidden(found)) == 4


def test_open_hides_and_rounds_nothing() -> None:
    made = estimates(survey({("hill", "f"): (1, 0), ("town", "f"): (0, 3)}))
    found = protect(made, OPEN)
    assert all(cell.status is Status.SHOWN for cell in found.cells)
    assert [cell.value for cell in found.cells] == [one.value for one in made.estimates]
    assert [cell.se for cell in found.cells] == [one.se for one in made.estimates]


def test_contrasts_need_both_sides() -> None:
    found = protect(estimates(survey({("hill", "f"): (4, 5), ("hill", "m"): (0, 0)}, contrasts=True)), PUBLIC)
    shown = {cell.cell for cell in found.cells if cell.status is Status.SHOWN}
    assert found.contrasts
    assert all(one.cell in shown for one in found.contrasts)
    assert not any(one.against is Against.BEST and one.cell[0][0] == "place" for one in found.contrasts)


def test_comparisons_that_are_hidden_have_no_say_in_those_that_are_shown() -> None:
    made = estimates(survey({("hill", "f"): (4, 5), ("hill", "m"): (0, 0)}, contrasts=True))
    errors = {"difference_se": 0.08, "df": 30}
    tested = replace(made, contrasts=tuple(replace(one, **errors) for one in made.contrasts))
    found = protect(tested, PUBLIC)
    hidden_too = [one for one in tested.contrasts if one.cell == (("place", "hill"),)]
    assert hidden_too
    assert not [one for one in found.contrasts if one.cell == (("place", "hill"),)]
    far = tuple(replace(one, difference=0.9) if one in hidden_too else one for one in tested.contrasts)
    assert protect(replace(tested, contrasts=far), PUBLIC).contrasts == found.contrasts
    shown = {(one.measure, one.cell, one.against) for one in found.contrasts}
    family = [one for one in tested.contrasts if (one.measure, one.cell, one.against) in shown]
    for one, test in zip(found.contrasts, by_chance(family, Multiplicity.BH, 0.95), strict=True):
        assert one.p_adjusted is not None
        assert test.p is not None
        assert 0 <= one.p_adjusted - test.p <= 1e-4
        assert one.differs is test.differs


def test_rounded_counts_leave_no_exact_ratio() -> None:
    policy = replace(PUBLIC, round_counts=5)
    for cell in protect(estimates(survey()), policy).cells:
        assert cell.n % 5 == 0
        assert cell.n_effective <= cell.n
        grid = cell.n - 2  # the fewest respondents that round to n
        assert cell.value == round(round(cell.value * grid) / grid, 4)
        assert 0 <= cell.ci_low <= cell.value <= cell.ci_high <= 1
        assert cell.deff == round(cell.n / cell.n_effective, 4)
        assert cell.cv == round(cell.se / cell.value, 4)


def test_the_order_of_tables_does_not_matter() -> None:
    made = estimates(survey({("hill", "f"): (4, 5)}))
    turned = replace(made, estimates=made.estimates[::-1])
    assert protect(made, PUBLIC).cells == protect(turned, PUBLIC).cells[::-1]


def test_a_cell_that_changed_by_a_few_since_the_last_release_is_hidden() -> None:
    first, second = survey(), survey({("hill", "f"): (20, 28)}, bys=[("place", "sex")])
    before = protect(estimates(first), PUBLIC)
    after = protect(with_earlier(second, first), PUBLIC, given=[before])
    assert statuses(after)["hill", "f"] is Status.SUPPRESSED_SMALL


def test_a_cell_that_changed_by_many_is_shown() -> None:
    before = protect(estimates(survey()), PUBLIC)
    after = protect(estimates(survey({("hill", "f"): (40, 48)})), PUBLIC, given=[before])
    assert hidden(after) == set()


def test_what_was_hidden_stays_hidden_while_larger_groups_are_what_they_were() -> None:
    made = estimates(survey({("hill", "f"): (4, 5)}))
    before = protect(made, PUBLIC)
    after = protect(made, PARTNERS, given=[before])
    assert hidden(after) == hidden(before)
    assert hidden(protect(made, PARTNERS)) == set()


def test_the_same_input_gives_the_same_cells_beside_itself() -> None:
    made = estimates(survey({("hill", "f"): (4, 5)}, contrasts=True))
    before = protect(made, PUBLIC)
    assert protect(made, PUBLIC, given=[before]) == before


def test_policy_names_every_impossible_threshold_at_once() -> None:
    with pytest.raises(InputError) as raised:
        replace(PUBLIC, min_respondents=2, round_counts=0, max_share=0)
    assert len(raised.value.faults) == 3


def test_only_open_may_leave_out_protection() -> None:
    with pytest.raises(InputError):
        replace(PUBLIC, protect=False)


def test_cells_are_made_by_protection_or_read_back_on_purpose() -> None:
    found = protect(estimates(survey()), PUBLIC)
    assert restore(found.policy, found.level, found.cells, found.contrasts) == found
    with pytest.raises(TypeError, match="protect"):
        Cells(found.policy, found.level, found.cells, found.contrasts)
