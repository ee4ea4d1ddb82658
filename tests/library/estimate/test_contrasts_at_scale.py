"""Comparisons under designs that are easy to get wrong."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.estimate.estimates import Against
from everycount.estimate.plan import Better, MeasureKind
from everycount.sample.design import Lonely
from spec.estimate_drawing import both, draw


def villages(seed: int = 3) -> str:
    """Twelve villages in three strata with two groups, a wealth of their own, and weights."""
    rng = np.random.default_rng(seed)
    rows = []
    for village in range(12):
        luck = rng.normal(0, 3)
        for _ in range(10):
            group = rng.choice(["poor", "rich", "."], p=[0.4, 0.5, 0.1])
            answer = 20 + luck + (4 if group == "rich" else 0) + rng.normal()
            rows.append(f"s{village // 4} | v{village} | {rng.integers(1, 5)} | {group} | {answer:.4f}")
    return "\n".join(["stratum | cluster | weight | group | y", *rows])


def test_the_gap_within_villages_is_surer_than_independence_would_have_it() -> None:
    estimates, contrasts = both(draw(villages(), better=Better.HIGHER), "group")
    independent = np.hypot(*(cell.se or np.nan for cell in estimates))
    gap = next(c for c in contrasts if c.against is Against.REST)
    assert gap.difference_se is not None
    assert gap.difference_se < independent * 0.7
    assert gap.df == 12 - 3


def test_rest_and_best_agree_where_there_are_two_groups() -> None:
    _, contrasts = both(draw(villages(), better=Better.HIGHER), "group")
    worse = {c.against: c for c in contrasts if c.cell[0][1] == "poor"}
    rest, best = worse[Against.REST], worse[Against.BEST]
    assert best.other == (("group", "rich"),)
    assert (best.difference, best.difference_se) == pytest.approx((rest.difference, rest.difference_se))


def test_gaps_of_two_groups_mirror_each_other() -> None:
    _, contrasts = both(draw(villages()), "group")
    one, other = [c for c in contrasts if c.against is Against.REST]
    assert one.difference == pytest.approx(-other.difference)
    assert one.difference_se == pytest.approx(other.difference_se)
    assert one.ratio == pytest.approx(1 / (other.ratio or np.nan))
    assert one.ratio_low == pytest.approx(1 / (other.ratio_high or np.nan))


def test_overall_includes_those_in_no_group_and_the_rest_does_not() -> None:
    drawing = "group | y\npoor | 1\npoor | 3\nrich | 7\nrich | 9\n. | 40\n. | 60"
    _, contrasts = both(draw(drawing), "group")
    gaps = {c.against: c.difference for c in contrasts if c.cell[0][1] == "poor"}
    assert gaps[Against.REST] == pytest.approx(2 - 8)
    assert gaps[Against.OVERALL] == pytest.approx(2 - 20)


def test_average_of_lonely_strata_scales_the_gap_as_it_scales_the_cells() -> None:
    """With a lonely stratum, ``average`` multiplies the variance of the others by 3 / 2."""
    drawing = villages() + "\ns9 | v99 | 1 | poor | 20\ns9 | v99 | 1 | rich | 23"
    certain, average = (
        next(c for c in both(draw(drawing), "group", lonely=lonely)[1] if c.against is Against.REST)
        for lonely in (Lonely.CERTAINTY, Lonely.AVERAGE)
    )
    assert certain.difference_se is not None
    assert average.difference_se == pytest.approx(certain.difference_se * np.sqrt(4 / 3))


def test_a_ratio_of_negative_means_has_no_interval() -> None:
    _, contrasts = both(draw("group | y\npoor | -3\npoor | -5\nrich | 7\nrich | 9"), "group")
    poor = [c for c in contrasts if c.cell[0][1] == "poor"]
    assert [(c.ratio, c.ratio_low, c.ratio_high) for c in poor] == [(-0.5, None, None), (-2, None, None)]
    assert all(c.difference_low is not None for c in poor)


def test_groups_without_answers_have_no_contrast() -> None:
    drawing = "group | y\npoor | 1\npoor | 3\nrich | .\nrich | .\nold | 4\nold | 9"
    _, contrasts = both(draw(drawing), "group")
    assert {c.cell[0][1] for c in contrasts} == {"poor", "old"}


def test_ratios_are_compared_as_ratios() -> None:
    drawing = "group | y | x\na | 1 | 2\na | 3 | 4\nb | 5 | 6\nb | 1 | 4"
    _, contrasts = both(draw(drawing, MeasureKind.RATIO), "group")
    gap = next(c for c in contrasts if c.against is Against.REST)
    assert gap.difference == pytest.approx(4 / 6 - 6 / 10)


def test_only_breakdowns_by_one_dimension_are_compared() -> None:
    assert both(draw("p | q | y\na | c | 1\nb | d | 2"), "p", "q")[1] == []
    assert both(draw("p | q | y\na | c | 1\nb | d | 2"))[1] == []
