"""PostgreSQL as an engine: records are loaded into temporary tables of one session."""

from __future__ import annotations

import hashlib
import io
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import psycopg
import pyarrow.csv
from ibis.backends.postgres import Backend
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.util import gen_name
from psycopg import sql
from sqlglot import expressions as sge

from everycount.estimate.expressions import NUMBER
from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.expressions import Rows

VARIABLES = ("EVERYCOUNT_POSTGRES", "DATABASE_URL")
PLACE = "--engine postgres"
LONGEST = 63  # bytes of a name; PostgreSQL would cut longer ones off, and two could become one
BATCH = 100_000
STORED = {"string": "text", "int64": "bigint", "float64": "double precision"}

# A cast of PostgreSQL stops the whole query at the first text that is no number, or a number that no double
# holds; these give null, as the casts of the other engines do. Exponents of four digits are beyond a double,
# and longer ones beyond what even "numeric" reads.
_FUNCTIONS = """
CREATE FUNCTION pg_temp.everycount_number(word text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN word ~ {number} AND length(word) <= 400 AND word !~ '[eE][+-]?[0-9]{{4,}}' THEN
    CASE WHEN abs(word::numeric) BETWEEN 1e-307 AND 1.797e308 THEN word::double precision
         WHEN abs(word::numeric) < 1e-307 THEN 0 END
  END
$$;
CREATE FUNCTION pg_temp.everycount_whole(number double precision) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS $$
  SELECT CASE WHEN number BETWEEN -9.2e18 AND 9.2e18 THEN number::bigint END
$$;
"""


class Compiler(PostgresCompiler):  # type: ignore[misc]  # Ibis publishes no types
    """Ibis's own, with casts that give null, and names that PostgreSQL does not cut off."""

    def visit_TryCast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - Ibis calls it so
        """A cast that gives null where it cannot be."""
        kind = op.arg.dtype
        if kind.is_string() and to.is_floating():
            return _own("everycount_number", arg)
        if kind.is_floating() and to.is_integer():
            return _own("everycount_whole", arg)
        return self.visit_Cast(op, arg=arg, to=to)

    def visit_Cast(self, op: Any, *, arg: Any, to: Any) -> Any:  # noqa: N802 - as above
        """PostgreSQL makes a truth a number only by way of an integer."""
        if op.arg.dtype.is_boolean() and to.is_numeric():
            arg = self.cast(arg, dt.int32)
        return super().visit_Cast(op, arg=arg, to=to)

    def visit_RegexExtract(self, op: Any, *, arg: Any, pattern: Any, index: Any) -> Any:  # noqa: ARG002, N802
        """The whole match, null without one. Ibis's own names the text twice, which doubles at every step."""
        return sge.Anonymous(this="substring", expressions=[arg, self.f.concat("(", pattern, ")")])

    def to_sqlglot(self, expr: Any, **kwargs: Any) -> Any:
        """The query, with short names."""
        query = super().to_sqlglot(expr, **kwargs)
        for name in query.find_all(sge.Identifier):
            name.set("this", short(name.name))
        return query


def _own(name: str, argument: Any) -> Any:
    return sge.Anonymous(this=f"pg_temp.{name}", expressions=[argument])


def short(name: str) -> str:
    """A name as it is, or what is left of it with a mark that keeps it apart from all others."""
    if len(name.encode()) <= LONGEST:
        return name
    mark = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name.encode()[: LONGEST - 17].decode(errors='ignore')}_{mark}"


