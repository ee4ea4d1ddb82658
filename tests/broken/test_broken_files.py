"""Broken folders on disk, through the command line: one message a mistake, exit 2, nothing written.

``folders/NAME/expected.txt`` is the whole message; three dots stand for the words of another program.
``readable/NAME/expected.txt`` is what ``everycount check`` must say of a folder that is strange, and read.
"""

from __future__ import annotations

import csv
import gc
import os
import re
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from broken.build import BROKEN, BUILDERS, HERE, LARGE, ODD, READABLE, write
from everycount.cli import DONE, WRONG_INPUT, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = "expected.txt"
LARGEST = HERE / "large"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for temporary files that is empty before and after."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    gc.collect()
    assert list(place.iterdir()) == []


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        if path.is_file() and os.access(path, os.R_OK)
        else None
        for path in sorted(folder.rglob("*"))
    }


def assert_says(expected: Path, said: str) -> None:
    wanted = expected.read_text(encoding="utf-8").strip("\n")
    pattern = ".*".join(re.escape(part) for part in wanted.split("..."))
    assert re.fullmatch(pattern, said.strip("\n")), f"expected\n  {wanted}\nbut it said\n  {said}"


def assert_refused(folder: Path, expected: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, out = contents(folder), folder.parent / "out"
    for command in (["check", str(folder)], ["release", str(folder), "--out", str(out)]):
        code = main(command)
        heard = capsys.readouterr()
        assert code == WRONG_INPUT, heard.out
        assert_says(expected, heard.err)
        assert heard.out == ""
    assert not out.exists()
    assert contents(folder) == before


@pytest.mark.parametrize("name", BUILDERS)
def test_a_broken_folder_gets_one_message(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(BROKEN / name, tmp_path / name)
    assert_refused(folder, BROKEN / name / WORDS, capsys)


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_to_be_kept_is_made_and_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "file-that-may-not-be-read" and os.geteuid() == 0:
        pytest.skip("the root user may read every file")
    write(LARGE[name], tmp_path / name)
    assert_refused(tmp_path / name, LARGEST / f"{name}.txt", capsys)


@pytest.mark.parametrize("name", READABLE)
def test_what_is_only_strange_is_read_and_noticed(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = shutil.copytree(ODD / name, tmp_path / name), tmp_path / "out"
    assert main(["check", str(folder)]) == DONE
    said = capsys.readouterr().out
    for line in (folder / WORDS).read_text(encoding="utf-8").splitlines():
        assert line in said, f"{line!r} is not in\n{said}"
    assert main(["release", str(folder), "--out", str(out)]) == DONE
    assert (out / "report.html").is_file()


def test_no_text_of_a_release_is_a_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["release", str(ODD / "formulas-for-spreadsheets"), "--out", str(out)]) == DONE
    tables = sorted(out.rglob("*.csv"))
    assert tables
    for path in tables:
        with path.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert any("cmd|" in cell for cell in cells) or path.name != "cells.csv"
        assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and not is_number(cell)] == []


def is_number(cell: str) -> bool:
    return cell == "" or re.fullmatch(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", cell) is not None


def test_the_program_itself_ends_with_the_code_and_without_a_trace(tmp_path: Path) -> None:
    """The tests above call the command's function; this one starts the program."""
    folder, out = BROKEN / "zero-bytes-in-records", tmp_path / "out"
    command = [sys.executable, "-m", "everycount", "release", str(folder), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, out.exists()) == (WRONG_INPUT, "", False)
    assert_says(folder / WORDS, done.stderr)


def test_folders_and_builders_are_the_same() -> None:
    assert {path.name for path in BROKEN.iterdir()} == set(BUILDERS)
    assert {path.name for path in ODD.iterdir()} == set(READABLE)
    assert {path.stem for path in LARGEST.iterdir()} == set(LARGE)
    assert len(BUILDERS) + len(LARGE) >= 60
