"""The phones of an initiative, for those who give keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max, Q

from everycount.site.collection.models import Key, Questionnaire, Submission
from everycount.site.people.models import Assignment, Person, Role
from everycount.site.people.policy import Verb, visible
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Row:
    """A key as the page lists it.

    Attributes:
        state: ``open``, ``revoked``, ``expired`` or ``spent``.
        last_used: the day on which it last brought something; the hour would tell of somebody's day.
    """

    key: Key
    state: str
    last_used: date | None


@dataclass(frozen=True, slots=True)
class KeyList:
    """An initiative's keys: those that open, those that no longer do, and what new ones may be for."""

    initiative: Initiative
    open: tuple[Row, ...]
    shut: tuple[Row, ...]
    questionnaires: QuerySet[Questionnaire]
    collectors: QuerySet[Person]


def keys_of(reader: Person | None, slug: str, *, at: datetime) -> KeyList | None:
    """The keys of an initiative; None for whoever may not give any."""
    found = visible(Initiative.objects.filter(slug=slug), Verb.GIVE_KEYS, reader, at=at).first()
    if found is None:
        return None
    keys = visible(Key.objects.filter(initiative=found), Verb.GIVE_KEYS, reader, at=at)
    used = _last_used(found)
    rows = [
        Row(key, _state(key, at), used.get(key.id))
        for key in keys.select_related("person", "questionnaire").order_by("label", "made_at")
    ]
    return KeyList(
        found,
        tuple(row for row in rows if row.state == "open"),
        tuple(row for row in rows if row.state != "open"),
        found.questionnaires.filter(closed_at=None).order_by("title"),
        _collectors(found, at),
    )


def key_to_revoke(reader: Person | None, slug: str, key: UUID, *, at: datetime) -> Key | None:
    """A key that the reader may take back."""
    return visible(Key.objects.filter(pk=key, initiative__slug=slug), Verb.GIVE_KEYS, reader, at=at).first()


def _last_used(initiative: Initiative) -> dict[UUID | None, date]:
    rows = Submission.objects.filter(sent_by__initiative=initiative).values_list("sent_by")
    return {key: last.date() for key, last in rows.annotate(last=Max("received_at"))}


def _state(key: Key, at: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= at:
        return "expired"
    return "spent" if key.spent_at is not None else "open"


def _collectors(initiative: Initiative, at: datetime) -> QuerySet[Person]:
    now = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    held = Assignment.objects.filter(now, initiative=initiative, role__in=(Role.COLLECTOR, Role.COORDINATOR))
    return Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("name")
