"""Writes a vintage into a folder: compact, with where it is from, and whole or not at all."""

from __future__ import annotations

import csv
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.progress.headings import DIMENSIONS
from everycount.progress.vintage import ABOUT, COLUMNS, OBSERVATIONS, SERIES, about_as_text, is_vintage
from everycount.sample.sql import literal, number_as_text

if TYPE_CHECKING:
    from everycount.progress.vintage import Vintage

_LEVEL = 19  # of zstd: written once, read often
_GROUP = 1_228_800  # rows that are packed together


def write_vintage(vintage: Vintage, folder: Path) -> Path:
    """Writes the vintage; what stood there before stays until the new one is whole.

    Args:
        vintage: what :func:`everycount.progress.loading.load` read.
        folder: a new folder, or one that holds a vintage already.

    Raises:
        InputError: the folder holds something else.
    """
    if folder.exists() and not is_vintage(folder) and any(folder.iterdir()):
        problem = "The folder is not empty and holds no vintage."
        raise InputError(Fault(str(folder), problem, "Name a new folder."))
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(vintage, beside)
        _put(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


def _fill(vintage: Vintage, folder: Path) -> None:
    written = f"coalesce(text, {number_as_text('value')}) AS value"
    names = [written if name == "value" else name for name in COLUMNS if name != "text"]
    target = literal(str(folder / OBSERVATIONS))
    dimensions = ", ".join((*DIMENSIONS, "other"))
    vintage.connection.execute(
        f"COPY (SELECT {', '.join(names)} FROM observations "  # noqa: S608 - our own names, all else is quoted
        f"ORDER BY series, area, unit, {dimensions}, year, value, nature) TO {target} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {_LEVEL}, ROW_GROUP_SIZE {_GROUP})"
    )
    with (folder / SERIES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["series", "indicator"])
        writer.writerows(vintage.rows("SELECT series, indicator FROM measures ORDER BY ALL"))
    (folder / ABOUT).write_text(about_as_text(vintage.about), encoding="utf-8")


def _put(beside: Path, folder: Path) -> None:
    """Renames twice: for a moment there is none, and never half of one."""
    beside.chmod(0o755)  # a temporary folder is its owner's alone
    old = beside.with_name(f"{beside.name}-old")
    if folder.exists():
        folder.rename(old)
    try:
        beside.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
