"""From records to arrays: one query per table, fetching only what the kernel sums."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import ibis
import numpy as np

from everycount.estimate.condition import In
from everycount.estimate.demands import measure_questions, plan_faults, used_dimensions, used_measures
from everycount.estimate.expressions import Answers, Expression, Rows, as_number, as_text, holds
from everycount.estimate.fetch import combined, fetch, floats, integers, natural, numbered
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan
from everycount.estimate.reach import look_into, reach, rows
from everycount.faults import Fault, InputError
from everycount.sample import design_columns
from everycount.sample.sample import MAIN, RECORD, ROW, Column, Sample
from everycount.text import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from everycount.estimate.fetch import Fetched

    Look: TypeAlias = Callable[[str], Answers]
    Ints: TypeAlias = NDArray[np.int64]

NOWHERE = -1  # the row belongs to no group of the dimension: no answer, or dropped on purpose
STRAY = -2  # the row has an answer that the plan forgot
APART = "\x1f"  # stands between the parts of a key that is made of several columns
MOST_GROUPS = 1000  # more different answers than this are an open question, not a characteristic


def frames(sample: Sample, plan: Plan) -> tuple[Frame, ...]:
    """One frame per table whose rows are counted, in the order of the plan's measures.

    Args:
        sample: with the plan's variables already derived.
        plan: its tables say which measures and dimensions are needed.

    Raises:
        InputError: with every fault found; nothing has been estimated.
    """
    return frames_and_design(sample, plan)[0]


def frames_and_design(sample: Sample, plan: Plan) -> tuple[tuple[Frame, ...], Frame]:
    """The same, and the frame of the main records, from which the facts of the whole sample are read."""
    _refuse(plan_faults(sample, plan))
    design = design_columns(sample)
    demands = [Demand.of(sample, plan, table, design) for table in _tables(plan)]
    fetched = [fetch(demand.query()) for demand in demands]
    pairs = list(zip(demands, fetched, strict=True))
    _refuse([fault for demand, data in pairs for fault in _answer_faults(demand, data)])
    made = tuple(_frame(demand, data) for demand, data in pairs)
    main = next((frame for frame in made if frame.table == MAIN), None)
    return made, main or _bare(sample, design)


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InputError(*faults)


def _bare(sample: Sample, design: Rows) -> Frame:
    """The main records with their design alone."""
    demand = Demand.of(sample, Plan(()), MAIN, design)
    return _frame(demand, fetch(demand.query()))


def _tables(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(measure.table for measure in used_measures(plan)))


@dataclass(frozen=True)
class Demand:
    """What one table has to give.

    Attributes:
        table: ``main`` or a roster.
        measures: those that count its rows; in the query ``y<i>``, ``x<i>`` and ``inside<i>``.
        dimensions: those they are split by; in the query ``by<i>``.
        columns: what its rows see.
        seen: its rows with the columns looked at and those of the design.
    """

    table: str
    measures: tuple[Measure, ...]
    dimensions: tuple[Dimension, ...]
    columns: Mapping[str, Column]
    seen: Rows

    @classmethod
    def of(cls, sample: Sample, plan: Plan, table: str, design: Rows) -> Demand:
        """What a plan wants of one of its tables; ``design`` as ``design_columns`` makes it."""
        measures = tuple(measure for measure in used_measures(plan) if measure.table == table)
        dimensions = used_dimensions(plan, table)
        names = [dimension.question for dimension in dimensions]
        names += [name for measure in measures for name in measure_questions(measure)]
        wanted = tuple(dict.fromkeys(names))
        seen = rows(sample, table, wanted).select(RECORD, ROW, *wanted)
        return cls(table, measures, dimensions, reach(sample, table), seen.inner_join(design, RECORD))

    @property
    def look(self) -> Look:
        """Finds the answers of a question."""
        return look_into(self.seen, self.columns)

    def query(self) -> Rows:
        """Design, dimensions and measures of every row, in the order of the file."""
        columns = {"row": self.seen[ROW], "record": self.seen[RECORD], **self._design()}
        for place, dimension in enumerate(self.dimensions):
            columns[f"by{place}"] = _belonging(dimension, self.look(dimension.question))
        for place, measure in enumerate(self.measures):
            columns |= {f"{name}{place}": value for name, value in _measured(measure, self.look).items()}
        return self.seen.select(**columns).order_by("row")

    def _design(self) -> dict[str, Expression]:
        """Weight, keys and population sizes; keys stay what they are and are numbered after the query."""
        numbers = ("_weight", "_population_")
        return {
            name: self.seen[name].cast("float64") if name.startswith(numbers) else self.seen[name]
            for name in self.seen.columns
            if name.startswith(("_stratum", "_cluster_", *numbers))
        }


def _belonging(dimension: Dimension, found: Answers) -> Expression:
    """The position of a row's group, or, where the plan names no groups, the answer itself."""
    if not dimension.groups:
        return as_text(found)
    places = [(_in(found, group.members), place) for place, group in enumerate(dimension.groups)]
    nowhere = [(found.values.isnull(), NOWHERE)]
    nowhere += [(_in(found, dimension.dropped), NOWHERE)] if dimension.dropped else []
    return ibis.cases(*places, *nowhere, else_=STRAY).cast("int64")


