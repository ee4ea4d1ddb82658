"""Ways by which hidden numbers were once given back, each in its smallest form."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from everycount.estimate.condition import In
from everycount.estimate.estimates import Against
from everycount.estimate.plan import Dimension, Group
from everycount.faults import InputError
from everycount.protect import PUBLIC, Status, audit, protect
from everycount.text import NOTHING
from library.protect.attacker import Attack
from library.protect.people import Survey, estimates, share, with_earlier

POLICY = replace(
    PUBLIC,
    name="own",
    min_respondents=4,
    min_respondents_sensitive=6,
    min_respondents_extreme=8,
    decimals=None,
)
SAFE, SCHOOL = share("safe", "water", "1"), share("school", "school", "y")
WOMEN = share("women_safe", "water", "1", among=In("sex", ("f",)))


def recovered(attack: Attack) -> list[tuple[str, ...]]:
    """Small cells of which the attacker works out the number or the share."""
    return [
        (what, one.measure, *(code for _, code in one.cell))
        for what, one in attack.recovered((Status.SUPPRESSED_SMALL,))
        if one.n < POLICY.min_respondents or one.events in (0, one.n)
    ]


def test_the_rest_is_not_told_beside_a_group_hidden_for_those_in_none() -> None:
    """Everybody less one group less the rest are the answers that the dimension drops."""
    people = [
        {"a": group, "water": "12"[at % 2]}
        for group, n in (("1", 40), ("2", 35), ("3", 20), (None, 2))
        for at in range(n)
    ]
    survey = Survey(
        people,
        [SAFE],
        {"safe": [(), ("a",)]},
        [Dimension("a", "a", dropped=("9",))],
        {"a": ("1", "2", "3")},
        contrasts=True,
    )
    found = protect(estimates(survey), PUBLIC)
    assert [cell.cell for cell in found.cells if cell.status is not Status.SHOWN] == [(("a", "3"),)]
    assert not [one for one in found.contrasts if one.against is Against.REST]


def test_what_other_questions_tell_of_the_same_people_is_audited() -> None:
    """Nobody left out water, and four in group 1 told about school: two are left for two groups."""
    asked = ("water", "school", "a", "sex")
    answers = ("2-2f", "3-3f", "2y1m", "1y1f", "2n1f", "2n1f")
    people = [
        {name: None if code == "-" else code for name, code in zip(asked, one, strict=True)}
        for one in answers
    ]
    by = [(), ("a",)]
    survey = Survey(
        people,
        [SCHOOL, WOMEN, SAFE],
        {"school": by, "women_safe": by, "safe": [()]},
        [Dimension("a", "a")],
        {"a": ("1", "2", "3")},
    )
    assert recovered(Attack(survey, protect(estimates(survey), POLICY), POLICY)) == []


def test_how_many_stand_in_no_group_of_a_sensitive_dimension_is_taken_to_be_known() -> None:
    names = ("a", "b", "c", "water", "school", "sex")
    answers = ("-213nf", "1311-f", "1-13yf", "1112nf", "-213nf")
    people = [
        {name: None if code == "-" else code for name, code in zip(names, one, strict=True)}
        for one in answers
    ]
    bys = [(), ("b", "c"), ("c",), ("a", "c"), ("b",), ("a", "b", "c")]
    survey = Survey(
        people,
        [SCHOOL, WOMEN, SAFE],
        {"school": bys, "women_safe": [(), ("b", "c"), ("a", "c")], "safe": bys},
        [Dimension("a", "a", sensitive=True), Dimension("b", "b"), Dimension("c", "c")],
        {"a": ("1", "2"), "b": ("1", "2", "3"), "c": ("1", "2")},
    )
    assert recovered(Attack(survey, protect(estimates(survey), POLICY), POLICY)) == []


class Nested(Attack):
    """Knows which bands are inside which."""

    inside: dict[str, str]

    def __post_init__(self) -> None:
        super().__post_init__()
        for at, kind in enumerate(self.kinds):
            if (None if kind["fine"] is None else self.inside[kind["fine"]]) != kind["wide"]:
                self._add(np.eye(len(self.kinds))[at], 0, 0)


@pytest.mark.parametrize("seed", [21, 86])
def test_bands_of_one_question_do_not_give_back_each_other(seed: int) -> None:
    """Of invented surveys these were once solved, by a reader who knows that 0-4 lies in 0-14."""
    draw = random.Random(seed)  # noqa: S311 - invented people
    inside = {"1": "x", "2": "x", "3": "y", "4": "y"}
    people = [
        {
            "fine": code,
            "wide": inside[code],
            "b": draw.choice("mn"),
            "water": draw.choice(draw.choice(["1", "12"])),
        }
        for code in "1234"
        for _ in range(draw.choice([1, 2, 3, 5, 8, 12]))
    ]
    wide = tuple(
        Group(code, NOTHING, tuple(one for one in inside if inside[one] == code)) for code in ("x", "y")
    )
    fine = tuple(Group(code, NOTHING, (code,)) for code in inside)
    dimensions = [
        Dimension("fine", "age", groups=fine),
        Dimension("wide", "age", groups=wide),
        Dimension("b", "b"),
    ]
    bys = [(), ("fine",), ("wide",), ("b", "fine"), ("b", "wide")]
    survey = Survey(
        people,
        [SAFE],
        {"safe": bys},
        dimensions,
        {"fine": tuple("1234"), "wide": ("x", "y"), "b": ("m", "n")},
    )
    Nested.inside = inside
    assert recovered(Nested(survey, protect(estimates(survey), POLICY), POLICY)) == []


def test_two_conditions_of_one_question_do_not_differ_by_a_few() -> None:
    """Of those aged 17 or 18 and of those aged 17: the three aged 18 are the difference."""
    people = [
        {"age": age, "water": "12"[at % 2]}
        for age, n in (("17", 60), ("18", 3), ("19", 60))
        for at in range(n)
    ]
    both = share("both", "water", "1", among=In("age", ("17", "18")))
    one = share("one", "water", "1", among=In("age", ("17",)))
    survey = Survey(people, [both, one], {"both": [()], "one": [()]}, [], {})
    assert {cell.status for cell in protect(estimates(survey), PUBLIC).cells} == {Status.SUPPRESSED_SMALL}


def test_a_single_region_does_not_give_back_its_last_district() -> None:
    """Of eleven women of the only region met, eight in one of two districts: three are in the other."""
    people = [
        {"sex": sex, "d": district, "r": "n", "water": "12"[at % 2]}
        for sex, district, n in (("f", "1", 80), ("f", "2", 3), ("m", "1", 60), ("m", "2", 50))
        for at in range(n)
    ]
    bys = [("sex", "r"), ("sex", "d")]
    names = {"sex": ("f", "m"), "d": ("1", "2"), "r": ("n", "s")}
    survey = Survey(people, [SAFE], {"safe": bys}, [Dimension(one, one) for one in names], names)
    women = {"safe": [cell for cell in protect(estimates(survey), PUBLIC).cells if ("sex", "f") in cell.cell]}
    shown = {cell.cell[1] for cell in women["safe"] if cell.status is Status.SHOWN}
    assert not {("r", "n"), ("d", "1")} <= shown


def test_conditions_on_two_questions_are_protected_together() -> None:
    """Women, and adults: the audit asks each by itself, and neither has the measures of the other."""
    people = [
        {"sex": "fm"[at % 2], "age": str(at % 3), "water": "12"[at % 2], "a": "12"[at % 9 == 0]}
        for at in range(60)
    ]
    adults = share("adults", "water", "1", among=In("age", ("1", "2")))
    bys = [(), ("a",)]
    survey = Survey(
        people, [WOMEN, adults], {"women_safe": bys, "adults": bys}, [Dimension("a", "a")], {"a": ("1", "2")}
    )
    found = {(cell.measure, cell.cell): cell.status for cell in protect(estimates(survey), PUBLIC).cells}
    assert found["women_safe", (("a", "2"),)] is Status.SUPPRESSED_SMALL
    assert found["adults", (("a", "1"),)] is Status.SUPPRESSED_COMPLEMENTARY


def test_that_nobody_answered_is_told_by_an_earlier_release() -> None:
    """It had 6 and nobody beside a hidden group, and no total; a total now would give the 3 back.

    Nothing can be shown beside that; a release of nothing adds nothing, so it need not be refused.
    """
    people = [
        dict(zip(("a", "b", "c", "water"), one, strict=True))
        for one in ("1112", "1111", "1223", "1132", "1223", "1113", "2211", "1111", "2113")
    ]
    groups = dict.fromkeys("bc", ("1", "2", "3")) | {"a": ("1", "2")}
    dimensions = [Dimension(name, name, sensitive=name == "a") for name in "abc"]
    some = [("b",), ("a",), ("a", "b", "c")]
    first = Survey(people, [SAFE], {"safe": some}, dimensions, groups)
    both = replace(first, breakdowns={"safe": [(), ("b", "c"), *some, ("a", "c")]})
    before = protect(estimates(first), POLICY)
    assert {cell.cell: cell.n for cell in before.cells if cell.n is not None and len(cell.cell) == 1} == {
        (("b", "1"),): 6,
        (("b", "3"),): 0,
    }
    now = protect(estimates(both), POLICY, given=[before])
    assert {cell.status for cell in now.cells} == {Status.SUPPRESSED_SMALL}
    assert audit(estimates(both), now, given=[before]).passed


def _by_place_and_then_by_sex_in_places() -> tuple[Survey, Survey]:
    """Three women on the hill; the second survey does not print by place any more."""
    people = [
        {"place": place, "sex": sex, "water": "12"[at % 2]}
        for place, sex, n in (("hill", "f", 3), ("hill", "m", 20), ("river", "f", 30), ("river", "m", 40))
        for at in range(n)
    ]
    groups = {"place": ("hill", "river"), "sex": ("f", "m")}
    dimensions = [Dimension("place", "place"), Dimension("sex", "sex")]
    first = Survey(people, [SAFE], {"safe": [(), ("place",)]}, dimensions, groups)
    return first, replace(first, breakdowns={"safe": [(), ("sex", "place")]})


def test_what_only_the_earlier_release_printed_is_held_against_a_later_one() -> None:
    """Everybody on the hill less its men: the second alone would have hidden women with any other group."""
    first, second = _by_place_and_then_by_sex_in_places()
    before = protect(estimates(first), PUBLIC)
    assert {cell.status for cell in before.cells} == {Status.SHOWN}
    now = protect(with_earlier(second, first), PUBLIC, given=[before])
    assert [cell.status for cell in now.cells if cell.cell] != [Status.SHOWN] * 4
    earlier, later = Attack(first, before, PUBLIC), Attack(second, now, PUBLIC)
    later.know(earlier)
    assert not list(later.recovered())


def test_what_was_not_counted_beside_an_earlier_release_is_refused() -> None:
    first, second = _by_place_and_then_by_sex_in_places()
    before = protect(estimates(first), PUBLIC)
    with pytest.raises(InputError) as raised:
        protect(estimates(second), PUBLIC, given=[before])
    assert ['"safe" by place' in fault.problem for fault in raised.value.faults] == [True]


def test_a_later_release_whose_table_is_the_same_under_another_order_is_held_against_the_earlier() -> None:
    """What was told of women on the hill is told, whether the plan has sex or place first."""
    first, second = _by_place_and_then_by_sex_in_places()
    wide = replace(first, breakdowns={"safe": [(), ("place", "sex")]})
    before = protect(estimates(wide), PUBLIC)
    turned = protect(estimates(second), PUBLIC, given=[before])
    then = {frozenset(cell.cell): cell.status for cell in before.cells}
    assert {frozenset(cell.cell): cell.status for cell in turned.cells} == then


def test_one_measure_told_earlier_does_not_give_away_another() -> None:
    """Seven answered about water, as the first release says; of school only three did, which stays hidden."""
    people = [
        {"a": "1", "water": "12"[at == 3], "school": None if at > 2 else "yn"[at % 2]} for at in range(7)
    ]
    people += [{"a": "2", "water": "12"[at % 2], "school": "yn"[at % 2]} for at in range(30)]
    people += [{"a": "3", "water": "12"[at % 2], "school": "yn"[at % 2]} for at in range(30)]
    bys = {"safe": [(), ("a",)], "school": []}
    first = Survey(people, [SAFE, SCHOOL], bys, [Dimension("a", "a")], {"a": ("1", "2", "3")})
    second = replace(first, breakdowns={"safe": bys["safe"], "school": bys["safe"]})
    before = protect(estimates(first), POLICY)
    assert {cell.status for cell in before.cells} == {Status.SHOWN}
    now = protect(estimates(second), POLICY, given=[before])
    shown = {(one.measure, one.cell) for one in now.cells if one.status is Status.SHOWN}
    assert ("school", (("a", "1"),)) not in shown
    assert ("school", ()) in shown
    earlier, later = Attack(first, before, POLICY), Attack(second, now, POLICY)
    later.know(earlier)
    assert recovered(later) == []


def test_what_an_earlier_status_said_stays_said() -> None:
    """Group 3 of b was hidden for another's sake, so it is not among the few; the second calls it small.

    Together with group 1, which is then at least eight, that would leave one person for group 2: so of the
    second nothing is shown at all.
    """
    asked = ("a", "b", "water", "school")
    answers = ("112y", "112n", "233y", "212n", "312n", "112y", "112y", "223n", "112y", "133y")
    people = [
        {name: None if code == "-" else code for name, code in zip(asked, one, strict=True)}
        for one in (*answers, "2-1n", "213n", "133y", "333n")
    ]
    groups = dict.fromkeys("ab", ("1", "2", "3"))
    dimensions = [Dimension("a", "a", sensitive=True), Dimension("b", "b")]
    basic = share("basic", "water", "2")
    bys = {"basic": [(), ("a", "b"), ("a",)], "school": [("a", "b"), ("b",)], "safe": []}
    first = Survey(people, [SAFE, basic, SCHOOL], bys, dimensions, groups)
    every = [(), ("a", "b"), ("b",)]
    both = replace(first, breakdowns={"safe": every, "basic": [*every, ("a",)], "school": [*every, ("a",)]})
    before = protect(estimates(first), POLICY)
    hidden = {cell.cell: cell.status for cell in before.cells if cell.measure == "school"}
    assert hidden[("b", "3"),] is Status.SUPPRESSED_COMPLEMENTARY
    now = protect(estimates(both), POLICY, given=[before])
    assert {cell.status for cell in now.cells} == {Status.SUPPRESSED_SMALL}, "one status, which says nothing"


def test_dimensions_of_one_question_that_are_both_given_up_leave_no_box() -> None:
    """Each measure is split by one of two bandings that are the same; this once ended in an IndexError."""
    people = [
        {"water": water, "a": group, "b": group}
        for water, group in zip("122212121", "233212333", strict=True)
    ]
    groups = dict.fromkeys("ab", ("1", "2", "3"))
    bands = tuple(
        Group(code, NOTHING, members)
        for code, members in (("1", ("0",)), ("2", ("1", "2")), ("3", ("3", "4")))
    )
    dimensions = [Dimension(name, "age", groups=bands) for name in "ab"]
    measures = [SAFE, share("basic", "water", "2")]
    survey = Survey(people, measures, {"safe": [("b",)], "basic": [("a",)]}, dimensions, groups)
    cells = protect(estimates(survey), POLICY).cells
    assert {cell.status for cell in cells if cell.cell[0][1] != "3"} <= {
        Status.SUPPRESSED_SMALL,
        Status.NO_ANSWERS,
    }
