"""Admitting initiatives, and what they say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.ledger.actions import Entry, record
from everycount.site.people.actions.invitations import invite
from everycount.site.people.models import Role
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person


@transaction.atomic
def admit(
    *,
    slug: str,
    name: str,
    about: str,
    language: str,
    listed: bool,
    steward: str,
    by: Person,
    at: datetime,
) -> Initiative:
    """A new initiative, and an invitation to its first steward, who does the rest."""
    made = Initiative.objects.create(
        slug=slug, name=name, about=about, language=language, listed=listed, began_at=at
    )
    record(Entry("initiative.admitted", by.ref, f"initiative:{made.id}", made.id), at=at)
    invite(initiative=made, email=steward, role=Role.STEWARD, by=by, at=at)
    return made


@transaction.atomic
def change(
    *, initiative: Initiative, name: str, about: str, language: str, listed: bool, by: Person, at: datetime
) -> None:
    """What the initiative says of itself, and whether everybody may see that it exists."""
    now = {"name": name, "about": about, "language": language, "listed": listed}
    changed = [field for field, value in now.items() if getattr(initiative, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(initiative, field, now[field])
    initiative.save(update_fields=changed)
    payload = {"fields": " ".join(changed)}
    record(Entry("initiative.changed", by.ref, f"initiative:{initiative.id}", initiative.id, payload), at=at)
