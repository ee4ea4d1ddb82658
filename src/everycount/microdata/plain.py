"""CSV and Parquet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from everycount.formats.cells_csv import guarded, line

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.microdata.variables import Exported


def write_csv(table: Exported, path: Path) -> None:
    """UTF-8, one row a record, codes as they are.

    A text that a spreadsheet would run has an apostrophe before it.
    """
    columns = [table.values.column(variable.name).to_pylist() for variable in table.variables]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(line([guarded(variable.name) for variable in table.variables]) + "\n")
        for row in zip(*columns, strict=True):
            file.write(line([_text(value) for value in row]) + "\n")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else repr(value)


def write_parquet(table: Exported, path: Path) -> None:
    """Codes as they are; the words of each column and code are its field's metadata, as JSON by language."""
    import pyarrow as pa  # noqa: PLC0415 - only exports need it
    from pyarrow import parquet  # noqa: PLC0415 - as above

    fields = [
        table.values.schema.field(variable.name).with_metadata(
            {
                "label": json.dumps(variable.labels.as_dict(), ensure_ascii=False),
                "codes": json.dumps(
                    {code: words.as_dict() for code, words in variable.choices}, ensure_ascii=False
                ),
            }
        )
        for variable in table.variables
    ]
    parquet.write_table(table.values.cast(pa.schema(fields)), path, compression="zstd")
