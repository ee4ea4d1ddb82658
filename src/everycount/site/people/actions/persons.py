"""Changes of accounts and of roles on the node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.db import transaction

from everycount.site.ledger.actions import Entry, record
from everycount.site.people.models import NodeAssignment, NodeRole, Person

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def make_account(
    *, email: str, name: str, at: datetime, language: str = "en", password: str | None = None
) -> Person:
    """An account made by command, its address taken as proven."""
    person = Person.objects.create(email=email, name=name, language=language, at=at)
    if password:
        person.set_password(password)
        person.save(update_fields=["password"])
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    record(Entry("person.joined", "system", person.ref), at=at)
    return person


@transaction.atomic
def change_profile(*, person: Person, name: str, language: str) -> None:
    """How a person is called and written to. No event: it concerns nobody but them."""
    person.name, person.language = name, language
    person.save(update_fields=["name", "language"])


@transaction.atomic
def give_node_role(*, person: Person, role: NodeRole, by: str, at: datetime) -> None:
    """A role on the node, given by whoever has the machine. Again is as good as once."""
    _, made = NodeAssignment.objects.get_or_create(
        person=person, role=role, until=None, defaults={"since": at}
    )
    if made:
        record(Entry("person.node_role_given", by, person.ref, payload={"role": str(role)}), at=at)


@transaction.atomic
def end_node_role(*, person: Person, role: NodeRole, by: str, at: datetime) -> None:
    """Takes a role on the node away. Again is as good as once."""
    if person.node_roles.filter(role=role, until=None).update(until=at):
        record(Entry("person.node_role_ended", by, person.ref, payload={"role": str(role)}), at=at)
