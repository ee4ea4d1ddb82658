"""What respondents want corrected, and what is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.actions.messages import LONGEST
from everycount.site.consent.models import Wish
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.consent.models import Outcome
    from everycount.site.people.models import Person

MOST = 10  # wishes of one person that nobody has answered


@transaction.atomic
def ask_correction(*, submission: UUID, group: str, text: str, by: str, at: datetime) -> bool:
    """Seals a wish; False where nothing is held any more, or too many wait."""
    held = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire")
    found = held.filter(pk=submission).first()
    if found is None or Wish.objects.filter(submission=submission, outcome="").count() >= MOST:
        return False
    initiative = found.questionnaire.initiative_id
    (item,) = vault.seal(initiative=initiative, contents=[text[:LONGEST].encode()], by=by, at=at)
    Wish.objects.create(
        initiative_id=initiative, submission=submission, group=group[:200], words=item, asked_at=at
    )
    record(Entry("correction.asked", by, f"initiative:{initiative}", initiative), at=at)
    return True


def read_wish(*, wish: Wish, by: Person, at: datetime) -> tuple[str, str] | None:
    """What somebody wants corrected, and what was answered; None for those who may not read it."""
    return gate.open_wish(wish, by=by, at=at)


@transaction.atomic
def answer_wish(*, wish: UUID, outcome: Outcome, words: str, by: Person, at: datetime) -> Wish | None:
    """Says what came of a wish; the respondent reads it at the receipt. Said again, the later word holds.

    The event names neither the wish nor the answers: a later erasing leaves nothing that was said of them.
    """
    found = Wish.objects.select_for_update(of=("self",)).filter(pk=wish).first()
    if found is None:
        return None
    if found.answer is not None:
        vault.erase(items=[found.answer], by=by.ref, at=at)
    sealed = [words.strip()[:LONGEST].encode()] if words.strip() else []
    items = vault.seal(initiative=found.initiative_id, contents=sealed, by=by.ref, at=at)
    found.outcome, found.answer = outcome, items[0] if items else None
    found.answered_by, found.answered_at = by, at
    found.save()
    initiative = found.initiative_id
    name = f"initiative:{initiative}"
    record(Entry("correction.answered", by.ref, name, initiative, {"outcome": str(outcome)}), at=at)
    return found
