"""The key with which a node signs, and those before it, of which only the public half is kept.

They lie in ``keys/signing.json`` of the data folder, for the node's own user; no backup takes them along.
"""

from __future__ import annotations

import base64
import json
import os
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from everycount.faults import Fault, InputError
from everycount.release.signature import fingerprint

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_NAME = "signing.json"


@dataclass(frozen=True, slots=True)
class Key:
    """One key, the private half of the newest alone.

    Attributes:
        public, private: 32 bytes each, in base64.
        since, until: days; "" while it is the one that signs.
        lost: somebody else may have it, so nothing that it signed counts any more.
    """

    public: str
    private: str
    since: str
    until: str = ""
    lost: bool = False

    @property
    def secret(self) -> bytes:
        """The private half."""
        return base64.b64decode(self.private)

    @property
    def fingerprint(self) -> str:
        """Of the public half."""
        return fingerprint(base64.b64decode(self.public))

    def told(self) -> dict[str, Any]:
        """What everybody may know of it."""
        row = {"key": self.public, "fingerprint": self.fingerprint, "since": self.since}
        return row | ({"until": self.until} if self.until else {}) | ({"lost": True} if self.lost else {})


def signing(data: Path, *, at: datetime) -> Key:
    """The key that signs now; made when it is asked for first."""
    return keys(data, at=at)[0]


def keys(data: Path, *, at: datetime) -> list[Key]:
    """All keys of the node, the newest first.

    Raises:
        InputError: the file of the keys cannot be read.
    """
    path = data / "keys" / _NAME
    if not path.exists():
        fresh = _written(path, [_made(at)])
        with suppress(FileExistsError):  # another process was quicker, and its key counts
            os.link(fresh, path)
        fresh.unlink()
    try:
        return [Key(**row) for row in json.loads(path.read_text(encoding="ascii"))["keys"]]
    except (ValueError, KeyError, TypeError):
        remedy = "Put the file back from where you keep it, or move it away for a new key."
        raise InputError(Fault(str(path), "These are no keys of a node.", remedy)) from None


def rotate(data: Path, *, at: datetime, lost: bool) -> Key:
    """A new key from now on.

    Args:
        data: folder of the node.
        at: when.
        lost: the one before may be in other hands, so that what it signed does not count any more.
    """
    before, *others = keys(data, at=at)
    ended = replace(before, private="", until=_day(at), lost=lost)
    made = _made(at)
    path = data / "keys" / _NAME
    _written(path, [made, ended, *others]).replace(path)
    return made


def _made(at: datetime) -> Key:
    pair = Ed25519PrivateKey.generate()
    halves = pair.public_key().public_bytes_raw(), pair.private_bytes_raw()
    public, private = (base64.b64encode(half).decode() for half in halves)
    return Key(public, private, _day(at))


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"


def _written(path: Path, rows: list[Key]) -> Path:
    """A new file beside, on disk before it is used; its user's alone from birth."""
    fresh = path.with_name(f".{uuid.uuid4().hex}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:  # noqa: PTH123 - the mode at birth
        json.dump({"keys": [asdict(row) for row in rows]}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return fresh
