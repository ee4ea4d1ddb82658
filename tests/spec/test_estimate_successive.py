"""Successive differences: the error of a systematic sample, from neighbours in the list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.estimate.successive import pairs
from everycount.estimate.sums import estimate_sums
from everycount.faults import InputError
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame

SDR = Replicates(ReplicateMethod.SDR, mse=True)
STREET = """
    cluster | y
    house 9 | 1
    house 4 | 2
    house 7 | 4
    house 1 | 7
    """


def replicated(frame: Frame, rule: Replicates = SDR) -> Frame:
    stages = stages_of(frame)
    return replace(frame, replicates=make(stages.stages[0], stages.unit, rule, frame.stratum_names))


def estimated(frame: Frame, *by: str) -> list[Estimate]:
    tables = [Table(("m",), by)]
    return estimate_sums(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)[0]


def test_a_total_has_half_the_squared_differences_around_the_ring() -> None:
    """1 - 2, 2 - 4, 4 - 7 and 7 - 1: half of 1 + 4 + 9 + 36 is 25. The houses' numbers do not matter."""
    (total,) = estimated(replicated(draw(STREET, MeasureKind.TOTAL)))
    assert total.se == pytest.approx(5)
    assert total.df == 3


def test_two_clusters_in_a_stratum_are_linearisation() -> None:
    rows = [
        f"{stratum} | {stratum}{place} | {stratum * place + 3}" for stratum in range(1, 6) for place in (1, 2)
    ]
    frame = draw("\n".join(["stratum | cluster | y", *rows]), MeasureKind.TOTAL)
    (ours,), tables = estimated(replicated(frame)), [Table(("m",), ())]
    ((theirs,), _) = estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)
    assert (ours.se, ours.df) == (pytest.approx(theirs.se, rel=1e-12), theirs.df)


def test_a_finite_population_leaves_less_open() -> None:
    drawing = STREET.replace("| y", "| y | population").replace("1\n", "1 | 16\n", 1)
    lines = [
        line if "y" in line else f"{line.split('| 16')[0]} | 16" for line in drawing.strip().splitlines()
    ]
    (total,) = estimated(replicated(draw("\n".join(lines), MeasureKind.TOTAL)))
    assert total.se == pytest.approx(5 * np.sqrt(1 - 4 / 16))


def test_along_a_trend_neighbours_tell_less_error_than_linearisation() -> None:
    """A list that was sorted well: 1, 2, ... 40. Around the ring half of 39 x 1 + 39^2 is 780."""
    frame = draw("\n".join(["cluster | y", *(f"{n} | {n}" for n in range(1, 41))]), MeasureKind.TOTAL)
    (ours,), tables = estimated(replicated(frame)), [Table(("m",), ())]
    ((theirs,), _) = estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)
    assert ours.se == pytest.approx(np.sqrt(780))
    assert theirs.se == pytest.approx(40 * np.sqrt(np.var(np.arange(40), ddof=1) / 40))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_the_sample_the_ring_is_what_is_measured(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strata = np.sort(rng.integers(0, 4, int(rng.integers(4, 50))))
    rows = [f"{s} | {rng.permutation(1000)[0]}x{n} | {rng.uniform(1, 9):.6f} | {rng.normal():.6f}"
            for n, s in enumerate(strata)]  # fmt: skip
    frame = draw("\n".join(["stratum | cluster | weight | y", *rows]), MeasureKind.TOTAL)
    z = frame.weights * frame.measures["m"][1].y
    rings = [z[strata == s] for s in np.unique(strata)]
    expected = sum(((ring - np.roll(ring, 1)) ** 2).sum() / 2 for ring in rings)
    (total,) = estimated(replicated(frame))
    if expected:
        assert (total.se or 0) ** 2 == pytest.approx(expected, rel=1e-9)
        assert total.df == len(strata) - len(rings)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=6), st.sampled_from([8, 16, 32]))
def test_neighbours_share_a_row_and_no_cluster_has_one_twice(sizes: list[int], count: int) -> None:
    rows = [f"{s} | {s}.{n} | 1" for s, size in enumerate(sizes) for n in range(size)]
    frame = draw("\n".join(["stratum | cluster | y", *rows]))
    stages = stages_of(frame)
    a, b = pairs(stages.stages[0], stages.stages[0].cluster[stages.unit], count)
    assert a.min() >= 1
    assert max(a.max(), b.max()) < count
    at = 0
    for size in sizes:
        ring = slice(at, at + size)
        assert (b[ring] == np.roll(a[ring], -1)).all()
        assert size == 1 or (a[ring] != b[ring]).all()
        at += size


def test_with_fewer_replicates_than_clusters_the_error_is_about_the_same() -> None:
    rng = np.random.default_rng(3)
    frame = draw(
        "\n".join(["cluster | y", *(f"{n} | {y:.4f}" for n, y in enumerate(rng.normal(50, 9, 400)))])
    )
    (few,) = estimated(replicated(frame, replace(SDR, number=64)))
    (many,) = estimated(replicated(frame, replace(SDR, number=512)))
    # With 64 replicates the relative error of a standard error is 1 / sqrt(2 x 64), 9 %; three are 27 %.
    assert few.se == pytest.approx(many.se, rel=0.27)


@pytest.mark.parametrize(("number", "instead"), [(80, 128), (2, 4), (1, 4)])
def test_replicates_that_cannot_be_balanced_are_refused(number: int, instead: int) -> None:
    with pytest.raises(InputError, match=f"power of 2, such as {instead}"):
        replicated(draw(STREET), replace(SDR, number=number))
