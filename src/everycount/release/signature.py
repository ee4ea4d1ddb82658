"""Who vouches for files: a list of their digests, signed with Ed25519 (RFC 8032).

``signature.json`` lies beside the files. It carries the public key with which it can be checked; whose key
that is, it cannot prove, so whoever checks compares the key with one that came on another way.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.release.fingerprint import COMPACT, hashed
from everycount.release.folder import SIGNATURE, Difference, Fate, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = SIGNATURE
_FORMAT = "everycount-signature-1"
_KEY, _SIGNATURE = 32, 64  # bytes (RFC 8032, 5.1.5 and 5.1.6)


@dataclass(frozen=True, slots=True)
class Known:
    """A public key that came on another way than the files.

    Attributes:
        public: 32 bytes.
        is_lost: its node has called it back: somebody else may have it.
    """

    public: bytes
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a ``signature.json`` says.

    Attributes:
        by: the address of the node that signed.
        files: digest by name.
        public: the key, 32 bytes.
        value: the signature, 64 bytes.
    """

    by: str
    files: dict[str, str]
    public: bytes
    value: bytes

    @property
    def fingerprint(self) -> str:
        """Of the key."""
        return fingerprint(self.public)


def fingerprint(public: bytes) -> str:
    """A public key in eight groups of four letters, to be read aloud and compared (160 bits of SHA-256)."""
    letters = base64.b32encode(hashlib.sha256(public).digest()[:20]).decode()
    return "-".join(letters[at : at + 4] for at in range(0, 32, 4))


def sign(files: Mapping[str, str], *, by: str, private: bytes) -> bytes:
    """The bytes of a ``signature.json``; the same for the same files and key.

    Args:
        files: digest (``sha256:...``) by name.
        by: address of the node.
        private: 32 bytes.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - of the site alone
        Ed25519PrivateKey,
    )

    key = Ed25519PrivateKey.from_private_bytes(private)
    public = key.public_key().public_bytes_raw()
    return _written(Signature(by, dict(files), public, key.sign(_message(by, files))))


def _message(by: str, files: Mapping[str, str]) -> bytes:
    """What is signed: one text for one meaning, which no other kind of file of ours begins with."""
    return f"{_FORMAT}\n{COMPACT.encode({'by': by, 'files': dict(files)})}".encode()


def _written(one: Signature) -> bytes:
    document = {
        "format": _FORMAT,
        "by": one.by,
        "key": base64.b64encode(one.public).decode(),
        "fingerprint": one.fingerprint,
        "signature": base64.b64encode(one.value).decode(),
        "files": dict(sorted(one.files.items())),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_signature(folder: Path) -> Signature | None:
    """The signature in a folder; None where there is none.

    Raises:
        InputError: there is one that cannot be read.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    data = path.read_bytes()
    try:
        one = _read(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError):
        one = None
    if one is None or _written(one) != data:
        problem = "This is no signature as Everycount writes it; somebody changed it."
        raise InputError(Fault(str(path), problem, "Fetch the bundle again from where it was published."))
    return one


def _read(document: Any) -> Signature | None:
    public, value = (_bytes(document[name]) for name in ("key", "signature"))
    if len(public) != _KEY or len(value) != _SIGNATURE or not isinstance(document["files"], dict):
        return None
    files = {str(name): str(digest) for name, digest in document["files"].items()}
    return Signature(str(document["by"]), files, public, value)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""


def read_keys(path: Path) -> list[Known]:
    """Public keys from a file that a node gives at ``/.well-known/everycount-keys.json``.

    Raises:
        InputError: the file holds none.
    """
    try:
        rows = json.loads(path.read_bytes())["keys"]
        keys = [Known(_bytes(row["key"]), bool(row.get("lost"))) for row in rows]
    except (ValueError, KeyError, TypeError, AttributeError):
        keys = []
    if not keys or any(len(key.public) != _KEY for key in keys):
        remedy = "Save /.well-known/everycount-keys.json of the node, and name that file."
        raise InputError(Fault(str(path), "The file holds no keys of a node.", remedy))
    return keys


def check(folder: Path, known: list[Known] | None = None) -> Iterator[Difference]:
    """What is not as somebody vouched for it; nothing where all is.

    Args:
        folder: with a ``signature.json``.
        known: keys that count; None takes the one that the signature itself brings.
    """
    one = read_signature(folder)
    if one is None:
        yield Difference(NAME, Fate.MISSING, "the file is missing, so nobody vouches for these files.")
        return
    yield from _whose(one, known)
    if not _fits(one):
        yield Difference(NAME, Fate.CHANGED, "the signature does not fit: somebody else wrote or changed it.")
    yield from _files(folder, one)


def _whose(one: Signature, known: list[Known] | None) -> Iterator[Difference]:
    if known is None:
        return
    found = [key for key in known if key.public == one.public]
    if not found:
        yield Difference(NAME, Fate.CHANGED, f"it is signed with another key, {one.fingerprint}.")
    elif any(key.is_lost for key in found):
        yield Difference(NAME, Fate.CHANGED, f"its node has called back the key {one.fingerprint}.")


def _fits(one: Signature) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - not needed without signatures
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
    except ImportError:
        remedy = 'Run: pip install "everycount[site]"'
        problem = "Signatures are checked by the package cryptography, which is not installed."
        raise InputError(Fault(NAME, problem, remedy)) from None
    try:
        Ed25519PublicKey.from_public_bytes(one.public).verify(one.value, _message(one.by, one.files))
    except InvalidSignature:
        return False
    return True


def _files(folder: Path, one: Signature) -> Iterator[Difference]:
    present = set(names_in(folder)) - {NAME}
    for name, digest in sorted(one.files.items()):
        if name not in present:
            yield Difference(name, Fate.MISSING, "the file is missing.")
        elif (found := hashed((folder / name).read_bytes())) != digest:
            yield Difference(name, Fate.CHANGED, f"its digest is {found} and should be {digest}.")
    for name in sorted(present - one.files.keys()):
        yield Difference(name, Fate.EXTRA, "nobody signed this file.")
