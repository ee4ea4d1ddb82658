"""Organisations and who belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.ledger.actions import Entry, record
from everycount.site.people.models import Application, Membership, Organisation, OrganisationKind

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person


@transaction.atomic
def admit(*, name: str, kind: OrganisationKind, country: str, by: Person, at: datetime) -> Organisation:
    """A new organisation of the node."""
    made = Organisation.objects.create(name=name, kind=kind, country=country)
    record(Entry("organisation.admitted", by.ref, _ref(made), payload={"kind": str(kind)}), at=at)
    return made


@transaction.atomic
def ask(*, organisation: Organisation, by: Person, at: datetime) -> None:
    """Asks to be counted among its people. Again is as good as once, and members need not ask."""
    if organisation.members.filter(person=by, until=None).exists():
        return
    _, made = Application.objects.get_or_create(
        person=by, organisation=organisation, settled_at=None, defaults={"asked_at": at}
    )
    if made:
        record(Entry("membership.asked", by.ref, _ref(organisation)), at=at)


@transaction.atomic
def settle(*, application: Application, admitted: bool, by: Person, at: datetime) -> None:
    """Counts the person among the organisation's people, or does not. Settled once."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.settled_at is not None:
        return
    held.settled_at = at
    held.save(update_fields=["settled_at"])
    if admitted:
        Membership.objects.get_or_create(
            person=held.person, organisation=held.organisation, until=None, defaults={"since": at}
        )
    verb = "membership.begun" if admitted else "membership.refused"
    record(Entry(verb, by.ref, held.person.ref), at=at)


@transaction.atomic
def end(*, membership: Membership, by: Person, at: datetime) -> None:
    """Ends a membership: by the person or by the secretariat. Again is as good as once."""
    if Membership.objects.filter(pk=membership.pk, until=None).update(until=at):
        record(Entry("membership.ended", by.ref, f"person:{membership.person_id}"), at=at)


def _ref(organisation: Organisation) -> str:
    return f"organisation:{organisation.id}"
