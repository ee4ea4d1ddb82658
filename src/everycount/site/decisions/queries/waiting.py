"""Which decisions wait for a word: of the initiative, or of the office."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from everycount.site.decisions.models import Appeal, Decision
from everycount.site.decisions.queries.assessing import office_of
from everycount.site.people.policy import Verb, visible
from everycount.site.people.waiting import Task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

_WHILE = timedelta(days=60)  # that a decision without a reply is among what waits; a reply is always open


def waiting(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Task]:
    """Decisions to which the initiative has said nothing yet, and appeals that the reader can answer."""
    rows = Decision.objects.filter(
        assessment__release__plan__initiative=initiative, replies=None, decided_at__gt=at - _WHILE
    ).select_related("assessment__release__plan")
    for each in visible(rows, Verb.REPLY_DECISIONS, reader, at=at):
        title = each.assessment.release.plan.title
        yield Task(
            _("A statistical office decided about your numbers, read it and reply: %s") % title,
            reverse("decision", args=[each.pk]),
        )
    for appeal in appeals(reader, initiative, at):
        title = appeal.decision.assessment.release.plan.title
        yield Task(
            _("An initiative asks for a second look at a decision: %s") % title,
            reverse("decision", args=[appeal.decision_id]),
        )


def appeals(reader: Person, initiative: Initiative, at: datetime) -> list[Appeal]:
    """Appeals of an initiative that wait for somebody like the reader."""
    office = office_of(reader, at=at)
    if office is None:
        return []
    rows = Appeal.objects.filter(
        outcome="",
        decision__assessment__office=office,
        decision__assessment__release__plan__initiative=initiative,
    ).exclude(decision__assessment__officer=reader)
    return list(
        visible(rows.select_related("decision__assessment__release__plan"), Verb.ASSESS, reader, at=at)
    )
