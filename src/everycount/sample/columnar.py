"""Reads Parquet: DuckDB does, column by column and only those that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError, foreign
from everycount.sample.raw import RawColumn, RawTable, refuse_columns
from everycount.sample.sql import literal
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.sample.store import Store

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_DECIMAL = frozenset({"FLOAT", "DOUBLE"})


def read_parquet(store: Store, path: Path, place: str = "") -> RawTable:
    """The table of one Parquet file; numbers stay numbers, everything else becomes text."""
    import duckdb  # noqa: PLC0415 - already loaded by the store; not at start-up

    place = place or path.name
    file = literal(str(path))
    try:
        described = store.run(
            f"SELECT name, duckdb_type, num_children FROM parquet_schema({file})"  # noqa: S608 - quoted
        )
        types = store.run(f"DESCRIBE SELECT * FROM read_parquet({file})")  # noqa: S608 - quoted
    except duckdb.Error as error:
        raise InputError(_damaged(place, error)) from error
    headers = _top_level(described)
    refuse_columns(len(headers), place)
    kinds = [str(row[1]) for row in types]
    columns = tuple(
        RawColumn(header, _storage(kind), date=kind.startswith(("DATE", "TIMESTAMP")))
        for header, kind in zip(headers, kinds, strict=True)
    )
    picked = ", ".join(_pick(i, kind) for i, kind in enumerate(kinds))
    aliases = ", ".join([*(f"p{i}" for i in range(len(kinds))), "number"])
    scan = f"read_parquet({file}, file_row_number=true) AS _p({aliases})"
    relation = f"(SELECT number + 1 AS r, {picked} FROM {scan})"  # noqa: S608 - quoted above
    return RawTable("", place, columns, relation, lazy=True)


def _damaged(place: str, error: Exception) -> Fault:
    problem = f"The file is not readable Parquet: {foreign(error)}."
    return Fault(place, problem, "Write the file again.")


def _top_level(described: list[tuple[str, str, int | None]]) -> list[str]:
    """The names of the columns as the file spells them; DuckDB renames those that differ only in case."""
    names: list[str] = []
    inside = 0
    for name, _, children in described[1:]:
        if inside:
            inside -= 1
        else:
            names.append(name)
        inside += children or 0
    return names


def _storage(kind: str) -> Storage:
    if kind in _WHOLE:
        return Storage.WHOLE
    if kind in _DECIMAL or kind.startswith("DECIMAL") or kind in {"UBIGINT", "HUGEINT"}:
        return Storage.DECIMAL
    return Storage.TEXT


def _pick(index: int, kind: str) -> str:
    storage = _storage(kind)
    if storage is Storage.DECIMAL:
        # Not by nullif: DuckDB answers that from the file's statistics, which leave NaN out.
        value = f"CAST(p{index} AS DOUBLE)"
        return f"CASE WHEN isnan({value}) THEN NULL ELSE {value} END AS c{index}"
    if kind.startswith("TIMESTAMP"):
        return f"replace(CAST(p{index} AS VARCHAR), ' ', 'T') AS c{index}"
    return f"CAST(p{index} AS {storage.sql}) AS c{index}"
