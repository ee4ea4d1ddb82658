"""Reading of which household or place submissions speak."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef

from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.followup.models import Link
from everycount.site.followup.queries.declared import making
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault.sealing import BrokenSealError

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

MOST = 500  # in one transaction
_LOG = logging.getLogger(__name__)


def link_waiting(*, initiative: UUID, at: datetime) -> int:
    """Links what came since the last time; how many submissions were read. Again is as good as once."""
    forms = making(initiative)
    count = 0
    while forms and (done := _link(initiative, list(forms), at)):
        count += done
    return count


def _link(initiative: UUID, forms: list[UUID], at: datetime) -> int:
    known = Link.objects.filter(submission=OuterRef("pk"), instance=OuterRef("current"))
    waiting = Submission.objects.filter(
        ~Exists(known), questionnaire__in=forms, is_held=False, is_test=False, awaits_consent=False
    )
    found = list(waiting.select_related("questionnaire").order_by("received_at")[:MOST])
    if not found:
        return 0
    links = _read(found)
    read = {each.pk: (each, links.get(each.pk)) for each in found}
    with transaction.atomic():
        held = Submission.objects.select_for_update(of=("self",)).filter(pk__in=read).order_by("pk")
        still = dict(held.values_list("pk", "current"))
        rows = [_row(one, link) for pk, (one, link) in read.items() if still.get(pk) == one.current]
        Link.objects.filter(submission__in=[each.submission_id for each in rows]).delete()
        Link.objects.bulk_create(rows, ignore_conflicts=True)  # two readers at a time write the same
        linked = sum(bool(each.list) for each in rows)
        payload = {"submissions": len(rows), "linked": linked}
        record(Entry("entities.linked", "system", f"initiative:{initiative}", initiative, payload), at=at)
    return len(rows)


def _read(submissions: list[Submission]) -> dict[UUID, gate.Linked | None]:
    """All at once; one by one where one of them is damaged, so that the others are read."""
    try:
        return gate.links_of(submissions)
    except (BrokenSealError, LookupError, ValueError):
        if len(submissions) > 1:
            return {name: link for each in submissions for name, link in _read([each]).items()}
        _LOG.exception("Of which household submission %s speaks cannot be read.", submissions[0].pk)
        return {}


def _row(submission: Submission, link: gate.Linked | None) -> Link:
    made = Link(submission=submission, instance=submission.current)
    if link is not None:
        made.list, made.mark, made.is_new = link.list, link.mark, link.is_new
    return made
