"""What was made of records: rooms above this one say so here, since this one may not ask them.

``KEPT_WITH`` answers which items of the vault a room keeps with a submission, to be erased with it.

``AFTER_READING`` is called by the one who works in the background, each time after it has read what waits.

``BESIDE_READING`` is called in a thread of its own meanwhile (:mod:`.aside`): what may take long.

``FED_BY`` answers which releases a submission went into; ``REVISE`` marks those as under revision. Both are
called with the submission's id, ``REVISE`` in the transaction of the withdrawal, before anything is erased.
Which records were opened for numbers at all is known here already (``actions/revising.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Published:
    """A release that a record went into: its title, its address, and when it came out."""

    title: str
    address: str
    published_at: datetime


FedBy: TypeAlias = "Callable[[UUID], Sequence[Published]]"
Revise: TypeAlias = "Callable[[UUID, datetime], int]"
KeptWith: TypeAlias = "Callable[[UUID], Sequence[UUID]]"
KEPT_WITH: list[KeptWith] = []
AFTER_READING: list[Callable[[datetime], object]] = []
BESIDE_READING: list[Callable[[datetime], object]] = []
FED_BY: list[FedBy] = []
REVISE: list[Revise] = []


def kept_with(submission: UUID) -> list[UUID]:
    """Items of the vault that rooms above this one keep with a submission."""
    return [item for ask in KEPT_WITH for item in ask(submission)]


def releases_of(submission: UUID) -> list[Published]:
    """Every release that a submission went into, the newest first."""
    found = [each for ask in FED_BY for each in ask(submission)]
    return sorted(found, key=lambda each: each.published_at, reverse=True)


def revise(submission: UUID, *, at: datetime) -> int:
    """Marks every release that a submission went into as under revision; how many."""
    return sum(tell(submission, at) for tell in REVISE)
