"""Spark as an engine: records go through Parquet files into a session on a cluster."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops
from ibis.backends.pyspark import Backend
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.expressions import Rows

MASTER = "EVERYCOUNT_SPARK"
FOLDER = "EVERYCOUNT_SPARK_FOLDER"
PLACE = "--engine spark"
HERE = "local[*]"

_SETTINGS = {
    "spark.app.name": "everycount",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.caseSensitive": "true",  # as the names of the plan are
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # a sum that overflows is an error, never another number
    "spark.log.level": "ERROR",
}


@dataclass
class Spark:
    """One session, with a folder that its workers can read.

    Attributes:
        backend: Ibis on the session.
        folder: for the Parquet files; removed afterwards.
    """

    backend: Any
    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Spark]:
        """A session with the master that the environment names, else on this machine.

        Raises:
            InputError: there is no Java, or the master does not answer.
        """
        session = _session()
        folder = Path(tempfile.mkdtemp(prefix="everycount-", dir=os.environ.get(FOLDER) or None))  # mode 700
        try:
            yield cls(Backend.from_connection(session), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            session.stop()

    def take(self, name: str, rows: Rows) -> Rows:  # noqa: ARG002 - Spark holds whatever DuckDB holds
        """The rows of a DuckDB expression as a view on a Parquet file."""
        number = next(self.numbers)
        source, schema = rows.get_backend(), rows.schema()
        view, file = f"everycount_{number}", self.folder / f"{number}.parquet"
        # Positions stand for names in the file: not every name may stand in one.
        plain = rows.rename({f"c{place}": column for place, column in enumerate(rows.columns)})
        source.con.sql(source.compile(plain)).write_parquet(str(file), compression="zstd")
        frame = self.backend._session.read.parquet(f"file://{file}")  # noqa: SLF001 - Ibis has no other way in
        frame.toDF(*rows.columns).createOrReplaceTempView(view)
        return ops.DatabaseTable(
            name=view, schema=schema, source=self.backend, namespace=ops.Namespace()
        ).to_expr()


def _session() -> SparkSession:
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        problem = "Spark needs Java, and none is installed."
        raise InputError(Fault(PLACE, problem, "Install Java 17, or use --engine duckdb."))
    builder = SparkSession.builder.master(os.environ.get(MASTER) or HERE)
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, RuntimeError) as error:
        problem = f"Spark does not start: {type(error).__name__}."
        remedy = f"Check {MASTER}, the address of its master, and that Java is 17 or 21."
        raise InputError(Fault(PLACE, problem, remedy)) from error
