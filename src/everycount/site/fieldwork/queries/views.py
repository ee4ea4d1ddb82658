"""The provisional tables, for those who coordinate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from everycount.site.consent.models import Use
from everycount.site.fieldwork.models import Target, View
from everycount.site.fieldwork.queries.looks import form_of

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.questionnaire import Question
    from everycount.site.collection.models import Questionnaire


COARSE = 5  # of a hundred: what is printed tells of no single person among the first of a place


@dataclass(frozen=True, slots=True)
class Number:
    """One cell in percent, to the nearest :data:`COARSE`; None where it is not shown."""

    place: str
    percent: float | None
    of: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: of everybody first, then by place."""

    label: str
    everybody: Number
    places: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answers."""

    label: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page; ``is_shut`` while somebody took consent back and the tables are not made anew yet."""

    questionnaire: Questionnaire
    made_at: datetime | None
    records: int
    is_shut: bool
    questions: tuple[Asked, ...]


def sheet(here: Questionnaire) -> Sheet:
    """The page; whoever asks comes from ``questionnaire`` with the verb to see provisional tables."""
    view = View.objects.filter(questionnaire=here).first()
    if view is None or not view.records:
        return Sheet(here, None, 0, is_shut=False, questions=())
    use = Use.objects.filter(event=view.event or 0).first()
    if use is None or use.under_revision_since is not None:
        return Sheet(here, view.made_at, 0, is_shut=True, questions=())
    return Sheet(here, view.made_at, view.records, is_shut=False, questions=_questions(here, view))


def _questions(here: Questionnaire, view: View) -> tuple[Asked, ...]:
    found, language = form_of(here.pk), get_language() or "en"
    names = dict(Target.objects.filter(plan__questionnaire=here).values_list("place", "name"))
    by: dict[str, dict[str, list[Number]]] = {}
    for cell in view.cells:
        question, _, code = cell["measure"].partition("=")
        place = cell["cell"][0][1] if cell["cell"] else ""
        percent = None if cell["value"] is None else COARSE * round(100 / COARSE * cell["value"])
        number = Number(names.get(place) or place, percent, cell["n"])
        by.setdefault(question, {}).setdefault(code, []).append(number)
    return tuple(
        _asked(found[1].find(name) if found else None, name, answers, language)
        for name, answers in by.items()
    )


def _asked(question: Question | None, name: str, answers: dict[str, list[Number]], language: str) -> Asked:
    labels = (
        {each.code: each.labels.say(language, each.code) for each in question.choices} if question else {}
    )
    rows = tuple(
        Answer(labels.get(code, code), numbers[0], tuple(numbers[1:])) for code, numbers in answers.items()
    )
    return Asked(question.labels.say(language, name) if question else name, rows)
