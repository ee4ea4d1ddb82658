"""Dismissing flags. The event says which kind of flag and why, and never of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.fieldwork.models import Flag, Why
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person


@transaction.atomic
def dismiss(*, flag: int, why: Why, by: Person, at: datetime) -> Flag | None:
    """Says why a flag is no reason to do anything; None where it does not stand any more, or was dismissed.

    Args:
        flag: which.
        why: one of the reasons.
        by: who has looked.
        at: when.
    """
    found = Flag.objects.select_for_update(of=("self",)).filter(pk=flag, dismissed_at=None)
    one = found.select_related("questionnaire").first()
    if one is None:
        return None
    initiative = one.questionnaire.initiative_id
    entry = Entry(
        "flag.dismissed",
        by.ref,
        f"initiative:{initiative}",
        initiative,
        {"kind": one.kind, "reason": str(why)},
    )
    one.event = record(entry, at=at)[0].number
    one.why, one.dismissed_by, one.dismissed_at = why, by, at
    one.save(update_fields=["event", "why", "dismissed_by", "dismissed_at"])
    return one
