"""Reads CSV and its relatives: any usual separator, plain or gzipped, UTF-8, UTF-16 or Western single bytes.

Two readers, one result. DuckDB parses what is well-formed UTF-8, in parallel and out of core. Whatever it
refuses is read again with Python's own reader, which copes with mixed line ends and other encodings, and
which says where a file is broken in words a person can act upon.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from everycount.faults import Fault, InputError, foreign
from everycount.intake import AGAIN
from everycount.limits import CELL, HEADING
from everycount.sample.encoding import (
    NAME_IT,
    blocks,
    check_encoding,
    guess,
    marked,
    refuse_zeros,
    undecoded,
)
from everycount.sample.raw import RawColumn, RawTable, refuse_columns
from everycount.sample.sample import Finding
from everycount.sample.sql import literal
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

SEPARATORS = ",;\t|"
LAZY_BYTES = 64 * 2**20  # larger files are parsed at each use instead of being kept in memory
_SAMPLE = 2**16
_BATCH = 10_000
_ROWS_SHOWN = 6
_MAGIC_GZIP = b"\x1f\x8b"
# What unpacking raises where bytes are damaged; RuntimeError is an archive with a password.
DAMAGED = (
    EOFError,
    OSError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
)


@dataclass(frozen=True, slots=True)
class _Dialect:
    separator: str
    headers: tuple[str, ...]
    simple: bool  # the heading is one line, so that DuckDB can skip it


def read_delimited(store: Store, path: Path, *, place: str = "", encoding: str | None = None) -> RawTable:
    """The table of one CSV file."""
    place = place or path.name
    if encoding:
        check_encoding(encoding, place)
    with _mended(place, encoding, lambda: _open(path)):
        with _open(path) as stream:
            head = stream.read(_SAMPLE)
        _refuse_others(head, place)
        known = encoding or marked(head)
        if known in {None, "utf-8-sig"}:
            with _open(path) as stream:
                packed = path.stat().st_size if _is_gzip(path) else 0
                refuse_zeros(blocks(stream, packed, place), head, place)
        dialect = _dialect(lambda: _open(path), known, place)
        table = _by_duckdb(store, path, place, dialect) if known is None and dialect.simple else None
    return table or read_stream(store, lambda: _open(path), place, known)


def read_stream(
    store: Store, opener: Callable[[], BinaryIO], place: str, encoding: str | None = None, name: str = ""
) -> RawTable:
    """The table of a stream of CSV bytes, which can be opened more than once."""
    with _mended(place, encoding, opener):
        with opener() as stream:
            head = stream.read(_SAMPLE)
        used = encoding or marked(head)
        if used is None:
            with opener() as stream:
                refuse_zeros(blocks(stream, 0, place), head, place)
            used = guess(opener, place)
        dialect = _dialect(opener, used, place)
        relation = store.fresh("csv")
        kinds = [Storage.TEXT] * len(dialect.headers)
        with opener() as stream, io.TextIOWrapper(stream, used, newline="") as text:
            store.pour(relation, kinds, _batches(text, dialect, place))
    columns = tuple(RawColumn(header) for header in dialect.headers)
    findings = () if encoding else _guessed(place, used)
    return RawTable(name, place, columns, relation, findings=findings)


@contextmanager
def _mended(place: str, encoding: str | None, opener: Callable[[], BinaryIO]) -> Iterator[None]:
    """Says what is wrong with bytes that cannot be read, in words for people."""
    try:
        yield
    except UnicodeError as error:
        raise InputError(_not_text(place, encoding or "utf-8", opener)) from error
    except DAMAGED as error:
        raise InputError(_unpacked(place, error)) from error


def _not_text(place: str, encoding: str, opener: Callable[[], BinaryIO]) -> Fault:
    try:
        found = undecoded(opener, encoding)
    except UnicodeError:  # encodings that fail in ways of their own
        found = None
    if found is None:
        return Fault(place, f'The file is no text in the encoding "{encoding}".', NAME_IT)
    line, byte = found
    problem = f'The byte 0x{byte:02X} is no text in the encoding "{encoding}".'
    return Fault(f"{place}, line {line}", problem, NAME_IT)


def _unpacked(place: str, error: Exception) -> Fault:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return Fault(place, "The archive is protected by a password.", "Pack it again without a password.")
    problem = f"The file cannot be unpacked: {foreign(error)}."
    return Fault(place, problem, AGAIN)


# What it is called, and the bytes that it begins with, for what people mistake for a table.
_OTHERS = (
    ("a web page", (b"<!doctype html", b"<html", b"<table", b"<head")),
    ("XML", (b"<?xml", b"<!doctype", b"<h:html", b"<data")),
    ("a PDF document", (b"%pdf",)),
    ("a text with formatting (RTF)", (b"{\\rtf",)),
)


def _refuse_others(head: bytes, place: str) -> None:
    """Refuses what is no table, whatever its name says: separators are found in everything."""
    begins = head[:64].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for noun, signs in _OTHERS:
        if begins.startswith(signs):
            problem = f"The file is {noun} and no table of answers."
            raise InputError(Fault(place, problem, "Export the records as CSV or XLSX."))


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if _is_gzip(path) else path.open("rb")


def _decode_head(head: bytes, encoding: str | None) -> str:
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("replace")
    return decoder.decode(head)


def _guessed(place: str, encoding: str) -> tuple[Finding, ...]:
    if encoding not in {"cp1252", "latin-1"}:
        return ()
    problem = "The file is not UTF-8; it was read as Western European text. Other scripts would be garbled."
    return (Finding(place, None, "", encoding, problem),)


def _dialect(opener: Callable[[], BinaryIO], encoding: str | None, place: str) -> _Dialect:
    """Separator and headings, from as many bytes as the headings need: they may be whole questions."""
    size = _SAMPLE
    while True:
        with opener() as stream:
            head = stream.read(size)
        text = _decode_head(head, encoding)
        if len(head) < size or _holds_headings(text) or size >= HEADING:
            return _sniff(text, place)
        size *= 8


def _holds_headings(text: str) -> bool:
    """Whether the first record ends within the text, whatever separates its cells."""
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines)
    try:
        next(reader, None)
    except csv.Error:
        return False
    return reader.line_num < len(lines)


def _sniff(text: str, place: str) -> _Dialect:
    """The separator that cuts the first rows most evenly into the most columns, and the headings."""
    if not text.strip():
        raise InputError(Fault(place, "The file is empty.", "Export the records again, with their headings."))
    best = max(SEPARATORS, key=lambda separator: _evenness(text, separator))
    csv.field_size_limit(CELL)  # Python keeps one limit for all; forms are read with a smaller one
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    headers = tuple(next(reader))
    if not any(header.strip() for header in headers):
        problem = "The first line holds no headings."
        raise InputError(Fault(place, problem, "Let the names of the questions stand in the first line."))
    refuse_columns(len(headers), place)
    first_line = text.splitlines()[0]
    simple = reader.line_num == 1 and "\n" not in "".join(headers) and bool(first_line.strip())
    return _Dialect(best, headers, simple)


def _evenness(text: str, separator: str) -> tuple[float, int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        widths = [len(row) for row, _ in zip(reader, range(50), strict=False) if row]
    except csv.Error:
        return (0.0, 0)
    if widths[0] < 2:
        return (0.0, 1)
    even = sum(width == widths[0] for width in widths) / len(widths)
    return (round(even, 1), widths[0])


def _by_duckdb(store: Store, path: Path, place: str, dialect: _Dialect) -> RawTable | None:
    """DuckDB's reading, or None where it refuses the file."""
    import duckdb  # noqa: PLC0415 - already loaded by the store; not at start-up

    relation = _scan(path, dialect)
    lazy = path.stat().st_size > LAZY_BYTES
    try:
        if lazy:
            # Parsed to the end once, so that a broken row is a fault now and not a crash later.
            store.run(f"SELECT count(*), count(c0) FROM {relation}")  # noqa: S608 - quoted in _scan
        else:
            name = store.fresh("csv")
            store.keep(name, f"SELECT * FROM {relation}")  # noqa: S608 - quoted in _scan
            relation = name
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException):
        return None
    return RawTable("", place, tuple(RawColumn(header) for header in dialect.headers), relation, lazy=lazy)


