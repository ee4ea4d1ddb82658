"""One query in, arrays out: the only place where an engine is asked to work."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

import ibis.expr.operations as ops
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from everycount.estimate.expressions import Rows

Fetched: TypeAlias = Any  # a pyarrow.Table, which publishes no types


def fetch(query: Rows) -> Fetched:
    """The rows of a query as an Arrow table."""
    backend = query.get_backend()
    if backend.name == "duckdb" and not query.op().find(ops.InMemoryTable):
        # Ibis would bring pandas (0.2 s) only to look over a result that is right already.
        return backend.con.sql(backend.compile(query)).to_arrow_table()
    if backend.name == "pyspark":
        # Ibis goes through pandas, in which an absent number and "not a number" are the same.
        return backend._session.sql(backend.compile(query)).toArrow()  # noqa: SLF001 - the one way in
    return query.to_pyarrow()


def floats(data: Fetched, name: str) -> NDArray[np.float64]:
    """A column of numbers without nulls as float64."""
    return _plain(data.column(name).combine_chunks(), "double").astype(np.float64, copy=False)


def integers(data: Fetched, name: str) -> NDArray[np.int64]:
    """A column of whole numbers without nulls as int64."""
    return _plain(data.column(name).combine_chunks(), "int64").astype(np.int64, copy=False)


def _plain(array: Any, kind: str) -> NDArray[Any]:
    """The numbers of an Arrow array, read where they lie; its own conversion would bring pandas."""
    if str(array.type) != kind:  # DuckDB makes a decimal of a constant such as 1.0
        array = array.cast(kind)
    numbers = np.dtype(kind)
    if not len(array):
        return np.empty(0, dtype=numbers)
    start = array.offset * numbers.itemsize
    return np.frombuffer(array.buffers()[1], dtype=numbers, count=len(array), offset=start)


def numbered(data: Fetched, name: str) -> tuple[NDArray[np.int64], list[Any]]:
    """A column of keys as positions in the sorted list of its different keys; -1 where there is none."""
    encoded = data.column(name).combine_chunks().dictionary_encode(null_encoding="encode")
    words = encoded.dictionary.to_pylist()
    present = sorted((place for place, word in enumerate(words) if word is not None), key=words.__getitem__)
    positions = np.full(len(words), -1, dtype=np.int64)
    positions[present] = np.arange(len(present))
    return positions[_plain(encoded.indices, "int32")], [words[place] for place in present]


def combined(keys: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Numbers from 0 for each combination of keys that occurs, in their order."""
    together = np.zeros(len(keys[0]), dtype=np.int64)
    for key in keys:
        _, together = np.unique(together * (int(key.max(initial=0)) + 2) + key + 1, return_inverse=True)
    return together


def natural(code: str) -> tuple[tuple[int, float, str], ...]:
    """A key that sorts as people count: 2 before 10, "area 2" before "area 10"."""
    parts = re.split(r"([0-9]+)", code)
    return tuple((0, float(part), "") if part.isdecimal() else (1, 0.0, part) for part in parts if part)
