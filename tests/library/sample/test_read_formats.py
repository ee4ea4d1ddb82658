from __future__ import annotations

import datetime as dt
import json
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from everycount.faults import InputError
from everycount.sample import MAIN, ColumnKind, Design, DesignKind, Sample, Source, check, read, rows
from library.sample.files import SUFFIXES, write

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})


def sample_of(path: Path, missing: tuple[str, ...] = ("",), **rosters: Source) -> Sample:
    return read({MAIN: Source(path), **rosters}, design=PURPOSIVE, missing=missing)


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


def fault(path: Path, **rosters: Source) -> str:
    with pytest.raises(InputError) as caught:
        sample_of(path, **rosters)
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_none_stays_a_category_and_na_stays_an_answer(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, suffix, {"toilet": ["None", "NA", None, "nan"], "size": [1.0, 2.5, None, -99.0]})
    assert [row[0] for row in table(sample_of(path), "toilet")] == ["None", "NA", None, "nan"]
    sample = sample_of(path, ("", "NA", "-99", "-99.0"))
    assert [row[0] for row in table(sample, "toilet")] == ["None", None, None, "nan"]
    assert [row[0] and float(row[0]) for row in table(sample, "size")] == [1.0, 2.5, None, None]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_that_differ_only_in_case_are_refused(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path, suffix, {"n": [1.0], "N": [2.0]})
    message = '"n" (column 1) and "N" (column 2) differ only in upper and lower case'
    assert message in fault(path)


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".sav", ".dta", ".json", ".zip"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not really", b"PAR1 not really", b"{", b"[1, 2]"])
def test_a_damaged_file_is_a_fault(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"main{suffix}"
    path.write_bytes(content)
    assert fault(path).startswith(path.name)


def test_old_workbooks_are_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "main.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert fault(path) == "main.xls: Files of this kind are not read. Save it as .xlsx."


def test_a_missing_file_and_a_missing_main_table_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read({"members": Source(tmp_path / "m.csv", parent_key="k")}, design=PURPOSIVE)
    assert [each.problem for each in caught.value.faults] == [
        "The file does not exist.",
        "There is no main table.",
        'The parent table "main" is not known.',
    ]


class TestParquet:
    def test_types(self, tmp_path: Path) -> None:
        path = tmp_path / "main.parquet"
        columns = {
            "whole": pa.array([1, None], pa.int16()),
            "part": pa.array([1.5, float("nan")]),
            "yes": pa.array([True, None]),
            "day": pa.array([dt.date(2020, 2, 1), None]),
            "moment": pa.array([dt.datetime(2020, 2, 1, 10, 30), None]),  # noqa: DTZ001 - as files have it
            "group": pa.array([{"a": 1}, None]),
            "word": pa.array(["x", None]).dictionary_encode(),
        }
        parquet.write_table(pa.table(columns), path)
        sample = sample_of(path)
        assert table(sample, "whole", "part", "yes", "day", "moment", "word") == [
            (1, 1.5, "true", "2020-02-01", "2020-02-01T10:30:00", "x"),
            (None, None, None, None, None, None),
        ]
        kinds = {name: column.kind for name, column in sample.columns[MAIN].items()}
        assert kinds["whole"] is kinds["part"] is ColumnKind.NUMBER
        assert kinds["day"] is kinds["moment"] is ColumnKind.DATE
        assert list(kinds) == list(columns)

    def test_rows_keep_their_numbers(self, tmp_path: Path) -> None:
        path = tmp_path / "main.parquet"
        parquet.write_table(pa.table({"i": list(range(1, 5001))}), path, row_group_size=100)
        assert [row for row in table(sample_of(path), "_row", "i") if row[0] != row[1]] == []


class TestWorkbook:
    def book(self, path: Path, **sheets: list[list[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, lines in sheets.items():
            sheet = book.create_sheet(name)
            for line in lines:
                sheet.append(line)
        book.save(path)
        return path

    def test_cells_become_text(self, tmp_path: Path) -> None:
        moment = dt.datetime(2020, 2, 1, 10, 30)  # noqa: DTZ001 - workbooks know no time zones
        lines = [["a", "b", "c", "d"], [1, 2.5, True, dt.date(2020, 2, 1)], ["x", 1e20, None, moment]]
        path = self.book(tmp_path / "main.xlsx", data=lines)
        assert table(sample_of(path), "a", "b", "c", "d") == [
            ("1", "2.5", "true", "2020-02-01"),
            ("x", "1e+20", None, "2020-02-01T10:30:00"),
        ]

    def test_rosters_of_kobo_find_their_parents(self, tmp_path: Path) -> None:
        path = self.book(
            tmp_path / "main.xlsx",
            survey=[["village", "_index"], ["A", 1], ["B", 2]],
            members=[
                ["group/age", "_index", "_parent_table_name", "_parent_index"],
                [30, 1, "survey", 2],
                [7, 2, "survey", 1],
                [8, 3, "survey", 9],
            ],
            visits=[
                ["day", "_index", "_parent_table_name", "_parent_index"],
                ["Mon", 1, "members", 1],
                ["Tue", 2, "members", 2],
            ],
            notes=[["anything"], ["not a roster"]],
        )
        sample = sample_of(path)
        assert list(sample.tables) == [MAIN, "members", "visits"]
        assert table(sample, "_record", "age", name="members") == [(2, "30"), (1, "7"), (None, "8")]
        assert table(sample, "_record", "day", name="visits") == [(2, "Mon"), (1, "Tue")]

    def test_an_index_that_leads_nowhere_gives_way_to_a_shared_key(self, tmp_path: Path) -> None:
        path = self.book(
            tmp_path / "main.xlsx",
            survey=[["village", "uuid"], ["A", "u1"], ["B", "u2"]],
            members=[["age", "_index", "_parent_index", "uuid"], [30, 1, 1, "u2"], [7, 2, 1, "u1"]],
        )
        assert table(sample_of(path), "_record", "age", name="members") == [(2, "30"), (1, "7")]

    def test_rosters_that_cannot_be_linked_are_a_fault(self, tmp_path: Path) -> None:
        lines = [["age", "_index", "_parent_index"], [30, 1, 1]]
        path = self.book(tmp_path / "main.xlsx", survey=[["village"], ["A"]], members=lines)
        assert 'by which the rows of "members" find their parent' in fault(path)

    def test_a_sheet_can_be_named(self, tmp_path: Path) -> None:
        path = self.book(tmp_path / "main.xlsx", cover=[["hello"]], data=[["a"], ["1"]])
        sample = read({MAIN: Source(path, sheet="data")}, design=PURPOSIVE)
        assert table(sample, "a") == [("1",)]
        with pytest.raises(InputError, match='Did you mean "data"'):
            read({MAIN: Source(path, sheet="dat")}, design=PURPOSIVE)

    def test_empty_sheets_are_passed_over_and_trailing_rows_are_not_rows(self, tmp_path: Path) -> None:
        path = self.book(
            tmp_path / "main.xlsx", cover=[], data=[["a", "b", None], ["1"], [None], ["2"], [None, None]]
        )
        assert table(sample_of(path), "_row", "a") == [(1, "1"), (2, None), (3, "2")]

    def test_a_value_without_a_heading_is_a_fault(self, tmp_path: Path) -> None:
        path = self.book(tmp_path / "main.xlsx", data=[["a"], ["1"], ["2", "stray"]])
        assert "sheet data, row 3: The row has a value in column 2, which has no heading." in fault(path)

    def test_an_empty_workbook_is_a_fault(self, tmp_path: Path) -> None:
        assert "The workbook is empty." in fault(self.book(tmp_path / "main.xlsx", data=[]))


class TestJson:
    def write(self, path: Path, data: Any) -> Path:
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    def test_kobo_with_nested_repeats(self, tmp_path: Path) -> None:
        kids = [
            {"hh/kid/name": "x", "hh/kid/toy": [{"hh/kid/toy/what": "ball"}, {"hh/kid/toy/what": "kite"}]}
        ]
        path = self.write(
            tmp_path / "main.json",
            {
                "count": 2,
                "next": None,
                "results": [
                    {"_id": 1, "hh/water": "well", "hh/kid": kids, "_tags": [], "_geolocation": [1.5, 2]},
                    {"_id": 2, "hh/kid": [{"hh/kid/name": "y"}, {"hh/kid/name": "z"}]},
                ],
            },
        )
        sample = sample_of(path)
        assert list(sample.tables) == [MAIN, "kid", "toy"]
        assert table(sample, "_id", "water", "_tags", "_geolocation") == [
            ("1", "well", None, "1.5 2"),
            ("2", None, None, None),
        ]
        assert table(sample, "_record", "name", name="kid") == [(1, "x"), (2, "y"), (2, "z")]
        assert table(sample, "_record", "what", name="toy") == [(1, "ball"), (1, "kite")]

    def test_a_plain_list_and_odata(self, tmp_path: Path) -> None:
        plain = self.write(tmp_path / "a.json", [{"a": 1, "b": True}, {"b": None, "c": 2.5}])
        assert table(sample_of(plain), "a", "b", "c") == [("1", "true", None), (None, None, "2.5")]
        place = {"type": "Point", "coordinates": [36.8, -1.3, 0]}
        odata = self.write(tmp_path / "b.json", {"value": [{"g": {"a": "x"}, "where": place}]})
        assert table(sample_of(odata), "a", "where") == [("x", "-1.3 36.8 0")]

    def test_a_byte_order_mark_is_passed_over(self, tmp_path: Path) -> None:
        path = tmp_path / "main.json"
        path.write_bytes(b'\xef\xbb\xbf[{"a": "1"}]')
        assert table(sample_of(path), "a") == [("1",)]

    @pytest.mark.parametrize("data", [{}, [], {"results": []}, {"other": [{"a": 1}]}, [1], "text"])
    def test_no_records_is_a_fault(self, tmp_path: Path, data: Any) -> None:
        assert fault(self.write(tmp_path / "main.json", data)).startswith("main.json: ")


class TestCentralArchive:
    MEMBERS = {  # noqa: RUF012 - a constant of the tests
        "clinic.csv": "village,meta-instanceID,KEY\nA,uuid:1,uuid:1\nB,uuid:2,uuid:2\n",
        "clinic-kid.csv": "name,PARENT_KEY,KEY\nx,uuid:2,uuid:2/kid[1]\ny,uuid:9,uuid:9/kid[1]\n",
        "clinic-toy.csv": "what,PARENT_KEY,KEY\nball,uuid:2/kid[1],uuid:2/kid[1]/toy[1]\n",
        "media/list.csv": "not,a\ntable,here\n",
    }

    def archive(self, path: Path, members: dict[str, str]) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in members.items():
                archive.writestr(name, text)
        return path

    def test_repeats_are_linked(self, tmp_path: Path) -> None:
        sample = sample_of(self.archive(tmp_path / "clinic.zip", self.MEMBERS))
        assert list(sample.tables) == [MAIN, "kid", "toy"]
        assert table(sample, "_record", "name", name="kid") == [(2, "x"), (None, "y")]
        assert table(sample, "_record", "what", name="toy") == [(2, "ball")]
        assert sample.key == "KEY"

    def test_two_tables_without_a_parent_are_a_fault_until_one_is_named(self, tmp_path: Path) -> None:
        path = self.archive(tmp_path / "two.zip", {"a.csv": "x\n1\n", "b.csv": "y\n2\n"})
        assert 'there are: "a.csv", "b.csv"' in fault(path)
        assert table(read({MAIN: Source(path, sheet="b.csv")}, design=PURPOSIVE), "y") == [("2",)]

    def test_an_archive_without_tables_is_a_fault(self, tmp_path: Path) -> None:
        said = fault(self.archive(tmp_path / "no.zip", {"readme.txt": "x"}))
        assert 'No CSV file is in the archive; it holds "readme.txt".' in said


class TestStatisticalPackages:
    def test_value_labels_become_choices(self, tmp_path: Path) -> None:
        import pandas as pd
        import pyreadstat

        path = tmp_path / "main.sav"
        frame = pd.DataFrame({"sex": [1.0, 2.0, 9.0], "age": [30.0, 99.0, 7.0]})
        pyreadstat.write_sav(
            frame,
            str(path),
            column_labels=["Sex of head", "Age"],
            variable_value_labels={"sex": {1.0: "man", 2.0: "woman", 9.0: "refused"}},
            missing_ranges={"age": [{"lo": 98, "hi": 99}], "sex": [9]},
        )
        sample = sample_of(path)
        sex = sample.columns[MAIN]["sex"]
        assert sex.kind is ColumnKind.CODE
        assert str(sex.labels) == "Sex of head"
        assert [(code, str(words)) for code, words in sex.choices] == [
            ("1", "man"),
            ("2", "woman"),
            ("9", "refused"),
        ]
        assert table(sample, "sex", "age") == [("1", 30.0), ("2", None), (None, 7.0)]
        assert {(each.column, each.value) for each in sample.findings} == {("age", "98 to 99"), ("sex", "9")}

    def test_numbers_of_which_a_few_have_a_label_stay_numbers(self, tmp_path: Path) -> None:
        import pandas as pd
        import pyreadstat

        frame = pd.DataFrame(
            {"age": [3.0, 40.0, 98.0, None], "sex": [1.0, 2.0, 7.0, 1.0], "none": [float("nan")] * 4}
        )
        labels = {"age": {98.0: "98 or more"}, "sex": {1.0: "man", 2.0: "woman"}, "none": {1.0: "yes"}}
        for suffix, writer in ((".sav", pyreadstat.write_sav), (".dta", pyreadstat.write_dta)):
            path = tmp_path / f"main{suffix}"
            writer(frame, str(path), variable_value_labels=labels)
            sample = sample_of(path)
            columns = sample.columns[MAIN]
            assert [columns[name].kind for name in ("age", "sex", "none")] == [
                ColumnKind.NUMBER,
                ColumnKind.CODE,
                ColumnKind.CODE,
            ]
            assert [code for code, _ in columns["age"].choices] == ["98"]
            assert [(each.row, each.column, each.value) for each in check(sample)] == [(3, "sex", "7")]

    def test_dates_become_iso_texts(self, tmp_path: Path) -> None:
        import pandas as pd
        import pyreadstat

        moment = dt.datetime(2020, 2, 1, 10, 30)  # noqa: DTZ001 - the formats know no time zones
        frame = pd.DataFrame(
            {"day": pd.Series([dt.date(2020, 2, 1), None], dtype=object), "at": [moment, None]}
        )
        for suffix, writer in ((".sav", pyreadstat.write_sav), (".dta", pyreadstat.write_dta)):
            path = tmp_path / f"main{suffix}"
            writer(frame, str(path))
            sample = sample_of(path)
            assert table(sample, "day", "at") == [("2020-02-01", "2020-02-01T10:30:00"), (None, None)]
            assert sample.columns[MAIN]["day"].kind is ColumnKind.DATE

    def test_more_rows_than_a_batch(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("everycount.sample.statistical._BATCH", 7)
        path = write(tmp_path, ".sav", {"i": [float(i) for i in range(1, 22)]})
        assert table(sample_of(path), "_row", "i") == [(i, float(i)) for i in range(1, 22)]
