"""The real example: the survey file derives the published JMP levels, for every household."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.variables import derive
from everycount.sample import MAIN, rows
from everycount.survey.folder import read_folder
from everycount.survey.river import make_release, open_records

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release.model import Release

WATER = {"surface": "jmpWater1", "unimproved": "jmpWater2", "limited": "jmpWater3", "basic": "jmpWater4"}
SANITATION = {"none": "jmpSan1", "unimproved": "jmpSan2", "limited": "jmpSan3", "basic": "jmpSan4"}


@pytest.fixture(scope="module")
def folder(root: Path) -> Path:
    return root / "src" / "everycount" / "example" / "dhaka"


@pytest.fixture(scope="module")
def levels(folder: Path) -> dict[str, tuple[str, str]]:
    """(water level, toilet level) of each household by its id, as the survey file derives them."""
    opened = open_records(read_folder(folder))
    main = derive(opened.sample, opened.plan.variables).tables[MAIN]
    found = rows(main[["uniqueID", "water_level", "toilet_level"]])
    return {key: (water, toilet) for key, water, toilet in found}


@pytest.mark.shared
def test_the_ladders_equal_the_published_ones(levels: dict[str, tuple[str, str]], shared: Path) -> None:
    path = shared / "data" / "surveys" / "dhaka-slums-2017" / "indicatorsDataBGD.csv"
    with path.open(encoding="utf-8", newline="") as file:
        published = {row["uniqueID"]: row for row in csv.DictReader(file)}
    assert len(published) == len(levels) == 1282
    for key, (water, toilet) in levels.items():
        row = published[key]
        assert {name: row[column] == "1" for name, column in WATER.items()} == {
            name: name == water for name in WATER
        }
        assert {name: row[column] == "1" for name, column in SANITATION.items()} == {
            name: name == toilet for name in SANITATION
        }


def test_the_counts_are_those_of_the_derivation(levels: dict[str, tuple[str, str]]) -> None:
    assert Counter(water for water, _ in levels.values()) == {"unimproved": 66, "limited": 9, "basic": 1207}
    assert Counter(toilet for _, toilet in levels.values()) == {
        "none": 7,
        "unimproved": 92,
        "limited": 453,
        "basic": 389,
        "open": 341,
    }


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return make_release(read_folder(folder))


def test_intervals_rest_on_the_design(release: Release) -> None:
    shown = [cell for cell in release.cells.cells if cell.value is not None]
    assert {cell.basis for cell in shown} == {"design"}
    assert {cell.scope for cell in shown} == {"population"}
    assert all(cell.ci_low is not None and cell.ci_low <= cell.value <= (cell.ci_high or 0) for cell in shown)
    assert release.design.sample.clusters == 641
    assert release.design.sample.strata == 18


@pytest.mark.parametrize("dimension", ["settlement", "poverty", "mobility"])
def test_the_tables_asked_for_are_there(release: Release, dimension: str) -> None:
    groups = {code for fact in release.dimensions if fact.id == dimension for code, _ in fact.groups}
    cells = {cell.cell for cell in release.cells.cells if [name for name, _ in cell.cell] == [dimension]}
    assert cells == {((dimension, code),) for code in groups}


def test_slums_are_far_behind_and_it_is_no_chance(release: Release) -> None:
    gap = next(
        contrast
        for contrast in release.cells.contrasts
        if contrast.measure == "basic_sanitation"
        and contrast.cell == (("settlement", "slum"),)
        and contrast.against == "rest"
    )
    assert gap.difference < -0.5
    assert gap.difference_high is not None
    assert gap.difference_high < -0.5


def test_the_weights_are_population_by_households_met(folder: Path) -> None:
    """Second derivation of the overall share, in plain Python from the files themselves."""
    import gzip
    import io

    def read(name: str) -> list[dict[str, str]]:
        data = (folder / name).read_bytes()
        text = gzip.decompress(data) if name.endswith(".gz") else data
        return list(csv.DictReader(io.StringIO(text.decode())))

    households = read("households.csv.gz")
    people = {row["psu"]: float(row["pop"]) for row in read("population.csv")}
    met = Counter(row["psu"] for row in households)
    weight = {psu: people[psu] / met[psu] for psu in met}
    total = sum(weight[row["psu"]] for row in households)
    slum = sum(weight[row["psu"]] for row in households if row["type"] == "1")
    facts = make_release(read_folder(folder)).design.sample
    assert facts.population == pytest.approx(total, rel=1e-12)
    assert 0 < slum < total
