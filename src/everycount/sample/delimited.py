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
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from everycount.faults import Fault, InputError
from everycount.sample.raw import RawColumn, RawTable
from everycount.sample.sample import Finding
from everycount.sample.sql import literal
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

SEPARATORS = ",;\t|"
LAZY_BYTES = 64 * 2**20  # larger files are parsed at each use instead of being kept in memory
_SAMPLE = 2**16
_BATCH = 10_000
_FAULTS_SHOWN = 20
_CELL = 2**24
_MAGIC_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class _Dialect:
    separator: str
    headers: tuple[str, ...]
    simple: bool  # the heading is one line, so that DuckDB can skip it


def read_delimited(store: Store, path: Path, *, place: str = "", encoding: str | None = None) -> RawTable:
    """The table of one CSV file."""
    place = place or path.name
    with _mended(place, encoding):
        with _open(path) as stream:
            head = stream.read(_SAMPLE)
        known = encoding or _bom(head)
        dialect = _sniff(_decode_head(head, known), place)
        table = _by_duckdb(store, path, place, dialect) if known is None and dialect.simple else None
    return table or read_stream(store, lambda: _open(path), place, known)


def read_stream(
    store: Store, opener: Callable[[], BinaryIO], place: str, encoding: str | None = None, name: str = ""
) -> RawTable:
    """The table of a stream of CSV bytes, which can be opened more than once."""
    with _mended(place, encoding):
        with opener() as stream:
            head = stream.read(_SAMPLE)
        used = encoding or _bom(head) or _encoding(opener)
        dialect = _sniff(_decode_head(head, used), place)
        relation = store.fresh("csv")
        kinds = [Storage.TEXT] * len(dialect.headers)
        with opener() as stream, io.TextIOWrapper(stream, used, newline="") as text:
            store.pour(relation, kinds, _batches(text, dialect, place))
    columns = tuple(RawColumn(header) for header in dialect.headers)
    findings = () if encoding else _guessed(place, used)
    return RawTable(name, place, columns, relation, findings=findings)


@contextmanager
def _mended(place: str, encoding: str | None) -> Iterator[None]:
    """Says what is wrong with bytes that cannot be read, in words for people."""
    try:
        yield
    except UnicodeDecodeError as error:
        problem = f'Byte {error.start} is not text in the encoding "{encoding}".'
        raise InputError(Fault(place, problem, "Save the file as UTF-8.")) from error
    except LookupError as error:
        problem = f'The encoding "{encoding}" is not known.'
        raise InputError(Fault(place, problem, 'Write for example "utf-8" or "cp1252".')) from error
    except (EOFError, OSError, RuntimeError, zlib.error) as error:  # RuntimeError: a ZIP with a password
        raise InputError(_unpacked(place, error)) from error


def _unpacked(place: str, error: Exception) -> Fault:
    problem = f"The file cannot be unpacked: {error}."
    return Fault(place, problem, "Copy the file again from where it came.")


def _open(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path, "rb")) if _is_gzip(path) else path.open("rb")


def _bom(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _encoding(opener: Callable[[], BinaryIO]) -> str:
    """UTF-8 where the whole stream is; else Windows-1252, or Latin-1 where its five gaps are used."""
    for candidate in ("utf-8", "cp1252"):
        with opener() as stream:
            if _decodes(stream, candidate):
                return candidate
    return "latin-1"


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := stream.read(2**20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decode_head(head: bytes, encoding: str | None) -> str:
    decoder = codecs.getincrementaldecoder(encoding or "utf-8")("replace")
    return decoder.decode(head)


def _guessed(place: str, encoding: str) -> tuple[Finding, ...]:
    if encoding not in {"cp1252", "latin-1"}:
        return ()
    problem = "The file is not UTF-8; it was read as Western European text. Other scripts would be garbled."
    return (Finding(place, None, "", encoding, problem),)


def _sniff(text: str, place: str) -> _Dialect:
    """The separator that cuts the first rows most evenly into the most columns, and the headings."""
    if not text.strip():
        raise InputError(Fault(place, "The file is empty.", "Export the records again, with their headings."))
    best = max(SEPARATORS, key=lambda separator: _evenness(text, separator))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=best)
    headers = tuple(next(reader))
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
        f"quote='\"', escape='\"', max_line_size={_CELL}, columns={{{names}}}{gzipped})"
    )
    # DuckDB has no word for an empty text and gives null; here "" is a text like any other.
    values = ", ".join(f"coalesce(c{i}, '') AS c{i}" for i in range(len(dialect.headers)))
    return f"(SELECT row_number() OVER () AS r, {values} FROM {scan})"  # noqa: S608 - quoted above


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == _MAGIC_GZIP


def _batches(text: io.TextIOWrapper, dialect: _Dialect, place: str) -> Iterator[Sequence[Sequence[str]]]:
    csv.field_size_limit(_CELL)
    reader = csv.reader(text, delimiter=dialect.separator, strict=True)
    faults: list[Fault] = []
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
            faults.append(_ragged(place, reader.line_num, len(row), width))
        if len(batch) == _BATCH:
            yield list(zip(*batch, strict=True))
            batch = []
    if faults:
        raise InputError(*faults[:_FAULTS_SHOWN], *_more(place, len(faults) - _FAULTS_SHOWN))
    if batch:
        yield list(zip(*batch, strict=True))


def _rows(reader: Iterator[list[str]], place: str, faults: list[Fault]) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        line = getattr(reader, "line_num", 0)
        problem = f"The text cannot be cut into columns: {error}."
        faults.append(
            Fault(f"{place}, line {line}", problem, "Look for a quotation mark that is not closed.")
        )


def _ragged(place: str, line: int, found: int, wanted: int) -> Fault:
    problem = f"The row has {found} columns, the heading has {wanted}."
    remedy = "Quote cells that contain the separator, or add the missing cells."
    return Fault(f"{place}, line {line}", problem, remedy)


def _more(place: str, count: int) -> tuple[Fault, ...]:
    if count <= 0:
        return ()
    return (Fault(place, f"{count} more rows are broken.", "Mend those above first."),)
