"""Jackknives made here have the errors of those that R made."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.plan import MeasureKind
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.sample.design import ReplicateMethod, Replicates
from golden.golden_frames import base_frame, columns_of, numbers, with_measure
from golden.golden_replicates import estimates

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.shared


@pytest.mark.parametrize("name", ["clus1_jk1", "clus1_jk1_fpc", "strat_jkn", "strat_jkn_fpc"])
def test_made_jackknives_are_those_of_the_reference(name: str, shared: Path) -> None:
    cases = json.loads((shared / "golden" / "survey.json").read_text())["cases"]
    (case,) = [case for case in cases if case["id"] == f"rep.{name}.mean"]
    design = {"psu": "dnum", "weights": "pw"} if "clus1" in name else {"strata": "stype", "weights": "pw"}
    columns = columns_of(shared / "golden" / f"{case['data']}.csv")
    frame = base_frame(columns, design | ({"fpc": "fpc"} if "fpc" in name else {}))
    frame = with_measure(frame, MeasureKind.MEAN, numbers(columns["api00"]))
    stages = stages_of(frame)
    rule = Replicates(ReplicateMethod(name.split("_")[1]))
    (ours,) = estimates(replace(frame, replicates=make(stages.stages[0], stages.unit, rule, ())))
    (row,) = case["rows"]
    assert ours.df == row["df"]
    assert ours.se == pytest.approx(row["se"], rel=1e-8)
    assert (ours.ci_low, ours.ci_high) == pytest.approx((row["lower"], row["upper"]), rel=1e-8)
