"""Small samples drawn as tables, so that a test reads like a page of a manual.

Columns with a meaning of their own: ``stratum``, ``cluster`` and ``cluster2``, ``weight``, ``population`` and
``population2``, ``among`` (yes or no), ``y`` and ``x``. Any other column is a dimension. A dot is no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Better, Dimension, Group, IntervalRule, Measure, MeasureKind, Plan, Table
from everycount.sample.design import Basis, Lonely
from everycount.text import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.estimates import Contrast, Estimate

MEANINGS = frozenset(
    {"stratum", "cluster", "cluster2", "weight", "population", "population2", "among", "y", "x"}
)


def columns(drawing: str) -> dict[str, list[str]]:
    """The table as columns of text."""
    lines = [[word.strip() for word in line.split("|")] for line in drawing.strip().splitlines()]
    return {name: [line[place] for line in lines[1:]] for place, name in enumerate(lines[0])}


def numbers(values: list[str]) -> NDArray[np.float64]:
    return np.array([np.nan if value == "." else float(value) for value in values])


def numbered(values: list[str]) -> NDArray[np.int64]:
    """From 0, in order of first appearance."""
    known = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return np.array([known[value] for value in values], dtype=np.int64)


def draw(drawing: str, kind: MeasureKind = MeasureKind.MEAN, better: Better | None = None) -> Frame:
    """A frame with one measure, ``m``."""
    given = columns(drawing)
    rows = len(given["y"])
    stages = [numbered(given[name]) for name in ("cluster", "cluster2") if name in given] or [np.arange(rows)]
    populations = [numbers(given[name]) for name in ("population", "population2") if name in given]
    measure = MeasureColumns(
        numbers(given["y"]),
        numbers(given["x"]) if "x" in given else np.ones(rows),
        np.array([word != "no" for word in given.get("among", ["yes"] * rows)]),
    )
    dimensions = {name: dimension(name, values) for name, values in given.items() if name not in MEANINGS}
    return Frame(
        "main",
        numbered(given.get("stratum", ["all"] * rows)),
        np.stack(stages, axis=1),
        numbers(given.get("weight", ["1"] * rows)),
        np.stack(populations, axis=1) if populations else None,
        {name: index for name, (_, index) in dimensions.items()},
        {name: made for name, (made, _) in dimensions.items()},
        {"m": (Measure("m", kind, better=better), measure)},
        tuple(dict.fromkeys(given.get("stratum", []))),
    )


def dimension(name: str, values: list[str]) -> tuple[Dimension, NDArray[np.int64]]:
    codes = [code for code in dict.fromkeys(values) if code != "."]
    place = {code: number for number, code in enumerate(codes)} | {".": -1}
    groups = tuple(Group(code, NOTHING, (code,)) for code in codes)
    return Dimension(name, name, groups=groups), np.array([place[value] for value in values], dtype=np.int64)


def both(
    frame: Frame,
    *by: str,
    lonely: Lonely = Lonely.ADJUST,
    basis: Basis = Basis.DESIGN,
    rule: IntervalRule = IntervalRule.AUTO,
    level: float = 0.95,
) -> tuple[list[Estimate], list[Contrast]]:
    """Estimates and contrasts of ``m`` in one breakdown."""
    plan = Plan((), interval=rule, level=level)
    return estimate_frame(frame, plan, lonely=lonely, basis=basis, tables=[Table(("m",), by)])


def overall(frame: Frame, **options: object) -> Estimate:
    """The one cell of everybody."""
    (cell,) = both(frame, **options)[0]  # type: ignore[arg-type]
    return cell


def cells(frame: Frame, *by: str, **options: object) -> dict[tuple[str, ...], Estimate]:
    """Estimates by group codes."""
    found = both(frame, *by, **options)[0]  # type: ignore[arg-type]
    return {tuple(code for _, code in cell.cell): cell for cell in found}
