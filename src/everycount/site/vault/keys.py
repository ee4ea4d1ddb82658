"""Wrapping of data keys by the installation key."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from uuid import UUID

_NONCE = 12
_MARKS = b"everycount marks"


class WrongKeyError(Exception):
    """The installation key is not the one under which the data key was wrapped."""


def name_of(key: bytes) -> str:
    """A short name of a key, which tells nothing of it."""
    return hashlib.sha256(b"everycount vault key\0" + key).hexdigest()[:16]


def wrap(data_key: bytes, key: bytes, initiative: UUID) -> bytes:
    """The data key sealed for one initiative."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data_key, initiative.bytes)


@lru_cache(maxsize=256)
def unwrap(wrapped: bytes, key: bytes, initiative: UUID) -> bytes:
    """The data key again. Kept for a while: the row is read each time, so an erased key is not found.

    Raises:
        WrongKeyError: it was wrapped under another key, for another initiative, or was changed.
    """
    try:
        return AESGCM(key).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], initiative.bytes)
    except InvalidTag:
        raise WrongKeyError(
            f"The data key of {initiative} does not open with this installation key ({name_of(key)})."
        ) from None


def marks_key_of(installation: bytes) -> bytes:
    """The key for marks of a node whose installation key was never changed (HKDF-SHA-256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_MARKS).derive(installation)
