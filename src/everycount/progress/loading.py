"""Reads a file of the global SDG database, whichever layout it has, into the tables of a vintage.

The bytes are read by the readers of survey exports (any separator, Windows letters, byte order marks, gzip,
workbooks, Parquet); what is done here is to say what the columns mean, and to look at what stands in them.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.progress.content import check, known_indicators
from everycount.progress.headings import columns_of
from everycount.progress.taking import take
from everycount.progress.vintage import COLUMNS, About, Vintage, is_vintage, read_vintage
from everycount.sample.columnar import read_parquet
from everycount.sample.delimited import read_delimited
from everycount.sample.spreadsheet import read_workbook
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from everycount.sample.raw import RawTable

DDF_OBSERVATIONS = "observations.parquet"
DDF_SERIES = "ddf--concepts--continuous.csv"
_DDF = "ddf--entities--"
_ENTITIES = frozenset({"geo_area"})  # their names are words for people; their ids are M49 codes already
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Told:
    """What the person who brings a file says about it."""

    title: str = ""
    source: str = ""
    dated: str = ""
    licence: str = ""


def load(path: Path, columns: Mapping[str, str] | None = None, told: Told | None = None) -> Vintage:
    """The vintage in a file or folder.

    Args:
        path: a folder that :func:`everycount.progress.write_vintage` wrote; the database of 2020 as Open
            Numbers keeps it (a folder with ``observations.parquet`` and ``ddf--*.csv``); or one table: the
            bulk CSV or a workbook of the UNSD database, SDMX-CSV, Parquet, any long table.
        columns: role to heading, for tables with headings of their own; roles are those of
            :data:`everycount.progress.headings.ROLES`.
        told: title, source, date and licence of the file.

    Raises:
        InputError: the file cannot be read, or its content is not what it should be.
    """
    if is_vintage(path):
        return read_vintage(path)
    file = _file(path)
    store = Store()
    table = _table(store, file)
    found = columns_of(table.headers, columns or {}, table.place)
    take(store, table, found, _names(path, table))
    _measures(store, path, own="indicator" in found)
    notes = check(store, table.place)
    doubles = _finish(store, repeated="indicator" in found)
    about = _about(store, file, told or Told(), doubles, notes)
    return Vintage(about, store.connection, store)


def _file(path: Path) -> Path:
    """The file with the observations."""
    if not path.is_dir():
        return path
    missing = [name for name in (DDF_OBSERVATIONS, DDF_SERIES) if not (path / name).is_file()]
    if missing:
        problem = f'The folder has no file "{missing[0]}", so it is neither a vintage nor a DDF copy.'
        raise InputError(Fault(path.name, problem, "Name one file of the database, or a complete folder."))
    return path / DDF_OBSERVATIONS


def _table(store: Store, file: Path) -> RawTable:
    with file.open("rb") as stream:
        head = stream.read(len(_PARQUET))
    if head == _PARQUET:
        return read_parquet(store, file)
    if head == _ZIP and file.suffix != ".zip":
        tables = read_workbook(store, file)
        return tables[0]
    if head == _ZIP:
        problem = "The file is a ZIP archive."
        raise InputError(Fault(file.name, problem, "Unpack it, and name the table in it."))
    return read_delimited(store, file)


def _names(path: Path, table: RawTable) -> dict[str, dict[str, str]]:
    """Heading to the codes that a DDF id stands for: ``15`` is written for the age ``15+``."""
    if not path.is_dir():
        return {}
    found = {}
    for heading in table.headers:
        file = path / f"{_DDF}{heading}.csv"
        if heading not in _ENTITIES and file.is_file():
            with file.open(encoding="utf-8", newline="") as stream:
                found[heading] = {row[heading]: row["name"] for row in csv.DictReader(stream)}
    return found


def _measures(store: Store, path: Path, *, own: bool) -> None:
    """The table of which series measures which indicator: the file's own word, else the catalogue's."""
    if path.is_dir():
        rows = _ddf_measures(path / DDF_SERIES)
    elif own:
        rows = store.run("SELECT DISTINCT series, indicator FROM taken WHERE indicator IS NOT NULL")
    else:
        codes = [series for (series,) in store.run("SELECT DISTINCT series FROM taken")]
        rows = [(series, ",".join(known_indicators(series))) for series in codes if series]
    store.connection.execute("CREATE TABLE measures (series VARCHAR, indicator VARCHAR)")
    pairs = {(series, number.strip()) for series, numbers in rows for number in numbers.split(",")}
    listed = [list(pair) for pair in sorted(pairs) if pair[1]]
    if listed:
        store.connection.execute(
            "INSERT INTO measures SELECT unnest($1), unnest($2)",
            [list(one) for one in zip(*listed, strict=True)],
        )


def _ddf_measures(file: Path) -> list[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [(row["concept"].upper(), row["indicator"]) for row in csv.DictReader(stream)]


def _finish(store: Store, *, repeated: bool) -> int:
    """Makes ``observations``; the number of rows left out because a file repeats them.

    The bulk files hold a series once for each number of its indicator, so that the same observation comes
    twice; without a column of indicators nothing is left out.
    """
    names = ", ".join(COLUMNS)
    picked = f"SELECT {'DISTINCT ' if repeated else ''}{names} FROM taken"  # noqa: S608 - our own names, all else is quoted
    store.connection.execute(f"CREATE TABLE observations AS {picked}")
    ((taken, kept),) = store.run("SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM observations)")
    store.connection.execute("DROP TABLE taken")
    return int(taken) - int(kept)


def _about(store: Store, file: Path, told: Told, doubles: int, notes: tuple[str, ...]) -> About:
    ((rows, values, bounds, placeholders, series, areas, first, last),) = store.run(
        "SELECT count(*), count(value), count(*) FILTER (text SIMILAR TO '[<>].*'), "
        "count(*) FILTER (value IS NULL AND NOT coalesce(text, '') SIMILAR TO '[<>].*'), "
        "count(DISTINCT series), count(DISTINCT area), min(year) FILTER (value IS NOT NULL), "
        "max(year) FILTER (value IS NOT NULL) FROM observations"
    )
    ((indicators,),) = store.run("SELECT count(DISTINCT indicator) FROM measures")
    counts = {
        "rows": rows,
        "values": values,
        "placeholders": placeholders,
        "bounds": bounds,
        "doubles": doubles,
        "series": series,
        "indicators": indicators,
        "areas": areas,
        "first_year": first,
        "last_year": last,
    }
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    title = told.title or file.stem
    return About(title, told.source, told.dated, told.licence, file.name, digest, counts, notes)
