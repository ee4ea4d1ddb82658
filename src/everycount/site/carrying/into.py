"""Bringing an initiative in from an archive: whole or not at all, and twice is as good as once."""

from __future__ import annotations

import base64
import fcntl
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import DatabaseError, transaction

from everycount.faults import Fault, InputError
from everycount.site.carrying.again import take_back
from everycount.site.carrying.archive import Incoming
from everycount.site.carrying.arriving import Rows
from everycount.site.carrying.away import EARLY, LATE
from everycount.site.carrying.values import columns, read
from everycount.site.collection.package import OPERATOR, plain_code
from everycount.site.consent.actions import reapply_erasures
from everycount.site.ledger import carrying as chain
from everycount.site.ledger.actions import Entry, record
from everycount.site.ledger.models import CarriedEvent
from everycount.site.people.actions.roles import give_role
from everycount.site.people.models import Person, Role
from everycount.site.registry.models import Initiative
from everycount.site.vault import carrying as vault
from everycount.site.vault import places
from everycount.site.vault.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from everycount.site.ledger.verbs import Value

_NAME, _SIZE = 16, 8


@dataclass
class Arrived:
    """What became of an archive.

    Attributes:
        initiative: which; its name in addresses here.
        is_new: it was not here before.
        rows: how many, by the table's name.
        files: pictures, sounds and other files.
        events: what happened on other nodes.
        digest: of the last one.
        taken_back: submissions that were erased or closed here, since they had been there or here before.
    """

    initiative: Initiative
    is_new: bool
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    events: int = 0
    digest: str = ""
    taken_back: int = 0


def carry_in(
    *,
    source: Path,
    code: str,
    steward: Person,
    at: datetime,
    slug: str = "",
    say: Callable[[str], None] = lambda _: None,
) -> Arrived:
    """Puts an initiative down as it was where it comes from.

    One that is here already stays as it is; but what was taken back there since is taken back here, too.
    Nobody gets the roles that they had there, for accounts are of a node; ``steward`` begins anew.

    Args:
        source: the archive.
        code: as it was told when the archive was written.
        steward: who looks after the initiative here.
        at: when.
        slug: its name in addresses here; as it was there where "".
        say: told what is being done.

    Raises:
        InputError: the archive cannot be read, or something in it cannot stand beside what is here; nothing
            is changed.
    """
    say("checking the archive")
    archive = Incoming(source, plain_code(code))
    try:
        with _alone():
            return _brought(archive, steward, slug, at, say)
    finally:
        archive.close()


@contextmanager
def _alone() -> Iterator[None]:
    """One archive at a time: whoever is second finds what the first one brought."""
    with places.lock().open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _brought(
    archive: Incoming, steward: Person, slug: str, at: datetime, say: Callable[[str], None]
) -> Arrived:
    name = UUID(archive.index["initiative"])
    here = Initiative.objects.filter(pk=name).first()
    if here is not None:
        return Arrived(here, is_new=False, taken_back=take_back(archive, here, at=at))
    arrived = _bring(archive, name, steward, slug, at, say)
    # What was taken back here before, from an older copy, stays so.
    arrived.taken_back = reapply_erasures(at=at)
    return arrived


def _bring(
    archive: Incoming, name: UUID, steward: Person, slug: str, at: datetime, say: Callable[[str], None]
) -> Arrived:
    if Item.objects.filter(initiative=name).exists():
        raise archive.damaged("another initiative here has sealed answers under its name.")
    done: set[UUID] = set()
    try:
        say("putting files down")
        for part in (EARLY, LATE):
            _files(archive, part, done)
        vault.put_salts(name, b"".join(archive.part("salts")))
        say("putting rows down")
        with transaction.atomic():
            return _all(archive, name, done, steward, slug, at)
    except BaseException as why:
        for each in done:
            vault.take_file_away(each)
        vault.take_salts_away(name)
        if isinstance(why, DatabaseError):
            raise _does_not_fit(archive, why) from None
        if isinstance(why, KeyError | TypeError | ValueError) and not isinstance(why, InputError):
            raise archive.damaged(f"something in it has another form ({type(why).__name__}).") from None
        raise


