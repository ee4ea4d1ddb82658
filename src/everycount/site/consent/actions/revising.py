"""The mark "under revision": what was made of records of which one was taken back.

Whoever opens records to make numbers of them, to give them away or to archive them leaves a :class:`Use`,
named by its entry in the ledger. A release names the entry from which it was made, and so knows whether it
has to be made again; when, is not said here: the difference of two releases is itself a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from everycount.site.consent import fed, used
from everycount.site.consent.models import Use, UsedRecords
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from everycount.site.consent.models import Purpose


def revise(submission: UUID, *, at: datetime, purposes: Collection[Purpose] | None = None) -> None:
    """Marks every use that a submission went into, in the caller's transaction; marked once, marked for good.

    Args:
        submission: which.
        at: when.
        purposes: those that were taken back; everything, and the submission is forgotten here, where None.
    """
    fed.revise(submission, at=at)
    parts = used.parts_with(submission)
    uses = Use.objects.filter(event__in=[each.use_id for each in parts])
    _mark(uses if purposes is None else uses.filter(purpose__in=purposes), at)
    if purposes is None:
        used.forget(submission, parts)


def revise_all(initiative: UUID, submissions: Collection[UUID], *, at: datetime) -> None:
    """Marks every use of an initiative of which all submissions are erased, and forgets which they were.

    In the caller's transaction; releases are told of each submission.
    """
    for name in submissions:
        fed.revise(name, at=at)
    uses = Use.objects.filter(initiative=initiative)
    _mark(uses.filter(Exists(UsedRecords.objects.filter(use=OuterRef("pk")))), at)
    UsedRecords.objects.filter(use__in=uses).delete()


def _mark(uses: QuerySet[Use], at: datetime) -> None:
    fresh = list(uses.filter(under_revision_since=None).order_by("event"))
    Use.objects.filter(event__in=[each.event for each in fresh]).update(under_revision_since=at)
    if fresh:
        record(*(_entry(each) for each in fresh), at=at)


def _entry(use: Use) -> Entry:
    name = f"initiative:{use.initiative}"
    return Entry("use.under_revision", "system", name, use.initiative, {"opened": use.event})
