"""Calibrations of the reference: the weights, and errors from residuals."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.calibration import Margins, calibrate, margins_of, trim
from everycount.estimate.plan import MeasureKind
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.sample.design import Calibration, CalibrationMethod
from golden.golden_frames import base_frame, columns_of, numbers, with_dimension, with_measure
from golden.golden_replicates import estimates

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame
    from golden.golden_frames import Columns

LINEAR, RAKING, LOGIT = CalibrationMethod
STYPE = {"E": 4421, "H": 755, "M": 1018}
SCH_WIDE = {"No": 1072, "Yes": 5122}
API99 = 3914069.0
RULES = {
    "poststrat": Calibration((), LINEAR),
    "rake": Calibration((), RAKING),
    "rake_tight": Calibration((), RAKING),
    "greg": Calibration((), LINEAR),
    "greg_raking": Calibration((), RAKING),
    "greg_logit": Calibration((), LOGIT, bounds=(0.4, 2.5)),
    "greg_bounded": Calibration((), LINEAR, bounds=(0.5, 2.0)),
}


def counted(columns: Columns, name: str, counts: dict[str, int]) -> Margins:
    """A margin of categories."""
    x = np.stack([np.array([value == code for value in columns[name]], float) for code in counts], axis=1)
    return Margins(x, np.array(list(counts.values()), float), tuple(counts))


def known_totals(columns: Columns, name: str) -> Margins:
    """What the calibration of this name meets."""
    parts = [counted(columns, "stype", STYPE)]
    if name.startswith("rake"):
        parts.append(counted(columns, "sch.wide", SCH_WIDE))
    if name.startswith("greg"):
        parts.append(Margins(numbers(columns["api99"])[:, None], np.array([API99]), ("api99",)))
    return margins_of(parts)


def calibrated_frame(given: Any) -> Frame:
    """The records with calibrated weights and what errors must know of them."""
    name = given.case["id"].split(".")[1]
    frame = base_frame(given.columns, given.case["design"]["base"])
    reference = columns_of(given.folder / "apiclus1_weights.csv")
    margins = known_totals(given.columns, name)
    weights = calibrate(frame.weights, margins, RULES[name])
    theirs = numbers(reference[name])
    # R's raking stops early unless it is told not to; its weights are then taken as they are.
    loose = name == "rake"
    assert np.allclose(weights, theirs, rtol=1e-4 if loose else 2e-9, atol=0), given.case["id"]
    after = theirs if loose else weights
    made = Calibrated.of(margins.x, frame.weights, after, stages_of(frame))
    return replace(frame, weights=after, calibrated=made)


def check_calibrated(given: Any) -> None:
    """Mean, total, and means of domains."""
    word = given.case["id"].split(".")[2]
    kind, y = (MeasureKind.TOTAL, "enroll") if word == "total" else (MeasureKind.MEAN, "api00")
    frame = with_measure(calibrated_frame(given), kind, given.numeric(y))
    by = ["stype"] if word == "by" else []
    for name in by:
        frame = with_dimension(frame, name, given.columns[name])
    ours = {tuple(code for _, code in one.cell): one for one in estimates(frame, *by)}
    for row in given.rows:
        one = ours[tuple(row[name] for name in by)]
        if ".rake." in given.case["id"]:
            near(given, one, row)
        else:
            given.same(one, row)


def near(given: Any, ours: Estimate, row: dict[str, float]) -> None:
    """R's raking, stopped early, leaves its residuals where it stopped; they are off by as little."""
    given.close(ours.value, row["estimate"], "estimate")
    assert ours.se is not None
    assert np.isclose(ours.se, row["se"], rtol=1e-4, atol=0), given.case["id"]


def check_trimmed(given: Any) -> None:
    """Weights held between 20 and 45, once and until none is outside."""
    reference = columns_of(given.folder / "apiclus1_trim.csv")
    frame = calibrated_frame(given)
    for strict, name in ((True, "trim_strict"), (False, "trim")):
        weights = trim(frame.weights, 20, 45, strict=strict)
        assert np.allclose(weights, numbers(reference[name]), rtol=1e-12, atol=0)
    frame = with_measure(replace(frame, weights=weights), MeasureKind.MEAN, given.numeric("api00"))
    (ours,) = estimates(frame)
    near(given, ours, given.rows[0])
