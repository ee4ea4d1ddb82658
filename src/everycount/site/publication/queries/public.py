"""What everybody may read of releases: the newest, all of a plan, and what the community said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.models import Assignment, Role
from everycount.site.publication.models import Stance
from everycount.site.publication.queries import deciding
from everycount.site.publication.queries.releases import current, published
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.publication.models import Plan, Release
    from everycount.site.registry.models import Initiative


@dataclass(frozen=True, slots=True)
class Decision:
    """What the community body said of a release, without a name.

    Attributes:
        agree, object: how many people.
        voices: words that may stand in public: (stance, words).
    """

    agree: int
    object: int
    rule: str
    needed: int
    voices: tuple[tuple[str, str], ...]


def of_plan(slug: str, *, at: datetime) -> list[Release]:
    """All public releases of a plan, the newest first; none where nobody may know of the plan."""
    return list(published(at=at).filter(plan__slug=slug).order_by("-number"))


def holds(plan: Plan, *, at: datetime) -> Release | None:
    """The release of a plan that holds."""
    return current(at=at).filter(plan=plan.pk).first()


def of_initiative(initiative: UUID, *, at: datetime) -> QuerySet[Release]:
    """Releases of an initiative that hold."""
    return current(at=at).filter(plan__initiative=initiative)


def decision(release: Release, *, at: datetime) -> Decision:
    """What the body said of it before it was published."""
    standing = deciding.standing(release, at=release.published_at or at)
    said = deciding.statements(release).filter(public=True).exclude(words="")
    voices = tuple((Stance(each.stance).value, each.words) for each in said)
    return Decision(standing.agree, standing.object, standing.rule, standing.needed, voices)


def withheld(release: Release) -> int:
    """How many numbers the community did not want shown."""
    return len(release.withheld)


def roles(initiative: Initiative, *, at: datetime) -> list[tuple[str, int]]:
    """How many people hold each role; who they are is theirs to say."""
    rows = Assignment.objects.filter(initiative=initiative, since__lte=at).exclude(until__lte=at)
    counts: dict[str, set[UUID]] = {}
    for role, person in rows.values_list("role", "person"):
        counts.setdefault(role, set()).add(person)
    return [(role, len(counts[role])) for role in Role.values if role in counts]


def is_replaced(release: Release) -> bool:
    """Another one holds instead."""
    return release.state == State.SUPERSEDED
