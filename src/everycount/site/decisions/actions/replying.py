"""The initiative replies to a decision, or asks that somebody else looks again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.decisions.models import Appeal, Decision, Reply, Settled
from everycount.site.decisions.queries.assessing import office_of
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person


@transaction.atomic
def reply(*, decision: Decision, words: str, by: Person, at: datetime) -> Reply:
    """What the initiative says stands beside the decision from now on.

    Raises:
        PermissionDenied: the person does not speak for the initiative.
        InputError: nothing is said.
    """
    here = _for_the_initiative(decision, words, by, at)
    event = _told("assessment.replied", here, by, at)
    return Reply.objects.create(decision=here, person=by, words=words.strip(), event=event, at=at)


@transaction.atomic
def appeal(*, decision: Decision, words: str, by: Person, at: datetime) -> Appeal:
    """The initiative asks for a second look.

    Raises:
        PermissionDenied: the person does not speak for the initiative.
        InputError: nothing is said, or an appeal waits already.
    """
    here = _for_the_initiative(decision, words, by, at)
    if here.appeals.filter(outcome="").exists():
        problem = _("An appeal waits for its answer already.")
        raise InputError(Fault(str(here), problem, _("Wait for the answer, or reply.")))
    event = _told("assessment.appealed", here, by, at)
    return Appeal.objects.create(decision=here, person=by, words=words.strip(), event=event, at=at)


@transaction.atomic
def answer_appeal(*, appeal: Appeal, outcome: Settled, words: str, by: Person, at: datetime) -> Appeal:
    """Somebody else of the office answers after a second look.

    Raises:
        PermissionDenied: the person is not of the office, decided it, or the initiative is their own.
        InputError: nothing is said, or it was answered.
    """
    rows = Appeal.objects.select_for_update(of=("self",)).select_related(
        "decision__assessment__release__plan"
    )
    here = rows.get(pk=appeal.pk)
    decided = here.decision.assessment
    office = office_of(by, at=at)
    is_another = office is not None and office.pk == decided.office_id and by.pk != decided.officer_id
    if not is_another or not may(by, Verb.ASSESS, decided, at=at):
        raise PermissionDenied
    if here.outcome:
        problem = _("It was answered already.")
        raise InputError(Fault(str(here), problem, _("Look at the answer.")))
    _want(words)
    _told("assessment.appeal_answered", here.decision, by, at, outcome=outcome.value)
    here.outcome, here.answer = outcome, words.strip()
    here.answered_by, here.answered_at = by, at
    here.save()
    return here


def _for_the_initiative(decision: Decision, words: str, by: Person, at: datetime) -> Decision:
    if not may(by, Verb.REPLY_DECISIONS, decision, at=at):
        raise PermissionDenied
    _want(words)
    rows = Decision.objects.select_for_update(of=("self",)).select_related("assessment__release__plan")
    return rows.get(pk=decision.pk)


def _want(words: str) -> None:
    if not words.strip():
        raise InputError(Fault(_("Words"), _("It is empty."), _("Write at least a sentence.")))


def _told(verb: str, here: Decision, by: Person, at: datetime, **more: str) -> int:
    release = here.assessment.release
    payload: dict[str, Value] = {"number": release.number, **more}
    entry = Entry(verb, by.ref, f"decision:{here.pk}", release.plan.initiative_id, payload)
    (event,) = record(entry, at=at)
    return event.number
