"""Whether a version may be published, by the initiative's rule of review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from everycount.faults import Fault
from everycount.site.people.models import Assignment, Role
from everycount.site.questionnaires.models import Review, ReviewRule, Rule

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.collection.models import Version
    from everycount.site.registry.models import Initiative

DEFAULT = (Rule.QUORUM, 1, "")


@dataclass(frozen=True, slots=True)
class Judged:
    """The rule applied to a version.

    Attributes:
        spoken: how many people of the community body spoke.
        needed: how many must.
        lacks: why it may not be published yet; empty where it may.
    """

    rule: Rule
    quorum: int
    reason: str
    spoken: int
    needed: int
    lacks: tuple[Fault, ...]


def rule_of(initiative: Initiative) -> tuple[Rule, int, str]:
    """Rule, number and reason; one voice is needed where the steward has said nothing."""
    row = ReviewRule.objects.filter(initiative=initiative).first()
    return (Rule(row.rule), row.quorum, row.reason) if row else DEFAULT


def judged(version: Version, *, at: datetime) -> Judged:
    """The initiative's rule, asked of a version now."""
    initiative = version.questionnaire.initiative
    rule, quorum, reason = rule_of(initiative)
    members = _members(initiative, at)
    review = Review.objects.filter(version=version).exclude(opened_at=None).first()
    spoken = set(review.voices.values_list("person", flat=True)) if review else set()
    needed = {Rule.ALL: max(1, len(members)), Rule.QUORUM: quorum, Rule.NONE: 0}[rule]
    enough = members <= spoken and bool(spoken) if rule is Rule.ALL else len(spoken) >= needed
    lacks = []
    if rule is not Rule.NONE and review is None:
        words = _("The community has not been asked about this version.")
        lacks.append(Fault(str(version), words, _("Send it to review.")))
    elif not enough:
        missing = len(members - spoken) if rule is Rule.ALL else needed - len(spoken)
        words = _("Voices of %(missing)d more people of the community body are needed.") % {
            "missing": max(1, missing)
        }
        lacks.append(
            Fault(str(version), words, _("Wait for them, or invite people into the community body."))
        )
    return Judged(rule, quorum, reason, len(spoken), needed, tuple(lacks))


def _members(initiative: Initiative, at: datetime) -> set[object]:
    now = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    rows = Assignment.objects.filter(now, initiative=initiative, role=Role.COMMUNITY)
    return set(rows.values_list("person", flat=True))
