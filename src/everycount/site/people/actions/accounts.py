"""What a person does with their own account: ending other sessions, and ending the account itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.actions import openings, organisations
from everycount.site.people.actions.invitations import call_back
from everycount.site.people.actions.persons import end_node_role
from everycount.site.people.actions.roles import end_role
from everycount.site.people.models import Application, Assignment, Invitation, NodeRole, Person, Role
from everycount.site.people.queries.sessions import signed_in

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.registry.models import Initiative


@transaction.atomic
def end_other_sessions(*, person: Person, here: str | None, by: Person, at: datetime) -> int:
    """Signs a person out everywhere but in the browser that asks; how many ended."""
    others = [one.key for one in signed_in(person, here, at=at) if not one.is_here]
    if others:
        Session.objects.filter(session_key__in=others).delete()
        record(Entry("person.sessions_ended", by.ref, person.ref, payload={"sessions": len(others)}), at=at)
    return len(others)


@transaction.atomic
def end_account(*, person: Person, by: Person, at: datetime) -> None:
    """Ends an account: its roles end, its name, address and keys go, and nobody can come in by it.

    What stays is the row without a name, because events and decisions point to it: the ledger says that
    somebody did them, and no longer who.

    Raises:
        InputError: an initiative would be left without a steward; one fault for each.
    """
    held = Person.objects.select_for_update().get(pk=person.pk)
    faults = [_headless(initiative) for initiative in stewarded_alone(held)]
    if faults:
        raise InputError(*faults)
    _end_what_is_held(held, by, at)
    _forget(held)
    record(Entry("person.left", by.ref, held.ref), at=at)


def stewarded_alone(person: Person) -> list[Initiative]:
    """The initiatives whose only steward a person is."""
    stewards = Assignment.objects.select_for_update().filter(role=Role.STEWARD, until=None)
    own = list(stewards.filter(person=person).select_related("initiative"))
    shared = set(
        stewards.filter(initiative__in=[one.initiative_id for one in own])
        .exclude(person=person)
        .values_list("initiative_id", flat=True)
    )
    return [one.initiative for one in own if one.initiative_id not in shared]


def _headless(initiative: Initiative) -> Fault:
    return Fault(
        initiative.name,
        _("You are the last steward of “%s”.") % initiative.name,
        _("Invite another steward first."),
    )


def _end_what_is_held(person: Person, by: Person, at: datetime) -> None:
    for assignment in person.roles.filter(until=None):
        end_role(assignment=assignment, by=by, at=at)
    for role in person.node_roles.filter(until=None).values_list("role", flat=True):
        end_node_role(person=person, role=NodeRole(role), by=by.ref, at=at)
    for membership in person.memberships.filter(until=None):
        organisations.end(membership=membership, by=by, at=at)
    for opening in person.openings_asked.filter(until__gt=at):
        openings.end(opening=opening, by=by, at=at)
    for invitation in person.invitations_sent.filter(taken_at=None, closed_at=None):
        call_back(invitation=invitation, by=by, at=at)
    Application.objects.filter(person=person, settled_at=None).delete()


def _forget(person: Person) -> None:
    """Everything by which the person could be known or could come in."""
    offered = Invitation.objects.filter(email=person.email)
    offered.filter(taken_at=None).delete()
    offered.update(email="")
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.set_unusable_password()  # changes the proof that every session carries: all of them are dead
    person.name, person.email, person.is_active = "", f"{person.pk}@ended.invalid", False
    person.save(update_fields=["password", "name", "email", "is_active", "last_login"])
