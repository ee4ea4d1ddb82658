"""Erasing a submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Attachment, Edition, SetAside, Submission, Tombstone, Why
from everycount.site.collection.receiving import tombstone
from everycount.site.consent import erased, fed
from everycount.site.consent.actions.revising import revise
from everycount.site.consent.models import Consent, Message, Wish
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.ledger.models import Event
    from everycount.site.ledger.verbs import Value


@dataclass(frozen=True, slots=True)
class Traces:
    """What a submission left: names under which it came, sealed items, edits that were set aside."""

    instances: frozenset[str]
    items: tuple[UUID, ...]
    aside: tuple[UUID, ...]


@transaction.atomic
def erase(*, submission: UUID, by: str, at: datetime, how: str) -> Event | None:
    """Erases a submission for ever: bytes of all versions and files, what was set aside, messages, rows.

    The marks are on disk in the list beside the database before the first byte goes. Then the salts are
    overwritten, whatever becomes of the transaction: when in doubt, erased; the rest is made good at the next
    start (:func:`.again.reapply_erasures`).

    Returns:
        The event, which names neither the submission nor the person; None where there is nothing any more.
    """
    held = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire")
    found = held.filter(pk=submission).first()
    if found is None:
        return None
    revise(submission, at=at)
    traces = _traces(found)
    initiative = found.questionnaire.initiative_id
    marks = [tombstone(initiative, found.questionnaire_id, each) for each in traces.instances]
    erased.note_erased(marks, of=initiative)
    laid = [Tombstone(mark=mark, initiative=initiative, laid_at=at) for mark in marks]
    Tombstone.objects.bulk_create(laid, ignore_conflicts=True)
    vault.erase(items=traces.items, by=by, at=at)
    SetAside.objects.filter(pk__in=traces.aside).delete()
    Message.objects.filter(submission=submission).delete()
    Wish.objects.filter(submission=submission).delete()
    Consent.objects.filter(submission=submission).delete()
    found.delete()
    payload: dict[str, Value] = {"items": len(traces.items), "how": how}
    return record(Entry("submission.erased", by, f"initiative:{initiative}", initiative, payload), at=at)[0]


def _traces(submission: Submission) -> Traces:
    editions = Edition.objects.filter(submission=submission).values_list("instance", "item")
    aside = list(SetAside.objects.filter(submission=submission))
    instances = {submission.root, submission.current, *(name for name, _ in editions)}
    instances |= {each.instance for each in aside if each.instance}
    orphans = _edits_of(submission.questionnaire_id, instances)
    aside += orphans
    instances |= {each.instance for each in orphans if each.instance}
    held = Attachment.objects.filter(submission=submission).values_list("item", flat=True)
    files = [item for item in held if item is not None]
    messages = Message.objects.filter(submission=submission.pk).values_list("item", flat=True)
    wishes = Wish.objects.filter(submission=submission.pk).values_list("words", "answer")
    wished = [item for pair in wishes for item in pair if item is not None]
    items = [item for _, item in editions] + [*files, *messages, *wished] + [each.item for each in aside]
    items += fed.kept_with(submission.pk)
    return Traces(frozenset(instances), tuple(dict.fromkeys(items)), tuple(each.pk for each in aside))


def _edits_of(questionnaire: UUID, instances: set[str]) -> list[SetAside]:
    """Edits that came without what they edit, and edit one of these; also edits of such edits."""
    waiting = SetAside.objects.filter(questionnaire=questionnaire, why=Why.ORPHAN, submission=None)
    found: dict[UUID, SetAside] = {}
    known = instances
    while known:
        more = [each for each in waiting.filter(replaces__in=known) if each.pk not in found]
        found |= {each.pk: each for each in more}
        known = {each.instance for each in more}
    return list(found.values())
