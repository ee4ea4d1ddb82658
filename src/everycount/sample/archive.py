"""Reads a ZIP of CSV files, as ODK Central exports a form with repeats."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from everycount.faults import Fault, InputError, unknown
from everycount.intake import AGAIN, WORKBOOK, refuse_archive, refuse_workbook
from everycount.limits import TABLES
from everycount.sample.delimited import DAMAGED, read_stream
from everycount.sample.links import PARENT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

_SHOWN = 6


def is_workbook(path: Path) -> bool:
    """Whether a ZIP is a workbook.

    Raises:
        InputError: it is no ZIP at all, or not one to be opened without care.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_archive(archive, path.stat().st_size, path.name)
            if WORKBOOK not in archive.namelist():
                return False
            refuse_workbook(archive, path.name)
    except DAMAGED as error:
        problem = "The file begins like a ZIP archive or a workbook, but is damaged."
        raise InputError(Fault(path.name, problem, AGAIN)) from error
    return True


def read_archive(store: Store, path: Path, member: str | None = None) -> list[RawTable]:
    """The named member; or the one table without a parent, and every table with one."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if _is_table(name)]
        if member is not None:
            if member not in names:
                raise InputError(unknown(path.name, "member", member, names))
            names = [member]
        _refuse_number(archive, names, path.name)
        tables = [
            read_stream(store, _opener(archive, name), f"{path.name}, {name}", name=PurePosixPath(name).stem)
            for name in names
        ]
    return _ordered(tables, path.name)


def _refuse_number(archive: zipfile.ZipFile, names: Sequence[str], place: str) -> None:
    if not names:
        held = ", ".join(f'"{name}"' for name in archive.namelist()[:_SHOWN]) or "nothing"
        problem = f"No CSV file is in the archive; it holds {held}."
        raise InputError(Fault(place, problem, "Unpack it, and name the file with the records."))
    if len(names) > TABLES:
        problem = f"The archive holds {len(names)} CSV files."
        raise InputError(Fault(place, problem, f"Pack up to {TABLES} that belong together."))


def _is_table(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.lower().endswith(".csv") and "media" not in parts and "__MACOSX" not in parts


def _opener(archive: zipfile.ZipFile, name: str) -> Callable[[], BinaryIO]:
    return lambda: cast("BinaryIO", archive.open(name))


def _ordered(tables: Sequence[RawTable], place: str) -> list[RawTable]:
    rosters = [table for table in tables if _has_parent(table)]
    mains = [table for table in tables if not _has_parent(table)]
    if len(mains) != 1:
        names = ", ".join(f'"{table.name}.csv"' for table in mains) or "none"
        problem = f"One table without a parent was expected, but there are: {names}."
        raise InputError(Fault(place, problem, 'Say which is the main one with "sheet".'))
    stem = f"{mains[0].name}-"
    return [mains[0], *(replace(table, name=table.name.removeprefix(stem)) for table in rosters)]


def _has_parent(table: RawTable) -> bool:
    return bool(set(PARENT_COLUMNS) & set(table.headers))
