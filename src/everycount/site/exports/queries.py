"""What could be taken out, by whom, and what is held back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection import queries as collection
from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.consent import gate
from everycount.site.exports.sheets import sheets_of
from everycount.site.exports.wanted import PURPOSES
from everycount.site.followup.queries.declared import making
from everycount.site.people.policy import Verb, may, visible
from everycount.site.registry.models import Initiative
from everycount.site.review.models import State
from everycount.site.review.queries.states import stated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.questionnaire import Questionnaire as Form
    from everycount.site.consent.models import Purpose
    from everycount.site.exports.sheets import Sheets
    from everycount.site.exports.wanted import Wanted
    from everycount.site.people.models import Person

FEWEST = 10  # people that a count of those held back stands for, for it to be said


@dataclass(frozen=True, slots=True)
class Offer:
    """What a person may take out of an initiative: questionnaires, and what for."""

    initiative: Initiative
    questionnaires: tuple[Questionnaire, ...]
    purposes: tuple[Purpose, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many records go, and how many stay and why.

    What stays is said from :data:`FEWEST` on; a smaller number, or none, is None: from one day to the next it
    could tell that somebody took consent back, or what a reviewer said of whom.
    """

    goes: int
    not_agreed: int | None
    rejected: int | None
    waiting: int | None


def offer(reader: Person, slug: str, *, at: datetime) -> Offer | None:
    """What the reader may take out; None where that is nothing."""
    here = visible(Initiative.objects.filter(slug=slug), Verb.TAKE_OUT, reader, at=at).first()
    if here is None:
        return None
    purposes = tuple(each for each in PURPOSES if may(reader, gate.VERBS[each], here, at=at))
    forms = here.questionnaires.exclude(versions=None).filter(versions__published_at__isnull=False)
    return Offer(here, tuple(forms.distinct().order_by("title")), purposes)


def forms_of(questionnaire: Questionnaire) -> list[Form]:
    """Every version that phones had, the newest first."""
    return [collection.form(each) for each in collection.published_versions(questionnaire)]


def form_named(questionnaire: UUID, version: str) -> Form | None:
    """The version of that name."""
    found = collection.version_named(questionnaire, version)
    return collection.form(found) if found else None


def sheets(questionnaire: Questionnaire, wanted: Wanted) -> Sheets:
    """Which columns would go, and which stay."""
    panel = questionnaire.pk in making(questionnaire.initiative_id)
    return sheets_of(forms_of(questionnaire), wanted, panel=panel)


def languages(forms: Sequence[Form]) -> list[tuple[str, str]]:
    """The languages of the newest form, by tag, as it calls them itself."""
    return [(tag, forms[0].language_names.get(tag, tag)) for tag in forms[0].languages] if forms else []


def taken(questionnaire: Questionnaire, *, accepted_only: bool) -> QuerySet[Submission]:
    """The submissions that are meant, whatever their persons agreed to."""
    rows = stated(Submission.objects.filter(questionnaire=questionnaire, is_test=False))
    return rows.filter(state=State.ACCEPTED) if accepted_only else rows.exclude(state=State.REJECTED)


def counted(questionnaire: Questionnaire, purpose: Purpose) -> Counted:
    """How many would go for a purpose, and how many stay and why."""
    all_of_it = Submission.objects.filter(questionnaire=questionnaire, is_test=False)
    agreed = gate.agreed(all_of_it, purpose).count()
    goes = gate.agreed(taken(questionnaire, accepted_only=False), purpose).count()
    waiting = all_of_it.filter(awaits_consent=True).count()
    return Counted(
        goes=goes,
        not_agreed=_said(all_of_it.count() - waiting - agreed),
        rejected=_said(agreed - goes),
        waiting=_said(waiting),
    )


def _said(count: int) -> int | None:
    return count if count >= FEWEST else None
