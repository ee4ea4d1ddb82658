"""From records to arrays: one query per table, fetching only what the kernel sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.demands import measure_questions, plan_faults, used_dimensions, used_measures
from everycount.estimate.designed import Designed
from everycount.estimate.expressions import (
    Answers,
    Expression,
    Rows,
    as_number,
    as_text,
    holds,
)
from everycount.estimate.fetch import fetch, floats, integers, numbered
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.placing import Placing
from everycount.estimate.plan import NUMERIC, Dimension, Measure, MeasureKind, Plan
from everycount.estimate.reach import look_into, reach, rows
from everycount.faults import Fault, InputError
from everycount.sample.sample import RECORD, ROW, Column, ColumnKind, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched

    Look: TypeAlias = Callable[[str], Answers]
    Ints: TypeAlias = NDArray[np.int64]


NOBODY = -1  # stands for the main record of a roster row that belongs to none


def frames(sample: Sample, plan: Plan) -> tuple[Frame, ...]:
    """One frame per table whose rows are counted, in the order of the plan's measures.

    Args:
        sample: with the plan's variables already derived.
        plan: its tables say which measures and dimensions are needed.

    Raises:
        InputError: with every fault found; nothing has been estimated.
    """
    refuse(plan_faults(sample, plan))
    return frames_of(sample, plan, Designed.of(sample))


def frames_of(sample: Sample, plan: Plan, design: Designed) -> tuple[Frame, ...]:
    """The same for a plan without faults and a design that has been fetched."""
    demands = [Demand.of(sample, plan, table) for table in tables_of(plan)]
    parts = [Part.of(demand, design) for demand in demands]
    refuse([fault for part in parts for fault in part.faults()])
    return tuple(part.frame(design) for part in parts)


def refuse(faults: list[Fault]) -> None:
    """Raises all faults at once, if there are any."""
    if faults:
        raise InputError(*faults)


def tables_of(plan: Plan) -> tuple[str, ...]:
    """The tables whose rows the measures of a plan count."""
    return tuple(dict.fromkeys(measure.table for measure in used_measures(plan)))


@dataclass(frozen=True)
class Demand:
    """What one table has to give.

    Attributes:
        table: ``main`` or a roster.
        measures: those that count its rows; in the query ``y<i>``, ``x<i>`` and ``inside<i>``.
        dimensions: those they are split by; in the query ``by<i>``.
        columns: what its rows see.
        seen: its rows with the columns looked at.
    """

    table: str
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    columns: Mapping[str, Column]
    seen: Rows

    @classmethod
    def of(cls, sample: Sample, plan: Plan, table: str) -> Demand:
        """What a plan wants of one of its tables."""
        measures = tuple(measure for measure in used_measures(plan) if measure.table == table)
        dimensions = used_dimensions(plan, table)
        names = [dimension.question for dimension in dimensions]
        names += [name for measure in measures for name in measure_questions(measure)]
        return cls(table, measures, dimensions, reach(sample, table), rows(sample, table, names))

    @property
    def look(self) -> Look:
        """Finds the answers of a question."""
        return look_into(self.seen, self.columns)

    def query(self) -> Rows:
        """Record, dimensions and measures of every row, in the order of the file."""
        return self.selection().order_by("row")

    def selection(self) -> Rows:
        """The same in any order, for engines that add up where the rows are."""
        columns = {"record": self.seen[RECORD].fill_null(NOBODY), "row": self.seen[ROW]}
        for place, dimension in enumerate(self.dimensions):
            columns[f"by{place}"] = as_text(self.look(dimension.question))
        for place, measure in enumerate(self.measures):
            columns |= {f"{name}{place}": value for name, value in measured(measure, self.look).items()}
        return self.seen.select(**columns)

    def placing(self, dimension: Dimension, answers: list[str], index: Ints) -> Placing:
        """The groups of a dimension, and the place of rows whose answers are given by position."""
        found = self.look(dimension.question)
        numeric = found.numeric or found.about.kind is ColumnKind.NUMBER
        return Placing.of(dimension, found.about, answers, index, numeric=numeric)


def measured(measure: Measure, look: Look) -> dict[str, Expression]:
    """``y``, and where they are needed ``x`` and ``inside``, of each row."""
    inside = {} if measure.among is None else {"inside": _as_int(holds(measure.among, look))}
    match measure.kind:
        case MeasureKind.PROPORTION | MeasureKind.COUNT:
            assert measure.condition is not None  # noqa: S101  # the faults of the plan have been looked for
            return {"y": _or_nan(holds(measure.condition, look).cast("float64"))} | inside
        case MeasureKind.RATIO:
            pair = {"y": measure.question, "x": measure.denominator}
            return {axis: _or_nan(as_number(look(str(name)))) for axis, name in pair.items()} | inside
        case _:
            return {"y": _or_nan(as_number(look(str(measure.question))))} | inside


def _as_int(truth: Expression) -> Expression:
    return truth.fill_null(False).cast("int8")


def _or_nan(number: Expression) -> Expression:
    return number.fill_null(float("nan"))


@dataclass(frozen=True)
class Part:
    """What one table gave: the fetched rows, and where their main records stand in the design."""

    demand: Demand
    data: Fetched
    positions: Ints
    placings: tuple[Placing, ...]

    @classmethod
    def of(cls, demand: Demand, design: Designed) -> Part:
        """Asks the engine. Roster rows without a main record have no weight and cannot be counted."""
        data = fetch(demand.query())
        positions = design.positions(integers(data, "record"))
        found = positions >= 0
        if not found.all():
            data = data.take(np.flatnonzero(found))
        placings = tuple(_placing(demand, place, data) for place in range(len(demand.dimensions)))
        return cls(demand, data, positions[found], placings)

    def faults(self) -> Iterator[Fault]:
        """What only the answers can show to be wrong."""
        for dimension, placing in zip(self.demand.dimensions, self.placings, strict=True):
            yield from placing.faults(dimension)
        for place, measure in enumerate(self.demand.measures):
            if measure.kind in NUMERIC:
                answered = bool(np.isfinite(floats(self.data, f"y{place}")).any())
                yield from wordy_faults(self.demand, measure, answered=answered)

    def frame(self, design: Designed) -> Frame:
        """The arrays of the kernel."""
        at = self.positions
        placed = list(zip(self.demand.dimensions, self.placings, strict=True))
        ones = np.ones(len(at))
        return Frame(
            table=self.demand.table,
            strata=design.strata[at],
            clusters=design.clusters[at],
            weights=design.weights[at],
            populations=None if design.populations is None else design.populations[at],
            dimensions={dimension.id: placing.index for dimension, placing in placed},
            groups={dimension.id: replace(dimension, groups=placing.groups) for dimension, placing in placed},
            measures={
                measure.id: (measure, _measure_columns(place, self.data, ones))
                for place, measure in enumerate(self.demand.measures)
            },
            stratum_names=design.stratum_names,
            replicates=None if design.replicates is None else design.replicates.at(at),
            calibrated=None if design.calibrated is None else design.calibrated.at(at),
        )


def _placing(demand: Demand, place: int, data: Fetched) -> Placing:
    index, answers = numbered(data, f"by{place}")
    return demand.placing(demand.dimensions[place], answers, index)


def _measure_columns(place: int, data: Fetched, ones: NDArray[np.float64]) -> MeasureColumns:
    y, x = floats(data, f"y{place}"), ones
    if f"x{place}" in data.column_names:
        below = floats(data, f"x{place}")
        y, x = np.where(np.isnan(below), np.nan, y), np.where(np.isnan(y), np.nan, below)
    inside = f"inside{place}"
    within = integers(data, inside) if inside in data.column_names else ones
    return MeasureColumns(y, x, within.astype(np.bool_))


def wordy_faults(demand: Demand, measure: Measure, *, answered: bool) -> Iterator[Fault]:
    """Numbers were wanted and words were found. A column without any answer is another matter."""
    if answered:
        return
    for name in dict.fromkeys((measure.question, measure.denominator)):
        if name is not None:
            yield from _wordy_column(demand, measure, demand.look(name))


def _wordy_column(demand: Demand, measure: Measure, found: Answers) -> Iterator[Fault]:
    answered = demand.seen.filter(found.values.notnull())
    sample = fetch(
        answered.select(text=as_text(found), known=as_number(found).notnull()).distinct().limit(50)
    )
    if sample.num_rows and not any(sample.column("known").to_pylist()):
        problem = f'No answer of "{found.about.name}" is a number; one is "{sample.column("text")[0]}".'
        remedy = "Name a question with numbers, or make a variable that turns the answers into numbers."
        yield Fault(f'measure "{measure.id}"', problem, remedy)
