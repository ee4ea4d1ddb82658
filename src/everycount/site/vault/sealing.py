"""Sealing of bytes with a key that is used for one item only.

AES-256-GCM in chunks after the STREAM construction (Hoang, Reyhanitabar, Rogaway and Vizár 2015, Online
authenticated-encryption and its nonce-reuse misuse-resistance): chunks cannot be cut off, reordered or
swapped between items, and a large file passes through without being held in memory.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

CHUNK = 64 * 1024
TAG = 16
KEY = 32
_MOST_CHUNKS = 2**32 - 1


class BrokenSealError(Exception):
    """The bytes were changed, cut, or sealed with another key."""


def item_key(data_key: bytes, salt: bytes, item: UUID) -> bytes:
    """The key of one item: HKDF-SHA-256 (RFC 5869) of the initiative's data key and the item's salt.

    Written out, since an export makes very many: one block of the expansion has the 32 bytes. A test holds it
    equal to the library's.
    """
    drawn = hmac.digest(salt, data_key, "sha256")
    return hmac.digest(drawn, item.bytes + b"\x01", "sha256")


class Sealer:
    """Seals a stream that arrives in pieces; what its methods return in turn is the sealed stream."""

    def __init__(self, key: bytes, item: UUID) -> None:
        self._cipher, self._item = AESGCM(key), item
        self._held, self._number = bytearray(), 0
        self.size = 0

    def update(self, data: bytes) -> bytes:
        """Takes bytes, and gives the sealed chunks that are whole."""
        self._held += data
        self.size += len(data)
        made = bytearray()
        while len(self._held) > CHUNK:  # one chunk is always kept back, for it may be the last
            made += self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return bytes(made)

    def finish(self) -> bytes:
        """The last chunk, which says that it is the last."""
        return self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        if self._number > _MOST_CHUNKS:
            raise OverflowError("More than 256 TiB do not fit under one key.")
        made = self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._item.bytes)
        self._number += 1
        return made


def sealed(content: bytes, key: bytes, item: UUID) -> bytes:
    """A content that is at hand, sealed."""
    sealer = Sealer(key, item)
    return sealer.update(content) + sealer.finish()


def unsealed(content: bytes, key: bytes, item: UUID) -> bytes:
    """A sealed content that is at hand, opened; most are one chunk, and there are very many of them.

    Raises:
        BrokenSealError: it was changed.
    """
    if len(content) > CHUNK + TAG:
        return b"".join(opened([content], key, item))
    try:
        return AESGCM(key).decrypt(_WHOLE, content, item.bytes)
    except InvalidTag:
        raise _broken(item) from None


def opened(chunks: Iterable[bytes], key: bytes, item: UUID) -> Iterator[bytes]:
    """The bytes again.

    Raises:
        BrokenSealError: at the first chunk that does not hold; what came before it is good.
    """
    cipher = AESGCM(key)
    for number, (chunk, last) in enumerate(_even(chunks, CHUNK + TAG)):
        try:
            yield cipher.decrypt(_nonce(number, last=last), chunk, item.bytes)
        except InvalidTag:
            raise _broken(item) from None


def _nonce(number: int, *, last: bool) -> bytes:
    """Never twice under one key, since the key is of one item."""
    return bytes(7) + number.to_bytes(4, "big") + bytes([last])


_WHOLE = _nonce(0, last=True)


def _broken(item: UUID) -> BrokenSealError:
    return BrokenSealError(f"The seal of item {item} is broken.")


def _even(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """The same bytes in chunks of ``size``, the last (perhaps empty) marked."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > size:  # one chunk is always kept back, for it may be the last
            yield bytes(held[:size]), False
            del held[:size]
    yield bytes(held), True
