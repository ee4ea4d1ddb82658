"""The page of one submission: how far it is, what happened to it, and whether the reader may decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from everycount.site.collection.models import Attachment, Edition
from everycount.site.consent.queries.wishes import of_submission
from everycount.site.ledger import queries as ledger
from everycount.site.people.policy import Verb, may
from everycount.site.review.models import WAITING, Decision, Reason, Reply, State
from everycount.site.review.queries.lists import initiative_of
from everycount.site.review.queries.questions import asked_about
from everycount.site.review.queries.remarks import words_of
from everycount.site.review.queries.states import own as own_rows
from everycount.site.review.queries.states import reviewed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.collection.models import Submission
    from everycount.site.ledger.models import CarriedEvent, Event
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative
    from everycount.site.review.queries.states import Stated


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a submission.

    Attributes:
        edition: which version came, from 1; 0 for a decision and for a reply.
        who: the phone's label, or the name of who decided; "" where they are no longer here.
        state, reason: labels of what was decided.
        words: what the reviewer wrote, for those who may open answers.
        questions: as they were asked, those that the decision is about.
        event: the entry of the ledger; 0 for what came.
    """

    at: datetime
    edition: int
    who: str
    state: str = ""
    reason: str = ""
    words: str = ""
    questions: tuple[str, ...] = ()
    event: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a submission.

    Attributes:
        state: as in the list.
        edition: number of the current version; a decision is about this one.
        missing: how many files are named and have not come.
        stray: how many files came that nothing names.
        wishes: how many corrections its person asked for that nobody has answered.
        opens: the reader may open its answers.
        decides: the reader may decide; nobody decides about what their own phone sent.
        is_own: the reader's own phone sent it.
    """

    initiative: Initiative
    submission: Stated
    state: str
    edition: int
    history: tuple[Step, ...]
    missing: int
    stray: int
    wishes: int
    opens: bool
    decides: bool
    is_own: bool


def one(reader: Person, verb: Verb, slug: str, name: UUID, *, at: datetime) -> Stated | None:
    """A submission that is reviewed and on which the reader may do the verb."""
    here = initiative_of(reader, verb, slug, at=at)
    if here is None:
        return None
    rows = reviewed(reader, verb, here, at=at).filter(pk=name)
    return rows.select_related("questionnaire__initiative", "sent_by").first()


def sheet(reader: Person, slug: str, name: UUID, language: str, *, at: datetime) -> Sheet | None:
    """The page; None where the reader may not know of the submission."""
    found = one(reader, Verb.COUNT_SUBMISSIONS, slug, name, at=at)
    if found is None:
        return None
    files = Attachment.objects.filter(submission=found)
    opens = may(reader, Verb.OPEN_ANSWERS, found, at=at)
    is_own = bool(found.sent_by and found.sent_by.person_id == reader.pk)
    return Sheet(
        initiative=found.questionnaire.initiative,
        submission=found,
        state=found.state,
        edition=_edition(found),
        history=_history(found, language, opens=opens),
        missing=files.filter(item=None).count(),
        stray=files.filter(is_named=False).count(),
        wishes=of_submission(reader, found.pk, at=at).count(),
        opens=opens,
        decides=not is_own and may(reader, Verb.REVIEW, found, at=at),
        is_own=is_own,
    )


def _edition(submission: Submission) -> int:
    rows = submission.editions.filter(instance=submission.current)
    return rows.values_list("number", flat=True).first() or 0


def _history(submission: Submission, language: str, *, opens: bool) -> tuple[Step, ...]:
    came = [
        Step(each.received_at, each.number, each.sent_by.label if each.sent_by else "")
        for each in Edition.objects.filter(submission=submission).select_related("sent_by")
    ]
    decisions = list(Decision.objects.filter(submission=submission).select_related("by"))
    replies = list(Reply.objects.filter(submission=submission).select_related("by", "key"))
    words = words_of([*decisions, *replies]) if opens else {}
    events = ledger.entries([each.event for each in decisions])
    decided = [
        _decided(each, events[each.event], _held(words, each), asked_about(submission, each, language))
        for each in decisions
    ]
    replied = [
        Step(each.replied_at, 0, _replier(each), words=_held(words, each), event=each.event)
        for each in replies
    ]
    steps = [*came, *decided, *replied]
    return tuple(sorted(steps, key=lambda step: (step.at, step.event), reverse=True))


def _held(words: dict[UUID, str], remark: Decision | Reply) -> str:
    return words.get(remark.words, "") if remark.words else ""


def _replier(reply: Reply) -> str:
    return reply.by.name if reply.by else reply.key.label if reply.key else ""


def _decided(decision: Decision, event: Event | CarriedEvent, words: str, questions: tuple[str, ...]) -> Step:
    """What and when as the ledger has it; the words are not in it."""
    reason = str(event.payload.get("reason") or "")
    return Step(
        at=event.at,
        edition=0,
        who=decision.by.name if decision.by else "",
        state=State(event.payload["state"]).label,
        reason=Reason(reason).label if reason else "",
        words=words,
        questions=questions,
        event=event.number,
    )


def attachment(reader: Person, slug: str, name: UUID, number: int, *, at: datetime) -> Attachment | None:
    """A file of a submission that the reader may open."""
    found = one(reader, Verb.OPEN_ANSWERS, slug, name, at=at)
    return Attachment.objects.filter(submission=found, pk=number).first() if found else None


def files_by_mark(submission: Submission) -> dict[str, list[Attachment]]:
    """The files that came, by the mark of their name."""
    found: dict[str, list[Attachment]] = {}
    for each in Attachment.objects.filter(submission=submission).exclude(item=None).order_by("pk"):
        found.setdefault(each.name_hash, []).append(each)
    return found


def own(reader: Person, slug: str, name: UUID, *, at: datetime) -> Submission | None:
    """A submission of the reader's own phone, to which they may say something."""
    here = initiative_of(reader, Verb.SEE_OWN, slug, at=at)
    return own_rows(reader, here, at=at).filter(pk=name).first() if here else None


def next_waiting(reader: Person, submission: Submission, *, at: datetime) -> UUID | None:
    """The one that has waited longest for the reader, but for this one and those of their own phone."""
    rows = reviewed(reader, Verb.REVIEW, submission.questionnaire.initiative, at=at)
    waiting = rows.filter(state__in=WAITING, is_test=False).exclude(pk=submission.pk)
    others = waiting.filter(~Q(sent_by__person=reader) | Q(sent_by__person=None))
    free = others.exclude(Q(state=State.IN_REVIEW) & ~Q(now__by=reader))
    return free.order_by("received_at").values_list("pk", flat=True).first()


def decidable(reader: Person, initiative: Initiative, *, at: datetime) -> QuerySet[Stated]:
    """Those about which the reader may decide now and nobody has, or which have changed since."""
    rows = reviewed(reader, Verb.REVIEW, initiative, at=at).filter(state__in=WAITING)
    return rows.filter(~Q(sent_by__person=reader) | Q(sent_by__person=None), is_test=False)
