"""Every change of what came back: one function a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may
from everycount.site.returns.models import Meeting, Recommendation, Step, Word
from everycount.site.returns.states import BY_COMMUNITY, NEXT, State

if TYPE_CHECKING:
    from datetime import date, datetime

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan
    from everycount.site.returns.models import Kind


@transaction.atomic
def met(
    *, plan: Plan, day: date, place: str, people: int | None, said: str, by: Person, at: datetime
) -> Meeting:
    """Writes down that numbers were brought back to people.

    Raises:
        PermissionDenied: the person may not.
        InputError: the day has not come yet.
    """
    _allow(plan, by, at, Verb.GIVE_BACK)
    _past(day, at)
    event = _record("returns.met", plan, by, at, people=people or 0)
    return Meeting.objects.create(
        plan=plan, day=day, place=place, people=people, said=said, event=event, written_at=at
    )


@transaction.atomic
def say(
    *, plan: Plan, kind: Kind, words: str, by: Person, at: datetime, meeting: Meeting | None = None
) -> Word:
    """Puts somebody's words beside the numbers; whoever writes has asked whether they may stand in public.

    Raises:
        PermissionDenied: the person may not.
    """
    _allow(plan, by, at, Verb.GIVE_BACK, Verb.SEE_CHANGE)
    event = _record("returns.said", plan, by, at, kind=kind.value)
    return Word.objects.create(plan=plan, meeting=meeting, kind=kind, words=words, event=event, said_at=at)


@transaction.atomic
def answer(*, word: Word, answer: str, by: Person, at: datetime) -> Word:
    """The initiative answers to words that stand in public."""
    _allow(word.plan, by, at, Verb.GIVE_BACK)
    if word.gone_at is not None:
        raise InputError(Fault(_("Words"), _("They were taken back."), _("There is nothing to answer.")))
    _record("returns.answered", word.plan, by, at, kind=word.kind)
    word.answer = answer
    word.save(update_fields=["answer"])
    return word


@transaction.atomic
def unsay(*, word: Word, by: Person, at: datetime) -> Word:
    """Whoever said it does not want it in public any more: words and answer are gone, the event stays."""
    _allow(word.plan, by, at, Verb.GIVE_BACK, Verb.SEE_CHANGE)
    if word.gone_at is None:
        _record("returns.unsaid", word.plan, by, at, kind=word.kind)
        word.words, word.answer, word.gone_at = "", "", at
        word.save(update_fields=["words", "answer", "gone_at"])
    return word


@transaction.atomic
def recommend(*, plan: Plan, words: str, to: str, day: date, by: Person, at: datetime) -> Recommendation:
    """Says publicly what should change, and to whom it was said.

    Raises:
        PermissionDenied: the person may not.
        InputError: the day has not come yet.
    """
    _allow(plan, by, at, Verb.GIVE_BACK)
    _past(day, at)
    made = Recommendation.objects.create(plan=plan, words=words, to=to, asked_at=at)
    event = _record("returns.asked", plan, by, at)
    Step.objects.create(recommendation=made, state=State.ASKED, day=day, event=event, at=at)
    return made


@transaction.atomic
def step(
    *, recommendation: Recommendation, state: State, words: str, day: date, by: Person, at: datetime
) -> Recommendation:
    """Writes down what became of a recommendation.

    Raises:
        PermissionDenied: the person may not; whether a change is seen, only the community says.
        InputError: this does not follow from where it stands, or the day has not come yet.
    """
    found = Recommendation.objects.select_for_update().get(pk=recommendation.pk)
    _allow(found.plan, by, at, Verb.SEE_CHANGE if state in BY_COMMUNITY else Verb.GIVE_BACK)
    _past(day, at)
    if state not in NEXT[State(found.state)]:
        problem = _("From “%(now)s” it does not go to “%(then)s”.")
        named = {"now": State(found.state).label, "then": state.label}
        raise InputError(Fault(_("What happened"), problem % named, _("Look at the page again.")))
    event = _record("returns.step", found.plan, by, at, state=state.value)
    Step.objects.create(recommendation=found, state=state, words=words, day=day, event=event, at=at)
    found.state = state
    found.save(update_fields=["state"])
    return found


def _allow(plan: Plan, by: Person, at: datetime, *verbs: Verb) -> None:
    if not any(may(by, verb, plan, at=at) for verb in verbs):
        raise PermissionDenied


def _past(day: date, at: datetime) -> None:
    # A day later somewhere on earth is not the future.
    if (day - at.date()).days > 1:
        raise InputError(
            Fault(_("Day"), _("%(day)s has not come yet.") % {"day": day}, _("Write down what has happened."))
        )


def _record(verb: str, plan: Plan, by: Person, at: datetime, **payload: str | int) -> int:
    entry = Entry(verb, by.ref, f"plan:{plan.pk}", plan.initiative_id, payload)
    return record(entry, at=at)[0].number
