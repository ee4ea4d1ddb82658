from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.release import read, to_bytes, verify
from everycount.release.folder import Fate
from library.release.samples import small_release

if TYPE_CHECKING:
    from pathlib import Path

TABLE = b"a,b\n1,2\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"cells.csv": f"sha256:{hashlib.sha256(TABLE).hexdigest()}"}
    (tmp_path / "release.json").write_bytes(to_bytes(small_release(), files))
    (tmp_path / "cells.csv").write_bytes(TABLE)
    return tmp_path


def test_a_folder_as_it_was_written_verifies(folder: Path) -> None:
    assert verify(folder) == []
    assert read(folder) == read(folder / "release.json") == small_release()


def test_a_changed_a_missing_and_an_extra_file_are_named(folder: Path) -> None:
    (folder / "cells.csv").write_bytes(TABLE + b"3,4\n")
    (folder / "more").mkdir()
    (folder / "more" / "notes.txt").write_text("mine")
    (folder / ".DS_Store").write_bytes(b"")
    found = [(difference.file, difference.fate) for difference in verify(folder)]
    assert found == [("cells.csv", Fate.CHANGED), ("more/notes.txt", Fate.EXTRA)]
    (folder / "cells.csv").unlink()
    assert ("cells.csv", Fate.MISSING) in [(one.file, one.fate) for one in verify(folder)]


def test_a_number_changed_by_hand_is_found(folder: Path) -> None:
    path = folder / "release.json"
    path.write_text(path.read_text().replace('"value":0.5,', '"value":0.50000000001,'))
    (difference,) = verify(folder)
    assert str(difference).endswith("The content is not the one that its digest was made from.")
    with pytest.raises(InputError, match="not the one that its digest"):
        read(folder)


def test_a_wrong_digest_and_another_layout_are_found(folder: Path) -> None:
    path = folder / "release.json"
    document = json.loads(path.read_bytes())
    document["digest"] = "sha256:" + "0" * 64
    path.write_text(json.dumps(document))
    said = " ".join(str(difference) for difference in verify(folder))
    assert "its digest should be sha256:" in said
    assert "its bytes are not those" in said


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"a":NaN}', b'{"a":1e999}']
)
def test_what_is_not_a_release_is_an_input_error(folder: Path, data: bytes) -> None:
    (folder / "release.json").write_bytes(data)
    with pytest.raises(InputError, match=r"release\.json"):
        verify(folder)


def test_an_absent_release_is_an_input_error_with_a_remedy(tmp_path: Path) -> None:
    for reader in (read, verify):
        with pytest.raises(InputError, match="Name the folder of a release"):
            reader(tmp_path)
