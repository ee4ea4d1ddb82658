"""Taking consent back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.utils.translation import gettext_noop as _  # the page that shows a label translates it

from everycount.site.collection.models import Submission
from everycount.site.collection.receiving import tombstone
from everycount.site.consent import erased, rules
from everycount.site.consent.actions.closing import close
from everycount.site.consent.actions.erasing import erase
from everycount.site.consent.actions.reading import read_now
from everycount.site.consent.actions.revising import revise
from everycount.site.consent.models import Basis, Consent, Ended, Purpose
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID


class How(models.TextChoices):
    """How a person asked."""

    RECEIPT = "receipt", _("With the receipt code")
    IN_PERSON = "in_person", _("In person")
    CALL = "call", _("By telephone")
    LETTER = "letter", _("In writing")
    COLLECTOR = "collector", _("Through whoever asked the questions")


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it.

    Attributes:
        event: number of the event in the ledger, a proof that names nobody.
        is_erased: nothing was left that the answers might be used for.
    """

    event: int
    is_erased: bool


def withdraw(
    *, submission: UUID, purposes: Collection[Purpose], by: str, at: datetime, how: How
) -> Done | None:
    """A person takes purposes back; where no use is left, everything is erased.

    What is taken back stays so: no later version of the answers opens it again.

    Args:
        submission: whose.
        purposes: what is taken back; COLLECTION stands for everything.
        by: who did it: the respondent, or the steward on their behalf.
        at: when.
        how: how the person asked.

    Returns:
        What came of it; None where nothing is held any more.
    """
    read_now(submission, at=at)  # what was sent a moment ago is known before it is taken back
    with transaction.atomic():
        found = Submission.objects.select_for_update(of=("self",)).select_related("questionnaire")
        held = found.filter(pk=submission).first()
        if held is None:
            return None
        rows = Consent.objects.filter(submission=submission, until=None).values_list("purpose", flat=True)
        still_open = {Purpose(each) for each in rows}
        left = rules.remaining(still_open.difference(purposes))
        if not left:
            event = erase(submission=submission, by=by, at=at, how=how)
            return Done(event.number, is_erased=True) if event else None
        return Done(_close(held, still_open - left | set(purposes), by, at, how), is_erased=False)


def _close(submission: Submission, purposes: Collection[Purpose], by: str, at: datetime, how: How) -> int:
    """Closes rows; the event names the initiative only, or a collector could tell whose consent it was."""
    form = submission.questionnaire
    erased.note_withdrawn(tombstone(form.initiative_id, form.pk, submission.root), purposes)
    revise(submission.pk, at=at, purposes=purposes)
    rows = Consent.objects.filter(submission=submission.pk, purpose__in=purposes, until=None)
    closed = set(rows.values_list("purpose", flat=True))
    close(rows, at=at, why=Ended.WITHDRAWN)
    initiative = submission.questionnaire.initiative_id
    Consent.objects.bulk_create(
        # Never asked or not read yet: it is written down all the same, so that nothing opens it later.
        Consent(
            submission=submission.pk,
            initiative=initiative,
            purpose=purpose,
            basis=Basis.SPOKEN,
            since=at,
            until=at,
            ended=Ended.WITHDRAWN,
        )
        for purpose in sorted(set(purposes) - closed)
    )
    events = record(
        *(
            Entry(
                "consent.withdrawn",
                by,
                f"initiative:{initiative}",
                initiative,
                {"purpose": str(purpose), "how": str(how)},
            )
            for purpose in sorted(purposes)
        ),
        at=at,
    )
    return events[-1].number
