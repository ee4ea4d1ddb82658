"""Every reason why a variable cannot be made, and what is odd about one that can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.expressions import written
from everycount.estimate.plan import Arithmetic, Cases, Operation, OverRoster, Roll, Value, Variable
from everycount.estimate.reach import missing_question, missing_table, no_numbers, reach
from everycount.estimate.rules import looked_at, outcomes, reckoned_with, rule_questions, tests
from everycount.faults import Fault, unknown
from everycount.sample.sample import MAIN, ColumnKind, Finding, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def place_of(variable: Variable) -> str:
    """Where a person finds the variable."""
    return f'variable "{variable.id}"'


def name_faults(sample: Sample, variables: Sequence[Variable]) -> Iterator[Fault]:
    """What is wrong with ids, tables and the shape of rules."""
    made: set[str] = set()
    for variable in variables:
        if variable.table not in sample.tables:
            yield missing_table(sample, variable.table, place_of(variable))
            continue
        yield from _shape_faults(sample, variable)
        yield from _choice_faults(variable)
        if variable.id.startswith("_"):
            yield Fault(
                place_of(variable),
                f'The id "{variable.id}" begins with "_", which is kept for columns of the program.',
                "Choose an id that begins with a letter.",
            )
        hidden = {name.casefold(): name for name in reach(sample, variable.table)}
        if variable.id.casefold() in hidden:
            yield Fault(
                place_of(variable),
                f'There is already a column "{hidden[variable.id.casefold()]}", and it would be hidden.',
                f'Choose another id, such as "{variable.id}_derived".',
            )
        if variable.id.casefold() in made:
            yield Fault(place_of(variable), "The variable is made twice.", "Give each its own id.")
        made.add(variable.id.casefold())


def _choice_faults(variable: Variable) -> Iterator[Fault]:
    """Constants that are not among the variable's own codes: a slip of the pen in one of the two."""
    known = [code for code, _ in variable.choices]
    recode = dict(reversed(variable.recode))
    given = [written(then.value) for then in outcomes(variable.rule) if isinstance(then, Value)]
    codes = [recode.get(code, code) for code in given] + [new for _, new in variable.recode]
    codes += [] if variable.no_answer is None else [written(variable.no_answer)]
    if known:
        yield from (
            unknown(place_of(variable), "code", code, known)
            for code in dict.fromkeys(codes)
            if code not in known
        )


def _shape_faults(sample: Sample, variable: Variable) -> Iterator[Fault]:
    match variable.rule:
        case Cases(cases) if not cases:
            yield Fault(
                place_of(variable), "It has no cases.", "Write at least one, such as take = a question."
            )
        case Arithmetic(operation, of) if operation is Operation.RATIO and len(of) != 2:
            yield Fault(place_of(variable), "A ratio has two columns.", "Name the upper and the lower one.")
        case Arithmetic(_, of) if not of:
            yield Fault(place_of(variable), "It names no columns.", "Name the columns to reckon with.")
        case OverRoster(roster) if roster not in sample.tables or roster == MAIN:
            yield missing_table(sample, roster, place_of(variable))
        case OverRoster(_, roll, _, question) if (roll in {Roll.TAKE, Roll.SUM}) != (question is not None):
            wanted = "needs a" if question is None else "takes no"
            problem = f'Looking into a roster with "{roll}" {wanted} question.'
            yield Fault(place_of(variable), problem, "Name one with take and sum, and only with these.")
        case OverRoster() if variable.table != MAIN:
            yield Fault(
                place_of(variable),
                f'It looks into a roster from the roster "{variable.table}".',
                f'Leave out its table: rows of "{variable.table}" see the variables of their main record.',
            )


def question_faults(sample: Sample, variables: Sequence[Variable]) -> Iterator[Fault]:
    """What is wrong with the questions that rules look at."""
    for variable in variables:
        table = looked_at(variable)
        into_main = isinstance(variable.rule, OverRoster) and table == MAIN
        if table not in sample.tables or into_main:
            continue
        known = {*reach(sample, table), *(v.id for v in variables if v.table in {table, MAIN})}
        for name in dict.fromkeys(rule_questions(variable.rule)):
            if name not in known:
                yield missing_question(sample, table, name, place_of(variable))
        columns = reach(sample, table)
        for name in dict.fromkeys(reckoned_with(variable.rule)):
            if name in columns:
                yield from no_numbers(columns[name], place_of(variable))


def odd_codes(sample: Sample, variables: Sequence[Variable]) -> Iterator[Finding]:
    """A code that no code list knows may be a slip of the pen: it is said, since no answer can match it."""
    for variable in variables:
        columns = reach(sample, looked_at(variable))
        for test in tests(variable.rule):
            column = columns[test.question]
            known = {code for code, _ in column.choices}
            if not known or column.kind not in {ColumnKind.CODE, ColumnKind.CODES}:
                continue
            for code in test.codes:
                if code not in known:
                    problem = f'The variable "{variable.id}" looks for a code that the code list lacks.'
                    yield Finding(looked_at(variable), None, test.question, code, problem)
