"""What came back to a phone: read by its key, so that nobody has to have an account for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from everycount.site.collection import queries as collection
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Attachment, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.review.beside import told_of
from everycount.site.review.models import WAITING, Decision, State
from everycount.site.review.queries.questions import asked_about
from everycount.site.review.queries.remarks import words_of
from everycount.site.review.queries.replies import replies_of, replies_to
from everycount.site.review.queries.states import stated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.collection.models import Key
    from everycount.site.review.queries.states import Stated

MOST = 100  # on one phone
LATEST = 500  # of what a phone sent, among which something may be asked
SHOWN = timedelta(
    days=30
)  # how long what was rejected, or is asked, stays on the phone's page to be answered


@dataclass(frozen=True, slots=True)
class CameBack:
    """A submission as its phone lists it.

    Attributes:
        decision: returned, to be mended, or rejected.
        words: what the reviewer wrote.
        questions: those that it is about, as they were asked.
        answered: how often somebody has answered to it.
    """

    submission: Submission
    decision: Decision
    words: str
    questions: tuple[str, ...]
    answered: int


def came_back(key: Key, language: str, *, at: datetime) -> list[CameBack]:
    """What came back to a phone, the newest decision first."""
    rows = {each.pk: each for each in _of(key).select_related("questionnaire")}
    decisions = Decision.objects.filter(submission__in=rows, is_current=True).order_by("-decided_at", "-pk")
    shown = [each for each in decisions if each.state == State.RETURNED or each.decided_at > at - SHOWN][
        :MOST
    ]
    words, replies = words_of(shown), replies_to(shown)
    return [
        CameBack(
            rows[each.submission_id],
            each,
            words.get(each.words, "") if each.words else "",
            asked_about(rows[each.submission_id], each, language),
            len(replies.get(each.submission_id, ())),
        )
        for each in shown
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A submission about which its sender is asked something before anybody has decided."""

    submission: Submission
    words: tuple[str, ...]
    answered: int


def asked(key: Key, *, at: datetime) -> list[Asked]:
    """What a phone is asked about what it sent lately, the newest first."""
    rows = _sent(key).filter(state__in=WAITING, received_at__gt=at - SHOWN)
    found = list(rows.select_related("questionnaire").order_by("-received_at")[:LATEST])
    names = [each.pk for each in found]
    words, replies = told_of(names), replies_of(names)
    return [
        Asked(each, words[each.pk], len(replies.get(each.pk, ()))) for each in found if words.get(each.pk)
    ]


def _sent(key: Key) -> QuerySet[Stated]:
    """Those that the phone sent, of people who agree that they are looked at."""
    sent = gate.sent_by(Submission.objects.filter(is_test=False), key)
    return stated(gate.agreed(sent, Purpose.REVIEW))


def _of(key: Key) -> QuerySet[Stated]:
    """Those of them that came back."""
    return _sent(key).filter(state__in=(State.RETURNED, State.REJECTED))


def to_mend(key: Key, name: UUID) -> QuerySet[Stated]:
    """The one that the phone may open again: returned, and its questionnaire still takes answers."""
    return _of(key).filter(pk=name, state=State.RETURNED, questionnaire__closed_at=None)


def to_answer(key: Key, name: UUID) -> Submission | None:
    """One that came back, or about which something is asked: the phone's person may say something."""
    found = _sent(key).filter(pk=name).first()
    if found is None or found.state in (State.RETURNED, State.REJECTED):
        return found
    return found if found.state in WAITING and told_of([name]) else None


def version_of(submission: Submission) -> UUID | None:
    """The version of the questionnaire that was answered, for the phone to fetch."""
    return collection.version_named(submission.questionnaire_id, submission.version)


def files_of(submission: Submission, names: Sequence[str]) -> list[tuple[str, int]]:
    """Name and number of each file that came, among those that the answers name."""
    own = submission.questionnaire.initiative_id
    marks = {mark("file name", name, of=own): name for name in names}
    rows = Attachment.objects.filter(submission=submission, name_hash__in=marks).exclude(item=None)
    return [(marks[each.name_hash], each.pk) for each in rows.order_by("pk")]
