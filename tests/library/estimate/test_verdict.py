"""The presentation rules at their limits."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import SHARES, MeasureKind
from everycount.estimate.verdict import REACHABLE, Quality, judge, without_basis

GOOD = Quality(
    value=0.4,
    n=200,
    extreme=False,
    exact=False,
    estimable=True,
    width=0.14,
    df=50,
    n_effective=180.0,
    cv=0.09,
)
SHARE, MEAN = MeasureKind.PROPORTION, MeasureKind.MEAN


def test_a_good_number() -> None:
    assert judge(SHARE, GOOD) == judge(MEAN, GOOD) == (Verdict.PUBLISH, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"n": 30, "n_effective": 30.0}, (Verdict.PUBLISH, None)),
        ({"n": 29, "n_effective": 30.0}, (Verdict.COLLECT_MORE, 30)),
        ({"n_effective": 29.0}, (Verdict.COLLECT_MORE, math.ceil(200 * 30 / 29))),
        ({"n_effective": 1.0}, (Verdict.SUPPRESS, 6000)),
        ({"width": 0.2999}, (Verdict.PUBLISH, None)),
        ({"width": 0.30}, (Verdict.COLLECT_MORE, 201)),
        ({"width": 0.60}, (Verdict.COLLECT_MORE, 800)),
        ({"value": 0.02, "width": 0.05}, (Verdict.PUBLISH, None)),  # narrow enough, whatever the proportion
        (
            {"value": 0.02, "width": 0.10},
            (Verdict.COLLECT_MORE, 800),
        ),  # down to .05
        ({"value": 0.10, "width": 0.129}, (Verdict.PUBLISH, None)),
        ({"value": 0.10, "width": 0.26}, (Verdict.COLLECT_MORE, 800)),
        ({"df": 8}, (Verdict.PUBLISH, None)),
        ({"df": 7}, (Verdict.CAUTION, None)),
        (
            {"value": 0.0, "extreme": True, "estimable": False, "cv": None, "n_effective": None},
            (Verdict.CAUTION, None),
        ),
        ({"exact": True, "n": 2, "width": 0.0}, (Verdict.PUBLISH, None)),
        ({"n": 0, "value": None}, (Verdict.SUPPRESS, None)),
        ({"value": None}, (Verdict.SUPPRESS, None)),
        ({"estimable": False, "width": None, "n_effective": None}, (Verdict.CAUTION, None)),
        ({"estimable": False, "width": None, "n_effective": None, "df": 2}, (Verdict.COLLECT_MORE, None)),
        ({"estimable": False, "width": None, "n": 10, "df": 9}, (Verdict.COLLECT_MORE, 30)),
    ],
)
@pytest.mark.parametrize("kind", sorted(SHARES))
def test_proportions(
    kind: MeasureKind, change: dict[str, object], expected: tuple[Verdict, int | None]
) -> None:
    assert judge(kind, replace(GOOD, **change)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(set(MeasureKind) - SHARES))
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"cv": 0.166}, (Verdict.PUBLISH, None)),
        ({"cv": 0.167}, (Verdict.CAUTION, None)),
        ({"cv": 0.30}, (Verdict.CAUTION, None)),
        ({"cv": 0.60}, (Verdict.COLLECT_MORE, 800)),
        ({"cv": 3.0}, (Verdict.SUPPRESS, 20_000)),
        ({"cv": None}, (Verdict.CAUTION, None)),  # the value is 0
        ({"n": 20}, (Verdict.COLLECT_MORE, 30)),
        ({"n_effective": 5.0}, (Verdict.PUBLISH, None)),  # the cv has it already
    ],
)
def test_means_totals_counts_and_ratios(
    kind: MeasureKind, change: dict[str, object], expected: tuple[Verdict, int | None]
) -> None:
    assert judge(kind, replace(GOOD, **change)) == expected  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(MeasureKind),
    st.integers(1, 400),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.9),
    st.floats(0.5, 400),
    st.floats(0.01, 5),
)
def test_the_number_that_would_suffice_suffices(
    kind: MeasureKind, n: int, value: float, width: float, n_effective: float, cv: float
) -> None:
    """With that many respondents, and errors falling with the root of the number, the cell is shown."""
    poor = Quality(
        value,
        n,
        extreme=False,
        exact=False,
        estimable=True,
        width=width,
        df=20,
        n_effective=n_effective,
        cv=cv,
    )
    verdict, needed = judge(kind, poor)
    if needed is None:
        assert verdict in {Verdict.PUBLISH, Verdict.CAUTION}
        return
    assert needed > n
    assert verdict is (Verdict.COLLECT_MORE if needed <= REACHABLE * n else Verdict.SUPPRESS)
    more = (needed + 1) / n
    better = replace(
        poor,
        n=needed + 1,
        width=width / math.sqrt(more),
        n_effective=n_effective * more,
        cv=cv / math.sqrt(more),
    )
    assert judge(kind, better)[0] in {Verdict.PUBLISH, Verdict.CAUTION}


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, (Verdict.SUPPRESS, None)),
        (2, (Verdict.SUPPRESS, 30)),
        (3, (Verdict.COLLECT_MORE, 30)),
        (29, (Verdict.COLLECT_MORE, 30)),
        (30, (Verdict.CAUTION, None)),
        (10**6, (Verdict.CAUTION, None)),
    ],
)
def test_without_a_basis(n: int, expected: tuple[Verdict, int | None]) -> None:
    assert without_basis(n) == expected
