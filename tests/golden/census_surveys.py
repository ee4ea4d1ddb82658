"""Samples of the census sent through the public door, and how often their intervals hold the truth."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from everycount.estimate import estimate
from everycount.estimate.condition import In
from everycount.estimate.estimates import Against
from everycount.estimate.plan import Dimension, Plan, Table
from everycount.sample import MAIN, Source, read
from golden.census_draws import draws

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.estimate.estimates import Contrast, Estimate, Estimates
    from golden.census_draws import Census, Columns, Drawing
    from golden.census_truth import Asked

AT_ONCE = 500  # draws in one file
TOGETHER = 25  # draws whose gaps are estimated at once, each with a measure of its own


@dataclass(frozen=True)
class Found:
    """One survey's number; without limits where its clusters give none."""

    value: float
    se: float | None
    low: float | None
    high: float | None
    df: int | None


@dataclass(frozen=True)
class Coverage:
    """What many surveys say of one truth.

    Attributes:
        surveys: how many gave an interval; ``without``: how many did not.
        held: the share of intervals that hold the truth; ``above`` and ``below``: that lie beside it.
        bias: mean deviation in standard deviations of the surveys' numbers.
        errors: root of the mean estimated variance over the standard deviation of the numbers.
        df: median degrees of freedom.
    """

    surveys: int
    without: int
    held: float
    above: float
    below: float
    bias: float
    errors: float
    df: float

    @classmethod
    def of(cls, found: Sequence[Found], true: float) -> Coverage:
        """Counts."""
        whole = [each for each in found if each.low is not None and each.high is not None]
        low, high = (np.array([getattr(each, name) for each in whole]) for name in ("low", "high"))
        values = np.array([each.value for each in found])
        variance = np.mean([each.se**2 for each in found if each.se is not None])
        return cls(
            surveys=len(whole),
            without=len(found) - len(whole),
            held=float(np.mean((low <= true) & (true <= high))),
            above=float(np.mean(low > true)),
            below=float(np.mean(high < true)),
            bias=float((values.mean() - true) / values.std()),
            errors=float(np.sqrt(variance) / values.std()),
            df=float(np.median([each.df for each in whole if each.df is not None])),
        )


def surveyed(
    census: Census, drawing: Drawing, asked: Sequence[Asked], number: int, seed: int = 1, *, alone: int = 0
) -> dict[str, list[Found]]:
    """So many surveys: what each of them finds, by the name of what is asked.

    The first ``alone`` of them are also asked what needs a file for each survey.
    """
    found: dict[str, list[Found]] = {each.name: [] for each in asked}
    for start in range(0, number, AT_ONCE):
        columns = draws(census, drawing, min(AT_ONCE, number - start), seed + start)
        for name, more in (*_plain(columns, drawing, asked), *_gaps(columns, drawing, asked)):
            found[name].append(more)
        names = np.unique(columns["draw"])[: max(alone - start, 0)]
        for name, more in (one for draw in names for one in _alone(columns, drawing, asked, str(draw))):
            found[name].append(more)
    return found


def _plain(columns: Columns, drawing: Drawing, asked: Sequence[Asked]) -> Iterator[tuple[str, Found]]:
    plain = [each for each in asked if not (each.gap or each.alone)]
    measures = {each.measure.id: each.measure for each in plain}
    # Draws crossed with another dimension are not compared with each other, which would mean nothing.
    across = dict.fromkeys(["everybody", *(each.group[0] for each in plain if each.group)])
    plan = Plan(
        tuple(measures.values()),
        tuple(Dimension(name, name) for name in ("draw", *across)),
        tuple(Table(tuple(measures), ("draw", name)) for name in across),
    )
    wanted = {(each.measure.id, each.group or ("everybody", "1")): each.name for each in plain}
    for cell in estimated(columns, drawing, plan).estimates:
        name = wanted.get((cell.measure, cell.cell[1])) if cell.cell else None
        if name and cell.value is not None:
            yield name, of_estimate(cell)


def _alone(
    columns: Columns, drawing: Drawing, asked: Sequence[Asked], draw: str
) -> Iterator[tuple[str, Found]]:
    """One survey in a file of its own."""
    wanted = {(each.measure.id, (each.group,) if each.group else ()): each for each in asked if each.alone}
    measures = {each.measure.id: each.measure for each in wanted.values()}
    if not measures:
        return
    across = dict.fromkeys(each.group[0] for each in wanted.values() if each.group)
    tables = tuple(Table(tuple(measures), (name,)) for name in across)
    plan = Plan(tuple(measures.values()), tuple(Dimension(name, name) for name in across), tables)
    part = {name: values[columns["draw"] == draw] for name, values in columns.items()}
    for cell in estimated(part, drawing, plan).estimates:
        one = wanted.get((cell.measure, cell.cell))
        if one is not None and cell.value is not None:
            yield one.name, of_estimate(cell)


def of_estimate(cell: Estimate) -> Found:
    """The numbers of a cell with a value."""
    assert cell.value is not None
    return Found(cell.value, cell.se, cell.ci_low, cell.ci_high, cell.df)


def _gaps(columns: Columns, drawing: Drawing, asked: Sequence[Asked]) -> Iterator[tuple[str, Found]]:
    names = np.unique(columns["draw"])
    for start in range(0, len(names), TOGETHER):
        some = [str(name) for name in names[start : start + TOGETHER]]
        part = {name: values[np.isin(columns["draw"], some)] for name, values in columns.items()}
        for each in asked:
            if each.gap and each.group:
                yield from ((each.name, _of_contrast(one)) for one in _contrasts(part, drawing, each, some))


def _contrasts(columns: Columns, drawing: Drawing, asked: Asked, names: Sequence[str]) -> Iterator[Contrast]:
    """The group against everybody else of its own draw."""
    assert asked.group is not None
    by = asked.group[0]
    measures = tuple(replace(asked.measure, id=name, among=In("draw", (name,))) for name in names)
    plan = Plan(measures, (Dimension(by, by),), (Table(tuple(names), (by,)),))
    for each in estimated(columns, drawing, plan).contrasts:
        if each.against is Against.REST and each.cell == (asked.group,):
            yield each


def _of_contrast(each: Contrast) -> Found:
    return Found(each.difference, each.difference_se, each.difference_low, each.difference_high, each.df)


def estimated(columns: Columns, drawing: Drawing, plan: Plan) -> Estimates:
    """Through the public door, by way of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.parquet"
        pq.write_table(pa.table({name: pa.array(values) for name, values in columns.items()}), path)
        return estimate(read({MAIN: Source(path)}, design=drawing.design), plan)