@dataclass
class Postgres:
    """One session; its tables are temporary, and nobody else sees them."""

    backend: Any
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Postgres]:
        """A session with the server that the environment names.

        Raises:
            InputError: it is not named, or does not answer.
        """
        connection = _connected()
        try:
            with connection:  # the session ends with it, and the temporary tables with the session
                # No function or table that somebody put into the database can take the place of one we call.
                connection.execute("SET search_path = pg_catalog, pg_temp")
                connection.execute("SET standard_conforming_strings = on")
                pattern = "'" + NUMBER.replace("'", "''") + "'"
                connection.execute(_FUNCTIONS.format(number=pattern))
                backend = Backend.from_connection(connection)
                backend.compiler = Compiler()
                yield cls(backend)
        except psycopg.errors.InsufficientPrivilege as error:
            problem = f"The server does not let us work: {_first_line(error)}."
            raise InputError(Fault(PLACE, problem, "Grant TEMPORARY on the database.")) from error

    def take(self, name: str, rows: Rows) -> Rows:
        """The rows of a DuckDB expression as a temporary table."""
        schema = rows.schema()
        table = f"everycount_{next(self.numbers)}"
        columns = [(short(column), STORED[str(kind.copy(nullable=True))]) for column, kind in schema.items()]
        made = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind)) for column, kind in columns
        )
        connection = self.backend.con
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE TEMP TABLE {} ({})").format(sql.Identifier(table), made))
            self._pour(cursor, table, name, rows)
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
        return ops.DatabaseTable(
            name=table, schema=schema, source=self.backend, namespace=ops.Namespace()
        ).to_expr()

    def _pour(self, cursor: Any, table: str, name: str, rows: Rows) -> None:
        """A batch of rows at a time, as CSV in which an empty text is quoted and no answer is not."""
        source = rows.get_backend()
        batches = source.con.sql(source.compile(rows)).to_arrow_reader(BATCH)
        layout = pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid")
        order = sql.SQL("COPY {} FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(sql.Identifier(table))
        try:
            with cursor.copy(order) as copy:
                for batch in batches:
                    page = io.BytesIO()
                    # By name: a whole table comes as it is stored, whatever order Ibis knows.
                    pyarrow.csv.write_csv(batch.select(list(rows.columns)), page, layout)
                    copy.write(page.getbuffer())
        except psycopg.errors.CharacterNotInRepertoire as error:
            problem = f'The answers of the table "{name}" hold a character that PostgreSQL cannot store.'
            raise InputError(
                Fault(PLACE, problem, "Remove the zero bytes, or use --engine duckdb.")
            ) from error


def kept(backend: Any, rows: Rows) -> Rows:
    """The rows of a query as a temporary table of the same session."""
    table = gen_name("everycount_rows")
    with backend.con.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} AS {backend.compile(rows)}")
        cursor.execute(f"ANALYZE {table}")
    schema = rows.schema()
    return ops.DatabaseTable(name=table, schema=schema, source=backend, namespace=ops.Namespace()).to_expr()


def _connected() -> Any:
    """A connection; its address may hold a password, so that it is never repeated."""
    found = next((name for name in VARIABLES if os.environ.get(name)), None)
    if found is None:
        problem = "No PostgreSQL is named."
        remedy = f"Set {VARIABLES[0]} to its address, such as postgresql://user@host/database."
        raise InputError(Fault(PLACE, problem, remedy))
    if not os.environ[found].startswith(("postgres://", "postgresql://")):
        problem = f"What stands in {found} is not the address of a PostgreSQL."
        remedy = f"Set {VARIABLES[0]} to one, such as postgresql://user@host/database."
        raise InputError(Fault(PLACE, problem, remedy))
    try:
        return psycopg.connect(os.environ[found], autocommit=True, application_name="everycount")
    except psycopg.ProgrammingError:  # its words repeat the address
        problem = f"The address in {found} cannot be read."
        raise InputError(Fault(PLACE, problem, "Look for a character that must be escaped.")) from None
    except psycopg.Error as error:
        problem = f"The PostgreSQL of {found} does not answer: {_first_line(error)}."
        raise InputError(Fault(PLACE, problem, "Check its address, and that you may use it.")) from error


def _first_line(error: Exception) -> str:
    words = str(error).strip().splitlines()
    return words[0].rstrip(".") if words else type(error).__name__
