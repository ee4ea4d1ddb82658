"""One table on its way from a file into the sample."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.faults import InputError, unknown
from everycount.sample.sql import ident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.sample.layout import Field
    from everycount.sample.raw import RawTable
    from everycount.sample.source import Source


@dataclass(frozen=True, slots=True)
class Part:
    """One table on its way into the sample: where it comes from, what it is in the file, what it becomes."""

    name: str
    source: Source
    raw: RawTable
    fields: tuple[Field, ...]

    def find(self, word: str) -> Field | None:
        """The field with that heading or name."""
        for each in self.fields:
            if word in {each.header, each.column.name}:
                return each
        return None

    def get(self, word: str, what: str) -> Field:
        """The field with that heading or name, or a fault that says which are there."""
        found = self.find(word)
        if found is None:
            names = [each.column.name for each in self.fields]
            raise InputError(unknown(f"{self.raw.place}, {what}", "column", word, names))
        return found


def values_of(fields: Sequence[Field]) -> str:
    """The fields of a raw table as an SQL list, under their names."""
    return ", ".join(f"{each.expression} AS {ident(each.column.name)}" for each in fields)


def named(field: Field) -> Field:
    """The field once it stands in a table under its own name."""
    return replace(field, expression=ident(field.column.name))


def text_in(alias: str, field: Field) -> str:
    """A finished column, of the table called ``alias``, as text."""
    return replace(field, expression=f"{alias}.{ident(field.column.name)}").text
