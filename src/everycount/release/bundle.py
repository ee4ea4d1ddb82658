"""A release in one file: ``bundle.zip``, with a signature over everything in it."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.intake import refuse_archive
from everycount.release.fingerprint import hashed
from everycount.release.signature import NAME, sign

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BORN = (1980, 1, 1, 0, 0, 0)  # a ZIP has a clock, a release has none


def bundle(files: Mapping[str, bytes], *, by: str, private: bytes) -> bytes:
    """The files with their signature as a ZIP; the same bytes for the same files and key.

    Args:
        files: by name.
        by: address of the node that signs.
        private: its key, 32 bytes.
    """
    digests = {name: hashed(data) for name, data in files.items()}
    whole = dict(files) | {NAME: sign(digests, by=by, private=private)}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in sorted(whole.items()):
            member = zipfile.ZipInfo(name, _BORN)
            member.external_attr = 0o644 << 16
            archive.writestr(member, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """A folder with what is in a bundle; a folder stays where it is.

    Raises:
        InputError: the file is no archive, or one that could do harm.
    """
    if path.suffix.lower() != ".zip":
        yield path
        return
    with tempfile.TemporaryDirectory() as name:
        try:
            with zipfile.ZipFile(path) as archive:
                refuse_archive(archive, path.stat().st_size, str(path))
                archive.extractall(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as broken:
            remedy = "Fetch it again from where it was published."
            raise InputError(Fault(str(path), f"It cannot be unpacked: {broken}.", remedy)) from None
        yield Path(name)
