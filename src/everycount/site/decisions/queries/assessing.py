"""Assessments: what an officer may assess, and how far an assessment is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext_noop as noop

from everycount import framework
from everycount.framework import Answer
from everycount.framework.model import asked
from everycount.site.decisions.models import Assessment
from everycount.site.people.models import Organisation, OrganisationKind
from everycount.site.people.policy import Verb, visible
from everycount.site.publication.models import Release
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.framework import Criterion, Evidence, GateStanding
    from everycount.site.decisions.models import Score
    from everycount.site.people.models import Person

# Agreed to by the community and not public yet: shared with officers who have a role in the initiative.
READY = (State.AGREED, State.PUBLISHED)
GATES = {
    "consent": noop("consent is documented"),
    "protection": noop("data are protected"),
    "disclosure": noop("disclosure was checked"),
    "metadata": noop("metadata are complete"),
}


def office_of(person: Person, *, at: datetime) -> Organisation | None:
    """The statistical office whose officer somebody is; the first by name of several."""
    held = person.memberships.filter(since__lte=at).exclude(until__lte=at)
    rows = Organisation.objects.filter(
        kind=OrganisationKind.STATISTICAL_OFFICE, pk__in=held.values("organisation")
    )
    return rows.order_by("name").first()


def is_ready(release: Release) -> bool:
    """Whether its numbers are settled."""
    return release.state in READY


def assessable(reader: Person, *, at: datetime) -> QuerySet[Release]:
    """Releases that an officer may assess: public ones, and those that were shared with them."""
    is_out = Q(state=State.PUBLISHED, published_at__lte=at)
    held = reader.roles.filter(since__lte=at).exclude(until__lte=at)
    shared = Q(state__in=READY, plan__initiative__in=held.values("initiative"))
    rows = Release.objects.filter(is_out | shared).select_related("plan__initiative")
    rows = rows.defer("document", "text").order_by("-asked_at", "number")
    return visible(rows, Verb.ASSESS, reader, at=at)


def release(reader: Person, plan: str, number: int, *, at: datetime) -> Release | None:
    """One of them."""
    return assessable(reader, at=at).filter(plan__slug=plan, number=number).first()


def own(reader: Person, *, at: datetime) -> QuerySet[Assessment]:
    """Assessments of the reader's office."""
    office = office_of(reader, at=at)
    rows = Assessment.objects.filter(office=office) if office else Assessment.objects.none()
    rows = rows.select_related("release__plan__initiative", "officer", "decision")
    return visible(rows, Verb.ASSESS, reader, at=at)


def assessment(reader: Person, name: UUID, *, at: datetime) -> Assessment | None:
    """One of them."""
    return own(reader, at=at).filter(pk=name).first()


def criteria(here: Assessment) -> tuple[Criterion, ...]:
    """What it answers, in the order of the model."""
    return asked(framework.lens(here.lens), framework.model(here.model))


def blocks(here: Assessment) -> list[str]:
    """Its steps: the blocks of which something is asked."""
    return list(dict.fromkeys(each.block for each in criteria(here)))


def evidence(here: Assessment) -> tuple[Evidence, ...]:
    """What the machine worked out."""
    return framework.from_plain(here.computed)


def scores(here: Assessment) -> dict[str, Score]:
    """Answers by criterion."""
    return {each.criterion: each for each in here.scores.all()}


def unanswered(here: Assessment) -> list[str]:
    """Criteria without an answer."""
    held = scores(here)
    return [each.id for each in criteria(here) if each.id not in held]


def gates(here: Assessment) -> tuple[GateStanding, ...]:
    """Which gates stand by the answers so far."""
    answers = {name: Answer(each.answer) for name, each in scores(here).items()}
    return framework.standings(framework.model(here.model), answers, evidence(here))
