"""Replicate weights of the reference cases: those that R made, read and used; and the same made here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.plan import MeasureKind, Plan, Table
from everycount.estimate.quantiles import CARE
from everycount.estimate.replicates import read
from everycount.estimate.sums import estimate_sums
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from golden.golden_frames import base_frame, columns_of, numbers, with_dimension, with_measure
from golden.golden_quantiles import turned

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame

METHODS = {
    "JK1": ReplicateMethod.JK1,
    "JKn": ReplicateMethod.JKN,
    "bootstrap": ReplicateMethod.CANTY_DAVISON,
    "subbootstrap": ReplicateMethod.BOOTSTRAP,
}


def replicated_frame(folder: Path, case: Mapping[str, Any]) -> Frame:
    """The records of a case with its replicate weights and nothing else of the design."""
    design = case["design"]
    weights = columns_of(folder / design["replicate_weights"])
    frame = base_frame(columns_of(folder / f"{case['data']}.csv"), {"weights": "pw"})
    frame = replace(frame, weights=numbers(weights["base"]))
    columns = np.stack([numbers(column) for name, column in weights.items() if name != "base"], axis=1)
    rule = Replicates(
        METHODS[design["type"]],
        tuple(weights),
        scale=design["scale"],
        rscales=tuple(design["rscales"]),
        mse=case["id"].endswith(".mse"),
    )
    return replace(frame, replicates=read(frame.weights, columns, rule))


def estimates(frame: Frame, *by: str, plan: Plan | None = None) -> list[Estimate]:
    """The one measure of the frame in one breakdown."""
    tables = [Table(("m",), by)]
    return estimate_sums(frame, plan or Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=tables)[0]


def check_replicate_quantiles(given: Any) -> None:
    """Quartiles, each with the error of its own replicates."""
    frame = replicated_frame(given.folder, given.case)
    for row in given.rows:
        found = turned(frame, given.numeric("api00"), row["q"], Plan(()), CARE)
        ends = found.ends()
        assert found.replicated is not None
        ours = (found.value[0], ends.low[0], ends.high[0], found.replicated[0])
        theirs = [row[name] for name in ("estimate", "lower", "upper", "se")]
        assert np.allclose(ours, theirs, rtol=1e-8, atol=0), (given.case["id"], row, ours)


def check_replicates(given: Any) -> None:
    """Value, error, degrees of freedom and interval."""
    frame = replicated_frame(given.folder, given.case)
    kind = {"total": MeasureKind.TOTAL, "ratio": MeasureKind.RATIO}.get(given.word, MeasureKind.MEAN)
    y = {"total": "enroll", "ratio": "api.stu"}.get(given.word, "api00")
    x = given.numeric("enroll") if kind is MeasureKind.RATIO else None
    frame = with_measure(frame, kind, given.numeric(y), x)
    by = [name for name in ("stype",) if name in given.rows[0]]
    for name in by:
        frame = with_dimension(frame, name, given.columns[name])
    ours = {tuple(code for _, code in one.cell): one for one in estimates(frame, *by)}
    for row in given.rows:
        one = ours[tuple(row[name] for name in by)]
        given.same(one, row)
        if not by and "df" in row:
            given.same_interval(one, row)
