"""What rooms above this one show beside a submission: they say so here, since this one may not ask them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from everycount.site.collection.models import Submission
    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of a submission: a template, and what it is given, as ``part.given``."""

    template: str
    given: dict[str, Any] = field(default_factory=dict)


ASK: list[Callable[[Person, Submission, datetime], Part | None]] = []


# What is told of submissions to whoever sent them, so that they can answer it: submissions -> words of each.
TOLD: list[Callable[[Collection[UUID]], Mapping[UUID, Sequence[str]]]] = []


def told_of(submissions: Collection[UUID]) -> dict[UUID, tuple[str, ...]]:
    """What rooms above this one tell senders; asked of submissions that may be looked at."""
    found: dict[UUID, tuple[str, ...]] = {}
    for tell in TOLD:
        for name, words in tell(submissions).items():
            found[name] = (*found.get(name, ()), *words)
    return found


def beside(reader: Person, submission: Submission, *, at: datetime) -> list[Part]:
    """Parts of the page for a reader."""
    return [part for ask in ASK if (part := ask(reader, submission, at)) is not None]
