"""Releases: which there are, for whom, and what they are protected against."""

from __future__ import annotations

import json
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.site.consent.models import Use
from everycount.site.people.policy import Verb, visible
from everycount.site.publication.models import Plan, Release
from everycount.site.publication.states import PUBLIC, State
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.release import Release as Numbers
    from everycount.site.people.models import Person

_READ = 4  # releases that are kept opened in a process; one of 100,000 cells takes about 100 MB


def earlier(release: Release) -> list[Release]:
    """Every release of the initiative that anybody may hold beside this one, the oldest first.

    What was public once is public for ever, also where it was replaced; and whatever the plan, all releases
    of an initiative speak of the same people.
    """
    return list(public_of(release.plan.initiative_id).exclude(pk=release.pk))


def public_of(initiative: UUID) -> QuerySet[Release]:
    """Every release of an initiative that anybody may hold, the oldest first."""
    rows = Release.objects.filter(plan__initiative=initiative, state__in=PUBLIC)
    return rows.order_by("published_at", "number", "pk")


def is_stale(release: Release) -> bool:
    """Whether it has to be computed again: another one came out since, or somebody took consent back."""
    return beside(release) != set(release.given) or under_revision(release) is not None


def beside(release: Release) -> set[str]:
    """The digests of every release that it has to be protected against."""
    rows = Release.objects.filter(plan__initiative=release.plan.initiative_id, state__in=PUBLIC)
    return set(rows.exclude(pk=release.pk).values_list("digest", flat=True))


def numbers(release: Release) -> Numbers:
    """The protected numbers of a release.

    Raises:
        LookupError: it was not computed.
    """
    if not release.digest:
        raise LookupError(f"{release} was not computed.")
    return _numbers(release.pk, release.digest)


@lru_cache(maxsize=_READ)
def _numbers(name: UUID, _digest: str) -> Numbers:
    from everycount.release import release_from_json  # noqa: PLC0415 - brings arrays, and memory is dear

    document = Release.objects.values_list("document", flat=True).get(pk=name)
    return release_from_json(json.loads(zlib.decompress(bytes(document or b""))))


def initiative_for(reader: Person, verb: Verb, slug: str, *, at: datetime) -> Initiative | None:
    """The initiative of that name, for whoever may do this in it."""
    return visible(Initiative.objects.filter(slug=slug), verb, reader, at=at).first()


def counted_elsewhere(initiative: Initiative) -> QuerySet[Plan]:
    """Plans whose releases are brought here."""
    return Plan.objects.filter(initiative=initiative, questionnaire=None)


def plans(reader: Person, initiative: UUID, *, at: datetime) -> QuerySet[Plan]:
    """The plans of an initiative that the reader may see."""
    return visible(Plan.objects.filter(initiative=initiative), Verb.SEE_RELEASES, reader, at=at)


def plan(reader: Person, verb: Verb, slug: str, *, at: datetime) -> Plan | None:
    """The plan of that name, for whoever may do this with it."""
    rows = Plan.objects.filter(slug=slug).select_related("initiative", "questionnaire")
    return visible(rows, verb, reader, at=at).first()


def draft(reader: Person, verb: Verb, slug: str, number: int, *, at: datetime) -> Release | None:
    """A release in any state, for whoever may do this with it."""
    rows = Release.objects.filter(plan__slug=slug, number=number)
    return visible(rows.select_related("plan__initiative"), verb, reader, at=at).first()


def public(slug: str, number: int, *, at: datetime) -> Release | None:
    """A release that everybody may know of: published, its embargo over, its initiative listed."""
    return published(at=at).filter(plan__slug=slug, number=number).first()


def published(*, at: datetime) -> QuerySet[Release]:
    """Releases that everybody may know of, the newest first; replaced ones among them."""
    rows = Release.objects.filter(state__in=PUBLIC, published_at__lte=at, plan__initiative__listed=True)
    rows = rows.select_related("plan__initiative").defer("document", "text")
    return rows.order_by("-published_at", "-number", "pk")


def current(*, at: datetime) -> QuerySet[Release]:
    """Those of them that hold."""
    return published(at=at).filter(state=State.PUBLISHED)


def previous(release: Release) -> Release | None:
    """The release of the same plan that was public before this one."""
    rows = Release.objects.filter(plan=release.plan_id, state__in=PUBLIC, number__lt=release.number)
    return rows.defer("document", "text").order_by("-number").first()


def under_revision(release: Release) -> datetime | None:
    """Since when a record that it was made of is taken back."""
    if release.use is None:
        return None
    rows = Use.objects.filter(event=release.use).exclude(under_revision_since=None)
    return rows.values_list("under_revision_since", flat=True).first()
