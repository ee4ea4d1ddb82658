"""What each column of a raw table becomes: a name, a kind, and the expression that gives its values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.sample.names import name_columns
from everycount.sample.sample import Column, ColumnKind
from everycount.sample.sql import literal, number_as_text, numbers, texts
from everycount.sample.store import Storage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.sample.raw import RawColumn, RawTable

# What phones and servers add and what names or places a person, in the spelling of ODK, Kobo and Ona.
IDENTIFIERS = frozenset(
    {
        "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "ipaddress", "imei",
        "submittername", "_submitted_by", "_geolocation", "latitude", "longitude",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sample in the making; ``expression`` is SQL over the columns of the raw table."""

    column: Column
    header: str
    storage: Storage
    expression: str

    @property
    def text(self) -> str:
        """The expression as text, spelled the same whatever the storage: 1, not 1.0."""
        if self.storage is Storage.TEXT:
            return self.expression
        if self.storage is Storage.DECIMAL:
            return number_as_text(self.expression)
        return f"CAST({self.expression} AS VARCHAR)"

    def as_kind(self, kind: ColumnKind) -> Field:
        """The same values as another kind; only numbers may stay numeric."""
        column = replace(self.column, kind=kind)
        if kind is ColumnKind.NUMBER:
            return replace(self, column=column)
        return replace(self, column=column, storage=Storage.TEXT, expression=self.text)


def lay_out(raw: RawTable, missing: Sequence[str]) -> tuple[Field, ...]:
    """The fields of a table about which only the file speaks."""
    names = name_columns([column.header for column in raw.columns], raw.place)
    return tuple(
        _field(column, name, index, missing)
        for index, (column, name) in enumerate(zip(raw.columns, names, strict=True))
    )


def _field(raw: RawColumn, name: str, index: int, missing: Sequence[str]) -> Field:
    kind = _kind(raw)
    column = Column(name, kind, raw.label, raw.choices, identifier=name.casefold() in IDENTIFIERS)
    value = without_missing(f"c{index}", raw.storage, missing)
    return Field(column, raw.header, raw.storage, value).as_kind(kind)


def _kind(raw: RawColumn) -> ColumnKind:
    if raw.choices:
        return ColumnKind.CODE
    if raw.date:
        return ColumnKind.DATE
    return ColumnKind.TEXT if raw.storage is Storage.TEXT else ColumnKind.NUMBER


def without_missing(expression: str, storage: Storage, missing: Sequence[str]) -> str:
    """The expression with null for the texts that mean "no answer"; numeric columns compare as numbers."""
    if storage is not Storage.TEXT:
        values = [repr(number) for number in numbers(missing)]
        for value in values:
            expression = f"nullif({expression}, {value})"
        return expression
    if not missing:
        return expression
    if len(missing) == 1:
        return f"nullif({expression}, {literal(missing[0])})"
    return f"CASE WHEN {expression} IN {texts(missing)} THEN NULL ELSE {expression} END"
