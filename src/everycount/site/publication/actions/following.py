"""People who want to be told when numbers change: one address each, nothing else is known of them."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from smtplib import SMTPException
from typing import TYPE_CHECKING

from django.db import transaction

from everycount.site.publication import letters
from everycount.site.publication.models import Follower
from everycount.site.publication.queries.following import news

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.publication.models import Plan

AGAIN = timedelta(hours=12)  # before the same address is asked once more
WAITING = timedelta(days=7)  # after which an address that did not answer is forgotten
MOST_AN_HOUR = 200  # questions to addresses that nobody has proved to be theirs
_LOG = logging.getLogger(__name__)


def ask(*, plan: Plan, email: str, language: str, at: datetime) -> None:
    """Asks an address whether it wants to be told. Whoever types it learns nothing of whether it is known.

    Args:
        plan: whose releases are meant.
        email: the address.
        language: of the mails.
        at: when.
    """
    recent = Follower.objects.filter(asked_at__gt=at - timedelta(hours=1)).count()
    with transaction.atomic():
        found, is_new = Follower.objects.select_for_update().get_or_create(
            plan=plan,
            email=email.strip().lower(),
            defaults={"language": language, "secret": secrets.token_urlsafe(32), "asked_at": at},
        )
        if not is_new and (found.confirmed_at is not None or found.asked_at > at - AGAIN):
            return
        if recent >= MOST_AN_HOUR:
            if is_new:
                found.delete()
            return
        if not is_new:
            found.asked_at = at
            found.save(update_fields=["asked_at"])
    letters.question(found)


def confirm(*, secret: str, at: datetime) -> bool:
    """The address answered; whether such a question was asked."""
    rows = Follower.objects.filter(secret=secret)
    rows.filter(confirmed_at=None).update(confirmed_at=at, told_at=at)
    return rows.exists()


def leave(*, secret: str) -> None:
    """The address is forgotten."""
    Follower.objects.filter(secret=secret).delete()


def tell(*, at: datetime) -> int:
    """Writes to whoever asked about what happened since, and forgets who never answered; how many mails.

    Where mail cannot be sent, it is tried again at the next look, in the order of the addresses.
    """
    Follower.objects.filter(confirmed_at=None, asked_at__lt=at - WAITING).delete()
    told = 0
    for each in Follower.objects.exclude(confirmed_at=None).select_related("plan__initiative"):
        found = news(each.plan, since=each.told_at or each.asked_at, at=at)
        if found is None:
            continue
        try:
            letters.happened(each, found)
        except (SMTPException, OSError):
            _LOG.exception("A mail to a follower could not be sent; it is tried again.")
            return told
        Follower.objects.filter(pk=each.pk).update(told_at=at)
        told += 1
    return told
