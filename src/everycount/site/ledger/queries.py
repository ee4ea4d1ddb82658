"""Questions to the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.ledger import carrying
from everycount.site.ledger.chain import breaks
from everycount.site.ledger.models import CarriedEvent, Event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from uuid import UUID

    from django.db.models import QuerySet


def of_initiative(initiative: UUID) -> QuerySet[Event]:
    """The events of an initiative, newest first."""
    return Event.objects.filter(initiative=initiative).order_by("-number")


def carried(initiative: UUID) -> QuerySet[CarriedEvent]:
    """What happened to an initiative on other nodes, newest first."""
    return CarriedEvent.objects.filter(initiative=initiative).order_by("-leg", "-number")


def entries(numbers: Collection[int]) -> dict[int, Event | CarriedEvent]:
    """The events of these numbers; below zero are those of other nodes."""
    here = Event.objects.filter(number__in=[each for each in numbers if each > 0])
    there = CarriedEvent.objects.filter(id__in=[-each for each in numbers if each < 0])
    return {**{each.number: each for each in here}, **{-each.id: each for each in there}}


def broken() -> Iterator[str]:
    """Every place where the chain does not hold."""
    yield from breaks(Event.objects.order_by("number").iterator(chunk_size=2000))
    yield from carrying.broken()


def head() -> tuple[int, str] | None:
    """Number and digest of the last event; None before the first. Worth writing down elsewhere."""
    return Event.objects.order_by("-number").values_list("number", "digest").first()
