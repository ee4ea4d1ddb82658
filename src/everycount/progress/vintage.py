"""A vintage: the global SDG database as it was on one day, read into tables that can be asked.

Vintages stay side by side. A figure says from which it is, and a newer one changes nothing of an older.
"""

from __future__ import annotations

import json
import tempfile
import weakref
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, foreign
from everycount.progress.headings import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

OBSERVATIONS = "observations.parquet"
SERIES = "series.csv"
ABOUT = "vintage.json"
SHIPPED = Path(__file__).parent / "data" / "sdg-2020-10"
_FORMAT = 1
_MEMORY = "1GB"  # beyond it DuckDB writes to a folder of its own; the largest database has 3 million rows

COLUMNS = ("series", "area", "year", "value", "text", "nature", "unit", *DIMENSIONS, "other")
# A stored vintage keeps numbers and placeholders as texts in one column: packed, they take half the room.
_NUMBER = "CASE WHEN isfinite(try_cast(value AS DOUBLE)) THEN try_cast(value AS DOUBLE) END"
_READ = ", ".join(
    {
        "value": f"{_NUMBER} AS value",
        "text": f"CASE WHEN {_NUMBER} IS NULL THEN value END AS text",
    }.get(name, name)
    for name in COLUMNS
)


@dataclass(frozen=True, slots=True)
class About:
    """Where a vintage comes from, and what was found in it.

    Attributes:
        title: what it is called.
        source: where the file is from.
        dated: the day on which the database stood so, as its makers write it.
        licence: what others may do with it.
        file: name of the file that was read.
        sha256: digest of that file.
        counts: rows, values, placeholders, bounds, doubles, series, indicators, areas, first_year, last_year.
        notes: what a reader has to know, such as codes that the catalogue does not have.
    """

    title: str
    source: str = ""
    dated: str = ""
    licence: str = ""
    file: str = ""
    sha256: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vintage:
    """Tables of one vintage on a DuckDB connection of their own.

    ``observations`` has the columns of :data:`COLUMNS`: ``value`` is null where the file has no finite
    number, and ``text`` says what stands there instead. ``measures`` has a row for each series and number of
    an indicator that it measures.
    """

    about: About
    connection: Any
    keeper: Any = None  # whatever must live as long as the connection

    def rows(self, sql: str, values: object = None) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        found: list[tuple[Any, ...]] = self.connection.execute(sql, values).fetchall()
        return found

    @property
    def last_year(self) -> int:
        """The latest year of which any place has a value."""
        return int(self.about.counts["last_year"])


def connect() -> Any:
    """A private DuckDB connection that reads the network never, and spills to a folder of its own."""
    import duckdb  # noqa: PLC0415 - 30 ms, wanted only by who reads a vintage

    spill = tempfile.TemporaryDirectory(prefix="everycount-")
    connection = duckdb.connect(
        config={
            "temp_directory": spill.name,
            "autoinstall_known_extensions": "false",
            "memory_limit": _MEMORY,
        }
    )
    weakref.finalize(connection, spill.cleanup)
    return connection


def is_vintage(path: Path) -> bool:
    """Whether a folder is what ``everycount vintage`` wrote."""
    return (path / ABOUT).is_file()


def read_vintage(folder: Path) -> Vintage:
    """A stored vintage.

    Raises:
        InputError: the folder is none, or damaged.
    """
    import duckdb  # noqa: PLC0415 - 30 ms, wanted only by who reads a vintage

    about = _about(folder)
    connection = connect()
    source = str(folder / OBSERVATIONS)
    try:
        connection.execute(f"CREATE TABLE observations AS SELECT {_READ} FROM read_parquet($1)", [source])  # noqa: S608 - our own names, all else is quoted
        connection.execute(
            "CREATE TABLE measures AS SELECT series, indicator FROM read_csv($1, header=true, delim=',', "
            "columns={'series': 'VARCHAR', 'indicator': 'VARCHAR'}, auto_detect=false)",
            [str(folder / SERIES)],
        )
        rows, indicators = connection.execute(
            "SELECT (SELECT count(*) FROM observations), (SELECT count(DISTINCT indicator) FROM measures)"
        ).fetchone()
    except duckdb.Error as error:
        problem = f"The vintage cannot be read: {foreign(error)}."
        raise InputError(Fault(folder.name, problem, "Make it again with everycount vintage.")) from error
    for noun, found in (("rows", rows), ("indicators", indicators)):
        if found != about.counts[noun]:
            problem = f"The vintage has {found} {noun}; {about.counts[noun]} were written."
            raise InputError(Fault(folder.name, problem, "Make it again with everycount vintage."))
    return Vintage(about, connection)


def _about(folder: Path) -> About:
    path = folder / ABOUT
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        known = found.pop("format") == _FORMAT
        about = About(**(found | {"notes": tuple(found["notes"])}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"The folder is no vintage that can be read: {foreign(error)}."
        raise InputError(
            Fault(f"{folder.name}/{ABOUT}", problem, "Make one with everycount vintage.")
        ) from error
    if not known:
        problem = "The vintage was written by another version of Everycount."
        raise InputError(Fault(f"{folder.name}/{ABOUT}", problem, "Make it again with everycount vintage."))
    return about


def about_as_text(about: About) -> str:
    """As :data:`ABOUT` holds it."""
    plain = {name: getattr(about, name) for name in About.__dataclass_fields__}
    return json.dumps({"format": _FORMAT, **plain}, ensure_ascii=False, indent=1) + "\n"


@cache
def shipped_vintage() -> Vintage:
    """The database of October 2020, which comes with Everycount (CC BY 4.0)."""
    return read_vintage(SHIPPED)
