"""Do the groups differ at all: the test by other ways, and how often it errs where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from everycount.estimate.association import Groups, RaoScott, of_shares, of_values
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from everycount.text import NOTHING

ORDINARY = settings(max_examples=30, deadline=None)
SHARE, MEAN = MeasureKind.PROPORTION, MeasureKind.MEAN


def survey(
    rng: np.random.Generator, kind: MeasureKind, *, groups: int = 4, shift: float = 0.0, clusters: int = 30
) -> Frame:
    """Villages that share their fate; the first group is better off by ``shift``."""
    cluster = np.repeat(np.arange(clusters), 12)
    n = len(cluster)
    group = rng.permutation(np.arange(n) % groups)
    level = rng.normal(size=n) + 0.6 * rng.normal(size=clusters)[cluster] + shift * (group == 0)
    ones = np.ones(n)
    y = (level > 0.3) * 1.0 if kind is SHARE else level
    named = tuple(Group(str(code), NOTHING, (str(code),)) for code in range(groups))
    return Frame(
        "main",
        (cluster % 2).astype(np.int64),
        cluster[:, None],
        rng.uniform(1, 3, n),
        None,
        {"g": group},
        {"g": Dimension("g", "g", groups=named)},
        {"m": (Measure("m", kind), MeasureColumns(y, ones, ones.astype(bool)))},
    )


def compared(frame: Frame) -> Groups:
    found: dict[tuple[str, str], Groups] = {}
    estimate_sums(
        frame,
        Plan(()),
        lonely=Lonely.FAIL,
        basis=Basis.DESIGN,
        tables=[Table(("m",), ("g",))],
        compared=found,
    )
    return found["m", "g"]


@ORDINARY
@given(st.integers(0, 10_000), st.sampled_from([SHARE, MEAN]))
def test_the_covariance_is_that_of_the_sums_of_the_clusters(seed: int, kind: MeasureKind) -> None:
    frame = survey(np.random.default_rng(seed), kind)
    groups, w = compared(frame), frame.weights
    columns = frame.measures["m"][1]
    inside = np.eye(4)[frame.dimensions["g"]] * w[:, None]
    rows = np.concatenate([inside * columns.y[:, None], inside], axis=1)
    sums = np.zeros((30, 8))
    np.add.at(sums, frame.clusters[:, 0], rows)
    expected = np.zeros((8, 8))
    for half in (sums[::2], sums[1::2]):
        expected += len(half) * np.cov(half, rowvar=False)
    assert np.allclose(groups.covariance, expected, rtol=1e-9, atol=1e-9 * expected.max())
    assert np.allclose([*groups.y, *groups.x], rows.sum(axis=0))
    assert (groups.n, groups.df) == (360, 28)


@ORDINARY
@given(st.integers(0, 10_000))
def test_drawn_one_by_one_it_is_pearsons_test(seed: int) -> None:
    """With equal weights and no clusters the design effects are n / (n - 1), but for what chance adds."""
    rng = np.random.default_rng(seed)
    frame = survey(rng, SHARE, clusters=300)
    n = len(frame.weights)
    plain = replace(
        frame, weights=np.ones(n), strata=np.zeros(n, dtype=np.int64), clusters=np.arange(n)[:, None]
    )
    found = RaoScott.of(compared(plain))
    y, group = frame.measures["m"][1].y, frame.dimensions["g"]
    table = np.array([[((y == have) & (group == code)).sum() for code in range(4)] for have in (1, 0)])
    assert found.pearson == pytest.approx(chi2_contingency(table, correction=False).statistic)
    assert np.allclose(found.effects, 1, atol=0.15)


@ORDINARY
@given(st.integers(0, 10_000), st.sampled_from([SHARE, MEAN]))
def test_replicates_and_totals_that_say_nothing_come_to_the_same(seed: int, kind: MeasureKind) -> None:
    frame = survey(np.random.default_rng(seed), kind)
    test = of_shares if kind is SHARE else of_values
    stages, n = stages_of(frame), len(frame.weights)
    once = test("m", "g", compared(frame))
    nothing = Calibrated.of(np.zeros((n, 0)), frame.weights, frame.weights, stages)
    jackknife = make(stages.stages[0], stages.unit, Replicates(ReplicateMethod.JKN), ())
    for other in (replace(frame, calibrated=nothing.at(np.arange(n))), replace(frame, replicates=jackknife)):
        again = test("m", "g", compared(other))
        assert once is not None
        assert again is not None
        assert (again.statistic, again.df) == (
            pytest.approx(once.statistic, rel=1e-6),
            pytest.approx(once.df, rel=1e-6),
        )


@ORDINARY
@given(st.integers(0, 10_000), st.permutations(range(4)))
def test_the_order_of_groups_does_not_matter(seed: int, order: list[int]) -> None:
    for kind, test in ((SHARE, of_shares), (MEAN, of_values)):
        groups = compared(survey(np.random.default_rng(seed), kind))
        places = [*order, *(4 + place for place in order)]
        mixed = replace(
            groups, y=groups.y[order], x=groups.x[order], covariance=groups.covariance[np.ix_(places, places)]
        )
        one, other = test("m", "g", groups), test("m", "g", mixed)
        assert one is not None
        assert other is not None
        assert other.p == pytest.approx(one.p, rel=1e-6)


@pytest.mark.parametrize("kind", [SHARE, MEAN])
def test_groups_that_are_alike_are_found_to_differ_in_five_surveys_of_a_hundred(kind: MeasureKind) -> None:
    """500 surveys of chance 5 % have an error of sqrt(0.05 x 0.95 / 500), 1 %; three of them are 3 %."""
    rng, test = np.random.default_rng(31), of_shares if kind is SHARE else of_values
    found = [test("m", "g", compared(survey(rng, kind))) for _ in range(500)]
    assert np.mean([one.p <= 0.05 for one in found if one]) == pytest.approx(0.05, abs=0.03)
    far = [test("m", "g", compared(survey(rng, kind, shift=1.0))) for _ in range(50)]
    assert np.mean([one.p <= 0.05 for one in far if one]) > 0.9


def test_two_groups_and_too_few_clusters_have_no_test() -> None:
    rng = np.random.default_rng(1)
    two: dict[tuple[str, str], Groups] = {}
    tables = [Table(("m",), ("g",))]
    pair = survey(rng, SHARE, groups=2)
    estimate_sums(pair, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=tables, compared=two)
    assert two == {}
    assert of_values("m", "g", compared(survey(rng, MEAN, groups=6, clusters=4))) is None
    groups = compared(survey(rng, SHARE))
    assert of_shares("m", "g", replace(groups, y=groups.x)) is None
    assert of_shares("m", "g", replace(groups, y=groups.y * 0)) is None


def test_a_group_whose_denominators_are_all_zero_has_no_value_and_there_is_no_test() -> None:
    found = compared(survey(np.random.default_rng(3), MEAN))
    assert of_values("m", "g", found) is not None
    assert of_values("m", "g", replace(found, x=np.where(np.arange(len(found.x)) == 1, 0.0, found.x))) is None
