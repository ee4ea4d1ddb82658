"""Openings in an emergency that a reader asked for, or may decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.people.models import Opening
from everycount.site.people.policy import Verb, may_on_node, visible
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person


def openings(reader: Person, *, at: datetime) -> QuerySet[Opening]:
    """Newest first."""
    decided = visible(Opening.objects.all(), Verb.DECIDE_OPENING, reader, at=at)
    rows = decided | Opening.objects.filter(asked_by=reader)
    return rows.select_related("initiative", "asked_by", "decided_by").order_by("-asked_at")


def opening(reader: Person, name: UUID, *, at: datetime) -> Opening | None:
    """One of them."""
    return openings(reader, at=at).filter(pk=name).first()


def to_decide(reader: Person, name: UUID, *, at: datetime) -> Opening | None:
    """One that the reader may decide; never their own."""
    rows = visible(Opening.objects.filter(pk=name), Verb.DECIDE_OPENING, reader, at=at)
    return rows.exclude(asked_by=reader).first()


def may_ask(reader: Person | None, *, at: datetime) -> bool:
    """Whether the reader may ask for one."""
    return may_on_node(reader, Verb.ASK_OPENING, at=at)


def askable(reader: Person | None, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that short name, for an operator."""
    return visible(Initiative.objects.filter(slug=slug), Verb.ASK_OPENING, reader, at=at).first()


def of_initiative(reader: Person | None, initiative: Initiative, *, at: datetime) -> QuerySet[Opening]:
    """What was asked there, for whoever may read the initiative's events."""
    rows = visible(Opening.objects.filter(initiative=initiative), Verb.SEE_LEDGER, reader, at=at)
    return rows.select_related("asked_by", "decided_by").order_by("-asked_at")
