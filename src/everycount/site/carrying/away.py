"""Writing an initiative into an archive. The initiative stays here as it is."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction

import everycount
from everycount.faults import Fault, InputError
from everycount.site.carrying.archive import Outgoing
from everycount.site.carrying.tables import CARRIED
from everycount.site.carrying.values import columns, written
from everycount.site.collection.models import Submission
from everycount.site.collection.package import OPERATOR, new_code
from everycount.site.ledger import carrying as chain
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.models import Person
from everycount.site.vault import carrying as vault
from everycount.site.vault.scopes import marks_key_of_initiative

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from everycount.site.registry.models import Initiative

    Put = Callable[[bytes], None]

_AT_ONCE = 500
EARLY, LATE = "files-1", "files-2"


@dataclass
class Carried:
    """What was carried away.

    Attributes:
        code: opens the archive; it is nowhere else.
        rows: how many, by the table's name.
        files: pictures, sounds and other files.
        events: of the initiative.
        digest: of the last one.
    """

    code: str
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    events: int = 0
    digest: str = ""


def carry_away(
    *,
    initiative: Initiative,
    target: Path,
    at: datetime,
    say: Callable[[str], None] = lambda _: None,
) -> Carried:
    """Writes the archive: whole or not at all.

    Files are copied first, while phones go on sending. Then the end of the ledger is held: since every change
    ends with an event, nothing changes while rows, salts and chain are written, and what phones send
    meanwhile waits. Nothing is opened: sealed bytes go as they are, with the key that opens them.

    Raises:
        InputError: there is such a file, or the ledger does not hold: then nobody could follow it elsewhere.
    """
    if target.exists():
        raise InputError(Fault(str(target), "There is such a file already.", "Name a new one."))
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    carried = Carried(new_code())
    archive = Outgoing(fresh, carried.code)
    fresh.chmod(0o600)
    try:
        say("copying files")
        early = _files(archive, EARLY, vault.in_files(initiative.pk))
        with transaction.atomic():
            _write(archive, initiative, carried, early, at, say)
            fresh.rename(target)
    except BaseException:
        archive.abort()
        fresh.unlink(missing_ok=True)
        target.unlink(missing_ok=True)  # it was not there before
        raise
    return carried


def _write(
    archive: Outgoing,
    initiative: Initiative,
    carried: Carried,
    early: set[UUID],
    at: datetime,
    say: Callable[[str], None],
) -> None:
    sent = Submission.objects.filter(questionnaire__initiative=initiative).count()
    name = f"initiative:{initiative.pk}"
    record(
        Entry("initiative.carried_away", OPERATOR, name, initiative.pk, {"submissions": sent}), at=at
    )  # from here on nobody else changes anything
    say("writing rows")
    with archive.part("rows") as put:
        people = _rows(initiative.pk, carried, put, at)
    late = _files(archive, LATE, [each for each in vault.in_files(initiative.pk) if each not in early])
    carried.files = len(early | late)
    with archive.part("salts") as put:
        put(vault.salts(initiative.pk))
    with archive.part("keys") as put:
        put(json.dumps(_keys(initiative.pk)).encode())
    say("writing the ledger")
    with archive.part("ledger") as put:
        _events(initiative.pk, carried, put)
    archive.finish(
        {
            "initiative": str(initiative.pk),
            "slug": initiative.slug,
            "name": initiative.name,
            "origin": settings.ENVIRONMENT.public_url,
            "written_at": at.isoformat(),
            "program": everycount.__version__,
            "people": sorted(map(str, people)),
            "rows": carried.rows,
            "events": carried.events,
            "digest": carried.digest,
        }
    )


def _files(archive: Outgoing, part: str, items: Iterable[UUID]) -> set[UUID]:
    """Sealed files one after the other: name, size, bytes. What was erased meanwhile is left out."""
    done = set()
    with archive.part(part) as put:
        for item in items:
            with suppress(FileNotFoundError):
                size, chunks = vault.size_of(item), vault.file_of(item)
                first = next(chunks, b"")  # it is open now, and can be read to its end
                put(item.bytes + size.to_bytes(8, "big") + first)
                for chunk in chunks:
                    put(chunk)
                done.add(item)
    return done


def _rows(initiative: UUID, carried: Carried, put: Put, at: datetime) -> set[UUID]:
    """Every row of every table, a line each; the people to whom they point."""
    people: set[UUID] = set()
    for table in CARRIED:
        names = [each.attname for each in columns(table.model) if _is_person(each)]
        rows = table.model._default_manager.filter(table.of(initiative)).order_by("pk")  # noqa: SLF001 - Django's documented name
        count = 0
        for row in rows.iterator(chunk_size=_AT_ONCE):
            found = written(row, table.instead(row, at))
            people.update(getattr(row, each) for each in names if found[each] is not None)
            put(_line([table.name, found]))
            count += 1
        carried.rows[table.name] = count
    return people


def _is_person(column: models.Field[object, object]) -> bool:
    return isinstance(column, models.ForeignKey) and column.related_model is Person


def _keys(initiative: UUID) -> Mapping[str, str | None]:
    key = vault.data_key(initiative)
    return {
        "data": base64.b64encode(key).decode() if key else None,
        "marks": base64.b64encode(marks_key_of_initiative(initiative)).decode(),
    }


def _events(initiative: UUID, carried: Carried, put: Put) -> None:
    walk = chain.Walk()
    for event in chain.history(initiative):
        walk.step(event)
        told = written(event, {"id": event.id})
        put(_line(told))
    if walk.problems:
        remedy = "Look at what everycount ledger says; put a backup back from before it was changed."
        raise InputError(Fault("The ledger", walk.problems[0], remedy))
    carried.events, carried.digest = walk.count, walk.digest


def _line(told: object) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
