"""One DuckDB connection, and the Ibis tables that stand on it."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from everycount.sample.sql import ident

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

_T = TypeVar("_T")


class Storage(StrEnum):
    """The three types that a column of a sample can have, as Ibis names them."""

    TEXT = "string"
    WHOLE = "int64"
    DECIMAL = "float64"

    @property
    def sql(self) -> str:
        """As DuckDB names it."""
        return {"string": "VARCHAR", "int64": "BIGINT", "float64": "DOUBLE"}[self.value]


@dataclass
class Store:
    """A private in-memory database; what does not fit in memory DuckDB spills by itself.

    Attributes:
        backend: the Ibis backend; made where none is given.
        spills: whether answers may lie on disk for a while, in a folder of this user.
    """

    backend: Any = None
    spills: bool = True
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @classmethod
    def of(cls, expression: Any) -> Store:
        """The database in which the tables of an Ibis expression stand."""
        return cls(expression.get_backend())

    def __post_init__(self) -> None:
        if self.backend is not None:
            return
        # Ibis costs 0.3 s and is not wanted by `everycount --help`; this is the one place that brings it.
        from ibis.backends.duckdb import Backend  # noqa: PLC0415

        # DuckDB would spill answers of people into the current folder and fetch extensions from the network.
        spill = tempfile.mkdtemp(prefix="everycount-")  # for this user alone (mode 700)
        self.backend = Backend().connect(temp_directory=spill, autoinstall_known_extensions=False)
        weakref.finalize(self.backend, shutil.rmtree, spill, ignore_errors=True)
        if not self.spills:
            self.backend.con.execute("SET temp_directory = ''")

    @property
    def connection(self) -> Any:
        """The plain DuckDB connection."""
        return self.backend.con

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        rows: list[tuple[Any, ...]] = self.connection.execute(sql).fetchall()
        return rows

    def fresh(self, stem: str) -> str:
        """A name that no table has yet."""
        return f"_{stem}_{next(self._numbers)}"

    def keep(self, name: str, query: str, *, lazy: bool = False) -> None:
        """Gives a query a name: as a table (computed once) or, ``lazy``, as a view (computed at each use)."""
        noun = "VIEW" if lazy else "TEMP TABLE"
        self.connection.execute(f"CREATE OR REPLACE {noun} {ident(name)} AS {query}")

    def pour(self, name: str, columns: Sequence[Storage], batches: Iterator[Sequence[Sequence[Any]]]) -> None:
        """Makes a table with ``r``, ``c0``, ``c1`` ... from batches of columns, one batch at a time."""
        # Arrow is the one road into DuckDB that takes a stream; loaded only for files DuckDB cannot read.
        import pyarrow as pa  # noqa: PLC0415

        types = {
            Storage.TEXT: pa.string(),
            Storage.WHOLE: pa.int64(),
            Storage.DECIMAL: pa.float64(),
        }
        schema = pa.schema([(f"c{i}", types[kind]) for i, kind in enumerate(columns)])
        trouble: list[Exception] = []

        def record(batch: Sequence[Sequence[Any]]) -> Any:
            columns = zip(batch, schema, strict=True)
            return pa.record_batch([pa.array(v, f.type, from_pandas=True) for v, f in columns], schema)

        stream = (record(batch) for batch in _watched(batches, trouble))
        reader = pa.RecordBatchReader.from_batches(schema, stream)
        arrow = self.fresh("arrow")
        self.connection.register(arrow, reader)
        try:
            query = f"SELECT row_number() OVER () AS r, * FROM {ident(arrow)}"  # noqa: S608 - our own name
            self._keep_or_raise(trouble, name, query)
        finally:
            self.connection.unregister(arrow)

    def _keep_or_raise(self, trouble: list[Exception], name: str, query: str) -> None:
        """Keeps the query; where its source failed, raises what the source said, not DuckDB's echo."""
        try:
            self.keep(name, query)
        except Exception:
            for original in trouble:
                raise original from None
            raise

    def table(self, name: str, columns: Mapping[str, Storage]) -> Any:
        """The Ibis table of that name.

        The columns are known, so that Ibis need not ask the database for them (0.1 s for the first table).
        """
        import ibis.expr.operations as ops  # noqa: PLC0415 - as above
        from ibis.expr.schema import Schema  # noqa: PLC0415 - as above

        schema = Schema({column: storage.value for column, storage in columns.items()})
        return ops.DatabaseTable(
            name=name, schema=schema, source=self.backend, namespace=ops.Namespace()
        ).to_expr()


def _watched(batches: Iterator[_T], trouble: list[Exception]) -> Iterator[_T]:
    try:
        yield from batches
    except Exception as error:
        trouble.append(error)
        raise


def arrays(expression: Any) -> dict[str, NDArray[np.generic]]:
    """The columns of an Ibis table expression of a sample, computed, as NumPy arrays (masked where null).

    Unlike ``to_pandas`` and ``to_pyarrow`` of Ibis it does not import pandas, which costs 0.4 s.
    """
    backend = expression.get_backend()
    columns: dict[str, NDArray[np.generic]] = backend.con.execute(backend.compile(expression)).fetchnumpy()
    return columns


def rows(expression: Any) -> list[tuple[Any, ...]]:
    """The rows of an Ibis table expression of a sample, computed, as tuples; null is None."""
    backend = expression.get_backend()
    if backend.name == "duckdb":
        found: list[tuple[Any, ...]] = backend.con.execute(backend.compile(expression)).fetchall()
    elif backend.name == "pyspark":
        found = [tuple(row) for row in backend._session.sql(backend.compile(expression)).collect()]  # noqa: SLF001 - Ibis has no other way to rows
    else:
        found = [tuple(row.values()) for row in expression.to_pyarrow().to_pylist()]
    return found
