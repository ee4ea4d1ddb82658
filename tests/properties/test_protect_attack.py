"""No published number together with the others gives back a hidden one."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from everycount.estimate.plan import Dimension
from everycount.faults import InputError
from everycount.protect import OPEN, PUBLIC, Status, protect, restore
from library.protect.attacker import Attack
from library.protect.people import Survey, estimates, share

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate

POLICY = replace(
    PUBLIC,
    name="own",
    min_respondents=4,
    min_respondents_sensitive=6,
    min_respondents_extreme=8,
    decimals=None,
)
LEVELS = [share("safe", "water", "1"), share("basic", "water", "2"), share("none", "water", "3")]
OTHER = share("school", "school", "y")
WOMEN = share("women_safe", "water", "1", among=share("x", "sex", "f").condition)


def breakdowns(dimensions: list[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(dimensions, size) for size in range(1, len(dimensions) + 1)))


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    names = ["a", "b", "c"][: draw(st.integers(1, 3))]
    groups = {name: ("1", "2", "3")[: draw(st.integers(2, 3))] for name in names}
    sensitive = draw(st.booleans())
    dimensions = [Dimension(name, name, sensitive=sensitive and name == "a") for name in names]
    bys = [(), *draw(st.lists(st.sampled_from(breakdowns(names)), unique=True, max_size=5))]
    measures = draw(st.sampled_from([LEVELS[:1], LEVELS, [*LEVELS[:2], OTHER], [OTHER, WOMEN, LEVELS[0]]]))
    subsets = {
        measure.id: [by for by in bys if not by or draw(st.booleans())] if draw(st.booleans()) else bys
        for measure in measures
    }
    people = draw(st.lists(_person(groups, measures), min_size=5, max_size=60))
    return Survey(people, measures, subsets, dimensions, groups)


def _person(groups: dict[str, Any], measures: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    often = st.integers(0, 19)
    parts: dict[str, st.SearchStrategy[Any]] = {
        name: often.map(
            lambda i, codes=codes: None if i == 0 else codes[0] if i < 9 else codes[i % len(codes)]
        )
        for name, codes in groups.items()
    }
    parts["water"] = often.map(lambda i: None if i == 0 else "123"[i % 3])
    questions = {measure.condition.question for measure in measures}
    if "school" in questions:
        parts["school"] = often.map(lambda i: None if i < 2 else "yn"[i % 2])
    if any(measure.among for measure in measures):
        parts["sex"] = st.sampled_from(["f", "m"])
    return st.fixed_dictionaries(parts)


# Without shrinking: a find is small enough, and each step towards a smaller one is an attack of its own.
@settings(max_examples=300, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(surveys())
def test_hidden_cells_stay_hidden_from_exact_integer_search(survey: Survey) -> None:
    cells = protect(estimates(survey), POLICY)
    attack = Attack(survey, cells, POLICY)
    assert [found for found in attack.recovered((Status.SUPPRESSED_SMALL,)) if is_secret(found[1])] == []


@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(surveys(), st.data())
def test_nothing_follows_from_two_releases_of_the_same_people(survey: Survey, data: st.DataObject) -> None:
    """The second has more breakdowns; whoever holds both knows all that either prints.

    What the first has told cannot be hidden any more: a second one that could be solved by it is refused.
    """
    fewer = {name: [by for by in bys if data.draw(st.booleans())] for name, bys in survey.breakdowns.items()}
    first = replace(survey, breakdowns=fewer)
    before = protect(estimates(first), POLICY)
    try:
        now = protect(estimates(survey), POLICY, given=before)
    except InputError:
        event("refused")
        return
    earlier, later = Attack(first, before, POLICY), Attack(survey, now, POLICY)
    told = Attack(first, before, POLICY)
    earlier.know(later)
    later.know(told)
    for attack in (earlier, later):
        found = attack.recovered((Status.SUPPRESSED_SMALL,))
        assert [one for one in found if is_secret(one[1])] == []


def is_secret(estimate: Estimate) -> bool:
    """Hidden by a rule of its own, and not merely with its whole breakdown."""
    few = estimate.n < POLICY.min_respondents
    return few or (estimate.n < POLICY.min_respondents_extreme and estimate.events in (0, estimate.n))


def test_the_attacker_finds_what_is_only_left_out() -> None:
    """Without partners, subtraction gives small cells back; an attack that never succeeds proves nothing."""
    people = [{"a": "1", "water": "1"}] * 3 + [{"a": "2", "water": "12"[at % 2]} for at in range(20)]
    breakdown = {"safe": [(), ("a",)]}
    plain = Survey(people, LEVELS[:1], breakdown, [Dimension("a", "a")], {"a": ("1", "2")})
    found = protect(estimates(plain), POLICY)
    shown = protect(estimates(plain), OPEN)
    bare = restore(POLICY, 0.95, (shown.cells[0], found.cells[1], shown.cells[2]), ())
    assert list(Attack(plain, bare, POLICY).recovered())


def test_the_attacker_puts_two_releases_together() -> None:
    """A total in the one and its other part in the other: neither alone gives the small cell back."""
    people = [{"a": "1", "water": "1"}] * 3 + [{"a": "2", "water": "12"[at % 2]} for at in range(20)]
    plain = Survey(people, LEVELS[:1], {"safe": [(), ("a",)]}, [Dimension("a", "a")], {"a": ("1", "2")})
    shown = protect(estimates(plain), OPEN).cells
    total, small, other = protect(estimates(plain), POLICY).cells
    hidden = replace(other, cell=())
    first = Attack(plain, restore(POLICY, 0.95, (total, small, other), ()), POLICY)
    second = Attack(plain, restore(POLICY, 0.95, (hidden, small, shown[2]), ()), POLICY)
    assert not list(first.recovered())
    assert not list(second.recovered())
    second.know(first)
    assert list(second.recovered())


@settings(max_examples=40, deadline=None, derandomize=True)
@given(surveys())
def test_the_same_input_beside_itself_gives_the_same_cells(survey: Survey) -> None:
    made = estimates(survey)
    before = protect(made, POLICY)
    assert protect(made, POLICY, given=before) == before


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_no_small_cell_is_ever_shown_and_no_stricter_policy_shows_one(survey: Survey) -> None:
    made = estimates(survey)
    strict = replace(POLICY, min_respondents=6, min_respondents_sensitive=9, min_respondents_extreme=12)
    for policy in (POLICY, strict):
        for estimate, cell in zip(made.estimates, protect(made, policy).cells, strict=True):
            if cell.status is Status.SHOWN:
                assert estimate.n >= policy.min_respondents
                assert estimate.events not in (0, estimate.n) or estimate.n >= policy.min_respondents_extreme


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_open_hides_nothing_and_order_does_not_matter(survey: Survey) -> None:
    made = estimates(survey)
    assert all(cell.status in (Status.SHOWN, Status.NO_ANSWERS) for cell in protect(made, OPEN).cells)
    turned = replace(made, estimates=made.estimates[::-1])
    assert protect(made, POLICY).cells == protect(turned, POLICY).cells[::-1]
