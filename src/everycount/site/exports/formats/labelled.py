"""Parquet, SPSS and Stata, with the words of questions and codes.

These need all rows at hand, and packages that are large. So the rows of each table wait sealed, and a process
of its own makes the file of them (:mod:`everycount.microdata.piped`): what it took goes when it ends.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

from everycount.formats.cells_csv import line
from everycount.site.exports.archive import Spool, zipped
from everycount.site.exports.job import Dress, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.site.exports.job import Job
    from everycount.site.exports.sheets import Sheet

SUFFIX = {"parquet": ".parquet", "spss": ".sav", "stata": ".dta"}
_PIECE = 64 * 1024


def has_frames() -> bool:
    """Whether pandas is there, from whose frames SPSS and Stata files are written."""
    return importlib.util.find_spec("pandas") is not None


def writing(kind: str) -> Callable[[Job], Iterator[bytes]]:
    """The writer of one of :data:`SUFFIX`."""

    def chunks(job: Job) -> Iterator[bytes]:
        if job.is_single:
            spools = [Spool()]
            _fill(job, spools)
            yield from _file(kind, job, 0, spools)
        else:
            yield from zipped(_entries(kind, job))

    return chunks


def _entries(kind: str, job: Job) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "codebook.csv", [job.codebook.encode()]
    yield "README.txt", [job.opened.about.encode()]
    spools = [Spool() for _ in job.sheets]
    _fill(job, spools)
    for place, sheet in enumerate(job.sheets):
        yield f"{sheet.name}{SUFFIX[kind]}", _file(kind, job, place, spools)


def _fill(job: Job, spools: Sequence[Spool]) -> None:
    for texts in lines_of(job, PLAIN):
        for spool, text in zip(spools, texts, strict=True):
            spool.add(text.encode())


def _file(kind: str, job: Job, place: int, spools: Sequence[Spool]) -> Iterator[bytes]:
    """What the other process makes of the rows of a table; it leaves when it is whole."""
    whole = Spool()
    command = [sys.executable, "-m", "everycount.microdata.piped", kind, job.language]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as made:  # noqa: S603 - ours
        try:
            _give(made, _described(job.sheets[place]), spools[place])
            if made.stdout is not None:
                for piece in iter(partial(made.stdout.read, _PIECE), b""):
                    whole.add(piece)
        except BaseException:
            made.kill()
            raise
    if made.returncode:
        raise RuntimeError(f"The {kind} file could not be made.")
    yield from whole.chunks()


def _give(made: subprocess.Popen[bytes], head: bytes, spool: Spool) -> None:
    """It reads everything before it writes anything, so neither waits for the other."""
    if made.stdin is None:
        return
    with made.stdin as given:
        given.write(head)
        for chunk in spool.chunks():
            given.write(chunk)


def _described(sheet: Sheet) -> bytes:
    """Name and columns of a table, in a line."""
    columns = [
        {
            "name": each.name,
            "labels": each.labels.as_dict(),
            "numeric": each.numeric,
            "choices": [[code, words.as_dict()] for code, words in each.choices],
        }
        for each in sheet.variables
    ]
    return (json.dumps({"table": sheet.name, "columns": columns}) + "\n").encode()


def _cells(_variables: Sequence[Variable], values: Sequence[Value]) -> str:
    return line(["" if value is None else str(value) for value in values])


PLAIN = Dress(cells=_cells, word=str, number=str)
