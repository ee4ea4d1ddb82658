"""What rooms above this one show on pages of this one: they say so here, since this one may not ask them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page: a template, and what it is given, as ``part.given``."""

    template: str
    given: dict[str, Any] = field(default_factory=dict)


HOME: list[Callable[[datetime], Part | None]] = []
INITIATIVE: list[Callable[[Person | None, Initiative, datetime], Part | None]] = []


def of_home(*, at: datetime) -> list[Part]:
    """Parts of the first page; everybody sees the same."""
    return [part for ask in HOME if (part := ask(at)) is not None]


def of_initiative(reader: Person | None, initiative: Initiative, *, at: datetime) -> list[Part]:
    """Parts of the page of an initiative, for somebody who may see that page."""
    return [part for ask in INITIATIVE if (part := ask(reader, initiative, at)) is not None]
