"""Groups that lie in wider ones: hiding one of them, or a wider one, hides a handful and not the table."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from everycount.estimate.estimates import Nesting
from everycount.estimate.plan import Dimension
from everycount.protect import PUBLIC, Status, audit, protect
from everycount.protect.cells import restore
from everycount.protect.nests import Nests
from everycount.protect.outside import OUTSIDE
from library.protect.attacker import Attack
from library.protect.people import Survey, estimates, share

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey
    from everycount.protect import Cells

SAFE = share("safe", "water", "1")
STATES = {"1": "a", "2": "a", "3": "b", "4": "b", "5": "c", "6": "c"}
ALONE = dict(zip("123456", "abcdef", strict=True))  # every state has one community
BYS = [(), ("community",), ("state",), ("sex",), ("community", "sex"), ("state", "sex")]


def places(states: dict[str, str], bys: list[tuple[str, ...]] = BYS, people: int = 600) -> Survey:
    """Invented people of communities within states, by sex and age."""
    draw = random.Random(20261123)  # noqa: S311 - invented people, and no secret
    found = [
        {"community": draw.choice(list(states)), "sex": draw.choice("fm"), "age": draw.choice("1234")}
        | {"water": draw.choice("12")}
        for _ in range(people)
    ]
    groups = {"community": tuple(states), "state": tuple(sorted(set(states.values())))}
    groups |= {"sex": ("f", "m")} | ({"age": tuple("1234")} if ("age",) in bys else {})
    people_of = [one | {"state": states[one["community"]]} for one in found]
    dimensions = [Dimension(one, one) for one in groups]
    joint = ((("community", "state"), frozenset({*states.items(), (None, None)})),)
    return Survey(people_of, [SAFE], {"safe": bys}, dimensions, groups, joint=joint)


def hidden(cells: Cells) -> set[tuple[str, ...]]:
    return {tuple(code for _, code in one.cell) for one in cells.cells if one.status is not Status.SHOWN}


@pytest.mark.parametrize("most", [0, 1_000], ids=["large", "small"])
@pytest.mark.parametrize("states", [STATES, ALONE], ids=["two in each", "one in each"])
@pytest.mark.parametrize(
    "cell",
    [
        (("state", "a"),),
        (("state", "a"), ("sex", "f")),
        (("community", "1"),),
        (("community", "1"), ("sex", "f")),
    ],
    ids=str,
)
def test_a_withheld_place_hides_a_handful(states: dict[str, str], most: int, cell: CellKey) -> None:
    """Two states, a community of each, and both of them by one sex or by two: eight of thirty cells."""
    survey = places(states)
    made = estimates(survey)
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        cells = protect(made, PUBLIC, withheld=[("safe", cell)])
        assert audit(made, cells).passed
    assert len(hidden(cells)) <= 8
    assert list(Attack(survey, cells, PUBLIC).recovered((Status.WITHHELD_BY_COMMUNITY,))) == []


@pytest.mark.parametrize("most", [0, 1_000], ids=["large", "small"])
def test_a_box_hides_a_community_of_each_state(most: int) -> None:
    """A state alone would be the sum of its communities."""
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        cells = protect(estimates(places(STATES)), PUBLIC, withheld=[("safe", (("state", "a"),))])
    alone = {code for code, *more in hidden(cells) if not more}
    states = alone & {"a", "b", "c"}
    assert len(states) == 2
    assert {STATES[one] for one in alone - states} == states


def test_a_larger_table_is_not_shut_either() -> None:
    survey = places(STATES, [*BYS, ("age",), ("community", "age"), ("state", "age")], people=4_000)
    made = estimates(survey)
    cells = protect(made, PUBLIC, withheld=[("safe", (("state", "a"),))])
    assert len(hidden(cells)) <= 12
    assert audit(made, cells).passed


@pytest.mark.parametrize("most", [0, 1_000], ids=["large", "small"])
def test_partners_among_states_alone_do_not_pass(most: int) -> None:
    """Two hidden states are no secret beside all of their communities."""
    made = estimates(places(STATES))
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        cells = protect(made, PUBLIC, withheld=[("safe", (("state", "a"),))])
        shown = {one.cell: one for one in protect(made, PUBLIC).cells}
        bare = tuple(shown[one.cell] if "community" in dict(one.cell) else one for one in cells.cells)
        assert not audit(made, restore(PUBLIC, 0.95, bare, ())).passed


def nesting(inner: str, outer: str, **places: str) -> Nesting:
    return Nesting("main", inner, outer, tuple(places.items()))


GROUPS = {"d": ("x1", "x2", "y1"), "r": ("x", "y"), "s": ("f", "m"), "v": ("p", "q", "t")}
IN_REGIONS = nesting("d", "r", x1="x", x2="x", y1="y")


def words(nests: Nests, *names: str) -> list[set[tuple[str, ...]]]:
    return [
        {tuple(nest.words(row, nest.dimensions).values()) for row in range(len(nest.rows))}
        for nest in nests.of(names)
    ]


def test_dimensions_that_lie_in_each_other_are_one_nest() -> None:
    found = words(Nests(GROUPS, [IN_REGIONS]), "s", "d", "r")
    assert found == [{("x1", "x"), ("x2", "x"), ("y1", "y")}, {("f",), ("m",)}]


def test_a_dimension_that_is_not_there_binds_none() -> None:
    assert words(Nests(GROUPS, [IN_REGIONS]), "s", "r") == [{("x",), ("y",)}, {("f",), ("m",)}]


def test_two_fine_dimensions_of_one_region_go_together() -> None:
    both = Nests(GROUPS, [IN_REGIONS, nesting("v", "r", p="x", q="y", t="y")])
    (found,) = words(both, "d", "r", "v")
    assert found == {("x1", "x", "p"), ("x2", "x", "p"), ("y1", "y", "q"), ("y1", "y", "t")}


def test_those_in_no_group_may_be_in_any_region() -> None:
    groups = GROUPS | {"d": (OUTSIDE, *GROUPS["d"])}
    (found,) = words(Nests(groups, [IN_REGIONS]), "d", "r")
    assert found == {(OUTSIDE, "x"), (OUTSIDE, "y"), ("x1", "x"), ("x2", "x"), ("y1", "y")}


def test_steps_change_what_must_change() -> None:
    """A region changes with its district; a district with its region or without."""
    nests = Nests(GROUPS, [IN_REGIONS])
    lattice = [(), ("d",), ("d", "r"), ("r",), ("s",), ("r", "s")]

    def changed(own: tuple[str, ...], moved: tuple[str, ...], **groups: str) -> list[set[str]]:
        return [set(course.steps[0].changed) for course in nests.courses(lattice, own, moved, groups)]

    assert changed(("r",), ("r",), r="x") == [{"d", "r"}]
    assert changed(("d",), ("d",), d="x1") == [{"d"}, {"d", "r"}]
    assert changed(("d", "r"), ("d",), d="x1", r="x") == [{"d"}]
    (course,) = nests.courses(lattice, ("r", "s"), ("r", "s"), {"r": "x", "s": "f"})
    assert (course.tables, course.free) == ((("r", "s"),), ())
    (course,) = nests.courses([*lattice, ("d", "s")], ("r", "s"), ("r", "s"), {"r": "x", "s": "f"})
    assert (course.tables, course.free) == ((("r", "s"), ("d", "s")), ("d",))


def test_too_many_ways_to_stand_are_taken_one_by_one() -> None:
    with patch("everycount.protect.nests._MOST_ROWS", 2):
        found = Nests(GROUPS, [IN_REGIONS]).of(("d", "r"))
    assert [nest.dimensions for nest in found] == [("d",), ("r",)]
