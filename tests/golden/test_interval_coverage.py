"""95 % intervals against a census that is known; bench/interval_coverage.py runs many more draws.

The tolerance has two parts. A share p of N draws is off by more than 4 sqrt(p (1 - p) / N) once in sixteen
thousand times. And p itself is not 95 % with the unlike and skewed areas of a country: what it should be
follows from the census (``golden.census_truth.expected``), between 87 and 95 % for what is asked here.
Intervals of proportions and quantiles may hold the truth more often than that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.plan import Dimension, Plan, Table
from golden.census_draws import DRAWINGS, Census, draws
from golden.census_surveys import Coverage, Found, estimated, of_estimate, surveyed
from golden.census_truth import QUESTIONS, RURAL, SPENDING, Asked, expected, truth

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.shared, pytest.mark.slow]

FIVE, TWO, HALF = DRAWINGS
NUMBER = {FIVE: 200, TWO: 100, HALF: 40}
ALONE = 20  # surveys in files of their own
UNBIASED = ("people: a total", "without a toilet: a count")


@pytest.fixture(scope="module")
def census(shared: Path) -> Census:
    return Census.read(shared)


@pytest.fixture(scope="module")
def found(census: Census) -> dict[str, dict[str, list[Found]]]:
    return {
        each.name: surveyed(census, each, QUESTIONS, number, alone=ALONE) for each, number in NUMBER.items()
    }


def four_errors(share: float, draws: int) -> float:
    return float(4 * np.sqrt(share * (1 - share) / draws))


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda each: each.name)
@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: each.name)
def test_intervals_hold_the_truth(
    census: Census, found: dict[str, dict[str, list[Found]]], asked: Asked, drawing: object
) -> None:
    way = next(each for each in DRAWINGS if each is drawing)
    seen = Coverage.of(found[way.name][asked.name], truth(census, asked))
    number = ALONE if asked.alone else NUMBER[way]
    assert seen.surveys + seen.without == number
    assert seen.without <= 0.05 * number
    should = expected(census, asked, way, seen.df) if asked.symmetric and way.by_size else 0.95
    assert 0.85 < should <= 0.9501
    # Five hundredths more for two areas in a stratum, where the expansion is too coarse, and for what rests
    # on quantiles, of which it knows nothing.
    coarse = 0.05 if way is TWO or asked.measure.share or asked.alone else 0.0
    assert seen.held >= should - coarse - four_errors(should, seen.surveys)
    if asked.symmetric:
        assert seen.held <= should + four_errors(should, seen.surveys)


@pytest.mark.parametrize("asked", [each for each in QUESTIONS if each.symmetric], ids=lambda each: each.name)
def test_errors_are_those_of_the_surveys(
    census: Census, found: dict[str, dict[str, list[Found]]], asked: Asked
) -> None:
    """A standard deviation of 200 draws is off by 1 / sqrt(400), 5 %; four times that is 20 %."""
    seen = Coverage.of(found[FIVE.name][asked.name], truth(census, asked))
    assert seen.errors == pytest.approx(1, abs=0.2)
    assert abs(seen.bias) < 4 / np.sqrt(NUMBER[FIVE]) + (0 if asked.name in UNBIASED else 0.05)


def test_a_draw_among_many_is_estimated_as_if_it_were_alone(census: Census) -> None:
    """The reason why all draws may stand in one file."""
    columns = draws(census, FIVE, 3, seed=7)
    among = surveyed(census, FIVE, [each for each in QUESTIONS if not each.gap], 3, seed=7)
    rural = next(each for each in QUESTIONS if each.measure is SPENDING and each.group == RURAL)
    for number, name in enumerate(np.unique(columns["draw"])):
        alone = {key: values[columns["draw"] == name] for key, values in columns.items()}
        plan = Plan((SPENDING,), (Dimension("urbrur", "urbrur"),), (Table(("spending",), ("urbrur",)),))
        cells = {each.cell: each for each in estimated(alone, FIVE, plan).estimates}
        one = of_estimate(cells[(RURAL,)])
        other = among[rural.name][number]
        assert replace(other, value=0, se=None, low=None, high=None) == replace(
            one, value=0, se=None, low=None, high=None
        )
        for key in ("value", "se", "low", "high"):
            assert getattr(one, key) == pytest.approx(getattr(other, key), rel=1e-9)
