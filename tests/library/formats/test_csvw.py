"""The description of ``cells.csv``, as an independent reader of CSV on the Web takes it."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import csvw as reader
import pytest

from everycount.formats import cells_csv, csvw
from everycount.formats.licences import UNSTATED, licence_of
from everycount.protect.cells import restore
from everycount.text import Text
from library.formats.reviewed import check_reviewed
from library.release.samples import SEX, TENURE, shown, small_release

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import DimensionFacts, Release

COLUMNS = [*cells_csv.FIRST, "sex_of_head", "tenure", *cells_csv.NUMBERS, *cells_csv.EXTRA]


def described(release: Release) -> Any:
    return json.loads(csvw.files(release)[csvw.NAME])


def opened(folder: Path, release: Release, cells: bytes | None = None) -> Any:
    """The folder as the reader takes it; ``cells`` stand in place of the true ones."""
    made = csvw.files(release) | cells_csv.files(release)
    if cells is not None:
        made[cells_csv.NAME] = cells
    for name, data in made.items():
        (folder / name).write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("always")  # the reader counts its warnings as what makes a file invalid
        return reader.CSVW(str(folder / csvw.NAME), validate=True)


def read_strictly(table: Any) -> list[dict[str, Any]]:
    """The rows; ValueError where one of them is not as described, or is there twice."""
    rows = list(table.iterdicts(strict=True))
    assert table.check_primary_key()
    return rows


def with_dimension(dimension: DimensionFacts) -> Release:
    release = small_release()
    keys = [(), *(((dimension.id, code),) for code, _ in dimension.groups)]
    cells = tuple(shown("safe_water", key, 0.5) for key in keys)
    return replace(
        release,
        dimensions=(dimension,),
        breakdowns=((), (dimension.id,)),
        cells=restore(release.cells.policy, release.cells.level, cells, ()),
    )


def test_the_description_and_the_file_are_valid_together(tmp_path: Path) -> None:
    found = opened(tmp_path, small_release())
    assert found.is_valid
    (table,) = found.tables
    assert table.check_primary_key()
    assert [column.header for column in table.tableSchema.columns] == COLUMNS


def test_every_number_is_read_as_what_it_is(tmp_path: Path) -> None:
    release = small_release()
    (table,) = opened(tmp_path, release).tables
    rows = list(table.iterdicts(strict=True))
    for row, cell in zip(rows, release.cells.cells, strict=True):
        for name in ("value", "se", "ci_low", "ci_high", "df", "n", "n_effective", "cv", "deff", "n_needed"):
            assert row[name] == getattr(cell, name)
            assert type(row[name]) is type(getattr(cell, name))
        assert row["note"] == (cell.note or None)
        assert row["status"] == cell.status


def test_an_empty_group_is_the_total_and_the_group_none_is_a_group(tmp_path: Path) -> None:
    (table,) = opened(tmp_path, small_release()).tables
    groups = {row["tenure"] for row in table.iterdicts(strict=True)}
    assert groups == {"", "own", "rent & share", "None"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",shown,", ",visible,"),
        ("safe_water,", "save_water,"),
        (",F,own,", ",f,own,"),
        (",0.05,", ",low,"),
        (",39,", ",39.5,"),
        (",50,", ",-50,"),
        (",design,population,", ",,population,"),
        ("minutes_to_water,mean,F,own,", "minutes_to_water,mean,F,,"),
    ],
)
def test_the_description_is_strict_enough_to_find_a_mistake(tmp_path: Path, old: str, new: str) -> None:
    release = small_release()
    cells = cells_csv.files(release)[cells_csv.NAME].decode()
    assert old in cells
    (table,) = opened(tmp_path, release, cells.replace(old, new, 1).encode()).tables
    with pytest.raises(ValueError, match=r"cells\.csv"):
        read_strictly(table)


@pytest.mark.parametrize(
    "code", ["a|b", "(.*)", "[x]", "^$", "back\\slash", "=1+1", "a, b", "line\nbreak", "'"]
)
def test_no_code_breaks_the_description(tmp_path: Path, code: str) -> None:
    odd = replace(TENURE, groups=((code, Text.of("label", "en")),))
    found = opened(tmp_path, with_dimension(odd))
    assert found.is_valid
    (table,) = found.tables
    assert [row["tenure"] for row in table.iterdicts(strict=True)] == ["", cells_csv.guarded(code)]


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("tenure", "tenure"),
        ("two words", "two%20words"),
        ("kind-of-home", "kind%2Dof%2Dhome"),
        ("=1+1", "%3D1%2B1"),
        ("_x", "%5Fx"),
        ("ঘর", "%E0%A6%98%E0%A6%B0"),
    ],
)
def test_a_column_has_a_name_that_uri_templates_accept(tmp_path: Path, name: str, variable: str) -> None:
    """Read by position: this reader's strict mode knows columns by their names alone, not by their titles."""
    found = opened(tmp_path, with_dimension(replace(TENURE, id=name)))
    assert not found.warnings
    (table,) = found.tables
    rows = list(table.iterdicts(strict=False))
    assert [row[variable] for row in rows] == ["", "own", "rent & share", "None"]


