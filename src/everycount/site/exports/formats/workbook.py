"""XLSX (ECMA-376), written as it leaves: a sheet for each table, the codebook, and what it is.

Texts are inline strings, which nothing runs; one that looks like a formula has an apostrophe before it all
the same, for many save a sheet as CSV. Rosters wait sealed until the sheet before them is there.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from everycount.faults import Fault, InputError
from everycount.formats.cells_csv import guarded
from everycount.site.exports.archive import Spool, zipped
from everycount.site.exports.job import Dress, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from everycount.microdata.values import Value
    from everycount.microdata.variables import Variable
    from everycount.site.exports.job import Job
    from everycount.site.exports.sheets import Sheet

ROWS = 1_048_576  # of a sheet, by Excel's specifications and limits
MOST = 100_000  # records; with their rosters they still fit a sheet
_TEXT = 32_767  # characters of a cell, by the same
_NAME = 31  # characters of a sheet's name
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")  # what Excel would read as one character
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TOP = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def chunks(job: Job) -> Iterator[bytes]:
    """The file, as it is made."""
    yield from zipped(_entries(job), is_large=False)


def refuse_many(count: int) -> None:
    """Raises :class:`InputError` where a sheet might not hold the records."""
    if count > MOST:
        problem = f"{count} records with their rosters may be more than the {ROWS} rows of a sheet."
        raise InputError(Fault("XLSX", problem, "Choose CSV or Parquet."))


def _entries(job: Job) -> Iterator[tuple[str, Iterable[bytes]]]:
    names = _names([*(sheet.name for sheet in job.sheets), "codebook", "README"])
    yield "[Content_Types].xml", [_types(len(names))]
    yield "_rels/.rels", [_links([("officeDocument", "xl/workbook.xml")])]
    yield "xl/workbook.xml", [_workbook(names)]
    links = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(names) + 1)]
    yield "xl/_rels/workbook.xml.rels", [_links(links)]
    spools = [Spool() for _ in job.sheets[1:]]
    yield _path(1), _sheet(_first(job, spools))
    for number, spool in enumerate(spools, 2):
        yield _path(number), _sheet(spool.chunks())
    rows = csv.reader(io.StringIO(job.codebook, newline=""))
    yield _path(len(names) - 1), _sheet(_row(row).encode() for row in rows)
    yield _path(len(names)), _sheet(_row([line]).encode() for line in job.opened.about.splitlines())


def _first(job: Job, spools: Sequence[Spool]) -> Iterator[bytes]:
    yield _head(job.sheets[0])
    for sheet, spool in zip(job.sheets[1:], spools, strict=True):
        spool.add(_head(sheet))
    rows = [1] * len(job.sheets)
    for texts in lines_of(job, CELLS):
        for place, text in enumerate(texts):
            rows[place] += text.count("</row>")
            if rows[place] > ROWS:
                raise OverflowError(f"{job.sheets[place].name} does not fit a sheet.")
        yield texts[0].encode()
        for spool, text in zip(spools, texts[1:], strict=True):
            spool.add(text.encode())


def _sheet(rows: Iterable[bytes]) -> Iterator[bytes]:
    yield f'{_TOP}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    yield from rows
    yield b"</sheetData></worksheet>"


def _head(sheet: Sheet) -> bytes:
    return _row([guarded(variable.name) for variable in sheet.variables]).encode()


def _row(texts: Iterable[str]) -> str:
    return CELLS.line(_text(text) for text in texts)


def _cells(_variables: Sequence[Variable], values: Sequence[Value]) -> str:
    return "".join(map(_cell, values))


def _cell(value: Value) -> str:
    if value is None:
        return "<c/>"
    return _text(guarded(value)) if isinstance(value, str) else _number(value)


def _text(text: str) -> str:
    said = _NO_XML.sub("", _ESCAPED.sub(r"_x005F_\1", text))
    said = said if len(said) <= _TEXT else said[: _TEXT - 1] + "…"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(said)}</t></is></c>'


def _number(value: float) -> str:
    return f"<c><v>{value!r}</v></c>"


CELLS = Dress(cells=_cells, word=_text, number=_number, before="<row>", between="", after="</row>")


def _names(wanted: Sequence[str]) -> list[str]:
    """Names that sheets may have, each once."""
    made: list[str] = []
    for name in wanted:
        short = _FORBIDDEN.sub("_", name)[:_NAME] or "_"
        number = 1
        while short.casefold() in {each.casefold() for each in made}:
            number += 1
            short = f"{_FORBIDDEN.sub('_', name)[: _NAME - 1 - len(str(number))]}_{number}"
        made.append(short)
    return made


def _path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _types(sheets: int) -> bytes:
    parts = "".join(
        f'<Override PartName="/{_path(number)}" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in range(1, sheets + 1)
    )
    return (
        f'{_TOP}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>{parts}</Types>'
    ).encode()


def _links(targets: Sequence[tuple[str, str]]) -> bytes:
    links = "".join(
        f'<Relationship Id="r{number}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'{_TOP}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'.encode()


def _workbook(names: Sequence[str]) -> bytes:
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>'
        for number, name in enumerate(names, 1)
    )
    return (
        f'{_TOP}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{sheets}</sheets></workbook>'
    ).encode()
