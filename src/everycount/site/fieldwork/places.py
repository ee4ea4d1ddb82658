"""The mark of a place: by it interviews are counted, and nobody reads from it where one was held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.collection.marks import mark

if TYPE_CHECKING:
    from uuid import UUID


def mark_of(questionnaire: UUID, place: str) -> str:
    """A keyed hash of a place of a questionnaire; "" of none."""
    return mark("place", questionnaire.hex, place) if place else ""
