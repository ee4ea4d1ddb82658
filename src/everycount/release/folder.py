"""A release as it lies in a folder: read it, and say what is not as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.release import document as documents
from everycount.release.fingerprint import hashed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.release.model import Release

# What desktops leave in every folder they show; nobody published these.
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
SIGNATURE = "signature.json"  # of a node, over all files; no release lists it (see :mod:`.signature`)


class Fate(StrEnum):
    """What became of a file since it was written."""

    CHANGED = "changed"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the release says."""

    file: str
    fate: Fate
    detail: str

    def __str__(self) -> str:
        return f"{self.file}: {self.detail}"


def read(folder: Path | str) -> Release:
    """The release in a folder, from its ``release.json`` (which may be named itself).

    Raises:
        InputError: there is none, or it cannot be read.
    """
    path = document_path(folder)
    return documents.release_from_json(read_document(path), str(path))


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object in a file, whether or not it is a release.

    Raises:
        InputError: the file cannot be read, or is no JSON object.
    """
    return documents.parse(_bytes(path), str(path))


def document_path(folder: Path | str) -> Path:
    """Where the ``release.json`` of a folder is; a path to the file itself stays."""
    path = Path(folder)
    return path if path.name == documents.NAME else path / documents.NAME


def verify(folder: Path | str) -> list[Difference]:
    """Recompute every digest of a release folder; an empty list means that it is as it was written.

    Raises:
        InputError: there is no ``release.json``, or it is not JSON, so that nothing can be compared.
    """
    path = document_path(folder)
    data = _bytes(path)
    document = documents.parse(data, str(path))
    return [*_document_differences(document, data), *_file_differences(path.parent, document)]


def listed_files(document: dict[str, Any]) -> dict[str, str]:
    """Digest by file name, as ``release.json`` lists them; without what cannot be such a list."""
    files = document.get("files")
    if not isinstance(files, dict):
        return {}
    return {name: digest for name, digest in files.items() if isinstance(digest, str)}


def names_in(folder: Path) -> list[str]:
    """Every file below a folder, as the list of files has it: with ``/`` and without desktop litter."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in LITTER)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _document_differences(document: dict[str, Any], data: bytes) -> Iterator[Difference]:
    def changed(detail: str) -> Difference:
        return Difference(documents.NAME, Fate.CHANGED, detail)

    try:
        release = documents.release_from_json(document)
    except InputError as problem:
        yield from (changed(f"{fault.place}: {fault.problem}") for fault in problem.faults)
        return
    if document.get("digest") != release.digest:
        yield changed(f"its digest should be {release.digest}.")
    if documents.rewritten(document) != data:
        yield changed("its bytes are not those that Everycount writes for this content.")


def _file_differences(folder: Path, document: dict[str, Any]) -> Iterator[Difference]:
    files = listed_files(document)
    present = set(names_in(folder)) - {documents.NAME, SIGNATURE}
    for name, digest in sorted(files.items()):
        if name not in present:
            yield Difference(name, Fate.MISSING, "the file is missing.")
        elif (found := hashed((folder / name).read_bytes())) != digest:
            yield Difference(name, Fate.CHANGED, f"its digest is {found} and should be {digest}.")
    for name in sorted(present - files.keys()):
        yield Difference(name, Fate.EXTRA, "the release does not list this file.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        words = problem.strerror or "it cannot be read"
        remedy = f"Name the folder of a release; it holds a {documents.NAME}."
        raise InputError(Fault(str(path), f"The file cannot be read: {words}.", remedy)) from None
