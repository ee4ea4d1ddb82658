"""Holds the names of a plan against the records: what exists, in which table, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from everycount.estimate.condition import Condition, In, leaves, questions
from everycount.estimate.plan import (
    INEQUALITY,
    WITH_EVENTS,
    Arithmetic,
    Dimension,
    Group,
    Measure,
    OverRoster,
    Plan,
    Variable,
)
from everycount.estimate.rules import conditions, rule_questions
from everycount.sample import MAIN, Column, ColumnKind
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from everycount.survey.document import Document, Trail


@dataclass
class Names:
    """Every column by table, those of the records and those made by variables."""

    document: Document
    tables: dict[str, dict[str, Column]]
    language: str
    variables: dict[str, Variable] = field(default_factory=dict)

    def table_of(self, name: str) -> str | None:
        """The table that holds a column; main before rosters."""
        return next((table for table, columns in self.tables.items() if name in columns), None)

    def column(self, name: str) -> Column | None:
        """The column of that name in any table."""
        table = self.table_of(name)
        return None if table is None else self.tables[table][name]

    def known(self) -> list[str]:
        """All names, for the nearest one."""
        return [name for columns in self.tables.values() for name in columns if not name.startswith("_")]

    def check(self, trail: Trail, names: Iterable[str]) -> None:
        """Note every name that is not there."""
        for name in names:
            if self.table_of(name) is None:
                self.document.unknown(trail, "question", name, self.known())


def bind(plan: Plan, columns: Mapping[str, Mapping[str, Column]], document: Document, language: str) -> Plan:
    """The plan with tables and labels filled in from the columns; faults are noted in the document."""
    ordered = {MAIN: dict(columns[MAIN])} | {
        name: dict(table) for name, table in columns.items() if name != MAIN
    }
    names = Names(document, ordered, language)
    variables = _bind_variables(plan.variables, names)
    dimensions = tuple(_bind_dimension(dimension, names) for dimension in plan.dimensions)
    measures = tuple(_bind_measure(measure, names) for measure in plan.measures)
    return replace(plan, variables=variables, dimensions=dimensions, measures=measures)


def trail_of(document: Document, key: str, name: str) -> Trail:
    """Where the item with that id stands in the list ``key``."""
    for index, item in enumerate(document.data.get(key, [])):
        if isinstance(item, dict) and item.get("id") == name:
            return (key, index)
    return (key,)


def _bind_variables(variables: tuple[Variable, ...], names: Names) -> tuple[Variable, ...]:
    """Variables may be written in any order; a round that places none has met a cycle or an unknown name."""
    waiting = list(variables)
    bound: dict[str, Variable] = {}
    for variable in variables:
        if names.table_of(variable.id) is not None:
            names.document.complain(
                (*trail_of(names.document, "variable", variable.id), "id"),
                f'"{variable.id}" is already a question of the records.',
                "Give the variable another id.",
            )
    while waiting:
        ready = [variable for variable in waiting if all(names.column(name) for name in _needs(variable))]
        if not ready:
            _complain_of_unplaced(waiting, names)
            # They count as known from here on: what looks at them is not at fault.
            for variable in waiting:
                names.tables[MAIN].setdefault(variable.id, Column(variable.id, ColumnKind.TEXT))
            break
        for variable in ready:
            bound[variable.id] = _place_variable(variable, names)
            waiting.remove(variable)
    return tuple(bound[variable.id] for variable in variables if variable.id in bound)


def _needs(variable: Variable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule_questions(variable.rule)))


def _complain_of_unplaced(waiting: list[Variable], names: Names) -> None:
    made = {variable.id for variable in waiting}
    before = len(names.document.faults)
    for variable in waiting:
        trail = (*trail_of(names.document, "variable", variable.id), "id")
        names.check(trail, [name for name in _needs(variable) if name not in made])
    if len(names.document.faults) == before:
        chain = ", ".join(f'"{variable.id}"' for variable in waiting)
        circle = f"The variables {chain} are made from each other."
        names.document.complain(
            trail_of(names.document, "variable", waiting[0].id),
            circle if len(waiting) > 1 else f"The variable {chain} is made from itself.",
            "Make one of them from questions only.",
        )


def _place_variable(variable: Variable, names: Names) -> Variable:
    table = MAIN if isinstance(variable.rule, OverRoster) else _common_table(variable, names)
    placed = replace(variable, table=table)
    kind = ColumnKind.NUMBER if isinstance(variable.rule, Arithmetic) else ColumnKind.TEXT
    if variable.choices:
        kind = ColumnKind.CODE
    names.tables[table][variable.id] = Column(variable.id, kind, variable.labels, variable.choices)
    _check_codes_of_rule(variable, names)
    return placed


def _common_table(variable: Variable, names: Names) -> str:
    tables = dict.fromkeys(names.table_of(name) or MAIN for name in _needs(variable))
    rosters = [table for table in tables if table != MAIN]
    if len(rosters) > 1:
        names.document.complain(
            trail_of(names.document, "variable", variable.id),
            f'The variable "{variable.id}" looks into two rosters: {" and ".join(rosters)}.',
            "Make one variable for each roster.",
        )
    return rosters[0] if rosters else MAIN


def _check_codes_of_rule(variable: Variable, names: Names) -> None:
    trail = trail_of(names.document, "variable", variable.id)
    if "derivation" in names.document.at(trail):
        return  # the catalogue's rules know more materials and facilities than one form asks about
    key = "roster" if isinstance(variable.rule, OverRoster) else "cases"
    for condition in conditions(variable.rule):
        _check_codes((*trail, key), condition, names)


def _bind_dimension(dimension: Dimension, names: Names) -> Dimension:
    trail = trail_of(names.document, "dimension", dimension.id)
    names.check((*trail, "question"), [dimension.question] if dimension.question else [])
    column = names.column(dimension.question)
    if column is None:
        return dimension
    labels = dict(column.choices)
    if labels:
        for code in (*dimension.dropped, *(code for group in dimension.groups for code in group.members)):
            if code not in labels:
                names.document.unknown((*trail, "groups"), f'answer of "{dimension.question}"', code, labels)
    return replace(
        dimension,
        labels=dimension.labels or column.labels or _spoken(dimension.id, names.language),
        groups=tuple(_bind_group(group, labels, names.language) for group in dimension.groups),
    )


def _bind_group(group: Group, labels: Mapping[str, Text], language: str) -> Group:
    own = labels.get(group.members[0]) if len(group.members) == 1 else None
    return replace(group, labels=group.labels or own or _spoken(group.code, language))


def _spoken(name: str, language: str) -> Text:
    return Text.of(name.replace("_", " "), language)


def _bind_measure(measure: Measure, names: Names) -> Measure:
    trail = trail_of(names.document, "measure", measure.id)
    for key, condition in (("question", measure.condition), ("among", measure.among)):
        if condition is not None:
            names.check((*trail, key), questions(condition))
            _check_codes((*trail, key), condition, names)
    numbers = [name for name in (measure.question, measure.denominator) if name]
    names.check((*trail, "question"), numbers)
    mentioned = (*numbers, *(questions(measure.condition) if measure.condition else ()))
    tables = dict.fromkeys(names.table_of(name) or MAIN for name in mentioned)
    rosters = [table for table in tables if table != MAIN]
    if len(rosters) > 1:
        names.document.complain(
            trail, f'The measure "{measure.id}" looks into two rosters.', "Make one measure for each roster."
        )
    first = names.column(mentioned[0]) if mentioned else None
    # A question names its own mean; a share or how unequal people are is another matter.
    named = measure.kind not in WITH_EVENTS | INEQUALITY
    labels = first.labels if first and named else None
    return replace(
        measure,
        table=rosters[0] if rosters else MAIN,
        labels=measure.labels or labels or _spoken(measure.id, names.language),
    )


def _check_codes(trail: Trail, condition: Condition, names: Names) -> None:
    """A code that the questionnaire does not have can never be met: most likely it is misspelt."""
    for leaf in leaves(condition):
        if not isinstance(leaf, In):
            continue
        column = names.column(leaf.question)
        known = dict(column.choices) if column else {}
        for code in leaf.codes:
            if known and code not in known:
                names.document.unknown(trail, f'answer of "{leaf.question}"', code, known)
