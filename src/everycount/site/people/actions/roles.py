"""Ending roles in an initiative."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.models import Assignment, Role

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@transaction.atomic
def end_role(*, assignment: Assignment, by: Person, at: datetime) -> None:
    """Ends somebody's role, or one's own.

    Raises:
        InputError: it is the last steward's.
    """
    held = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if held.until is not None and held.until <= at:
        return
    _keep_a_steward(held)
    held.until = at
    held.save(update_fields=["until"])
    verb = "role.left" if held.person_id == by.id else "role.ended"
    entry = Entry(verb, by.ref, f"person:{held.person_id}", held.initiative_id, {"role": held.role})
    record(entry, at=at)


@transaction.atomic
def give_role(*, initiative: Initiative, person: Person, role: Role, by: str, at: datetime) -> None:
    """A role in an initiative, given by whoever has the machine. Again is as good as once."""
    _, made = Assignment.objects.get_or_create(
        person=person, initiative=initiative, role=role, until=None, defaults={"since": at}
    )
    if made:
        record(Entry("role.given", by, person.ref, initiative.pk, {"role": str(role)}), at=at)


def _keep_a_steward(held: Assignment) -> None:
    if held.role != Role.STEWARD:
        return
    others = Assignment.objects.filter(initiative=held.initiative_id, role=Role.STEWARD, until=None)
    if not others.exclude(pk=held.pk).exists():
        raise InputError(
            Fault(_("Role"), _("This is the initiative's last steward."), _("Invite another steward first."))
        )
