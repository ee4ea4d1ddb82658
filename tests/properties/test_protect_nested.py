"""Communities in states in regions: what is hidden stays hidden, and boxes turn all of them in one step."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, event, given, reject, settings
from hypothesis import strategies as st

from everycount.estimate.plan import Dimension
from everycount.faults import InputError
from everycount.protect import Status, audit, protect, witness
from everycount.protect.families import Families
from everycount.protect.lattice import Lattice
from everycount.protect.moves import Mover
from everycount.protect.outside import OUTSIDE, add_outsiders
from everycount.protect.proofs import proven
from everycount.protect.world import World, build
from library.protect.attacker import Attack
from library.protect.margins import MarginAttack
from library.protect.people import Survey, estimates, with_earlier
from properties.test_protect_attack import LEVELS, POLICY, SEX, is_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import CellKey, Estimate, Estimates
    from everycount.protect import Cells
    from everycount.protect.world import Room

QUICK = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
KEPT = (Status.SUPPRESSED_SMALL, Status.WITHHELD_BY_COMMUNITY)


@st.composite
def nested(draw: st.DrawFn, most: int = 80) -> Survey:
    """Communities in up to three states, sometimes these in regions, or with a second fine cut."""
    communities = [str(at) for at in range(draw(st.integers(2, 6)))]
    state = {one: draw(st.sampled_from("abc")) for one in communities}
    groups = {"community": tuple(communities), "state": tuple(sorted(set(state.values()))), "sex": SEX}
    kind = draw(st.sampled_from(["two", "two", "regions", "wards"]))
    ways: list[tuple[Any, ...]] = [(one, state[one]) for one in communities]
    names: tuple[str, ...] = ("community", "state")
    if kind == "regions":
        region = {one: draw(st.sampled_from("xy")) for one in groups["state"]}
        groups["region"] = tuple(sorted(set(region.values())))
        ways, names = [(*one, region[one[1]]) for one in ways], (*names, "region")
    if kind == "wards":
        wards = {one: ("p" + one, "q" + one)[: draw(st.integers(1, 2))] for one in groups["state"]}
        groups["ward"] = tuple(ward for some in wards.values() for ward in some)
        ways, names = [(*one, ward) for one in ways for ward in wards[one[1]]], (*names, "ward")
    nowhere = (None,) * len(names)
    often = st.integers(0, 19).map(
        lambda at: nowhere if at == 0 else ways[0] if at < 6 else ways[at % len(ways)]
    )
    person = st.tuples(often, st.sampled_from(SEX), st.sampled_from(["1", "2", "1", "3", None]))
    people = [
        dict(zip(names, place, strict=True)) | {"sex": sex, "water": water}
        for place, sex, water in draw(st.lists(person, min_size=10, max_size=most))
    ]
    crossed = [by for by in [(name, "sex") for name in names] if draw(st.booleans())]
    single = [(name,) for name in (*names, "sex") if draw(st.integers(0, 3))]
    if kind == "wards" and ("state",) not in single:  # else nothing tells how wards bind communities
        single.append(("state",))
    sensitive = draw(st.sampled_from([None, None, *names]))
    return Survey(
        people,
        LEVELS[:1] if draw(st.booleans()) else LEVELS[:2],
        {one.id: [(), *single, *crossed] for one in LEVELS[:2]},
        [Dimension(one, one, sensitive=one == sensitive) for one in groups],
        groups,
        joint=((names, frozenset({*ways, nowhere})),),
    )


def withheld(draw: st.DrawFn, made: Sequence[Estimate]) -> list[tuple[str, CellKey]]:
    some = [(one.measure, one.cell) for one in made if one.cell and one.n]
    return [draw(st.sampled_from(some))] if some and draw(st.booleans()) else []


@st.composite
def stories(draw: st.DrawFn, most: int = 80) -> tuple[Survey, list[tuple[str, CellKey]]]:
    survey = draw(nested(most))
    survey = replace(survey, breakdowns={one.id: survey.breakdowns["safe"] for one in survey.measures})
    return survey, withheld(draw, estimates(survey).estimates)


def released(made: Estimates, kept: Sequence[tuple[str, CellKey]], given: Sequence[Cells] = ()) -> Cells:
    """Beside the cells of a breakdown that a community withholds in part, its others may tell too much.

    Such a release is refused, and gives nothing back either.
    """
    try:
        return protect(made, POLICY, withheld=kept, given=given)
    except InputError:
        event("refused")
        reject()


def leaks(attack: Attack, kept: Sequence[tuple[str, CellKey]]) -> list[tuple[str, Estimate]]:
    return [
        one for one in attack.recovered(KEPT) if is_secret(one[1]) or (one[1].measure, one[1].cell) in kept
    ]


@settings(QUICK, max_examples=60)
@given(stories())
def test_nested_places_give_nothing_back(story: tuple[Survey, list[tuple[str, CellKey]]]) -> None:
    survey, kept = story
    cells = released(estimates(survey), kept)
    event("shows something" if any(one.n for one in cells.cells) else "shows nothing")
    assert leaks(Attack(survey, cells, POLICY), kept) == []


@settings(QUICK, max_examples=40)
@given(stories(most=200))
def test_nested_places_give_nothing_back_in_a_large_table(
    story: tuple[Survey, list[tuple[str, CellKey]]],
) -> None:
    survey, kept = story
    made = estimates(survey)
    with patch("everycount.protect.world.MOST_UNKNOWNS", 0):
        cells = released(made, kept)
        assert audit(made, cells).passed
    event("shows something" if any(one.n for one in cells.cells) else "shows nothing")
    assert MarginAttack(survey, cells, POLICY).recovered(is_secret) == []


@settings(QUICK, max_examples=30)
@given(stories(), st.data(), st.sampled_from([0, 1_000]))
def test_two_releases_of_nested_places_give_nothing_back(
    story: tuple[Survey, list[tuple[str, CellKey]]], data: st.DataObject, most: int
) -> None:
    """The same people with other breakdowns; whoever holds both knows all that either prints."""
    survey, kept = story
    bys = {
        name: [by for by in some if not by or data.draw(st.booleans())]
        for name, some in survey.breakdowns.items()
    }
    first, second = data.draw(st.permutations([survey, replace(survey, breakdowns=bys)]))
    own = {(one.measure, one.cell) for one in estimates(first).estimates}
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        before = released(estimates(first), [one for one in kept if one in own])
        now = released(with_earlier(second, first), [], [before])
    earlier, later = Attack(first, before, POLICY), Attack(second, now, POLICY)
    if all(one.n is None for one in now.cells):
        return  # a release of nothing adds nothing to what is out
    later.know(earlier)
    assert leaks(later, kept) == []


@QUICK
@given(stories(), st.sampled_from([0, 1_000]))
def test_a_revision_of_nested_places_passes_the_audit(
    story: tuple[Survey, list[tuple[str, CellKey]]], most: int
) -> None:
    survey, kept = story
    after = replace(survey, people=survey.people[: len(survey.people) * 3 // 4])
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        before = released(estimates(survey), kept)
        now = estimates(after)
        assert audit(now, released(now, [], [before]), given=[before]).passed


def worlds(survey: Survey) -> tuple[World, ...]:
    made = estimates(survey)
    found = Families(made).all
    for family in found:
        add_outsiders(family, made.plan)
    made_of = build(found, made.plan, POLICY, made.crossings)
    for world in made_of:
        for room in world.rooms:
            room.secrets |= {cell for cell in room.family.cells if 0 < room.family.size(cell) < 4}
            world.hide(world.touches(room), room.secrets)
    return made_of


@QUICK
@given(stories(), st.booleans(), st.data())
def test_boxes_by_arrays_are_the_boxes_one_by_one(
    story: tuple[Survey, object],
    lenient: bool,  # noqa: FBT001 - drawn
    data: st.DataObject,
) -> None:
    for world in worlds(story[0]):
        world.be(lenient=lenient)
        mover = Mover(Lattice(world))
        places = [(room, cell) for room in world.rooms for cell in sorted(room.secrets) if cell]
        if not places:
            continue
        room, secret = data.draw(st.sampled_from(places))
        needs = witness.needs_of(room, secret)
        for scope, size in product(witness.scopes_of(world, room), range(1, len(secret) + 1)):
            with patch("everycount.protect.witness._MOST_PLACES", 100_000):
                possible = {
                    frozenset(box.cells): witness.met(world, room, scope, secret, box, needs)
                    for box in witness.boxes(world, scope, secret, size)
                }
            for found in mover._of_size(room, scope, secret, size, needs, lenient=lenient):
                assert possible[frozenset(found.cells)] == found.meets


@QUICK
@given(stories(), st.booleans(), st.data())
def test_proofs_of_many_are_those_of_boxes_one_by_one(
    story: tuple[Survey, object],
    lenient: bool,  # noqa: FBT001 - drawn
    data: st.DataObject,
) -> None:
    for world in worlds(story[0]):
        world.be(lenient=lenient)
        every = sorted({cell for room in world.rooms for cell in room.family.cells})
        world.hide(world.rooms, data.draw(st.sets(st.sampled_from(every))))
        mover = Mover(Lattice(world))
        for room in world.rooms:
            secrets = sorted(cell for cell in room.secrets if cell)
            found = proven(mover, room, secrets, lenient=lenient)
            for secret in secrets:
                needs = witness.needs_of(room, secret)
                met = met_unseen(world, room, secret)
                assert secret not in found or met >= needs
                if len(needs) == 1:
                    event("proved" if secret in found else "not proved")
                    assert (secret in found) == (met >= needs)


def met_unseen(world: World, room: Room, secret: CellKey) -> frozenset[str]:
    """The needs that boxes met all corners of which are hidden, each weighed by itself."""
    needs, met = witness.needs_of(room, secret), frozenset[str]()
    with patch("everycount.protect.witness._MOST_PLACES", 100_000):
        for scope, size in product(witness.scopes_of(world, room), range(1, len(secret) + 1)):
            for box in witness.boxes(world, scope, secret, size):
                if all(one.family.cells.keys() & set(box.cells) <= one.hidden for one in scope):
                    met |= witness.met(world, room, scope, secret, box, needs)
    return met


def could_be(code: str, group: str | None) -> bool:
    """Somebody of a group, or of none, at a corner with a code, or with nothing said."""
    return code in ("", OUTSIDE if group is None else group)


@QUICK
@given(stories(), st.data())
def test_a_box_is_a_table_of_people_who_can_be(story: tuple[Survey, object], data: st.DataObject) -> None:
    """Counted anew from whole people: other breakdowns stay, and nobody is where nobody can."""
    survey = story[0]
    ((names, ways),) = survey.joint
    for world in worlds(survey):
        (room,) = world.rooms
        places = [cell for cell in sorted(room.secrets) if cell]
        if not places:
            continue
        secret = data.draw(st.sampled_from(places))
        for size in range(1, len(secret) + 1):
            for box in list(witness.boxes(world, world.rooms, secret, size))[:50]:
                if any(room.family.cannot_be(cell) for cell in box.cells):
                    continue
                changed: dict[CellKey, int] = {}
                for sign, corners in zip((1, -1), box.places, strict=True):
                    for corner in corners:
                        met = [corner.get(name, "") for name in names]
                        assert any(all(map(could_be, met, way)) for way in ways)
                        for by in room.family.breakdowns:
                            if corner.keys() >= set(by):
                                cell = tuple((name, corner[name]) for name in by)
                                changed[cell] = changed.get(cell, 0) + sign
                assert {cell for cell, more in changed.items() if more > 0} == set(box.joins)
                assert {cell for cell, more in changed.items() if more < 0} == set(box.leaves)
