from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.sample import Design, DesignKind, Source, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("member", ["answers.csv", "[Content_Types].xml"])
def test_an_archive_that_unpacks_to_far_too_much_is_refused_at_once(member: str, tmp_path: Path) -> None:
    path = tmp_path / "small.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(member, "w") as inside:
        for _ in range(130):
            inside.write(b"0" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match=r"small\.zip: The archive unpacks to 130 MB"):
        read({"main": Source(path)}, design=Design(DesignKind.CONVENIENCE))
