"""The compiled kernel and the plain one are two derivations of the same numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba", reason="the compiled kernel is an extra: everycount[fast]")

from everycount.estimate import fast, fast_layout, fast_source, fast_tables
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Better, Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.stages import stages_of
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import Contrast, Estimate

SIZES = {"area": 3, "sex": 2, "age": 4, "rare": 5}
BREAKDOWNS: list[tuple[str, ...]] = [
    (),
    ("area",),
    ("age",),
    ("rare",),
    ("sex", "area"),
    ("age", "sex"),
    ("area", "rare", "age"),
]
KINDS = (
    MeasureKind.PROPORTION,
    MeasureKind.PROPORTION,
    MeasureKind.COUNT,
    MeasureKind.MEAN,
    MeasureKind.TOTAL,
    MeasureKind.RATIO,
)
TOGETHER = ["n", "df", "clusters", "events", "n_missing", "n_excluded", "interval", "verdict", "n_needed"]
modest = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """Up to 120 people in up to six strata: gaps, lonely clusters, populations, any order."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = draw(st.integers(2, 120))
    strata = rng.integers(0, draw(st.integers(1, 6)), rows)
    clusters = strata * 5 + rng.integers(0, rng.integers(1, 6, 6)[strata])
    order = np.lexsort((clusters, strata)) if draw(st.booleans()) else np.arange(rows)
    strata, clusters = strata[order], clusters[order]
    codes = {name: rng.integers(-draw(st.integers(0, 1)), size, rows) for name, size in SIZES.items()}
    codes["area"] = strata % 3 - int(rng.random() < 0.2)
    return Frame(
        "main",
        strata,
        clusters[:, None],
        rng.choice([0.5, 1.0, 2.0, 7.25], rows),
        populations(strata, clusters) if draw(st.booleans()) else None,
        codes,
        {
            n: Dimension(n, n, groups=tuple(Group(str(c), NOTHING, ()) for c in range(s)))
            for n, s in SIZES.items()
        },
        {f"m{place}": measure(rng, f"m{place}", kind, rows) for place, kind in enumerate(KINDS)},
    )


def measure(
    rng: np.random.Generator, name: str, kind: MeasureKind, rows: int
) -> tuple[Measure, MeasureColumns]:
    """Answers of a kind; sometimes with gaps, sometimes of some people only, sometimes far from 0."""
    binary = kind in {MeasureKind.PROPORTION, MeasureKind.COUNT}
    y = (rng.random(rows) < rng.choice([0.05, 0.5])) * 1.0 if binary else rng.integers(-3, 9, rows) * 1.0
    if not binary:
        y = np.abs(y) + rng.choice([0.0, 1000.0]) if rng.random() < 0.5 else y
    x = rng.integers(1, 5, rows) * 1.0 if kind is MeasureKind.RATIO else np.ones(rows)
    inside = np.ones(rows, dtype=bool)
    if rng.random() < 0.6:
        y = np.where(rng.random(rows) < 0.2, np.nan, y)
        inside = rng.random(rows) < 0.8
    return Measure(name, kind, better=Better.HIGHER), MeasureColumns(y, x, inside)


def populations(strata: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Twice what was drawn, plus one; in the first stratum exactly what was drawn."""
    drawn = np.array([len(np.unique(clusters[strata == stratum])) for stratum in strata])
    return np.where(strata == 0, drawn, 2 * drawn + 1).astype(float)[:, None]


@pytest.fixture(params=["as it is", "in many pieces"])
def pieces(request: pytest.FixtureRequest) -> Iterator[None]:
    """Once as it is, once cut up at every limit: words, tables, kept entries, chunks."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "in many pieces":
            patch.setattr(fast_source, "MOST_BITS", 1)
            patch.setattr(fast_tables, "MOST_ENTRIES", 0)
            patch.setattr(fast_source, "CHUNKS", 3)
            patch.setattr(fast_layout, "WIDEST", 100)
        yield


def both_ways(frame: Frame, lonely: Lonely) -> list[tuple[list[Estimate], list[Contrast]]]:
    tables = [Table(tuple(frame.measures), by) for by in BREAKDOWNS]
    found = []
    for enough in (0, 10**18):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast, "ENOUGH", enough)
            found.append(estimate_frame(frame, Plan(()), lonely=lonely, basis=Basis.DESIGN, tables=tables))
    return found


@modest
@given(frame=frames(), lonely=st.sampled_from([Lonely.ADJUST, Lonely.AVERAGE, Lonely.CERTAINTY]))
def compare(frame: Frame, lonely: Lonely) -> None:
    (fast_cells, fast_gaps), (plain_cells, plain_gaps) = both_ways(frame, lonely)
    for one, other in zip(fast_cells, plain_cells, strict=True):
        for name in TOGETHER:
            assert getattr(one, name) == getattr(other, name), (name, one, other)
        for name in ("value", "se", "deff", "n_kish", "population", "cv", "n_effective"):
            assert near(getattr(one, name), getattr(other, name)), (name, one, other)
        for name in ("ci_low", "ci_high"):  # an end may lie near 0, where the digits of value and error meet
            size = abs(other.value or 0) + abs(other.se or 0)
            assert near(getattr(one, name), getattr(other, name), size), (name, one, other)
        assert near(one.largest_share, other.largest_share)
    for gap, other_gap in zip(fast_gaps, plain_gaps, strict=True):
        assert (gap.cell, gap.against, gap.other, gap.df) == (
            other_gap.cell,
            other_gap.against,
            other_gap.other,
            other_gap.df,
        )
        for name in ("difference", "difference_se", "ratio", "ratio_low"):
            assert near(getattr(gap, name), getattr(other_gap, name)), (name, gap, other_gap)


def near(one: float | None, other: float | None, size: float = 0.0) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-11 + 1e-9 * size)


def test_two_kernels_agree(pieces: None) -> None:
    compare()


@settings(max_examples=10, deadline=None)
@given(frames())
def test_the_number_of_threads_does_not_matter(frame: Frame) -> None:
    stages = stages_of(frame)
    names = list(frame.measures)
    one, many = (
        fast.sums_of(frame, stages, names, BREAKDOWNS, lonely=Lonely.ADJUST, threads=threads) or {}
        for threads in (1, 3)
    )
    for name in names:
        for by in BREAKDOWNS:
            assert np.array_equal(one[name][by].totals, many[name][by].totals)
            first, second = (found[name][by].spread(stages, Lonely.ADJUST) for found in (one, many))
            assert np.array_equal(first.variance, second.variance, equal_nan=True)
