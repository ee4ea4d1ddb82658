"""Writes the broken survey folders anew: ``python tests/broken/build.py``. The files it wrote are committed.

Each function below makes one folder and says in its name what is wrong with it. Everything is invented.
``LARGE`` holds what is too large, or too special, to be kept on disk; the test makes it when it runs.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import struct
import sys
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HERE = Path(__file__).resolve().parent
BROKEN, ODD = HERE / "folders", HERE / "readable"

HEADINGS = "id,stratum,psu,w,sex,district,water,minutes"
ROWS = (
    "1,a,1,1.5,f,north,yes,10",
    "2,a,1,1.5,m,north,no,25",
    "3,a,2,2.0,f,south,yes,5",
    "4,b,3,1.0,m,south,yes,40",
    "5,b,3,1.0,f,north,no,15",
    "6,b,4,2.5,m,south,yes,20",
)
RECORDS = "\n".join([HEADINGS, *ROWS, ""])
SURVEY = """\
[survey]
id = "broken"
title = "An invented survey"
period = "2026-03"
area = "BGD"
invented = true
records = {main = "records.csv", key = "id"}

[design]
kind = "probability"
strata = ["stratum"]
clusters = ["psu"]
weights = "w"

[policy]
name = "open"

[[dimension]]
id = "sex"
question = "sex"

[[measure]]
id = "safe_water"
kind = "proportion"
question = "water"
in = ["yes"]

[[table]]
measures = "*"
by = [["sex"]]
"""
FORM: dict[str, list[list[Any]]] = {
    "survey": [
        ["type", "name", "label"],
        ["select_one sexes", "sex", "Sex"],
        ["select_one yn", "water", "Safe water?"],
        ["integer", "minutes", "Minutes"],
        ["date", "day", "Day"],
    ],
    "choices": [
        ["list_name", "name", "label"],
        ["sexes", "f", "Female"],
        ["sexes", "m", "Male"],
        ["yn", "yes", "Yes"],
        ["yn", "no", "No"],
    ],
}
WITH_FORM = ('area = "BGD"', 'area = "BGD"\nquestionnaire = "form.xlsx"')

BUILDERS: dict[str, Callable[[Path], None]] = {}
READABLE: dict[str, Callable[[Path], None]] = {}
LARGE: dict[str, Callable[[Path], None]] = {}


def broken(build: Callable[[Path], None]) -> Callable[[Path], None]:
    """A folder that is kept on disk."""
    BUILDERS[build.__name__.strip("_").replace("_", "-")] = build
    return build


def readable(build: Callable[[Path], None]) -> Callable[[Path], None]:
    """A folder that is strange and yet read: what is noticed stands in its expected.txt."""
    READABLE[build.__name__.strip("_").replace("_", "-")] = build
    return build


def large(build: Callable[[Path], None]) -> Callable[[Path], None]:
    """A folder that is made when the test runs; its message stands in ``large/NAME.txt``."""
    LARGE[build.__name__.strip("_").replace("_", "-")] = build
    return build


# --- Tools -------------------------------------------------------------------------------------------------


def survey(folder: Path, *changes: tuple[str, str], records: str | None = None) -> None:
    """The sound survey file with changes; ``records`` takes the place of the name of the records."""
    text = SURVEY
    if records is not None:
        changes = (('"records.csv"', f'"{records}"'), *changes)
    for old, new in changes:
        if old not in text:
            raise ValueError(f"{folder.name}: {old!r} is not in the survey file")
        text = text.replace(old, new, 1)
    (folder / "survey.toml").write_bytes(text.encode("utf-8", "surrogatepass"))


def data(folder: Path, content: bytes | str, name: str = "records.csv", *changes: tuple[str, str]) -> None:
    """The records as bytes, and a survey file that names them."""
    survey(folder, *changes, records=name)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def swapped(old: str, new: str) -> str:
    """The sound records with a change."""
    if old not in RECORDS:
        raise ValueError(f"{old!r} is not in the records")
    return RECORDS.replace(old, new, 1)


def cells() -> list[list[Any]]:
    """The sound records as rows of a sheet."""
    rows: list[list[Any]] = [HEADINGS.split(",")]
    for row in ROWS:
        first, *rest = row.split(",")
        rows.append([int(first), rest[0], int(rest[1]), float(rest[2]), *rest[3:6], int(rest[6])])
    return rows


def book(sheets: dict[str, Sequence[Sequence[Any]]]) -> openpyxl.Workbook:
    """A workbook with these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return made


