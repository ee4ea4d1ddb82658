"""Which columns of the records go along, and why the others stay."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from everycount.faults import InputError, unknown
from everycount.sample import RECORD, ROW, Column, ColumnKind
from everycount.sample.links import is_added

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.sample import Sample


class Held(StrEnum):
    """Why a column stays behind unless somebody asks for its kind."""

    IDENTIFIER = "identifiers"  # names or finds a person
    PLACE = "places"  # a point on the map finds a home
    TEXT = "text"  # people write names into free answers
    ADDED = "device"  # what the phone or the server added: times, devices, accounts
    OTHER = "media"  # pictures, sounds, notes
    DAY = "days"  # a day of birth finds a person nearly alone; its month goes along
    UNWANTED = "unwanted"  # left out by the person who exports

    @property
    def words(self) -> str:
        """Why, for the page beside the data."""
        return {
            Held.IDENTIFIER: "names or finds a person",
            Held.PLACE: "a point on the map finds a home",
            Held.TEXT: "people write names into free answers",
            Held.ADDED: "added by the phone or the server",
            Held.OTHER: "a picture, a sound, a file or words that were only read out",
            Held.DAY: "the day and the time; the month is there",
            Held.UNWANTED: "left out on request",
        }[self]


_BY_KIND = {ColumnKind.PLACE: Held.PLACE, ColumnKind.TEXT: Held.TEXT, ColumnKind.OTHER: Held.OTHER}


@dataclass(frozen=True)
class Chosen:
    """Columns by table, and what stays with the reason: whole columns, and the days of a date."""

    kept: Mapping[str, tuple[Column, ...]]
    held: tuple[tuple[str, str, Held], ...]


def choose(sample: Sample, also: Sequence[Held], without: Sequence[str]) -> Chosen:
    """Sorts the columns of every table of a sample.

    Args:
        sample: the records.
        also: kinds of columns that go along although they would stay.
        without: names of columns that stay although they would go.

    Raises:
        InputError: a name in ``without`` is no column.
    """
    known = [name for columns in sample.columns.values() for name in columns]
    faults = [unknown("--without", "column", name, known) for name in without if name not in known]
    if faults:
        raise InputError(*faults)
    kept, held = {}, []
    for table, columns in sample.columns.items():
        sorted_out = dict(_reasons(columns, without))
        stays = {name for name, reason in sorted_out.items() if reason is not None and reason not in also}
        kept[table] = tuple(column for name, column in columns.items() if name not in stays)
        held += [(table, name, reason) for name, reason in sorted_out.items() if reason and name in stays]
        held += (
            [] if Held.DAY in also else [(table, each.name, Held.DAY) for each in kept[table] if is_day(each)]
        )
    kept = {
        table: tuple(c for c in columns if c.name not in (RECORD, ROW)) for table, columns in kept.items()
    }
    return Chosen(kept, tuple(each for each in held if each[1] not in (RECORD, ROW)))


def held_for(column: Column) -> Held | None:
    """Why a column stays unless somebody asks for its kind; None where it goes along."""
    if column.identifier:
        return Held.IDENTIFIER
    return Held.ADDED if is_added(column.name) else _BY_KIND.get(column.kind)


def is_day(column: Column) -> bool:
    """Its answers are days, or moments."""
    return column.kind is ColumnKind.DATE


def _reasons(columns: Mapping[str, Column], without: Sequence[str]) -> Iterator[tuple[str, Held | None]]:
    for name, column in columns.items():
        yield name, Held.UNWANTED if name in without else held_for(column)
