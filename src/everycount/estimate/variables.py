"""Derived columns: made once, before design and estimation, and used like any question afterwards."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from operator import add, mul
from typing import TYPE_CHECKING, TypeAlias

import ibis

from everycount.estimate.condition import Condition, In, Within, leaves, questions, revealed
from everycount.estimate.expressions import (
    Answers,
    Expression,
    Rows,
    as_number,
    as_text,
    finite,
    holds,
    is_number,
    is_plain_number,
    written,
)
from everycount.estimate.plan import (
    Arithmetic,
    Cases,
    Operation,
    OverRoster,
    Roll,
    Rule,
    Take,
    Value,
    Variable,
)
from everycount.estimate.reach import look_into, missing_question, missing_table, no_numbers, own, reach, rows
from everycount.faults import Fault, InputError, unknown
from everycount.sample.sample import MAIN, RECORD, Column, ColumnKind, Finding, Sample
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Look: TypeAlias = Callable[[str], Answers]
    Choices: TypeAlias = tuple[tuple[str, Text], ...]


def derive(sample: Sample, variables: Sequence[Variable]) -> Sample:
    """The sample with every variable as a column of its table.

    Variables may build on each other in any order. Run it before the design is read: a weight may be a
    variable too.

    Raises:
        InputError: with every fault of names, tables, cycles and rules.
    """
    if not variables:
        return sample
    faults = [*_name_faults(sample, variables), *_question_faults(sample, variables)]
    if faults:
        raise InputError(*faults)
    for level in _levels(variables):
        sample = _add(sample, level)
    return replace(sample, findings=(*sample.findings, *_findings(sample, variables)))


def _place(variable: Variable) -> str:
    return f'variable "{variable.id}"'


def _name_faults(sample: Sample, variables: Sequence[Variable]) -> Iterator[Fault]:
    made: set[str] = set()
    for variable in variables:
        if variable.table not in sample.tables:
            yield missing_table(sample, variable.table, _place(variable))
            continue
        yield from _shape_faults(sample, variable)
        yield from _choice_faults(variable)
        if variable.id.startswith("_"):
            yield Fault(
                _place(variable),
                f'The id "{variable.id}" begins with "_", which is kept for columns of the program.',
                "Choose an id that begins with a letter.",
            )
        hidden = {name.casefold(): name for name in reach(sample, variable.table)}
        if variable.id.casefold() in hidden:
            yield Fault(
                _place(variable),
                f'There is already a column "{hidden[variable.id.casefold()]}", and it would be hidden.',
                f'Choose another id, such as "{variable.id}_derived".',
            )
        if variable.id.casefold() in made:
            yield Fault(_place(variable), "The variable is made twice.", "Give each its own id.")
        made.add(variable.id.casefold())


def _choice_faults(variable: Variable) -> Iterator[Fault]:
    """Constants that are not among the variable's own codes: a slip of the pen in one of the two."""
    known = [code for code, _ in variable.choices]
    recode = dict(reversed(variable.recode))
    given = [written(then.value) for then in _outcomes(variable.rule) if isinstance(then, Value)]
    codes = [recode.get(code, code) for code in given] + [new for _, new in variable.recode]
    codes += [] if variable.no_answer is None else [written(variable.no_answer)]
    if known:
        yield from (
            unknown(_place(variable), "code", code, known)
            for code in dict.fromkeys(codes)
            if code not in known
        )


def _shape_faults(sample: Sample, variable: Variable) -> Iterator[Fault]:
    match variable.rule:
        case Cases(cases) if not cases:
            yield Fault(
                _place(variable), "It has no cases.", "Write at least one, such as take = a question."
            )
        case Arithmetic(operation, of) if operation is Operation.RATIO and len(of) != 2:
            yield Fault(_place(variable), "A ratio has two columns.", "Name the upper and the lower one.")
        case Arithmetic(_, of) if not of:
            yield Fault(_place(variable), "It names no columns.", "Name the columns to reckon with.")
        case OverRoster(roster) if roster not in sample.tables or roster == MAIN:
            yield missing_table(sample, roster, _place(variable))
        case OverRoster(_, roll, _, question) if (roll in {Roll.TAKE, Roll.SUM}) != (question is not None):
            problem = f"To {roll} of a roster goes {'a' if question is None else 'no'} question."
            yield Fault(_place(variable), problem, "Name a question with take and sum, and only with these.")
        case OverRoster() if variable.table != MAIN:
            yield Fault(
                _place(variable),
                f'It looks into a roster from the roster "{variable.table}".',
                f'Leave out its table: rows of "{variable.table}" see the variables of their main record.',
            )


def _question_faults(sample: Sample, variables: Sequence[Variable]) -> Iterator[Fault]:
    for variable in variables:
        table = _looked_at(variable)
        into_main = isinstance(variable.rule, OverRoster) and table == MAIN
        if table not in sample.tables or into_main:
            continue
        known = {*reach(sample, table), *(v.id for v in variables if v.table in {table, MAIN})}
        for name in dict.fromkeys(rule_questions(variable.rule)):
            if name not in known:
                yield missing_question(sample, table, name, _place(variable))
        columns = reach(sample, table)
        for name in dict.fromkeys(_reckoned_with(variable.rule)):
            if name in columns:
                yield from no_numbers(columns[name], _place(variable))


