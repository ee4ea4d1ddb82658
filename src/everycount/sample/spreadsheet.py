"""Reads Excel workbooks: a sheet of records, and the sheets of rosters that Kobo and Ona put beside it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from everycount.faults import Fault, InputError, unknown
from everycount.sample.cells import as_text
from everycount.sample.links import PARENT_COLUMNS
from everycount.sample.raw import RawColumn, RawTable
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

_BATCH = 2_000


def read_workbook(store: Store, path: Path, sheet: str | None = None) -> list[RawTable]:
    """The named sheet; or the first that holds anything and every later one whose rows name a parent."""
    book = _open(path)
    try:
        if sheet is not None:
            if sheet not in book.sheetnames:
                raise InputError(unknown(path.name, "sheet", sheet, book.sheetnames))
            return [_read_sheet(store, book[sheet], f"{path.name}, sheet {sheet}")]
        return _read_all(store, book, path.name)
    except SyntaxError as error:  # what the XML parser raises, in the middle of a sheet
        raise InputError(_damaged(path, error)) from error
    finally:
        book.close()


def _open(path: Path) -> Any:
    # openpyxl costs 0.2 s and is wanted only for workbooks.
    import openpyxl  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, SyntaxError) as error:
        raise InputError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> Fault:
    problem = f"The workbook cannot be opened: {' '.join(str(error).split())}"
    return Fault(path.name, problem, "Save it again as .xlsx, or as CSV.")


def _read_all(store: Store, book: Any, place: str) -> list[RawTable]:
    tables: list[RawTable] = []
    for name in book.sheetnames:
        sheet = book[name]
        headers = _headers(sheet)
        if headers and (not tables or set(PARENT_COLUMNS) & set(headers)):
            tables.append(_read_sheet(store, sheet, f"{place}, sheet {name}"))
    if not tables:
        raise InputError(Fault(place, "The workbook is empty.", "Export the records again."))
    return tables


def _headers(sheet: Any) -> tuple[str, ...]:
    if not hasattr(sheet, "iter_rows"):
        return ()  # a sheet that is a chart
    sheet.reset_dimensions()  # some exports state a size that is not true
    first = next(sheet.iter_rows(values_only=True), ())
    cells = [as_text(value) or "" for value in first]
    while cells and not cells[-1].strip():
        cells.pop()
    return tuple(cells)


def _read_sheet(store: Store, sheet: Any, place: str) -> RawTable:
    headers = _headers(sheet)
    if not headers:
        raise InputError(Fault(place, "The sheet is empty.", "Put the headings into its first row."))
    relation = store.fresh("sheet")
    store.pour(relation, [Storage.TEXT] * len(headers), _batches(sheet, len(headers), place))
    return RawTable(sheet.title, place, tuple(RawColumn(header) for header in headers), relation)


def _batches(sheet: Any, width: int, place: str) -> Iterator[Sequence[Sequence[str | None]]]:
    rows = _rows(sheet, width, place)
    while batch := list(itertools.islice(rows, _BATCH)):
        yield list(zip(*batch, strict=True))


def _rows(sheet: Any, width: int, place: str) -> Iterator[list[str | None]]:
    """The rows under the heading; empty rows at the end, which formatting leaves behind, are not rows."""
    empty = 0
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        cells = [as_text(value) for value in row]
        if not any(cells):
            empty += 1
            continue
        if any(cells[width:]):
            problem = f"The row has a value in column {_last(cells)}, which has no heading."
            raise InputError(
                Fault(f"{place}, row {number}", problem, "Give the column a heading, or clear it.")
            )
        for _ in range(empty):
            yield [None] * width
        empty = 0
        yield [*cells[:width], *[None] * (width - len(cells))]


def _last(cells: Sequence[str | None]) -> int:
    return max(position for position, cell in enumerate(cells, start=1) if cell)
