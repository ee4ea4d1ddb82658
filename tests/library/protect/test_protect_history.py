"""Several earlier releases held against a new one: what any of them told or hid counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from everycount.estimate.plan import Dimension
from everycount.faults import InputError
from everycount.protect import PUBLIC, Status, protect, restore
from library.protect.people import Survey, estimates, share, spread, with_earlier

SAFE = share("safe", "water", "y")
GROUPS = {"a": ("1", "2"), "b": ("1", "2")}
FEW = {("1", "1"): (2, 1), ("1", "2"): (30, 30), ("2", "1"): (30, 40), ("2", "2"): (40, 40)}


def survey(bys: list[tuple[str, ...]], counts: dict[tuple[str, str], tuple[int, int]] = FEW) -> Survey:
    people = spread(counts, ("a", "b"), "water", ("y", "n"))
    return Survey(people, [SAFE], {"safe": bys}, [Dimension("a", "a"), Dimension("b", "b")], GROUPS)


def test_a_breakdown_that_only_the_earlier_release_printed_counts() -> None:
    """Its groups add up to what the second prints, and one person came."""
    large = dict.fromkeys(FEW, (30, 30))
    first = survey([("a", "b")], large)
    before = protect(estimates(first), PUBLIC)
    later = survey([("b",)], large | {("1", "1"): (31, 30)})
    now = protect(with_earlier(later, first), PUBLIC, given=[before])
    assert {one.cell for one in now.cells} == {(("b", "1"),), (("b", "2"),)}
    assert (("b", "1"),) not in {one.cell for one in now.cells if one.status is Status.SHOWN}


def test_a_breakdown_crossed_the_other_way_round_is_the_same() -> None:
    """One came to a group that both print, under another order of their dimensions."""
    large = dict.fromkeys(FEW, (30, 30))
    before = protect(estimates(survey([("a", "b")], large)), PUBLIC)
    more = estimates(survey([("b", "a")], large | {("1", "1"): (31, 30)}))
    (one,) = [
        cell
        for cell in protect(more, PUBLIC, given=[before]).cells
        if set(cell.cell) == {("a", "1"), ("b", "1")}
    ]
    assert one.status is not Status.SHOWN


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_every_release_is_held_against_the_new_one(order: tuple[int, int]) -> None:
    """Two more than in the first, a hundred more than in the second."""
    sizes = [dict.fromkeys(FEW, (30, 30)), dict.fromkeys(FEW, (10, 15))]
    before = [protect(estimates(survey([()], sizes[at])), PUBLIC) for at in order]
    now = estimates(survey([()], sizes[0] | {("1", "1"): (31, 31)}))
    assert (
        protect(now, PUBLIC, given=before[:1]).cells[0].status
        is not protect(now, PUBLIC, given=before[1:]).cells[0].status
    )
    assert protect(now, PUBLIC, given=before).cells[0].status is not Status.SHOWN


def test_what_a_community_withheld_stays_withheld() -> None:
    large = dict.fromkeys(FEW, (30, 30))
    place = ("safe", (("a", "1"), ("b", "1")))
    made = estimates(survey([(), ("a",), ("b",), ("a", "b")], large))
    before = protect(made, PUBLIC, withheld=[place])
    assert protect(made, PUBLIC, given=[before]) == before


def test_what_is_told_cannot_be_withheld_from_those_who_have_it() -> None:
    """It is not printed again; nothing else is hidden for a number that is out."""
    large = dict.fromkeys(FEW, (30, 30))
    place = ("safe", (("a", "1"), ("b", "1")))
    made = estimates(survey([(), ("a",), ("b",), ("a", "b")], large))
    now = protect(made, PUBLIC, given=[protect(made, PUBLIC)], withheld=[place])
    hidden = [one for one in now.cells if one.status is not Status.SHOWN]
    assert [(one.cell, one.status) for one in hidden] == [(place[1], Status.WITHHELD_BY_COMMUNITY)]


def test_another_noise_key_of_any_release_is_refused() -> None:
    policy = replace(PUBLIC, noise=3, noise_variance=2.0, noise_key="aa")
    before = protect(estimates(survey([()])), PUBLIC)
    other = replace(before.policy, noise_key="bb")
    keyed = restore(other, 0.95, before.cells, ())
    with pytest.raises(InputError, match='the noise key "bb"'):
        protect(estimates(survey([()])), policy, given=[before, keyed], keys={})


def test_what_is_left_of_a_change_is_not_the_one_who_came_to_the_hidden_groups() -> None:
    """Forty-one came, forty of them to group 2 of a; the one came to a group that is hidden in both."""
    sizes = {("1", "1"): (30, 30), ("2", "1"): (30, 30), ("3", "1"): (2, 1), ("4", "1"): (10, 10)}
    groups = GROUPS | {"a": ("1", "2", "3", "4")}
    first = replace(survey([(), ("a",)], sizes), groups=groups)
    before = protect(estimates(first), PUBLIC)
    hidden = {one.cell for one in before.cells if one.status is not Status.SHOWN}
    assert hidden == {(("a", "3"),), (("a", "4"),)}
    later = replace(survey([(), ("a",)], sizes | {("2", "1"): (50, 50), ("4", "1"): (11, 10)}), groups=groups)
    assert {one.cell for one in protect(estimates(later), PUBLIC).cells if one.n is None} == hidden
    now = {one.cell: one.n for one in protect(estimates(later), PUBLIC, given=[before]).cells}
    assert now[()] is None or now[("a", "2"),] is None


def test_a_partner_is_shown_again_only_when_it_grew_beyond_what_it_can_have_been() -> None:
    """Group 1 was hidden beside the three of group 2, so that it had eleven at most, and three more came."""
    large = {("1", "1"): (5, 5), ("1", "2"): (0, 1), ("2", "1"): (2, 1), ("2", "2"): (0, 0)}
    before = protect(estimates(survey([(), ("a",)], large)), PUBLIC)
    assert all(one.n is None for one in before.cells if one.cell)
    for more, shown in ((20, True), (3, False)):
        sizes = large | {("1", "1"): (5 + more, 5), ("2", "1"): (20, 20)}
        now = protect(estimates(survey([(), ("a",)], sizes)), PUBLIC, given=[before])
        assert {one.cell: one.n is not None for one in now.cells}[("a", "1"),] is shown
