"""Codes of invitations: made, shown once in a mail, and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 16  # 128 random bits need no slow hash


def fresh() -> str:
    """A new code."""
    return secrets.token_urlsafe(_BYTES)


def hashed(code: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(code.encode()).hexdigest()
