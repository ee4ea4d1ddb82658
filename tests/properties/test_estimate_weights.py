"""What must hold of calibrated, trimmed and replicated weights, whatever sample and totals are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everycount.estimate.calibration import Margins, calibrate, margins_of, trim
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.plan import Measure, MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.faults import InputError
from everycount.sample.design import (
    Basis,
    Calibration,
    CalibrationMethod,
    Lonely,
    ReplicateMethod,
    Replicates,
)

ORDINARY = settings(max_examples=40, deadline=None)
SEEDS = st.integers(0, 10_000)


def sample(seed: int) -> tuple[np.random.Generator, np.ndarray, Margins, Margins]:
    """Weights, and two margins that a population of the same people could have."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 80))
    weights, truth = rng.uniform(0.5, 5, n), rng.uniform(0.5, 8, n)
    parts = []
    for groups in (2, 3):
        x = np.eye(groups)[np.concatenate([np.arange(groups), rng.integers(0, groups, n - groups)])]
        parts.append(Margins(x, truth @ x, tuple(f"group {place}" for place in range(groups))))
    return rng, weights, parts[0], parts[1]


@ORDINARY
@given(SEEDS, st.sampled_from([CalibrationMethod.LINEAR, CalibrationMethod.RAKING]))
def test_margins_hold(seed: int, method: CalibrationMethod) -> None:
    _, weights, one, other = sample(seed)
    margins = margins_of([one, other])
    try:
        found = calibrate(weights, margins, Calibration((), method))
    except InputError:
        # Raking cannot empty a group, which a margin may ask of groups that coincide.
        assume(False)
    assert np.allclose(found @ margins.x, margins.totals, rtol=1e-8)
    assert method is CalibrationMethod.LINEAR or (found > 0).all()


@ORDINARY
@given(SEEDS, st.sampled_from(list(CalibrationMethod)))
def test_with_one_margin_every_method_is_post_stratification(seed: int, method: CalibrationMethod) -> None:
    _, weights, one, _ = sample(seed)
    bounds = (0.001, 1000.0) if method is CalibrationMethod.LOGIT else None
    found = calibrate(weights, one, Calibration((), method, bounds))
    assert np.allclose(found, weights * (one.x @ (one.totals / (weights @ one.x))), rtol=1e-7)


@ORDINARY
@given(SEEDS)
def test_raking_is_proportional_fitting(seed: int) -> None:
    _, weights, one, other = sample(seed)
    found = calibrate(weights, margins_of([one, other]), Calibration((), CalibrationMethod.RAKING))
    fitted = weights.copy()
    for _ in range(2000):
        for margin in (one, other):
            fitted *= margin.x @ (margin.totals / (fitted @ margin.x))
    assert np.allclose(found, fitted, rtol=1e-6)


@ORDINARY
@given(SEEDS)
def test_bounds_hold(seed: int) -> None:
    _, weights, one, other = sample(seed)
    for method in (CalibrationMethod.LOGIT, CalibrationMethod.LINEAR):
        rule = Calibration((), method, (0.3, 4.0))
        try:
            factors = calibrate(weights, margins_of([one, other]), rule) / weights
        except InputError:
            continue
        assert factors.min() >= 0.3 - 1e-12
        assert factors.max() <= 4.0 + 1e-12


@ORDINARY
@given(SEEDS, st.floats(0.05, 0.9), st.floats(1.1, 4.0), st.booleans())
def test_trimming_keeps_the_sum_and_strictly_the_limits(
    seed: int,
    low: float,
    high: float,
    strict: bool,  # noqa: FBT001 - Hypothesis gives it
) -> None:
    weights = sample(seed)[1]
    low, high = low * weights.mean(), high * weights.mean()
    found = trim(weights, low, high, strict=strict)
    assert found.sum() == pytest.approx(weights.sum(), rel=1e-9)
    if strict:
        assert found.min() >= low * (1 - 1e-9)
        assert found.max() <= high * (1 + 1e-9)


@ORDINARY
@given(SEEDS)
def test_a_jackknife_of_strata_is_linearisation_for_means_of_equal_weights_in_each(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strata = np.repeat([0, 1, 2], rng.integers(2, 8, 3))
    y, ones = rng.normal(10, 3, len(strata)), np.ones(len(strata))
    columns = MeasureColumns(y, ones, ones > 0)
    frame = Frame(
        "main",
        strata,
        np.arange(len(strata))[:, None],
        np.array([1.5, 4.0, 2.0])[strata],
        None,
        {},
        {},
        {"m": (Measure("m", MeasureKind.MEAN), columns)},
    )
    stages = stages_of(frame)
    made = make(stages.stages[0], stages.unit, Replicates(ReplicateMethod.JKN), ())
    once, again = (
        estimate_sums(one, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=[Table(("m",), ())])[0][0]
        for one in (frame, replace(frame, replicates=made))
    )
    assert again.se == pytest.approx(once.se, rel=1e-9)
    assert (again.df, again.value) == (once.df, once.value)
