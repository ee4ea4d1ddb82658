"""What a person with a code sees: the own submission, and nothing about anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import SPOKEN
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Attachment, Receipt, Submission
from everycount.site.collection.package import plain_code
from everycount.site.consent import fed, gate, rules
from everycount.site.consent.models import Consent, ConsentText, Purpose

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from everycount.questionnaire import Question, Questionnaire
    from everycount.questionnaire.record import Answer
    from everycount.site.consent.fed import Published


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a person, in the size of a page.

    Attributes:
        submission: which.
        groups: headings of the questions that were asked.
        files: how many pictures, sounds and files there are.
        allowed: the purposes that are open.
        refused: the purposes that are not.
        ends: those whose withdrawal would leave no use, so that everything is erased.
        releases: what was published from it.
        text: what the person was promised, in the page's language where there is one.
    """

    submission: Submission
    groups: tuple[str, ...]
    files: int
    allowed: tuple[Purpose, ...]
    refused: tuple[Purpose, ...]
    ends: frozenset[Purpose]
    releases: tuple[Published, ...]
    text: ConsentText | None


@dataclass(frozen=True, slots=True)
class Told:
    """A heading with questions and what was answered; a roster's row is told like a group."""

    heading: str
    answers: tuple[tuple[str, str], ...]


def by_code(typed: str) -> Submission | None:
    """The submission that a code opens, however it was typed; None where nothing is held under it."""
    return _submission(Receipt.objects.filter(code_mark=mark("receipt", plain_code(typed))))


def by_receipt(receipt: str) -> Submission | None:
    """The submission of a receipt whose code was proved a moment ago."""
    return _submission(Receipt.objects.filter(pk=receipt))


def _submission(receipts: QuerySet[Receipt]) -> Submission | None:
    found = receipts.select_related("submission__questionnaire__initiative").first()
    return found.submission if found else None


def held(submission: Submission, language: str) -> Held:
    """What is held, in the reader's language where the questionnaire has it."""
    rows = Consent.objects.filter(submission=submission.pk, until=None)
    is_open = {Purpose(each) for each in rows.values_list("purpose", flat=True)}
    form = gate.form_of(submission)
    files = Attachment.objects.filter(submission=submission).exclude(item=None)
    return Held(
        submission=submission,
        groups=_groups(form, language) if form else (),
        files=files.count(),
        allowed=tuple(each for each in Purpose if each in is_open and each != Purpose.COLLECTION),
        refused=tuple(each for each in Purpose if each not in is_open and each != Purpose.COLLECTION),
        ends=frozenset(each for each in is_open if not rules.remaining(is_open - {each})),
        releases=tuple(fed.releases_of(submission.pk)),
        text=_heard(submission, language),
    )


def _groups(form: Questionnaire, language: str) -> tuple[str, ...]:
    """Headings of the outermost groups in which people are asked something."""
    asked = {each.path[0] for each in form.questions if each.path and each.kind in SPOKEN}
    outermost = (each for each in form.groups if not each.path and each.name in asked)
    return tuple(each.labels.say(language, each.name) for each in outermost)


def _heard(submission: Submission, language: str) -> ConsentText | None:
    version = Consent.objects.filter(submission=submission.pk).order_by("-text_version").first()
    texts = ConsentText.objects.filter(
        initiative=submission.questionnaire.initiative_id, version=version.text_version if version else 0
    )
    found = {each.language: each for each in texts}
    own = submission.questionnaire.initiative.language
    return found.get(language) or found.get(own) or next(iter(found.values()), None)


def answers(submission: Submission, language: str) -> tuple[Told, ...] | None:
    """The own answers, question by question; None where they are encrypted or their form is not known."""
    opened = gate.open_own(submission)
    if opened is None:
        return None
    form, record = opened
    told = [
        Told(heading, _told(form, record.answers, part, None, language))
        for heading, part in _parts(form, language)
    ]
    for group in form.rosters:
        rows = record.rosters.get(group.name, ())
        heading = group.labels.say(language, group.name)
        told += [
            Told(f"{heading} {number}", _told(form, row.answers, None, group.name, language))
            for number, row in enumerate(rows, 1)
        ]
    return tuple(each for each in told if each.answers)


def _parts(form: Questionnaire, language: str) -> list[tuple[str, str]]:
    """The outermost groups as heading and name; first the questions that stand in none."""
    outermost = [each for each in form.groups if not each.path and not each.repeat]
    return [("", ""), *((each.labels.say(language, each.name), each.name) for each in outermost)]


def _told(
    form: Questionnaire, given: dict[str, Answer], part: str | None, roster: str | None, language: str
) -> tuple[tuple[str, str], ...]:
    found = []
    for question in form.questions_of(roster):
        answer = given.get("/".join(question.full_path))
        here = part is None or (question.path[0] if question.path else "") == part
        if here and answer is not None:
            found.append((question.labels.say(language, question.name), say(question, answer, language)))
    return tuple(found)


def say(question: Question, answer: Answer, language: str) -> str:
    """An answer in words: the labels of what was chosen, else as it was given."""
    labels = {each.code: each.labels.say(language, each.code) for each in question.choices}
    if isinstance(answer, tuple) and question.is_select:
        return ", ".join(labels.get(str(each), str(each)) for each in answer)
    if isinstance(answer, tuple):
        return " ".join(map(str, answer))
    return labels.get(str(answer), str(answer))
