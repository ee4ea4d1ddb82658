"""Other engines than DuckDB: the same expressions, evaluated in a PostgreSQL or on a Spark cluster.

An engine is given the columns that a plan names, of those records that may be counted, and nothing else. What
it keeps of them ends with its session.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from everycount.faults import Fault, InputError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.expressions import Rows
    from everycount.sample.sample import Sample


class EngineName(StrEnum):
    """What evaluates the expressions of a plan."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    SPARK = "spark"


class Engine(Protocol):
    """Takes tables in; what is built on them is then evaluated there."""

    def take(self, name: str, rows: Rows) -> Rows:
        """The rows of a DuckDB expression as a table of this engine.

        Raises:
            InputError: it cannot hold them.
        """
        ...


@contextmanager
def opened(name: str) -> Iterator[Engine | None]:
    """The engine of that name, closed and emptied afterwards; None for DuckDB, where the records are.

    Raises:
        InputError: there is no such engine, its packages are not installed, or it does not answer.
    """
    if name not in list(EngineName):
        raise InputError(unknown("--engine", "engine", name, list(EngineName)))
    match EngineName(name):
        case EngineName.DUCKDB:
            yield None
        case EngineName.POSTGRES:
            with _extra(name):
                from everycount.estimate.engine_postgres import Postgres  # noqa: PLC0415 - psycopg is an extra
            with Postgres.opened() as engine:
                yield engine
        case EngineName.SPARK:
            with _extra(name):
                from everycount.estimate.engine_spark import Spark  # noqa: PLC0415 - so is pyspark
            with Spark.opened() as engine:
                yield engine


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        problem = f'The packages for "{name}" are not installed ({error.name} is missing).'
        remedy = f'Install them: pip install "everycount[{name}]"'
        raise InputError(Fault(f"--engine {name}", problem, remedy)) from error


def carried(sample: Sample, engine: Engine | None) -> Sample:
    """The sample with its tables in another engine."""
    if engine is None:
        return sample
    tables = {name: engine.take(name, rows) for name, rows in sample.tables.items()}
    approached = None if sample.approached is None else carried(sample.approached, engine)
    return replace(sample, tables=tables, approached=approached)


def settled(rows: Rows) -> Rows:
    """The same rows, computed once where they are; an engine that plans well enough keeps the query.

    PostgreSQL would read every answer anew for each sum that mentions it: a hundred times.
    """
    backend = rows.get_backend()
    if backend.name != EngineName.POSTGRES:
        return rows
    from everycount.estimate.engine_postgres import kept  # noqa: PLC0415 - psycopg is an extra

    return kept(backend, rows)
