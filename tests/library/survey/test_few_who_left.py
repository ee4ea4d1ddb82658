"""A revision after a few people left, of many groups: it is made, says little, and tells nothing apart."""

from __future__ import annotations

import csv
import io
import random
import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import everycount.example
from everycount.protect import Status
from everycount.survey import release_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.release import Release

HOTSPOTS = Path(next(iter(everycount.example.__path__))) / "hotspots"
RECORDS, MEMBERS = "hotspots_example.csv", "hotspots_example-members.csv"


def rows(name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(HOTSPOTS / "submissions.zip") as kept:
        return list(csv.DictReader(io.StringIO(kept.read(name).decode("utf-8-sig"))))


def folder(path: Path, stays: Callable[[str], bool]) -> Path:
    """The invented hotspots, less those who took consent back."""
    shutil.copytree(HOTSPOTS, path)
    with zipfile.ZipFile(path / "submissions.zip", "w") as made:
        for name, key in ((RECORDS, "KEY"), (MEMBERS, "PARENT_KEY")):
            left, text = [row for row in rows(name) if stays(row[key])], io.StringIO(newline="")
            writer = csv.DictWriter(text, left[0].keys())
            writer.writeheader()
            writer.writerows(left)
            made.writestr(name, text.getvalue())
    return path


def leaving(number: int) -> set[str]:
    """So many of those who agreed to be counted, of any group."""
    agreed = [row["KEY"] for row in rows(RECORDS) if row["consent-consent_statistics"] == "yes"]
    return set(random.Random(3).sample(agreed, number))  # noqa: S311 - the same each time is what is wanted


@pytest.fixture(scope="module")
def first() -> Release:
    return release_folder(HOTSPOTS)[0]


@pytest.mark.parametrize("number", [3, 12, 30])
def test_few_who_left_many_groups_are_not_told(tmp_path: Path, first: Release, number: int) -> None:
    left = leaving(number)
    path = folder(tmp_path / "later", lambda key: key not in left)
    now, without = release_folder(path, given=[first])[0], release_folder(path)[0]
    world = {(one.measure, one.cell): one for one in without.cells.cells}
    shown = [one for one in now.cells.cells if one.status is Status.SHOWN]
    assert shown
    assert all(one.n == world[one.measure, one.cell].n for one in shown)
    assert all(one.value == world[one.measure, one.cell].value for one in shown)


def test_of_a_table_of_which_nothing_is_left_one_status_is_said(tmp_path: Path, first: Release) -> None:
    """Two would tell its cells apart, and so what those who left had said of them."""
    left = leaving(12)
    now = release_folder(folder(tmp_path / "later", lambda key: key not in left), given=[first])[0]
    table = [one for one in now.cells.cells if one.measure != "goes_to_school"]
    assert {one.status for one in table} == {Status.SUPPRESSED_SMALL}