@pytest.mark.parametrize("language", ["bn-Latn", "und", "kmr"])
def test_every_language_of_a_form_can_stand_there(tmp_path: Path, language: str) -> None:
    assert opened(tmp_path, with_dimension(replace(SEX, labels=Text.of("Head", language)))).is_valid


def test_titles_are_there_in_every_language_beside_the_name_of_the_column() -> None:
    columns = {column["name"]: column for column in described(small_release())["tableSchema"]["columns"]}
    assert columns["sex_of_head"]["titles"] == {
        "und": "sex_of_head",
        "en": "Head of household",
        "ar": "رب الأسرة",
    }
    unsaid = replace(SEX, labels=Text.of("Head"))
    columns = described(with_dimension(unsaid))["tableSchema"]["columns"]
    assert columns[2]["titles"] == {"und": ["sex_of_head", "Head"]}


def test_licence_digest_and_invention_are_said() -> None:
    release = small_release()
    table = described(release)
    assert table["dc:license"] == {"@id": "https://spdx.org/licenses/CC0-1.0"}
    assert table["dc:identifier"] == release.digest
    assert table["dc:type"] == "Invented data"
    real = replace(release, survey=replace(release.survey, invented=False, licence=""))
    assert "dc:type" not in described(real)
    assert described(real)["dc:license"] == UNSTATED


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        (
            "cc-by-4.0",
            "Creative Commons Attribution 4.0 International",
            "https://spdx.org/licenses/CC-BY-4.0",
        ),
        (
            "CC BY 4.0",
            "Creative Commons Attribution 4.0 International",
            "https://spdx.org/licenses/CC-BY-4.0",
        ),
        ("CC0", "Creative Commons Zero v1.0 Universal", "https://spdx.org/licenses/CC0-1.0"),
        ("https://example.org/terms", "https://example.org/terms", "https://example.org/terms"),
        ("Ask the assembly first", "Ask the assembly first", ""),
        (" ", UNSTATED, ""),
    ],
)
def test_a_licence_is_an_id_an_address_or_words(text: str, name: str, address: str) -> None:
    found = licence_of(text)
    assert (found.name, found.address) == (name, address)


def test_it_tells_nothing_of_any_cell() -> None:
    """Two releases that differ in their numbers alone have one description, but for the digest."""
    release = small_release()
    few = restore(release.cells.policy, release.cells.level, release.cells.cells[:5], ())
    other = replace(release, cells=few)
    assert {**described(release), "dc:identifier": ""} == {**described(other), "dc:identifier": ""}


def test_the_file_is_the_one_that_was_reviewed(root: Path) -> None:
    check_reviewed(root, csvw.files(small_release()), small_release())
