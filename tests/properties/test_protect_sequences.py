"""Whoever holds every release of a sequence learns nothing of a few people that none of them shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from everycount.faults import InputError
from everycount.protect import Cells, Status, protect
from library.protect.attacker import Attack
from library.protect.people import Survey, estimate_of, keys, with_earlier
from library.protect.sequence_attacker import SequenceAttack
from properties.test_protect_attack import POLICY, is_secret, surveys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import CellKey

KEPT_SECRET = (Status.SUPPRESSED_SMALL, Status.WITHHELD_BY_COMMUNITY)


@dataclass(frozen=True)
class Story:
    """Releases of one survey, one after the other.

    Attributes:
        surveys: of each release, with its own people and breakdowns.
        withheld: what the community does not want in each.
        patterns: in which of the releases somebody can have been, as everybody knows.
    """

    surveys: tuple[Survey, ...]
    withheld: tuple[tuple[tuple[str, CellKey], ...], ...]
    patterns: tuple[tuple[bool, ...], ...]


@st.composite
def sequences(draw: st.DrawFn, *, moving: bool) -> Story:
    survey = draw(surveys())
    count = draw(st.integers(2, 4 if not moving else 3))
    found = []
    for _ in range(count):
        some = {name: [by for by in bys if draw(st.booleans())] for name, bys in survey.breakdowns.items()}
        found.append(replace(survey, breakdowns=some if draw(st.booleans()) else survey.breakdowns))
    patterns: tuple[tuple[bool, ...], ...] = ((True,) * count,)
    if moving:
        come = draw(st.booleans())
        since = [draw(st.sampled_from([0, 0, 0, *range(count)])) for _ in survey.people]
        if not come:  # they leave instead: who would have come first stays last
            since = [count - 1 - at if at else count for at in since]
        there = [[at >= one if come else at < one for one in since] for at in range(count)]
        found = [
            replace(one, people=[person for person, here in zip(survey.people, some, strict=True) if here])
            for one, some in zip(found, there, strict=True)
        ]
        steps = range(count)
        patterns = tuple(tuple(at >= step if come else at <= step for at in range(count)) for step in steps)
    return Story(tuple(found), tuple(tuple(_withheld(draw, one)) for one in found), patterns)


def _withheld(draw: st.DrawFn, survey: Survey) -> Iterator[tuple[str, CellKey]]:
    places = [
        (name, key) for name, bys in survey.breakdowns.items() for by in bys for key in keys(survey, by) if by
    ]
    if places and draw(st.integers(0, 3)) == 0:
        yield from draw(st.lists(st.sampled_from(places), max_size=2, unique=True))


def released(story: Story) -> list[Cells | None]:
    """Each beside all before it; None where it was refused."""
    made: list[Cells | None] = []
    printed: list[Survey] = []
    for survey, withheld in zip(story.surveys, story.withheld, strict=True):
        before = [one for one in made if one is not None]
        try:
            made.append(protect(with_earlier(survey, *printed), POLICY, given=before, withheld=withheld))
            printed.append(survey)
        except InputError:
            event("refused")
            made.append(None)
    return made


def given_back(story: Story, made: Sequence[Cells | None]) -> list[tuple[str, CellKey, str]]:
    """Secrets of releases of the very same people that follow from all of them together."""
    pairs = [(survey, cells) for survey, cells in zip(story.surveys, made, strict=True) if cells is not None]
    attacks = [Attack(survey, cells, POLICY) for survey, cells in pairs]
    alone = [Attack(survey, cells, POLICY) for survey, cells in pairs]
    told = {(one.measure, one.cell) for _, cells in pairs for one in cells.cells if one.n is not None}
    found = []
    for at, attack in enumerate(attacks):
        out = set(_out_before(pairs, at))
        for other in (*alone[:at], *alone[at + 1 :]):
            attack.know(other)
        status = {(one.measure, one.cell): one.status for one in attack.cells.cells}
        for what, one in attack.recovered(KEPT_SECRET):
            withheld = status[one.measure, one.cell] is Status.WITHHELD_BY_COMMUNITY
            place = one.measure, one.cell
            if place not in out and (is_secret(one) or (withheld and place not in told)):
                found.append((one.measure, one.cell, what))
    return found


def _out_before(pairs: Sequence[tuple[Survey, Cells]], at: int) -> Iterator[tuple[str, CellKey]]:
    """What earlier releases told is out: shares of three answers tell the fourth, now or later."""
    if at:
        knows = Attack(*pairs[at], POLICY).forgetting()
        for earlier in pairs[:at]:
            knows.know(Attack(*earlier, POLICY))
        for _, one in knows.recovered(KEPT_SECRET):
            yield one.measure, one.cell


def told_of_few(story: Story, made: Sequence[Cells | None]) -> list[tuple[str, CellKey, str]]:
    """Secrets, and differences of a few people, that follow where everybody only comes, or only leaves."""
    there = [at for at, cells in enumerate(made) if cells is not None]
    if not there:
        return []
    everybody = [person for survey in story.surveys for person in survey.people]
    whole = SequenceAttack(
        [Attack(story.surveys[at], made[at], POLICY, everybody) for at in there],
        tuple(dict.fromkeys(tuple(one[at] for at in there) for one in story.patterns)),
    )
    if not any(one.beside for one in whole.attacks):
        return []
    return [*_secrets(whole), *_differences(whole)]


def _secrets(whole: SequenceAttack) -> Iterator[tuple[str, CellKey, str]]:
    for at, attack in enumerate(whole.attacks):
        if all(cell.n is None for cell in attack.cells.cells):
            continue  # a release of nothing adds nothing to what is out
        for estimate, cell in zip(attack.truth.estimates, attack.cells.cells, strict=True):
            if cell.status in KEPT_SECRET and estimate.n and is_secret(estimate):
                row = attack.n(attack.measures[estimate.measure], estimate.cell)
                if whole.is_known(whole.wide(at, row), estimate.n):
                    yield estimate.measure, estimate.cell, f"n of {at}"


def _differences(whole: SequenceAttack) -> Iterator[tuple[str, CellKey, str]]:
    for (one, first), (two, second) in combinations(enumerate(whole.attacks), 2):
        for measure, key in _places(first.survey, second.survey):
            then, now = (estimate_of(each.survey, measure, key).n for each in (first, second))
            if 0 < abs(now - then) < POLICY.min_respondents:
                row = whole.wide(two, second.n(measure, key)) - whole.wide(one, first.n(measure, key))
                if whole.is_known(row, now - then):
                    yield measure.id, key, f"{one} to {two}"


def _places(*found: Survey) -> Iterator[tuple[object, CellKey]]:
    for measure in found[0].measures:
        for by in sorted({by for survey in found for by in survey.breakdowns[measure.id]}):
            for key in keys(found[0], by):
                yield measure, key


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(sequences(moving=False))
def test_nothing_follows_from_any_releases_of_the_same_people(story: Story) -> None:
    assert given_back(story, released(story)) == []


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(sequences(moving=True))
def test_nothing_follows_of_few_who_came_or_left(story: Story) -> None:
    assert told_of_few(story, released(story)) == []
