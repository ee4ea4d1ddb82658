"""The chain of digests: each event seals all before it.

Whoever changes, removes or slips in an event must change every later digest; whoever wrote a digest down
(on paper, in a mail, in another ledger) then sees it (Haber and Stornetta 1991, How to time-stamp a digital
document).
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.site.ledger.models import CarriedEvent, Event

BEGINNING = "0" * 64  # what stands before the first event


def content(event: Event | CarriedEvent) -> bytes:
    """SHA-256 of what is told of an event, as 32 bytes; it stands in the chain for the event itself.

    An initiative that is carried to another node takes its own events along, and of all others in the chain
    only this: so the chain can still be followed from its beginning.
    """
    parts = (
        event.number,
        event.at.isoformat(timespec="microseconds"),
        event.actor,
        event.verb,
        event.object,
        str(event.initiative) if event.initiative else None,
        event.payload,
    )
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def linked(previous: str, told: bytes) -> str:
    """SHA-256 of the digest before and of :func:`content`, as 64 hexadecimal digits."""
    return hashlib.sha256(previous.encode() + told).hexdigest()


def digest(event: Event) -> str:
    """What the event adds to the chain."""
    return linked(event.previous, content(event))


def breaks(events: Iterable[Event]) -> Iterator[str]:
    """Every place where the chain does not hold, in the order of the events; none where it is intact."""
    number, before = 0, BEGINNING
    for event in events:
        number += 1
        if event.number != number:
            yield f"Event {number} is missing; {event.number} comes next."
            number = event.number
        elif event.previous != before:
            yield f"Event {event.number} does not continue event {event.number - 1}."
        if event.digest != digest(event):
            yield f"Event {event.number} was changed after it was recorded."
        before = event.digest
