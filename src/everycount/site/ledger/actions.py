"""Recording of events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from everycount.site.ledger.chain import BEGINNING, digest
from everycount.site.ledger.models import Event
from everycount.site.ledger.verbs import Value, problem
from everycount.site.rows import add

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

_LOCK = 0x45564552  # "EVER": the number of the lock by which PostgreSQL lets one writer continue the chain


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded; see :class:`.models.Event`.

    Raises:
        ValueError: the verb is not known, or carries what it may not. That is a fault of the program.
    """

    verb: str
    by: str
    object: str
    initiative: UUID | None = None
    payload: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        why = problem(self.verb, self.payload)
        if why:
            raise ValueError(why)


def record(*entries: Entry, at: datetime) -> list[Event]:
    """Adds events to the chain, in the transaction of the change that they tell of.

    Args:
        entries: in their order; a batch costs one look at the end of the chain.
        at: when it happened; with a time zone.

    Raises:
        RuntimeError: there is no transaction. An event must not stay when its change is rolled back.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded in the transaction of the change that it tells of.")
    number, before = _end()
    made = []
    for entry in entries:
        number += 1
        event = Event(
            number=number,
            at=at,
            actor=entry.by,
            verb=entry.verb,
            object=entry.object,
            initiative=entry.initiative,
            payload=dict(entry.payload),
            previous=before,
        )
        event.digest = before = digest(event)
        made.append(event)
    add(made)
    return made


def _end() -> tuple[int, str]:
    """Number and digest of the last event, which nobody else can continue until this transaction ends.

    SQLite has one writer anyhow.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT number, digest FROM ledger_event ORDER BY number DESC LIMIT 1"
        )  # for each batch
        last: tuple[int, str] | None = cursor.fetchone()
    return last or (0, BEGINNING)


def record_alone(entry: Entry, *, at: datetime) -> Event:
    """One event that tells of no change in the database."""
    with transaction.atomic():
        return record(entry, at=at)[0]
