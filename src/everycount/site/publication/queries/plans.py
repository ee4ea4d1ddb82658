"""Plans of an initiative, and what they may be made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.collection.models import Questionnaire
from everycount.site.people.policy import Verb, visible
from everycount.site.publication.models import Plan
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.people.models import Person


def initiative(reader: Person, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative, for whoever may do this there."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


def plans_of(reader: Person, here: Initiative, *, at: datetime) -> QuerySet[Plan]:
    """Its plans, with their releases."""
    rows = visible(Plan.objects.filter(initiative=here), Verb.SEE_RELEASES, reader, at=at)
    return rows.select_related("questionnaire").defer("text").prefetch_related("releases")


def plan(reader: Person, verb: Verb, slug: str, name: str, *, at: datetime) -> Plan | None:
    """A plan of an initiative, for whoever may do this with it; what counts elsewhere is not changed here."""
    rows = Plan.objects.filter(initiative__slug=slug, slug=name)
    if verb is Verb.PLAN_RELEASES:
        rows = rows.exclude(questionnaire=None)
    return visible(
        rows.select_related("initiative", "questionnaire__initiative"), verb, reader, at=at
    ).first()


def offered(reader: Person, here: Initiative, *, at: datetime) -> list[Questionnaire]:
    """Questionnaires of which plans can be made: those that were published once."""
    rows = Questionnaire.objects.filter(initiative=here, versions__published_at__isnull=False)
    return list(visible(rows, Verb.PLAN_RELEASES, reader, at=at).distinct().order_by("title"))
