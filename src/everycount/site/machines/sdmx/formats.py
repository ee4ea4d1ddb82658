"""Which format an answer has: what ``Accept`` asks for, the best first (RFC 9110, 12.5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.site.machines.sdmx.data import CSV_1, CSV_2, ML
from everycount.site.machines.sdmx.messages import unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STRUCTURE = "structure"
_CSV, _ML = "application/vnd.sdmx.data+csv", "application/vnd.sdmx.structurespecificdata+xml"
_STRUCTURE = "application/vnd.sdmx.structure+xml"
_ANY = ("*/*", "application/*")
MEDIA: Mapping[str, str] = {
    CSV_1: f"{_CSV};version=1.0.0",
    CSV_2: f"{_CSV};version=2.0.0",
    ML: f"{_ML};version=2.1",
    STRUCTURE: f"{_STRUCTURE};version=2.1",
}
# (type, version) that is asked for -> kind of answer; without a version, the one that most can read.
_DATA = {
    **{(_CSV, version): CSV_1 for version in ("", "1", "1.0", "1.0.0")},
    **{(_CSV, version): CSV_2 for version in ("2", "2.0", "2.0.0")},
    ("text/csv", ""): CSV_1,
    **{(media, "2.1"): ML for media in (_ML,)},
    **{(media, ""): ML for media in (_ML, "application/xml", "text/xml", *_ANY)},
}
_STRUCTURES = {
    (_STRUCTURE, "2.1"): STRUCTURE,
    **{(media, ""): STRUCTURE for media in (_STRUCTURE, "application/xml", "text/xml", *_ANY)},
}


def data_format(accept: str) -> str:
    """The kind of answer to a question for data.

    Raises:
        RefusedError: none of those that are asked for is made here.
    """
    return _first(accept, _DATA)


def structure_format(accept: str) -> str:
    """The same for structures."""
    return _first(accept, _STRUCTURES)


def _first(accept: str, known: Mapping[tuple[str, str], str]) -> str:
    for media, version in _asked(accept or "*/*"):
        if (media, version) in known:
            return known[media, version]
    made = ", ".join(sorted({MEDIA[kind] for kind in known.values()}))
    raise unwritten(f"None of {accept} is made here; there are {made}.")


def _asked(accept: str) -> Iterator[tuple[str, str]]:
    """(type, version) of each, those that are wanted most first; what is not wanted at all is left out."""
    found: list[tuple[float, str, str]] = []
    for each in accept.lower().split(","):
        media, *parts = (part.strip() for part in each.split(";"))
        given = dict(part.partition("=")[::2] for part in parts)
        wish = given.get("q", "1")
        quality = float(wish) if wish.replace(".", "", 1).isdecimal() else 0.0
        if quality > 0 and given.get("labels", "id") == "id":
            found.append((quality, media, given.get("version", "")))
    for _quality, media, version in sorted(found, key=lambda one: -one[0]):
        yield media, version
