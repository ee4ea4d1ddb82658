"""Looking from main records into their rosters."""

from __future__ import annotations

import ibis

from everycount.estimate.expressions import Expression, Rows, as_number, as_text, holds
from everycount.estimate.plan import OverRoster, Roll, Variable
from everycount.estimate.reach import look_into, reach, rows
from everycount.estimate.rules import rule_questions
from everycount.sample.sample import RECORD, Sample


def _raw(variable: Variable) -> str:
    return f"_rolled_{variable.id}"


def with_rolled(sample: Sample, seen: Rows, made: list[Variable]) -> Rows:
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


def looked_up(variable: Variable, rule: OverRoster, seen: Rows) -> Expression:
    """The value of a variable in rows that :func:`with_rolled` has made."""
    return ibis.ifelse(seen[_there(rule.roster)].isnull(), NOBODY[rule.roll], seen[_raw(variable)])
