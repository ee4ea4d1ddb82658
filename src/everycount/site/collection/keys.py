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
from everycount.site.vault import places
from everycount.site.vault.keys import unwrap, wrap

if TYPE_CHECKING:
    from datetime import datetime

KNOWN: Kept[Key | None] = Kept()
REALM = "everycount"
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


def of_user(name: str, *, at: datetime) -> Key | None:
    """The key of a phone that proves itself by name and password, where it is still good."""

    def find() -> Key | None:
        return Key.objects.filter(digest_user=name, revoked_at=None).exclude(digest_ha1=None).first()

    key = KNOWN.get(("user", name), find)
    return None if key is None or (key.expires_at is not None and key.expires_at <= at) else key


def digest_of(key: Key, user: str, password: str) -> bytes:
    """What is kept of a password for Digest: MD5(user:realm:password), sealed by the installation key.

    The protocol lets whoever has this value sign as the phone, so it never stands open in the database.
    """
    ha1 = hashlib.md5(f"{user}:{REALM}:{password}".encode(), usedforsecurity=False).digest()
    return wrap(ha1, places.key(), key.id)


def ha1_of(key: Key) -> str:
    """That value again, as 32 hexadecimal digits."""
    return unwrap(bytes(key.digest_ha1 or b""), places.key(), key.id).hex()


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
