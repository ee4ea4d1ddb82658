"""Derived columns of a survey file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.condition import All
from everycount.estimate.plan import (
    Arithmetic,
    Case,
    Cases,
    Operation,
    OverRoster,
    Roll,
    Rule,
    Take,
    Value,
    Variable,
)
from everycount.faults import InputError
from everycount.survey.conditions import closed
from everycount.survey.document import Reader, code_of

if TYPE_CHECKING:
    from everycount.text import Text

# What a roster is asked, by its key in the file.
ROLLS = {"has": Roll.ANY, "count": Roll.COUNT, "take": Roll.TAKE, "total": Roll.SUM}
RULES = ("cases", "question", "sum", "product", "ratio", "roster", "derivation")


def read_variables(root: Reader, language: str) -> tuple[Variable, ...]:
    """Every ``[[variable]]`` of the file."""
    variables: list[Variable] = []
    for reader in root.tables("variable"):
        variable = read_variable(reader, language)
        if variable is None:
            continue
        if any(variable.id == other.id for other in variables):
            reader.complain("id", f'The variable "{variable.id}" is made twice.', "Give each its own id.")
        variables.append(variable)
    return tuple(variables)


def read_variable(reader: Reader, language: str) -> Variable | None:
    """One variable, or None after a fault."""
    name = reader.text("id", required=True)
    kind = reader.one_of(RULES, "The rule of the variable")
    if kind == "derivation":
        return _from_catalogue(reader, name, language)
    rule = _rule(reader, kind) if kind else None
    variable = (
        None
        if rule is None
        else Variable(
            id=name,
            rule=rule,
            recode=_recode(reader),
            no_answer=_no_answer(reader),
            labels=reader.label("label", language),
            choices=_choices(reader, language),
        )
    )
    reader.close()
    return variable


def _rule(reader: Reader, kind: str) -> Rule | None:
    match kind:
        case "cases":
            return _cases(reader)
        case "question":
            return Cases((Case(Take(reader.text("question"))),))
        case "roster":
            return _over_roster(reader)
        case _:
            columns = reader.strings(kind)
            if kind == "ratio" and len(columns) != 2:
                reader.complain(kind, "A ratio has two columns.", 'Write ratio = ["above", "below"].')
                return None
            return Arithmetic(Operation(kind), columns)


def _cases(reader: Reader) -> Rule | None:
    cases = [_case(part) for part in reader.tables("cases")]
    if not cases:
        reader.complain("cases", '"cases" is empty.', 'Write at least one case, such as {take = "question"}.')
        return None
    if any(case is None for case in cases):
        return None
    return Cases(tuple(case for case in cases if case is not None))


def _case(reader: Reader) -> Case | None:
    when = reader.table("when")
    condition = closed(when) if when else None
    kind = reader.one_of(("take", "value"), "What the case gives")
    then: Take | Value | None = None
    if kind == "take":
        then = Take(reader.text("take"))
    elif kind == "value":
        then = Value(_value(reader, "value"))
    reader.close()
    broken = then is None or (when is not None and condition is None)
    return None if broken or then is None else Case(then, condition)


def _value(reader: Reader, key: str) -> str | float:
    value = reader.raw(key)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | str):
        return code_of(value)
    reader.complain(key, f'"{key}" is {value!r}.', "Give a text or a number.")
    return ""


def _over_roster(reader: Reader) -> Rule | None:
    roster = reader.text("roster")
    kind = reader.one_of(ROLLS, "What is looked for in the roster")
    if kind is None:
        return None
    if kind in {"has", "count"}:
        inner = reader.table(kind)
        condition = closed(inner) if inner else None
        return None if condition is None else OverRoster(roster, ROLLS[kind], condition)
    which = reader.table("when")
    condition = closed(which) if which else All(())
    question = reader.text(kind, required=True)
    return None if condition is None else OverRoster(roster, ROLLS[kind], condition, question)


def _recode(reader: Reader) -> tuple[tuple[str, str], ...]:
    table = reader.table("recode")
    if table is None:
        return ()
    pairs = []
    for old, new in table.data.items():
        if isinstance(new, bool | dict | list):
            table.complain(old, f'"{old}" becomes {new!r}.', "Give the new code as a text.")
        else:
            pairs.append((old, code_of(new)))
    return tuple(pairs)


def _no_answer(reader: Reader) -> str | None:
    return code_of(_value(reader, "no_answer")) if "no_answer" in reader else None


def _choices(reader: Reader, language: str) -> tuple[tuple[str, Text], ...]:
    table = reader.table("choices")
    return () if table is None else tuple((code, table.label(code, language)) for code in table.data)


def _from_catalogue(reader: Reader, name: str, language: str) -> Variable | None:
    """A variable whose rule the catalogue holds, such as the Washington Group identifier."""
    wanted = reader.text("derivation")
    columns, codes = _pairs(reader, "columns"), reader.table("codes")
    answers = {key: list(codes.strings(key)) for key in codes.data} if codes else {}
    labels, given = reader.label("label", language), _choices(reader, language)
    reader.close()
    try:
        data = catalogue.derivation(wanted, columns, answers)
    except InputError as error:
        reader.adopt("derivation", error)
        return None
    variable = read_variable(Reader(reader.document, {**data, "id": name}, reader.trail), language)
    if variable is None:
        return None
    about = next(known for known in catalogue.derivations() if known.id == wanted)
    choices = given or tuple((code, value.labels) for code, value in about.values.items())
    return replace(variable, labels=labels or about.title, choices=choices)


def _pairs(reader: Reader, key: str) -> dict[str, str]:
    table = reader.table(key)
    return {} if table is None else {name: table.text(name) for name in table.data}