def _findings(sample: Sample, variables: Sequence[Variable]) -> Iterator[Finding]:
    """A code that no code list knows may be a slip of the pen: it is said, since no answer can match it."""
    for variable in variables:
        columns = reach(sample, _looked_at(variable))
        for test in _tests(variable.rule):
            column = columns[test.question]
            known = {code for code, _ in column.choices}
            if not known or column.kind not in {ColumnKind.CODE, ColumnKind.CODES}:
                continue
            for code in test.codes:
                if code not in known:
                    problem = f'The variable "{variable.id}" looks for a code that the code list lacks.'
                    yield Finding(_looked_at(variable), None, test.question, code, problem)


def _looked_at(variable: Variable) -> str:
    """The table whose rows the rule looks at."""
    return variable.rule.roster if isinstance(variable.rule, OverRoster) else variable.table


def rule_questions(rule: Rule) -> Iterator[str]:
    """Every question or variable that a rule looks at, with repetitions."""
    match rule:
        case Cases():
            for case in rule.cases:
                if case.when is not None:
                    yield from questions(case.when)
                if isinstance(case.then, Take):
                    yield case.then.question
        case Arithmetic():
            yield from rule.of
        case OverRoster():
            yield from questions(rule.condition)
            if rule.question is not None:
                yield rule.question


def _conditions(rule: Rule) -> list[Condition]:
    match rule:
        case Cases():
            return [case.when for case in rule.cases if case.when is not None]
        case OverRoster():
            return [rule.condition]
        case Arithmetic():
            return []


def _reckoned_with(rule: Rule) -> Iterator[str]:
    """The questions whose answers must be numbers."""
    if isinstance(rule, Arithmetic):
        yield from rule.of
    if isinstance(rule, OverRoster) and rule.roll is Roll.SUM:
        yield str(rule.question)
    for condition in _conditions(rule):
        yield from (leaf.question for leaf in leaves(condition) if isinstance(leaf, Within))


def _tests(rule: Rule) -> Iterator[In]:
    for condition in _conditions(rule):
        yield from (leaf for leaf in leaves(condition) if isinstance(leaf, In))


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
        place = _place(by_id[error.args[1][0]])
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
    seen = _rolled(sample, seen, made)
    look = look_into(seen, reach(sample, table))
    values, about = {}, {}
    for variable in made:
        values[variable.id], about[variable.id] = _derived(variable, look, sample, seen)
    return seen.mutate(**values).select(*before, *values), about


def _derived(variable: Variable, look: Look, sample: Sample, seen: Rows) -> tuple[Expression, Column]:
    if isinstance(variable.rule, OverRoster):
        value = _looked_up(variable.rule, seen, _raw(variable))
        column = _rolled_column(variable, variable.rule, reach(sample, variable.rule.roster))
    else:
        value = _outcome(variable.rule, look)
        column = _column(variable, look, numeric=value.type().is_numeric())
    if variable.recode and column.kind is ColumnKind.CODES:
        problem = "A recode changes one code, and these answers hold several."
        raise InputError(Fault(_place(variable), problem, 'Make a variable per code with "in" instead.'))
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


def _raw(variable: Variable) -> str:
    return f"_rolled_{variable.id}"


def _rolled(sample: Sample, seen: Rows, made: list[Variable]) -> Rows:
    """The main rows with what was found in their rosters: one look into each roster for all its variables."""
    rules = {_raw(variable): variable.rule for variable in made if isinstance(variable.rule, OverRoster)}
    for roster in dict.fromkeys(rule.roster for rule in rules.values()):
        found = _found(sample, roster, {name: rule for name, rule in rules.items() if rule.roster == roster})
        seen = seen.left_join(found, RECORD).select(*seen.columns, *found.drop(RECORD).columns)
    return seen


def _found(sample: Sample, roster: str, rules: dict[str, OverRoster]) -> Rows:
    names = [name for rule in rules.values() for name in rule_questions(rule)]
    members = rows(sample, roster, names)
    look = look_into(members, reach(sample, roster))
    columns = {}
    for name, rule in rules.items():
        columns[_held(name)] = holds(rule.condition, look)
        if rule.question is not None:
            read = as_number if rule.roll is Roll.SUM else as_text
            columns[_said(name)] = read(look(rule.question))
    seen = members.select(RECORD, **columns)
    rolled = {name: _roll(seen, name, rule.roll) for name, rule in rules.items()}
    return seen.group_by(RECORD).aggregate(**{_there(roster): seen.count()}, **rolled)


def _held(name: str) -> str:
    return f"{name}_held"


def _said(name: str) -> str:
    return f"{name}_said"


