from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.sample import MAIN, Design, DesignKind, Sample, Source, read, rows

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})


def read_bytes(folder: Path, data: bytes, missing: tuple[str, ...] = ("",), name: str = "main.csv") -> Sample:
    path = folder / name
    path.write_bytes(data)
    return read({MAIN: Source(path)}, design=PURPOSIVE, missing=missing)


def values(sample: Sample, table: str = MAIN) -> list[tuple[object, ...]]:
    return rows(sample.tables[table].order_by("_row").drop("_record", "_row"))


def faults(folder: Path, data: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_bytes(folder, data)
    return [str(fault) for fault in caught.value.faults]


def test_columns_are_text_and_rows_are_numbered_from_one(tmp_path: Path) -> None:
    sample = read_bytes(tmp_path, b"sex,age\nf,07\nm,40\n")
    assert rows(sample.tables[MAIN]) == [(1, 1, "f", "07"), (2, 2, "m", "40")]
    assert list(sample.columns[MAIN]) == ["sex", "age"]
    assert sample.findings == ()


def test_only_the_texts_of_missing_become_null(tmp_path: Path) -> None:
    data = b"a,b,c\nNone,NA,\nnan,null,n/a\n"
    assert values(read_bytes(tmp_path, data)) == [("None", "NA", None), ("nan", "null", "n/a")]
    assert values(read_bytes(tmp_path, data, ("NA", "n/a"))) == [("None", None, ""), ("nan", "null", None)]
    assert values(read_bytes(tmp_path, data, ())) == [("None", "NA", ""), ("nan", "null", "n/a")]


@pytest.mark.parametrize(
    "data",
    [
        b"a;b\nx;1,5\ny;2\n",
        b"a\tb\nx\t1,5\ny\t2\n",
        b"a|b\nx|1,5\ny|2\n",
        b'a,b\nx,"1,5"\ny,2\n',
        b'"a","b"\r\n"x","1,5"\r\n"y","2"\r\n',
        b'\xef\xbb\xbfa,b\nx,"1,5"\ny,2\n',
        b'a,b\rx,"1,5"\ry,2\r',
        b'a,b\r\nx,"1,5"\ny,2\r\n',
        b'a,b\nx,"1,5"\n\ny,2\n\n',
        'a,b\nx,"1,5"\ny,2'.encode("utf-16"),
        gzip.compress(b"a;b\nx;1,5\ny;2\n"),
    ],
    ids=["semicolon", "tab", "bar", "comma", "quoted", "bom", "cr", "mixed", "blank", "utf-16", "gzip"],
)
def test_separators_line_ends_and_encodings_give_the_same_table(tmp_path: Path, data: bytes) -> None:
    sample = read_bytes(tmp_path, data)
    assert list(sample.columns[MAIN]) == ["a", "b"]
    assert values(sample) == [("x", "1,5"), ("y", "2")]
    assert sample.findings == ()


@pytest.mark.parametrize(("encoding", "text"), [("cp1252", "caf\xe9 \u201cx\u201d"), ("latin-1", "\x81\xe9")])
def test_western_single_bytes_are_read_and_said(tmp_path: Path, encoding: str, text: str) -> None:
    sample = read_bytes(tmp_path, f"a,b\n{text},1\n".encode(encoding))
    assert values(sample) == [(text, "1")]
    assert [finding.value for finding in sample.findings] == [encoding]


def test_a_named_encoding_is_used(tmp_path: Path) -> None:
    path = tmp_path / "main.csv"
    path.write_bytes("a,b\nдом,1\n".encode("cp1251"))
    sample = read({MAIN: Source(path, encoding="cp1251")}, design=PURPOSIVE)
    assert values(sample) == [("дом", "1")]
    assert sample.findings == ()


def test_quotes_and_line_ends_inside_cells(tmp_path: Path) -> None:
    data = b'"a\nwith a line end",b\n"say ""hi""","two\nlines"\n" lead", trail \n'
    sample = read_bytes(tmp_path, data)
    assert list(sample.columns[MAIN]) == ["a\nwith a line end", "b"]
    assert values(sample) == [('say "hi"', "two\nlines"), (" lead", " trail ")]


def test_one_column_keeps_its_empty_rows(tmp_path: Path) -> None:
    assert values(read_bytes(tmp_path, b"a\n1\n\n3\n")) == [("1",), (None,), ("3",)]


def test_a_heading_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    assert values(read_bytes(tmp_path, b"a,b\n")) == []


def test_columns_that_find_a_person_are_marked(tmp_path: Path) -> None:
    header = "name,phone_number,deviceid,_gps_latitude,village_name,age,home_longitude,own_phone"
    columns = read_bytes(tmp_path, f"{header}\n".encode()).columns[MAIN]
    assert [name for name, column in columns.items() if column.identifier] == [
        "name",
        "phone_number",
        "deviceid",
        "_gps_latitude",
        "home_longitude",
    ]


def test_headings_without_a_name_get_their_position(tmp_path: Path) -> None:
    assert list(read_bytes(tmp_path, b',age\n"1",7\n').columns[MAIN]) == ["column_1", "age"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "main.csv: The file is empty."),
        (b"\n\n", "main.csv: The file is empty."),
        (b"a,b\n1,2\n3\n", "main.csv, line 3: The row has 1 columns, the heading has 2."),
        (b"a,b\n1,2\n3,4,5\n", "main.csv, line 3: The row has 3 columns, the heading has 2."),
        (b'a,b\n"1,2\n', "main.csv, line 2: The text cannot be cut into columns"),
        (b"a,b,a\n1,2,3\n", 'main.csv, column 3: The heading "a" stands twice, in columns 1 and 3.'),
        (b"n,N\n1,2\n", 'The headings "n" (column 1) and "N" (column 2) differ only in upper and lower case'),
        (b"_record,N\n1,2\n", 'The column "_record" has a name that is used inside.'),
    ],
)
def test_a_broken_file_is_one_clear_fault(tmp_path: Path, data: bytes, message: str) -> None:
    (fault,) = faults(tmp_path, data)
    assert message in fault


def test_every_broken_row_is_named(tmp_path: Path) -> None:
    found = faults(tmp_path, b"a,b\n1\n1,2\n1,2,3\n")
    assert [fault.split(":")[0] for fault in found] == ["main.csv, line 2", "main.csv, line 4"]


def test_a_truncated_gzip_is_a_fault(tmp_path: Path) -> None:
    whole = gzip.compress(b"a,b\n" + b"1,2\n" * 50_000)
    assert "main.csv" in faults(tmp_path, whole[:40])[0]
    assert "main.csv" in faults(tmp_path, whole[:-20])[0]


def test_a_large_file_is_read_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycount.sample.delimited.LAZY_BYTES", 10)
    sample = read_bytes(tmp_path, b"a,b\n" + b"".join(b"%d,x\n" % i for i in range(5000)))
    (count, last) = rows(sample.tables[MAIN].aggregate(n=lambda t: t.count(), last=lambda t: t._row.max()))[0]
    assert (count, last) == (5000, 5000)
    assert "The row has 1 columns" in faults(tmp_path, b"a,b\n" + b"1,2\n" * 100 + b"7\n")[0]
