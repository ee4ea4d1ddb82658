"""The keys for marks of each initiative.

They are made from the node's key for marks. That one is made from the first installation key and, since marks
cannot be made anew (nobody knows any more what they were made of), outlives it: from the first rotation on it
is kept beside the data keys, wrapped like them, under the name that no initiative has.

An initiative that was carried here keeps the key under which its marks were made, wrapped beside the data
keys under a name of its own; erasing the initiative leaves it, so that what was erased is known again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from everycount.site.vault import places
from everycount.site.vault.keys import marks_key_of, name_of, unwrap, wrap
from everycount.site.vault.models import DataKey

if TYPE_CHECKING:
    from datetime import datetime

NODE = UUID(int=0)  # the owner of a data key that is no initiative's
_NAMES = UUID("6d61726b-7320-4b65-8973-6f6620756e69")  # drawn once; any other would do


def name_of_marks(initiative: UUID) -> UUID:
    """Under which the key for marks of an initiative that was carried here stands among the data keys."""
    return uuid5(_NAMES, str(initiative))


def marks_key_of_initiative(initiative: UUID | None) -> bytes:
    """32 bytes; the node's own where no initiative is named.

    Raises:
        WrongKeyError: the installation key is another one.
    """
    return _key(places.key(), initiative)


def keep_marks_key(initiative: UUID, key: bytes, *, at: datetime) -> None:
    """The key under which the marks of an initiative were made on the node that it comes from."""
    name = name_of_marks(initiative)
    DataKey.objects.create(
        initiative=name,
        wrapped=wrap(key, places.key(), name),
        wrapped_by=name_of(places.key()),
        made_at=at,
    )


@lru_cache(maxsize=4096)
def _key(installation: bytes, initiative: UUID | None) -> bytes:
    """Asked once of the database: whatever is carried here brings its key in one transaction with itself."""
    if initiative is None:
        return _of_node(installation)
    carried = DataKey.objects.filter(initiative=name_of_marks(initiative)).first()
    if carried is not None:
        return unwrap(bytes(carried.wrapped), installation, carried.initiative)
    words = b"everycount marks of an initiative" + initiative.bytes
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=words).derive(_of_node(installation))


@lru_cache(maxsize=8)
def _of_node(installation: bytes) -> bytes:
    """Asked once of the database: a rotation happens while no process of the node runs."""
    held = DataKey.objects.filter(initiative=NODE).first()
    return unwrap(bytes(held.wrapped), installation, NODE) if held else marks_key_of(installation)
