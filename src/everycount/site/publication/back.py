"""What rooms above this one know of what came back to the people; they say so here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from everycount.site.people.parts import Part
    from everycount.site.publication.models import Plan, Release

PARTS: list[Callable[[Release], Part | None]] = []
HELD: list[Callable[[Plan, date | None], int]] = []


def parts_of(release: Release) -> list[Part]:
    """Parts of the page of a release, beside its numbers; everybody sees the same."""
    return [part for ask in PARTS if (part := ask(release)) is not None]


def held(plan: Plan, since: date | None) -> int:
    """How many meetings in which numbers of a plan were brought back, on a day or after it."""
    return sum(ask(plan, since) for ask in HELD)
