"""Verdicts one by one and over arrays are two readings of the same standards."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.plan import MeasureKind
from everycount.estimate.verdict import VERDICTS, Qualities, Quality, judge, judge_all

maybe = st.none() | st.floats(0.001, 2)
qualities = st.builds(
    Quality,
    value=st.none() | st.sampled_from([0.0, 0.02, 0.05, 0.4, 1.0]) | st.floats(0, 1),
    n=st.sampled_from([0, 1, 5, 29, 30, 31, 200]) | st.integers(0, 5000),
    extreme=st.booleans(),
    exact=st.booleans(),
    estimable=st.booleans(),
    width=st.sampled_from([0.05, 0.3]) | maybe,
    df=st.sampled_from([0, 7, 8]) | st.integers(0, 50),
    n_effective=st.sampled_from([29.999, 30.0]) | st.none() | st.floats(0.1, 5000),
    cv=st.sampled_from([0.166, 0.3]) | maybe,
)


@settings(max_examples=200, deadline=None)
@given(kind=st.sampled_from(list(MeasureKind)), cells=st.lists(qualities, min_size=1, max_size=20))
def test_one_by_one_and_together_say_the_same(kind: MeasureKind, cells: list[Quality]) -> None:
    columns = ([getattr(one, name) for one in cells] for name in Quality.__slots__)
    arrays = [np.array([math.nan if value is None else value for value in column]) for column in columns]
    for flag in (2, 3, 4):
        arrays[flag] = arrays[flag].astype(bool)
    found = judge_all(kind, Qualities(*arrays))
    for one, verdict, needed in zip(cells, found.verdict.tolist(), found.needed.tolist(), strict=True):
        assert judge(kind, one) == (VERDICTS[verdict], None if math.isnan(needed) else needed), one
