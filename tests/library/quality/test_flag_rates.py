"""Faults that were put into invented fieldwork are found, and clean fieldwork stays quiet.

Bounds lie a little below what docs/generated/flag-rates.md prints of 100 fieldworks.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from everycount.quality import likeness
from everycount.quality.alike import matches
from everycount.quality.collectors import standing
from everycount.quality.likeness import Likeness
from everycount.quality.odd import Odd, oddities
from simulated_collectors import BATTERY, FORM, told
from simulated_faults import FAULTS
from simulated_rates import fieldwork, heap_of, looked_at, rates

SOME = range(4)


def test_clean_fieldwork_stays_quiet() -> None:
    found = rates("", SOME)
    assert found.clean == 1600
    assert found.quiet / found.clean > 0.98
    assert found.blamed <= 1


@pytest.mark.parametrize(
    ("fault", "least"),
    [
        ("copied", 0.98),
        ("nearly copied", 0.95),
        ("invented", 0.88),
        ("elsewhere", 0.98),
        ("hurried", 0.75),
        ("open for long", 0.98),
        ("two at a time", 0.95),
        ("one answer down a list", 0.95),
        ("left open", 0.85),
        ("not allowed", 0.98),
        ("a zero too many", 0.75),
        ("another's phone", 0.98),
        ("consent not asked", 0.98),
    ],
)
def test_planted_faults_are_found(fault: str, least: float) -> None:
    found = rates(fault, SOME)
    assert found.planted > 20
    assert found.found / found.planted > least
    assert found.caught == found.collectors
    assert found.quiet / found.clean > 0.98


def test_who_rounds_is_found_and_nobody_else() -> None:
    found = rates("rounded", SOME)
    assert (found.collectors, found.caught) == (8, 8)
    assert found.blamed <= 1


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_the_order_in_which_interviews_come_does_not_matter(fault: str) -> None:
    """What is kept while the heap grows is what one look at the whole heap says."""
    world, interviews = fieldwork(7, fault)
    _, found = looked_at(world, interviews)
    _, turned = looked_at(world, interviews[::-1])
    last = len(interviews) - 1
    here = {(each.row, each.kind, each.about) for each in found if each.kind is not Odd.HEAPING}
    there = {(last - each.row, each.kind, each.about) for each in turned if each.kind is not Odd.HEAPING}
    assert here == there


def test_likeness_that_grows_is_that_of_every_pair() -> None:
    _, interviews = fieldwork(3, "nearly copied")
    heap, growing = heap_of(interviews[:60]), Likeness()
    growing.refresh(heap)
    for number, each in enumerate(interviews[60:120], 60):
        heap.add(number, each.traits, f"collector {each.collector}")
    share, _, questions = growing.refresh(heap)
    told = [place for place in range(len(FORM.closed)) if (heap.codes[:, place] >= 0).mean() >= 0.9]
    assert questions == len(told)
    assert share == pytest.approx(matches(heap.codes[:, told]).share)


def test_what_is_taken_away_is_held_no_longer() -> None:
    world, interviews = fieldwork(5, "copied")
    heap, found = looked_at(world, interviews)
    twin = next(each for each in found if each.kind is Odd.DUPLICATE and each.figures["like"] == 1)
    heap.drop([twin.other])
    assert heap.traits[twin.other or 0].answers == {}
    left = {each.row for each in oddities(heap, world.spots, Likeness()) if each.kind is Odd.DUPLICATE}
    assert twin.row not in left
    assert len(heap) == len(interviews) - 1


def test_figures_tell_no_answer() -> None:
    """Only counts, shares, minutes and distances with one digit; never what somebody said."""
    known = {"like", "percent", "questions", "same", "usual", "minutes", "limit", "km", "radius_km", "open"}
    for fault in FAULTS:
        _, found = looked_at(*fieldwork(11, fault))
        names = {name for each in found for name in each.figures}
        assert names <= known | {"asked", "others", "of", "score", "times", "collectors"}
        places = {"", "worries", "size", "under_five", "age", "income", "arm", "measured/arm"}
        assert {each.about for each in found} <= places
        assert all(len(f"{each.figures['km']:g}") <= 3 for each in found if "km" in each.figures)
    assert len(BATTERY) == 6


def test_collectors_beside_each_other() -> None:
    """Two of ten invent a third of their interviews; nobody else stands out, and small numbers stay out."""
    world, interviews = fieldwork(2, "invented")
    heap, found = looked_at(world, interviews)
    flagged = {each.row for each in found if each.kind is not Odd.HEAPING}
    made = standing(heap, flagged)
    assert [each.collector for each in made.measures["short"] if each.differs] == [0, 1]
    assert [each.collector for each in made.measures["flagged"] if each.differs] == [0, 1]
    for rows in made.measures.values():
        assert all(each.low <= each.met / each.of <= each.high for each in rows)
    assert made.icc is not None
    small = heap_of(interviews[:45])
    few = standing(small, set())
    assert few.interviews == {0: 40, 1: 5}
    assert not any(few.measures.values())
    assert few.icc is None


def test_clean_collectors_do_not_differ() -> None:
    differing = 0
    for seed in range(6):
        world, interviews = fieldwork(seed)
        heap, found = looked_at(world, interviews)
        made = standing(heap, {each.row for each in found if each.kind is not Odd.HEAPING})
        differing += sum(each.differs for rows in made.measures.values() for each in rows)
    assert differing <= 1


def test_many_at_once_are_compared_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    _, interviews = fieldwork(3, "nearly copied")
    heap, growing, bulk = heap_of(interviews), Likeness(), Likeness()
    share, _, _ = growing.refresh(heap)
    monkeypatch.setattr(likeness, "BULK", 10)
    at_once, partner, _ = bulk.refresh(heap)
    assert at_once == pytest.approx(share)
    assert (partner >= 0).all()


def test_an_answer_down_a_list_that_many_give_is_none() -> None:
    """Whoever has no difficulty says so every time, and is not flagged for it, however the list is asked."""
    world, interviews = fieldwork(1)
    usual = [
        replace(
            one, traits=told(replace(one.traits, answers=one.traits.answers | dict.fromkeys(BATTERY, "0")))
        )
        if row % 3 == 0
        else one
        for row, one in enumerate(interviews)
    ]
    _, found = looked_at(world, usual)
    assert not [each for each in found if each.kind is Odd.STRAIGHT and each.row % 3 == 0]


def test_forms_that_stay_open_are_told_once_and_how_people_work_is_no_flag() -> None:
    world, interviews = fieldwork(1)
    day = [
        replace(one, traits=replace(one.traits, finish=(one.traits.begin or 0) + 900))
        for one in interviews[:3]
    ]
    _, found = looked_at(world, [*day, *interviews[3:]])
    assert {each.row for each in found if each.kind is Odd.LONG} >= {0, 1, 2}
    assert not [each for each in found if each.kind is Odd.OVERLAP]
    together = [
        replace(one, traits=replace(one.traits, finish=(one.traits.begin or 0) + 70)) for one in interviews
    ]
    _, found = looked_at(world, together)
    assert not [each for each in found if each.kind is Odd.OVERLAP], "here drafts stay open, with everybody"


def test_two_phones_with_one_key_hold_interviews_at_a_time() -> None:
    world, interviews = fieldwork(1)
    pairs = [replace(one, collector=one.collector // 2) for one in interviews]
    _, found = looked_at(world, pairs)
    assert not [each for each in found if each.kind is Odd.OVERLAP]
