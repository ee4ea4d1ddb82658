"""What must hold of quantiles whatever the answers and weights are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.plan import QuantileRule
from everycount.estimate.quantiles import Ladder, first_reaching

# Few distinct answers, so that many are tied; dyadic weights, so that steps are met exactly.
PEOPLE = st.lists(
    st.tuples(st.integers(-20, 20), st.integers(1, 16).map(lambda n: n / 4)), min_size=1, max_size=30
)
RULES = st.sampled_from(list(QuantileRule))
SHARES = st.floats(0, 1)
ORDINARY = settings(max_examples=80, deadline=None)


def ladder(people: list[tuple[int, float]]) -> Ladder:
    answers, weights = zip(*people, strict=True)
    return Ladder.of(np.array(answers, dtype=float), np.array(weights))


@ORDINARY
@given(PEOPLE, RULES, SHARES, SHARES)
def test_more_people_below_never_means_less(
    people: list[tuple[int, float]], rule: QuantileRule, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    made = ladder(people)
    assert made.at(low, rule) <= made.at(high, rule) + 1e-9


@ORDINARY
@given(PEOPLE, RULES, SHARES, st.randoms(use_true_random=False))
def test_the_order_of_people_does_not_matter(
    people: list[tuple[int, float]], rule: QuantileRule, share: float, random: object
) -> None:
    mixed = list(people)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert np.isclose(ladder(people).at(share, rule), ladder(mixed).at(share, rule), rtol=1e-12, atol=1e-9)


@ORDINARY
@given(PEOPLE, RULES, SHARES, st.sampled_from([0.5, 2.0, 8.0]))
def test_the_unit_of_the_weights_does_not_matter(
    people: list[tuple[int, float]], rule: QuantileRule, share: float, times: float
) -> None:
    scaled = [(answer, weight * times) for answer, weight in people]
    assert np.isclose(ladder(people).at(share, rule), ladder(scaled).at(share, rule), rtol=1e-12, atol=1e-9)


@ORDINARY
@given(PEOPLE, RULES, SHARES)
def test_a_quantile_lies_among_the_answers(
    people: list[tuple[int, float]], rule: QuantileRule, share: float
) -> None:
    found = ladder(people).at(share, rule)
    assert min(people)[0] - 1e-9 <= found <= max(people)[0] + 1e-9


@ORDINARY
@given(PEOPLE, st.integers(1, 15).map(lambda n: n / 16))
def test_the_first_rule_is_its_definition(people: list[tuple[int, float]], share: float) -> None:
    total = sum(weight for _, weight in people)
    reached = (
        answer for answer, _ in sorted(people) if sum(w for a, w in people if a <= answer) >= share * total
    )
    assert ladder(people).at(share, QuantileRule.HF1) == next(reached)


@ORDINARY
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=30), st.floats(0, 1))
def test_with_equal_weights_the_seventh_rule_is_that_of_numpy(answers: list[int], share: float) -> None:
    found = ladder([(answer, 1.0) for answer in answers]).at(share, QuantileRule.HF7)
    assert np.isclose(found, np.quantile(answers, share), rtol=1e-9, atol=1e-9)


@ORDINARY
@given(PEOPLE, st.floats(0.01, 0.99), st.integers(0, 1000))
def test_many_sets_of_weights_at_once_are_each_alone(
    people: list[tuple[int, float]], share: float, seed: int
) -> None:
    answers = np.sort(np.array([float(answer) for answer, _ in people]))
    weights = np.random.default_rng(seed).integers(0, 4, (len(people), 5)) / 2
    for found, one in zip(first_reaching(answers, weights, share), weights.T, strict=True):
        kept = one > 0
        alone = Ladder.of(answers[kept], one[kept]).at(share, QuantileRule.HF1) if kept.any() else np.nan
        assert np.array_equal(found, alone, equal_nan=True)
