"""The file in which an initiative travels: a ZIP of sealed parts, and a list of them.

``manifest.json``, the only part that is not sealed, names the format and its version, the salt of the code,
and each part with its size and SHA-256, so that anybody can see whether the file came whole. It tells nothing
of what is inside. The other parts are sealed as the vault seals (AES-256-GCM in chunks, STREAM), each with a
key of its own (HKDF-SHA-256) from a code of 128 random bits that is drawn with the archive and told once.
scrypt (RFC 7914) stands between code and keys, so that even half of a code that somebody saw is of no use.
``index`` repeats the list of parts inside the seal: none can be left out or come from another archive.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from everycount.faults import Fault, InputError, visible
from everycount.site.vault.sealing import KEY, BrokenSealError, Sealer, item_key, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FORMAT, VERSION = "everycount initiative", 1
MANIFEST, INDEX = "manifest.json", "index"
_COST = {"length": KEY, "n": 2**15, "r": 8, "p": 1}  # 32 MB and a tenth of a second, once
_READ = 1 << 20
_LONGEST = 1 << 20  # bytes of a manifest
_AGAIN = "Carry it away once more, or copy the file again."


def _key(code: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, **_COST).derive(code.encode())


class Outgoing:
    """An archive that is being written."""

    def __init__(self, path: Path, code: str) -> None:
        self._name, self._salt = uuid4(), os.urandom(16)
        self._key = _key(code, self._salt)
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_STORED)
        self._parts: list[dict[str, object]] = []

    @contextmanager
    def part(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """A part; takes bytes until the block ends."""
        sealer = Sealer(item_key(self._key, name.encode(), self._name), self._name)
        made, size = hashlib.sha256(), 0
        # ZipInfo without a moment: when each part was written is nobody's business.
        with self._zip.open(zipfile.ZipInfo(f"{name}.sealed"), "w", force_zip64=True) as file:

            def put(sealed: bytes) -> None:
                nonlocal size
                made.update(sealed)
                size += file.write(sealed)

            yield lambda data: put(sealer.update(data))
            put(sealer.finish())
        self._parts.append({"name": name, "bytes": size, "sha256": made.hexdigest()})

    def finish(self, index: dict[str, object]) -> None:
        """The index and the manifest, and the file is whole."""
        with self.part(INDEX) as put:
            put(json.dumps({**index, "parts": list(self._parts)}).encode())
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "archive": str(self._name),
            "salt": self._salt.hex(),
            "parts": self._parts,
        }
        self._zip.writestr(zipfile.ZipInfo(MANIFEST), json.dumps(manifest, indent=1))
        self._zip.close()

    def abort(self) -> None:
        """The file is to be thrown away."""
        self._zip.close()


class Incoming:
    """An archive that is read.

    Raises:
        InputError: it is none, is damaged, was written by a newer program, or the code is another one.
    """

    def __init__(self, path: Path, code: str) -> None:
        self.path = path
        self._zip = self._opened()
        manifest = self._manifest()
        self._name, salt = UUID(manifest["archive"]), bytes.fromhex(manifest["salt"])
        self._check(manifest["parts"])
        self._key = _key(code, salt)
        self.index: dict[str, Any] = self._index(manifest["parts"])

    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(self.path)
        except zipfile.BadZipFile:
            raise self._no_archive() from None

    def _no_archive(self) -> InputError:
        problem = "This is no archive of an initiative, or not all of it."
        return InputError(Fault(str(self.path), problem, "Name a file that everycount carry-away wrote."))

    def damaged(self, what: str) -> InputError:
        """The one message for an archive that is not as it was written."""
        return InputError(Fault(str(self.path), f"The archive is damaged: {visible(what)}", _AGAIN))

    def _manifest(self) -> dict[str, Any]:
        try:
            if self._zip.getinfo(MANIFEST).file_size > _LONGEST:
                raise self._no_archive()
            found = json.loads(self._zip.read(MANIFEST))
            if found["format"] != FORMAT:
                raise self._no_archive()
            version = int(found["version"])
            UUID(found["archive"]), bytes.fromhex(found["salt"])
            [(str(each["name"]), str(each["sha256"])) for each in found["parts"]]
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
            raise self._no_archive() from None
        if version != VERSION:
            problem = f"The archive has the format {version}; this program knows {VERSION}."
            raise InputError(Fault(str(self.path), problem, "Bring both nodes to the same version first."))
        return dict(found)

    def _check(self, parts: list[dict[str, Any]]) -> None:
        for each in parts:
            made = hashlib.sha256()
            for chunk in self._bytes(each["name"]):
                made.update(chunk)
            if made.hexdigest() != each["sha256"]:
                raise self.damaged(f"the part {each['name']} is not as it was written.")

    def _index(self, parts: list[dict[str, Any]]) -> dict[str, Any]:
        try:
            index = json.loads(b"".join(self._open(INDEX)))
        except BrokenSealError:
            problem = "The code does not open this archive."
            remedy = "Type the code that everycount carry-away told when it wrote the file."
            raise InputError(Fault(str(self.path), problem, remedy)) from None
        if index["parts"] != [each for each in parts if each["name"] != INDEX]:
            raise self.damaged("its list of parts is another one than inside.")
        return dict(index)

    def part(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, opened, a chunk at a time."""
        try:
            yield from self._open(name)
        except BrokenSealError:
            raise self.damaged(f"the seal of the part {name} is broken.") from None

    def lines(self, name: str) -> Iterator[Any]:
        """A part of which each line is JSON."""
        held = b""
        for chunk in self.part(name):
            *whole, held = (held + chunk).split(b"\n")
            yield from map(json.loads, whole)

    def _open(self, name: str) -> Iterator[bytes]:
        return opened(self._bytes(name), item_key(self._key, name.encode(), self._name), self._name)

    def _bytes(self, name: str) -> Iterator[bytes]:
        try:
            found = self._zip.getinfo(f"{name}.sealed")
            if found.compress_type != zipfile.ZIP_STORED:
                raise self.damaged(f"the part {name} is not as it was written.")
            with self._zip.open(found) as file:
                while chunk := file.read(_READ):
                    yield chunk
        except (KeyError, zipfile.BadZipFile, EOFError, OSError, NotImplementedError):
            raise self.damaged(f"the part {name} is missing, or a piece of it.") from None

    def close(self) -> None:
        """Lets the file go."""
        self._zip.close()
