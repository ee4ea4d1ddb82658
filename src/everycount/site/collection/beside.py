"""Lists that are given with a form and lie in no file: a room above this one makes them, and says so here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from everycount.site.collection.models import Key


@dataclass(frozen=True, slots=True)
class Lists:
    """Who makes lists.

    Attributes:
        names: of the lists that a version asks for and that are made here, as names of files.
        content: the CSV of one of them, for a phone's key, now.
    """

    names: Callable[[UUID], tuple[str, ...]]
    content: Callable[[Key, UUID, str, datetime], bytes]


MADE: list[Lists] = []


def names_of(version: UUID) -> tuple[str, ...]:
    """The lists that phones get with a version."""
    return tuple(name for each in MADE for name in each.names(version))


def content_of(key: Key, version: UUID, name: str, at: datetime) -> bytes | None:
    """One of them; None where there is none of that name."""
    found = (each.content(key, version, name, at) for each in MADE if name in each.names(version))
    return next(found, None)
