"""The files of a public release: every format, under its digest, made once and made again if they are gone.

What is in the folder follows from the release's document; nothing else is kept there. A replaced release has
no files any more, so that nobody takes numbers from it that do not hold.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from everycount.faults import InputError
from everycount.site.collection import queries as collection
from everycount.site.collection.models import Version
from everycount.site.publication import printing
from everycount.site.publication.cards import card, shelf
from everycount.site.publication.models import Release
from everycount.site.publication.queries.releases import current, numbers, previous
from everycount.site.publication.states import State

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from everycount.questionnaire import Questionnaire as Form

_LOG = logging.getLogger(__name__)
_MAKING = threading.Lock()  # two who ask at once wait for the same files
_LISTS = 64
# What people look for first stands first; everything else in the order of its name.
_FIRST = ("cells.csv", "cells.sdmx.xml", "report.html", "release.json")


@dataclass(frozen=True, slots=True)
class File:
    """One file.

    Attributes:
        name: below the folder, with slashes.
        said: what it is, in English, as the crate of the release says it.
        media: its media type.
        size: in bytes.
        digest: SHA-256 of its bytes.
    """

    name: str
    said: str
    media: str
    size: int
    digest: str


def listed(release: Release) -> tuple[File, ...]:
    """The files of a release that holds, made if they are not there."""
    return _listed(_folder(release))


def opened(release: Release, name: str) -> tuple[File, Path] | None:
    """One file and where it stands; None for a name that is not in the list, whatever the name says."""
    folder = _folder(release)
    found = next((file for file in _listed(folder) if file.name == name), None)
    return None if found is None else (found, folder / found.name)


def keep(*, at: datetime) -> None:
    """Makes what is missing of the releases that hold, and clears away those of replaced ones."""
    for release in current(at=at):
        if not _place(release).is_dir():
            _folder(release)
            for language, _ in settings.LANGUAGES:
                card(release, language)
        printing.prints(release)
    if shelf().is_dir():
        replaced = Release.objects.filter(state=State.SUPERSEDED).exclude(digest="")
        holding = set(Release.objects.filter(state=State.PUBLISHED).values_list("digest", flat=True))
        gone = {
            _name(digest) for digest in replaced.values_list("digest", flat=True) if digest not in holding
        }
        for folder in shelf().iterdir():
            if folder.name.split(".")[0] in gone:
                _clear(folder)


def _clear(place: Path) -> None:
    shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def _name(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _place(release: Release) -> Path:
    return shelf() / _name(release.digest)


def _folder(release: Release) -> Path:
    """The folder of a release with its list beside it."""
    folder = _place(release)
    listing = folder.with_suffix(".json")
    if folder.is_dir() and listing.is_file():
        return folder
    with _MAKING:
        if not (folder.is_dir() and listing.is_file()):
            _make(release, folder)
    return folder


def _make(release: Release, folder: Path) -> None:
    from everycount.formats import write  # noqa: PLC0415 - writers are loaded where files are made

    shelf().mkdir(mode=0o700, exist_ok=True)
    try:
        replaced = previous(release)
        before = numbers(replaced) if replaced else None
        paths = write(numbers(release), folder, questionnaire=_form(release), before=before)
    except InputError as cannot:  # some format cannot say it; the pages stand without files
        _LOG.error("The files of %s cannot be made: %s", release, cannot)
        folder.mkdir(exist_ok=True)
        paths = []
    files = [asdict(_file(path, path.relative_to(folder).as_posix())) for path in paths]
    listing = folder.with_suffix(".json")
    fresh = listing.with_suffix(".new")
    fresh.write_text(json.dumps(files), encoding="utf-8")
    fresh.replace(listing)
    _listed.cache_clear()


def _file(path: Path, name: str) -> File:
    from everycount.formats.ro_crate import described  # noqa: PLC0415 - see _make

    said, media = described(name)
    data = path.read_bytes()
    return File(name, said, media, len(data), hashlib.sha256(data).hexdigest())


@lru_cache(maxsize=_LISTS)
def _listed(folder: Path) -> tuple[File, ...]:
    rows = json.loads(folder.with_suffix(".json").read_text(encoding="utf-8"))
    files = (File(**row) for row in rows)
    place = {name: i for i, name in enumerate(_FIRST)}
    return tuple(sorted(files, key=lambda file: (place.get(file.name, len(place)), file.name)))


def version_of(release: Release) -> Version | None:
    """The version of the questionnaire that the numbers were read with: the one of the same bytes."""
    digests = {one.sha256 for one in numbers(release).provenance.inputs if one.sha256}
    for row in Version.objects.filter(questionnaire__release_plans__releases=release).only(
        "pk", "xlsform", "version"
    ):
        if hashlib.sha256(bytes(row.xlsform)).hexdigest() in digests:
            return row
    return None


def _form(release: Release) -> Form | None:
    version = version_of(release)
    if version is None:
        return None
    try:
        return collection.form(version.pk)
    except InputError:  # written by an earlier program; the release has its files without a codebook
        _LOG.warning("The questionnaire of %s cannot be read for its codebook.", release)
        return None
