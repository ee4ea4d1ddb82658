"""Making of lists: what submissions say of households and places, folded into one row for each.

Nothing of a list is kept on disk: it is made anew whenever who is in it, or what they said, has changed, and
held in the memory of the process until then; so is what was said of each, so that one household more opens
no other. So nobody has to look for copies when consent is taken back.
"""

from __future__ import annotations

import csv
import hashlib
import io
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.site.collection.models import KeyKind
from everycount.site.consent import gate
from everycount.site.followup.actions import link_waiting
from everycount.site.followup.given import Given, read
from everycount.site.followup.queries.declared import ENDING, asked_for, given, lists
from everycount.site.followup.queries.members import page_of, sources

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from everycount.questionnaire import Entity
    from everycount.site.collection.models import Key, Submission
    from everycount.site.followup.given import Place
    from everycount.site.people.models import Person

OWN = ("name", "label", "__version")  # as ODK Collect wants them (docs.getodk.org/entities-intro)


@dataclass(slots=True)
class Member:
    """A household or place with what was said of it last."""

    id: str
    label: str
    version: int = 1
    properties: dict[str, str] = field(default_factory=dict)


def members(told: Iterable[Entity], first: Iterable[Place] = ()) -> list[Member]:
    """One for each entity, in their order; what brings one up to date that is not there is left out.

    Args:
        told: what submissions say, in the order in which they came.
        first: places that were given; what submissions say of them brings them up to date.
    """
    found = {one.id.lower(): Member(one.id, one.label, 1, dict(one.properties)) for one in first}
    for each in told:
        held = found.get(each.id)
        if held is None and each.is_new:
            found[each.id] = Member(each.id, each.label or each.id, 1, dict(each.properties))
        elif held is not None:
            held.label, held.version = each.label or held.label, held.version + 1
            held.properties |= each.properties
    return list(found.values())


names_of = asked_for
_HELD: dict[tuple[UUID, str], tuple[str, bytes]] = {}
_TOLD: dict[tuple[UUID, str], dict[tuple[UUID, str], Entity]] = {}
_LOCK = threading.Lock()


def content_of(key: Key, _version: UUID, file: str, at: datetime) -> bytes:
    """A list as a phone gets it; for a link that many may have it is empty but for places that were given."""
    name, initiative = file.removesuffix(ENDING), key.initiative_id
    fixed = given(initiative).filter(name=name).first()
    if fixed is None and name not in lists(initiative):
        return _csv((), ())
    first = _read(name, fixed.content) if fixed else Given((), ())
    properties = tuple(dict.fromkeys((*first.properties, *lists(initiative).get(name, ()))))
    if key.kind != KeyKind.PERSON:
        return _csv(members((), first.places), properties)
    link_waiting(initiative=initiative, at=at)
    rows = sources(initiative, name)
    stamp = _stamp(rows, (*properties, fixed.digest if fixed else ""))
    with _LOCK:
        held = _HELD.get((initiative, name))
    if held is not None and held[0] == stamp:
        return held[1]
    made = _csv(members(_entities(rows, key, name, at), first.places), properties)
    with _LOCK:
        _HELD[initiative, name] = (stamp, made)
    return made


@lru_cache(maxsize=16)
def _read(name: str, content: str) -> Given:
    """Kept, for phones ask again and again."""
    return read(name, content.encode())


def _entities(rows: QuerySet[Submission], key: Key, name: str, at: datetime) -> list[Entity]:
    """What versions say, in their order; opened are those that were not for the list before."""
    place = (key.initiative_id, name)
    with _LOCK:
        held = _TOLD.get(place, {})
    wanted = list(rows.order_by("received_at").values_list("pk", "current"))
    missing = [pk for pk, current in wanted if (pk, current) not in held]
    asked = rows if len(missing) == len(wanted) else rows.filter(pk__in=missing)
    fresh = {}
    if missing:
        fresh = {
            (one.submission, one.current): one.entity for one in gate.open_entities(asked, by=key, at=at)
        }
    told = {each: entity for each in wanted if (entity := fresh.get(each) or held.get(each)) is not None}
    with _LOCK:
        _TOLD[place] = told  # whoever is gone is not in it any more
    return list(told.values())


def ids_in(content: bytes) -> frozenset[str]:
    """The ids of the entities of a list."""
    return frozenset(row["name"] for row in csv.DictReader(io.StringIO(content.decode())))


def opened(
    initiative: UUID, name: str, *, page: str, by: Person, at: datetime
) -> tuple[Page[str], list[Member]]:
    """A page of who is in a list, for a person who may speak to them again; opening it is an event."""
    marks = page_of(initiative, name, page)
    rows = sources(initiative, name).filter(link__mark__in=list(marks))
    return marks, members(each.entity for each in gate.open_entities(rows, by=by, at=at))


def _stamp(rows: QuerySet[Submission], properties: tuple[str, ...]) -> str:
    """Another one as soon as somebody comes, goes or says something else."""
    parts = sorted(f"{pk} {current}" for pk, current in rows.values_list("pk", "current"))
    return hashlib.sha256("\n".join((*parts, *properties)).encode()).hexdigest()


def _csv(found: Iterable[Member], properties: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*OWN, *properties))
    for each in found:
        values = (each.properties.get(name, "") for name in properties)
        writer.writerow((each.id, each.label, each.version, *values))
    return text.getvalue().encode()
