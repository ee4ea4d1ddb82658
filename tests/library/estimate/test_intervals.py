"""Intervals of proportions: which method, and what each is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.intervals import KORN_GRAUBARD, Bounds, Proportions, of_proportions, student
from everycount.estimate.plan import IntervalRule

LEVEL = 0.95


def proportion(p: float, n: int, deff: float = 1.0, df: int = 30) -> Proportions:
    """One cell in which p n people have what is looked for."""
    events = round(p * n)
    se = np.sqrt(p * (1 - p) * deff / n) if 0 < p < 1 else np.nan
    return Proportions(
        *(np.array([value], dtype=float) for value in (p, se, n, events, n / deff)),
        student(LEVEL, np.array([df])),
    )


def interval(rule: IntervalRule, cell: Proportions, level: float = LEVEL) -> tuple[float, float, str]:
    bounds = of_proportions(rule, cell, level)
    return float(bounds.low[0]), float(bounds.high[0]), bounds.method[0]


# The published reference: 183 schools in 15 districts, p .87431693989071, se .0203594772446, df 14.
SCHOOLS = Proportions(
    *(np.array([value]) for value in (160 / 183, 0.0203594772446, 183.0, 160.0, 265.0)),
    student(LEVEL, np.array([14])),
)


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        (IntervalRule.XLOGIT, 0.823798892383, 0.911900077024),
        (IntervalRule.BETA, 0.823702210848, 0.914704492127),
        (IntervalRule.WILSON, 0.824171513661, 0.911693452639),
        (IntervalRule.ASIN, 0.827533453321, 0.914614571849),
        (IntervalRule.WALD, 0.830650204123, 0.917983675658),
    ],
)
def test_agrees_with_the_published_reference(rule: IntervalRule, low: float, high: float) -> None:
    assert interval(rule, SCHOOLS) == (
        pytest.approx(low, rel=1e-9),
        pytest.approx(high, rel=1e-9),
        rule.value,
    )


def test_students_t() -> None:
    t = student(0.95, np.array([1, 14, np.inf, 0, -1]))
    assert t[:3] == pytest.approx([12.7062047362, 2.14478668792, 1.95996398454])
    assert np.isnan(t[3:]).all()


@pytest.mark.parametrize(
    ("cell", "method"),
    [
        (proportion(0.3, 200), "xlogit"),
        (proportion(0.3, 50), KORN_GRAUBARD),  # fewer than 60 effective respondents
        (proportion(0.3, 200, deff=4), KORN_GRAUBARD),
        (proportion(0.04, 200), KORN_GRAUBARD),  # 8 events
        (proportion(0.96, 200), KORN_GRAUBARD),  # 8 who have it not
        (proportion(0.0, 200), KORN_GRAUBARD),
        (proportion(1.0, 200), KORN_GRAUBARD),
    ],
)
def test_what_auto_takes(cell: Proportions, method: str) -> None:
    assert interval(IntervalRule.AUTO, cell)[2] == method


def test_korn_graubard_with_a_simple_random_sample_is_clopper_pearson() -> None:
    """The textbook's exact interval of 5 in 50: .0333 to .2181."""
    cell = proportion(0.1, 50, df=49)
    assert interval(IntervalRule.AUTO, cell)[:2] == pytest.approx((0.0333, 0.2181), abs=5e-5)


@pytest.mark.parametrize("rule", IntervalRule)
def test_every_rule_has_an_interval_where_nobody_has_it(rule: IntervalRule) -> None:
    low, high, method = interval(rule, proportion(0.0, 40))
    assert (low, method) == (0.0, KORN_GRAUBARD)
    assert high == pytest.approx(1 - 0.025 ** (1 / 40))


@pytest.mark.parametrize("rule", IntervalRule)
def test_everybody_mirrors_nobody(rule: IntervalRule) -> None:
    low, high, _ = interval(rule, proportion(1.0, 40))
    assert (low, high) == (pytest.approx(0.025 ** (1 / 40)), 1.0)


@pytest.mark.parametrize("rule", IntervalRule)
def test_without_a_standard_error_there_is_no_interval(rule: IntervalRule) -> None:
    cell = Proportions(*(np.array([value]) for value in (0.5, np.nan, 10.0, 5.0, np.nan, 2.0)))
    low, high, method = interval(rule, cell)
    assert np.isnan(low)
    assert np.isnan(high)
    assert method == ""


def test_an_effective_number_above_the_respondents_does_not_narrow_the_default() -> None:
    """A design effect below 1 makes ``beta`` narrower than the truth may be; the NCHS form stops at n."""
    cell = proportion(0.1, 50, deff=0.5, df=10**6)
    low, high, _ = interval(IntervalRule.AUTO, cell)
    exact_low, exact_high, _ = interval(IntervalRule.AUTO, proportion(0.1, 50, deff=1.0, df=49))
    beta_low, beta_high, _ = interval(IntervalRule.BETA, cell)
    assert (low, high) == pytest.approx((exact_low, exact_high))
    assert beta_high - beta_low < high - low


inner = st.tuples(st.integers(2, 500), st.floats(0.01, 0.99), st.floats(0.3, 20), st.integers(1, 100))


@settings(max_examples=150, deadline=None)
@given(inner, st.sampled_from([rule for rule in IntervalRule if rule is not IntervalRule.WALD]))
def test_intervals_hold_the_estimate_and_stay_between_nobody_and_everybody(
    cell: tuple[int, float, float, int], rule: IntervalRule
) -> None:
    n, share, deff, df = cell
    p = max(1, min(n - 1, round(share * n))) / n
    low, high, _ = interval(rule, proportion(p, n, deff, df))
    assert 0 <= low <= p + 1e-12
    assert p - 1e-12 <= high <= 1


@settings(max_examples=100, deadline=None)
@given(inner, st.sampled_from(IntervalRule))
def test_those_with_and_those_without_have_mirrored_intervals(
    cell: tuple[int, float, float, int], rule: IntervalRule
) -> None:
    n, share, deff, df = cell
    ones = max(1, min(n - 1, round(share * n)))
    low, high, method = interval(rule, proportion(ones / n, n, deff, df))
    other_low, other_high, other_method = interval(rule, proportion((n - ones) / n, n, deff, df))
    assert method == other_method
    assert (low, high) == (pytest.approx(1 - other_high, abs=1e-7), pytest.approx(1 - other_low, abs=1e-7))


@settings(max_examples=60, deadline=None)
@given(inner, st.sampled_from(IntervalRule))
def test_more_confidence_needs_more_room(of: tuple[int, float, float, int], rule: IntervalRule) -> None:
    """Degrees of freedom never exceed n - 1 in a sample: clusters are not more than people."""
    n, share, deff, df = of
    df = min(df, n - 1)
    p = max(1, min(n - 1, round(share * n))) / n
    at_level = []
    for level in (0.9, 0.99):
        cell = replace(proportion(p, n, deff, df), t=student(level, np.array([df])))
        at_level.append(interval(rule, cell, level))
    (low, high, _), (wide_low, wide_high, _) = at_level
    assert wide_low <= low + 1e-12
    assert high <= wide_high + 1e-12


def test_nothing_in_nothing_out() -> None:
    empty = np.zeros(0)
    bounds = of_proportions(IntervalRule.AUTO, Proportions(*(empty for _ in range(6))), LEVEL)
    assert isinstance(bounds, Bounds)
    assert bounds.method == []
