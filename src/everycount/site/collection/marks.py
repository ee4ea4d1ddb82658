"""Keyed hashes: what must be known again and must not be guessed.

HMAC-SHA-256 under a key that is made from the installation key. A plain hash of a short answer, a file's name
or an instanceID could be found by trying; without the key these marks tell nothing.
"""

from __future__ import annotations

import hmac
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from everycount.site.vault import places


@lru_cache(maxsize=8)
def _key(installation: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"everycount marks").derive(
        installation
    )


def begun(kind: str) -> hmac.HMAC:
    """A mark to which bytes are still to be added; its ``hexdigest()`` has 64 hexadecimal digits."""
    return hmac.new(_key(places.key()), kind.encode() + b"\0", "sha256")


def mark(kind: str, *parts: str) -> str:
    """The mark of some texts; the same texts under another kind have another mark."""
    return mark_of_bytes(kind, b"\x1f".join(part.encode() for part in parts))


def mark_of_bytes(kind: str, content: bytes) -> str:
    """The mark of bytes at hand."""
    return hmac.digest(_key(places.key()), kind.encode() + b"\0" + content, "sha256").hex()
