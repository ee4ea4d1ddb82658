"""Medians and quantiles: which answer, how sure, and when nothing is said about that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.estimates import Verdict
from everycount.estimate.measures import estimate_measures
from everycount.estimate.plan import (
    Measure,
    MeasureKind,
    Plan,
    QuantileInterval,
    QuantileRule,
    Table,
)
from everycount.sample.design import Basis, Lonely
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate

FIVE = """
    weight | y
    1      | 10
    1      | 20
    1      | 30
    3      | 40
    2      | 50
    """


def quantiles(
    drawing: str,
    *by: str,
    at: float | None = None,
    basis: Basis = Basis.DESIGN,
    rule: QuantileRule = QuantileRule.HF1,
    interval: QuantileInterval = QuantileInterval.AUTO,
) -> list[Estimate]:
    frame = draw(drawing)
    kind = MeasureKind.MEDIAN if at is None else MeasureKind.QUANTILE
    frame = replace(frame, measures={"m": (Measure("m", kind, at=at), frame.measures["m"][1])})
    plan = Plan((), quantile_rule=rule, quantile_interval=interval)
    tables = [Table(("m",), by)]
    found, contrasts = estimate_measures(frame, plan, lonely=Lonely.ADJUST, basis=basis, tables=tables)
    assert contrasts == []
    return found


def households(values: list[int], of: int = 4) -> str:
    """A drawing of as many clusters as it takes, ``of`` households each."""
    rows = [f"c{number // of} | {value}" for number, value in enumerate(values)]
    return "\n".join(["cluster | y", *rows])


def test_the_median_is_the_first_answer_that_half_of_the_people_do_not_exceed() -> None:
    # Cumulative weights 1, 2, 3, 6, 8: half of 8 is reached by 40.
    (median,) = quantiles(FIVE)
    assert (median.value, median.n, median.population) == (40, 5, 8)


@pytest.mark.parametrize(
    ("rule", "value"), [(QuantileRule.HF1, 30), (QuantileRule.HF2, 35), (QuantileRule.HF4, 30)]
)
def test_on_a_step_the_rule_decides(rule: QuantileRule, value: float) -> None:
    # 3 of 8 is reached exactly by 30.
    (found,) = quantiles(FIVE, at=3 / 8, rule=rule)
    assert found.value == pytest.approx(value)


def test_each_group_has_its_own_median_and_an_empty_one_has_none() -> None:
    drawing = """
        sex   | age | y
        woman | old | 1
        woman | old | 2
        woman | old | 9
        man   | old | 4
        man   | new | .
        """
    found = {tuple(code for _, code in one.cell): one for one in quantiles(drawing, "sex", "age")}
    assert found["woman", "old"].value == 2
    assert found["man", "old"].value == 4
    assert (found["man", "new"].value, found["man", "new"].n_missing) == (None, 1)
    assert (found["woman", "new"].value, found["woman", "new"].verdict) == (None, Verdict.SUPPRESS)


def test_the_interval_is_that_of_the_share_turned_round() -> None:
    values = [number * 7 % 101 for number in range(100)]
    (found,) = quantiles(households(values), interval=QuantileInterval.MEAN)
    assert found.interval == "woodruff_wald"
    assert found.value is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low < found.value < found.ci_high
    assert {found.ci_low, found.value, found.ci_high} <= set(map(float, values))


def test_the_score_interval_holds_the_answers_not_told_apart() -> None:
    values = [number * 7 % 101 for number in range(100)]
    (found,) = quantiles(households(values), interval=QuantileInterval.SCORE)
    assert found.interval == "score"
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert found.ci_low <= (found.value or 0) <= found.ci_high


def test_the_largest_answer_bounds_nothing() -> None:
    # The share at or below the 95th of 100 could well be everybody's.
    (found,) = quantiles(households(list(range(20)), of=1), at=0.95)
    assert found.value == 18
    assert (found.se, found.ci_low, found.ci_high, found.interval) == (None, None, None, "")


def test_heaped_answers_are_not_certainty() -> None:
    values = [5] * 10 + [30] * 180 + [90] * 10
    (found,) = quantiles(households([values[place * 7 % 200] for place in range(200)]))
    assert (found.value, found.se, found.ci_low) == (30, None, None)
    assert found.verdict is Verdict.CAUTION


def test_everybody_asked_is_exact() -> None:
    drawing = "\n".join(["population | y", *(f"40 | {number}" for number in range(40))])
    (found,) = quantiles(drawing)
    assert (found.value, found.se, found.ci_low, found.ci_high) == (19, 0, 19, 19)
    assert (found.interval, found.verdict) == ("exact", Verdict.PUBLISH)


def test_without_a_design_basis_there_is_a_value_and_nothing_more() -> None:
    (found,) = quantiles(households(list(range(40))), basis=Basis.NONE)
    assert found.value == 19
    assert (found.se, found.ci_low, found.df, found.interval) == (None, None, None, "")
    assert found.verdict is Verdict.CAUTION


def test_one_who_has_most_is_named_as_for_a_mean() -> None:
    (found,) = quantiles(FIVE)
    assert found.largest_share == pytest.approx(120 / 280)
    (negative,) = quantiles(FIVE.replace("10", "-10"))
    assert negative.largest_share is None
