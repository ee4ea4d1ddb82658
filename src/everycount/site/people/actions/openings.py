"""Break-glass: one person asks, another agrees, for a time; everything is told in the initiative's feed.

An opening gives a permission of the policy and no more: what is opened still goes through the gate of
consent, with its purpose and its event.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.models import Opening

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@transaction.atomic
def ask(*, initiative: Initiative, reason: str, hours: int, by: Person, at: datetime) -> Opening:
    """Asks to open answers of an initiative, with a reason that its people will read."""
    made = Opening.objects.create(initiative=initiative, asked_by=by, reason=reason, hours=hours, asked_at=at)
    _tell("opening.asked", made, by, at, hours=hours)
    return made


@transaction.atomic
def agree(*, opening: Opening, by: Person, at: datetime) -> None:
    """The second person agrees; it holds from now on for the hours that were asked.

    Raises:
        InputError: it is the same person, or it was decided before.
    """
    held = _undecided(opening, by)
    held.decided_by, held.decided_at, held.until = by, at, at + timedelta(hours=held.hours)
    held.save(update_fields=["decided_by", "decided_at", "until"])
    _tell("opening.agreed", held, by, at, hours=held.hours)


@transaction.atomic
def refuse(*, opening: Opening, by: Person, at: datetime) -> None:
    """The second person refuses.

    Raises:
        InputError: it is the same person, or it was decided before.
    """
    held = _undecided(opening, by)
    held.decided_by, held.decided_at = by, at
    held.save(update_fields=["decided_by", "decided_at"])
    _tell("opening.refused", held, by, at)


@transaction.atomic
def end(*, opening: Opening, by: Person, at: datetime) -> None:
    """Ends it before its time: by whoever asked or by whoever may decide. Again is as good as once."""
    held = Opening.objects.select_for_update().get(pk=opening.pk)
    if held.holds(at=at):
        held.until = at
        held.save(update_fields=["until"])
        _tell("opening.ended", held, by, at)


def _undecided(opening: Opening, by: Person) -> Opening:
    held = Opening.objects.select_for_update().get(pk=opening.pk)
    if held.decided_at is not None:
        raise InputError(Fault(_("Opening"), _("It was decided before."), _("Ask for a new one.")))
    if held.asked_by_id == by.id:
        raise InputError(
            Fault(
                _("Opening"), _("Whoever asks cannot agree."), _("A steward or the secretariat must decide.")
            )
        )
    return held


def _tell(verb: str, opening: Opening, by: Person, at: datetime, **payload: Value) -> None:
    record(Entry(verb, by.ref, f"opening:{opening.id}", opening.initiative_id, payload), at=at)
