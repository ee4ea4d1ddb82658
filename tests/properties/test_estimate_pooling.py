"""States of sources with disjoint strata, put together, are the numbers of all records in one file."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everycount.estimate.frame import MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import MeasureKind, Plan, Table
from everycount.estimate.pooling import pool, states_in
from everycount.estimate.stages import stages_of
from everycount.sample.design import Basis, Lonely
from properties.test_estimate_kernel_derivations import frames

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame

ADDED = (MeasureKind.PROPORTION, MeasureKind.COUNT, MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.RATIO)
BREAKDOWNS = ((), ("a",), ("b", "c"), ("a", "b", "c"))
# What depends on people who have not travelled: those without an answer or outside, and the largest one.
UNKNOWN = {"n_missing", "n_excluded", "largest_share"}


def part(frame: Frame, rows: np.ndarray) -> Frame:
    """Some rows of a frame, as another source would have them."""
    measures = {
        name: (measure, MeasureColumns(columns.y[rows], columns.x[rows], columns.inside[rows]))
        for name, (measure, columns) in frame.measures.items()
    }
    return replace(
        frame,
        strata=frame.strata[rows],
        clusters=frame.clusters[rows],
        weights=frame.weights[rows],
        populations=None if frame.populations is None else frame.populations[rows],
        dimensions={name: codes[rows] for name, codes in frame.dimensions.items()},
        measures=measures,
    )


def same(one: Estimate, other: Estimate) -> list[str]:
    def alike(a: object, b: object) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return math.isclose(a, b, rel_tol=1e-10, abs_tol=1e-10)
        return a == b

    names = [field.name for field in fields(one) if field.name not in UNKNOWN]
    pairs = ((name, getattr(one, name), getattr(other, name)) for name in names)
    return [f"{name} {one.cell}: {a} {b}" for name, a, b in pairs if not alike(a, b)]


@settings(max_examples=80, deadline=None)
@given(
    frames(ADDED),
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
    st.sampled_from([*Lonely]),
    st.randoms(),
)
def test_pool_of_parts_is_the_whole(frame: Frame, owner: list[int], lonely: Lonely, chance: object) -> None:
    assume(lonely is not Lonely.FAIL)
    (kind,) = {measure.kind for measure, _ in frame.measures.values()}
    stages = stages_of(frame)
    alone = any(stage.lonely.any() for stage in stages.stages)
    assume(not (alone and lonely is Lonely.ADJUST and kind in {MeasureKind.TOTAL, MeasureKind.COUNT}))
    measure = frame.measures["m"][0]
    plan = Plan((measure,), tuple(frame.groups.values()), tuple(Table(("m",), by) for by in BREAKDOWNS))
    whole, _ = estimate_frame(frame, plan, lonely=lonely, basis=Basis.DESIGN, tables=plan.tables)
    holders = np.array(owner)[frame.strata]
    parts = [part(frame, np.flatnonzero(holders == one)) for one in sorted(set(holders))]
    sources = [dict(states_in(each, stages_of(each), plan, lonely)) for each in parts]
    chance.shuffle(sources)  # type: ignore[attr-defined]
    pooled = pool(plan, lonely, Basis.DESIGN, sources)
    assert not pooled.held_back
    assert [line for pair in zip(whole, pooled.estimates, strict=True) for line in same(*pair)] == []


def test_a_large_offset_keeps_its_digits() -> None:
    """Deviations of 1 about 30,000: sums of raw squares would leave seven digits of them."""
    rng = np.random.default_rng(4)
    rows = 400
    strata = np.repeat(np.arange(4), 100)
    clusters = strata * 10 + rng.integers(0, 10, rows)
    y = 3e4 + rng.normal(size=rows)
    frame = _frame(strata, clusters, y)
    plan = Plan((frame.measures["m"][0],), (), (Table(("m",), ()),))
    (whole,), _ = estimate_frame(frame, plan, lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=plan.tables)
    parts = [part(frame, np.flatnonzero(strata % 2 == one)) for one in (0, 1)]
    sources = [dict(states_in(each, stages_of(each), plan, Lonely.ADJUST)) for each in parts]
    (pooled,) = pool(plan, Lonely.ADJUST, Basis.DESIGN, sources).estimates
    assert whole.se is not None
    assert whole.se == pytest.approx(pooled.se, rel=1e-9)
    assert whole.deff == pytest.approx(pooled.deff, rel=1e-9)


def _frame(strata: np.ndarray, clusters: np.ndarray, y: np.ndarray) -> Frame:
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Measure

    ones = np.ones(len(y))
    columns = MeasureColumns(y, ones, ones.astype(bool))
    measure = Measure("m", MeasureKind.MEAN)
    return Frame("main", strata, clusters[:, None], ones, None, {}, {}, {"m": (measure, columns)})