def _in(found: Answers, members: tuple[str, ...]) -> Expression:
    return holds(In(found.about.name, members), lambda _: found)


def _measured(measure: Measure, look: Look) -> dict[str, Expression]:
    inside = {} if measure.among is None else {"inside": _as_int(holds(measure.among, look))}
    match measure.kind:
        case MeasureKind.PROPORTION | MeasureKind.COUNT:
            assert measure.condition is not None  # noqa: S101  # the faults of the plan have been looked for
            return {"y": _or_nan(holds(measure.condition, look).cast("float64"))} | inside
        case MeasureKind.MEAN | MeasureKind.TOTAL:
            return {"y": _or_nan(as_number(look(str(measure.question))))} | inside
        case MeasureKind.RATIO:
            above, below = (as_number(look(str(name))) for name in (measure.question, measure.denominator))
            both = above.notnull() & below.notnull()
            return {
                name: _or_nan(ibis.ifelse(both, value, ibis.null("float64")))
                for name, value in (("y", above), ("x", below))
            } | inside


def _as_int(truth: Expression) -> Expression:
    return truth.fill_null(False).cast("int8")


def _or_nan(number: Expression) -> Expression:
    return number.fill_null(float("nan"))


def _frame(demand: Demand, data: Fetched) -> Frame:
    strata, stratum_names, clusters = _units(data)
    populations = [name for name in data.column_names if name.startswith("_population_")]
    placed = [_placed(demand, place, data) for place in range(len(demand.dimensions))]
    ones = np.ones(data.num_rows)
    return Frame(
        table=demand.table,
        strata=strata,
        clusters=clusters,
        weights=floats(data, "_weight"),
        populations=np.column_stack([floats(data, name) for name in populations]) if populations else None,
        dimensions={dimension.id: index for dimension, index in placed},
        groups={dimension.id: dimension for dimension, _ in placed},
        measures={
            measure.id: (measure, _measure_columns(place, data, ones))
            for place, measure in enumerate(demand.measures)
        },
        stratum_names=stratum_names,
    )


def _units(data: Fetched) -> tuple[Ints, tuple[str, ...], Ints]:
    """Each row's stratum, the names of the strata, and its cluster at each stage (else the record itself)."""
    names = sorted(name for name in data.column_names if name.startswith("_cluster_"))
    strata, keys = numbered(data, "_stratum")
    above = [strata]
    stages = []
    for name in names or ["record"]:
        above.append(numbered(data, name)[0])
        stages.append(combined(above))
    return strata, tuple(key.replace(APART, ", ") for key in keys), np.column_stack(stages)


def _measure_columns(place: int, data: Fetched, ones: NDArray[np.float64]) -> MeasureColumns:
    x, inside = f"x{place}", f"inside{place}"
    return MeasureColumns(
        y=floats(data, f"y{place}"),
        x=floats(data, x) if x in data.column_names else ones,
        inside=(integers(data, inside) if inside in data.column_names else ones).astype(np.bool_),
    )


