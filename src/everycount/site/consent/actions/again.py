"""Erasing and closing again what the list beside the database says, after a restore or a crash."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Edition, SetAside, Submission, Tombstone
from everycount.site.collection.receiving import tombstone
from everycount.site.consent import erased
from everycount.site.consent.actions.closing import close
from everycount.site.consent.actions.erasing import erase
from everycount.site.consent.actions.initiatives import erase_initiatives_again
from everycount.site.consent.models import Consent, Ended
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID


def reapply_erasures(*, at: datetime) -> int:
    """Erases and closes again what the list says, after a restore or a crash; how many submissions it met.

    Every instanceID that the node holds is held against the list. Again is as good as once.
    """
    listed = erased.read()
    if not listed.erased and not listed.withdrawn and not listed.initiatives:
        return 0
    count = erase_initiatives_again(listed.initiatives, at=at)
    with transaction.atomic():
        laid = [
            Tombstone(mark=mark, initiative=of, laid_at=at)
            for mark, of in sorted(listed.erased.items(), key=itemgetter(0))
        ]
        Tombstone.objects.bulk_create(laid, ignore_conflicts=True, batch_size=500)
    gone = _met(listed.erased)
    for submission in gone:
        erase(submission=submission, by="system", at=at, how="again")
    return count + len(gone) + _strays(listed.erased, at) + _close_again(listed, at)


def _met(marks: Collection[str]) -> list[UUID]:
    rows = Edition.objects.values_list(
        "submission", "submission__questionnaire__initiative", "submission__questionnaire", "instance"
    )
    found = (
        name for name, owner, form, instance in rows.iterator() if tombstone(owner, form, instance) in marks
    )
    return list(dict.fromkeys(found))


def _strays(marks: Collection[str], at: datetime) -> int:
    """Edits that were set aside without their submission, whose own name is on the list."""
    rows = SetAside.objects.filter(submission=None).select_related("questionnaire")
    found = [each for each in rows if _mark(each) in marks]
    with transaction.atomic():
        vault.erase(items=[each.item for each in found], by="system", at=at)
        SetAside.objects.filter(pk__in=[each.pk for each in found]).delete()
    return len(found)


def _mark(row: SetAside) -> str:
    return tombstone(row.questionnaire.initiative_id, row.questionnaire_id, row.instance)


@transaction.atomic
def _close_again(listed: erased.TakenBack, at: datetime) -> int:
    if not listed.withdrawn:
        return 0
    rows = Submission.objects.values_list("pk", "questionnaire__initiative", "questionnaire", "root")
    count = 0
    for name, owner, form, root in rows.iterator():
        purposes = listed.withdrawn.get(tombstone(owner, form, root), set())
        still_open = Consent.objects.filter(submission=name, purpose__in=purposes, until=None)
        count += bool(purposes and close(still_open, at=at, why=Ended.WITHDRAWN))
    return count
