"""Reads a ZIP of CSV files, as ODK Central exports a form with repeats."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from everycount.faults import Fault, InputError, unknown
from everycount.sample.delimited import read_stream
from everycount.sample.links import PARENT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from everycount.sample.raw import RawTable
    from everycount.sample.store import Store

_UNPACKED = 100_000_000  # bytes; below this even the densest archive is read in seconds
_SHRINKING = 100  # times; CSV and workbooks of real surveys stay below 30

WORKBOOK = "[Content_Types].xml"  # every Office document is a ZIP with this member (ECMA-376, part 2)


def is_workbook(path: Path) -> bool:
    """Whether a ZIP is a workbook.

    Raises:
        InputError: it is no ZIP at all, or unpacks to far more than answers ever do.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_bomb(archive, path)
            return WORKBOOK in archive.namelist()
    except zipfile.BadZipFile as error:
        problem = "The file begins like a ZIP archive or a workbook, but is damaged."
        raise InputError(Fault(path.name, problem, "Copy it again from where it came.")) from error


def _refuse_bomb(archive: zipfile.ZipFile, path: Path) -> None:
    """A few kilobytes that unpack to gigabytes are an attack, or damage; answers shrink to a tenth or so."""
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > _UNPACKED and unpacked > _SHRINKING * path.stat().st_size:
        megabytes = unpacked // 1_000_000
        problem = f"The archive unpacks to {megabytes} MB, more than {_SHRINKING} times its size."
        raise InputError(
            Fault(path.name, problem, "Unpack it by hand, look at it, and name the file you need.")
        )


def read_archive(store: Store, path: Path, member: str | None = None) -> list[RawTable]:
    """The named member; or the one table without a parent, and every table with one."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if _is_table(name)]
        if member is not None:
            if member not in names:
                raise InputError(unknown(path.name, "member", member, names))
            names = [member]
        tables = [
            read_stream(store, _opener(archive, name), f"{path.name}, {name}", name=PurePosixPath(name).stem)
            for name in names
        ]
    return _ordered(tables, path.name)


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