def _scan(path: Path, dialect: _Dialect) -> str:
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.headers)))
    gzipped = ", compression='gzip'" if _is_gzip(path) else ""
    scan = (
        f"read_csv({literal(str(path))}, auto_detect=false, header=true, delim={literal(dialect.separator)}, "
        f"quote='\"', escape='\"', max_line_size={CELL}, columns={{{names}}}{gzipped})"
    )
    # DuckDB has no word for an empty text and gives null; here "" is a text like any other.
    values = ", ".join(f"coalesce(c{i}, '') AS c{i}" for i in range(len(dialect.headers)))
    return f"(SELECT row_number() OVER () AS r, {values} FROM {scan})"  # noqa: S608 - quoted above


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == _MAGIC_GZIP


def _batches(text: io.TextIOWrapper, dialect: _Dialect, place: str) -> Iterator[Sequence[Sequence[str]]]:
    csv.field_size_limit(CELL)
    reader = csv.reader(text, delimiter=dialect.separator, strict=True)
    faults: list[Fault] = []
    ragged: dict[int, list[int]] = {}
    batch: list[list[str]] = []
    width = len(dialect.headers)
    rows = _rows(reader, place, faults)
    next(rows)
    for row in rows:
        if len(row) == width:
            batch.append(row)
        elif not row:
            batch.extend([[""]] if width == 1 else [])
        else:
            ragged.setdefault(len(row), []).append(reader.line_num)
        if len(batch) == _BATCH:
            yield list(zip(*batch, strict=True))
            batch = []
    faults += _ragged(place, ragged, width)
    if faults:
        raise InputError(*faults)
    if batch:
        yield list(zip(*batch, strict=True))


def _rows(reader: Iterator[list[str]], place: str, faults: list[Fault]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        problem = f"The text cannot be cut into columns: {error}."
        if "field limit" in str(error):
            problem = f"A cell holds more than {CELL // 2**20} million letters."
        faults.append(
            Fault(f"{place}, line {line}", problem, "Look for a quotation mark that is not closed.")
        )


def _ragged(place: str, ragged: Mapping[int, list[int]], width: int) -> Iterator[Fault]:
    """One fault for the rows of each wrong width: they most likely have one cause."""
    remedy = "Quote cells that contain the separator, or add the missing cells."
    for found, lines in ragged.items():
        problem = f"The row has {found} columns, the heading has {width}."
        if len(lines) > 1:
            shown = ", ".join(map(str, lines[:_ROWS_SHOWN])) + (", ..." if len(lines) > _ROWS_SHOWN else "")
            problem = f"{len(lines)} rows have {found} columns, the heading has {width}: lines {shown}."
        yield Fault(f"{place}, line {lines[0]}", problem, remedy)
