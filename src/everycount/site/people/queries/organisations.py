"""Organisations, their people, and who asks to be one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.models import Application, Membership, Organisation
from everycount.site.people.policy import Verb, may_on_node

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person


def organisations() -> QuerySet[Organisation]:
    """All of the node: that they are here is no secret."""
    return Organisation.objects.order_by("name")


def organisation(name: UUID) -> Organisation | None:
    """One of them."""
    return Organisation.objects.filter(pk=name).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """An organisation as one reader stands to it; its people are shown to each other and the secretariat."""

    organisation: Organisation
    membership: Membership | None
    has_asked: bool
    is_secretariat: bool
    members: tuple[Membership, ...]
    applications: tuple[Application, ...]


def standing(reader: Person | None, name: UUID, *, at: datetime) -> Standing | None:
    """The page of an organisation for a reader."""
    found = organisation(name)
    if found is None:
        return None
    current = found.members.filter(until=None).select_related("person").order_by("person__name")
    own = current.filter(person=reader).first() if reader else None
    asked = found.applications.filter(settled_at=None).select_related("person").order_by("asked_at")
    keeps = may_on_node(reader, Verb.ADMIT, at=at)
    return Standing(
        found,
        own,
        reader is not None and asked.filter(person=reader).exists(),
        keeps,
        tuple(current) if own or keeps else (),
        tuple(asked) if keeps else (),
    )


def application(reader: Person | None, number: int, *, at: datetime) -> Application | None:
    """A question that the reader may settle: never their own."""
    if not may_on_node(reader, Verb.ADMIT, at=at):
        return None
    return Application.objects.filter(pk=number, settled_at=None).exclude(person=reader).first()


def membership(reader: Person | None, number: int, *, at: datetime) -> Membership | None:
    """A membership that the reader may end: their own, or any for the secretariat."""
    rows = Membership.objects.filter(pk=number, until=None)
    if not may_on_node(reader, Verb.ADMIT, at=at):
        rows = rows.filter(person=reader) if reader else rows.none()
    return rows.first()
