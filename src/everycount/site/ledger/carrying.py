"""The chain of an initiative that goes from node to node.

On its own node an initiative has some links of a chain; the others belong to whoever shares the node. It
takes its own events along, and of the others no more than their contents' hashes (:func:`.chain.content`).
With them anybody can follow the chain from its beginning to the moment of leaving, and finds each digest
that was written down meanwhile; what the others did stays with them. On the new node those links stand
beside its own chain, which they are no part of; the event of the arrival names the last digest of them, and
so seals them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max

from everycount.site.ledger.chain import BEGINNING, content, linked
from everycount.site.ledger.models import CarriedEvent, Event
from everycount.site.rows import add

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

ARRIVED = "initiative.carried_in"
_HASH = 32
_AT_ONCE = 500


def history(initiative: UUID) -> Iterator[CarriedEvent]:
    """Everything that happened to an initiative, on earlier nodes and then on this one, in order."""
    leg = 1
    for event in CarriedEvent.objects.filter(initiative=initiative).iterator(chunk_size=_AT_ONCE):
        leg = event.leg + 1
        yield event
    before = bytearray()
    for own in Event.objects.order_by("number").iterator(chunk_size=2000):
        if own.initiative != initiative:
            before += content(own)
            continue
        names = ("number", "at", "actor", "verb", "object", "payload", "digest")
        told = {each: getattr(own, each) for each in names}
        yield CarriedEvent(initiative=initiative, leg=leg, before=bytes(before), **told)
        before.clear()


@dataclass
class Walk:
    """Follows the chains of an initiative, leg by leg.

    Attributes:
        count: events that were met.
        digest: the last one.
        problems: every place where a chain does not hold.
    """

    count: int = 0
    digest: str = BEGINNING
    problems: list[str] = field(default_factory=list)
    _leg: int = 0
    _number: int = 0
    _left: str = ""

    def step(self, event: CarriedEvent) -> None:
        """The next event."""
        if event.leg != self._leg:
            self._left = self.digest if self._leg else ""
            self._leg, self._number, self.digest = event.leg, 0, BEGINNING
        self.count += 1
        others = bytes(event.before)
        reached = self.digest
        for start in range(0, len(others), _HASH):
            reached = linked(reached, others[start : start + _HASH])
            self._number += 1
        self._number += 1
        where = f"Event {event.number} on node {event.leg} of the way"
        if event.number != self._number:
            self.problems.append(f"{where} is not the one that comes next; {self._number} is missing.")
            self._number = event.number
        elif linked(reached, content(event)) != event.digest:
            self.problems.append(f"{where} was changed, or something before it.")
        self.digest = event.digest
        if event.verb == ARRIVED and self._left and event.payload.get("digest") != self._left:
            self.problems.append(f"{where} names another end of the chain before it.")


def walked(events: Iterable[CarriedEvent]) -> Walk:
    """The whole way."""
    walk = Walk()
    for event in events:
        walk.step(event)
    return walk


def broken() -> Iterator[str]:
    """Every place where a chain that was carried here does not hold, or does not end where it arrived."""
    arrivals = Event.objects.filter(verb=ARRIVED).order_by("number")
    sealed = {each.initiative: each.payload.get("digest") for each in arrivals}
    held = CarriedEvent.objects.order_by("initiative").values_list("initiative", flat=True).distinct()
    for initiative in sorted({*held, *(each for each in sealed if each is not None)}, key=str):
        walk = walked(CarriedEvent.objects.filter(initiative=initiative).iterator(chunk_size=2000))
        yield from (f"Initiative {initiative}: {each}" for each in walk.problems)
        if walk.digest != sealed.get(initiative):
            yield f"Initiative {initiative}: its events of other nodes do not end as they did on arrival."


class Shelf:
    """Puts events of other nodes down, in the caller's transaction, many at a time."""

    def __init__(self) -> None:
        self._next = (CarriedEvent.objects.aggregate(last=Max("id"))["last"] or 0) + 1
        self._waiting: list[CarriedEvent] = []

    def put(self, event: CarriedEvent) -> int:
        """Takes one; the number under which it stands here."""
        event.id, self._next = self._next, self._next + 1
        self._waiting.append(event)
        if len(self._waiting) >= _AT_ONCE:
            self.finish()
        return -event.id

    def finish(self) -> None:
        """Everything is in the database."""
        add(self._waiting)
        self._waiting = []