def saved(made: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def form(
    folder: Path, content: bytes | None = None, *changes: tuple[str, str], name: str = "form.xlsx"
) -> None:
    """The sound records beside a form."""
    linked = (WITH_FORM[0], WITH_FORM[1].replace("form.xlsx", name))
    data(folder, RECORDS, "records.csv", linked, *changes)
    (folder / name).write_bytes(saved(book(FORM)) if content is None else content)


def changed_form(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """The sound form with other sheets."""
    return saved(book({**FORM, **sheets}))


def parts_replaced(workbook: bytes, replace: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook whose parts went through ``replace``."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as whole, zipfile.ZipFile(stream, "w", 8) as made:
        for part in whole.namelist():
            made.writestr(part, replace(part, whole.read(part)))
    return stream.getvalue()


def zipped(members: dict[str, bytes | str]) -> bytes:
    """A ZIP archive."""
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", 8) as archive:
        warnings.simplefilter("ignore")  # two members of one name are wanted
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parquet(**changes: list[Any]) -> bytes:
    """The records as Parquet, with other columns."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    head, *rows = cells()
    columns = {name: [row[place] for row in rows] for place, name in enumerate(head)}
    stream = io.BytesIO()
    pq.write_table(pa.table({**columns, **changes}), stream)
    return stream.getvalue()


def frame() -> Any:
    """The records as a data frame, for SPSS and Stata."""
    import pandas as pd

    head, *rows = cells()
    return pd.DataFrame(rows, columns=head)


def locked() -> bytes:
    """A compound file (MS-CFB) with the two streams of a workbook with a password (MS-OFFCRYPTO 2.3)."""

    def entry(name: str, kind: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
        words = name.encode("utf-16-le")
        head = words.ljust(64, b"\0") + struct.pack(
            "<HBB3I", len(words) + 2, kind, 1, 0xFFFFFFFF, right, child
        )
        return head.ljust(116, b"\0") + struct.pack("<III", 0xFFFFFFFE, 0, 0)

    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header = magic + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (436 - 4)
    fat = struct.pack("<2I", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    directory = (
        entry("Root Entry", 5, child=1)
        + entry("EncryptedPackage", 2, right=2)
        + entry("EncryptionInfo", 2)
        + bytes(128)
    )
    return header + fat + directory


# --- Encodings ---------------------------------------------------------------------------------------------


@broken
def utf_16_without_a_mark(folder: Path) -> None:
    data(folder, RECORDS.encode("utf-16-le"))


@broken
def arabic_windows_1256(folder: Path) -> None:
    data(folder, RECORDS.replace("north", "تلعفر").replace("south", "الموصل").encode("cp1256"))


@broken
def two_encodings_in_one_file(folder: Path) -> None:
    text = swapped("4,b,3,1.0,m,south", "4,b,3,1.0,m,Rangpūr")
    data(folder, text.encode() + "7,b,4,1.0,f,Cité,yes,9\n".encode("cp1252"))


@broken
def said_to_be_utf_8_but_latin_1(folder: Path) -> None:
    data(folder, swapped("2,a,1,1.5,m,north", "2,a,1,1.5,m,Cité").encode("latin-1"))
    survey(folder, ('key = "id"', 'key = "id", encoding = "utf-8"'))


@broken
def unknown_encoding(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('key = "id"', 'key = "id", encoding = "utf-9"'))


@broken
def encoding_that_is_no_text(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('key = "id"', 'key = "id", encoding = "zlib"'))


@broken
def survey_file_in_utf_16(folder: Path) -> None:
    data(folder, RECORDS)
    (folder / "survey.toml").write_bytes(SURVEY.encode("utf-16"))


@broken
def survey_file_in_latin_1(folder: Path) -> None:
    data(folder, RECORDS)
    (folder / "survey.toml").write_bytes(SURVEY.replace("An invented", "Une enquête").encode("latin-1"))


@broken
def zero_bytes_in_records(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0,f,south", "3,a,2,2.0,f,so\0th"))


@broken
def zero_byte_in_survey_file(folder: Path) -> None:
    data(folder, RECORDS)
    (folder / "survey.toml").write_bytes(SURVEY.replace("An invented", "An\0invented").encode())


@broken
def byte_order_mark_twice(folder: Path) -> None:
    data(folder, b"\xef\xbb\xbf\xef\xbb\xbf" + RECORDS.encode())


@broken
def form_as_csv_in_latin_1(folder: Path) -> None:
    both = 'questionnaire = {survey = "survey.csv", choices = "choices.csv"}'
    data(folder, RECORDS, "records.csv", ('area = "BGD"', f'area = "BGD"\n{both}'))
    for name, rows in FORM.items():
        text = "\n".join(",".join(row) for row in rows) + "\n"
        (folder / f"{name}.csv").write_bytes(text.replace("Female", "Émilie").encode("latin-1"))


# --- Damaged -----------------------------------------------------------------------------------------------


@broken
def zip_cut_off(folder: Path) -> None:
    data(folder, zipped({"records.csv": RECORDS})[:-40], "records.zip")


@broken
def gzip_cut_off(folder: Path) -> None:
    data(folder, gzip.compress(RECORDS.encode(), mtime=0)[:-20], "records.csv.gz")


@broken
def gzip_with_a_wrong_checksum(folder: Path) -> None:
    packed = bytearray(gzip.compress(RECORDS.encode(), mtime=0))
    packed[-6] ^= 0xFF
    data(folder, bytes(packed), "records.csv.gz")


@broken
def workbook_cut_off(folder: Path) -> None:
    data(folder, saved(book({"data": cells()}))[:-400], "records.xlsx")


@broken
def workbook_with_a_sheet_cut_off(folder: Path) -> None:
    def cut(name: str, content: bytes) -> bytes:
        return content[:-60] if name.endswith("sheet1.xml") else content

    data(folder, parts_replaced(saved(book({"data": cells()})), cut), "records.xlsx")


@broken
def parquet_cut_off(folder: Path) -> None:
    data(folder, parquet()[:-300], "records.parquet")


@broken
def spss_cut_off(folder: Path) -> None:
    import pyreadstat

    pyreadstat.write_sav(frame(), str(folder / "records.sav"))
    whole = (folder / "records.sav").read_bytes()
    data(folder, whole[: len(whole) // 2], "records.sav")


@broken
def stata_cut_off(folder: Path) -> None:
    import pyreadstat

    pyreadstat.write_dta(frame(), str(folder / "records.dta"), version=15)
    whole = (folder / "records.dta").read_bytes()
    data(folder, whole[: len(whole) // 2], "records.dta")


@broken
def json_cut_off(folder: Path) -> None:
    data(folder, json.dumps(records_as_objects())[:-30], "records.json")


def records_as_objects() -> list[dict[str, Any]]:
    """The records as JSON has them."""
    head, *rows = cells()
    return [dict(zip(head, row, strict=True)) for row in rows]


@broken
def form_cut_off(folder: Path) -> None:
    form(folder, saved(book(FORM))[:-500])


@broken
def web_page_called_a_workbook(folder: Path) -> None:
    table = "".join(f"<tr><td>{row.replace(',', '</td><td>')}</td></tr>" for row in (HEADINGS, *ROWS))
    data(folder, f"<html><body><table>{table}</table></body></html>", "records.xls")


@broken
def pdf_called_csv(folder: Path) -> None:
    data(
        folder, b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    )


@broken
def old_workbook(folder: Path) -> None:
    data(folder, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "records.xls")


# --- Workbooks ---------------------------------------------------------------------------------------------


@broken
def formula_that_was_never_calculated(folder: Path) -> None:
    made = book({"data": cells()})
    made["data"]["D4"] = "=1+1"
    data(folder, saved(made), "records.xlsx")


@broken
def error_cell(folder: Path) -> None:
    made = book({"data": cells()})
    made["data"]["H3"] = "#REF!"
    made["data"]["H3"].data_type = "e"
    data(folder, saved(made), "records.xlsx")


@broken
def formula_in_a_form(folder: Path) -> None:
    rows = [list(row) for row in FORM["survey"]]
    rows[2][1] = '="wa"&"ter"'
    form(folder, changed_form(survey=rows))


@broken
def error_cell_in_a_form(folder: Path) -> None:
    made = book(FORM)
    made["choices"]["B3"] = "#NAME?"
    made["choices"]["B3"].data_type = "e"
    form(folder, saved(made))


@broken
def merged_headings(folder: Path) -> None:
    made = book({"data": cells()})
    made["data"].merge_cells("B1:C1")
    data(folder, saved(made), "records.xlsx")


@broken
def every_sheet_is_hidden(folder: Path) -> None:
    made = book({"note": [], "data": cells()})
    made["data"].sheet_state = "hidden"
    data(folder, saved(made), "records.xlsx")


@broken
def workbook_with_a_password(folder: Path) -> None:
    data(folder, locked(), "records.xlsx")


@broken
def form_with_a_password(folder: Path) -> None:
    form(folder, locked())


@broken
def empty_workbook(folder: Path) -> None:
    data(folder, saved(book({"data": []})), "records.xlsx")


@broken
def cell_without_a_heading(folder: Path) -> None:
    rows = cells()
    rows[4].append("a remark")
    data(folder, saved(book({"data": rows})), "records.xlsx")


# --- Shapes ------------------------------------------------------------------------------------------------


@broken
def empty_file(folder: Path) -> None:
    data(folder, b"")


@broken
def only_empty_lines(folder: Path) -> None:
    data(folder, "\n\n   \n\n")


@broken
def only_headings(folder: Path) -> None:
    data(folder, HEADINGS + "\n")


@broken
def empty_list_of_json(folder: Path) -> None:
    data(folder, "[]", "records.json")


@broken
def json_without_records(folder: Path) -> None:
    data(folder, '{"detail": "Not found."}', "records.json")


@broken
def json_of_lists(folder: Path) -> None:
    data(folder, json.dumps(cells()), "records.json")


@broken
def one_json_object_a_line(folder: Path) -> None:
    data(folder, "\n".join(json.dumps(each) for each in records_as_objects()), "records.json")


@broken
def parquet_without_rows(folder: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    stream = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in HEADINGS.split(",")}), stream)
    data(folder, stream.getvalue(), "records.parquet")


@broken
def column_twice(folder: Path) -> None:
    data(folder, swapped("sex,district", "sex,sex"))


@broken
def question_twice_in_two_groups(folder: Path) -> None:
    data(folder, swapped("sex,district", "head/sex,head/sex"))


@broken
def ragged_row(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0,f,south,yes,5", "3,a,2,2.0,f,south"))


@broken
def separators_without_quotes(folder: Path) -> None:
    data(folder, swapped("1,a,1,1.5", "1,a,1,1,5"))


@broken
def quotation_mark_left_open(folder: Path) -> None:
    data(folder, swapped("4,b,3,1.0,m,south", '4,b,3,1.0,m,"south'))


@broken
def name_used_inside(folder: Path) -> None:
    data(folder, swapped("district", "_record"))


@broken
def other_separator_in_the_heading(folder: Path) -> None:
    data(folder, swapped(HEADINGS, HEADINGS.replace(",", ";")))


# --- Answers -----------------------------------------------------------------------------------------------


@broken
def weight_zero(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,0"))


@broken
def weight_negative(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,-2.0"))


@broken
def weight_in_words(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,heavy"))


@broken
def weight_not_a_number(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,NaN"))


@broken
def weight_infinite(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,inf"))


@broken
def weight_infinite_in_parquet(folder: Path) -> None:
    data(folder, parquet(w=[1.5, 1.5, float("inf"), 1.0, 1.0, 2.5]), "records.parquet")


@broken
def weight_beyond_any_number(folder: Path) -> None:
    data(folder, swapped("3,a,2,2.0", "3,a,2,1e400"))


@broken
def weight_with_a_decimal_comma(folder: Path) -> None:
    data(folder, RECORDS.replace(",", ";").replace(".", ","))


@broken
def one_cluster_in_a_stratum(folder: Path) -> None:
    data(
        folder,
        swapped("3,a,2,2.0", "3,a,1,2.0"),
        "records.csv",
        ('weights = "w"', 'weights = "w"\nlonely = "fail"'),
    )


@broken
def half_of_the_replicates_without_a_stratum(folder: Path) -> None:
    data(
        folder,
        swapped("3,a,2,2.0", "3,a,1,2.0"),
        "records.csv",
        ('weights = "w"', 'weights = {weights = "w", method = "brr"}'),
    )


@broken
def stratum_without_its_population(folder: Path) -> None:
    lookup = 'key = "id", lookups = [{file = "frame.csv", on = ["stratum"]}]'
    data(
        folder,
        RECORDS,
        "records.csv",
        ('key = "id"', lookup),
        ('weights = "w"', 'weights = "w"\npopulation = "size"'),
    )
    (folder / "frame.csv").write_text("stratum,size\na,40\n", encoding="utf-8")


@broken
def key_twice_in_a_lookup(folder: Path) -> None:
    lookup = 'key = "id", lookups = [{file = "frame.csv", on = ["stratum"]}]'
    data(folder, RECORDS, "records.csv", ('key = "id"', lookup))
    (folder / "frame.csv").write_text("stratum,size\na,40\nb,30\na,41\n", encoding="utf-8")


@broken
def lookup_that_contradicts(folder: Path) -> None:
    lookup = 'key = "id", lookups = [{file = "frame.csv", on = ["stratum"]}]'
    data(folder, RECORDS, "records.csv", ('key = "id"', lookup))
    (folder / "frame.csv").write_text("stratum,district\na,north\nb,west\n", encoding="utf-8")


@broken
def unknown_code_in_the_records(folder: Path) -> None:
    groups = 'question = "sex"\ngroups = {women = ["f"], men = ["m"]}'
    form(folder, None, ('question = "sex"', groups))
    (folder / "records.csv").write_text(swapped("3,a,2,2.0,f", "3,a,2,2.0,x"), encoding="utf-8")


@broken
def unknown_code_in_the_survey_file(folder: Path) -> None:
    form(folder, None, ('in = ["yes"]', 'in = ["yess"]'))


@broken
def label_of_two_choices(folder: Path) -> None:
    rows = [*FORM["choices"], ["sexes", "x", "Female"]]
    form(folder, changed_form(choices=rows))
    (folder / "records.csv").write_text(swapped("3,a,2,2.0,f", "3,a,2,2.0,Female"), encoding="utf-8")


# --- Attacks -----------------------------------------------------------------------------------------------


@broken
def path_out_of_the_folder(folder: Path) -> None:
    survey(folder, records="../../etc/passwd")


@broken
def absolute_path(folder: Path) -> None:
    survey(folder, records="/etc/passwd")


@broken
def archive_member_out_of_the_folder(folder: Path) -> None:
    data(folder, zipped({"../../records.csv": RECORDS}), "records.zip")


@broken
def archive_in_an_archive(folder: Path) -> None:
    data(folder, zipped({"records.zip": zipped({"records.csv": RECORDS})}), "records.zip")


@broken
def archive_with_two_main_tables(folder: Path) -> None:
    data(folder, zipped({"a.csv": RECORDS, "b.csv": RECORDS}), "records.zip")


@broken
def archive_with_one_name_twice(folder: Path) -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", 8) as archive:
        warnings.simplefilter("ignore")
        archive.writestr("records.csv", RECORDS)
        archive.writestr("records.csv", swapped("1,a,1,1.5", "1,a,1,9.5"))
    data(folder, stream.getvalue(), "records.zip")


@broken
def archive_with_a_password(folder: Path) -> None:
    packed = bytearray(zipped({"records.csv": RECORDS}))
    packed[6] |= 1  # bit 0 of the flags: encrypted (APPNOTE 4.4.4)
    packed[packed.find(b"PK\x01\x02") + 8] |= 1
    data(folder, bytes(packed), "records.zip")


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10 if level else b"ha" * 10)
    for level in range(9)
)


def with_doctype(doctype: bytes, use: bytes) -> Callable[[str, bytes], bytes]:
    """Puts a DOCTYPE, and a cell that uses it, into the first sheet."""

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        content = content.replace(b"<worksheet", doctype + b"<worksheet", 1)
        return content.replace(b"<v>1</v>", b"<v>" + use + b"</v>", 1)

    return change


@broken
def entity_bomb_in_a_workbook(folder: Path) -> None:
    bomb = with_doctype(b"<!DOCTYPE worksheet [" + LAUGHS + b"]>", b"&l8;")
    data(folder, parts_replaced(saved(book({"data": cells()})), bomb), "records.xlsx")


@broken
def external_entity_in_a_workbook(folder: Path) -> None:
    leak = with_doctype(b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"&x;")
    data(folder, parts_replaced(saved(book({"data": cells()})), leak), "records.xlsx")


@broken
def entity_bomb_in_a_form(folder: Path) -> None:
    bomb = with_doctype(b"<!DOCTYPE worksheet [" + LAUGHS + b"]>", b"&l8;")
    form(folder, parts_replaced(saved(book(FORM)), bomb))


@broken
def external_entity_in_a_form(folder: Path) -> None:
    leak = with_doctype(b'<!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"&x;")
    form(folder, parts_replaced(saved(book(FORM)), leak))


@broken
def xform_instead_of_an_xlsform(folder: Path) -> None:
    xform = b'<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head/><h:body/></h:html>'
    form(folder, xform, name="form.xml")


@broken
def answers_in_xml(folder: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE data [' + LAUGHS + b"]><data id='x'><water>&l8;</water></data>"
    data(folder, bomb, "records.xml")


@broken
def name_that_turns_text_round(folder: Path) -> None:
    data(folder, swapped("district", "dis\u202etcirt\u202c"))


@broken
def code_in_a_form_that_turns_text_round(folder: Path) -> None:
    rows = [list(row) for row in FORM["choices"]]
    rows[1][1] = "f\u2066"
    form(folder, changed_form(choices=rows))


@broken
def survey_file_that_turns_text_round(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('in = ["yes"]', 'in = ["yes"] # \u202e on = ni \u202c'))


@broken
def line_feed_in_a_name(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('question = "water"', r'question = "wa\nter: all is well\u001b[2K"'))


@broken
def number_with_too_many_digits_in_json(folder: Path) -> None:
    objects = json.dumps(records_as_objects()).replace('"w": 2.0', '"w": ' + "9" * 5000)
    data(folder, objects, "records.json")


@broken
def huge_exponent_in_json(folder: Path) -> None:
    objects = json.dumps(records_as_objects()).replace('"w": 2.0', '"w": 1e999')
    data(folder, objects, "records.json")


@broken
def impossible_date_as_period(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('period = "2026-03"', 'period = "2026-02-30"'))


# --- Files -------------------------------------------------------------------------------------------------


@broken
def folder_instead_of_a_file(folder: Path) -> None:
    survey(folder)
    (folder / "records.csv").mkdir()
    (folder / "records.csv" / "README.txt").write_text("This is a folder.\n", encoding="utf-8")


@broken
def misspelt_file(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, records="record.csv")


@broken
def word_document_as_a_form(folder: Path) -> None:
    form(folder, zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}))


@broken
def form_without_questions(folder: Path) -> None:
    form(folder, saved(book({"Sheet1": [], "choices": FORM["choices"]})))


# --- The survey file ---------------------------------------------------------------------------------------


@broken
def key_twice_in_the_survey_file(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('area = "BGD"', 'area = "BGD"\narea = "IND"'))


@broken
def number_for_a_text(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('title = "An invented survey"', "title = 3"))


@broken
def text_for_a_table(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('[policy]\nname = "open"\n', ""), ("[survey]", 'policy = "open"\n\n[survey]'))


@broken
def table_for_a_list(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('strata = ["stratum"]', 'strata = {a = "stratum"}'))


@broken
def impossible_date_in_the_survey_file(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('period = "2026-03"', "period = 2026-02-30"))


@broken
def variables_in_a_circle(folder: Path) -> None:
    circle = (
        '[[variable]]\nid = "a"\nquestion = "b"\n\n[[variable]]\nid = "b"\nquestion = "a"\n\n[[dimension]]'
    )
    data(folder, RECORDS)
    survey(folder, ("[[dimension]]", circle))


@broken
def variable_made_from_itself(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ("[[dimension]]", '[[variable]]\nid = "a"\nquestion = "a"\n\n[[dimension]]'))


@broken
def dimension_misspelt_in_three_tables(folder: Path) -> None:
    data(folder, RECORDS)
    again = '[["sexx"]]\n\n[[table]]\nmeasures = "*"\nby = [["sexx"], ["sexx", "sexx"]]\n'
    survey(folder, ('[["sex"]]', again))


@broken
def dimension_with_an_impossible_id(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('id = "sex"', 'id = "sex!"'))


@broken
def dimension_without_an_id(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('id = "sex"\n', ""))


@broken
def measure_misspelt_in_two_tables(folder: Path) -> None:
    data(folder, RECORDS)
    again = 'measures = ["water"]\nby = [["sex"]]\n\n[[table]]\nmeasures = ["water"]'
    survey(folder, ('measures = "*"', again))


@broken
def sql_for_a_question(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('question = "water"', 'question = "water\'; DROP TABLE main; --"'))


# --- Strange, and read -------------------------------------------------------------------------------------


@readable
def byte_order_mark(folder: Path) -> None:
    data(folder, b"\xef\xbb\xbf" + RECORDS.encode())


@readable
def utf_16_with_a_mark(folder: Path) -> None:
    data(folder, RECORDS.encode("utf-16"))


@readable
def latin_1(folder: Path) -> None:
    data(folder, swapped("2,a,1,1.5,m,north", "2,a,1,1.5,m,Cité").encode("latin-1"))


@readable
def semicolons(folder: Path) -> None:
    data(folder, RECORDS.replace(",", ";"))


@readable
def tabs_and_mixed_line_ends(folder: Path) -> None:
    lines = RECORDS.replace(",", "\t").splitlines()
    data(folder, "".join(f"{line}{end}" for line, end in zip(lines, ["\r\n", "\n"] * 9, strict=False)))


@readable
def formula_with_its_value(folder: Path) -> None:
    def cached(name: str, content: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return content
        return content.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        )

    made = book({"data": cells()})
    made["data"]["D4"] = "=1+1"
    data(folder, parts_replaced(saved(made), cached), "records.xlsx")


@readable
def hidden_sheet(folder: Path) -> None:
    made = book({"old": [["id"], [1]], "data": cells()})
    made["old"].sheet_state = "hidden"
    data(folder, saved(made), "records.xlsx")


@readable
def days_that_do_not_exist(folder: Path) -> None:
    rows = [f"{row},2026-03-0{place}" for place, row in enumerate(ROWS, start=1)]
    rows[2] = f"{ROWS[2]},2026-02-30"
    form(folder)
    (folder / "records.csv").write_text("\n".join([f"{HEADINGS},day", *rows, ""]), encoding="utf-8")


@readable
def codes_that_no_choice_has(folder: Path) -> None:
    form(folder)
    (folder / "records.csv").write_text(swapped("3,a,2,2.0,f", "3,a,2,2.0,x"), encoding="utf-8")


@readable
def columns_called_like_sql(folder: Path) -> None:
    names = HEADINGS.replace("district", '"a""; DROP TABLE main; --"').replace("minutes", "select")
    data(folder, RECORDS.replace(HEADINGS, names))


@readable
def very_long_name(folder: Path) -> None:
    data(folder, swapped("district", "d" * 5000))


@readable
def formulas_for_spreadsheets(folder: Path) -> None:
    records = RECORDS.replace(",f,", ",=cmd|' /C calc'!A0,").replace(",m,", ",@SUM(1+1),")
    data(folder, records)


# --- Large, or not for every disk --------------------------------------------------------------------------


@large
def ten_thousand_columns(folder: Path) -> None:
    more = "".join(f",q{place}" for place in range(9_992))
    data(folder, "".join(f"{row}{more}\n" for row in RECORDS.splitlines()))


@large
def zip_bomb(folder: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", 8) as archive, archive.open("records.csv", "w") as inside:
        for _ in range(130):
            inside.write(b"0" * 1_000_000)
    data(folder, stream.getvalue(), "records.zip")


@large
def zip_bomb_that_lies_about_its_size(folder: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", 8) as archive, archive.open("records.csv", "w") as inside:
        inside.write(RECORDS.encode())
        for _ in range(130):
            inside.write(b"0" * 1_000_000)
    packed = bytearray(stream.getvalue())
    at = packed.find(b"PK\x01\x02") + 24  # size before packing, in the central directory (APPNOTE 4.3.12)
    packed[at : at + 4] = struct.pack("<I", 1_000)
    data(folder, bytes(packed), "records.zip")


@large
def gzip_bomb(folder: Path) -> None:
    data(folder, gzip.compress(RECORDS.encode() + b"0" * 130_000_000, mtime=0), "records.csv.gz")


@large
def workbook_bomb(folder: Path) -> None:
    def grown(name: str, content: bytes) -> bytes:
        return content + b" " * 130_000_000 if name.endswith("sheet1.xml") else content

    data(folder, parts_replaced(saved(book({"data": cells()})), grown), "records.xlsx")


@large
def form_bomb(folder: Path) -> None:
    def grown(name: str, content: bytes) -> bytes:
        return content + b" " * 130_000_000 if name.endswith("sheet1.xml") else content

    form(folder, parts_replaced(saved(book(FORM)), grown))


@large
def cell_of_twenty_megabytes(folder: Path) -> None:
    data(folder, swapped("4,b,3,1.0,m,south", "4,b,3,1.0,m," + "s" * 20_000_000))


@large
def very_deep_json(folder: Path) -> None:
    deep = '{"a":' * 100_000 + "1" + "}" * 100_000
    data(folder, f'[{{"id": 1, "water": {deep}}}]', "records.json")


@large
def very_deep_survey_file(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('area = "BGD"', 'area = "BGD"\nabout = ' + "[" * 100_000 + "]" * 100_000))


@large
def number_with_too_many_digits_in_the_survey_file(folder: Path) -> None:
    data(folder, RECORDS)
    survey(folder, ('name = "open"', 'name = "own"\nmin_respondents = ' + "9" * 10_000))


@large
def link_out_of_the_folder(folder: Path) -> None:
    survey(folder)
    (folder.parent / "secret.csv").write_text(RECORDS, encoding="utf-8")
    (folder / "records.csv").symlink_to("../secret.csv")


@large
def link_to_itself(folder: Path) -> None:
    survey(folder)
    (folder / "records.csv").symlink_to("records.csv")


@large
def file_that_may_not_be_read(folder: Path) -> None:
    data(folder, RECORDS)
    (folder / "records.csv").chmod(0)


def write(build: Callable[[Path], None], folder: Path) -> None:
    """Makes one folder anew; its expected.txt stays."""
    for old in folder.iterdir() if folder.exists() else ():
        if old.name != "expected.txt":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    build(folder)


if __name__ == "__main__":
    chosen = set(sys.argv[1:])
    for where, builders in ((BROKEN, BUILDERS), (ODD, READABLE)):
        for name, build in builders.items():
            if not chosen or name in chosen:
                write(build, where / name)
