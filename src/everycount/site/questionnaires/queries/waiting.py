"""Which reviews wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from everycount.site.collection.models import State
from everycount.site.people.policy import Verb, may, visible
from everycount.site.people.waiting import Task
from everycount.site.questionnaires.models import Review
from everycount.site.questionnaires.queries.rules import judged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


def waiting(reader: Person, initiative: Initiative, at: datetime) -> Iterator[Task]:
    """Reviews in which the reader has not spoken yet, and versions that may be published now."""
    for review in _open(reader, Verb.REVIEW_CONCEPTS, initiative, at).exclude(voices__person=reader):
        words = _("Say whether the questions and categories are right: %s")
        first = ("version",) if review.version.changes else ("review_question", 1)  # what changed leads on
        yield _task(review, words, *first)
    if may(reader, Verb.PUBLISH, initiative, at=at):
        for review in _open(reader, Verb.SEE_DRAFTS, initiative, at):
            if not judged(review.version, at=at).lacks:
                yield _task(review, _("The community has spoken, publish it or answer: %s"), "version")


def _open(reader: Person, verb: Verb, initiative: Initiative, at: datetime) -> QuerySet[Review]:
    rows = visible(Review.objects.all(), verb, reader, at=at)
    rows = rows.filter(version__questionnaire__initiative=initiative, version__state=State.REVIEW)
    return rows.exclude(opened_at=None).filter(closed_at=None).select_related("version__questionnaire")


def _task(review: Review, words: str, view: str, *more: int) -> Task:
    """The version is named as its questionnaire and its own name."""
    version = review.version
    slug = version.questionnaire.initiative.slug
    named = f"{version.questionnaire.title} {version.version}".strip()
    return Task(words % named, reverse(view, args=[slug, version.id, *more]))
