"""Keyed hashes: what must be known again and must not be guessed.

HMAC-SHA-256 under a key that each initiative has of its own, made from the node's key for marks. A plain hash
of a short answer, a file's name or an instanceID could be found by trying; without the key these marks tell
nothing. Marks of two initiatives cannot be compared, and an initiative that is carried to another node takes
its key along and nobody else's.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from everycount.site.vault.scopes import marks_key_of_initiative

if TYPE_CHECKING:
    from uuid import UUID


def begun(kind: str, *, of: UUID | None) -> hmac.HMAC:
    """A mark to which bytes are still to be added; its ``hexdigest()`` has 64 hexadecimal digits."""
    return hmac.new(marks_key_of_initiative(of), kind.encode() + b"\0", "sha256")


def mark(kind: str, *parts: str, of: UUID | None) -> str:
    """The mark of some texts in an initiative (``of``; None: the node's own).

    The same texts under another kind, or in another initiative, have another mark.
    """
    return mark_of_bytes(kind, b"\x1f".join(part.encode() for part in parts), of=of)


def mark_of_bytes(kind: str, content: bytes, *, of: UUID | None) -> str:
    """The mark of bytes at hand."""
    return hmac.digest(marks_key_of_initiative(of), kind.encode() + b"\0" + content, "sha256").hex()
