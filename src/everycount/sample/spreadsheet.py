"""Reads Excel workbooks: a sheet of records, and the sheets of rosters that Kobo and Ona put beside it."""

from __future__ import annotations

import itertools
import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, foreign, unknown
from everycount.intake import OddCells, odd_cells
from everycount.limits import CELLS, TABLES
from everycount.sample.cells import as_text
from everycount.sample.delimited import DAMAGED
from everycount.sample.links import PARENT_COLUMNS
from everycount.sample.raw import RawColumn, RawTable, refuse_columns
from everycount.sample.sample import Finding
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

_BATCH = 2_000
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')


def read_workbook(
    store: Store, path: Path, sheet: str | None = None, missing: Sequence[str] = ()
) -> list[RawTable]:
    """The named sheet; or the first that holds anything and every later one whose rows name a parent.

    A sheet that is hidden is read only when it is named: nobody who looks at the workbook knows of it.
    Formulas are read by the value that was last calculated; one without a value, and a cell that holds an
    error, are faults.
    """
    book = _open(path)
    try:
        if sheet is None:
            return _read_all(store, book, path, missing)
        if sheet not in book.sheetnames:
            raise InputError(unknown(path.name, "sheet", sheet, book.sheetnames))
        odd = _odd(path, [sheet], missing)
        return [_read_sheet(store, book[sheet], path, odd.get(sheet, OddCells()))]
    except (*DAMAGED, SyntaxError, ValueError, KeyError, TypeError, AttributeError) as error:
        # What openpyxl and the XML parser raise, in the middle of a sheet.
        raise InputError(_damaged(path, error)) from error
    finally:
        book.close()


def _open(path: Path) -> Any:
    # openpyxl costs 0.2 s and is wanted only for workbooks.
    import openpyxl  # noqa: PLC0415

    try:
        with warnings.catch_warnings():
            # openpyxl warns about styles and extensions that values do not need.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl and the XML parser raise whatever a broken file leads to
        raise InputError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> Fault:
    problem = f"The workbook cannot be opened: {foreign(error)}."
    return Fault(path.name, problem, "Save it again as .xlsx, or as CSV.")


def _odd(path: Path, titles: Sequence[str], missing: Sequence[str]) -> Mapping[str, OddCells]:
    """What there is to say of the formulas of each sheet, where there are any."""
    found = odd_cells(path, titles)
    faults = [
        fault for title, odd in found.items() for fault in odd.faults(f"{path.name}, sheet {title}", missing)
    ]
    if faults:
        raise InputError(*faults)
    return found


def _calculated(place: str, odd: OddCells) -> tuple[Finding, ...]:
    problem = "Cells of the sheet are formulas; the values that were last calculated were read."
    return (Finding(place, None, "", str(len(odd.formulas)), problem),) if odd.formulas else ()


def _read_all(store: Store, book: Any, path: Path, missing: Sequence[str]) -> list[RawTable]:
    shown = [name for name in book.sheetnames if getattr(book[name], "sheet_state", "") == "visible"]
    hidden = [name for name in book.sheetnames if name not in shown]
    chosen: list[str] = []
    for name in shown:
        headers = _headers(book[name])
        if headers and (not chosen or set(PARENT_COLUMNS) & set(headers)):
            chosen.append(name)
    if not chosen:
        raise InputError(_empty(path, [name for name in hidden if _headers(book[name])]))
    if len(chosen) > TABLES:
        problem = f"The workbook holds {len(chosen)} tables."
        raise InputError(Fault(path.name, problem, f"Keep up to {TABLES} that belong together."))
    odd = _odd(path, chosen, missing)
    tables = [_read_sheet(store, book[name], path, odd.get(name, OddCells())) for name in chosen]
    return [replace(tables[0], findings=(*_hidden(path, hidden), *tables[0].findings)), *tables[1:]]


def _hidden(path: Path, names: Sequence[str]) -> tuple[Finding, ...]:
    problem = "The sheet is hidden and was not read."
    return tuple(Finding(path.name, None, "", name, problem) for name in names)


def _empty(path: Path, hidden: Sequence[str]) -> Fault:
    if not hidden:
        return Fault(path.name, "The workbook is empty.", "Export the records again.")
    problem = f'Only hidden sheets hold anything: "{hidden[0]}".'
    remedy = f'Show it, or name it: records = {{main = "{path.name}", sheet = "{hidden[0]}"}}.'
    return Fault(path.name, problem, remedy)


def _headers(sheet: Any) -> tuple[str, ...]:
    if not hasattr(sheet, "iter_rows"):
        return ()  # a sheet that is a chart
    sheet.reset_dimensions()  # some exports state a size that is not true
    first = next(sheet.iter_rows(values_only=True), ())
    cells = [as_text(value) or "" for value in first]
    while cells and not cells[-1].strip():
        cells.pop()
    refuse_columns(len(cells), f"sheet {sheet.title}")
    return tuple(cells)


def _read_sheet(store: Store, sheet: Any, path: Path, odd: OddCells) -> RawTable:
    place = f"{path.name}, sheet {sheet.title}"
    headers = _headers(sheet)
    if "" in headers:
        _refuse_merged(sheet, place)
    if not headers:
        raise InputError(Fault(place, "The sheet is empty.", "Put the headings into its first row."))
    relation = store.fresh("sheet")
    store.pour(relation, [Storage.TEXT] * len(headers), _batches(sheet, len(headers), place, odd.constants))
    columns = tuple(RawColumn(header) for header in headers)
    return RawTable(sheet.title, place, columns, relation, findings=_calculated(place, odd))


def _refuse_merged(sheet: Any, place: str) -> None:
    """Refuses headings that share a cell: it is not known which column the words belong to.

    Merged cells are listed after all rows, and not kept by a reader that reads row after row.
    """
    with sheet._get_source() as source:  # noqa: SLF001 - the part of the archive, which openpyxl alone knows
        for each in _MERGED.finditer(source.read()):
            if each[2] == b"1":
                cells = f"{each[1].decode()}1:{each[3].decode()}{each[4].decode()}"
                problem = f"The headings {cells} are merged into one cell."
                raise InputError(Fault(place, problem, "Give each column a heading of its own, in row 1."))


def _batches(
    sheet: Any, width: int, place: str, constants: Mapping[str, bool]
) -> Iterator[Sequence[Sequence[str | None]]]:
    rows = _rows(sheet, width, place, constants)
    while batch := list(itertools.islice(rows, _BATCH)):
        yield list(zip(*batch, strict=True))


def _rows(sheet: Any, width: int, place: str, constants: Mapping[str, bool]) -> Iterator[list[str | None]]:
    """The rows under the heading; empty rows at the end, which formatting leaves behind, are not rows."""
    empty = looked_at = 0
    for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), start=2):
        if constants:
            row = _with_constants(row, number, constants)  # noqa: PLW2901 - the same row, with its truths
        cells = [as_text(value) for value in row]
        looked_at += len(cells)
        if looked_at > CELLS:
            problem = f"The sheet goes on for more than {CELLS // 1_000_000} million cells."
            raise InputError(Fault(place, problem, "Delete the empty rows and columns, or save it as CSV."))
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


def _with_constants(row: Sequence[Any], number: int, constants: Mapping[str, bool]) -> list[Any]:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as in _open

    return [
        constants.get(f"{get_column_letter(place)}{number}") if value is None else value
        for place, value in enumerate(row, start=1)
    ]


def _last(cells: Sequence[str | None]) -> int:
    return max(position for position, cell in enumerate(cells, start=1) if cell)
