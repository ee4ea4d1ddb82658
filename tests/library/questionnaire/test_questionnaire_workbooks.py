"""The same form in each kind of file, and what spreadsheets do to cells."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest

from everycount.faults import InputError
from everycount.questionnaire import read_xlsform, workbook
from everycount.questionnaire.workbook import EMPTY_ROWS, read_workbook

if TYPE_CHECKING:
    from pathlib import Path


def xlsx(sheets: dict[str, list[tuple[Any, ...]]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


HEAD = ("type", "name", "label")


def test_a_single_sheet_may_have_any_title_and_messages_use_it() -> None:
    assert read_xlsform(xlsx({"My form": [HEAD, ("text", "a", "A")]})).names == ("a",)
    with pytest.raises(InputError) as caught:
        read_xlsform(xlsx({"My form": [HEAD, ("txt", "a", "A")]}), "my.xlsx")
    assert caught.value.faults[0].place == "my.xlsx, sheet My form, row 2, column type"


def test_titles_may_be_written_large_and_other_sheets_are_left_alone() -> None:
    data = xlsx({"README": [("anything",)], "Survey": [HEAD, ("text", "a", "A")]})
    assert read_xlsform(data).names == ("a",)


def test_cells_become_the_text_that_people_see() -> None:
    day = dt.datetime(2024, 2, 29)  # noqa: DTZ001 - spreadsheets have no time zones
    cells = (1, 2.0, 2.5, True, day, dt.time(9, 30), "a\xa0b", "  c  ", None)
    data = xlsx({"survey": [tuple(f"h{n}" for n in range(len(cells))), cells]})
    sheet = read_workbook(data, "f.xlsx").sheet("survey")
    assert sheet is not None
    assert list(sheet.rows[0].cells.values()) == [
        "1", "2", "2.5", "TRUE", "2024-02-29 00:00:00", "09:30:00", "a b", "c",
    ]  # fmt: skip


def test_rows_keep_their_number_over_empty_ones() -> None:
    with pytest.raises(InputError) as caught:
        read_xlsform(xlsx({"survey": [HEAD, ("text", "a", "A"), (), (), ("txt", "b", "B")]}), "f.xlsx")
    assert caught.value.faults[0].place == "f.xlsx, sheet survey, row 5, column type"


def test_what_stands_far_below_the_form_is_not_the_form() -> None:
    far: list[tuple[Any, ...]] = [(None,)] * (EMPTY_ROWS + 2)
    assert read_xlsform(xlsx({"survey": [HEAD, ("text", "a", "A"), *far, ("x", "y", "z")]})).names == ("a",)


def test_a_part_that_unpacks_without_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycount.intake.UNPACKED", 100)
    monkeypatch.setattr("everycount.intake.SHRINKING", 1)
    with pytest.raises(InputError, match="unpacks to"):
        read_xlsform(xlsx({"survey": [HEAD, ("text", "a", "A")]}))


@pytest.mark.shared
@pytest.mark.parametrize("stem", ["group", "text_and_integer", "specify_other", "yes_or_no_question", "loop"])
def test_a_form_is_the_same_in_every_kind_of_file(shared: Path, stem: str) -> None:
    folder = shared / "data" / "xlsforms" / "pyxform"
    forms = [read_xlsform((folder / f"{stem}{end}").read_bytes(), stem) for end in (".xlsx", ".xls", ".csv")]
    assert forms[0].questions == forms[1].questions == forms[2].questions
    assert forms[0].groups == forms[1].groups == forms[2].groups


def test_endless_and_heavy_workbooks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [HEAD, *(("text", f"q{number}", "A") for number in range(20))]
    monkeypatch.setattr(workbook, "FORM_ROWS", 10)
    with pytest.raises(InputError, match="more than 10 rows"):
        read_xlsform(xlsx({"survey": rows}))
    monkeypatch.setattr(workbook, "FORM_UNPACKED", 1000)
    with pytest.raises(InputError, match="no form is as large"):
        read_xlsform(xlsx({"survey": rows[:3]}))
