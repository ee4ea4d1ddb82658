"""Derived columns: made once, before design and estimation, and used like any question afterwards."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from operator import add, mul
from typing import TYPE_CHECKING, TypeAlias

import ibis

from everycount.estimate.derivedcolumns import derived_column, rolled_column
from everycount.estimate.expressions import (
    Answers,
    Expression,
    Rows,
    as_number,
    as_text,
    finite,
    holds,
    is_plain_number,
    written,
)
from everycount.estimate.plan import Arithmetic, Cases, Operation, OverRoster, Take, Value, Variable
from everycount.estimate.reach import look_into, own, reach, rows
from everycount.estimate.rosters import looked_up, with_rolled
from everycount.estimate.rulefaults import name_faults, odd_codes, place_of, question_faults
from everycount.estimate.rules import rule_questions
from everycount.faults import Fault, InputError
from everycount.sample.sample import Column, ColumnKind, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Look: TypeAlias = Callable[[str], Answers]


def derive(sample: Sample, variables: Sequence[Variable]) -> Sample:
    """The sample with every variable as a column of its table.

    Variables may build on each other in any order. Run it before the design is read: a weight may be a
    variable too.

    Raises:
        InputError: with every fault of names, tables, cycles and rules.
    """
    if not variables:
        return sample
    faults = [*name_faults(sample, variables), *question_faults(sample, variables)]
    if faults:
        raise InputError(*faults)
    for level in _levels(variables):
        sample = _add(sample, level)
    if sample.approached is not None:
        sample = replace(sample, approached=derive(sample.approached, variables))
    return replace(sample, findings=(*sample.findings, *odd_codes(sample, variables)))


def _levels(variables: Sequence[Variable]) -> Iterator[list[Variable]]:
    """The variables in rounds: each needs only columns and variables of earlier rounds."""
    by_id = {variable.id: variable for variable in variables}
    sorter: TopologicalSorter[str] = TopologicalSorter(
        {v.id: [name for name in rule_questions(v.rule) if name in by_id] for v in variables}
    )
    try:
        sorter.prepare()
    except CycleError as error:
        chain = " -> ".join(f'"{name}"' for name in reversed(error.args[1]))
        place = place_of(by_id[error.args[1][0]])
        raise InputError(
            Fault(place, f"The variables need each other: {chain}.", "Break the circle.")
        ) from error
    while sorter.is_active():
        ready = sorter.get_ready()
        yield [variable for variable in variables if variable.id in ready]
        sorter.done(*ready)


def _add(sample: Sample, level: list[Variable]) -> Sample:
    tables, columns = dict(sample.tables), {name: own(sample, name) for name in sample.tables}
    for table in dict.fromkeys(variable.table for variable in level):
        made = [variable for variable in level if variable.table == table]
        tables[table], about = _grown(sample, table, made)
        columns[table] |= about
    return replace(sample, tables=tables, columns=columns)


def _grown(sample: Sample, table: str, made: list[Variable]) -> tuple[Rows, dict[str, Column]]:
    before = sample.tables[table].columns
    plain = [variable for variable in made if not isinstance(variable.rule, OverRoster)]
    seen = rows(sample, table, [name for variable in plain for name in rule_questions(variable.rule)])
    seen = with_rolled(sample, seen, made)
    look = look_into(seen, reach(sample, table))
    values, about = {}, {}
    for variable in made:
        values[variable.id], about[variable.id] = _derived(variable, look, sample, seen)
    return seen.mutate(**values).select(*before, *values), about


def _derived(variable: Variable, look: Look, sample: Sample, seen: Rows) -> tuple[Expression, Column]:
    if isinstance(variable.rule, OverRoster):
        value = looked_up(variable, variable.rule, seen)
        column = rolled_column(variable, variable.rule, reach(sample, variable.rule.roster))
    else:
        value = _outcome(variable.rule, look)
        column = derived_column(variable, look, numeric=value.type().is_numeric())
    if variable.recode and column.kind is ColumnKind.CODES:
        problem = "A recode changes one code, and these answers hold several."
        raise InputError(Fault(place_of(variable), problem, 'Make a variable per code with "in" instead.'))
    value = _filled(_recoded(value, variable.recode), variable.no_answer)
    return value, column


def _outcome(rule: Cases | Arithmetic, look: Look) -> Expression:
    if isinstance(rule, Arithmetic):
        return _reckoned(rule, [as_number(look(name)) for name in rule.of])
    values = _alike([case.then for case in rule.cases], look)
    tests: list[tuple[Expression, Expression]] = []
    for case, value in zip(rule.cases, values, strict=True):
        if case.when is None:  # always holds: the cases below it are never reached
            return ibis.cases(*tests, else_=value) if tests else value
        tests.append((holds(case.when, look), value))
    return ibis.cases(*tests, else_=ibis.null(values[0].type()))


def _alike(outcomes: list[Take | Value], look: Look) -> list[Expression]:
    """The outcomes in one type: numbers where all are numbers, else text as a person writes it."""
    if _all_numeric(outcomes, look):
        return [_numeric_outcome(then, look) for then in outcomes]
    return [
        ibis.literal(written(then.value)) if isinstance(then, Value) else as_text(look(then.question))
        for then in outcomes
    ]


def _all_numeric(outcomes: list[Take | Value], look: Look) -> bool:
    takes = [look(then.question).numeric for then in outcomes if isinstance(then, Take)]
    constants = [then.value for then in outcomes if isinstance(then, Value)]
    if not takes:  # constants written as text are codes, whatever they look like
        return not any(isinstance(value, str) for value in constants)
    return all(takes) and all(is_plain_number(written(value)) for value in constants)


def _numeric_outcome(then: Take | Value, look: Look) -> Expression:
    if isinstance(then, Take):
        return as_number(look(then.question))
    # Written as text and cast: DuckDB makes a decimal of a bare 1.50, and writes a decimal with its zeros.
    return ibis.literal(written(then.value)).cast("float64")


def _reckoned(rule: Arithmetic, numbers: list[Expression]) -> Expression:
    match rule.operation:
        case Operation.SUM:
            return finite(reduce(add, numbers))
        case Operation.PRODUCT:
            return finite(reduce(mul, numbers))
        case Operation.RATIO:
            above, below = numbers
            return finite(above / below.nullif(0.0))


def _recoded(value: Expression, pairs: tuple[tuple[str, str], ...]) -> Expression:
    if not pairs:
        return value
    text = as_text(Answers(value, Column("", ColumnKind.TEXT)))
    return text.cases(*pairs, else_=text)


def _filled(value: Expression, constant: str | float | None) -> Expression:
    if constant is None:
        return value
    if value.type().is_numeric() and is_plain_number(written(constant)):
        return value.fill_null(float(constant))
    return as_text(Answers(value, Column("", ColumnKind.TEXT))).fill_null(written(constant))
