"""Keys of phones and links: made, found, revoked; and what a settings QR holds."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import zlib
from typing import TYPE_CHECKING

from everycount.site.collection.kept import Kept
from everycount.site.collection.models import Key

if TYPE_CHECKING:
    from datetime import datetime

KNOWN: Kept[Key | None] = Kept()
_BYTES = 36  # 288 bits, 48 characters: long for a guess, short enough for a QR code


def fresh() -> str:
    """A new key."""
    return secrets.token_urlsafe(_BYTES)


def hashed(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def valid(secret: str, *, at: datetime) -> Key | None:
    """The key, where it is known, not revoked and not expired."""
    kept = hashed(secret)
    key = KNOWN.get(kept, lambda: Key.objects.filter(secret_hash=kept, revoked_at=None).first())
    return None if key is None or (key.expires_at is not None and key.expires_at <= at) else key


def settings_code(server_url: str, project: str) -> str:
    """The text of a QR code with which ODK Collect and KoboCollect set themselves up.

    Base64 of the deflated JSON of Collect's settings; both ``general`` and ``admin`` must be there.
    """
    settings = {
        "general": {
            "server_url": server_url,
            "form_update_mode": "match_exactly",
            "autosend": "wifi_and_cellular",
        },
        "project": {"name": project},
        "admin": {},
    }
    data = json.dumps(settings, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(data, 9)).decode()
