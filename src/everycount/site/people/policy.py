"""Who may do what: one predicate for each verb.

A predicate is a condition on rows (``Q``). A list asks it of all rows, the check of one thing asks it of
that row: so page, list, count, search, export and API cannot disagree. Whoever may not see a thing is told
that it is not there. Every model that the policy is asked about says in ``to_initiative`` how a query reaches
its initiative: ``""`` for itself, else ``"initiative__"`` and the like.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from everycount.site.people.models import (
    Assignment,
    Membership,
    NodeRole,
    Opening,
    OrganisationKind,
    Role,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person

M = TypeVar("M", bound=Model)


class Verb(StrEnum):
    """Everything that the policy is asked for."""

    SEE_INITIATIVE = "see the initiative"
    SEE_PEOPLE = "see who has which role in the initiative"
    MANAGE = "change what the initiative says of itself"
    INVITE = "invite people and end roles"
    INVITE_KEEPERS = "invite stewards and coordinators, and end their roles"
    SEE_LEDGER = "see the events of the initiative"
    SEE_DRAFTS = "see questionnaires that are not published"
    DRAFT = "write questionnaires and send them to review"
    REVIEW_CONCEPTS = "endorse questions and categories, or object to them"
    PUBLISH = "publish and close questionnaires"
    GIVE_KEYS = "give phones their keys and take them back"
    COUNT_SUBMISSIONS = "see how many submissions came, when and by whom"
    TYPE_IN = "type in what was answered on paper"
    SEE_OWN = "see what became of the submissions that one's own phone sent"
    OPEN_ANSWERS = "open answers one by one for review"
    REVIEW = "accept submissions, return or reject them"
    SEE_PROGRESS = "see how far fieldwork is, by place and collector"
    PLAN_FIELDWORK = "plan fieldwork"
    SEE_PROVISIONAL = "see provisional tables while records still come"
    ANALYSE = "open answers for statistics"
    SEE_RELEASES = "see plans and releases that are not public"
    PLAN_RELEASES = "write plans, compute releases and propose them"
    APPROVE_RELEASES = "approve proposed releases, or return them"
    DECIDE_RELEASES = "agree to releases for the community, refuse them or withhold numbers"
    PUBLISH_RELEASES = "publish releases that were agreed to"
    GIVE_BACK = "write down what was brought back to people, and what came of it"
    SEE_CHANGE = "say for the community whether a promised change is seen"
    ASSESS = "assess numbers for a statistical office, and decide what it uses them for"
    SEE_DECISIONS = "see decisions about numbers that are not public"
    REPLY_DECISIONS = "reply to a decision for the initiative, and ask for a second look"
    ASSIST_WITHDRAWAL = "help a person to take consent back"
    ASK_OPENING = "ask to open answers in an emergency"
    DECIDE_OPENING = "agree to an opening in an emergency, or refuse it"
    GIVE_RECORDS = "open answers to give them, without names, to others or to an archive"
    TAKE_OUT = "take records out, for one purpose or another"
    CONTACT_PEOPLE = "open answers of those who want to be spoken to again"
    READ_WISHES = "read and answer what respondents want corrected"
    READ_MESSAGES = "read what respondents write to the steward"
    OPERATE = "keep the node running"
    ADMIT = "admit initiatives and organisations to the node"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may: roles in the initiative, roles on the node, or everybody where it is listed.

    ``by_opening``: also whoever was let in by two people for an emergency, while it holds.
    ``by_office``: only people of a statistical office, those who have the role, and all of them where it is
    listed; never anybody who has, or had, another role in the initiative than to look on, for nobody decides
    about their own.
    """

    roles: frozenset[Role] = frozenset()
    node: frozenset[NodeRole] = frozenset()
    everybody_where_listed: bool = False
    by_opening: bool = False
    by_office: bool = False


def _rule(
    *roles: Role,
    node: tuple[NodeRole, ...] = (),
    listed: bool = False,
    by_opening: bool = False,
    by_office: bool = False,
) -> Rule:
    return Rule(frozenset(roles), frozenset(node), listed, by_opening, by_office)


_ALL = tuple(Role)
_KEEPERS = (Role.STEWARD, Role.COORDINATOR)

