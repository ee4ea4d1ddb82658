"""What rooms above this one show beside a submission: they say so here, since this one may not ask them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from everycount.site.collection.models import Submission
    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of a submission: a template, and what it is given, as ``part.given``."""

    template: str
    given: dict[str, Any] = field(default_factory=dict)


ASK: list[Callable[[Person, Submission, datetime], Part | None]] = []


def beside(reader: Person, submission: Submission, *, at: datetime) -> list[Part]:
    """Parts of the page for a reader."""
    return [part for ask in ASK if (part := ask(reader, submission, at)) is not None]
