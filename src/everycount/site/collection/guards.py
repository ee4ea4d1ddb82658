"""Who sends: a key in the path, or a name and a password for clients that know no other way.

Digest after RFC 2617 (MD5, ``qop="auth"``), as OpenRosa's authentication wants it and ODK Collect does it
also without TLS. Basic is not offered: it would send the password in the clear.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeAlias

from django.views.decorators.csrf import csrf_exempt

from everycount.site.collection import keys
from everycount.site.collection.answers import refusal
from everycount.site.collection.marks import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from everycount.site.collection.models import Key

P = ParamSpec("P")
View: TypeAlias = "Callable[Concatenate[HttpRequest, Key, P], HttpResponse]"
Guard: TypeAlias = "Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]"

REFRESHED = 300  # seconds that a challenge is good for; then the phone makes another answer by itself
_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,"]+))')
_NEEDED = ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")


def by_key(view: View[P]) -> Callable[..., HttpResponse]:
    """Finds the key of the path. A wrong one is 403, not 401: a phone would ask its person for a password."""

    def answer(request: HttpRequest, secret: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = keys.valid(secret, at=datetime.now(UTC))
        if key is None:
            return refusal(403, "This key is not valid any more. Ask your coordinator for a new one.")
        return view(request, key, *args, **kwargs)

    return csrf_exempt(update_wrapper(answer, view))  # phones carry no cookie; the key is the proof


def by_password(view: View[P]) -> Callable[..., HttpResponse]:
    """Finds the key by Digest; 401 with a challenge where it is not proved."""

    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        at = datetime.now(UTC)
        given = _fields(request.headers.get("Authorization", ""))
        key = _proved(given, request, at) if given else None
        if key is None:
            return _challenge(at, stale=False)
        if not _is_ours(given["nonce"], at):
            return _challenge(at, stale=True)
        return view(request, key, *args, **kwargs)

    return csrf_exempt(update_wrapper(answer, view))  # the same: no cookie is looked at


def _fields(header: str) -> dict[str, str]:
    """The fields of an Authorization header; none where it is not a whole Digest."""
    kind, _, rest = header.partition(" ")
    found = {name: quoted or plain for name, quoted, plain in _FIELD.findall(rest)}
    whole = kind.lower() == "digest" and all(found.get(name) for name in _NEEDED)
    return found if whole and found["qop"] == "auth" and found["realm"] == keys.REALM else {}


def _proved(given: dict[str, str], request: HttpRequest, at: datetime) -> Key | None:
    """The key whose password answers the challenge for this very address."""
    if given["uri"] != request.get_full_path() or "\0" in given["username"]:
        return None
    key = keys.of_user(given["username"], at=at)
    ha1 = keys.ha1_of(key) if key is not None else "0" * 32  # the same work for a name that is not there
    ha2 = _md5(f"{request.method}:{given['uri']}")
    wanted = _md5(f"{ha1}:{given['nonce']}:{given['nc']}:{given['cnonce']}:auth:{ha2}")
    return key if hmac.compare_digest(wanted.encode(), given["response"].lower().encode()) else None


def _challenge(at: datetime, *, stale: bool) -> HttpResponse:
    words = (
        f'Digest realm="{keys.REALM}", domain="/", qop="auth", algorithm=MD5, nonce="{_nonce(at)}", '
        f"stale={str(stale).lower()}"
    )
    return refusal(401, "Give the name and the password of this phone.", {"WWW-Authenticate": words})


def _nonce(at: datetime) -> str:
    """A moment and its mark: only this node makes one, and none has to be remembered."""
    moment = f"{int(at.timestamp()):x}"
    return f"{moment}.{mark('nonce', moment, of=None)}"


def _is_ours(nonce: str, at: datetime) -> bool:
    moment, _, seal = nonce.partition(".")
    if not hmac.compare_digest(mark("nonce", moment, of=None).encode(), seal.encode()):
        return False
    return abs(at.timestamp() - int(moment, 16)) <= REFRESHED


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
