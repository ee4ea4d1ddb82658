"""What is printed of a public release, kept beside its files: pictures as PNG, in every language of the node.

Whoever keeps the files asks a process of its own for it (:mod:`everycount.formats.printing`); the one that
serves pages only looks whether it is there. What is made follows from the release, its decision and the
address of the node alone, so it is made once.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from everycount import __version__
from everycount.site.publication.cards import shelf

if TYPE_CHECKING:
    from everycount.site.publication.models import Release

PATIENCE = 900.0  # seconds; a release with a hundred figures takes two minutes on a slow machine
PICTURES = "figures"
_LOG = logging.getLogger(__name__)
_FAILED: set[Path] = set()  # not tried again before the next start


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
    for language, _ in settings.LANGUAGES:
        for name, _title in reading.figures(release, language):
            svg = drawn(release, name, language)
            if svg is not None:
                (folder / PICTURES / f"{name}.{language}.svg").write_bytes(svg)


def _run(folder: Path) -> None:
    command = [sys.executable, "-m", "everycount.formats.printing", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)  # noqa: S603 - our own
