"""The mark "under revision": what was made of records of which one was taken back.

Whoever opens records to make numbers of them, to give them away or to archive them leaves a :class:`Use`,
named by its entry in the ledger. A release names the entry from which it was made, and so knows whether it
has to be made again; when, is not said here: the difference of two releases is itself a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.consent import fed
from everycount.site.consent.models import Use, UsedRecord
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from everycount.site.consent.models import Purpose


def revise(submission: UUID, *, at: datetime, purposes: Collection[Purpose] | None = None) -> None:
    """Marks every use that a submission went into, in the caller's transaction; marked once, marked for good.

    Args:
        submission: which.
        at: when.
        purposes: those that were taken back; everything, and the submission is forgotten here, where None.
    """
    fed.revise(submission, at=at)
    uses = Use.objects.filter(records__submission=submission)
    if purposes is not None:
        uses = uses.filter(purpose__in=purposes)
    fresh = list(uses.filter(under_revision_since=None).order_by("event"))
    Use.objects.filter(event__in=[each.event for each in fresh]).update(under_revision_since=at)
    if fresh:
        record(*(_entry(each) for each in fresh), at=at)
    if purposes is None:
        UsedRecord.objects.filter(submission=submission).delete()


def _entry(use: Use) -> Entry:
    name = f"initiative:{use.initiative}"
    return Entry("use.under_revision", "system", name, use.initiative, {"opened": use.event})
