"""A release tells of its records nothing that somebody could look for one person with."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from everycount.formats import write
from everycount.quality.report import Check
from everycount.survey import make_release, release_folder
from everycount.survey.folder import read_folder

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release

SURVEY = """
[survey]
id = "invented"
title = "An invented survey"
period = "2026"
area = "BGD"
invented = true
records = {main = "records.csv", key = "uuid"}

[design]
kind = "purposive"

[policy]
name = "POLICY"

[quality]
[[quality.benchmarks]]
dimension = "village"
source = "An invented census"
shares = {north = 0.5, south = 0.499, hamlet = 0.001}

[[variable]]
id = "mended"
cases = [{when = {question = "uuid", in = ["u42"]}, value = "no"}, {take = "water"}]

[[dimension]]
id = "village"
question = "village"
groups = {north = ["north"], south = ["south"], hamlet = ["hamlet"]}
drop = ["widows' lane"]

[[measure]]
id = "water"
kind = "proportion"
question = "mended"
in = ["yes"]

[[table]]
measures = "*"
by = [["village"]]
"""


def records(hamlet: int = 3) -> str:
    """Invented: 80 in the north, 80 in the south, a few in a hamlet, 12 elsewhere; one key is there twice."""
    lines = ["uuid,village,water"]
    villages = ["north"] * 80 + ["south"] * 80 + ["hamlet"] * hamlet + ["widows' lane"] * 12
    for number, village in enumerate(villages):
        lines.append(f"u{5 if number == 77 else number},{village},{'yes' if number % 3 else 'no'}")
    return "\n".join((*lines, ""))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return made(tmp_path / "survey", "public", records())


def made(folder: Path, policy: str, found: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "survey.toml").write_text(SURVEY.replace("POLICY", policy), encoding="utf-8")
    (folder / "records.csv").write_text(found, encoding="utf-8")
    return folder


def everything(release: Release, folder: Path) -> str:
    """The text of every file of a release."""
    return "\n".join(path.read_text(encoding="utf-8") for path in write(release, folder) if path.is_file())


def test_no_file_tells_the_digest_or_the_size_of_the_records(folder: Path, tmp_path: Path) -> None:
    """Whoever knows all records but one would try what that one may say until the digest fits."""
    release, _ = release_folder(folder)
    said = everything(release, tmp_path / "out")
    for name in ("records.csv", "survey.toml"):
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert digest[:12] not in said
        assert f"{(folder / name).stat().st_size} bytes" not in said
        assert name in said  # what was read is still named


def test_two_files_that_differ_where_nothing_is_shown_give_the_same_release(tmp_path: Path) -> None:
    """Three in the hamlet said the same, in another order and with other keys: nobody can tell."""
    one = made(tmp_path / "one", "public", records())
    other = made(tmp_path / "other", "public", records().replace("u162,", "u999162,"))
    assert release_folder(one)[0].digest == release_folder(other)[0].digest


def test_answers_that_are_left_out_are_not_named(folder: Path, tmp_path: Path) -> None:
    release, _ = release_folder(folder)
    said = everything(release, tmp_path / "out")
    assert "widows" not in said
    assert "u42" not in said
    assert release.provenance.plan["dimension"][0]["drop"] == ["…"]
    assert release.provenance.plan["measure"][0]["in"] == ["yes"]


def test_oddities_name_no_row_and_no_small_number_of_rows(folder: Path) -> None:
    found = dict(release_folder(folder)[0].provenance.findings)
    assert found["The record has the same key as record …; both are counted."] == 10


def test_oddities_of_many_rows_are_counted_whole(tmp_path: Path) -> None:
    """The first hundred are listed for their keeper, the others only counted."""
    doubled = records() + "\n".join(records().splitlines()[1:]) + "\n"
    found = dict(release_folder(made(tmp_path / "double", "public", doubled))[0].provenance.findings)
    repeated = 2 * (80 + 80 + 3 + 12) - (80 + 80 + 3 + 12 - 1)
    assert found["The record has the same key as record …; both are counted."] == -(-repeated // 10) * 10


@pytest.mark.parametrize("hamlet", [1, 2, 3])
def test_coverage_of_hidden_groups_is_not_told(tmp_path: Path, hamlet: int) -> None:
    """It is reckoned from the sizes of the groups: 0.2, 0.4 and 0.6 are one, two and three of the hamlet."""
    release, _ = release_folder(made(tmp_path / "few", "public", records(hamlet)))
    assert not [one for one in release.provenance.quality if one.check is Check.COVERAGE]


def test_coverage_is_told_where_all_groups_are_shown(tmp_path: Path) -> None:
    release, _ = release_folder(made(tmp_path / "many", "public", records(40)))
    assert [one.about for one in release.provenance.quality if one.check is Check.COVERAGE] == ["village"]


def test_what_is_public_already_is_told_whole(tmp_path: Path) -> None:
    folder = made(tmp_path / "open", "open", records())
    release = make_release(read_folder(folder))
    digests = {one.name: one.sha256 for one in release.provenance.inputs}
    assert digests["records.csv"] == hashlib.sha256((folder / "records.csv").read_bytes()).hexdigest()
    assert release.provenance.plan["dimension"][0]["drop"] == ["widows' lane"]
    assert release.provenance.findings[-1][1] == 1
