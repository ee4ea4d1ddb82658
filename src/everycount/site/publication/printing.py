"""What is printed of a public release, kept beside its files: PNG in every language of the node, and briefs.

Whoever keeps the files asks a process of its own for it (:mod:`everycount.formats.printing`); the one that
serves pages only looks whether it is there. What is made follows from the release, its decision and the
address of the node alone, so it is made once.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse

from everycount import __version__
from everycount.site.publication.cards import shelf
from everycount.site.publication.models import Stance

if TYPE_CHECKING:
    from everycount.formats.brief import Given
    from everycount.site.publication.models import Release

PATIENCE = 900.0  # seconds; a release with a hundred figures takes two minutes on a slow machine
PICTURES, BRIEFS = "figures", "give-back"
RELEASE, GIVEN = "release.json", "given.json"  # what the process is told, and leaves beside
KINDS = ("brief", "poster", "read-aloud", "phone")
_LOG = logging.getLogger(__name__)
_FAILED: set[Path] = set()  # not tried again before the next start


@dataclass(frozen=True, slots=True)
class Sheet:
    """A brief, poster, text or page: its file, kind, group ("" is everybody), language, and bytes."""

    name: str
    kind: str
    of: str
    language: str
    size: int


def opened(release: Release, name: str) -> Path | None:
    """A printed file of a release that holds; None while it is not there, and for names that are none."""
    folder = _place(release)
    path = folder / name
    return path if path.resolve().is_relative_to(folder.resolve()) and path.is_file() else None


def png_of(figure: str, language: str) -> str:
    """The name of a figure's PNG."""
    return f"{PICTURES}/{figure}.{language}.png"


def is_printed(release: Release) -> bool:
    """Whether everything that can be printed of it is there."""
    return _place(release).is_dir()


def prints(release: Release) -> None:
    """Prints a release, once; of what cannot be printed the log says so, and the pages stand without."""
    place = _place(release)
    if place.is_dir() or place in _FAILED:
        return
    shelf().mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=shelf(), prefix=".printing-") as name:
        fresh = Path(name) / "fresh"
        _lay(release, fresh)
        try:
            _run(fresh)
        except (OSError, subprocess.SubprocessError) as problem:
            _FAILED.add(place)
            _LOG.error("Nothing is printed of %s: %s", release, problem)
            return
        fresh.rename(place)
    _clear_others(place)


def _place(release: Release) -> Path:
    """The folder; another program or another address of the node prints anew."""
    key = hashlib.sha256(f"{__version__} {settings.ENVIRONMENT.public_url}".encode()).hexdigest()[:12]
    return shelf() / f"{release.digest.removeprefix('sha256:')}.print-{key}"


def _clear_others(place: Path) -> None:
    for other in shelf().glob(f"{place.name.partition('.')[0]}.print-*"):
        if other != place:
            shutil.rmtree(other, ignore_errors=True)


def _lay(release: Release, folder: Path) -> None:
    from everycount.site.publication import reading  # noqa: PLC0415 - brings arrays, and memory is dear
    from everycount.site.publication.drawn import drawn  # noqa: PLC0415 - the same

    (folder / PICTURES).mkdir(parents=True)
    (folder / RELEASE).write_bytes(zlib.decompress(bytes(release.document or b"")))
    (folder / GIVEN).write_text(json.dumps(asdict(_given(release)), ensure_ascii=False), encoding="utf-8")
    for language, _ in settings.LANGUAGES:
        for name, _title in reading.figures(release, language):
            svg = drawn(release, name, language)
            if svg is not None:
                (folder / PICTURES / f"{name}.{language}.svg").write_bytes(svg)


def _given(release: Release) -> Given:
    """What briefs say beside the numbers: who agreed, what was said in public, and where there is more."""
    from everycount.formats.brief import Given  # noqa: PLC0415 - brings arrays
    from everycount.site.publication import citing  # noqa: PLC0415 - brings arrays
    from everycount.site.publication.queries.public import decision  # noqa: PLC0415 - it looks here

    if release.published_at is None:
        raise LookupError(f"{release} is not public.")
    found = decision(release, at=release.published_at)
    dissent_first = sorted(found.voices, key=lambda voice: voice[0] == Stance.AGREE)
    return Given(
        address=citing.absolute(reverse("release", args=[release.plan.slug, release.number])),
        agree=found.agree,
        object=found.object,
        voices=tuple(words for _, words in dissent_first),
        ask=release.plan.initiative.name,
        back=release.feedback,
    )


def given_back(release: Release) -> tuple[Sheet, ...]:
    """The briefs that are there: everybody's first, then of each group; none while they are not made."""
    folder = _place(release) / BRIEFS
    if not folder.is_dir():
        return ()
    sheets = []
    for path in folder.iterdir():
        kind, *name, language, _ = path.name.split(".")
        sheets.append(Sheet(path.name, kind, ".".join(name), language, path.stat().st_size))
    return tuple(sorted(sheets, key=lambda one: (one.of, one.language, KINDS.index(one.kind))))


def _run(folder: Path) -> None:
    command = [sys.executable, "-m", "everycount.formats.printing", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 - our own
