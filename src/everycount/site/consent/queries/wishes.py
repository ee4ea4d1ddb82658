"""What respondents want corrected: for the office a list, for the person what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SPOKEN
from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose, Wish
from everycount.site.people.policy import Verb, visible

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@dataclass(frozen=True, slots=True)
class Wished:
    """A wish as its person sees it: the heading that it is about, the own words, what was answered."""

    wish: Wish
    heading: str
    words: str
    answer: str


def wishes(reader: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Wish]:
    """What respondents want corrected, what nobody has answered first; none for those who may not read it."""
    rows = visible(Wish.objects.filter(initiative=initiative), Verb.READ_WISHES, reader, at=at)
    return rows.select_related("answered_by").order_by("answered_at", "asked_at")


def of_submission(reader: Person, submission: UUID, *, at: datetime) -> QuerySet[Wish]:
    """The wishes about a submission that nobody has answered."""
    rows = Wish.objects.filter(submission=submission, outcome="")
    return visible(rows, Verb.READ_WISHES, reader, at=at)


def may_be_opened(wish: Wish) -> bool:
    """Whether its person agrees that the answers are looked at; else they are not shown to anybody."""
    return gate.agreed(Submission.objects.filter(pk=wish.submission), Purpose.REVIEW).exists()


def heading(wish: Wish, language: str) -> str:
    """The heading of the questions that a wish is about; "" for all."""
    found = Submission.objects.filter(pk=wish.submission).select_related("questionnaire").first()
    return dict(headings(found, language)).get(wish.group, wish.group) if found else ""


def headings(submission: Submission, language: str) -> list[tuple[str, str]]:
    """Name and heading of the outermost groups in which people are asked something."""
    form = gate.form_of(submission)
    if form is None:
        return []
    asked = {each.path[0] for each in form.questions if each.path and each.kind in SPOKEN}
    outermost = (each for each in form.groups if not each.path and each.name in asked)
    return [(each.name, each.labels.say(language, each.name)) for each in outermost]


def own(submission: Submission, language: str) -> tuple[Wished, ...]:
    """What the person of a receipt asked for, the newest first."""
    known = dict(headings(submission, language))
    return tuple(
        Wished(wish, known.get(wish.group, wish.group), words, answer)
        for wish, words, answer in gate.open_own_wishes(submission)
    )
