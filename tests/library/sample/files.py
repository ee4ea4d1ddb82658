"""Writes the same records as files of every format; used by the tests of the readers."""

from __future__ import annotations

import csv
import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Records = "Mapping[str, Sequence[str | float | None]]"  # column name to values; one type per column


def write(folder: Path, suffix: str, records: Mapping[str, Sequence[Any]]) -> Path:
    """The records as a file with that suffix."""
    path = folder / f"main{suffix}"
    path.unlink(missing_ok=True)
    _WRITERS[suffix](path, records)
    return path


def _rows(records: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*records.values(), strict=True))


def _csv(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(records)
        writer.writerows(_rows(records))


def _json(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    objects = [
        {name: value for name, value in zip(records, row, strict=True) if value is not None}
        for row in _rows(records)
    ]
    path.write_text(json.dumps({"count": len(objects), "results": objects}), encoding="utf-8")


def _xlsx(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(records))
    for number, row in enumerate(_rows(records), start=2):
        for position, value in enumerate(row, start=1):
            cell = sheet.cell(number, position, value)
            if isinstance(value, str):
                cell.data_type = "s"  # or a text that begins with = would become a formula
    book.save(path)


def _parquet(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({name: pa.array(values) for name, values in records.items()}), path)


def _frame(records: Mapping[str, Sequence[Any]]) -> Any:
    import pandas as pd

    columns = {}
    for name, values in records.items():
        if any(isinstance(value, str) for value in values):
            columns[name] = pd.Series(["" if value is None else value for value in values], dtype=object)
        else:
            columns[name] = pd.Series([math.nan if value is None else value for value in values], dtype=float)
    return pd.DataFrame(columns)


def _sav(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    import pyreadstat

    pyreadstat.write_sav(_frame(records), str(path))


def _dta(path: Path, records: Mapping[str, Sequence[Any]]) -> None:
    import pyreadstat

    pyreadstat.write_dta(_frame(records), str(path), version=15)


_WRITERS = {
    ".csv": _csv,
    ".json": _json,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".sav": _sav,
    ".dta": _dta,
}
SUFFIXES = tuple(_WRITERS)
