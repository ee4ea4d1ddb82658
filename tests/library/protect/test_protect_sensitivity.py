"""Groups that the catalogue knows as sensitive are protected unasked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.condition import In
from everycount.estimate.plan import Dimension, Group
from everycount.protect import PUBLIC, Status, audit, guarded, guards, not_mapped, protect
from everycount.protect.reasons import Rule, reasons
from everycount.protect.sensitivity import Found
from everycount.text import Text
from library.protect.people import Survey, estimates, share, spread

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimates

SAFE = share("safe", "water", "y")
COUNTS = {("hijra",): (8, 7), ("other",): (60, 70), ("farmer",): (40, 50)}


def groups(*codes: str) -> tuple[Group, ...]:
    return tuple(Group(code, Text.of(code, "en"), (code,)) for code in codes)


def made(dimension: Dimension) -> Estimates:
    people = spread(COUNTS, ("who",), "water", ("y", "n"))
    codes = {"who": tuple(group.code for group in dimension.groups)}
    return estimates(Survey(people, [SAFE], {"safe": [(), ("who",)]}, [dimension], codes))


WHO = Dimension("who", "who", groups=groups("hijra", "other", "farmer"))


def statuses(found: Estimates) -> dict[str, Status]:
    return {cell.cell[0][1]: cell.status for cell in protect(found, PUBLIC).cells if cell.cell}


def test_a_group_of_fifteen_is_hidden_where_its_name_can_endanger() -> None:
    assert statuses(made(WHO))["hijra"] is Status.SUPPRESSED_SMALL


def test_the_same_fifteen_under_another_name_are_shown() -> None:
    plain = replace(WHO, groups=tuple(replace(one, labels=Text.of("a")) for one in groups("x", "y", "z")))
    people = spread({("x",): (8, 7), ("y",): (60, 70), ("z",): (40, 50)}, ("who",), "water", ("y", "n"))
    found = estimates(Survey(people, [SAFE], {"safe": [(), ("who",)]}, [plain], {"who": ("x", "y", "z")}))
    assert set(statuses(found).values()) == {Status.SHOWN}


def test_audit_and_protection_take_the_same_thresholds() -> None:
    found = made(WHO)
    cells = protect(found, PUBLIC)
    assert audit(found, cells).passed
    assert any(dict(one.cell).get("who") == "hijra" for one in audit(found, cells).intervals)


def test_raising_twice_is_raising_once() -> None:
    once = guarded(made(WHO))
    assert once.plan.dimensions[0].sensitive
    assert once.plan.dimensions[0].do_not_map
    assert guarded(once) == once


def test_nothing_is_raised_where_nothing_is_recognised() -> None:
    found = made(replace(WHO, groups=groups("a", "b", "c")))
    assert guarded(found) is found


def test_a_reason_lowers_and_is_kept() -> None:
    lowered = replace(WHO, lowered=(("hijra", "The assembly of 3 March wants to be counted and seen."),))
    (guard,) = guards(lowered)
    assert (guard.code, guard.group, guard.found) == ("hijra", "transgender", Found.RECOGNISED)
    assert guard.lowered.startswith("The assembly")
    assert statuses(made(lowered))["hijra"] is Status.SHOWN
    assert not guarded(made(lowered)).plan.dimensions[0].do_not_map


def test_a_reason_for_the_whole_dimension_lowers_all_of_it() -> None:
    lowered = replace(WHO, labels=Text.of("Sex workers and others"), lowered=(("", "Decided together."),))
    assert [(guard.code, guard.lowered) for guard in guards(lowered)] == [
        ("", "Decided together."),
        ("hijra", "Decided together."),
    ]
    assert not guarded(made(lowered)).plan.dimensions[0].sensitive


def test_a_reason_does_not_lower_what_the_survey_itself_raises() -> None:
    lowered = replace(WHO, sensitive=True, do_not_map=True, lowered=(("", "Decided together."),))
    dimension = guarded(made(lowered)).plan.dimensions[0]
    assert dimension.sensitive
    assert dimension.do_not_map


@pytest.mark.parametrize("harmless", ["women_girls", "rural"])
def test_a_link_to_a_harmless_group_lowers_nothing(harmless: str) -> None:
    (guard,) = guards(replace(WHO, linked=(("hijra", harmless),)))
    assert (guard.group, guard.found) == ("transgender", Found.RECOGNISED)


def test_a_link_raises_what_no_name_tells() -> None:
    dimension = replace(WHO, groups=groups("g1", "g2", "g3"), linked=(("g2", "sex_workers"),))
    (guard,) = guards(dimension)
    assert (guard.code, guard.group, guard.sensitivity, guard.do_not_map, guard.found, guard.lowered) == (
        "g2", "sex_workers", 3, True, Found.LINKED, "",
    )  # fmt: skip


def test_yes_and_no_are_recognised_by_their_dimension() -> None:
    (guard,) = guards(Dimension("hiv_status", "q7", groups=groups("yes", "no")))
    assert (guard.code, guard.group) == ("", "hiv")


def test_a_measure_of_who_belongs_to_the_group_is_on_no_map_either() -> None:
    plan = guarded(made(WHO)).plan
    assert not_mapped(share("hijras", "who", "hijra"), plan)
    assert not_mapped(share("theirs", "water", "y", among=In("who", ("hijra",))), plan)
    assert not not_mapped(SAFE, plan)


def by_place(hijras: int) -> Estimates:
    """People of two places of whom some belong to the group; the group itself is no breakdown here."""
    people = spread(
        {("hill",): (hijras, 60 - hijras), ("river",): (30, 90)}, ("place",), "who", ("hijra", "farmer")
    )
    place = Dimension("place", "place", groups=groups("hill", "river"))
    measure = share("hijras", "who", "hijra")
    survey = Survey(people, [measure], {"hijras": [("place",)]}, [place, WHO], {"place": ("hill", "river")})
    return estimates(survey)


def test_a_share_of_the_group_counts_its_members_as_a_cell_of_it_would() -> None:
    """3 of 60 on the hill: the same three people that a table by group would hide."""
    found = {cell.cell[0][1]: cell.status for cell in protect(by_place(3), PUBLIC).cells}
    assert found["hill"] is Status.SUPPRESSED_SMALL
    (reason,) = reasons(by_place(3), protect(by_place(3), PUBLIC), "hijras", (("place", "hill"),))
    assert (reason.rule, reason.figure, reason.threshold, reason.more) == (Rule.SENSITIVE, 3, 20, 17)


@pytest.mark.parametrize("hijras", [20, 40])
def test_a_share_of_a_large_group_is_shown(hijras: int) -> None:
    assert {cell.status for cell in protect(by_place(hijras), PUBLIC).cells} == {Status.SHOWN}


def test_those_who_are_not_in_the_one_group_are_in_the_other() -> None:
    found = {cell.cell[0][1]: cell.status for cell in protect(by_place(57), PUBLIC).cells}
    assert found["hill"] is Status.SUPPRESSED_SMALL


@pytest.mark.parametrize(("households", "status"), [(2, Status.SUPPRESSED_SMALL), (3, Status.SHOWN)])
def test_the_members_of_two_households_are_too_few_however_many_they_are(
    households: int, status: Status
) -> None:
    people = [{"home": place % households, "school": "yn"[place % 2]} for place in range(40)]
    children = replace(share("school", "school", "y"), table="members")
    found = estimates(Survey(people, [children], {"school": [()]}, [], {}, clusters=("home",)))
    plain = replace(found, design=replace(found.design, clusters=()))
    assert [cell.status for cell in protect(plain, PUBLIC).cells] == [status]
