"""Labelled files of a node open in the programs that read them, with the words of questions and codes."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path  # noqa: TC003 - the table of readers names it
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow.parquet
import pyreadstat
import pytest

from everycount.faults import InputError
from everycount.site.consent.models import Purpose
from everycount.site.exports.actions import take_out
from everycount.site.exports.formats import labelled
from everycount.site.exports.wanted import Format, Wanted
from exported import Households, household
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
READERS: dict[Format, tuple[str, Callable[[Path], tuple[Any, Any]]]] = {
    Format.SPSS: (".sav", pyreadstat.read_sav),
    Format.STATA: (".dta", pyreadstat.read_dta),
}


@pytest.fixture
def there() -> Households:
    made = Households()
    made.store(household("uuid:1", balance="-5"), household("uuid:2", balance="1.5", ages=("70", "x")))
    return made


def unpacked(archive: bytes, folder: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        opened.extractall(folder)
        return sorted(opened.namelist())


@pytest.mark.parametrize("file", READERS)
@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Water from", "Tap", "Well")), ("fr", ("Eau de", "Robinet", "Puits"))]
)
def test_statistics_programs_open_them_with_labels(
    there: Households, file: Format, language: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    suffix, read = READERS[file]
    names = unpacked(there.file(file, language=language), tmp_path)
    assert names == [
        "README.txt",
        "codebook.csv",
        *(f"{name}{suffix}" for name in ("illness", "main", "member")),
    ]
    frame, meta = read(tmp_path / f"main{suffix}")
    assert meta.column_names_to_labels["water"] == words[0]
    assert meta.variable_value_labels["water"] == {1.0: words[1], 2.0: words[2]}
    assert list(frame["water"]) == [2, 2]
    assert sorted(frame["balance"]) == [-5, 1.5]
    assert list(frame["assets_bike"]) == [1, 1]
    assert "full_name" not in frame
    members, _ = read(tmp_path / f"member{suffix}")
    assert sorted(members["m_age"].dropna()) == [5, 34, 70]
    assert set(members["person"]) == set(frame["person"])


def test_parquet_opens_with_types_and_labels(there: Households, tmp_path: Path) -> None:
    unpacked(there.file(Format.PARQUET), tmp_path)
    rows = duckdb.sql(
        f"SELECT m.m_age, p.water, p.balance FROM '{tmp_path}/member.parquet' m"  # noqa: S608 - our own folder
        f" JOIN '{tmp_path}/main.parquet' p USING (person) ORDER BY m_age"
    ).fetchall()
    assert rows == [(5, "=well", -5.0), (34, "=well", -5.0), (70, "=well", 1.5), (None, "=well", 1.5)]
    field = pyarrow.parquet.read_schema(tmp_path / "main.parquet").field("water")
    assert json.loads(field.metadata[b"label"]) == {"en": "Water from", "fr": "Eau de"}
    assert json.loads(field.metadata[b"codes"])["tap"] == {"en": "Tap", "fr": "Robinet"}
    assert str(pyarrow.parquet.read_schema(tmp_path / "member.parquet").field("m_age").type) == "int64"


@pytest.mark.parametrize("file", [Format.PARQUET, *READERS])
def test_where_nobody_agreed_the_files_are_empty_and_whole(
    there: Households, file: Format, tmp_path: Path
) -> None:
    made = there.file(file, purpose=Purpose.ARCHIVE, table="member")
    path = tmp_path / "member"
    path.write_bytes(made)
    if file == Format.PARQUET:
        assert pyarrow.parquet.read_table(path).num_rows == 0
    else:
        assert len(READERS[file][1](path)[0]) == 0


def test_without_pandas_it_says_what_to_do(there: Households, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled, "has_frames", lambda: False)
    wanted = Wanted(Purpose.STATISTICS, Format.SPSS, "en")
    with pytest.raises(InputError, match="pandas"):
        take_out(questionnaire=there.questionnaire, wanted=wanted, by=there.analyst, at=AT)


def test_a_file_that_cannot_be_made_is_never_taken_for_whole(
    there: Households, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labelled.sys, "executable", "/bin/false")
    with pytest.raises((RuntimeError, BrokenPipeError)):
        there.file(Format.PARQUET, table="main")
