"""Samples written down in a test: a table of rows, and what is known of its columns."""

from __future__ import annotations

import itertools
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from everycount.estimate.fetch import fetch
from everycount.sample import MAIN, RECORD, ROW, Column, ColumnKind, Design, DesignKind, Sample
from everycount.sample.store import Storage, Store
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESPONDENTS = Design(DesignKind.PURPOSIVE)

_ARROW = {Storage.TEXT: pa.string(), Storage.WHOLE: pa.int64(), Storage.DECIMAL: pa.float64()}
_numbers = itertools.count()


@cache
def store() -> Store:
    """One private database for all samples written down; each table gets its own name."""
    return Store()


def drawn(picture: str) -> dict[str, list[str | None]]:
    """The columns of a table drawn as text: names, then rows; ``-`` is no answer, ``|`` between cells."""
    lines = [[cell.strip() for cell in line.split("|")] for line in picture.strip().splitlines()]
    names, rows = lines[0], lines[1:]
    return {
        name: [None if row[place] == "-" else row[place] for row in rows] for place, name in enumerate(names)
    }


def sample(
    main: Mapping[str, Sequence[Any]] | str,
    rosters: Mapping[str, Mapping[str, Sequence[Any]] | str] | None = None,
    columns: Mapping[str, Mapping[str, Column]] | None = None,
    design: Design = RESPONDENTS,
    kinds: Mapping[str, type] | None = None,
) -> Sample:
    """A sample from columns (or drawings) by table; records are numbered from 1, or by ``_record``.

    A column without any answer is text, unless ``kinds`` says otherwise.
    """
    tables = {MAIN: main, **(rosters or {})}
    named = {name: drawn(table) if isinstance(table, str) else dict(table) for name, table in tables.items()}
    stored = {name: _stored(name, table, kinds or {}) for name, table in named.items()}
    known = {name: _described(table, (columns or {}).get(name, {})) for name, table in stored.items()}
    return Sample(stored, known, design)


def _stored(name: str, columns: dict[str, Sequence[Any]], types: Mapping[str, type]) -> Any:
    lines = list(range(1, len(next(iter(columns.values()))) + 1))
    records = [None if record is None else int(record) for record in columns.get(RECORD, lines)]
    rest = {key: list(column) for key, column in columns.items() if key not in {RECORD, ROW}}
    kinds = {
        RECORD: Storage.WHOLE,
        ROW: Storage.WHOLE,
        **{key: _storage(rest[key], types.get(key)) for key in rest},
    }
    arrow = pa.table(
        {
            key: pa.array(column, _ARROW[kinds[key]])
            for key, column in {RECORD: records, ROW: lines, **rest}.items()
        }
    )
    table = f"{name}_{next(_numbers)}"
    store().connection.register("drawn", arrow)
    store().keep(table, "SELECT * FROM drawn")
    store().connection.unregister("drawn")
    return store().table(table, kinds)


def _storage(column: Sequence[Any], kind: type | None) -> Storage:
    kinds = {kind} if kind else {type(value) for value in column if value is not None}
    if kinds == {int}:
        return Storage.WHOLE
    return Storage.DECIMAL if kinds and kinds <= {int, float} else Storage.TEXT


def _described(table: Any, given: Mapping[str, Column]) -> dict[str, Column]:
    return {
        name: given.get(name, Column(name, ColumnKind.NUMBER if kind.is_numeric() else ColumnKind.TEXT))
        for name, kind in table.schema().items()
        if name not in {RECORD, ROW}
    }


def coded(name: str, *codes: str, kind: ColumnKind = ColumnKind.CODE) -> Column:
    """A column with a code list; ``code=label`` gives a code its label."""
    pairs = [code.partition("=") for code in codes]
    return Column(name, kind, choices=tuple((code, Text.of(label, "en")) for code, _, label in pairs))


def column_of(made: Sample, name: str, table: str = MAIN) -> list[Any]:
    """The values of a column in the order of the file."""
    rows = made.tables[table]
    values: list[Any] = fetch(rows.select(ROW, name).order_by(ROW)).column(name).to_pylist()
    return values
