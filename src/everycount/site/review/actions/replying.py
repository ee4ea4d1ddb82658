"""The right of reply: whoever asked the questions says a word of their own beside what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.ledger.actions import Entry, record
from everycount.site.review.actions.deciding import LONGEST
from everycount.site.review.models import Decision, Reply
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.collection.models import Key
    from everycount.site.people.models import Person

MOST = 20  # replies to one submission


@transaction.atomic
def reply(*, submission: UUID, words: str, by: Person | Key, at: datetime) -> Reply | None:
    """Keeps what the sender of a submission answers to a decision or a flag; the decision stays as it is.

    Args:
        submission: which; the caller has found it among those that ``by`` sent.
        words: sealed, for they may repeat an answer.
        by: the person, or the phone's key where nobody is signed in.
        at: when.

    Returns:
        the reply; None where nothing is there any more.

    Raises:
        InputError: nothing was written, or too much was written already.
    """
    held = Submission.objects.select_for_update(of=("self",)).filter(pk=submission)
    found = gate.agreed(held, Purpose.REVIEW).select_related("questionnaire").first()
    if found is None:
        return None
    text = words.strip()[:LONGEST]
    if not text:
        raise InputError(Fault(_("Your answer"), _("Nothing is written."), _("Say it in a sentence.")))
    if found.replies.count() >= MOST:
        problem = _("There are %(most)d answers already.") % {"most": MOST}
        raise InputError(Fault(_("Your answer"), problem, _("Speak with the reviewers.")))
    initiative = found.questionnaire.initiative_id
    (item,) = vault.seal(initiative=initiative, contents=[text.encode()], by=by.ref, at=at)
    # Like the decision: a later erasing leaves nothing in the ledger that was said of the submission.
    entry = Entry("submission.replied", by.ref, f"initiative:{initiative}", initiative)
    is_key = by.ref.startswith("device:")
    return Reply.objects.create(
        submission=found,
        decision=Decision.objects.filter(submission=found, is_current=True).first(),
        words=item,
        **{"key" if is_key else "by": by},
        replied_at=at,
        event=record(entry, at=at)[0].number,
    )