RULES: dict[Verb, Rule] = {
    Verb.SEE_INITIATIVE: _rule(*_ALL, node=(NodeRole.SECRETARIAT,), listed=True, by_opening=True),
    Verb.SEE_PEOPLE: _rule(*_ALL),
    Verb.MANAGE: _rule(Role.STEWARD),
    Verb.INVITE: _rule(*_KEEPERS),
    Verb.INVITE_KEEPERS: _rule(Role.STEWARD),
    Verb.SEE_LEDGER: _rule(*_ALL),
    Verb.SEE_DRAFTS: _rule(*_KEEPERS, Role.ANALYST, Role.REVIEWER, Role.COMMUNITY, Role.COLLECTOR),
    Verb.DRAFT: _rule(*_KEEPERS),
    Verb.REVIEW_CONCEPTS: _rule(Role.COMMUNITY),
    Verb.PUBLISH: _rule(*_KEEPERS),
    Verb.GIVE_KEYS: _rule(*_KEEPERS),
    Verb.COUNT_SUBMISSIONS: _rule(*_KEEPERS, Role.REVIEWER, Role.ANALYST, Role.COMMUNITY, by_opening=True),
    Verb.TYPE_IN: _rule(Role.COLLECTOR, Role.COORDINATOR),
    Verb.SEE_OWN: _rule(Role.COLLECTOR, Role.COORDINATOR),
    Verb.OPEN_ANSWERS: _rule(Role.COORDINATOR, Role.REVIEWER, by_opening=True),
    Verb.REVIEW: _rule(Role.COORDINATOR, Role.REVIEWER),
    Verb.SEE_PROGRESS: _rule(*_KEEPERS, Role.REVIEWER),
    Verb.PLAN_FIELDWORK: _rule(*_KEEPERS),
    Verb.SEE_PROVISIONAL: _rule(*_KEEPERS),
    Verb.ANALYSE: _rule(Role.ANALYST),
    Verb.SEE_RELEASES: _rule(*_KEEPERS, Role.ANALYST, Role.REVIEWER, Role.COMMUNITY),
    # Whoever computes a release opens the records for it.
    Verb.PLAN_RELEASES: _rule(Role.ANALYST),
    Verb.APPROVE_RELEASES: _rule(Role.REVIEWER),
    Verb.DECIDE_RELEASES: _rule(Role.COMMUNITY),
    Verb.PUBLISH_RELEASES: _rule(*_KEEPERS),
    Verb.GIVE_BACK: _rule(*_KEEPERS),
    Verb.SEE_CHANGE: _rule(Role.COMMUNITY),
    Verb.ASSESS: _rule(Role.STATISTICIAN, by_office=True),
    Verb.SEE_DECISIONS: _rule(*_ALL),
    Verb.REPLY_DECISIONS: _rule(*_KEEPERS),
    Verb.ASSIST_WITHDRAWAL: _rule(Role.STEWARD),
    Verb.ASK_OPENING: _rule(node=(NodeRole.OPERATOR,)),
    Verb.DECIDE_OPENING: _rule(Role.STEWARD, node=(NodeRole.SECRETARIAT,)),
    Verb.GIVE_RECORDS: _rule(Role.STEWARD),
    Verb.TAKE_OUT: _rule(*_KEEPERS, Role.ANALYST),
    Verb.CONTACT_PEOPLE: _rule(*_KEEPERS),
    Verb.READ_WISHES: _rule(*_KEEPERS, Role.REVIEWER),
    Verb.READ_MESSAGES: _rule(Role.STEWARD),
    Verb.OPERATE: _rule(node=(NodeRole.OPERATOR,)),
    Verb.ADMIT: _rule(node=(NodeRole.SECRETARIAT,)),
}


def visible(rows: QuerySet[M], verb: Verb, person: Person | None, *, at: datetime) -> QuerySet[M]:
    """Those rows on which a person (None: somebody without an account) may do the verb at a moment."""
    return rows.filter(_condition(rows.model, verb, person, at))


def may(person: Person | None, verb: Verb, thing: Model, *, at: datetime) -> bool:
    """Whether a person may do the verb on one thing: the same question, asked of one row."""
    rows = type(thing)._default_manager.filter(pk=thing.pk)  # noqa: SLF001 - Django's documented name
    return visible(rows, verb, person, at=at).exists()


def may_on_node(person: Person | None, verb: Verb, *, at: datetime) -> bool:
    """Whether a person may do a verb of the whole node."""
    return bool(_node_roles(person, at) & RULES[verb].node)


def _condition(model: type[Model], verb: Verb, person: Person | None, at: datetime) -> Q:
    rule = RULES[verb]
    path: str = model.to_initiative  # type: ignore[attr-defined]
    if _node_roles(person, at) & rule.node:
        return Q()
    allowed = Q(**{f"{path}listed": True}) if rule.everybody_where_listed else Q(pk__in=())
    if person is None or not person.is_active:
        return allowed
    held = Assignment.objects.filter(_now(at), person=person, role__in=rule.roles)
    outer = OuterRef(f"{path}pk" if path else "pk")
    allowed |= Q(Exists(held.filter(initiative=outer)))
    if rule.by_office:
        return _by_office(person, allowed | Q(**{f"{path}listed": True}), outer, at)
    if rule.by_opening:
        agreed = Opening.objects.filter(asked_by=person, decided_at__lte=at, until__gt=at)
        allowed |= Q(Exists(agreed.filter(initiative=outer)))
    return allowed


def _by_office(person: Person, allowed: Q, initiative: OuterRef, at: datetime) -> Q:
    """What an officer may: nothing without an office, and nothing that is their own work."""
    office = Membership.objects.filter(
        _now(at), person=person, organisation__kind=OrganisationKind.STATISTICAL_OFFICE
    )
    if not office.exists():
        return Q(pk__in=())
    looked_on = (Role.STATISTICIAN, Role.OBSERVER)
    own = Assignment.objects.filter(person=person, initiative=initiative).exclude(role__in=looked_on)
    return allowed & ~Q(Exists(own))


def _node_roles(person: Person | None, at: datetime) -> frozenset[NodeRole]:
    if person is None or not person.is_active:
        return frozenset()
    return frozenset(
        NodeRole(role) for role in person.node_roles.filter(_now(at)).values_list("role", flat=True)
    )


def _now(at: datetime) -> Q:
    return Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))


def roles_of(person: Person, initiative: UUID, *, at: datetime) -> frozenset[Role]:
    """The roles that a person has in an initiative."""
    held = person.roles.filter(_now(at), initiative=initiative).values_list("role", flat=True)
    return frozenset(Role(role) for role in held)
