"""Which questions stand behind a dimension or condition, whatever variables lie between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.rules import rule_questions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.estimate.plan import Dimension, Plan


def roots(names: Iterable[str], plan: Plan) -> frozenset[str]:
    """The questions behind names, with variables followed to what they are made of."""
    rules = {variable.id: variable.rule for variable in plan.variables}
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(rule_questions(rules[name]) if name in rules else ())
    return frozenset(found)


def sources(names: Iterable[str], plan: Plan) -> frozenset[str]:
    """The same without the variables: the questions that somebody answered."""
    return roots(names, plan) - {variable.id for variable in plan.variables}


def same_answers(one: Dimension, other: Dimension, plan: Plan) -> bool:
    """Two dimensions are made from one and the same question, such as age in five and in two bands."""
    leaves = sources((one.question,), plan)
    return len(leaves) == 1 and leaves == sources((other.question,), plan)


def akin(one: Iterable[str], other: Iterable[str], plan: Plan) -> bool:
    """Everything that the one is made from, the other is made from, too, or the other way round."""
    mine, theirs = sources(one, plan), sources(other, plan)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)
