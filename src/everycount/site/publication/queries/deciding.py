"""How far the community's decision about a release is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.people.models import Assignment, Role
from everycount.site.publication.models import Stance
from everycount.site.questionnaires.models import ReviewRule, Rule

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.publication.models import Release, Statement


@dataclass(frozen=True, slots=True)
class Standing:
    """How many of the body agree, object, and are needed.

    Attributes:
        withheld: how many statements want something withheld that is still shown.
    """

    agree: int
    object: int
    needed: int
    withheld: int
    rule: str

    @property
    def is_met(self) -> bool:
        """Enough agree; by the rule of all, nobody objects."""
        return self.agree >= self.needed and not (self.rule == Rule.ALL and self.object)


def rule_of(initiative: UUID) -> tuple[str, int, str]:
    """The rule of the community body, its number of people, and why; one voice where none is set."""
    found = ReviewRule.objects.filter(initiative=initiative).first()
    return (found.rule, found.quorum, found.reason) if found else (str(Rule.QUORUM), 1, "")


def statements(release: Release) -> QuerySet[Statement]:
    """What the body says of the draft as it is now."""
    return release.statements.filter(draft=release.use or 0)


def standing(release: Release, *, at: datetime) -> Standing:
    """Where the decision stands."""
    said = statements(release)
    agree = said.filter(stance=Stance.AGREE).values("person").distinct().count()
    against = said.filter(stance=Stance.OBJECT).values("person").distinct().count()
    return Standing(
        agree, against, _needed(release, at), said.filter(stance=Stance.WITHHOLD).count(), release.rule
    )


def _needed(release: Release, at: datetime) -> int:
    if release.rule == Rule.NONE:
        return 0
    if release.rule == Rule.QUORUM:
        return max(release.quorum, 1)
    body = Assignment.objects.filter(
        initiative=release.plan.initiative_id, role=Role.COMMUNITY, since__lte=at
    ).exclude(until__lte=at)
    return max(body.values("person").distinct().count(), 1)
