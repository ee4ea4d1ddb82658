"""Invitations to a role: the code is mailed, and only its hash is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people import codes, mail
from everycount.site.people.models import Assignment, Invitation, Role

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

LASTS = timedelta(days=14)


@transaction.atomic
def invite(*, initiative: Initiative, email: str, role: Role, by: Person, at: datetime) -> Invitation:
    """Offers a role to whoever reads mail at an address.

    Raises:
        InputError: an invitation to the same role waits there already.
    """
    email = email.lower()
    waiting = Invitation.objects.filter(
        initiative=initiative, email=email, role=role, taken_at=None, closed_at=None
    )
    if waiting.exists():
        raise InputError(
            Fault(
                _("E-mail"),
                _("“%s” was invited to this role already.") % email,
                _("Send the invitation again from the list."),
            )
        )
    code = codes.fresh()
    made = Invitation.objects.create(
        code_hash=codes.hashed(code),
        email=email,
        initiative=initiative,
        role=role,
        invited_by=by,
        sent_at=at,
        expires_at=at + LASTS,
    )
    _tell("role.offered", made, by, at)
    transaction.on_commit(lambda: mail.invitation(made, code))
    return made


@transaction.atomic
def send_again(*, invitation: Invitation, by: Person, at: datetime) -> None:
    """A new link; the one before no longer works."""
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not held.is_open:
        return
    code = codes.fresh()
    held.code_hash, held.sent_at, held.expires_at = codes.hashed(code), at, at + LASTS
    held.save(update_fields=["code_hash", "sent_at", "expires_at"])
    _tell("role.offered_again", held, by, at)
    transaction.on_commit(lambda: mail.invitation(held, code))


@transaction.atomic
def call_back(*, invitation: Invitation, by: Person, at: datetime) -> None:
    """The link no longer works. Again is as good as once."""
    if Invitation.objects.filter(pk=invitation.pk, taken_at=None, closed_at=None).update(closed_at=at):
        _tell("role.offer_closed", invitation, by, at)


@transaction.atomic
def accept(*, invitation: Invitation, by: Person, at: datetime) -> None:
    """Takes the role. A link works once, and only for the address that it was sent to.

    Raises:
        InputError: the link no longer works, or it is somebody else's.
    """
    held = _usable(invitation, by, at)
    held.taken_at = at
    held.save(update_fields=["taken_at"])
    Assignment.objects.get_or_create(
        person=by, initiative=held.initiative, role=held.role, until=None, defaults={"since": at}
    )
    _tell("role.taken", held, by, at)


@transaction.atomic
def refuse(*, invitation: Invitation, by: Person | None, at: datetime) -> None:
    """Refuses the role; whoever has the link may, for nothing is opened by it.

    Raises:
        InputError: the link no longer works.
    """
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not held.works(at=at):
        raise _gone()
    held.closed_at = at
    held.save(update_fields=["closed_at"])
    _tell("role.refused", held, by, at)


def _usable(invitation: Invitation, by: Person, at: datetime) -> Invitation:
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not held.works(at=at):
        raise _gone()
    if held.email != by.email:
        raise InputError(
            Fault(
                _("Invitation"),
                _("It was sent to another address than yours."),
                _("Sign in with the address that it was sent to, or ask for a new one."),
            )
        )
    return held


def _gone() -> InputError:
    problem = _("It was used, called back, or is too old.")
    return InputError(Fault(_("Invitation"), problem, _("Ask whoever sent it for a new one.")))


def _tell(verb: str, invitation: Invitation, by: Person | None, at: datetime) -> None:
    name, payload = f"invitation:{invitation.id}", {"role": str(invitation.role)}
    actor = by.ref if by else "guest"
    record(Entry(verb, actor, name, invitation.initiative_id, payload), at=at)
