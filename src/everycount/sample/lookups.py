"""Joins a look-up to the main table: columns that many records share, such as the population of a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.sample.part import Part, named, text_in
from everycount.sample.sample import MAIN, ROW, Finding
from everycount.sample.sql import ident

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.sample.layout import Field
    from everycount.sample.store import Store

_SHOWN = 20
NO_ROW = "No row of "  # how a finding begins that says which row a look-up lacks


@dataclass(frozen=True)
class Lookup:
    """One look-up about to be joined.

    Attributes:
        store: the database.
        part: the look-up.
        main: the main table as its file has it.
        query: the main table so far, with the look-ups before this one.
        before: its fields so far.
    """

    store: Store
    part: Part
    main: Part
    query: str
    before: tuple[Field, ...]

    def check(self) -> list[Finding]:
        """Findings for records without a match.

        Raises:
            InputError: a key stands twice, or a column contradicts the one of that name in the main table.
        """
        faults = self._twins() or self._contradictions()
        if faults:
            raise InputError(*faults)
        return self._unmatched()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of the main table with those of the look-up."""
        return (*self.before, *(named(field) for field in self._new))

    @property
    def joined(self) -> str:
        """The main table with the columns of the look-up, as a query."""
        added = "".join(f", l.{ident(field.column.name)}" for field in self._new)
        return f"SELECT m.*{added} {self._join}"

    @cached_property
    def _theirs(self) -> list[Field]:
        return [self.part.get(word, "on") for word in self.part.source.on]

    @cached_property
    def _ours(self) -> list[Field]:
        what = f'on, for the look-up "{self.part.name}"'
        return [self.main.get(word, what) for word in self.part.source.on]

    @cached_property
    def _wanted(self) -> list[Field]:
        taken = [self.part.get(word, "take") for word in self.part.source.take]
        return taken or [field for field in self.part.fields if field not in self._theirs]

    @cached_property
    def _present(self) -> dict[str, Field]:
        return {field.column.name.casefold(): field for field in self.before}

    @cached_property
    def _new(self) -> list[Field]:
        return [field for field in self._wanted if field.column.name.casefold() not in self._present]

    @cached_property
    def _join(self) -> str:
        """The FROM clause, with the main table as ``m`` and the look-up, kept once, as ``l``."""
        table = self.store.fresh("lookup")
        columns = [f"{field.text} AS {_key(i)}" for i, field in enumerate(self._theirs)]
        columns += [f"{field.expression} AS {ident(field.column.name)}" for field in self._wanted]
        self.store.keep(table, f"SELECT {', '.join(columns)} FROM {self.part.raw.relation}")  # noqa: S608 - quoted
        on = " AND ".join(f"{text_in('m', field)} = l.{_key(i)}" for i, field in enumerate(self._ours))
        return f"FROM ({self.query}) AS m LEFT JOIN {table} AS l ON {on}"

    def _twins(self) -> list[Fault]:
        keys = ", ".join(f"{field.text} AS {_key(i)}" for i, field in enumerate(self._theirs))
        twins = self.store.run(
            f"SELECT *, count(*) FROM (SELECT {keys} FROM {self.part.raw.relation}) "  # noqa: S608 - quoted
            f"WHERE {_key(0)} IS NOT NULL GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT {_SHOWN}"
        )
        names = ", ".join(field.column.name for field in self._theirs)
        remedy = 'Keep one row for each, or name the columns that tell the rows apart in "on".'
        return [
            Fault(
                f"{self.part.raw.place}, column {names}",
                f'The value "{_shown(key)}" stands in {count} rows.',
                remedy,
            )
            for *key, count in twins
        ]

    def _contradictions(self) -> list[Fault]:
        """Columns that both files have must say the same; the main table's is kept."""
        shared = [field for field in self._wanted if field not in self._new]
        return [fault for field in shared for fault in self._contradiction(field)]

    def _contradiction(self, theirs: Field) -> list[Fault]:
        here = text_in("m", self._present[theirs.column.name.casefold()])
        there = text_in("l", theirs)
        place = f"{self.part.raw.place}, column {theirs.column.name}"
        remedy = 'Rename the column in one file, or leave it out with "take".'
        return [
            Fault(place, f'Record {row} has "{ours}" in its own file and "{other}" here.', remedy)
            for row, ours, other in self.store.run(
                f"SELECT m.{ROW}, {here}, {there} {self._join} WHERE {here} <> {there} ORDER BY 1 LIMIT 1"
            )
        ]

    def _unmatched(self) -> list[Finding]:
        """Each value without a row, with the first record that has it."""
        keys = ", ".join(f"{text_in('m', field)} AS {_key(i)}" for i, field in enumerate(self._ours))
        lost = self.store.run(
            f"SELECT min({ROW}) AS r, * EXCLUDE ({ROW}) FROM "  # noqa: S608 - quoted
            f"(SELECT m.{ROW}, {keys} {self._join} WHERE l.{_key(0)} IS NULL) "
            f"GROUP BY ALL ORDER BY r LIMIT {_SHOWN}"
        )
        names = ", ".join(field.column.name for field in self._ours)
        problem = f"{NO_ROW}{self.part.raw.place} has this value; the columns it would give are empty."
        return [Finding(MAIN, row, names, _shown(key), problem) for row, *key in lost]


def _key(position: int) -> str:
    """The name of a key among the columns of a look-up; no heading holds a unit separator."""
    return ident(f"key\x1f{position}")


def _shown(values: Iterable[Any]) -> str:
    return ", ".join("" if value is None else str(value) for value in values)
