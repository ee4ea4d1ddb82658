from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.formats import cells_csv
from everycount.protect.cells import Status
from everycount.text import Text
from library.release.samples import SEX, TENURE, remade, small_release

if TYPE_CHECKING:
    from everycount.release import Release

CONTRACT = (
    "measure,kind,sex_of_head,tenure,value,se,ci_low,ci_high,ci_level,df,n,n_effective,cv,basis,scope,status,note,"
    "verdict,interval,deff,n_needed"
)


def rows(release: Release | None = None) -> list[dict[str, str]]:
    return cells_csv.read_back(cells_csv.files(release or small_release())["cells.csv"])


def test_columns_stand_in_the_order_of_the_contract() -> None:
    assert cells_csv.files(small_release())["cells.csv"].decode().splitlines()[0] == CONTRACT


def test_every_number_reads_back_to_the_same_double() -> None:
    cells = small_release().cells.cells
    for row, cell in zip(rows(), cells, strict=True):
        for column in ("value", "se", "ci_low", "ci_high", "n_effective", "cv", "deff"):
            assert (float(row[column]) if row[column] else None) == getattr(cell, column)
        for column in ("n", "df", "n_needed"):
            assert (int(row[column]) if row[column] else None) == getattr(cell, column)


def test_total_is_empty_and_none_is_a_code() -> None:
    assert (rows()[0]["sex_of_head"], rows()[0]["tenure"]) == ("", "")
    assert "None" in {row["tenure"] for row in rows()}


def test_suppressed_cells_say_why_and_hold_no_number() -> None:
    hidden = [row for row in rows() if row["status"].startswith(("suppressed", "withheld"))]
    assert {row["status"] for row in hidden} == set(Status) - {Status.SHOWN, Status.NO_ANSWERS}
    for row in hidden:
        assert not any(
            row[name] for name in (*cells_csv.NUMBERS[:9], "verdict", "interval", "deff", "n_needed")
        )


def test_no_answers_keeps_a_count_of_zero() -> None:
    (row,) = (row for row in rows() if row["status"] == "no_answers")
    assert (row["n"], row["value"]) == ("0", "")


def test_level_is_said_only_where_there_is_an_interval() -> None:
    assert all(bool(row["ci_level"]) == bool(row["ci_low"]) for row in rows())


def release_with_code(code: str) -> Release:
    release = small_release()
    odd = replace(TENURE, groups=((code, Text.of("Odd")),))
    kept = tuple(cell for cell in release.cells.cells if "tenure" not in dict(cell.cell))
    cell = replace(kept[0], cell=(("tenure", code),))
    cells = remade(release.cells, cells=(*kept, cell), contrasts=())
    return replace(release, dimensions=(SEX, odd), cells=cells)


@pytest.mark.parametrize("code", ["=1+1", "+cmd", "-x", "@sum", "\tx", "'=1", "''@", "'", "it's", "=\r\n2"])
def test_no_code_runs_as_a_formula_and_each_reads_back(code: str) -> None:
    release = release_with_code(code)
    data = cells_csv.files(release)["cells.csv"].decode()
    raw = list(csv.DictReader(io.StringIO(data, newline="")))[-1]["tenure"]
    assert raw[0] not in "=+-@\t\r"
    assert rows(release)[-1]["tenure"] == code


@pytest.mark.parametrize("code", ["-1", "+65", "-0.5", "12"])
def test_codes_that_are_numbers_stay_as_they_are(code: str) -> None:
    data = cells_csv.files(release_with_code(code))["cells.csv"].decode()
    assert list(csv.DictReader(io.StringIO(data)))[-1]["tenure"] == code


def test_a_dimension_with_the_name_of_a_column_is_refused() -> None:
    release = small_release()
    renamed = replace(SEX, id="status")
    kept = tuple(cell for cell in release.cells.cells if "sex_of_head" not in dict(cell.cell))
    broken = replace(
        release, dimensions=(renamed, TENURE), cells=remade(release.cells, cells=kept, contrasts=())
    )
    with pytest.raises(InputError, match='dimension "status"'):
        cells_csv.files(broken)
