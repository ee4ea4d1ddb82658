"""A ZIP archive that leaves while it is made, and a sealed place for what comes later in it.

Records are read once, and each brings a row of its table and some of each roster; in an archive one file
stands after the other. Rosters wait in a file without a name, sealed under a key that is nowhere else and
goes with the process: no answer lies open on the disk.
"""

from __future__ import annotations

import io
import os
import tempfile
import weakref
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from django.conf import settings

from everycount.site.vault.sealing import KEY, Sealer, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from typing import BinaryIO

LEVEL = 3  # of compression: beyond it a file gets a tenth smaller and takes twice as long
_PIECE = 64 * 1024


class _Pipe(io.RawIOBase):
    """What the archive's writer has written and nobody has taken."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        """It takes bytes; it cannot go back in them."""
        return True

    def write(self, data: Any) -> int:
        """Takes bytes."""
        self._held.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        """Everything that was written since."""
        made = b"".join(self._held)
        self._held.clear()
        self.size = 0
        return made


def zipped(entries: Iterable[tuple[str, Iterable[bytes]]], *, is_large: bool = True) -> Iterator[bytes]:
    """An archive of these files, each made only when the one before it is there.

    Args:
        entries: names and what is in them.
        is_large: a file may have more than 2 GiB; not every reader of workbooks takes such archives.
    """
    pipe = _Pipe()
    writing = cast("BinaryIO", pipe)
    # Compressing leaves the interpreter to others: the next piece is made meanwhile.
    with (
        ThreadPoolExecutor(1, "zip") as beside,
        zipfile.ZipFile(writing, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive,
    ):
        for name, chunks in entries:
            with archive.open(name, "w", force_zip64=is_large) as entry:
                waiting: Future[int] | None = None
                for chunk in _large(chunks):
                    if waiting is not None:
                        waiting.result()
                    if pipe.size > _PIECE:
                        yield pipe.take()
                    waiting = beside.submit(entry.write, chunk)
                if waiting is not None:
                    waiting.result()
            yield pipe.take()
    yield pipe.take()


def _large(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that are worth handing to another thread."""
    held, size = [], 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _PIECE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class Spool:
    """Bytes that wait, sealed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(dir=settings.ENVIRONMENT.data)  # noqa: SIM115 - closed by chunks
        weakref.finalize(self, self._file.close)  # also when nobody reads it, because a file broke off
        self._key, self._item = os.urandom(KEY), uuid4()
        self._sealer = Sealer(self._key, self._item)

    def add(self, data: bytes) -> None:
        """Takes bytes."""
        self._file.write(self._sealer.update(data))

    def chunks(self) -> Iterator[bytes]:
        """Everything again, once."""
        self._file.write(self._sealer.finish())
        self._file.seek(0)
        with self._file as file:
            yield from opened(iter(lambda: file.read(_PIECE), b""), self._key, self._item)
