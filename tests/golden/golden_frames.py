"""Frames straight from the reference CSV files: the kernel's border without the rest of the river."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Dimension, Group, IntervalRule, Measure, MeasureKind, Plan, Table
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Contrast, Estimate

Columns = dict[str, list[str]]


@cache
def columns_of(path: Path) -> Columns:
    """A CSV file as columns of text; an empty text is no answer."""
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {name: [row[name] for row in rows] for name in rows[0]}


def numbers(values: Sequence[str]) -> NDArray[np.float64]:
    return np.array([float(value) if value else np.nan for value in values])


def codes(*columns: Sequence[str]) -> NDArray[np.int64]:
    """Numbers from 0 for the combinations of values met."""
    combined = list(zip(*columns, strict=True))
    known = {value: number for number, value in enumerate(dict.fromkeys(combined))}
    return np.array([known[value] for value in combined], dtype=np.int64)


def yes(columns: Columns, name: str, value: str = "Yes") -> NDArray[np.float64]:
    return np.array([float(text == value) for text in columns[name]])


def base_frame(columns: Columns, design: Mapping[str, Any]) -> Frame:
    """Strata, clusters, weights and populations of a reference design, without measures."""
    rows = len(next(iter(columns.values())))
    nothing = ["1"] * rows
    strata = codes(columns[design["strata"]]) if design.get("strata") else codes(nothing)
    stages = [design[key] for key in ("psu", "ssu") if design.get(key)]
    named = [
        codes(columns[design["strata"]], columns[s]) if design.get("nest") else codes(columns[s])
        for s in stages
    ]
    clusters = np.stack(named or [np.arange(rows)], axis=1)
    if len(stages) == 2:
        clusters[:, 1] = codes(columns[stages[0]], columns[stages[1]])
    given = design.get("fpc") or []
    fpc = [given] if isinstance(given, str) else list(given)
    populations = np.stack([numbers(columns[name]) for name in fpc], axis=1) if fpc else None
    return Frame(
        "main", strata, clusters, _weights(columns, design, clusters, populations), populations, {}, {}, {}
    )


def _weights(
    columns: Columns,
    design: Mapping[str, Any],
    clusters: NDArray[np.int64],
    populations: NDArray[np.float64] | None,
) -> NDArray[np.float64]:
    if design.get("weights") in columns:
        return numbers(columns[design["weights"]])
    assert populations is not None
    weights = populations[:, 0] / len(np.unique(clusters[:, 0]))
    if clusters.shape[1] == 2:
        drawn = {psu: len(np.unique(clusters[clusters[:, 0] == psu, 1])) for psu in np.unique(clusters[:, 0])}
        weights = weights * populations[:, 1] / np.array([drawn[psu] for psu in clusters[:, 0]])
    return weights


def with_measure(
    frame: Frame, kind: MeasureKind, y: NDArray[np.float64], x: NDArray[np.float64] | None = None
) -> Frame:
    """The frame with one measure, called ``m``."""
    ones = np.ones(len(y))
    columns = MeasureColumns(y, ones if x is None else x, ones.astype(bool))
    return replace(frame, measures={"m": (Measure("m", kind), columns)})


def with_dimension(frame: Frame, name: str, values: Sequence[str]) -> Frame:
    """The frame with a dimension of the values met, in the order of the alphabet."""
    groups = tuple(Group(value, NOTHING, (value,)) for value in sorted(set(values)))
    place = {group.code: number for number, group in enumerate(groups)}
    return replace(
        frame,
        dimensions={**frame.dimensions, name: np.array([place[value] for value in values], dtype=np.int64)},
        groups={**frame.groups, name: Dimension(name, name, groups=groups)},
    )


def run(
    frame: Frame,
    *by: str,
    rule: IntervalRule = IntervalRule.AUTO,
    lonely: Lonely = Lonely.FAIL,
    compared: dict[tuple[str, str], Groups] | None = None,
) -> tuple[list[Estimate], list[Contrast]]:
    """The one measure of a frame in one breakdown."""
    plan = Plan(measures=(), interval=rule)
    return estimate_frame(
        frame, plan, lonely=lonely, basis=Basis.DESIGN, tables=[Table(("m",), by)], compared=compared
    )
