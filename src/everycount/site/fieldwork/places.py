"""The mark of a place: by it interviews are counted, and nobody reads from it where one was held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.collection.marks import mark

if TYPE_CHECKING:
    from uuid import UUID


def mark_of(place: str, *, of: UUID) -> str:
    """A keyed hash of a place in an initiative; "" of none."""
    return mark("place", place, of=of) if place else ""
