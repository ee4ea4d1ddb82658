"""Giving a list of places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.followup.given import read
from everycount.site.followup.models import GivenList
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@transaction.atomic
def give_list(*, initiative: Initiative, name: str, content: bytes, by: Person, at: datetime) -> bool:
    """From now on phones get this list of places; whether anything changed. Again is as good as once.

    Raises:
        InputError: with each fault of the file; the list stays as it was.
    """
    made = read(name, content)
    held = GivenList.objects.select_for_update().filter(initiative=initiative, name=name).first()
    if held is not None and held.digest == made.digest:
        return False
    GivenList.objects.update_or_create(
        initiative=initiative,
        name=name,
        defaults={
            "content": made.text,
            "places": len(made.places),
            "digest": made.digest,
            "given_by": by,
            "given_at": at,
        },
    )
    payload = {"places": len(made.places)}
    place = f"initiative:{initiative.pk}"
    record(Entry("list.given", by.ref, place, initiative.pk, payload), at=at)
    return True
