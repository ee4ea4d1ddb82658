"""What came back, for everybody and for those who write it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.policy import Verb, visible
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.queries.releases import published
from everycount.site.publication.states import State
from everycount.site.returns.models import Meeting, Recommendation, Word

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person

FEW = 10  # people in a meeting; a smaller number could tell in a small place who came


@dataclass(frozen=True, slots=True)
class Back:
    """Everything that came back of a plan, for its public page."""

    meetings: tuple[Meeting, ...]
    words: tuple[Word, ...]
    recommendations: tuple[Recommendation, ...]

    @property
    def state(self) -> tuple[object, ...]:
        """What a page of it depends on."""
        said = [(one.pk, one.answer) for one in self.words]
        steps = [(one.pk, one.state, one.steps.count()) for one in self.recommendations]
        return ([one.pk for one in self.meetings], said, steps)


def public_plan(slug: str, *, at: datetime) -> Plan | None:
    """A plan of which a release is public."""
    row = published(at=at).filter(plan__slug=slug).select_related("plan__initiative").first()
    return row.plan if row else None


def back(plan: Plan) -> Back:
    """What is public of a plan; words that were taken back are not."""
    return Back(
        tuple(plan.meetings.all()),
        tuple(plan.words.filter(gone_at=None).select_related("meeting")),
        tuple(plan.recommendations.prefetch_related("steps")),
    )


def plans(reader: Person, initiative: UUID, *, at: datetime) -> list[Plan]:
    """Plans of an initiative with a release that came out, for those who may see what is inside."""
    return list(_out(reader, at).filter(initiative=initiative).order_by("title"))


def plan(reader: Person, slug: str, *, at: datetime) -> Plan | None:
    """One of them."""
    return _out(reader, at).filter(slug=slug).first()


def _out(reader: Person, at: datetime) -> QuerySet[Plan]:
    """Also where the initiative is not listed: its own people come together over its numbers."""
    came_out = Release.objects.filter(state__in=(State.PUBLISHED, State.SUPERSEDED)).values("plan")
    rows = Plan.objects.filter(pk__in=came_out).select_related("initiative")
    return visible(rows, Verb.SEE_RELEASES, reader, at=at)


def recommendation(reader: Person, name: UUID, *, at: datetime) -> Recommendation | None:
    """One recommendation, for those who may see what is inside."""
    rows = visible(Recommendation.objects.all(), Verb.SEE_RELEASES, reader, at=at)
    return rows.filter(pk=name).select_related("plan__initiative").first()


def word(reader: Person, name: UUID, *, at: datetime) -> Word | None:
    """One word, for those who may see what is inside."""
    rows = visible(Word.objects.filter(gone_at=None), Verb.SEE_RELEASES, reader, at=at)
    return rows.filter(pk=name).select_related("plan__initiative").first()


def held(plan: Plan, since: date | None) -> int:
    """How many meetings there were, on a day or after it."""
    rows = Meeting.objects.filter(plan=plan)
    return rows.filter(day__gte=since).count() if since else rows.count()
