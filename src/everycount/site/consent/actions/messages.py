"""Words of respondents to the steward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Message
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.people.models import Person

LONGEST = 4000  # characters
MOST = 20  # messages of one person that lie unread; more would hide those of others


@transaction.atomic
def leave_message(*, submission: UUID, text: str, by: str, at: datetime) -> bool:
    """Seals a message to the steward; False where nothing is held any more, or too many lie unread."""
    held = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire")
    found = held.filter(pk=submission).first()
    if found is None or Message.objects.filter(submission=submission, read_at=None).count() >= MOST:
        return False
    initiative = found.questionnaire.initiative_id
    (item,) = vault.seal(initiative=initiative, contents=[text[:LONGEST].encode()], by=by, at=at)
    Message.objects.create(initiative_id=initiative, submission=submission, item=item, sent_at=at)
    record(Entry("message.left", by, f"initiative:{initiative}", initiative), at=at)
    return True


@transaction.atomic
def read_message(*, message: Message, by: Person, at: datetime) -> str | None:
    """The words of a message, which counts as read from now on; None for those who may not read it."""
    text = gate.open_message(message, by=by, at=at)
    if text is not None and message.read_at is None:
        Message.objects.filter(pk=message.pk, read_at=None).update(read_at=at)
    return text
