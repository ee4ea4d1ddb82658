"""The profile likelihood interval by another way: a search for where the ratio reaches its limit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from everycount.estimate.intervals import Proportions, likelihood, student, xlogit


def proportion(p: float, n: float, deff: float, df: int) -> Proportions:
    """One proportion."""
    values = (
        p,
        np.sqrt(deff * p * (1 - p) / n),
        n,
        round(p * n),
        n / deff,
        float(student(0.95, np.array(df))),
    )
    return Proportions(*(np.array([float(value)]) for value in values))


def ratio(x: float, p: float, n: float, deff: float, t: float) -> float:
    """How far the scaled log likelihood ratio is from its limit."""
    away = p * np.log(p / x) + (1 - p) * np.log((1 - p) / (1 - x))
    return 2 * (n / deff) * (n - 1) / n * away - t**2


@settings(max_examples=80, deadline=None)
@given(st.floats(0.001, 0.999), st.integers(5, 5000), st.floats(0.2, 20), st.integers(1, 200))
def test_ends_are_where_the_likelihood_ratio_reaches_its_limit(
    p: float, n: int, deff: float, df: int
) -> None:
    cell = proportion(p, n, deff, df)
    t = float(cell.t[0])
    low, high = (float(end[0]) for end in likelihood(cell, 0.95))
    assert 0 <= low < p < high <= 1
    for end, share in ((low, p), (1 - high, 1 - p)):
        if end > 1e-9:  # nearer to 1, the other end has too few digits left
            found = brentq(
                lambda log, share=share: ratio(np.exp(log), share, n, deff, t), -40, np.log(share), xtol=1e-14
            )
            assert end == pytest.approx(np.exp(found), rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.999), st.integers(5, 5000), st.floats(0.2, 20))
def test_who_does_not_have_it_is_the_mirror(p: float, n: int, deff: float) -> None:
    low, high = (float(end[0]) for end in likelihood(proportion(p, n, deff, 30), 0.95))
    other_low, other_high = (float(end[0]) for end in likelihood(proportion(1 - p, n, deff, 30), 0.95))
    assert (1 - other_high, 1 - other_low) == pytest.approx((low, high), abs=1e-12)


def test_large_samples_agree_with_the_logit() -> None:
    cell = proportion(0.3, 1e6, 1.0, 10_000)
    for ours, theirs in zip(likelihood(cell, 0.95), xlogit(cell, 0.95), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-5)
