"""What follows for releases when somebody takes consent back, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.consent.models import Use
from everycount.site.consent.used import uses_with
from everycount.site.ledger.actions import Entry, record
from everycount.site.publication.models import Release
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.site.ledger.verbs import Value


@transaction.atomic
def revise(submission: UUID, at: datetime) -> int:
    """Says of every public release that a submission went into that it has to be made anew; how many.

    Called in the transaction of the withdrawal. The mark itself stands with the use of the records: from
    that moment on every page of the release shows it.
    """
    fresh = Use.objects.filter(event__in=uses_with(submission), under_revision_since=None)
    rows = Release.objects.filter(use__in=fresh.values("event"), state=State.PUBLISHED).select_related("plan")
    found = list(rows)
    for each in found:
        payload: dict[str, Value] = {"number": each.number, "opened": each.use}
        entry = Entry(
            "release.revision_due", "system", f"release:{each.pk}", each.plan.initiative_id, payload
        )
        record(entry, at=at)
    return len(found)
