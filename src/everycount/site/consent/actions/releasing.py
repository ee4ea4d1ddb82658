"""Letting go of what was held because its version was not known here when it came.

Who looks is the reader of consents, again and again, and not the act of publishing: another process may have
stored a submission a moment later that had asked for the version a moment before.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from everycount.faults import InputError
from everycount.site.collection.models import Attachment, Submission, Version
from everycount.site.collection.queries import DRAFTS
from everycount.site.consent import gate
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault.ring import ErasedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

MOST = 200  # in one transaction


def release_known(*, at: datetime, only: UUID | None = None) -> int:
    """Lets go of those whose version is known now, and says which of their files they name; how many."""
    waiting = Submission.objects.filter(_known(), awaits_consent=True, is_held=True)
    if only is not None:
        waiting = waiting.filter(pk=only)
    found = waiting.select_related("questionnaire").order_by("received_at")[:MOST]
    named = {each.pk: (each, marks) for each in found if (marks := _named(each)) is not None}
    if not named:
        return 0
    with transaction.atomic():
        held = Submission.objects.select_for_update().filter(pk__in=named, is_held=True)
        now = dict(held.order_by("pk").values_list("pk", "current"))
        done = [pair for name, pair in named.items() if now.get(name) == pair[0].current]
        for submission, marks in done:
            _name_files(submission, marks)
        Submission.objects.filter(pk__in=[each.pk for each, _ in done]).update(is_held=False)
        counts = Counter(each.questionnaire.initiative_id for each, _ in done)
        record(
            *(
                Entry("submission.released", "system", f"initiative:{name}", name, {"submissions": count})
                for name, count in counts.items()
            ),
            at=at,
        )
    return len(done)


def _known() -> Q:
    versions = Version.objects.filter(questionnaire=OuterRef("questionnaire"), version=OuterRef("version"))
    return Q(Exists(versions.exclude(state__in=DRAFTS))) | Q(Exists(versions), is_test=True)


def _named(submission: Submission) -> Sequence[str] | None:
    """Marks of the files that it names; None where it cannot be read yet, or any more."""
    try:
        return gate.files_named_by(submission)
    except InputError:
        return ()  # a form that this program no longer reads: it is held no longer, and stays shut
    except (ErasedError, LookupError):
        return None


def _name_files(submission: Submission, marks: Sequence[str]) -> None:
    """Files that came are named now; what is named and has not come is waited for."""
    files = Attachment.objects.filter(submission=submission, name_hash__in=marks)
    files.update(is_named=True)
    there = set(files.values_list("name_hash", flat=True))
    Attachment.objects.bulk_create(
        Attachment(submission=submission, name_hash=mark)
        for mark in dict.fromkeys(marks)
        if mark not in there
    )
