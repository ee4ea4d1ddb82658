"""Decisions: who sees which, which of them hold, and how they stand beside a release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from everycount.site.decisions.models import Decision, Settled
from everycount.site.people.policy import Verb, visible
from everycount.site.publication.citing import absolute
from everycount.site.publication.queries.releases import published

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.framework import UseDecision
    from everycount.site.decisions.models import Assessment
    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release


def _rows() -> QuerySet[Decision]:
    return Decision.objects.select_related("assessment__release__plan__initiative")


def public(*, at: datetime) -> QuerySet[Decision]:
    """Decisions about releases that everybody may know of, the newest first."""
    return _rows().filter(assessment__release__in=published(at=at).values("pk"))


def decision(reader: Person | None, name: UUID, *, at: datetime) -> Decision | None:
    """One that is public, or that is about something shared among the reader and others."""
    found = public(at=at).filter(pk=name).first()
    if found is not None or reader is None:
        return found
    return visible(_rows().filter(pk=name), Verb.SEE_DECISIONS, reader, at=at).first()


def may_reply(reader: Person | None, here: Decision, *, at: datetime) -> bool:
    """Whether the reader speaks for the initiative."""
    return visible(Decision.objects.filter(pk=here.pk), Verb.REPLY_DECISIONS, reader, at=at).exists()


def before(here: Assessment) -> Decision | None:
    """The newest decision of the office about the same use of the same plan."""
    same = Q(
        assessment__office=here.office_id,
        assessment__release__plan=here.release.plan_id,
        assessment__measure=here.measure,
        assessment__indicator=here.indicator,
        assessment__use=here.use,
    )
    return Decision.objects.filter(same).order_by("-decided_at").first() if here.office_id else None


def after(here: Decision) -> Decision | None:
    """The decision that replaced it."""
    return Decision.objects.filter(supersedes=here.pk).order_by("-decided_at").first()


def holds(here: Decision, *, at: datetime) -> bool:
    """Whether it is neither over nor replaced."""
    return at.date() <= here.until and after(here) is None


def holding(release: Release, *, at: datetime) -> list[Decision]:
    """Decisions about a release that hold, the newest first."""
    replaced = Decision.objects.exclude(supersedes=None).values("supersedes")
    rows = _rows().filter(assessment__release=release.pk, until__gte=at.date()).exclude(pk__in=replaced)
    return list(rows.prefetch_related("replies", "appeals").order_by("-decided_at"))


def of_release(release: Release) -> list[Decision]:
    """All decisions that were ever made about a release, the newest first."""
    rows = _rows().filter(assessment__release=release.pk)
    return list(rows.prefetch_related("replies", "appeals").order_by("-decided_at"))


def told(here: Decision) -> UseDecision:
    """The decision as files beside a release say it."""
    from everycount.framework import Said, UseDecision  # noqa: PLC0415 - loaded where files are made

    about = here.assessment
    name = about.release.plan.initiative.name
    replies = [Said(name, each.at.date(), each.words) for each in here.replies.all()]
    appeals = []
    for each in here.appeals.all():
        appeals.append(Said(name, each.at.date(), each.words))
        if each.answered_at is not None:
            words = f"{Settled(each.outcome).label}. {each.answer}"
            appeals.append(Said(about.office_name, each.answered_at.date(), words))
    return UseDecision(
        measure=about.measure,
        indicator=about.indicator,
        use=about.use,
        outcome=here.outcome,
        office=about.office_name,
        decided=here.decided_at.date(),
        until=here.until,
        reason=here.reason,
        conditions=here.conditions,
        address=address_of(here),
        endorsed=here.endorsed,
        replies=tuple(replies),
        appeals=tuple(appeals),
    )


def address_of(here: Decision) -> str:
    """Its address for good."""
    return absolute(f"/decisions/{here.pk}")


def use_of(about: Assessment) -> str:
    """The use in words."""
    return about.use or _("SDG indicator %s") % about.indicator
