"""Where a person is signed in: read from the sessions themselves, so that no second list can be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.people.models import Person

BROWSER = "browser"  # the entry of a session that tells from what it was begun
_METHODS = "account_authentication_methods"  # allauth's: how and when the person came in


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One browser in which a person is signed in.

    Attributes:
        key: of the session; it opens the account, so it goes to no page.
        browser: in a few words; "" where it is not known.
        since: when the person came in; None where it is not known.
        is_here: the one that asks.
    """

    key: str
    browser: str
    since: datetime | None
    is_here: bool


def signed_in(person: Person, here: str | None, *, at: datetime) -> list[SignedIn]:
    """Where a person is signed in, the asking browser first, then the newest.

    All sessions that have not ended are read: a node has some hundreds, and what they hold is not indexed.
    """
    found = [_told(session.session_key, held, here) for session, held in _of(person, at)]
    first = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda one: (not one.is_here, -(one.since or first).timestamp()))


def _of(person: Person, at: datetime) -> Iterator[tuple[Session, dict[str, Any]]]:
    proof = person.get_session_auth_hash()  # another since the password was changed: such a session is dead
    for session in Session.objects.filter(expire_date__gt=at).iterator():
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(person.pk) and constant_time_compare(
            held.get(HASH_SESSION_KEY, ""), proof
        ):
            yield session, held


def _told(key: str, held: dict[str, Any], here: str | None) -> SignedIn:
    methods = held.get(_METHODS) or [{}]
    began = methods[0].get("at")
    since = datetime.fromtimestamp(began, UTC) if began else None
    return SignedIn(key, str(held.get(BROWSER, "")), since, key == here)
