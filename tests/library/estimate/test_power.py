"""What a number of respondents can tell: against R, against intervals counted out, and what must hold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from everycount.estimate.power import foreseen_interval, power, told_apart

# R 4.2.2: power.prop.test(n, p1, p2)$power; the first is the example of its help page.
POWERS = [(50, 0.5, 0.75, 0.7401659013), (100, 0.3, 0.5, 0.8281094027), (93, 0.3, 0.5, 0.8000049445)]
# uniroot(function(q) power.prop.test(n = n, p1 = p, p2 = q)$power - 0.8, c(p + 1e-6, 1 - 1e-9), tol = 1e-12)
APART = [
    (20, 0.1, 0.4927617338),
    (20, 0.5, 0.8950560122),
    (50, 0.3, 0.5746859217),
    (100, 0.3, 0.4926567551),
    (200, 0.1, 0.199701115),
    (400, 0.5, 0.5984248635),
]
SHARES = st.floats(0.02, 0.98)


@pytest.mark.parametrize(("n", "one", "other", "expected"), POWERS)
def test_power_is_that_of_r(n: int, one: float, other: float, expected: float) -> None:
    assert power(n, one, other) == pytest.approx(expected, abs=1e-9)
    assert power(n, other, one) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("n", "share", "expected"), APART)
def test_the_share_that_is_told_apart_is_that_of_r(n: int, share: float, expected: float) -> None:
    assert told_apart(n, share) == pytest.approx(expected, abs=1e-8)


def test_a_hundred_in_each_group_tell_thirty_from_fifty_in_a_hundred() -> None:
    found = told_apart(100, 0.3)
    assert found is not None
    assert found < 0.5
    assert told_apart(8, 0.9) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 5000), SHARES)
def test_more_people_tell_finer_differences(n: int, share: float) -> None:
    fewer, more = told_apart(n, share), told_apart(n + 50, share)
    if fewer is not None:
        assert more is not None
        assert share < more <= fewer
        assert power(n, share, fewer) == pytest.approx(0.8, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(5, 5000), SHARES, st.floats(1, 3))
def test_the_interval_holds_its_share_and_widens_with_the_design(n: int, share: float, deff: float) -> None:
    plain, wide = foreseen_interval(n, share), foreseen_interval(n, share, deff=deff)
    assert plain is not None
    assert plain[0] <= share <= plain[1]
    if wide is not None:
        assert wide[1] - wide[0] >= plain[1] - plain[0] - 0.02


def test_a_small_group_has_the_exact_interval_and_a_large_one_that_of_the_normal_law() -> None:
    low, high = foreseen_interval(20, 0.3) or (0.0, 0.0)  # Clopper and Pearson, 6 of 20
    effective = 20.0
    assert low == pytest.approx(beta.ppf(0.025, 0.3 * effective, effective - 0.3 * effective + 1), abs=0.02)
    assert high == pytest.approx(beta.ppf(0.975, 0.3 * effective + 1, effective - 0.3 * effective), abs=0.02)
    wide = foreseen_interval(10_000, 0.3) or (0.0, 0.0)
    assert wide[1] - wide[0] == pytest.approx(2 * 1.96 * math.sqrt(0.21 / 10_000), rel=0.01)
