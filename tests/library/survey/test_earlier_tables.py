"""A second release that prints other tables than the first. People and answers are invented."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from everycount.protect import Status
from everycount.survey.folder import read_folder
from everycount.survey.river import make_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release.model import Release

SURVEY = """\
[survey]
id = "invented"
title = "Invented answers"
period = "2026-03"
area = "BGD"
invented = true
records = {main = "records.csv", key = "id"}

[design]
kind = "convenience"

[policy]
name = "own"
min_respondents = 10
min_respondents_sensitive = 20
min_respondents_extreme = 12
min_clusters = 0
suppress_unreliable = false

[[dimension]]
id = "place"
question = "place"

[[dimension]]
id = "sex"
question = "sex"

[[measure]]
id = "water"
kind = "proportion"
question = "water"
in = ["y"]
"""
TABLE = """
[[table]]
measures = ["water"]
by = [[BY]]
"""
PEOPLE = (("hill", "f", 3), ("hill", "m", 40), ("river", "f", 44), ("river", "m", 60))


def write(folder: Path, by: str) -> Path:
    """Three women on the hill."""
    folder.mkdir()
    (folder / "survey.toml").write_text(SURVEY + TABLE.replace("BY", by), encoding="utf-8")
    rows = [(place, sex, "yn"[at % 2]) for place, sex, n in PEOPLE for at in range(n)]
    with (folder / "records.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "place", "sex", "water"])
        writer.writerows([at, *row] for at, row in enumerate(rows))
    return folder


def shown(release: Release) -> set[tuple[str, ...]]:
    """The codes of the shown cells."""
    return {
        tuple(code for _, code in one.cell)
        for one in release.cells.cells
        if one.status is Status.SHOWN and one.cell
    }


def test_a_table_that_only_the_first_release_had_is_counted_and_not_printed(tmp_path: Path) -> None:
    first = make_release(read_folder(write(tmp_path / "a", '"place"')))
    assert shown(first) == {("hill",), ("river",)}
    folder = read_folder(write(tmp_path / "b", '"sex", "place"'))
    alone, beside = make_release(folder), make_release(folder, given=[first])
    assert beside.breakdowns == alone.breakdowns
    assert [one.cell for one in beside.cells.cells] == [one.cell for one in alone.cells.cells]
    assert ("f", "hill") not in shown(beside)
    # The hill less its men are its women; alone, the release need not hide the men.
    assert ("m", "hill") not in shown(beside)


def test_groups_of_a_dimension_that_only_the_first_release_used_are_not_listed(tmp_path: Path) -> None:
    first = make_release(read_folder(write(tmp_path / "a", '"place"')))
    folder = read_folder(write(tmp_path / "b", '"sex"'))
    alone, beside = make_release(folder), make_release(folder, given=[first])
    assert beside.dimensions == alone.dimensions
    assert [one.cell for one in beside.cells.cells] == [one.cell for one in alone.cells.cells]
