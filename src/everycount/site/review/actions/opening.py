"""Opening answers to look at them. That it was done is an event; what was seen is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import MEDIA
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Attachment, Submission
from everycount.site.consent import gate, telling
from everycount.site.consent.models import Purpose
from everycount.site.review.queries.pages import files_by_mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Finding, Questionnaire
    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Line:
    """A question and its answer as a reviewer sees them.

    Attributes:
        hidden: the answer names a person or finds them; to look for mistakes nobody has to see it.
        files: what came under the name that is the answer; empty where it has not come.
        is_file: the answer is a picture, a sound or a file.
    """

    asked: str
    answer: str
    hidden: bool
    is_file: bool
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what was answered under it."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """A whole submission, opened.

    Attributes:
        findings: what could not be understood, but for what names a person.
    """

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]


def open_answers(*, submission: Submission, language: str, by: Person, at: datetime) -> Answers | None:
    """The answers of one submission through the gate; None where they may not be opened, or not any more.

    Encrypted ones never come here: nobody can read what they allow, so nobody may look at them.
    """
    rows = Submission.objects.filter(pk=submission.pk)
    opened = next(iter(gate.open_records(rows, Purpose.REVIEW, by=by, at=at)), None)
    form = gate.form_of(submission)
    if opened is None or form is None:
        return None
    record = opened.record()
    files, own = files_by_mark(submission), submission.questionnaire.initiative_id
    parts = tuple(
        Part(part.heading, tuple(_line(line, files, own) for line in part.lines))
        for part in telling.parts(form, record, language)
    )
    return Answers(parts, tuple(_shown(record.findings, form)))


def _line(line: telling.Line, files: dict[str, list[Attachment]], own: UUID) -> Line:
    is_file = line.question.kind in MEDIA
    came = tuple(files.get(mark("file name", line.answer, of=own), ())) if is_file else ()
    hidden = line.question.direct_identifier and not is_file
    return Line(line.asked, "" if hidden or is_file else line.answer, hidden, is_file, came)


def _shown(findings: tuple[Finding, ...], form: Questionnaire) -> Iterator[Finding]:
    hidden = {each.name for each in form.questions if each.direct_identifier}
    return (each for each in findings if not hidden.intersection(each.path.split("/")))


def open_file(*, attachment: Attachment, by: Person, at: datetime) -> tuple[str, Iterator[bytes]] | None:
    """Name and bytes of a file of a submission; None where it may not be opened."""
    return gate.open_file(attachment, Purpose.REVIEW, by=by, at=at)
