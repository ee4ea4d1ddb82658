"""What rooms above this one show beside releases: they say so here, since this one may not ask them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.people.parts import Part
    from everycount.site.publication.models import Release

OfRelease: TypeAlias = "Callable[[Person | None, Release, datetime], Part | None]"
OfMeasure: TypeAlias = "Callable[[Release, str, datetime], Part | None]"
RELEASE: list[OfRelease] = []
MEASURE: list[OfMeasure] = []  # beside a number of a measure, and where a measure stands beside an indicator
STATES: list[Callable[[Release, datetime], Hashable]] = []


def of_release(reader: Person | None, release: Release, *, at: datetime) -> list[Part]:
    """Parts of the public page of a release; a reader without an account sees what everybody sees."""
    return [part for ask in RELEASE if (part := ask(reader, release, at)) is not None]


def of_measure(release: Release, measure: str, *, at: datetime) -> list[Part]:
    """Parts beside a measure of it; the same for everybody."""
    return [part for ask in MEASURE if (part := ask(release, measure, at)) is not None]


def states(release: Release, *, at: datetime) -> tuple[Hashable, ...]:
    """What these parts depend on, so that a page that changed is sent again."""
    return tuple(ask(release, at) for ask in STATES)
