"""The events of an initiative as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from everycount.site.ledger import queries as ledger
from everycount.site.ledger.models import Event
from everycount.site.ledger.verbs import VERBS
from everycount.site.people.models import NodeRole, Person, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.ledger.models import CarriedEvent
    from everycount.site.registry.models import Initiative

PER_PAGE = 30
# Short words of the program in the words of people, by what they are, or by verb and that; rooms above this
# one add theirs.
WORDS: dict[str, dict[str, str]] = {
    "role": {str(role.value): str(role.label) for role in (*Role, *NodeRole)},
    "purpose": {
        "collection": noop("to be kept"),
        "review": noop("to look for mistakes"),
        "statistics": noop("to count"),
        "sharing": noop("to give on without names"),
        "contact": noop("to speak again"),
        "archive": noop("to keep for later"),
    },
}
# What events may carry, in words.
NAMES = {
    "version": noop("version"),
    "role": noop("role"),
    "fields": noop("fields"),
    "kind": noop("kind"),
    "hours": noop("hours"),
    "keys": noop("keys"),
    "items": noop("items"),
    "expires": noop("until"),
    "rule": noop("rule"),
    "quorum": noop("number of people"),
    "people": noop("number of people"),
    "endorsed": noop("endorsed"),
    "objected": noop("objected"),
    "stance": noop("stance"),
    "edition": noop("edition"),
    "files": noop("files"),
    "held": noop("held back"),
    "why": noop("why"),
    "purpose": noop("purpose"),
    "records": noop("records"),
    "columns": noop("columns"),
    "rows": noop("rows"),
    "alone": noop("alone with what others may know"),
    "rare": noop("with a rare combination"),
    "accepted": noop("given all the same"),
    "submissions": noop("submissions"),
    "changed": noop("changed"),
    "known": noop("here already"),
    "refused": noop("refused"),
    "opened": noop("opened"),
    "outcome": noop("outcome"),
    "linked": noop("linked"),
    "closed": noop("closed"),
    "language": noop("language"),
    "how": noop("how"),
    "events": noop("events"),
    "digest": noop("digest"),
    "sessions": noop("sessions"),
    "state": noop("state"),
    "seed": noop("seed"),
    "result": noop("result"),
    "targets": noop("interviews planned"),
    "places": noop("places"),
    "raised": noop("raised"),
    "cleared": noop("gone again"),
    "reason": noop("reason"),
    "format": noop("format"),
    "origin": noop("from"),
    "number": noop("number"),
    "faults": noop("faults"),
    "withheld": noop("withheld"),
    "lens": noop("lens"),
    "criteria": noop("criteria"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as people read it."""

    number: int
    at: datetime
    said: str
    digest: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event, or several of the same words one after the other.

    Attributes:
        at, since: the newest and the oldest of them.
        times: how many they are.
    """

    at: datetime
    since: datetime
    said: str
    times: int


def lines(events: Iterable[Told]) -> list[Line]:
    """Events for the eye: the same words several times in a row are one line."""
    found: list[Line] = []
    for said, group in groupby(events, key=lambda each: each.said):
        rows = list(group)
        found.append(Line(rows[0].at, rows[-1].at, said, len(rows)))
    return found


@dataclass(frozen=True, slots=True)
class _Both:
    """Events of this node, which are the newer ones, and then those of the nodes before; for a paginator."""

    here: QuerySet[Event]
    there: QuerySet[CarriedEvent]

    def count(self) -> int:
        """Of both."""
        return self.here.count() + self.there.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[Event | CarriedEvent]:
        ours = self.here.count()
        begin, end = max(0, wanted.start - ours), max(0, wanted.stop - ours)
        return [*self.here[wanted], *self.there[begin:end]]


def page(initiative: Initiative, number: str | int) -> Page[Event | CarriedEvent]:
    """A page of events, newest first; a number out of range is the nearest page.

    Whoever asks must have asked the policy: the initiative comes from :func:`.initiatives.one`.
    """
    both = _Both(ledger.of_initiative(initiative.id), ledger.carried(initiative.id))
    pages: Paginator[Event | CarriedEvent] = Paginator(both, PER_PAGE)  # type: ignore[arg-type]
    return pages.get_page(number)


def told(events: Iterable[Event | CarriedEvent]) -> list[Told]:
    """Sentences; names are looked up once for all."""
    rows = list(events)
    names = _names([row.actor for row in rows])
    return [Told(row.number, row.at, _placed(row, _sentence(row, names)), row.digest) for row in rows]


def _names(refs: Sequence[str]) -> dict[str, str]:
    ids = [UUID(ref.removeprefix("person:")) for ref in set(refs) if ref.startswith("person:")]
    return {person.ref: person.name for person in Person.objects.filter(id__in=ids)}


def _placed(event: Event | CarriedEvent, said: str) -> str:
    return said if isinstance(event, Event) else _("On another node: %(said)s") % {"said": said}


def _sentence(event: Event | CarriedEvent, names: dict[str, str]) -> str:
    verb = VERBS.get(event.verb)
    words = _(verb.words) if verb else event.verb
    more = _more(event.verb, event.payload)
    given = {"who": _who(event.actor, names), "words": words, "more": more}
    return (_("%(who)s %(words)s (%(more)s).") if more else _("%(who)s %(words)s.")) % given


def _who(actor: str, names: dict[str, str]) -> str:
    kind = actor.split(":", maxsplit=1)[0]
    known = {
        "system": _("The node"),
        "operator": _("An operator of the node"),
        "respondent": _("A respondent"),
        "guest": _("Somebody who was invited"),
        "person": _("Somebody who is no longer here"),
        "key": _("A phone"),
        "device": _("A phone"),
    }
    return names.get(actor) or known.get(kind, actor)


def _more(verb: str, payload: dict[str, object]) -> str:
    return ", ".join(
        f"{_(NAMES.get(name, name))}: {_value(verb, name, value)}"
        for name, value in payload.items()
        if value not in (None, "", False)
    )


def _value(verb: str, name: str, value: object) -> object:
    """A short word of the program by its own words; what else an event carries is a number or a day."""
    words = (WORDS.get(f"{verb} {name}") or WORDS.get(name, {})).get(str(value))
    return _(words) if words else value
