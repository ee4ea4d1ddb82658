"""Files that are damaged inside, or locked, are refused in words."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from everycount.faults import InputError
from everycount.sample import MAIN, Design, DesignKind, Source, read

if TYPE_CHECKING:
    from pathlib import Path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read({MAIN: Source(path)}, design=Design(DesignKind.CONVENIENCE))
    return str(caught.value)


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("main.csv", "a,b\n1,2\n")
    data = bytearray(stream.getvalue())
    data[6] |= 1  # bit 0 of the flags: encrypted (APPNOTE 4.4.4)
    data[data.find(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "locked.zip"
    path.write_bytes(data)
    assert "locked.zip, main.csv" in refused(path)


def test_a_workbook_cut_off_inside_a_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["a", "b"])
    book.save(tmp_path / "whole.xlsx")
    path = tmp_path / "cut.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as cut:
        for name in whole.namelist():
            content = whole.read(name)
            cut.writestr(name, content[:-40] if name.endswith("sheet1.xml") else content)
    said = refused(path)
    assert "cut.xlsx: The workbook cannot be opened" in said
    assert len(said.splitlines()) == 1
