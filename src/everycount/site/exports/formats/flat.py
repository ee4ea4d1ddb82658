"""CSV: a file for each table, in an archive.

One table comes in an archive, too: the server ends what breaks off as if it were whole, and of a table of
which the end is missing nobody could tell. An archive without its end does not open.

UTF-8, lines end with a line feed, quotes only where needed (RFC 4180). A text that a spreadsheet would run as
a formula has an apostrophe before it (:func:`everycount.formats.cells_csv.guarded`); numbers stay numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.cells_csv import guarded, line
from everycount.site.exports.archive import Spool, zipped
from everycount.site.exports.job import Dress, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.site.exports.job import Job
    from everycount.site.exports.sheets import Sheet


def chunks(job: Job) -> Iterator[bytes]:
    """The file, as it is made."""
    yield from zipped(_entries(job))


def _entries(job: Job) -> Iterator[tuple[str, Iterable[bytes]]]:
    yield "codebook.csv", [job.codebook.encode()]
    yield "README.txt", [job.opened.about.encode()]
    spools = [Spool() for _ in job.sheets[1:]]
    yield f"{job.sheets[0].name}.csv", _first(job, spools)
    for sheet, spool in zip(job.sheets[1:], spools, strict=True):
        yield f"{sheet.name}.csv", spool.chunks()


def _first(job: Job, spools: Sequence[Spool]) -> Iterator[bytes]:
    """The records; the rosters wait meanwhile."""
    yield head(job.sheets[0])
    for sheet, spool in zip(job.sheets[1:], spools, strict=True):
        spool.add(head(sheet))
    for first, *others in lines_of(job, GUARDED):
        yield first.encode()
        for spool, text in zip(spools, others, strict=True):
            spool.add(text.encode())


def head(sheet: Sheet) -> bytes:
    """The first line."""
    return (line([guarded(variable.name) for variable in sheet.variables]) + "\n").encode()


def _cells(_variables: Sequence[Variable], values: Sequence[Value]) -> str:
    return line([_cell(value) for value in values])


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else repr(value)


GUARDED = Dress(cells=_cells, word=str, number=str)
