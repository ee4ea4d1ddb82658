"""The ring of salts: one file for each initiative, one slot for each item, beside the database.

An item's key is made from the initiative's data key and its salt. Erasing an item overwrites its slot in
place: then no key can be made any more, whatever copies of the sealed bytes stay in free pages, write-ahead
logs or dumps of the database. That is why salts never stand in the database.

What this cannot do: a disk that writes elsewhere instead of in place (SSD, copy-on-write file systems) may
keep an old slot until it needs the space; whoever takes it apart and has the installation key may find it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from uuid import UUID

SALT = 32
ERASED = bytes(SALT)


class ErasedError(Exception):
    """The item was erased; nobody can open it."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The rings of an installation, in ``folder``."""

    folder: Path

    def add(self, initiative: UUID, count: int) -> list[tuple[int, bytes]]:
        """``count`` new slots with their salts, on disk before they are returned."""
        salts = [secrets.token_bytes(SALT) for _ in range(count)]
        with self._locked(initiative, os.O_RDWR | os.O_CREAT) as file:
            # A crash may have left part of a slot; the next one begins on its border.
            first = -(-os.fstat(file).st_size // SALT)
            _write(file, b"".join(salts), first * SALT)
            os.fsync(file)
        return list(enumerate(salts, first))

    def salt(self, initiative: UUID, slot: int) -> bytes:
        """The salt in a slot.

        Raises:
            ErasedError: it was overwritten, or the whole ring is gone.
        """
        try:
            with open(self._path(initiative), "rb") as file:  # noqa: PTH123 - os.pread wants a descriptor
                salt = os.pread(file.fileno(), SALT, slot * SALT)
        except FileNotFoundError:
            salt = b""
        if len(salt) < SALT or salt == ERASED:
            raise ErasedError(f"Slot {slot} of {initiative} was erased.")
        return salt

    def salts(self, initiative: UUID, slots: Sequence[int]) -> dict[int, bytes]:
        """The salts in many slots; those that were overwritten are not there."""
        try:
            with open(self._path(initiative), "rb") as file:  # noqa: PTH123 - os.pread wants a descriptor
                found = {slot: os.pread(file.fileno(), SALT, slot * SALT) for slot in slots}
        except FileNotFoundError:
            return {}
        return {slot: salt for slot, salt in found.items() if len(salt) == SALT and salt != ERASED}

    def erase(self, initiative: UUID, slots: Sequence[int]) -> None:
        """Overwrites slots in place, on disk before it returns. Again is as good as once."""
        try:
            with self._locked(initiative, os.O_RDWR) as file:
                held = os.fstat(file).st_size // SALT
                for slot in slots:
                    if slot < held:
                        _write(file, ERASED, slot * SALT)
                os.fsync(file)
        except FileNotFoundError:
            return  # the whole ring was erased before

    def erase_all(self, initiative: UUID) -> None:
        """Overwrites every slot of an initiative and removes the file."""
        try:
            with self._locked(initiative, os.O_RDWR) as file:
                size = os.fstat(file).st_size
                for start in range(0, size, 1 << 20):
                    _write(file, bytes(min(1 << 20, size - start)), start)
                os.fsync(file)
        except FileNotFoundError:
            return
        self._path(initiative).unlink(missing_ok=True)

    def copy(self, initiative: UUID) -> bytes:
        """Every slot, as they are now; nothing where there is no ring."""
        try:
            return self._path(initiative).read_bytes()
        except FileNotFoundError:
            return b""

    def put(self, initiative: UUID, slots: bytes) -> None:
        """A ring of another node, on disk before it returns."""
        with self._locked(initiative, os.O_RDWR | os.O_CREAT) as file:
            os.ftruncate(file, 0)
            _write(file, slots, 0)
            os.fsync(file)

    def _path(self, initiative: UUID) -> Path:
        return self.folder / f"{initiative}.ring"

    @contextmanager
    def _locked(self, initiative: UUID, flags: int) -> Iterator[int]:
        """The file, held against other processes of this installation."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path(initiative), flags, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)  # which lets the lock go


def _write(file: int, data: bytes, at: int) -> None:
    """All of the bytes: a full disk may take a part and report the rest only at the next call."""
    while data:
        written = os.pwrite(file, data, at)
        data, at = data[written:], at + written
