"""What a release says differently from the one that it replaces: in a file of its own, and marked in SDMX."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from everycount.formats import changes, sdmx, write
from everycount.formats.cells_csv import read_back
from everycount.formats.changes import Kind
from everycount.formats.sdmx_data import REVISED
from everycount.protect.cells import Status
from everycount.release import verify
from library.release.samples import hidden, remade, shown, small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release import Release

ODD = 0.987654321


def revision() -> tuple[Release, Release, dict[Kind, Cell]]:
    """Two releases: one number of each kind differs, and a standard error that nobody is shown."""
    whole = small_release()
    cells = {(one.measure, one.cell): one for one in whole.cells.cells}
    both = [one for one in whole.cells.cells if one.status is Status.SHOWN and one.measure == "safe_water"]
    empty = next(one for one in whole.cells.cells if one.status is Status.SUPPRESSED_SMALL)
    changed, went_out, gone, new, behind = both[:5]
    kinds = {
        Kind.CHANGED: changed,
        Kind.HIDDEN: went_out,
        Kind.GONE: gone,
        Kind.NEW: new,
        Kind.SHOWN: empty,
    }

    def made(old: bool) -> Release:  # noqa: FBT001 - which of two
        own: dict[tuple[str, CellKey], Cell] = dict(cells)

        def put(cell: Cell) -> None:
            own[cell.measure, cell.cell] = cell

        put(replace(changed, value=ODD if old else 0.5))
        put(
            replace(went_out, value=ODD)
            if old
            else hidden(went_out.measure, went_out.cell, Status.SUPPRESSED_SMALL)
        )
        put(empty if old else shown(empty.measure, empty.cell, 0.25))
        put(replace(behind, se=0.03 if old else 0.04))
        del own[(new if old else gone).measure, (new if old else gone).cell]
        return replace(whole, cells=remade(whole.cells, cells=tuple(own.values()), contrasts=()))

    return made(old=True), made(old=False), kinds


def told(release: Release, before: Release) -> dict[tuple[str, frozenset[tuple[str, str]]], dict[str, str]]:
    names = [one.id for one in release.dimensions]
    rows = read_back(changes.files(release, before)[changes.NAME])
    return {
        (row["measure"], frozenset((name, row[name]) for name in names if row[name])): row for row in rows
    }


def test_each_number_that_differs_has_its_row_and_no_other_has() -> None:
    before, release, kinds = revision()
    expected = {(cell.measure, frozenset(cell.cell)): kind for kind, cell in kinds.items()}
    found = told(release, before)
    assert {name: row["change"] for name, row in found.items()} == expected
    row = found[kinds[Kind.CHANGED].measure, frozenset(kinds[Kind.CHANGED].cell)]
    assert (float(row["before"]), float(row["value"])) == (ODD, 0.5)


def test_what_is_not_shown_any_more_is_not_said_again() -> None:
    before, release, kinds = revision()
    found = told(release, before)
    for kind in (Kind.HIDDEN, Kind.GONE):
        row = found[kinds[kind].measure, frozenset(kinds[kind].cell)]
        assert (row["before"], row["value"]) == ("", "")
    assert changes.files(release, before)[changes.NAME].count(str(ODD).encode()) == 1


@pytest.mark.parametrize("name", ["cells.sdmx.csv", "cells.sdmx.xml"])
def test_sdmx_marks_what_was_revised_in_the_comment(name: str) -> None:
    before, release, kinds = revision()
    data = sdmx.files(release, before)[name]
    if name.endswith("csv"):
        rows = [dict(row) for row in csv.DictReader(io.StringIO(data.decode()))]
    else:
        rows = [dict(one.attrib) for one in etree.fromstring(data).iter("Obs")]
    marked = [row for row in rows if row.get("COMMENT_OBS", "").startswith(REVISED)]
    assert len(marked) == len({Kind.CHANGED, Kind.HIDDEN, Kind.SHOWN} & kinds.keys())
    assert {row["OBS_STATUS"] for row in marked} <= {"A", "U", "Q"}
    assert len(rows) == len(release.cells.cells)


def test_the_first_release_marks_nothing_and_has_no_such_file(tmp_path: Path) -> None:
    before, release, _ = revision()
    write(release, tmp_path / "first")
    assert not (tmp_path / "first" / changes.NAME).exists()
    assert REVISED not in (tmp_path / "first" / "cells.sdmx.xml").read_text(encoding="utf-8")
    write(release, tmp_path / "second", before=before)
    assert (tmp_path / "second" / changes.NAME).exists()
    assert REVISED in (tmp_path / "second" / "cells.sdmx.xml").read_text(encoding="utf-8")
    assert verify(tmp_path / "second") == []


def test_the_same_numbers_again_are_no_change() -> None:
    release = small_release()
    rows = read_back(changes.files(release, release)[changes.NAME])
    assert rows == []
    assert sdmx.files(release, release) == sdmx.files(release)
