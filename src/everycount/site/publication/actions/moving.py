"""The one way in which a release moves from state to state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import may
from everycount.site.publication import mail
from everycount.site.publication.models import Moved, Release
from everycount.site.publication.states import MOVES, State, may_move

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person
    from everycount.site.publication.states import Move


@dataclass(frozen=True, slots=True)
class Told:
    """What is kept of a move besides who and when: its reason, and what the ledger says of it."""

    words: str = ""
    payload: Mapping[str, Value] | None = None


@transaction.atomic
def move(
    *,
    release: Release,
    step: Move,
    by: Person | None,
    at: datetime,
    told: Told | None = None,
    **changes: object,
) -> Release:
    """Moves a release, with everything else that changes of it, in one transaction with its event.

    Args:
        release: which; its row is read anew under a lock, so that of two who move it at once one is told.
        step: how.
        by: who; None for the node itself.
        at: when.
        told: reason, and what the ledger says.
        changes: other columns and their new values.

    Raises:
        PermissionDenied: the person may not.
        InputError: it does not stand where this move begins.
    """
    rule, told = MOVES[step], told or Told()
    if rule.by is not None and (by is None or not may(by, rule.by, release, at=at)):
        raise PermissionDenied
    here = Release.objects.select_for_update().select_related("plan").get(pk=release.pk)
    if not may_move(here.state, step):
        raise InputError(_elsewhere(here))
    values = {"state": rule.target, **changes}
    for name, value in values.items():
        setattr(here, name, value)
    here.save(update_fields=[*values])
    payload: dict[str, Value] = {"number": here.number, **(told.payload or {})}
    who = by.ref if by is not None else "system"
    (event,) = record(
        Entry(f"release.{step}", who, f"release:{here.pk}", here.plan.initiative_id, payload), at=at
    )
    transaction.on_commit(partial(mail.next_ones, here, at=at))
    Moved.objects.create(release=here, move=step, person=by, words=told.words, event=event.number, at=at)
    return here


def _elsewhere(release: Release) -> Fault:
    state = _(State(release.state).label)
    problem = _('It stands at "%(state)s" meanwhile.') % {"state": state}
    return Fault(str(release), problem, _("Look at it again before you decide."))
