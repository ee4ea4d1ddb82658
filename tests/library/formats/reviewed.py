"""Golden files of the formats: what a reviewer has read and found right."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from everycount.formats.linked import hash_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycount.release import Release

NOBODY = "sha256:" + "0" * 64


def check_reviewed(root: Path, made: Mapping[str, bytes], release: Release) -> None:
    """Files are those that were reviewed; EVERYCOUNT_ACCEPT=1 writes what is made now, to be read as a diff.

    The release's digest is left out of them: it changes with every field that a release is given, and the
    files of each other format would have to be read again.
    """
    folder = root / "tests" / "golden" / "formats"
    for name, data in made.items():
        text = data.decode().replace(release.digest, NOBODY)
        text = text.replace(hash_name(release.digest), hash_name(NOBODY))
        path = folder / name
        if os.environ.get("EVERYCOUNT_ACCEPT") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert text == path.read_bytes().decode()
