"""Where each data file comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from everycount.catalogue.files import read_toml


@dataclass(frozen=True, slots=True)
class Source:
    """The provenance of one data file.

    Attributes:
        id: the list's name.
        file: path below the catalogue's data folder.
        title: what the file holds.
        version: the version of the list, as its makers write it.
        source: repository or publication, with the commit where there is one.
        dated: date of that commit or publication.
        retrieved: when we took it.
        licence: the licence of the source.
        sha256: digest of the file as shipped.
        rows: entries in the file.
        note: what was changed or must be known.
    """

    id: str
    file: str
    title: str
    version: str
    source: str
    dated: str
    retrieved: str
    licence: str
    sha256: str
    rows: int
    note: str = ""


@cache
def sources() -> tuple[Source, ...]:
    """The provenance of every data file of the catalogue."""
    return tuple(Source(**entry) for entry in read_toml("SOURCES.toml")["file"])
