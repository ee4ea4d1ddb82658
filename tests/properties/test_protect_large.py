"""Tables with many cells: arrays find what people one by one find, and no secret follows from them."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from everycount.estimate.condition import In
from everycount.estimate.plan import Case, Cases, Dimension, Value, Variable
from everycount.protect import OPEN, Policy, Status, audit, large, protect, restore, witness
from everycount.protect.chains import Chain, chained
from everycount.protect.columns import Columns
from everycount.protect.families import Families
from everycount.protect.lattice import Lattice
from everycount.protect.moves import Mover
from everycount.protect.outside import add_outsiders
from everycount.protect.proofs import proven
from everycount.protect.world import World, build
from library.protect.margins import MarginAttack
from library.protect.people import Survey, estimates, share
from properties.test_protect_attack import AGES, LEVELS, POLICY, SEX, is_secret, surveys, woven_surveys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.world import Room

QUICK = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)


@contextmanager
def as_if_large() -> Iterator[None]:
    """Every table is taken for one with too many elementary groups to be searched."""
    with patch("everycount.protect.world.MOST_UNKNOWNS", 0):
        yield


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    least = draw(st.integers(3, 6))
    sensitive = draw(st.integers(least, 8))
    return replace(
        POLICY,
        min_respondents=least,
        min_respondents_sensitive=sensitive,
        min_respondents_extreme=draw(st.integers(3, 10)),
    )


@QUICK
@given(surveys(), policies())
def test_what_protection_makes_passes_the_audit(survey: Survey, policy: Policy) -> None:
    made = estimates(survey)
    assert audit(made, protect(made, policy)).passed


@QUICK
@given(surveys(), policies())
def test_what_protection_makes_of_a_large_table_passes_the_audit(survey: Survey, policy: Policy) -> None:
    made = estimates(survey)
    with as_if_large():
        assert audit(made, protect(made, policy)).passed


@QUICK
@given(surveys(), surveys(), policies(), st.sampled_from([0, 1_000]))
def test_two_releases_together_pass_the_audit(
    survey: Survey, other: Survey, policy: Policy, most: int
) -> None:
    """The people of another survey join, as far as they have the same questions."""
    after = replace(survey, people=[*survey.people, *_alike(other, survey)])
    with patch("everycount.protect.world.MOST_UNKNOWNS", most):
        before = protect(estimates(survey), policy)
        now = estimates(after)
        assert audit(now, protect(now, policy, given=[before]), given=[before]).passed


def _alike(other: Survey, survey: Survey) -> list[dict[str, object]]:
    keys = survey.people[0].keys()
    return [dict(one) for one in other.people if one.keys() == keys and _fits(one, survey)]


def _fits(one: dict[str, object], survey: Survey) -> bool:
    return all(one[name] in (None, *codes) for name, codes in survey.groups.items())


@QUICK
@given(surveys())
def test_no_secret_of_a_large_table_follows_from_its_margins(survey: Survey) -> None:
    with as_if_large():
        cells = protect(estimates(survey), POLICY)
    assert MarginAttack(survey, cells, POLICY).recovered(is_secret) == []


def test_breakdowns_that_nobody_prints_are_not_closed_for_ever() -> None:
    """Of five people nothing is left to close but the whole table; (a, b) is a part of one, and none."""
    people = [
        {"a": a, "b": "1", "c": "1", "water": water}
        for a, water in (("1", "3"), ("1", "3"), ("2", "1"), ("2", "3"), ("1", "1"))
    ]
    groups = {"a": ("1", "2"), "b": ("1", "2"), "c": ("1", "2", "3")}
    some = [(), ("a", "b", "c"), ("b",), ("a", "c")]
    bys = {"safe": some, "basic": some, "none": [(), ("a", "b", "c")]}
    dimensions = [Dimension(name, name, sensitive=name == "a") for name in groups]
    with as_if_large():
        cells = protect(estimates(Survey(people, LEVELS, bys, dimensions, groups)), POLICY)
    assert all(cell.status is not Status.SHOWN for cell in cells.cells)


@QUICK
@given(woven_surveys())
def test_dimensions_that_hang_together_give_nothing_back_in_a_large_table(survey: Survey) -> None:
    with as_if_large():
        cells = protect(estimates(survey), POLICY)
    assert MarginAttack(survey, cells, POLICY).recovered(is_secret) == []


def banded(people: Sequence[tuple[str, str | None, str]], breakdowns: list[tuple[str, ...]]) -> Survey:
    """People by sex, age and water; ages in bands 0-2, 3-4, 5-7 and in bands 0-1, 2-5, 6-7."""
    bands = {
        "a": {age: "1" if age < "3" else "2" if age < "5" else "3" for age in AGES},
        "b": {age: "1" if age < "2" else "2" if age < "6" else "3" for age in AGES},
    }
    places = {name: [*places.items(), (None, None)] for name, places in bands.items()}
    found = [
        {"sex": sex, "water": water} | {name: dict(places[name])[age] for name in bands}
        for sex, age, water in people
    ]
    variables = [
        Variable(name, Cases(tuple(Case(Value(code), In("age", (age,))) for age, code in places.items())))
        for name, places in bands.items()
    ]
    both = frozenset({(one, other) for (_, one), (_, other) in zip(places["a"], places["b"], strict=True)})
    return Survey(
        found, [share("safe", "water", "1")], {"safe": breakdowns},
        [Dimension(name, name) for name in ("sex", *bands)],
        {"sex": SEX, "a": ("1", "2", "3"), "b": ("1", "2", "3")},
        variables=tuple(variables), joint=((("a", "b"), both),),
    )  # fmt: skip


def test_a_group_of_one_banding_is_not_told_by_what_the_other_shows_of_it() -> None:
    """Five are in band 1 of a, and four men in band 1 of b: one woman is left, as her status says.

    That somebody without an age has no group of either banding was not known of her: she could have been
    two, one of whom is in none of the other.
    """
    people = [("m", age, water) for age, water in zip("001145", "121211", strict=True)]
    people += [("f", "0", "1"), ("f", "3", "1"), ("f", "7", "2"), ("f", None, "1"), ("m", "6", "1")]
    survey = banded(people, [(), ("a",), ("sex", "b")])
    with as_if_large():
        cells = protect(estimates(survey), POLICY)
    assert MarginAttack(survey, cells, POLICY).recovered(is_secret) == []


@st.composite
def bands_that_cross(draw: st.DrawFn) -> Survey:
    """Enough young men and few young women, and hardly anybody where bands cross; some have no age."""
    ages = st.sampled_from([*"3344566677", None, *draw(st.sampled_from(["", "2"]))])
    few = [("f", "0", water) for water in draw(st.lists(st.sampled_from("12"), min_size=1, max_size=3))]
    many = [("m", age, water) for age in draw(st.sampled_from(["01", "001", "0001"])) for water in "12"]
    others = st.lists(st.tuples(st.sampled_from(SEX), ages, st.sampled_from("12")), min_size=4, max_size=9)
    return banded([*few, *many, *draw(others)], [(), ("a",), ("sex", "b")])


@settings(QUICK, max_examples=60)
@given(bands_that_cross())
def test_bands_that_cross_give_nothing_back_in_a_large_table(survey: Survey) -> None:
    with as_if_large():
        cells = protect(estimates(survey), POLICY)
    assert MarginAttack(survey, cells, POLICY).recovered(is_secret) == []


@settings(QUICK, max_examples=10)
@given(surveys(), st.sampled_from(["strict", "lenient"]), st.data())
def test_boxes_by_arrays_are_the_boxes_of_people_one_by_one(
    survey: Survey, lenient: str, data: st.DataObject
) -> None:
    for world in _worlds(survey):
        world.be(lenient=lenient == "lenient")
        mover = Mover(Lattice(world))
        places = [(room, cell) for room in world.rooms for cell in sorted(room.secrets) if cell]
        if not places:
            continue
        room, secret = data.draw(st.sampled_from(places))
        needs = witness.needs_of(room, secret)
        for scope in witness.scopes_of(world, room):
            for size in range(1, len(secret) + 1):
                possible = {
                    frozenset(box.cells): witness.met(world, room, scope, secret, box, needs)
                    for box in witness.boxes(world, scope, secret, size)
                }
                for found in mover._of_size(room, scope, secret, size, needs, lenient=world.lenient):
                    assert possible[frozenset(found.cells)] == found.meets
                if len(survey.groups) == 1:
                    assert any(possible.values()) == any(
                        mover._of_size(room, scope, secret, size, needs, lenient=world.lenient)
                    )


@settings(QUICK, max_examples=15)
@given(surveys(), st.sampled_from(["strict", "lenient"]), st.data())
def test_proofs_of_many_secrets_are_those_of_boxes_one_by_one(
    survey: Survey, lenient: str, data: st.DataObject
) -> None:
    for world in _worlds(survey):
        world.be(lenient=lenient == "lenient")
        every = sorted({cell for room in world.rooms for cell in room.family.cells})
        world.hide(world.rooms, data.draw(st.sets(st.sampled_from(every))))
        mover = Mover(Lattice(world))
        for room in world.rooms:
            secrets = sorted(cell for cell in room.secrets if cell)
            found = proven(mover, room, secrets, lenient=world.lenient)
            for secret in secrets:
                needs = witness.needs_of(room, secret)
                met = _met_unseen(world, room, secret)
                assert secret not in found or met >= needs
                if len(needs) == 1:
                    assert (secret in found) == (met >= needs)


RARE = {"a": "123456", "b": "123456", "c": "1234"}


def rare(people: int) -> Survey:
    """Every twentieth has water; every breakdown of up to three dimensions."""
    draw = random.Random(20261122)  # noqa: S311 - invented people, and no secret
    found = [
        {name: draw.choice(codes) for name, codes in RARE.items()} | {"water": "21"[draw.random() < 0.05]}
        for _ in range(people)
    ]
    bys = [by for ways in range(4) for by in combinations(RARE, ways)]
    measures = [share("safe", "water", "1")]
    return Survey(found, measures, {"safe": bys}, [Dimension(one, one) for one in RARE], RARE)


def test_a_sparse_table_is_settled_in_few_rounds() -> None:
    """Rounds are counted, and no clock: beyond the third, one in two gives up a dimension."""
    groups = RARE | {"d": "12345"}
    draw = random.Random(20261122)  # noqa: S311 - invented people, and no secret
    people = [
        {name: draw.choice(codes) for name, codes in groups.items()} | {"water": "21"[draw.random() < 0.05]}
        for _ in range(400)
    ]
    bys = [by for ways in range(4) for by in combinations(groups, ways)]
    dimensions = [Dimension(one, one) for one in groups]
    made = estimates(Survey(people, [share("safe", "water", "1")], {"safe": bys}, dimensions, groups))
    with (
        as_if_large(),
        patch.object(large, "_one_round", wraps=large._one_round) as boxes,
        patch.object(large, "_give_up", wraps=large._give_up) as given_up,
    ):
        cells = protect(made, POLICY)
    assert boxes.call_count + given_up.call_count <= 3 + 2 * (len(groups) + 1)
    assert boxes.call_count + given_up.call_count > 0
    assert audit(made, cells).passed


def _walked(survey: Survey, hidden: Sequence[tuple[str, ...]]) -> tuple[Mover, list[CellKey], set[CellKey]]:
    """With whole breakdowns hidden: the secrets, and those that single boxes prove."""
    (world,) = _worlds(survey)
    (room,) = world.rooms
    for by in hidden:
        world.hide((room,), [cell for cell in room.family.cells if tuple(name for name, _ in cell) == by])
    mover = Mover(Lattice(world))
    secrets = sorted(cell for cell in room.hidden if len(cell) > 1 and len(witness.needs_of(room, cell)) > 1)
    room.secrets |= set(secrets)
    return mover, secrets, proven(mover, room, secrets)


def test_boxes_one_after_the_other_prove_what_no_single_box_does() -> None:
    mover, secrets, safe = _walked(rare(700), [("a", "b"), ("a", "c"), ("a", "b", "c")])
    left = [cell for cell in secrets if cell not in safe]
    found = chained(mover, left)
    assert found
    assert found <= set(left)


@settings(QUICK, max_examples=15)
@given(surveys(), st.data())
def test_a_table_at_the_end_of_a_chain_prints_the_same(survey: Survey, data: st.DataObject) -> None:
    for world in _worlds(survey):
        if len(world.rooms) > 1:
            continue
        (room,) = world.rooms
        every = sorted(room.family.cells)
        world.hide(world.rooms, data.draw(st.sets(st.sampled_from(every))))
        mover = Mover(Lattice(world))
        proven(mover, room, sorted(room.hidden), sure=False)
        chain = Chain(world)
        for proof in mover.proofs.values():
            chain.take(proof)
        assert chain.holds()
        _same_print(room, chain.room)
        _same_arrays(chain)


def test_a_chain_moves_somebody_and_prints_the_same() -> None:
    mover, _, _ = _walked(rare(700), [("a", "b"), ("a", "c"), ("a", "b", "c")])
    chain = Chain(mover.world)
    for proof in mover.proofs.values():
        chain.take(proof)
    assert chain.moved
    assert chain.holds()
    _same_arrays(chain)
    _same_print(mover.world.rooms[0], chain.room)


def _same_arrays(chain: Chain) -> None:
    """Arrays of which only the rows of moved cells are new are those of the whole table."""
    (moved,), fresh = chain.lattice().columns.values(), Columns(chain.room)
    assert moved.size.tolist() == fresh.size.tolist()
    for one, other in zip(moved.asked, fresh.asked, strict=True):
        for name in ("known", "n", "counts", "missing"):
            assert getattr(one, name).tolist() == getattr(other, name).tolist()
        for mine, theirs in zip(one.measures, other.measures, strict=True):
            assert [part.tolist() for part in mine] == [part.tolist() for part in theirs]


def _same_print(true: Room, other: Room) -> None:
    """What is shown is what it was, nobody is fewer than none, and every sum of a margin is what it was."""
    for cell, found in true.family.cells.items():
        for name, one in found.items():
            moved = other.family.cells[cell][name]
            assert cell in true.hidden or moved == one
            assert 0 <= (moved.events or 0) <= moved.n
            assert moved.n_missing >= 0
    for by in true.family.breakdowns:
        for part in combinations(by, max(len(by) - 1, 0)):
            if part in true.family.breakdowns and part != by:
                was, now = _less_margins(true, by, part), _less_margins(other, by, part)
                both = _measures(true, by) & _measures(true, part)
                assert all(was[key] == now[key] for key in was | now if key[1] in both)


def _measures(room: Room, by: tuple[str, ...]) -> set[str]:
    return {
        name
        for cell, found in room.family.cells.items()
        if tuple(one for one, _ in cell) == by
        for name in found
    }


def _less_margins(
    room: Room, by: tuple[str, ...], part: tuple[str, ...]
) -> Counter[tuple[CellKey, str, str]]:
    """By cell of a coarser breakdown, what it has more than the finer ones in it."""
    found: Counter[tuple[CellKey, str, str]] = Counter()
    for cell, measures in room.family.cells.items():
        names = tuple(name for name, _ in cell)
        if names in (by, part):
            above = tuple(pair for pair in cell if pair[0] in part)
            sign = 1 if names == part else -1
            for name, one in measures.items() if by in room.family.whole else ():
                found[above, name, "n"] += sign * one.n
                found[above, name, "events"] += sign * (one.events or 0)
                found[above, name, "missing"] += sign * one.n_missing
    return found


def _met_unseen(world: World, room: Room, secret: CellKey) -> frozenset[str]:
    """The needs that boxes met all corners of which are hidden, each weighed by itself."""
    needs, met = witness.needs_of(room, secret), frozenset[str]()
    with patch("everycount.protect.witness._MOST_PLACES", 100_000):
        for scope in witness.scopes_of(world, room):
            for size in range(1, len(secret) + 1):
                for box in witness.boxes(world, scope, secret, size):
                    shown = (one.family.cells.keys() - one.hidden for one in scope)
                    if all(cells.isdisjoint(box.cells) for cells in shown):
                        met |= witness.met(world, room, scope, secret, box, needs)
    return met


def _worlds(survey: Survey) -> tuple[World, ...]:
    made = estimates(survey)
    found = Families(made).all
    for family in found:
        add_outsiders(family, made.plan)
    worlds = build(found, made.plan, POLICY)
    for world in worlds:
        for room in world.rooms:
            room.secrets |= {cell for cell in room.family.cells if 0 < room.family.size(cell) < 4}
            world.hide(world.touches(room), room.secrets)
    return worlds


def test_the_attack_on_margins_finds_what_is_only_left_out() -> None:
    """Without partners, subtraction gives small cells back; an attack that never succeeds proves nothing."""
    people = [{"a": "1", "water": "1"}] * 3 + [{"a": "2", "water": "12"[at % 2]} for at in range(20)]
    plain = Survey(people, LEVELS[:1], {"safe": [(), ("a",)]}, [Dimension("a", "a")], {"a": ("1", "2")})
    found, shown = protect(estimates(plain), POLICY), protect(estimates(plain), OPEN)
    bare = restore(POLICY, 0.95, (shown.cells[0], found.cells[1], shown.cells[2]), ())
    assert MarginAttack(plain, bare, POLICY).recovered(is_secret)
