"""Sealed attachments on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Files:
    """The sealed files of an installation, in ``folder``, by item; 256 folders so that none is too full."""

    folder: Path

    def begin(self, item: UUID) -> Writing:
        """A file that is being written; it is there under its name only when it is finished."""
        path = self._path(item)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Writing(path)

    def read(self, item: UUID) -> Iterator[bytes]:
        """The sealed bytes, a mebibyte at a time."""
        with self._path(item).open("rb") as file:
            while chunk := file.read(_READ):
                yield chunk

    def size(self, item: UUID) -> int:
        """Bytes of the sealed file.

        Raises:
            FileNotFoundError: there is none.
        """
        return self._path(item).stat().st_size

    def remove(self, item: UUID) -> None:
        """Takes the file away, where there is one."""
        self._path(item).unlink(missing_ok=True)

    def clear(self, *, older: float) -> int:
        """Takes away what was begun before a moment (seconds of Unix) and never finished; how many files."""
        found = [each for each in self.folder.glob("*/*.new") if _last(each) < older]
        for each in found:
            each.unlink(missing_ok=True)
        return len(found)

    def _path(self, item: UUID) -> Path:
        return self.folder / item.hex[:2] / f"{item}.sealed"


class Writing:
    """A file on its way to disk: whole in the end or not there."""

    def __init__(self, path: Path) -> None:
        self._path, self._fresh = path, path.with_suffix(".new")
        descriptor = os.open(self._fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")

    def write(self, data: bytes) -> None:
        """Adds bytes."""
        self._file.write(data)

    def finish(self) -> None:
        """On disk, under its name, when this returns."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._fresh.rename(self._path)
        _sync(self._path.parent)

    def abort(self) -> None:
        """Nothing stays."""
        self._file.close()
        self._fresh.unlink(missing_ok=True)


def _last(path: Path) -> float:
    """When it was last written to; now, as it were, where it is gone meanwhile."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _sync(folder: Path) -> None:
    """A rename is durable when its folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
