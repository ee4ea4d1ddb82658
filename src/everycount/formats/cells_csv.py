"""``cells.csv``: one row a cell, for people with a spreadsheet and for programs."""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release import Release

NAME = "cells.csv"
FIRST = ("measure", "kind")
NUMBERS = ("value", "se", "ci_low", "ci_high", "ci_level", "df", "n", "n_effective", "cv", "basis", "scope",
           "status", "note")  # fmt: skip
EXTRA = ("verdict", "interval", "deff", "n_needed")

# A spreadsheet runs a cell that begins so as a formula (OWASP, "CSV Injection"). Numbers are harmless.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_QUOTED = re.compile(r'["\r\n]')
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?")


def files(release: Release) -> dict[str, bytes]:
    """The file by its name: UTF-8, lines end with a line feed, quotes only where needed (RFC 4180).

    Raises:
        InputError: a dimension has the name of another column.
    """
    return {NAME: rows_of(release, release.cells.cells)}


def rows_of(release: Release, cells: Sequence[Cell]) -> bytes:
    """The header and the rows of some of its cells.

    Raises:
        InputError: a dimension has the name of another column.
    """
    dimensions = tuple(dimension.id for dimension in release.dimensions)
    _check_names(dimensions)
    kinds = {measure.id: measure.kind.value for measure in release.measures}
    header = line([*FIRST, *map(guarded, dimensions), *NUMBERS, *EXTRA])
    level = number(release.cells.level)
    keys = {cell.cell: groups_of(cell.cell, dimensions) for cell in cells}  # shared by measures
    rows = (line(_row(cell, kinds[cell.measure], keys[cell.cell], level)) for cell in cells)
    return "\n".join((header, *rows, "")).encode()


def line(values: Sequence[str]) -> str:
    """Values with commas between, quoted where RFC 4180 asks for it.

    The csv module leaves a lone carriage return bare where lines end with a line feed, and cannot read that.
    """
    joined = ",".join(values)
    if joined.count(",") < len(values) and not _QUOTED.search(joined):
        return joined
    return ",".join(map(_quoted, values))


def _quoted(value: str) -> str:
    if "," not in value and not _QUOTED.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


def guarded(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe stands before what looks like a formula."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguarded(text: str) -> str:
    """The text that :func:`guarded` was given."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


@lru_cache(maxsize=1 << 16, typed=True)  # three files write the same numbers; typed, for 1 is not 1.0 here
def number(value: float | None) -> str:
    """The shortest text that gives the same double back; nothing for None."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, int) else float.__repr__(value + 0.0)


def read_back(data: bytes) -> list[dict[str, str]]:
    """The rows of a ``cells.csv`` as texts by column, without the guard against formulas."""
    rows = csv.reader(io.StringIO(data.decode(), newline=""))
    header = [unguarded(name) for name in next(rows)]
    return [dict(zip(header, map(unguarded, row), strict=True)) for row in rows]


def _check_names(dimensions: tuple[str, ...]) -> None:
    taken = {*FIRST, *NUMBERS, *EXTRA}
    faults = [
        Fault(
            f'dimension "{name}"',
            f'The column "{name}" of {NAME} holds something else already.',
            "Give the dimension another id.",
        )
        for name in dimensions
        if name in taken
    ]
    if faults:
        raise InputError(*faults)


def groups_of(key: CellKey, dimensions: tuple[str, ...]) -> list[str]:
    """The codes of a cell in the columns of dimensions; "" for one that it is not split by."""
    groups = dict(key)
    return [guarded(groups[name]) if name in groups else "" for name in dimensions]


def _row(cell: Cell, kind: str, groups: list[str], level: str) -> list[str]:
    return [
        guarded(cell.measure),
        kind,
        *groups,
        number(cell.value),
        number(cell.se),
        number(cell.ci_low),
        number(cell.ci_high),
        "" if cell.ci_low is None else level,
        number(cell.df),
        number(cell.n),
        number(cell.n_effective),
        number(cell.cv),
        cell.basis,
        cell.scope,
        cell.status,
        guarded(cell.note),
        cell.verdict or "",
        guarded(cell.interval),
        number(cell.deff),
        number(cell.n_needed),
    ]
