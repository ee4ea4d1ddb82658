"""What the rule of a variable looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.condition import Condition, In, Within, leaves, questions
from everycount.estimate.plan import Arithmetic, Cases, OverRoster, Roll, Rule, Take, Value, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator


def looked_at(variable: Variable) -> str:
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


def outcomes(rule: Rule) -> list[Take | Value]:
    """What the cases of a rule give."""
    return [case.then for case in rule.cases] if isinstance(rule, Cases) else []


def conditions(rule: Rule) -> list[Condition]:
    """The conditions of a rule."""
    match rule:
        case Cases():
            return [case.when for case in rule.cases if case.when is not None]
        case OverRoster():
            return [rule.condition]
        case Arithmetic():
            return []


def reckoned_with(rule: Rule) -> Iterator[str]:
    """The questions whose answers must be numbers."""
    if isinstance(rule, Arithmetic):
        yield from rule.of
    if isinstance(rule, OverRoster) and rule.roll is Roll.SUM:
        yield str(rule.question)
    for condition in conditions(rule):
        yield from (leaf.question for leaf in leaves(condition) if isinstance(leaf, Within))


def tests(rule: Rule) -> Iterator[In]:
    """Every place where a rule looks for codes."""
    for condition in conditions(rule):
        yield from (leaf for leaf in leaves(condition) if isinstance(leaf, In))
