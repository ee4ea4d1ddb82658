"""Changes of the community's review. Events tell that somebody spoke, never what they said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection.models import State, Version
from everycount.site.collection.queries import forget, form
from everycount.site.ledger.actions import Entry, record
from everycount.site.questionnaires import things
from everycount.site.questionnaires.models import Review, ReviewRule, Rule, Stance, Voice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

LONGEST = 2000  # letters of a reason or an answer
MOST_PEOPLE = 1000


@transaction.atomic
def set_rule(
    *, initiative: Initiative, rule: Rule, quorum: int, reason: str, by: Person, at: datetime
) -> ReviewRule:
    """From now on questionnaires of the initiative are reviewed by this rule.

    Raises:
        InputError: there is no reason, or the number is none.
    """
    faults = []
    if not reason.strip():
        faults.append(
            Fault(_("Reason"), _("No reason is given."), _("Say why; it is printed with the version."))
        )
    if rule is Rule.QUORUM and not 1 <= quorum <= MOST_PEOPLE:
        faults.append(
            Fault(_("Number"), f"{quorum}", _("Write how many people must have spoken, at least 1."))
        )
    if faults:
        raise InputError(*faults)
    made, _new = ReviewRule.objects.update_or_create(
        initiative=initiative,
        defaults={"rule": rule, "quorum": quorum, "reason": reason.strip()[:LONGEST], "set_at": at},
    )
    payload: dict[str, Value] = {"rule": str(rule), "quorum": quorum if rule is Rule.QUORUM else None}
    name = f"initiative:{initiative.id}"
    record(Entry("concepts.rule_set", by.ref, name, initiative.id, payload), at=at)
    return made


@transaction.atomic
def open_review(*, version: Version, by: Person, at: datetime) -> Review:
    """The community is asked about each question and each category; again opens a closed review again.

    Raises:
        InputError: the version is published already.
    """
    version = _locked(version)
    if version.state not in {State.DRAFT, State.REVIEW}:
        raise InputError(_late(version))
    review, _new = Review.objects.get_or_create(version=version, defaults={"opened_at": at})
    if version.state == State.REVIEW and review.is_open:
        return review
    verb = "concepts.review_reopened" if review.closed_at else "concepts.review_opened"
    review.closed_at = None
    review.save(update_fields=["closed_at"])
    version.state = State.REVIEW
    version.save(update_fields=["state"])
    transaction.on_commit(forget)
    _tell(verb, version, by, at, {"version": version.version})
    return review


@transaction.atomic
def close_review(*, version: Version, by: Person, at: datetime) -> None:
    """No voice is taken or changed from now on. Again is as good as once."""
    version = _locked(version)
    review = Review.objects.filter(version=version, closed_at=None).exclude(opened_at=None).first()
    if review is None:
        return
    review.closed_at = at
    review.save(update_fields=["closed_at"])
    voices = review.voices
    payload: dict[str, Value] = {
        "version": version.version,
        "people": voices.values("person").distinct().count(),
        "endorsed": voices.filter(stance=Stance.ENDORSE).count(),
        "objected": voices.filter(stance=Stance.OBJECT).count(),
    }
    _tell("concepts.review_closed", version, by, at, payload)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one thing."""

    thing: str
    stance: Stance
    words: str = ""


@transaction.atomic
def speak(*, review: Review, said: Sequence[Said], by: Person, at: datetime) -> int:
    """A member's voices on some things; each takes the place of what they said of it before.

    Returns:
        how many were new or changed.

    Raises:
        InputError: the review is closed, there is no such thing, or an objection has no reason.
    """
    version = _locked(review.version)
    review.refresh_from_db()
    faults = (
        []
        if review.is_open
        else [Fault(str(version), _("The review is closed."), _("Speak to the coordinator."))]
    )
    known = frozenset().union(*things.things(form(version.id)).values())
    faults += [fault for each in said for fault in _unsayable(each, known)]
    if faults:
        raise InputError(*faults)
    before = {voice.thing: voice for voice in review.voices.filter(person=by)}
    changed = [each for each in said if not _is_same(before.get(each.thing), each)]
    for each in changed:
        # What was answered to other words is no answer to these.
        Voice.objects.update_or_create(
            review=review,
            person=by,
            thing=each.thing,
            defaults={
                "stance": each.stance,
                "words": each.words.strip(),
                "said_at": at,
                "answer": "",
                "answered_at": None,
            },
        )
        _tell("concepts.spoken", version, by, at, {"stance": str(each.stance)})
    return len(changed)


def _unsayable(said: Said, known: frozenset[str]) -> list[Fault]:
    words, faults = said.words.strip(), []
    if said.thing not in known:
        missing = _("This form has no such question or category.")
        faults.append(Fault(said.thing[:80], missing, _("Load the page again.")))
    if said.stance is not Stance.ENDORSE and not words:
        remedy = _("Say in a sentence what is not right, or what is missing.")
        faults.append(Fault(_("Your words"), _("Nothing is written."), remedy))
    if len(words) > LONGEST:
        faults.append(Fault(_("Your words"), f"{len(words)}", _("Write at most 2,000 letters.")))
    return faults


def _is_same(before: Voice | None, said: Said) -> bool:
    return before is not None and (before.stance, before.words) == (said.stance, said.words.strip())


@transaction.atomic
def answer(*, voice: Voice, words: str, by: Person, at: datetime) -> None:
    """A coordinator's answer to an objection or a comment; it may be bettered until the version is published.

    Raises:
        InputError: nothing is written, or the version is published.
    """
    version = _locked(voice.review.version)
    faults = []
    if version.state not in {State.DRAFT, State.REVIEW}:
        faults.append(_late(version))
    if not 0 < len(words.strip()) <= LONGEST:
        faults.append(Fault(_("Your answer"), _("It is empty or too long."), _("Write 1 to 2,000 letters.")))
    if faults:
        raise InputError(*faults)
    voice.answer, voice.answered_at = words.strip(), at
    voice.save(update_fields=["answer", "answered_at"])
    _tell("concepts.answered", version, by, at, {})


def _locked(version: Version) -> Version:
    """The version as it is now; nobody else changes it until this transaction ends."""
    return Version.objects.select_for_update(of=("self",)).select_related("questionnaire").get(pk=version.pk)


def _late(version: Version) -> Fault:
    remedy = _("Upload a new version and ask about that one.")
    return Fault(str(version), _("This version is published; its review is part of its record."), remedy)


def _tell(verb: str, version: Version, by: Person, at: datetime, payload: dict[str, Value]) -> None:
    name = f"version:{version.id}"
    record(Entry(verb, by.ref, name, version.questionnaire.initiative_id, payload), at=at)
