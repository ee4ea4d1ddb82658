"""What a row can see: its own table's columns and, from a roster, those of its main record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.expressions import Answers, Rows
from everycount.faults import Fault, nearest, unknown
from everycount.sample.sample import MAIN, RECORD, ROW, Column, ColumnKind, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def own(sample: Sample, table: str) -> dict[str, Column]:
    """The columns of a table by name; those nobody has described are taken for text or numbers."""
    found = dict(sample.columns.get(table, {}))
    for name, kind in sample.tables[table].schema().items():
        if name not in found and name not in {RECORD, ROW}:
            found[name] = _undescribed(name, numeric=kind.is_numeric())
    return found


def _undescribed(name: str, *, numeric: bool) -> Column:
    return Column(name, ColumnKind.NUMBER if numeric else ColumnKind.TEXT)


def reach(sample: Sample, table: str) -> dict[str, Column]:
    """The columns that a row of ``table`` sees; its own hide those of the main record with the same name.

    DuckDB takes ``Age`` and ``age`` for one name, and so does this.
    """
    nearer = own(sample, table)
    if table == MAIN:
        return nearer
    hidden = {name.casefold() for name in nearer}
    farther = {name: column for name, column in own(sample, MAIN).items() if name.casefold() not in hidden}
    return {**farther, **nearer}


def rows(sample: Sample, table: str, wanted: Iterable[str]) -> Rows:
    """The whole table, with the ``wanted`` columns of the main record joined where it does not hold them."""
    mine = sample.tables[table]
    farther = [name for name in dict.fromkeys(wanted) if name not in mine.columns]
    if not farther:
        return mine
    above = sample.tables[MAIN].select(RECORD, *farther)
    joined = mine.left_join(above, RECORD)
    return joined.select(*mine.columns, *farther)


def look_into(rows: Rows, columns: Mapping[str, Column]) -> Callable[[str], Answers]:
    """Finds the answers of a question among joined rows."""
    return lambda name: Answers(rows[name], columns[name])


def missing_question(sample: Sample, table: str, name: str, place: str) -> Fault:
    """The fault of a question that rows of ``table`` do not see: it stands elsewhere, or nowhere."""
    for other in sample.tables:
        if other not in {table, MAIN} and name in own(sample, other):
            return Fault(
                place,
                f'The question "{name}" stands in the roster "{other}": one row here sees many answers.',
                f'Make a variable that looks into the roster: roster = "{other}" with has or count.',
            )
    return unknown(place, "question", name, reach(sample, table))


def missing_table(sample: Sample, table: str, place: str) -> Fault:
    """The fault of a table that is not there."""
    return unknown(place, "roster", table, [name for name in sample.tables if name != MAIN])


def missing_codes(column: Column, codes: Iterable[str], place: str) -> list[Fault]:
    """A fault for each code that the code list of a question lacks; none where there is no code list."""
    known = dict(column.choices)
    if not known or column.kind not in {ColumnKind.CODE, ColumnKind.CODES}:
        return []
    return [_missing_code(column.name, code, known, place) for code in codes if code not in known]


def _missing_code(question: str, code: str, known: Iterable[str], place: str) -> Fault:
    names = list(known)
    alike = nearest(code, names)
    shown = ", ".join(f'"{name}"' for name in names[:12]) + (", ..." if len(names) > 12 else "")
    remedy = f'Did you mean "{alike}"?' if alike else f"Its codes are {shown}."
    return Fault(place, f'The code "{code}" is not in the code list of "{question}".', remedy)


def no_numbers(column: Column, place: str) -> list[Fault]:
    """The fault of a question that cannot hold numbers where numbers are wanted."""
    if column.kind not in {ColumnKind.CODES, ColumnKind.DATE, ColumnKind.PLACE}:
        return []
    problem = f'The answers of "{column.name}" are no numbers ({column.kind}).'
    return [Fault(place, problem, "Name a question with numbers, or make a variable that gives one.")]
