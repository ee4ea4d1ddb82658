"""Erasing everything that an initiative was told, and erasing it again after a restore."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.collection.models import Edition, SetAside, Submission, Tombstone
from everycount.site.collection.receiving import tombstone
from everycount.site.consent import erased
from everycount.site.consent.actions.erasing import erase
from everycount.site.consent.actions.revising import revise_all
from everycount.site.consent.models import Consent, Message, Wish
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

_AT_ONCE = 500


@transaction.atomic
def erase_initiative(*, initiative: UUID, by: str, at: datetime) -> int:
    """Erases every submission, message and key of an initiative for ever; how many submissions there were.

    That it was erased, and when, is on disk beside the database before the first byte goes: whatever is
    restored from before that moment is erased again (:func:`erase_initiatives_again`). What comes later is
    another matter and is kept.
    """
    rows = Submission.objects.select_for_update(of=("self",)).filter(questionnaire__initiative=initiative)
    names = list(rows.values_list("pk", flat=True))
    erased.note_initiative(initiative, at)
    revise_all(initiative, names, at=at)
    marks = _marks(initiative)
    erased.note_erased(marks, of=initiative)
    laid = [Tombstone(mark=mark, initiative=initiative, laid_at=at) for mark in sorted(marks)]
    Tombstone.objects.bulk_create(laid, ignore_conflicts=True, batch_size=_AT_ONCE)
    vault.erase_initiative(initiative=initiative, by=by, at=at)
    SetAside.objects.filter(questionnaire__initiative=initiative).delete()
    Message.objects.filter(initiative=initiative).delete()
    Wish.objects.filter(initiative=initiative).delete()
    Consent.objects.filter(initiative=initiative).delete()
    Submission.objects.filter(questionnaire__initiative=initiative).delete()
    return len(names)


def _marks(initiative: UUID) -> set[str]:
    """Of every instanceID that came, so that phones that send it again are thanked and nothing is stored."""
    editions = Edition.objects.filter(submission__questionnaire__initiative=initiative)
    aside = SetAside.objects.filter(questionnaire__initiative=initiative).exclude(instance="")
    came = chain(
        editions.values_list("submission__questionnaire", "instance").iterator(),
        aside.values_list("questionnaire", "instance").iterator(),
    )
    return {tombstone(initiative, questionnaire, instance) for questionnaire, instance in came}


def erase_initiatives_again(listed: Mapping[UUID, datetime], *, at: datetime) -> int:
    """What a restore brought back of initiatives that were erased; how many submissions it was."""
    count = 0
    for initiative, moment in listed.items():
        rows = Submission.objects.filter(questionnaire__initiative=initiative)
        back = list(rows.filter(received_at__lte=moment).values_list("pk", flat=True))
        aside = SetAside.objects.filter(questionnaire__initiative=initiative, received_at__lte=moment)
        if not back and not aside.exists():
            continue
        count += len(back)
        if rows.filter(received_at__gt=moment).exists():
            _one_by_one(back, list(aside), at)
        else:
            erase_initiative(initiative=initiative, by="system", at=at)
    return count


def _one_by_one(submissions: list[UUID], aside: list[SetAside], at: datetime) -> None:
    """Where something came after the erasing, its keys must stay."""
    for name in submissions:
        erase(submission=name, by="system", at=at, how="again")
    with transaction.atomic():
        vault.erase(items=[each.item for each in aside], by="system", at=at)
        SetAside.objects.filter(pk__in=[each.pk for each in aside]).delete()
