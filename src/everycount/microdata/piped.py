"""Makes a labelled file of rows that come through a pipe.

``python -m everycount.microdata.piped KIND LANGUAGE`` reads from its standard input and writes to its output.

The first line says name and columns of the table, as JSON; then come the rows as CSV without a head, an
answer that is missing as nothing. What goes out is the file. No answer touches the disk where the system has
files in memory.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from everycount.microdata.labelled import SPSS, STATA, write_labelled
from everycount.microdata.plain import write_parquet
from everycount.microdata.variables import Exported, Variable
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


KINDS = ("parquet", "spss", "stata")


def make(kind: str, language: str, given: BinaryIO, out: BinaryIO) -> None:
    """Reads a table and writes it.

    Args:
        kind: one of :data:`KINDS`.
        language: of labels, BCP 47.
        given: the description and the rows.
        out: where the file goes.
    """
    table = _table(json.loads(given.readline()), given)
    with _place() as path:
        if kind == "parquet":
            write_parquet(table, path)
        else:
            write_labelled(table, SPSS if kind == "spss" else STATA, path, language)
        with path.open("rb") as file:
            while chunk := file.read(1 << 16):
                out.write(chunk)


def _table(described: dict[str, Any], rows: BinaryIO) -> Exported:
    import pyarrow as pa  # noqa: PLC0415 - slow to load
    from pyarrow import csv  # noqa: PLC0415 - the same

    columns = tuple(map(_variable, described["columns"]))
    types = {each.name: pa.float64() if each.numeric else pa.string() for each in columns}
    names = [each.name for each in columns]
    text = rows.read()
    if not text:
        empty = pa.table({name: pa.array([], kind) for name, kind in types.items()})
        return Exported(described["table"], columns, empty, {})
    values = csv.read_csv(
        pa.py_buffer(text),
        read_options=csv.ReadOptions(column_names=names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    return Exported(described["table"], columns, _whole(values, columns), {})


def _whole(table: Any, columns: tuple[Variable, ...]) -> Any:
    """Numbers that are all whole become whole numbers."""
    import pyarrow as pa  # noqa: PLC0415 - slow to load
    from pyarrow import compute  # noqa: PLC0415 - the same

    for place, each in enumerate(columns):
        column = table.column(place)
        if each.numeric and compute.all(compute.equal(compute.floor(column), column)).as_py() is not False:
            table = table.set_column(place, each.name, column.cast(pa.int64()))
    return table


def _variable(given: dict[str, Any]) -> Variable:
    return Variable(
        given["name"],
        "",
        Text.of(given["labels"]),
        numeric=given["numeric"],
        choices=tuple((code, Text.of(words)) for code, words in given["choices"]),
    )


@contextmanager
def _place() -> Iterator[Path]:
    """A file to write to: in memory where the system has that, else in a folder of this user alone."""
    if hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir():
        held = os.memfd_create("records")
        try:
            yield Path(f"/proc/self/fd/{held}")
        finally:
            os.close(held)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "records"


def main() -> None:
    """What the command does."""
    kind, language = sys.argv[1:]
    make(kind, language, sys.stdin.buffer, sys.stdout.buffer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
