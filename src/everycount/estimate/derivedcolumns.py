"""What is known of a derived column: its kind, its codes, and whether it names a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from everycount.estimate.condition import revealed
from everycount.estimate.expressions import Answers, is_number, written
from everycount.estimate.plan import Arithmetic, OverRoster, Roll, Take, Value, Variable
from everycount.estimate.rules import conditions, outcomes
from everycount.sample.sample import Column, ColumnKind
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Look: TypeAlias = Callable[[str], Answers]
    Choices: TypeAlias = tuple[tuple[str, Text], ...]


def rolled_column(variable: Variable, rule: OverRoster, columns: dict[str, Column]) -> Column:
    """The column of a variable that looks into a roster, whose rows see ``columns``."""
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


def derived_column(variable: Variable, look: Look, *, numeric: bool) -> Column:
    """The column of any other variable, stored as numbers or as text."""
    rule = variable.rule
    names = [name for condition in conditions(rule) for name in revealed(condition)]
    taken = [then.question for then in outcomes(rule) if isinstance(then, Take)]
    names += rule.of if isinstance(rule, Arithmetic) else taken
    identifier = any(look(name).about.identifier for name in names)
    kind = _kind(variable, [look(name).about for name in taken], numeric=numeric)
    coded = kind in {ColumnKind.CODE, ColumnKind.CODES}
    choices = variable.choices or (_choices(variable, look) if coded else ())
    return Column(variable.id, kind, variable.labels, choices, identifier)


def _kind(variable: Variable, taken: list[Column], *, numeric: bool) -> ColumnKind:
    kinds = {column.kind for column in taken}
    constants = [then.value for then in outcomes(variable.rule) if isinstance(then, Value)]
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
    for then in outcomes(variable.rule):
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
