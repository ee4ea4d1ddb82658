"""What a person with a code sees: the own submission, and nothing about anybody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection.models import Attachment, Receipt, Submission
from everycount.site.collection.package import plain_code
from everycount.site.collection.receiving import marks_of_code
from everycount.site.consent import fed, gate, rules, telling
from everycount.site.consent.models import Consent, ConsentText, Purpose
from everycount.site.consent.queries.wishes import headings

if TYPE_CHECKING:
    from django.db.models import QuerySet

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
    return _submission(Receipt.objects.filter(code_mark__in=marks_of_code(plain_code(typed))))


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
    files = Attachment.objects.filter(submission=submission).exclude(item=None)
    return Held(
        submission=submission,
        groups=tuple(words for _, words in headings(submission, language)),
        files=files.count(),
        allowed=tuple(each for each in Purpose if each in is_open and each != Purpose.COLLECTION),
        refused=tuple(each for each in Purpose if each not in is_open and each != Purpose.COLLECTION),
        ends=frozenset(each for each in is_open if not rules.remaining(is_open - {each})),
        releases=tuple(fed.releases_of(submission.pk)),
        text=_heard(submission, language),
    )


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
    told = telling.parts(*opened, language)
    return tuple(Told(part.heading, tuple((line.asked, line.answer) for line in part.lines)) for part in told)