def _does_not_fit(archive: Incoming, why: DatabaseError) -> InputError:
    problem = f"Something in it cannot stand beside what is here: {str(why).splitlines()[0][:200]}"
    return InputError(Fault(str(archive.path), problem, "Look whether parts of it were made here before."))


def _all(
    archive: Incoming, name: UUID, files: set[UUID], steward: Person, slug: str, at: datetime
) -> Arrived:
    """Rows, keys, events of other nodes, and the event of the arrival, in one transaction."""
    index = archive.index
    walk, entries = _events(archive, name)
    if walk.problems or walk.digest != index["digest"]:
        found = walk.problems[0] if walk.problems else "It ends with another digest than the archive says."
        raise archive.damaged(f"its ledger does not hold. {found}")
    rows = Rows(archive, name, slug, entries, at)
    rows.put_people(index["people"])
    for table, row in archive.lines("rows"):
        rows.put(table, row)
    rows.finish()
    if rows.counts != index["rows"] or not rows.in_files <= files:
        raise archive.damaged("some of its rows or files are missing.")
    for each in files - rows.in_files:  # erased while they were copied
        vault.take_file_away(each)
    keys = json.loads(b"".join(archive.part("keys")))
    data = base64.b64decode(keys["data"]) if keys["data"] else None
    vault.put_keys(name, data, base64.b64decode(keys["marks"]), at=at)
    payload: dict[str, Value] = {
        "origin": str(index["origin"])[:200],
        "submissions": rows.counts["collection.submission"],
        "events": walk.count,
        "digest": walk.digest,
    }
    record(Entry(chain.ARRIVED, OPERATOR, f"initiative:{name}", name, payload), at=at)
    here = Initiative.objects.get(pk=name)
    give_role(initiative=here, person=steward, role=Role.STEWARD, by=OPERATOR, at=at)
    return Arrived(here, True, rows.counts, len(rows.in_files), walk.count, walk.digest)


def _events(archive: Incoming, name: UUID) -> tuple[chain.Walk, dict[int, int]]:
    """Puts the events of other nodes down, following their chain; under which number each stands here.

    What pointed to an event of the last node by its number there, and to one of an earlier node by its number
    below zero, finds it here.
    """
    walk, shelf = chain.Walk(), chain.Shelf()
    leg = 0
    numbers: dict[int, int] = {}
    earlier: dict[int, int] = {}
    for told in archive.lines("ledger"):
        was = told.pop("id")
        event = CarriedEvent(**(_event(told) | {"initiative": name}))
        walk.step(event)
        number = shelf.put(event)
        if event.leg != leg:
            leg, numbers = event.leg, {}
        numbers[event.number] = number
        if was is not None:
            earlier[-was] = number
    shelf.finish()
    return walk, earlier | numbers


def _event(told: dict[str, Any]) -> dict[str, Any]:
    found = (each for each in columns(CarriedEvent) if each.attname in told)
    return {each.attname: read(each, told[each.attname]) for each in found}


def _files(archive: Incoming, part: str, done: set[UUID]) -> None:
    """Files one after the other, as :mod:`.away` wrote them."""
    stream = _Stream(archive.part(part))
    while head := stream.take(_NAME + _SIZE):
        item, size = UUID(bytes=head[:_NAME]), int.from_bytes(head[_NAME:], "big")
        if vault.is_known(item):
            raise archive.damaged("a file of it stands here already under another initiative.")
        done.add(item)
        vault.put_file(item, stream.pieces(size))


class _Stream:
    """Bytes that come in chunks, taken in sizes of our own."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, bytearray()

    def take(self, size: int) -> bytes:
        """So many bytes; fewer at the end."""
        while len(self._held) < size and (chunk := next(self._chunks, b"")):
            self._held += chunk
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def pieces(self, size: int) -> Iterator[bytes]:
        """So many bytes, a mebibyte at a time.

        Raises:
            ValueError: there are fewer.
        """
        while size:
            taken = self.take(min(size, 1 << 20))
            if not taken:
                raise ValueError("It ends before its end.")
            size -= len(taken)
            yield taken
