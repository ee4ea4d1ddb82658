"""The invented example: consent is heeded, no claim goes beyond the respondents, small groups stay hidden."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from everycount.survey.folder import read_folder
from everycount.survey.river import make_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release.model import Release


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "src" / "everycount" / "example" / "hotspots"


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return make_release(read_folder(folder))


def test_it_says_that_it_is_invented(release: Release) -> None:
    assert release.survey.invented


def test_no_interval_and_no_claim_beyond_the_respondents(release: Release) -> None:
    for cell in release.cells.cells:
        assert (cell.se, cell.ci_low, cell.ci_high, cell.df) == (None, None, None, None)
        assert cell.basis == "none"
        assert cell.scope == "respondents"


def test_only_those_who_agreed_are_counted(release: Release) -> None:
    overall = next(cell for cell in release.cells.cells if cell.measure == "ration_card" and not cell.cell)
    assert overall.n is not None
    assert 950 < overall.n < 1000
    assert release.design.sample.records == overall.n


def test_the_two_definitions_of_weak_housing_differ(release: Release) -> None:
    share = {cell.measure: cell.value for cell in release.cells.cells if not cell.cell}
    nss, nhdr = share["weak_house_nss"], share["weak_house_nhdr"]
    assert nss is not None
    assert nhdr is not None
    assert nss < nhdr, "timber counts as lasting in one of them only"


def test_small_cells_of_the_crossed_table_are_hidden(release: Release) -> None:
    crossed = [cell for cell in release.cells.cells if len(cell.cell) == 2]
    hidden = [cell for cell in crossed if cell.status.startswith("suppressed")]
    assert hidden
    assert all(cell.n is None and cell.value is None for cell in hidden)
    assert all(cell.n is None or cell.n == 0 or cell.n >= 20 for cell in crossed), "communities are sensitive"


def test_children_of_the_roster_are_counted_as_persons(release: Release) -> None:
    school = next(cell for cell in release.cells.cells if cell.measure == "goes_to_school" and not cell.cell)
    assert school.n is not None
    assert school.value == pytest.approx(0.7, abs=0.06)


def test_two_communities_are_never_on_the_map(release: Release) -> None:
    states = next(fact for fact in release.dimensions if fact.id == "state")
    assert states.area == "IND-states"
    assert len(states.groups) == 8


def test_the_files_are_what_the_tool_makes(root: Path, folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in ("form.xlsx", "submissions.zip")}
    subprocess.run([sys.executable, str(root / "tools" / "make_hotspots.py")], check=True)
    after = {name: (folder / name).read_bytes() for name in before}
    try:
        assert after == before
    finally:
        for name, content in before.items():
            (folder / name).write_bytes(content)
