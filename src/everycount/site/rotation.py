"""Changing the installation key, so that one that somebody may have seen opens nothing more of the database.

The new key lies on disk before anything is wrapped with it, and all is wrapped in one transaction. So a crash
at any moment leaves a node whose keys are all there; the same command again ends what was begun.
"""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from everycount.faults import Fault, InputError
from everycount.site.collection.actions import rotate
from everycount.site.environment import KEY_BYTES, NEW_VAULT_KEY, VAULT_KEY, Environment, key_of
from everycount.site.vault.keys import WrongKeyError, name_of
from everycount.site.vault.models import DataKey
from everycount.site.vault.scopes import NODE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_NAME = "vault.key"


@dataclass(frozen=True)
class Rotated:
    """What was done.

    Attributes:
        count: keys that were wrapped anew; 0 where an earlier command had done it.
        old: the file with the key before; None where the operator keeps keys in the environment.
    """

    count: int
    old: Path | None


def rotate_keys(environment: Environment, given: Mapping[str, str] = os.environ, *, at: datetime) -> Rotated:
    """Wraps everything with a new key, and puts that in the place of the old one.

    Args:
        environment: of the node; nobody else may work with it meanwhile (:mod:`.holding`).
        given: variables: where ``EVERYCOUNT_VAULT_KEY`` is given, so is the new key.
        at: now.

    Raises:
        InputError: there is no new key, or the old one does not open everything; nothing
            is changed.
    """
    kept = environment.data / "keys" / _NAME
    fresh = kept.with_name(f"{_NAME}.new")
    new = _given(given) if given.get(VAULT_KEY) else _made(fresh)
    old = environment.vault_key
    count = 0 if _is_wrapped_by(new) else _rotated(old, new, at)
    _empty_log()
    return Rotated(count, None if given.get(VAULT_KEY) else _put(fresh, kept, old))


def _given(given: Mapping[str, str]) -> bytes:
    """The new key where keys are not files."""
    new = key_of(given.get(NEW_VAULT_KEY, ""))
    if new is None or given[NEW_VAULT_KEY] == given[VAULT_KEY]:
        remedy = "Make one with: head -c 32 /dev/urandom | base64, and keep it where the old one is kept."
        raise InputError(Fault(NEW_VAULT_KEY, f"It is no new key of {KEY_BYTES} bytes in base64.", remedy))
    return new


def _made(fresh: Path) -> bytes:
    """The new key, in a file of its own: that of an earlier command that did not end, or one of now."""
    found = key_of(fresh.read_text(encoding="ascii").strip()) if fresh.exists() else None
    if found is not None:
        return found
    new = secrets.token_bytes(KEY_BYTES)  # a file that is not whole was never used
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - the mode at birth
        file.write(base64.b64encode(new).decode())
        file.flush()
        os.fsync(file.fileno())
    _sync(fresh.parent)
    return new


def _is_wrapped_by(new: bytes) -> bool:
    return DataKey.objects.filter(initiative=NODE, wrapped_by=name_of(new)).exists()


def _rotated(old: bytes, new: bytes, at: datetime) -> int:
    try:
        return rotate(old=old, new=new, by="system", at=at)
    except WrongKeyError as problem:
        remedy = f"Give the right {VAULT_KEY}, or put the right keys/{_NAME} there. Nothing was changed."
        raise InputError(Fault(VAULT_KEY, str(problem), remedy)) from None


def _empty_log() -> None:
    """SQLite's write-ahead log still holds the rows as they were before."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _put(fresh: Path, kept: Path, old: bytes) -> Path:
    """The new key in its place. The old one stays, since backups of before open with it alone."""
    aside = kept.with_name(f"vault-{name_of(old)}.old.key")
    if not aside.exists():
        os.link(kept, aside)
    fresh.replace(kept)
    _sync(kept.parent)
    return aside


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    os.fsync(file)
    os.close(file)
