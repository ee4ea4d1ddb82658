"""Out into the world, and out of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.people.policy import Verb, may
from everycount.site.publication.actions.moving import Told, move
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import is_stale
from everycount.site.publication.states import Move, State

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person


@transaction.atomic
def publish(*, release: Release, by: Person, at: datetime, embargo: datetime | None = None) -> Release:
    """Makes it public, now or from a moment on.

    Args:
        release: that was agreed to.
        by: who publishes.
        at: when.
        embargo: from when on; now without it.

    Raises:
        PermissionDenied: the person may not.
        InputError: it does not stand there, or its numbers do not hold any more.
    """
    if not may(by, Verb.PUBLISH_RELEASES, release, at=at):
        raise PermissionDenied
    if embargo is None or embargo <= at:
        return _put_out(release, by, at)
    here = Release.objects.select_for_update().get(pk=release.pk)
    if here.state != State.AGREED:
        problem = _("It is not agreed to.")
        raise InputError(Fault(str(here), problem, _("Look at it again before you decide.")))
    here.embargo = embargo
    here.save(update_fields=["embargo"])
    return here


def publish_due(*, at: datetime) -> int:
    """Publishes what waited for its day; how many. What does not hold any more stays where it is."""
    due = Release.objects.filter(state=State.AGREED, embargo__lte=at).select_related("plan")
    done = 0
    for each in due.order_by("embargo"):
        if not is_stale(each):
            _put_out(each, None, at)
            done += 1
    return done


@transaction.atomic
def _put_out(release: Release, by: Person | None, at: datetime) -> Release:
    if is_stale(release):
        problem = _("Another release came out since, or somebody took consent back: its numbers do not hold.")
        raise InputError(Fault(str(release), problem, _("Have it computed again.")))
    for before in Release.objects.filter(plan=release.plan_id, state=State.PUBLISHED):
        told = Told(payload={"digest": release.digest})
        move(release=before, step=Move.SUPERSEDE, by=None, at=at, told=told, superseded_at=at)
    step = Move.PUBLISH if by is not None else Move.RELEASE
    return move(
        release=release,
        step=step,
        by=by,
        at=at,
        told=Told(payload={"digest": release.digest}),
        published_at=at,
    )
