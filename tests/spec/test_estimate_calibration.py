"""Errors of calibrated weights, drawn small."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.calibration import Margins, calibrate, trim
from everycount.estimate.estimates import Against
from everycount.estimate.frame import MeasureColumns
from everycount.estimate.plan import Measure, MeasureKind, Plan, Table
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.sample.design import Basis, Calibration, CalibrationMethod, Lonely
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame

# Households of two sides of a river; 6 of the hill and 14 of the valley are known to live there.
HOUSEHOLDS = """
    cluster | side   | weight | y
    1       | hill   | 2      | 3
    1       | valley | 2      | 5
    2       | hill   | 1      | 4
    2       | valley | 1      | 9
    3       | valley | 3      | 1
    3       | hill   | 2      | 2
    4       | hill   | 2      | 8
    4       | valley | 2      | 2
    """


def calibrated(frame: Frame) -> Frame:
    hill = (frame.dimensions["side"] == 0).astype(float)
    margins = Margins(np.stack([hill, 1 - hill], axis=1), np.array([6.0, 14.0]), ("hill", "valley"))
    weights = calibrate(frame.weights, margins, Calibration((), CalibrationMethod.LINEAR))
    held = Calibrated.of(margins.x, frame.weights, weights, stages_of(frame))
    return replace(frame, weights=weights, calibrated=held)


def both(frame: Frame, *by: str) -> tuple[list[Estimate], list[Contrast]]:
    tables = [Table(("m",), by)]
    return estimate_sums(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)


def test_the_error_is_that_of_what_the_totals_do_not_explain() -> None:
    frame = calibrated(draw(HOUSEHOLDS, MeasureKind.TOTAL))
    ((total,), _) = both(frame)
    side, y, w = frame.dimensions["side"], frame.measures["m"][1].y, frame.weights
    before = np.array([2, 2, 1, 1, 3, 2, 2, 2])
    means = [np.average(y[side == place], weights=before[side == place]) for place in (0, 1)]
    sums = np.bincount(frame.clusters[:, 0], weights=w * (y - np.take(means, side)))
    assert total.se == pytest.approx(np.sqrt(4 / 3 * ((sums - sums.mean()) ** 2).sum()), rel=1e-12)


def test_a_group_whose_number_is_known_has_no_error_of_its_number() -> None:
    count = draw(HOUSEHOLDS.replace("3\n", "1\n"), MeasureKind.COUNT)
    ones = np.ones(8)
    count = replace(
        count, measures={"m": (Measure("m", MeasureKind.COUNT), MeasureColumns(ones, ones, ones > 0))}
    )
    cells, _ = both(calibrated(count), "side")
    assert [cell.value for cell in cells] == pytest.approx([6, 14])
    assert [cell.se for cell in cells] == [None, None]


def test_people_of_a_household_have_the_error_of_its_sum() -> None:
    households = calibrated(draw(HOUSEHOLDS, MeasureKind.TOTAL))
    people = np.repeat(np.arange(8), households.measures["m"][1].y.astype(int))
    ones = np.ones(len(people))
    assert households.calibrated is not None
    persons = replace(
        households,
        strata=households.strata[people],
        clusters=households.clusters[people],
        weights=households.weights[people],
        dimensions={"side": households.dimensions["side"][people]},
        measures={"m": (Measure("m", MeasureKind.COUNT), MeasureColumns(ones, ones, ones > 0))},
        calibrated=households.calibrated.at(people),
    )
    for ours, theirs in zip(both(persons, "side")[0], both(households, "side")[0], strict=True):
        assert (ours.value, ours.se) == pytest.approx((theirs.value, theirs.se), rel=1e-12)


def test_comparisons_take_the_residuals_of_the_difference() -> None:
    frame = calibrated(draw(HOUSEHOLDS))
    found = {one.against: one for one in both(frame, "side")[1] if one.cell == (("side", "hill"),)}
    hill, valley = both(frame, "side")[0]
    rest = found[Against.REST]
    assert rest.difference == pytest.approx((hill.value or 0) - (valley.value or 0))
    assert rest.difference_se is not None
    assert rest.ratio_low is not None
    # Both sides are regressed on themselves, so they share only what villages share.
    assert 0 < rest.difference_se < (hill.se or 0) + (valley.se or 0) + 1e-12


def test_trimming_shares_out_what_it_cuts_off() -> None:
    weights = np.array([1.0, 2.0, 3.0, 10.0])
    assert trim(weights, 0, 6, strict=False) == pytest.approx([7 / 3, 10 / 3, 13 / 3, 6])
    assert trim(np.array([1.0, 1.0, 10.0, 10.0]), 2, 9, strict=True).sum() == pytest.approx(22)
