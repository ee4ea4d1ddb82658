"""What a plan demands of a sample, and every reason why it cannot be had."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from everycount.estimate.condition import Condition, In, Within, leaves, questions, revealed
from everycount.estimate.plan import NUMERIC, POVERTY, Dimension, Measure, MeasureKind, Plan, Table
from everycount.estimate.reach import missing_codes, missing_question, missing_table, no_numbers, own, reach
from everycount.faults import Fault, unknown
from everycount.sample.sample import MAIN, Column, ColumnKind, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_WAYS = 4  # statistics.md: breakdowns up to four ways
OVERALL: tuple[str, ...] = ()


def asked(plan: Plan) -> tuple[Table, ...]:
    """The plan's tables, the overall values of everything they name first; no measure twice in a breakdown.

    A plan without tables asks for the overall value of each of its measures.
    """
    named = dict.fromkeys(name for table in plan.tables for name in table.measures)
    everything = tuple(named) if plan.tables else tuple(measure.id for measure in plan.measures)
    done: set[tuple[str, tuple[str, ...]]] = set()
    tables = []
    for table in (Table(everything, OVERALL), *plan.tables):
        fresh = tuple(name for name in dict.fromkeys(table.measures) if (name, table.by) not in done)
        done |= {(name, table.by) for name in fresh}
        if fresh:
            tables.append(Table(fresh, table.by))
    return tuple(tables)


def used_measures(plan: Plan) -> tuple[Measure, ...]:
    """The measures that some table names, in the order of the plan."""
    names = {name for table in asked(plan) for name in table.measures}
    return tuple(measure for measure in plan.measures if measure.id in names)


def used_dimensions(plan: Plan, table: str) -> tuple[Dimension, ...]:
    """The dimensions by which measures of ``table`` are split, in the order of the plan."""
    measures = {measure.id for measure in used_measures(plan) if measure.table == table}
    names = {name for split in plan.tables if measures & set(split.measures) for name in split.by}
    return tuple(dimension for dimension in plan.dimensions if dimension.id in names)


def measure_questions(measure: Measure) -> tuple[str, ...]:
    """Every question or variable that a measure looks at."""
    names = [name for name in (measure.question, measure.denominator) if name is not None]
    for condition in (measure.condition, measure.among):
        names += questions(condition) if condition is not None else ()
    return tuple(dict.fromkeys(names))


def plan_faults(sample: Sample, plan: Plan) -> list[Fault]:
    """Everything wrong with a plan that can be said before the records are read."""
    faults = list(_table_faults(plan))
    faults += [fault for measure in used_measures(plan) for fault in _measure_faults(sample, measure)]
    for table in dict.fromkeys(measure.table for measure in used_measures(plan)):
        if table in sample.tables:
            for dimension in used_dimensions(plan, table):
                faults += _dimension_faults(sample, table, dimension)
    return list(dict.fromkeys(faults))


def _table_faults(plan: Plan) -> Iterator[Fault]:
    measures = [measure.id for measure in plan.measures]
    dimensions = [dimension.id for dimension in plan.dimensions]
    for noun, names in (("measure", measures), ("dimension", dimensions)):
        for name, times in Counter(names).items():
            if times > 1:
                yield Fault(f'{noun} "{name}"', f"There are {times} of this id.", "Give each its own id.")
    for position, table in enumerate(plan.tables, 1):
        place = f"table {position}"
        yield from (
            unknown(place, "measure", name, measures) for name in table.measures if name not in measures
        )
        yield from (
            unknown(place, "dimension", name, dimensions) for name in table.by if name not in dimensions
        )
        if len(table.by) > MOST_WAYS:
            problem = f"{len(table.by)} dimensions are crossed: {', '.join(table.by)}."
            yield Fault(place, problem, f"Cross at most {MOST_WAYS}; more leaves nobody in a cell.")
        if len(set(table.by)) < len(table.by):
            yield Fault(place, "A dimension is crossed with itself.", "Name each dimension once.")


def _measure_faults(sample: Sample, measure: Measure) -> Iterator[Fault]:
    place = f'measure "{measure.id}"'
    if measure.table not in sample.tables:
        yield missing_table(sample, measure.table, place)
        return
    yield from _shape_faults(measure, place)
    columns = reach(sample, measure.table)
    for name in measure_questions(measure):
        if name not in columns:
            yield missing_question(sample, measure.table, name, place)
    numbers = (measure.question, measure.denominator) if measure.kind in NUMERIC else ()
    for number in numbers:
        if number in columns:
            yield from _number_faults(columns[number], place)
    for condition in (measure.condition, measure.among):
        if condition is not None:
            yield from _condition_faults(condition, columns, place)


def _shape_faults(measure: Measure, place: str) -> Iterator[Fault]:
    """What each kind needs: a proportion or count a condition, the others numbers."""
    if measure.kind in NUMERIC and measure.question is None:
        yield Fault(place, f"A {measure.kind} needs a question with numbers.", "Name it as its question.")
    if measure.kind is MeasureKind.QUANTILE and (measure.at is None or not 0 < measure.at < 1):
        given = "is missing" if measure.at is None else f"is {measure.at:g}"
        yield Fault(place, f"The share of a quantile {given}.", "Give one between 0 and 1: at = 0.25.")
    if measure.kind in POVERTY and not 0 < measure.line < 1:
        problem = f"A poverty line at {measure.line:g} of the median cannot be drawn."
        yield Fault(place, problem, "Give a part of the median between 0 and 1: at = 0.6.")
    if measure.kind is MeasureKind.RATIO and measure.denominator is None:
        yield Fault(place, "A ratio needs a denominator.", "Name the question below the line.")
    if measure.kind not in NUMERIC and measure.condition is None:
        yield Fault(
            place, f"A {measure.kind} needs a condition.", "Say which answers count, such as in = [...]."
        )


def _number_faults(column: Column, place: str) -> Iterator[Fault]:
    if column.identifier:
        yield _identifier_fault(column.name, place)
    yield from no_numbers(column, place)


def _identifier_fault(name: str, place: str) -> Fault:
    problem = f'"{name}" names persons directly.'
    return Fault(place, problem, "Leave it out: such a question is never measured and never a dimension.")


def _condition_faults(condition: Condition, columns: dict[str, Column], place: str) -> Iterator[Fault]:
    for name in revealed(condition):
        if name in columns and columns[name].identifier:
            yield _identifier_fault(name, place)
    for leaf in leaves(condition):
        if isinstance(leaf, In) and leaf.question in columns:
            yield from missing_codes(columns[leaf.question], leaf.codes, place)
        if isinstance(leaf, Within) and leaf.question in columns:
            yield from no_numbers(columns[leaf.question], place)


def _dimension_faults(sample: Sample, table: str, dimension: Dimension) -> Iterator[Fault]:
    place = f'dimension "{dimension.id}"'
    column = reach(sample, table).get(dimension.question)
    if column is None:
        yield _unseen_dimension(sample, table, dimension, place)
        return
    if column.identifier:
        yield _identifier_fault(column.name, place)
    if column.kind is ColumnKind.CODES:
        yield Fault(
            place,
            f'One answer of "{column.name}" can hold several codes, so a person would be in several groups.',
            "Make a variable for each code that matters (when in = [the code]) and a dimension for each.",
        )
        return
    yield from _group_faults(dimension, column, place)


def _unseen_dimension(sample: Sample, table: str, dimension: Dimension, place: str) -> Fault:
    for roster in sample.tables:
        if roster not in {MAIN, table} and dimension.question in own(sample, roster):
            problem = f'"{dimension.question}" belongs to rows of "{roster}"; the measures count "{table}".'
            remedy = (
                f'Count rows of "{roster}" with a measure of that table, '
                f"or make a variable that looks into it with has or count."
            )
            return Fault(place, problem, remedy)
    return missing_question(sample, table, dimension.question, place)


def _group_faults(dimension: Dimension, column: Column, place: str) -> Iterator[Fault]:
    members = [member for group in dimension.groups for member in group.members]
    for code, times in Counter(group.code for group in dimension.groups).items():
        if times > 1:
            yield Fault(place, f'There are {times} groups "{code}".', "Give each group its own code.")
    for member, times in Counter([*members, *dimension.dropped]).items():
        if times > 1:
            yield Fault(place, f'The answer "{member}" is placed {times} times.', "Place each answer once.")
    yield from missing_codes(column, [*members, *dimension.dropped], place)
