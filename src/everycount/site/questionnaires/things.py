"""What a review is about: the questions that people see, and the categories that they choose from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SPOKEN
from everycount.text import direction

if TYPE_CHECKING:
    from everycount.questionnaire import Questionnaire
    from everycount.questionnaire.question import Group, Question

_SHOWN = 60  # categories of a list on one page; a list of all villages is looked at in the file


@dataclass(frozen=True, slots=True)
class Category:
    """A category in one language; ``thing`` is its name in the review."""

    thing: str
    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the respondent meets it in one language.

    Attributes:
        number: its place among those that people see, from 1.
        thing: its name in the review.
        missing: the words are not there in this language; another one is shown.
        headings: the groups that it stands in.
        more: how many categories are not shown.
        is_repeated: asked again for each row of a roster.
    """

    number: int
    thing: str
    name: str
    kind: str
    label: str
    hint: str
    guidance: str
    missing: bool
    headings: tuple[str, ...]
    categories: tuple[Category, ...]
    more: int
    list_name: str
    is_repeated: bool
    is_required: bool
    relevance: str
    consent_purpose: str
    sensitivity: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A form in one language."""

    title: str
    language: str
    direction: str
    languages: tuple[tuple[str, str], ...]
    questions: tuple[Asked, ...]
    unspoken: int


def shown(form: Questionnaire, language: str = "") -> Shown:
    """The form in a language that it speaks, else in its own."""
    chosen = language if language in form.languages else form.default_language
    seen = spoken(form)
    groups = {group.full_path: group for group in form.groups}
    return Shown(
        title=form.title.say(chosen, form.id),
        language=chosen,
        direction=direction(chosen),
        languages=tuple((tag, form.language_names.get(tag, tag)) for tag in form.languages),
        questions=tuple(_asked(number, each, groups, chosen) for number, each in enumerate(seen, start=1)),
        unspoken=len(form.questions) - len(seen),
    )


def spoken(form: Questionnaire) -> list[Question]:
    """What people see, in order; the place among these, from 1, is a question's number on every page."""
    return [question for question in form.questions if question.kind in SPOKEN]


def things(form: Questionnaire) -> dict[str, frozenset[str]]:
    """The things of each question, by its name in the review: the question itself and its categories."""
    return {
        _question(question): frozenset(
            {_question(question), *(_choice(question, code) for code in question.codes)}
        )
        for question in spoken(form)
    }


def _question(question: Question) -> str:
    return f"q:{'/'.join(question.full_path)}"


def _choice(question: Question, code: str) -> str:
    return f"c:{question.list_name}/{code}"


def _asked(number: int, question: Question, groups: dict[tuple[str, ...], Group], language: str) -> Asked:
    above = [groups[question.path[:depth]] for depth in range(1, len(question.path) + 1)]
    label = question.labels.as_dict()
    return Asked(
        number=number,
        thing=_question(question),
        name=question.name,
        kind=str(question.kind),
        label=question.labels.say(language, question.name),
        hint=question.hints.say(language),
        guidance=question.guidance.say(language),
        missing=bool(label) and language not in label,
        headings=tuple(group.labels.say(language) for group in above if group.labels),
        categories=tuple(
            Category(_choice(question, choice.code), choice.code, choice.labels.say(language, choice.code))
            for choice in question.choices[:_SHOWN]
        ),
        more=max(0, len(question.choices) - _SHOWN),
        list_name=question.list_name,
        is_repeated=question.roster is not None,
        is_required=question.required,
        relevance=question.relevance,
        consent_purpose=question.consent_purpose,
        sensitivity=question.sensitivity,
    )
