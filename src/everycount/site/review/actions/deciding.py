"""Deciding about submissions. The event says what was decided and why, and never about whom.

Its object is the initiative: a later erasing leaves nothing in the ledger that was said of the submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection.models import Edition, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.ledger.actions import Entry, record
from everycount.site.review import mail
from everycount.site.review.models import SAID, WAITING, Decision, Reason, State
from everycount.site.review.queries.questions import askable
from everycount.site.review.queries.states import stated
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

LONGEST = 2000  # characters of what a reviewer writes
MOST = 2000  # submissions that are accepted at once
SILENCE = timedelta(hours=12)  # between two mails to one person
_WITH_REASON = frozenset({State.RETURNED, State.REJECTED})


@transaction.atomic
def decide(
    *,
    submission: UUID,
    state: State,
    edition: int,
    by: Person,
    at: datetime,
    reason: Reason | None = None,
    words: str = "",
    questions: Collection[str] = (),
) -> Decision | None:
    """Says of one submission what a reviewer found; the decision before gives way and stays in the history.

    Args:
        submission: which.
        state: one of :data:`.models.SAID`.
        edition: number of the version that was looked at.
        by: who decides; not about what their own phone sent.
        at: when.
        reason: needed where it is returned or rejected, and nowhere else.
        words: for the collector; sealed, for they may repeat an answer.
        questions: paths of those that it is about, where it is returned or rejected; others are left out.

    Returns:
        the decision; None where nothing is there any more that could be decided about.

    Raises:
        InputError: it has changed meanwhile, it is the reviewer's own, or the reason is missing.
    """
    held = Submission.objects.select_for_update(of=("self",)).filter(pk=submission)
    found = (
        gate.agreed(held, Purpose.REVIEW)
        .select_related("questionnaire__initiative", "sent_by__person")
        .first()
    )
    if found is None:
        return None
    faults = _faults(found, state, edition, reason, words.strip(), by)
    if faults:
        raise InputError(*faults)
    kept = reason if state in _WITH_REASON else None
    initiative = found.questionnaire.initiative_id
    event = _tell(initiative, state, kept, 1, by, at)
    sealed = [words.strip()[:LONGEST].encode()] if words.strip() else []
    items = vault.seal(initiative=initiative, contents=sealed, by=by.ref, at=at)
    Decision.objects.filter(submission=found, is_current=True).update(is_current=False)
    made = Decision.objects.create(
        submission=found,
        state=state,
        instance=found.current,
        reason=kept or "",
        words=items[0] if items else None,
        questions=[path for path, _asked in askable(found, "") if path in questions] if kept else [],
        by=by,
        decided_at=at,
        event=event,
    )
    if state == State.RETURNED:
        _write_to_sender(found, made)
    return made


def _write_to_sender(submission: Submission, decision: Decision) -> None:
    """A mail, unless one went out some hours ago: a day of review is one mail, and not fifty."""
    to = submission.sent_by.person if submission.sent_by else None
    if to is None or not to.is_active:
        return
    recent = Decision.objects.filter(
        state=State.RETURNED,
        submission__sent_by__person=to,
        submission__questionnaire__initiative=submission.questionnaire.initiative_id,
        decided_at__gt=decision.decided_at - SILENCE,
    )
    if not recent.exclude(pk=decision.pk).exists():
        transaction.on_commit(lambda: mail.came_back(submission, decision, to))


def _faults(
    submission: Submission, state: State, edition: int, reason: Reason | None, words: str, by: Person
) -> list[Fault]:
    faults = []
    if state not in SAID:
        faults.append(Fault(_("Decision"), str(state), _("Choose one of the decisions.")))
    if not submission.editions.filter(number=edition, instance=submission.current).exists():
        problem = _("It was changed while you looked at it.")
        faults.append(Fault(_("Decision"), problem, _("Look at the new version, then decide.")))
    if submission.sent_by is not None and submission.sent_by.person_id == by.pk:
        faults.append(Fault(_("Decision"), _("Your own phone sent it."), _("Leave it to another reviewer.")))
    if state in _WITH_REASON and reason is None:
        faults.append(Fault(_("Reason"), _("No reason is given."), _("Choose the one that fits best.")))
    if state in _WITH_REASON and reason == Reason.OTHER and not words:
        faults.append(Fault(_("In your words"), _("The reason is not said."), _("Say it in a sentence.")))
    return faults


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of accepting many: how many were accepted, and how many of those that were meant were not."""

    accepted: int
    left: int


@transaction.atomic
def accept_many(
    *, initiative: Initiative, submissions: Collection[UUID], seen: datetime, by: Person, at: datetime
) -> Accepted:
    """Accepts those that nobody has decided about, or that have changed since; one event for all.

    Left as they are: what was returned or rejected, tests, the reviewer's own, what has changed after the
    list was made, and whatever is not there any more.

    Args:
        initiative: whose.
        submissions: which are meant; :data:`MOST` of them at most.
        seen: when the list was made from which they were chosen.
        by: who decides.
        at: when.

    Raises:
        InputError: they are too many at once.
    """
    if len(submissions) > MOST:
        remedy = _("Choose %(most)d at most, then the next ones.") % {"most": MOST}
        raise InputError(Fault(_("Submissions"), str(len(submissions)), remedy))
    held = Submission.objects.select_for_update(of=("self",)).filter(
        pk__in=submissions, questionnaire__initiative=initiative, is_test=False
    )
    locked = list(held.order_by("pk").values_list("pk", flat=True))
    newer = Edition.objects.filter(submission=OuterRef("pk"), received_at__gt=seen)
    rows = stated(gate.agreed(Submission.objects.filter(pk__in=locked), Purpose.REVIEW))
    rows = rows.filter(~Exists(newer), state__in=WAITING)
    rows = rows.filter(~Q(sent_by__person=by) | Q(sent_by__person=None))
    found = list(rows.values_list("pk", "current"))
    if found:
        event = _tell(initiative.pk, State.ACCEPTED, None, len(found), by, at)
        names = [name for name, _instance in found]
        Decision.objects.filter(submission__in=names, is_current=True).update(is_current=False)
        Decision.objects.bulk_create(
            Decision(
                submission_id=name,
                state=State.ACCEPTED,
                instance=instance,
                by=by,
                decided_at=at,
                event=event,
            )
            for name, instance in found
        )
    return Accepted(len(found), len(submissions) - len(found))


def _tell(initiative: UUID, state: State, reason: Reason | None, count: int, by: Person, at: datetime) -> int:
    payload: dict[str, Value] = {"state": str(state), "submissions": count}
    if reason is not None:
        payload["reason"] = str(reason)
    name = f"initiative:{initiative}"
    return record(Entry("submission.decided", by.ref, name, initiative, payload), at=at)[0].number
