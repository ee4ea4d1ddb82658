"""Groups of which nothing is shown may change places; nobody who reads the release can tell."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING
from unittest.mock import patch

from everycount.estimate.plan import Dimension
from everycount.protect import Status, audit, protect
from everycount.protect.exchanges import interchangeable, without_exchange
from everycount.protect.large import secrets_of
from everycount.protect.world import World
from library.protect.margins import MarginAttack
from library.protect.people import Survey, estimates, share
from properties.test_protect_attack import POLICY, is_secret

if TYPE_CHECKING:
    from everycount.protect.cells import Cells

SIZES = {"a": 2, "b": 3, "c": 12, "d": 12}
BREAKDOWNS = [(), ("a",), ("b",), ("c",), ("d",), ("a", "b"), ("a", "c"), ("c", "d"), ("b", "c", "d")]


def sparse(seed: int = 1, people: int = 400) -> Survey:
    """Invented people in two dimensions of few groups and two of many."""
    draw = random.Random(seed)  # noqa: S311 - invented people
    rows = tuple(
        {name: str(draw.randrange(size)) for name, size in SIZES.items()}
        | {"q": "1" if draw.random() < 0.1 else "0"}
        for _ in range(people)
    )
    groups = {name: [str(code) for code in range(size)] for name, size in SIZES.items()}
    dimensions = tuple(Dimension(name, name) for name in SIZES)
    return Survey(rows, (share("yes", "q", "1"),), {"yes": BREAKDOWNS}, dimensions, groups)


@cache
def settled() -> tuple[Cells, World]:
    """The release of the survey as a large table, and the world in which it was settled."""
    seen: list[World] = []
    build = World.__post_init__

    def note(world: World) -> None:
        build(world)
        seen.append(world)

    with patch.object(World, "__post_init__", note), patch("everycount.protect.world.MOST_UNKNOWNS", 0):
        return protect(estimates(sparse()), POLICY), seen[0]


def test_a_sparse_table_still_shows_what_has_few_groups() -> None:
    made, _ = settled()
    shown = {tuple(name for name, _ in cell.cell) for cell in made.cells if cell.status is Status.SHOWN}
    assert {(), ("a",)} <= shown
    assert audit(estimates(sparse()), made).passed


def test_groups_that_change_places_print_the_same() -> None:
    """Other people, of whom everything that is shown is as true, and what is hidden is not."""
    survey = sparse()
    made, world = settled()
    dark = interchangeable(world)
    assert dark, "nothing is dark: the test says nothing"
    turned = {"0": "1", "1": "0"}
    others = tuple(row | {name: turned.get(row[name], row[name]) for name in dark} for row in survey.people)
    true = {(one.cell, one.measure): one for one in estimates(replace(survey, people=others)).estimates}
    hidden = 0
    for cell in made.cells:
        other = true[cell.cell, cell.measure]
        if cell.status is Status.SHOWN:
            assert (cell.n, cell.value) == (other.n, other.value)
        hidden += (cell.status is Status.SUPPRESSED_SMALL) and other.n >= POLICY.min_respondents
    assert hidden, "nobody changed places"


def test_an_attacker_of_margins_finds_nothing() -> None:
    survey = sparse()
    made, _ = settled()
    assert MarginAttack(survey, made, POLICY).recovered(is_secret) == []


def test_what_is_shown_of_a_dimension_ends_its_exchanges() -> None:
    _, world = settled()
    dark = interchangeable(world)
    name = min(dark)
    secrets = [one for one in secrets_of(world) if name in dict(one[1])]
    proven = len(secrets) - len(without_exchange(world, secrets))
    assert proven
    shown = next(cell for cell in world.rooms[0].family.cells if tuple(dict(cell)) == (name,))
    world.rooms[0].hidden.discard(shown)
    assert name not in interchangeable(world)
    world.rooms[0].hidden.add(shown)
    world.revised = True
    assert not interchangeable(world)
    world.revised = False
