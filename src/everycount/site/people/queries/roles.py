"""Who has which role, and what was offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from everycount.site.people.codes import hashed
from everycount.site.people.models import Assignment, Invitation, Role
from everycount.site.people.policy import Verb, may, visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

KEEPERS = frozenset({Role.STEWARD, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody has, and whether the reader may end it."""

    assignment: Assignment
    is_mine: bool
    may_end: bool


def people_of(reader: Person | None, initiative: Initiative, *, at: datetime) -> list[Held]:
    """Who has which role now; empty for whoever may not know."""
    now = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    rows = visible(Assignment.objects.filter(now, initiative=initiative), Verb.SEE_PEOPLE, reader, at=at)
    offered = offers(reader, initiative, at=at)
    order = {role: place for place, role in enumerate(Role)}
    found = sorted(rows.select_related("person"), key=lambda row: (order[Role(row.role)], row.person.name))
    return [
        Held(row, reader is not None and row.person_id == reader.id, Role(row.role) in offered)
        for row in found
    ]


def offers(reader: Person | None, initiative: Initiative, *, at: datetime) -> list[Role]:
    """The roles that the reader may offer there, and end."""
    verbs = {True: Verb.INVITE_KEEPERS, False: Verb.INVITE}
    allowed = {key: may(reader, verb, initiative, at=at) for key, verb in verbs.items()}
    return [role for role in Role if allowed[role in KEEPERS]]


def assignment(reader: Person | None, number: int, *, at: datetime) -> Assignment | None:
    """A role that the reader may end: their own, or one that they may offer."""
    found = visible(Assignment.objects.filter(pk=number), Verb.SEE_PEOPLE, reader, at=at).first()
    if found is None or reader is None:
        return None
    own = found.person_id == reader.id
    return found if own or Role(found.role) in offers(reader, found.initiative, at=at) else None


def invitations(reader: Person | None, initiative: Initiative, *, at: datetime) -> list[Invitation]:
    """What waits for an answer, newest first, of the roles that the reader may offer."""
    waiting = Invitation.objects.filter(initiative=initiative, taken_at=None, closed_at=None)
    rows = visible(waiting, Verb.INVITE, reader, at=at).order_by("-sent_at")
    offered = offers(reader, initiative, at=at)
    return [row for row in rows if Role(row.role) in offered]


def invitation(reader: Person | None, name: UUID, *, at: datetime) -> Invitation | None:
    """One of them."""
    found = visible(Invitation.objects.filter(pk=name), Verb.INVITE, reader, at=at).first()
    if found is None or Role(found.role) not in offers(reader, found.initiative, at=at):
        return None
    return found


def offered(code: str, *, at: datetime) -> Invitation | None:
    """The invitation that a link opens, while it works. Whoever has the link may read it."""
    rows = Invitation.objects.select_related("initiative", "invited_by")
    found = rows.filter(code_hash=hashed(code)).first()
    return found if found and found.works(at=at) else None
