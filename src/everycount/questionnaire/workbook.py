"""The sheets of a form as rows of text, whatever file they came in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from everycount.faults import Fault, InputError, foreign
from everycount.intake import COMPOUND, is_locked, locked, odd_cells, refuse_archive, refuse_workbook
from everycount.limits import FORM_CELL, FORM_ROWS, FORM_UNPACKED
from everycount.questionnaire.pyxform_door import read_xls
from everycount.text import deceiving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Titled: TypeAlias = "dict[str, list[Sequence[Any]]]"  # rows by the title of their sheet

SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
EMPTY_COLUMNS = 20  # after so many empty headers nothing more is expected (as pyxform has it)
EMPTY_ROWS = 60  # the same for rows
SPACES = re.compile(r" +")
NEWLINE = b"\n"
# Columns whose words programs read: what they say must be what they seem to say.
_NAMES = frozenset(
    {"type", "name", "value", "list_name", "list name", "calculation", "relevant", "constraint"}
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the sheet as people see it, and the cells that are not empty."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its headers in order and its rows, empty ones left out.

    Attributes:
        name: ``survey``, ``choices`` ...
        where: how messages name it, such as ``form.xlsx, sheet survey``.
        headers: the first row.
        rows: the rest.
    """

    name: str
    where: str
    headers: tuple[str, ...]
    rows: tuple[Row, ...]

    def place(self, row: int | None = None, column: str | None = None) -> str:
        """How messages name a cell, a row or the sheet."""
        parts = [self.where]
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(f"column {column}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A form's sheets, by name; ``stem`` is the file's name without its ending."""

    name: str
    sheets: dict[str, Sheet]
    sheet_names: tuple[str, ...]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return self.name.rsplit("/", maxsplit=1)[-1].rsplit(".", maxsplit=1)[0]

    def sheet(self, name: str) -> Sheet | None:
        """The sheet with this name, or None."""
        return self.sheets.get(name)


def read_workbook(data: bytes, name: str) -> Workbook:
    """The sheets of an XLSX, XLS or CSV form; what it is follows from the bytes, not from the name.

    Raises:
        InputError: it is none of them, or broken.
    """
    if data.startswith(b"PK\x03\x04"):
        found = _read_xlsx(data, name)
    elif is_locked(data):
        raise locked(name)
    elif data.startswith(COMPOUND):
        found = _read_xls(data, name)
    else:
        found = _read_sheets_csv(data, name)
    sheets = {
        key: _sheet(key, f"{name}, sheet {title}", rows)
        for title, rows in found.items()
        # A file with a single sheet may call it anything.
        for key in ((title.lower() if title.lower() in SHEETS or len(found) > 1 else "survey"),)
        if key in SHEETS
    }
    return Workbook(name, sheets, tuple(found))


def read_tables(tables: dict[str, tuple[str, bytes]], name: str) -> Workbook:
    """The sheets of a form whose survey, choices and settings are CSV files: (file name, bytes) by sheet."""
    sheets = {key: _sheet(key, file, _csv_rows(data, file)) for key, (file, data) in tables.items()}
    return Workbook(name, sheets, tuple(sheets))


def _sheet(name: str, where: str, rows: Sequence[Sequence[Any]]) -> Sheet:
    headers = _headers(rows[0] if rows else (), where)
    named = [(position, header) for position, header in enumerate(headers) if header]
    sheet = Sheet(name, where, tuple(header for _, header in named), tuple(_rows(rows[1:], named)))
    _refuse_deceiving(sheet)
    return sheet


def _refuse_deceiving(sheet: Sheet) -> None:
    """Names and codes that look like others could be counted for them; labels may turn text."""
    faults = []
    for row in sheet.rows:
        for header, words in row.cells.items():
            sign = deceiving(words) if header.lower() in _NAMES else ""
            if sign:
                problem = f'"{words}" holds {sign}, which makes text look different from what it is.'
                faults.append(Fault(sheet.place(row.number, header), problem, "Take the sign out."))
    if faults:
        raise InputError(*faults)


def _headers(first: Iterable[Any], where: str) -> list[str]:
    headers: list[str] = []
    faults = []
    empty = 0
    for value in first:
        header = SPACES.sub(" ", _text(value).strip())
        empty = 0 if header else empty + 1
        if empty > EMPTY_COLUMNS:
            break
        if header and header in headers:
            faults.append(
                Fault(
                    f"{where}, row 1",
                    f'The column "{header}" stands twice.',
                    "Rename or remove one of the two.",
                )
            )
        headers.append(header)
    if faults:
        raise InputError(*faults)
    return headers


def _rows(rows: Iterable[Sequence[Any]], named: Sequence[tuple[int, str]]) -> Iterator[Row]:
    empty = 0
    for number, values in enumerate(rows, start=2):
        cells = {
            header: text
            for position, header in named
            if position < len(values) and (text := _text(values[position]).strip())
        }
        empty = 0 if cells else empty + 1
        if empty > EMPTY_ROWS:
            return
        if cells:
            yield Row(number, cells)


def _text(value: Any) -> str:
    """A cell as text: whole numbers without decimals, booleans as Excel shows them, plain spaces."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case dt.datetime() | dt.time() | int():
            return str(value)
        case _:
            return str(value).replace("\xa0", " ")


def _unreadable(name: str, why: str | Exception) -> InputError:
    said = why if isinstance(why, str) else foreign(why)
    return InputError(
        Fault(
            name,
            f"The form cannot be opened ({said}).",
            "Save it again as .xlsx from your spreadsheet program.",
        )
    )


def _read_xlsx(data: bytes, name: str) -> Titled:
    # openpyxl takes 0.1 s to import, and many runs read neither an XLSX form nor XLSX records.
    from openpyxl import load_workbook  # noqa: PLC0415

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_archive(archive, len(data), name)
            _refuse_large(archive, name)
            refuse_workbook(archive, name)
        with warnings.catch_warnings():
            # openpyxl warns about styles and extensions that a form's text does not need.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            try:
                alone = len(book.sheetnames) == 1
                read = [title for title in book.sheetnames if alone or title.lower() in SHEETS]
                _refuse_odd(data, name, read)
                return {
                    sheet.title: _cut(sheet.iter_rows(values_only=True), f"{name}, sheet {sheet.title}")
                    if sheet.title in read
                    else []
                    for sheet in book.worksheets
                }
            finally:
                book.close()
    except InputError:
        raise
    except Exception as error:  # openpyxl, zipfile and the XML parser raise whatever a broken file leads to
        raise _unreadable(name, error) from error


def _read_xls(data: bytes, name: str) -> Titled:
    found = read_xls(data, name)
    titles: list[str] = found["sheet_names"]
    return {
        title: _listed(found.get(f"{key}_header", []), found.get(key, []))
        for title in titles
        for key in ("survey" if len(titles) == 1 else title.lower(),)
    }


def _listed(header: list[dict[str, None]], rows: list[dict[str, str]]) -> list[Sequence[Any]]:
    columns = list(header[0]) if header else []
    return [columns, *([row.get(column) for column in columns] for row in rows)]


def _refuse_odd(data: bytes, name: str, titles: Sequence[str]) -> None:
    """A formula without a value looks like an empty cell, and an error like a word."""
    found = odd_cells(io.BytesIO(data), titles)
    for odd in found.values():
        odd.empty.extend(odd.constants)  # no word of a form is a truth
    faults = [fault for title, odd in found.items() for fault in odd.faults(f"{name}, sheet {title}")]
    if faults:
        raise InputError(*faults)


def _refuse_large(archive: zipfile.ZipFile, name: str) -> None:
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > FORM_UNPACKED:
        problem = f"The workbook unpacks to {unpacked // 1_000_000} MB; no form is as large."
        remedy = "Put pictures and long lists of choices into files beside the form."
        raise InputError(Fault(name, problem, remedy))


def _cut(rows: Iterable[Sequence[Any]], where: str) -> list[Sequence[Any]]:
    """The rows up to a run of empty ones: a formatted sheet may go on for a million."""
    kept: list[Sequence[Any]] = []
    empty = 0
    for row in rows:
        empty = empty + 1 if all(value is None for value in row) else 0
        if empty > EMPTY_ROWS:
            break
        if len(kept) > FORM_ROWS:
            remedy = "Put long lists of choices into a CSV file beside the form (select_one_from_file)."
            raise InputError(Fault(where, f"It has more than {FORM_ROWS:,} rows.", remedy))
        kept.append(row)
    return kept


def _read_sheets_csv(data: bytes, name: str) -> Titled:
    """Several sheets in one CSV file: a name in the first column opens a sheet, its rows leave that empty."""
    found: Titled = {}
    current: list[Sequence[Any]] | None = None
    for row in _csv_rows(data, name):
        title = row[0].strip() if row else ""
        if title:
            current = found.setdefault(title, [])
        if current is not None and any(cell.strip() for cell in row[1:]):
            current.append(row[1:])
    if not {title.lower() for title in found} & set(SHEETS):
        raise _unreadable(
            name, "it is neither an Excel file nor a CSV form with sheet names in its first column"
        )
    return found


def _csv_rows(data: bytes, name: str) -> list[Sequence[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(NEWLINE, 0, error.start) + 1
        problem = f"The byte 0x{data[error.start]:02X} is not UTF-8."
        remedy = "Save the file as CSV UTF-8 (comma delimited) or as .xlsx."
        raise InputError(Fault(f"{name}, line {line}", problem, remedy)) from error
    csv.field_size_limit(FORM_CELL)  # Python keeps one limit for all; records are read with a larger one
    try:
        return list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error as error:
        raise _unreadable(name, error) from error
