"""What waits for somebody in an initiative: rooms above this one say so, since this one may not ask them.

``ASK`` answers which tasks a person has in an initiative. Each asks the policy itself, and names counts only,
never a person or an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: in words, and the address at which it is done."""

    words: str
    address: str


Ask: TypeAlias = "Callable[[Person, Initiative, datetime], Iterable[Task]]"
ASK: list[Ask] = []


def tasks(reader: Person | None, initiative: Initiative, *, at: datetime) -> list[Task]:
    """Everything that waits for a reader there, in the order of the rooms; nothing without an account."""
    return [task for ask in ASK for task in ask(reader, initiative, at)] if reader else []
