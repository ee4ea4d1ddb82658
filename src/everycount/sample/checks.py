"""Looks for what is odd in the records and says where; changes nothing.

One pass over each table counts every kind of oddity; rows are looked up only for those that occur.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from everycount.questionnaire.kinds import METADATA, SPOKEN, Kind
from everycount.sample.links import is_added
from everycount.sample.sample import MAIN, RECORD, ROW, Column, ColumnKind, Finding
from everycount.sample.sql import ident, literal, texts
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.questionnaire import Questionnaire
    from everycount.sample.sample import Sample

SHOWN = 100  # rows listed for one oddity of one column; the rest are counted in one more finding
_DATE = r"^\d{4}-\d{2}-\d{2}([T ].*)?$"
_ANSWERED = SPOKEN - METADATA - {Kind.NOTE}


@dataclass(frozen=True, slots=True)
class _Oddity:
    """What may be wrong with a table: ``condition`` is SQL, true for the odd rows."""

    column: str
    condition: str
    problem: str
    secret: bool = False  # the value names a person and is not repeated


def check(sample: Sample, questionnaire: Questionnaire | None = None) -> tuple[Finding, ...]:
    """What is odd: unknown codes, wrong types, repeated keys, orphans, empty rows, questions left out.

    What was noticed while reading comes first.

    Codes and types are checked where a questionnaire (or the file's own value labels) says what they are.
    """
    found: list[Finding] = [*sample.findings]
    for name, table in sample.tables.items():
        key = sample.key if name == MAIN else None
        found += _check_table(name, table, sample.columns[name], key)
    if questionnaire is not None:
        found += _absent(sample, questionnaire)
    return tuple(found)


def _check_table(name: str, table: Any, columns: Mapping[str, Column], key: str | None) -> Iterator[Finding]:
    store = Store.of(table)
    texts_only = {column: kind.is_string() for column, kind in table.schema().items()}
    oddities = list(_oddities(name, columns, texts_only))
    counts = [f"count_if({oddity.condition})" for oddity in oddities]
    if key:
        counts.append(f"count({ident(key)}) - count(DISTINCT {ident(key)})")
    if not counts:
        return
    (totals,) = store.run(f"SELECT {', '.join(counts)} FROM {ident(name)}")  # noqa: S608 - quoted
    if key and totals[-1]:
        yield from _repeated(store, name, key)
    for oddity, total in zip(oddities, totals, strict=False):
        if total:
            yield from _listed(store, name, oddity, total)


def _oddities(name: str, columns: Mapping[str, Column], texts_only: Mapping[str, bool]) -> Iterator[_Oddity]:
    if name != MAIN:
        problem = "The row belongs to no record of the main table, and is left out of every number."
        yield _Oddity("", f"{ident(RECORD)} IS NULL", problem)
    answers = [column for column in columns if not is_added(column)]
    if answers:
        yield _Oddity("", _no_answer(answers, texts_only), "The row holds no answer at all.")
    for column in columns.values():
        oddity = _of_kind(column, text=texts_only[column.name])
        if oddity:
            yield oddity


def _no_answer(names: Sequence[str], texts_only: Mapping[str, bool]) -> str:
    """An SQL condition: all columns are null. DuckDB needs a minute for 8,000 of them joined by AND."""
    alike = [[ident(name) for name in names if texts_only[name] is text] for text in (True, False)]
    return " AND ".join(f"coalesce({', '.join((*columns, 'NULL'))}) IS NULL" for columns in alike if columns)


def _of_kind(column: Column, *, text: bool) -> _Oddity | None:
    value = ident(column.name)
    match column.kind:
        case ColumnKind.CODE | ColumnKind.CODES if column.choices:
            problem = "The answer is none of the choices; it is kept as it is."
            return _Oddity(column.name, unknown_codes(column, value), problem, column.identifier)
        case ColumnKind.NUMBER if text:
            odd = f"{value} IS NOT NULL AND NOT coalesce(isfinite(try_cast({value} AS DOUBLE)), false)"
            problem = "The answer is not a number; it counts as no answer in means and totals."
            return _Oddity(column.name, odd, problem, column.identifier)
        case ColumnKind.DATE:
            day = f"try_cast(left({value}, 10) AS DATE) IS NULL"  # 2026-02-30 is none
            odd = f"NOT regexp_matches({value}, {literal(_DATE)}) OR ({value} IS NOT NULL AND {day})"
            return _Oddity(column.name, odd, "The answer is not a date (YYYY-MM-DD).", column.identifier)
        case _:
            return None


def unknown_codes(column: Column, value: str) -> str:
    """An SQL condition: the value holds a code that the choices do not have; null for no answer."""
    codes = [code for code, _ in column.choices]
    if column.kind is ColumnKind.CODE:
        return f"{value} NOT IN {texts(codes)}"
    # An empty piece comes from two spaces, which is no answer of its own.
    return f"NOT list_has_all([{texts([*codes, ''])[1:-1]}], string_split({value}, ' '))"


def _listed(store: Store, name: str, oddity: _Oddity, total: int) -> Iterator[Finding]:
    value = ident(oddity.column) if oddity.column and not oddity.secret else "''"
    rows = store.run(
        f"SELECT {ROW}, {value} FROM {ident(name)} "  # noqa: S608 - quoted above
        f"WHERE {oddity.condition} ORDER BY {ROW} LIMIT {SHOWN}"
    )
    for row, found in rows:
        yield Finding(name, row, oddity.column, str(found), oddity.problem)
    yield from _more(name, oddity.column, total - len(rows))


def _repeated(store: Store, name: str, key: str) -> Iterator[Finding]:
    """Every row but the first of those that share a key."""
    twins = (
        f"SELECT {ROW}, {ident(key)} AS k, min({ROW}) OVER (PARTITION BY {ident(key)}) AS first "  # noqa: S608
        f"FROM {ident(name)} WHERE {ident(key)} IS NOT NULL"
    )
    rows = store.run(f"SELECT {ROW}, k, first FROM ({twins}) WHERE {ROW} > first ORDER BY 1")  # noqa: S608 - above
    for row, value, first in rows[:SHOWN]:
        problem = f"The record has the same key as record {first}; both are counted."
        yield Finding(name, row, key, str(value), problem)
    yield from _more(name, key, len(rows) - SHOWN)


def _more(name: str, column: str, count: int) -> Iterator[Finding]:
    if count > 0:
        yield Finding(name, None, column, "", f"{count} more rows have the same problem.")


def _absent(sample: Sample, questionnaire: Questionnaire) -> Iterator[Finding]:
    """Questions that no table has a column for."""
    present = {name for columns in sample.columns.values() for name in columns}
    for question in questionnaire.questions:
        names = {question.name, "/".join(question.full_path)}
        if question.kind in _ANSWERED and not names & present:
            yield Finding(MAIN, None, question.name, "", "The question has no column in the records.")
