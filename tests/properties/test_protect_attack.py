"""No published number together with the others gives back a hidden one."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.plan import Dimension
from everycount.protect import PUBLIC, Status, protect
from library.protect.attacker import Attack
from library.protect.people import Survey, estimates, share

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


@settings(max_examples=60, deadline=None)
@given(surveys())
def test_hidden_cells_stay_hidden_from_exact_integer_search(survey: Survey) -> None:
    cells = protect(estimates(survey), POLICY)
    assert list(Attack(survey, cells, POLICY).recovered((Status.SUPPRESSED_SMALL,))) == []