def _there(roster: str) -> str:
    return f"_rows_of_{roster}"


def _roll(seen: Rows, name: str, roll: Roll) -> Expression:
    """One value for all members of a record, unknown where the members with no answer could change it."""
    held = seen[_held(name)]
    unknown, chosen = held.isnull().any(), held.fill_null(False)
    match roll:
        case Roll.ANY:
            return ibis.cases((chosen.any(), "1"), (unknown, ibis.null("string")), else_="0")
        case Roll.COUNT:
            return ibis.ifelse(unknown, ibis.null("float64"), chosen.sum().cast("float64"))
        case Roll.SUM:
            numbers = ibis.ifelse(chosen, seen[_said(name)], 0.0)
            unclear = unknown | numbers.isnull().any()
            return ibis.ifelse(unclear, ibis.null("float64"), numbers.sum())
        case Roll.TAKE:
            said = ibis.ifelse(chosen, seen[_said(name)], ibis.null("string"))
            agreed = (said.count() == chosen.sum()) & (said.min() == said.max())
            return ibis.ifelse(agreed, said.min(), ibis.null("string"))


NOBODY = {
    Roll.ANY: ibis.literal("0"),
    Roll.COUNT: ibis.literal(0.0),
    Roll.SUM: ibis.literal(0.0),
    Roll.TAKE: ibis.null("string"),
}


def _looked_up(rule: OverRoster, seen: Rows, raw: str) -> Expression:
    return ibis.ifelse(seen[_there(rule.roster)].isnull(), NOBODY[rule.roll], seen[raw])


def _rolled_column(variable: Variable, rule: OverRoster, columns: dict[str, Column]) -> Column:
    looked_at = [*revealed(rule.condition), *([rule.question] if rule.question else [])]
    identifier = any(columns[name].identifier for name in looked_at)
    kind, known = _rolled_kind(rule, columns)
    codes = variable.choices or (_recoded_choices(known, variable) if known else ())
    return Column(variable.id, kind, variable.labels, codes, identifier)


def _rolled_kind(rule: OverRoster, columns: dict[str, Column]) -> tuple[ColumnKind, Choices]:
    match rule.roll:
        case Roll.ANY:
            return ColumnKind.CODE, (("1", NOTHING), ("0", NOTHING))
        case Roll.TAKE:
            taken = columns[str(rule.question)]
            return taken.kind, taken.choices
        case Roll.COUNT | Roll.SUM:
            return ColumnKind.NUMBER, ()


def _column(variable: Variable, look: Look, *, numeric: bool) -> Column:
    rule = variable.rule
    names = [name for condition in _conditions(rule) for name in revealed(condition)]
    taken = [then.question for then in _outcomes(rule) if isinstance(then, Take)]
    names += rule.of if isinstance(rule, Arithmetic) else taken
    identifier = any(look(name).about.identifier for name in names)
    kind = _kind(variable, [look(name).about for name in taken], numeric=numeric)
    coded = kind in {ColumnKind.CODE, ColumnKind.CODES}
    choices = variable.choices or (_choices(variable, look) if coded else ())
    return Column(variable.id, kind, variable.labels, choices, identifier)


def _outcomes(rule: Rule) -> list[Take | Value]:
    return [case.then for case in rule.cases] if isinstance(rule, Cases) else []


def _kind(variable: Variable, taken: list[Column], *, numeric: bool) -> ColumnKind:
    kinds = {column.kind for column in taken}
    constants = [then.value for then in _outcomes(variable.rule) if isinstance(then, Value)]
    if ColumnKind.CODES in kinds:
        return ColumnKind.CODES
    if variable.choices:
        return ColumnKind.CODE
    if numeric and not variable.recode:
        return ColumnKind.NUMBER
    if kinds == {ColumnKind.NUMBER} and all(is_number(written(value)) for value in constants):
        return ColumnKind.NUMBER
    return ColumnKind.CODE if kinds <= {ColumnKind.CODE} else ColumnKind.TEXT


def _choices(variable: Variable, look: Look) -> tuple[tuple[str, Text], ...]:
    """The codes that can come out, with the labels they had; none where an open answer is among them."""
    found: dict[str, Text] = {}
    for then in _outcomes(variable.rule):
        if isinstance(then, Value):
            found.setdefault(written(then.value), NOTHING)
            continue
        known = look(then.question).about.choices
        if not known:
            return ()
        for code, label in known:
            found[code] = found.get(code) or label
    return _recoded_choices(tuple(found.items()), variable)


def _recoded_choices(choices: Iterable[tuple[str, Text]], variable: Variable) -> tuple[tuple[str, Text], ...]:
    new: dict[str, Text] = {}
    recode = dict(reversed(variable.recode))
    for code, label in choices:
        target = recode.get(code, code)
        new[target] = new.get(target) or (label if target == code else NOTHING)
    if variable.no_answer is not None:
        new.setdefault(written(variable.no_answer), NOTHING)
    return tuple(new.items())
