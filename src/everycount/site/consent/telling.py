"""A record told in words: headings, questions as they were asked, answers with their labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from everycount.questionnaire.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.questionnaire import Question, Questionnaire, Record
    from everycount.questionnaire.record import Answer


@dataclass(frozen=True, slots=True)
class Line:
    """A question that was answered, and the answer in words."""

    question: Question
    asked: str
    answer: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with what was answered under it; a roster's row is told like a group."""

    heading: str
    lines: tuple[Line, ...]


def parts(form: Questionnaire, record: Record, language: str) -> tuple[Part, ...]:
    """The whole record in a reader's language, where the form has it; what was not answered is left out."""
    told = [*_groups(form, record, language), *_rows(form, record, language)]
    return tuple(each for each in told if each.lines)


def _groups(form: Questionnaire, record: Record, language: str) -> Iterator[Part]:
    """Questions that stand in no group, then the outermost groups."""
    yield Part("", _lines(form, record.answers, "", None, language))
    for group in form.groups:
        if not group.path and not group.repeat:
            heading = group.labels.say(language, group.name)
            yield Part(heading, _lines(form, record.answers, group.name, None, language))


def _rows(form: Questionnaire, record: Record, language: str) -> Iterator[Part]:
    for group in form.rosters:
        heading = group.labels.say(language, group.name)
        for number, row in enumerate(record.rosters.get(group.name, ()), 1):
            yield Part(f"{heading} {number}", _lines(form, row.answers, None, group.name, language))


def _lines(
    form: Questionnaire, given: dict[str, Answer], part: str | None, roster: str | None, language: str
) -> tuple[Line, ...]:
    found = []
    for question in form.questions_of(roster):
        answer = given.get("/".join(question.full_path))
        here = part is None or (question.path[0] if question.path else "") == part
        if here and answer is not None:
            asked = question.labels.say(language) or _of_the_phone(question) or question.name
            found.append(Line(question, asked, say(question, answer, language)))
    return tuple(found)


def _of_the_phone(question: Question) -> str:
    """What a phone writes down by itself has no label in the form."""
    named = {Kind.START: _("Begun"), Kind.END: _("Ended"), Kind.TODAY: _("Day")}
    return named.get(question.kind, "")


def say(question: Question, answer: Answer, language: str) -> str:
    """An answer in words: the labels of what was chosen, else as it was given."""
    if isinstance(answer, datetime):  # as the clock of the phone said, wherever the reader is
        return date_format(answer, "DATETIME_FORMAT")
    if isinstance(answer, date):
        return date_format(answer, "DATE_FORMAT")
    labels = {each.code: each.labels.say(language, each.code) for each in question.choices}
    if isinstance(answer, tuple) and question.is_select:
        return ", ".join(labels.get(str(each), str(each)) for each in answer)
    if isinstance(answer, tuple):
        return " ".join(map(str, answer))
    return labels.get(str(answer), str(answer))
