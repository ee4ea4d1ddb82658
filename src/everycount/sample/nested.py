"""Reads JSON records: Kobo's and Ona's API, ODK Central's OData, or a plain list of objects.

The file is walked as a stream, twice: once to learn which questions occur (exports leave out what was not
answered) and once for the values of each table. Lists of objects are rosters and become tables of their own.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, foreign
from everycount.limits import DEPTH, TABLES
from everycount.sample.cells import as_text
from everycount.sample.raw import RawColumn, RawTable, refuse_columns
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

INDEX = "_index"
PARENT = "_parent_index"
PARENT_TABLE = "_parent_table_name"
LISTS = ("results", "value", "data", "records", "submissions")  # keys under which exports keep their list
_NEXT = frozenset({"next", "@odata.nextLink"})
_BATCH = 2_000
_OPENS = frozenset({"start_map", "start_array"})
_CLOSES = frozenset({"end_map", "end_array"})


@dataclass
class _Shape:
    """The columns of one table, and the repeat it stands for; "" is the main table."""

    path: str
    parent: str | None
    columns: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Row:
    path: str
    index: int
    parent: int
    values: Mapping[str, Any]


def read_json(store: Store, path: Path) -> list[RawTable]:
    """The main table first, then one table for each repeat."""
    place = path.name
    _refuse_deep(path)
    prefix = _prefix(path)
    shapes = _shapes(path, prefix)
    if "" not in shapes:
        raise InputError(Fault(place, "There are no records in the file.", "Export the records again."))
    linked = len(shapes) > 1
    try:
        return [_table(store, path, prefix, shape, linked=linked) for shape in shapes.values()]
    except UnicodeError as error:  # JSON may escape one half of a sign
        problem = "A text holds half a sign (a lone surrogate)."
        raise InputError(Fault(place, problem, "Export the records as JSON again.")) from error


def _refuse_deep(path: Path) -> None:
    """Walks through the file once without keeping anything, and looks at nothing but brackets."""
    import ijson  # noqa: PLC0415 - wanted only for JSON

    depth = 0
    with _open(path) as stream:
        try:
            for event, _ in ijson.basic_parse(stream, use_float=True):
                if event in _OPENS:
                    depth += 1
                    if depth > DEPTH:
                        problem = f"Objects stand inside each other more than {DEPTH} deep."
                        raise InputError(Fault(path.name, problem, "Export the records as JSON again."))
                elif event in _CLOSES:
                    depth -= 1
        except (ijson.JSONError, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise InputError(_broken(path, error)) from error


def _prefix(path: Path) -> str:
    """Where ijson finds the records."""
    with path.open("rb") as stream:
        head = stream.read(2**16).decode("utf-8-sig", "replace").lstrip()
    if head.startswith("["):
        return "item"
    if head.startswith("{"):
        for key in LISTS:
            if _has_list(path, key):
                return f"{key}.item"
    names = ", ".join(f'"{key}"' for key in LISTS)
    problem = f"There is no list of records, neither by itself nor under one of the keys {names}."
    raise InputError(Fault(path.name, problem, "Export the records as JSON again."))


def _has_list(path: Path, key: str) -> bool:
    import ijson  # noqa: PLC0415 - wanted only for JSON

    with _open(path) as stream:
        try:
            for where, event, _ in ijson.parse(stream):
                if where == key and event in {"start_array", "null"}:
                    return bool(event == "start_array")
        except ijson.JSONError as error:
            raise InputError(_broken(path, error)) from error
    return False


def continues(path: Path) -> bool:
    """Whether a file of JSON is one page of several: Kobo and OData name the address of the next one."""
    import ijson  # noqa: PLC0415 - wanted only for JSON

    with _open(path) as stream:
        try:
            pages = (value for where, _, value in ijson.parse(stream) if where in _NEXT)
            return any(isinstance(each, str) for each in pages)
        except ijson.JSONError as error:
            raise InputError(_broken(path, error)) from error


def _open(path: Path) -> Any:
    """The bytes after a byte order mark, which JSON does not allow but Windows writes."""
    stream = path.open("rb")
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    return stream


def _broken(path: Path, error: Exception) -> Fault:
    said = foreign(error).removeprefix("parse error: ")
    remedy = "Export the records as JSON again."
    if "trailing" in said or "additional data" in said.lower():
        remedy = "Put all records into one list: [ ... , ... ]."
    return Fault(path.name, f"The file is not valid JSON: {said}.", remedy)


def _records(path: Path, prefix: str) -> Iterator[dict[str, Any]]:
    import ijson  # noqa: PLC0415 - as above

    with _open(path) as stream:
        try:
            for number, record in enumerate(ijson.items(stream, prefix, use_float=True), start=1):
                if not isinstance(record, dict):
                    problem = f"Record {number} is not an object with named answers."
                    raise InputError(Fault(path.name, problem, "Export the records as JSON again."))
                yield record
        except (ijson.JSONError, UnicodeDecodeError) as error:
            raise InputError(_broken(path, error)) from error


def _rows(path: Path, prefix: str) -> Iterator[_Row]:
    """Every row of every table, numbered within its table."""
    counters: dict[str, Iterator[int]] = {}
    for record in _records(path, prefix):
        yield from _unfold(record, "", -1, counters)


def _unfold(
    record: Mapping[str, Any], path: str, parent: int, counters: dict[str, Iterator[int]]
) -> Iterator[_Row]:
    index = next(counters.setdefault(path, itertools.count(1)))
    values: dict[str, Any] = {}
    repeats: list[tuple[str, list[dict[str, Any]]]] = []
    for key, value in _flat(record, ""):
        if _is_repeat(value):
            repeats.append((key, value))
        else:
            values[key] = value
    yield _Row(path, index, parent, values)
    for key, children in repeats:
        place = key if not path or key.startswith(f"{path}/") else f"{path}/{key}"
        for child in children:
            yield from _unfold(child, place, index, counters)


def _flat(record: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    """Answers by ``group/question``, whether the export nests its groups or names them so."""
    for key, value in record.items():
        name = f"{above}{key}"
        if isinstance(value, dict) and "coordinates" not in value:
            yield from _flat(value, f"{name}/")
        else:
            yield name, value


def _is_repeat(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _shapes(path: Path, prefix: str) -> dict[str, _Shape]:
    shapes: dict[str, _Shape] = {}
    for row in _rows(path, prefix):
        if row.path not in shapes:
            shapes[row.path] = _Shape(row.path, _parent_path(row.path, shapes))
            if len(shapes) > TABLES:
                problem = f"The file holds more than {TABLES} kinds of lists inside each other."
                raise InputError(Fault(path.name, problem, "Export the records as JSON again."))
        shapes[row.path].columns.update(dict.fromkeys(row.values))
        refuse_columns(len(shapes[row.path].columns), path.name)
    return shapes


def _parent_path(path: str, shapes: Mapping[str, _Shape]) -> str | None:
    if not path:
        return None
    above = [each for each in shapes if not each or path.startswith(f"{each}/")]
    return max(above, key=len)


def _table(store: Store, path: Path, prefix: str, shape: _Shape, *, linked: bool) -> RawTable:
    own = (
        [name for name in shape.columns if name not in {INDEX, PARENT, PARENT_TABLE}]
        if linked
        else [*shape.columns]
    )
    headers = [*own, *([INDEX] if linked else []), *([PARENT, PARENT_TABLE] if shape.path else [])]
    relation = store.fresh("json")
    rows = (_cells(row, own, shape, linked=linked) for row in _rows(path, prefix) if row.path == shape.path)
    store.pour(relation, [Storage.TEXT] * len(headers), _batches(rows))
    place = f"{path.name}, {shape.path}" if shape.path else path.name
    return RawTable(shape.path, place, tuple(RawColumn(header) for header in headers), relation)


def _cells(row: _Row, own: Sequence[str], shape: _Shape, *, linked: bool) -> list[str | None]:
    cells = [_text(row.values.get(name)) for name in own]
    if linked:
        cells.append(str(row.index))
    if shape.path:
        cells += [str(row.parent), shape.parent]
    return cells


def _text(value: Any) -> str | None:
    """A list is written as forms write several answers: separated by spaces; none of them is no answer."""
    if isinstance(value, list):
        parts = [part for each in value if (part := _text(each)) is not None]
        return " ".join(parts) or None
    if isinstance(value, dict):
        return _point(value)
    return as_text(value)


def _point(value: Mapping[str, Any]) -> str | None:
    """GeoJSON, as OData has it, in the order of ODK: latitude, longitude, altitude; points apart by ``;``."""
    spots = value.get("coordinates") or []
    while spots and isinstance(spots[0], list) and spots[0] and isinstance(spots[0][0], list):
        spots = spots[0]
    if spots and not isinstance(spots[0], list):
        spots = [[*spots, *_accuracy(value, spots)]]
    return "; ".join(" ".join(as_text(part) or "" for part in (s[1], s[0], *s[2:])) for s in spots) or None


def _accuracy(value: Mapping[str, Any], spot: Sequence[Any]) -> list[Any]:
    """The fourth number of a point, which ODK Central keeps beside the other three."""
    properties = value.get("properties")
    accuracy = properties.get("accuracy") if isinstance(properties, dict) else None
    return (
        [accuracy] if accuracy is not None and len(spot) == len(("longitude", "latitude", "altitude")) else []
    )


def _batches(rows: Iterator[list[str | None]]) -> Iterator[Sequence[Sequence[str | None]]]:
    while batch := list(itertools.islice(rows, _BATCH)):
        yield list(zip(*batch, strict=True))
