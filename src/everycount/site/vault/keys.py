"""Wrapping of data keys by the installation key."""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from uuid import UUID

_NONCE = 12


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
