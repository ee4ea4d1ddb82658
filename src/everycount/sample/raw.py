"""A table as its file has it, before anything is understood of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault, InputError
from everycount.limits import COLUMNS
from everycount.sample.store import Storage
from everycount.text import NOTHING, Text

if TYPE_CHECKING:
    from everycount.sample.sample import Finding


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column: its heading in the file, how it is stored, and what the file itself says about it.

    Attributes:
        header: the heading, as written.
        storage: type of the values in the relation.
        label: what the file calls it (SPSS, Stata).
        choices: value labels of the file, code first (SPSS, Stata).
        coded: the choices name most of its values; else they only explain some numbers (98 = "98 or more").
        date: the file marks its values as dates or times.
    """

    header: str
    storage: Storage = Storage.TEXT
    label: Text = NOTHING
    choices: tuple[tuple[str, Text], ...] = ()
    coded: bool = True
    date: bool = False


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table in the database with the columns ``r`` (the row, from 1) and ``c0``, ``c1`` ... in file order.

    Positions stand for names until the names are known to be safe: DuckDB folds case, so ``n`` and ``N``
    would be one column.

    Attributes:
        name: what the file calls the table: a sheet, a member of an archive, a repeat; "" for a file of one.
        place: file, and sheet or member, as messages name it.
        columns: in the order of the file.
        relation: an SQL table expression with those columns.
        lazy: it is read from the file at each use.
        findings: what was noticed while reading.
        dialect: the program that wrote it, where the headings tell.
        nothing: texts by which that program says that there is no answer.
    """

    name: str
    place: str
    columns: tuple[RawColumn, ...]
    relation: str
    lazy: bool = False
    findings: tuple[Finding, ...] = ()
    dialect: str = ""
    nothing: tuple[str, ...] = ()

    @property
    def headers(self) -> tuple[str, ...]:
        """The headings, in order."""
        return tuple(column.header for column in self.columns)


def refuse_columns(number: int, place: str) -> None:
    """Refuses more columns than any survey has.

    Raises:
        InputError: with the number.
    """
    if number > COLUMNS:
        problem = f"The table has {number} columns, more than {COLUMNS}."
        raise InputError(Fault(place, problem, "Leave out those that nobody asked about."))