def _placed(demand: Demand, place: int, data: Fetched) -> tuple[Dimension, Ints]:
    """A dimension with its groups filled in, and the group of each row."""
    dimension = demand.dimensions[place]
    labels = dict(demand.columns[dimension.question].choices)
    if dimension.groups:
        groups = tuple(_labelled(group, labels) for group in dimension.groups)
        return replace(dimension, groups=groups), integers(data, f"by{place}")
    index, met = numbered(data, f"by{place}")
    kept = _in_order([code for code in met if code not in dimension.dropped], labels)
    position = {code: group for group, code in enumerate(kept)}
    groups = tuple(Group(code, labels.get(code, NOTHING), (code,)) for code in kept)
    # The last entry is where -1 (no answer) points.
    moved = np.array([*(position.get(code, NOWHERE) for code in met), NOWHERE], dtype=np.int64)
    return replace(dimension, groups=groups), moved[index]


def _in_order(codes: list[str], known: Mapping[str, Any]) -> list[str]:
    """As the questionnaire lists them, then what it does not list as people count."""
    listed = {code: place for place, code in enumerate(known)}
    return sorted(codes, key=lambda code: (listed.get(code, len(listed)), natural(code)))


def _labelled(group: Group, labels: Mapping[str, Any]) -> Group:
    """A group of one answer without a name of its own is called what the questionnaire calls the answer."""
    if group.labels or len(group.members) != 1:
        return group
    return replace(group, labels=labels.get(group.members[0], NOTHING))


def _answer_faults(demand: Demand, data: Fetched) -> Iterator[Fault]:
    yield from _double_faults(demand, data)
    for place, dimension in enumerate(demand.dimensions):
        if dimension.groups:
            yield from _stray_faults(demand, dimension, integers(data, f"by{place}"))
        else:
            yield from _many_faults(dimension, len(numbered(data, f"by{place}")[1]))
    for place, measure in enumerate(demand.measures):
        if measure.kind in {MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.RATIO}:
            yield from _wordy_faults(demand, measure, floats(data, f"y{place}"))


def _double_faults(demand: Demand, data: Fetched) -> Iterator[Fault]:
    """A record that stands twice would count its rows twice over."""
    line = integers(data, "row")
    twice = line[1:][line[1:] == line[:-1]]
    if len(twice):
        problem = f"The record in row {twice[0]} has the same identity as another one."
        yield Fault(
            f"records, table {demand.table}", problem, "Remove the double, or name a key that is unique."
        )


def _stray_faults(demand: Demand, dimension: Dimension, index: Ints) -> Iterator[Fault]:
    if not (index == STRAY).any():
        return
    place = f'dimension "{dimension.id}"'
    for code, times in _stray_answers(demand, dimension):
        problem = f'The answer "{code}" of "{dimension.question}" ({_rows(times)}) belongs to no group.'
        yield Fault(place, problem, "Place it in a group or name it in drop.")


def _stray_answers(demand: Demand, dimension: Dimension) -> list[tuple[str, int]]:
    found = demand.look(dimension.question)
    strays = demand.seen.select(code=as_text(found), place=_belonging(dimension, found))
    counted = strays.filter(strays.place == STRAY).group_by("code").aggregate(times=ibis._.count())
    table = fetch(counted)
    pairs = zip(table.column("code").to_pylist(), table.column("times").to_pylist(), strict=True)
    return sorted(pairs, key=lambda pair: natural(pair[0]))


def _rows(times: int) -> str:
    return "1 row" if times == 1 else f"{times} rows"


def _many_faults(dimension: Dimension, different: int) -> Iterator[Fault]:
    if different > MOST_GROUPS:
        problem = f'"{dimension.question}" has {different} different answers.'
        yield Fault(f'dimension "{dimension.id}"', problem, "Name groups of answers, or another question.")


def _wordy_faults(demand: Demand, measure: Measure, y: NDArray[np.float64]) -> Iterator[Fault]:
    """Numbers were wanted and words were found. A column without any answer is another matter."""
    if np.isfinite(y).any():
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
        problem = (
            f'No answer of "{found.about.name}" is a number; one is "{sample.column("text")[0].as_py()}".'
        )
        remedy = "Name a question with numbers, or make a variable that turns the answers into numbers."
        yield Fault(f'measure "{measure.id}"', problem, remedy)
