"""Reads SPSS and Stata files, with their value labels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError, foreign
from everycount.sample.cells import as_text
from everycount.sample.raw import RawColumn, RawTable, refuse_columns
from everycount.sample.sample import Finding
from everycount.sample.sql import numbers
from everycount.sample.store import Storage
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from everycount.sample.store import Store

_BATCH = 10_000
_MOST = 0.5


def read_statistical(store: Store, path: Path) -> RawTable:
    """The table of a .sav, .zsav or .dta file, in batches.

    What the file itself declares as missing (system-missing, SPSS user-missing, Stata's .a to .z) is no
    answer; user-missing codes are named in a finding.
    """
    try:
        return _table(store, path)
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        # Names, formats or values of a damaged file that its reader has let through.
        raise InputError(_damaged(path, error)) from error


def _table(store: Store, path: Path) -> RawTable:
    reader = _reader(path)
    meta = _call(path, reader, metadataonly=True, user_missing=True)[1]
    refuse_columns(len(meta.column_names), path.name)
    columns = tuple(_column(name, label, meta) for name, label in _named(meta))
    relation = store.fresh("stat")
    kinds = [column.storage for column in columns]
    store.pour(relation, kinds, _batches(path, reader, meta, kinds))
    columns = _with_kinds(store, relation, columns)
    return RawTable("", path.name, columns, relation, findings=_user_missing(path, meta))


def _with_kinds(store: Store, relation: str, columns: tuple[RawColumn, ...]) -> tuple[RawColumn, ...]:
    """Tells codes from numbers of which a few have a label: labels name fewer than half of the values."""
    labelled = [i for i, each in enumerate(columns) if each.choices and each.storage is Storage.DECIMAL]
    if not labelled:
        return columns
    shares = ", ".join(_unlabelled(f"c{i}", columns[i]) for i in labelled)
    (found,) = store.run(f"SELECT {shares} FROM {relation}")  # noqa: S608 - our own names, and numbers
    numeric = {i for i, share in zip(labelled, found, strict=True) if share is not None and share > _MOST}
    return tuple(replace(each, coded=i not in numeric) for i, each in enumerate(columns))


def _unlabelled(value: str, column: RawColumn) -> str:
    """The share of the distinct values that have no label; null where there are no values."""
    known = ", ".join(repr(number) for number in numbers(code for code, _ in column.choices)) or "NULL"
    every, named = (
        f"count(DISTINCT {value})",
        f"count(DISTINCT CASE WHEN {value} IN ({known}) THEN {value} END)",
    )
    return f"1 - {named} / nullif({every}, 0)"


def _reader(path: Path) -> Callable[..., Any]:
    # pyreadstat is wanted only for these files.
    import pyreadstat  # noqa: PLC0415

    reader: Callable[..., Any] = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    return reader


def _call(path: Path, reader: Callable[..., Any], **options: Any) -> Any:
    try:
        return reader(str(path), output_format="dict", **options)
    except Exception as error:
        raise InputError(_damaged(path, error)) from error


def _damaged(path: Path, error: Exception) -> Fault:
    problem = f"The file cannot be read: {foreign(error)}."
    return Fault(path.name, problem, "Save it again, or export it as CSV.")


def _named(meta: Any) -> Iterator[tuple[str, str]]:
    for name, label in zip(meta.column_names, meta.column_labels, strict=True):
        yield name, label or ""


def _column(name: str, label: str, meta: Any) -> RawColumn:
    kind = meta.readstat_variable_types[name]
    date = _is_date(meta.original_variable_types.get(name, ""))
    text = kind == "string" or date
    labels: Mapping[Any, str] = meta.variable_value_labels.get(name, {})
    choices = tuple((as_text(value) or "", Text.of(words)) for value, words in labels.items())
    # Ona writes @ before names that begin with an underscore, which SPSS does not allow.
    header = name[1:] if name.startswith("@_") else name
    return RawColumn(header, Storage.TEXT if text else Storage.DECIMAL, Text.of(label), choices, date=date)


def _is_date(form: str) -> bool:
    """By the display format: SPSS DATE, ADATE, SDATE, DATETIME ...; Stata %td, %tc."""
    folded = form.upper()
    return "DATE" in folded or folded.startswith(("%TD", "%TC", "%D", "YMDHMS"))


def _batches(
    path: Path, reader: Callable[..., Any], meta: Any, kinds: Sequence[Storage]
) -> Iterator[Sequence[Sequence[Any]]]:
    offset = 0
    while True:
        columns, _ = _call(path, reader, row_offset=offset, row_limit=_BATCH)
        values = [columns[name] for name in meta.column_names]
        rows = len(values[0]) if values else 0
        if rows:
            yield [_cells(column, kind) for column, kind in zip(values, kinds, strict=True)]
        if rows < _BATCH:
            return
        offset += rows


def _cells(column: Any, kind: Storage) -> Sequence[Any]:
    if kind is Storage.TEXT:
        return [as_text(value) for value in column]
    cells: Sequence[Any] = column  # NaN becomes null on the way into the database
    return cells


def _user_missing(path: Path, meta: Any) -> tuple[Finding, ...]:
    problem = "The file declares these values as missing; they count as no answer."
    found = []
    for name, ranges in (meta.missing_ranges or {}).items():
        values = ", ".join(_range(each) for each in ranges)
        found.append(Finding(path.name, None, name, values, problem))
    return tuple(found)


def _range(each: Mapping[str, Any]) -> str:
    low, high = as_text(each["lo"]), as_text(each["hi"])
    return f"{low}" if low == high else f"{low} to {high}"
