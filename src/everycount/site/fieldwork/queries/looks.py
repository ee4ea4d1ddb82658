"""What waits to be looked at, and what is kept of what was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef

from everycount.site.collection import queries as collection
from everycount.site.collection.models import KeyKind, Questionnaire, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork.models import Look, Plan, Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Questionnaire as Form

_AT_ONCE = 500


def items_of(submission: UUID) -> list[UUID]:
    """The vault's items of what is kept of a submission."""
    rows = Look.objects.filter(submission=submission).exclude(traits=None)
    return [item for item in rows.values_list("traits", flat=True) if item is not None]


def waiting(most: int) -> list[Submission]:
    """Submissions of which the current version was not looked at, of one questionnaire, the oldest first."""
    looked = Look.objects.filter(submission=OuterRef("pk"), instance=OuterRef("current"))
    rows = gate.agreed(Submission.objects.filter(is_test=False), Purpose.REVIEW).filter(~Exists(looked))
    first = rows.order_by("received_at").values_list("questionnaire", flat=True).first()
    if first is None:
        return []
    found = rows.filter(questionnaire=first).select_related("questionnaire", "sent_by")
    return list(found.order_by("received_at")[:most])


def gone(most: int) -> list[Look]:
    """Looks at submissions whose person does not agree any more that they are looked at."""
    agreed = gate.agreed(Submission.objects.filter(pk=OuterRef("submission")), Purpose.REVIEW)
    still = Submission.objects.filter(pk=OuterRef("submission"), awaits_consent=True)
    rows = Look.objects.filter(~Exists(agreed), ~Exists(still)).select_related("submission__questionnaire")
    return list(rows[:most])


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a submission: its traits, as bytes, who asked, and whether it came by a link."""

    submission: UUID
    traits: bytes
    collector: str
    by_link: bool


def kept(questionnaire: UUID) -> Iterator[Kept]:
    """Everything that is kept of the submissions of a questionnaire, through the gate."""
    rows = Look.objects.filter(submission__questionnaire=questionnaire, instance=F("submission__current"))
    rows = rows.exclude(traits=None).select_related("submission__sent_by").order_by("submission__received_at")
    looks = list(rows)
    for start in range(0, len(looks), _AT_ONCE):
        some = looks[start : start + _AT_ONCE]
        opened = gate.open_remarks({each.traits: each.submission_id for each in some if each.traits})
        for each in some:
            if each.traits in opened:
                traits = opened[each.traits].encode()
                yield Kept(
                    each.submission_id, traits, collector_of(each.submission), is_link(each.submission)
                )


def collector_of(submission: Submission) -> str:
    """Who asked, as the label of their key says; "" for links and what was brought in."""
    key = submission.sent_by
    return key.label if key is not None and key.kind == KeyKind.PERSON else ""


def is_link(submission: Submission) -> bool:
    """Whether whoever answered did so alone, by a link."""
    return submission.sent_by is not None and submission.sent_by.kind in {KeyKind.PUBLIC, KeyKind.ONCE}


def watched() -> list[UUID]:
    """Questionnaires that still collect and of whose submissions some were looked at."""
    rows = Questionnaire.objects.filter(closed_at=None)
    return list(
        rows.filter(Exists(Look.objects.filter(submission__questionnaire=OuterRef("pk")))).values_list(
            "pk", flat=True
        )
    )


def form_of(questionnaire: UUID) -> tuple[UUID, Form] | None:
    """The newest version that phones had, and what it asks."""
    versions = collection.published_versions(Questionnaire(pk=questionnaire))
    return (versions[0], collection.form(versions[0])) if versions else None


def plans_changed() -> dict[UUID, datetime]:
    """When each plan was changed last."""
    return dict(Plan.objects.values_list("questionnaire", "changed_at"))


def place_question(questionnaire: UUID) -> str:
    """Where in the form the place is asked; "" where no plan says."""
    return Plan.objects.filter(questionnaire=questionnaire).values_list("place", flat=True).first() or ""


def spots(questionnaire: UUID) -> dict[str, tuple[float, float, float]]:
    """Latitude, longitude and radius of each place of the plan that has them."""
    rows = Target.objects.filter(plan__questionnaire=questionnaire, radius__isnull=False)
    found = rows.values_list("place", "latitude", "longitude", "radius")
    return {
        place: (north, east, far)
        for place, north, east, far in found
        if north is not None and east is not None and far is not None
    }
