"""The policy: one predicate a verb, asked of lists and of single things alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from everycount.site.people.models import Assignment, NodeRole, Person, Role
from everycount.site.people.policy import RULES, Verb, may, may_on_node, roles_of, visible
from everycount.site.registry.models import Initiative
from site_world import AT, initiative, person

pytestmark = pytest.mark.django_db
EVERYBODY = (None, "stranger", *Role, *NodeRole)


def somebody(who: object, where: Initiative) -> Person | None:
    if who is None:
        return None
    return person() if who == "stranger" else person(who, where)  # type: ignore[arg-type]


def expected(verb: Verb, who: object, *, listed: bool) -> bool:
    """The rule read a second time, without a database."""
    rule = RULES[verb]
    if rule.by_office:
        return False  # nobody here is of a statistical office; test_decisions has those who are
    return who in rule.roles or who in rule.node or (listed and rule.everybody_where_listed)


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("who", EVERYBODY)
def test_every_verb_in_every_role(who: object, listed: bool) -> None:  # noqa: FBT001 - a parameter of the matrix
    here, elsewhere = initiative(listed=listed), initiative()
    asks = somebody(who, here)
    for verb in Verb:
        allowed = may(asks, verb, here, at=AT)
        assert allowed == expected(verb, who, listed=listed), verb
        rows = visible(Initiative.objects.all(), verb, asks, at=AT)
        assert (here in rows) == allowed, verb
        if isinstance(who, Role):
            assert not may(asks, verb, elsewhere, at=AT)


def test_a_role_reaches_what_belongs_to_the_initiative() -> None:
    here = initiative()
    steward = person(Role.STEWARD, here)
    assignment = Assignment.objects.get(person=steward)
    assert may(steward, Verb.SEE_PEOPLE, assignment, at=AT)
    assert not may(person(), Verb.SEE_PEOPLE, assignment, at=AT)


def test_a_role_ends_when_it_ends() -> None:
    here = initiative()
    steward = person(Role.STEWARD, here)
    Assignment.objects.filter(person=steward).update(until=AT + timedelta(days=1))
    assert may(steward, Verb.MANAGE, here, at=AT)
    assert not may(steward, Verb.MANAGE, here, at=AT + timedelta(days=1))
    assert not may(steward, Verb.MANAGE, here, at=AT - timedelta(days=1))
    assert roles_of(steward, here.id, at=AT) == {Role.STEWARD}


def test_who_is_shut_out_has_no_role() -> None:
    here = initiative(listed=True)
    steward, operator = person(Role.STEWARD, here), person(NodeRole.OPERATOR)
    Person.objects.update(is_active=False)
    for one in Person.objects.filter(id__in=[steward.id, operator.id]):
        assert not may(one, Verb.MANAGE, here, at=AT)
        assert not may_on_node(one, Verb.OPERATE, at=AT)
        assert may(one, Verb.SEE_INITIATIVE, here, at=AT)  # as anybody may


@pytest.mark.parametrize("verb", [Verb.OPEN_ANSWERS, Verb.ANALYSE, Verb.ASSIST_WITHDRAWAL])
def test_who_runs_the_node_opens_no_answer(verb: Verb) -> None:
    assert not RULES[verb].node
    assert not RULES[verb].everybody_where_listed


def test_a_planted_fault_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix would notice a rule that lets operators in."""
    here = initiative()
    monkeypatch.setitem(
        RULES, Verb.OPEN_ANSWERS, replace(RULES[Verb.OPEN_ANSWERS], node=frozenset({NodeRole.OPERATOR}))
    )
    assert may(person(NodeRole.OPERATOR), Verb.OPEN_ANSWERS, here, at=AT)
