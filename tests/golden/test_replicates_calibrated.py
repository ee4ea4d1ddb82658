"""Replicates that are calibrated each by itself have the errors of R's ``calibrate`` and ``rake``.

Made with R survey 4.1.1 on the school districts ``apiclus1``, jackknife without strata::

    r <- as.svrepdesign(svydesign(id = ~dnum, weights = ~pw, data = apiclus1), type = "JK1")
    pop <- c(`(Intercept)` = 6194, stypeH = 755, stypeM = 1018)
    svymean(~api00, calibrate(r, ~stype, pop))
    svymean(~api00, calibrate(r, ~stype + api99, c(pop, api99 = 3914069)))      # and svytotal(~enroll, ...)
    rake(r, list(~stype, ~sch.wide), ..., control = list(epsilon = 1e-12, maxit = 1000))
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.plan import MeasureKind
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.estimate.weighting import Weighting
from everycount.sample.design import Calibration, CalibrationMethod, ReplicateMethod, Replicates
from golden.golden_calibration import known_totals
from golden.golden_frames import base_frame, columns_of, numbers, with_measure
from golden.golden_replicates import estimates

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared

LINEAR, RAKING, _ = CalibrationMethod


@pytest.mark.parametrize(
    ("totals", "method", "kind", "question", "value", "se"),
    [
        ("poststrat", LINEAR, MeasureKind.MEAN, "api00", 642.310788211582, 27.2054225251941),
        ("poststrat", RAKING, MeasureKind.MEAN, "api00", 642.310788211582, 27.2054225251941),
        ("greg", LINEAR, MeasureKind.MEAN, "api00", 665.309071165780, 3.98250872803174),
        ("greg", LINEAR, MeasureKind.TOTAL, "enroll", 3638487.20413188, 483563.757417182),
        ("rake", RAKING, MeasureKind.MEAN, "api00", 641.2303209268199, 27.1442585775909),
    ],
)
def test_replicates_meet_the_totals_as_those_of_the_reference(
    totals: str,
    method: CalibrationMethod,
    kind: MeasureKind,
    question: str,
    value: float,
    se: float,
    shared: Path,
) -> None:
    columns = columns_of(shared / "golden" / "apiclus1.csv")
    frame = base_frame(columns, {"psu": "dnum", "weights": "pw"})
    margins = known_totals(columns, totals)
    weighting = Weighting.of(frame.weights, None, margins, Calibration((), method))
    stages = stages_of(frame)
    made = make(stages.stages[0], stages.unit, Replicates(ReplicateMethod.JK1), ())
    frame = replace(frame, weights=weighting.final, replicates=weighting.replicated(made))
    (ours,) = estimates(with_measure(frame, kind, numbers(columns[question])))
    assert ours.value == pytest.approx(value, rel=1e-9)
    assert ours.se == pytest.approx(se, rel=1e-8)
    assert ours.df == 14
