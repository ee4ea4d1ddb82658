"""Questions to the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.ledger.chain import breaks
from everycount.site.ledger.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet


def of_initiative(initiative: UUID) -> QuerySet[Event]:
    """The events of an initiative, newest first."""
    return Event.objects.filter(initiative=initiative).order_by("-number")


def broken() -> Iterator[str]:
    """Every place where the chain does not hold."""
    return breaks(Event.objects.order_by("number").iterator(chunk_size=2000))


def head() -> tuple[int, str] | None:
    """Number and digest of the last event; None before the first. Worth writing down elsewhere."""
    return Event.objects.order_by("-number").values_list("number", "digest").first()
