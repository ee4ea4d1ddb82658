"""The tables of a questionnaire as they leave: which columns go along, and which stay and why.

Direct identifiers leave for one purpose only, to contact people, and then nothing else does: names and
answers never stand in one file, and their pseudonyms differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from everycount.microdata.asked import Asked, Source, tables_of
from everycount.microdata.chosen import Held, held_for, is_day
from everycount.microdata.known import known_in
from everycount.microdata.variables import NUMBER, Variable, variables
from everycount.sample import Column, ColumnKind
from everycount.site.consent.models import Purpose
from everycount.site.exports import media
from everycount.site.exports.wanted import GIVEN, Keep, column_name
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from everycount.questionnaire import Questionnaire
    from everycount.site.exports.wanted import Wanted

PARENT = "parent_number"
PANEL = "panel_id"
_REACHES = frozenset({ColumnKind.TEXT, ColumnKind.NUMBER})  # names and numbers; never a face, never a home


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        name: of its file.
        place: of its roster in the form; "" for the records.
        above: place of the roster around it; None where that is the record.
        keys: the columns that the export adds: the pseudonym, and in rosters which row it is.
        sources: the questions in their order, each with the columns that it becomes.
        has_panel: the last key is a pseudonym by which the records of another round are joined.
    """

    name: str
    place: str
    above: str | None
    keys: tuple[Variable, ...]
    sources: tuple[tuple[Source, tuple[Variable, ...]], ...]
    has_panel: bool = False

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All columns."""
        return (*self.keys, *(each for _, made in self.sources for each in made))


@dataclass(frozen=True, slots=True)
class Known:
    """A column that others may know of a person.

    Attributes:
        name: table and column.
        table: place of its roster; "" for the records.
        source: the question.
        is_number: it can go along in bands.
        variables: what goes along of it; none where it stays.
    """

    name: str
    table: str
    source: Source
    is_number: bool
    variables: tuple[Variable, ...]


@dataclass(frozen=True)
class Sheets:
    """What leaves, and what stays: table, column and why; ``known`` is what others may know of a person."""

    all: tuple[Sheet, ...]
    held: tuple[tuple[str, str, Held], ...]
    points: tuple[Source, ...]
    known: tuple[Known, ...] = ()
    has_files: bool = False


def sheets_of(forms: Sequence[Questionnaire], wanted: Wanted, *, panel: bool = False) -> Sheets:
    """The tables of the records that answer any of these forms, the newest first.

    With ``panel`` the records have a column by which those of another round are joined.
    """
    tables = tables_of(forms)
    if wanted.purpose == Purpose.CONTACT:
        return Sheets((_contacts(tables[0]),), (), ())
    made = tuple(_sheet(table, wanted) for table in tables)
    known = tuple(_known(forms, tables, made, wanted)) if wanted.purpose in GIVEN else ()
    if panel:
        made = (_with_panel(made[0]), *made[1:])
    held = tuple(each for table in tables for each in _held(table, wanted))
    points = tuple(source for source, column in tables[0].columns if column.kind is ColumnKind.PLACE)
    return Sheets(made, held, points, known, media.asks(forms))


def _goes(table: Asked, column: Column, wanted: Wanted) -> bool:
    reason = held_for(column)
    return (reason is None or reason in wanted.also) and not _is_out(table, column, wanted)


def _is_out(table: Asked, column: Column, wanted: Wanted) -> bool:
    return wanted.keep(column_name(table.name, column.name)) is Keep.OUT


def _known(
    forms: Sequence[Questionnaire], tables: Sequence[Asked], made: Sequence[Sheet], wanted: Wanted
) -> Iterator[Known]:
    """Whatever would go along, and what of it goes along as it was chosen."""
    found = known_in(forms)
    for table, sheet in zip(tables, made, strict=True):
        goes = dict(sheet.sources)
        for source, column in table.columns:
            name, reason = column_name(table.name, column.name), held_for(column)
            if (reason is None or reason in wanted.also) and (source in found or name in wanted.more):
                is_number = column.kind is ColumnKind.NUMBER
                yield Known(name, table.place, source, is_number, goes.get(source, ()))


def _held(table: Asked, wanted: Wanted) -> Iterator[tuple[str, str, Held]]:
    for _, column in table.columns:
        reason = held_for(column)
        if reason is not None and reason not in wanted.also:
            yield table.name, column.name, reason
        elif _is_out(table, column, wanted):
            yield table.name, column.name, Held.UNWANTED
        elif reason is None and is_day(column) and Held.DAY not in wanted.also:
            yield table.name, column.name, Held.DAY


def _sheet(table: Asked, wanted: Wanted) -> Sheet:
    kept = [(source, column) for source, column in table.columns if _goes(table, column, wanted)]
    made = _made(table, kept, days=Held.DAY in wanted.also)
    sources = (
        (source, _banded(variables, wanted.keep(column_name(table.name, column.name))))
        for (source, column), (_, variables) in zip(kept, made.sources, strict=True)
    )
    return replace(made, sources=tuple(sources))


def _banded(variables: tuple[Variable, ...], keep: Keep) -> tuple[Variable, ...]:
    """The same; numbers in bands where that is wanted."""
    if keep not in {Keep.FIVE, Keep.TEN}:
        return variables
    return tuple(replace(each, numeric=False, band=int(keep)) if each.numeric else each for each in variables)


def _with_panel(sheet: Sheet) -> Sheet:
    taken = {each.name for each in sheet.variables}
    name = next(each for each in (PANEL, f"{PANEL}_of_record", f"_{PANEL}") if each not in taken)
    label = Text.of("The same in each round, for the same household or place", "en")
    return replace(sheet, keys=(*sheet.keys, Variable(name, "", label)), has_panel=True)


def _contacts(table: Asked) -> Sheet:
    kept = [
        # As it was written: a telephone number is no number.
        (source, replace(column, kind=ColumnKind.TEXT))
        for source, column in table.columns
        if column.identifier and column.kind in _REACHES
    ]
    return replace(_made(table, kept, days=True), name="contacts")


def _made(table: Asked, kept: Sequence[tuple[Source, Column]], *, days: bool) -> Sheet:
    found = variables([column for _, column in kept], roster=bool(table.place), weighted=False, days=days)
    keys = tuple(each for each in found if not each.source)
    if table.above is not None:
        label = Text.of("Row of the roster around it", "en")
        keys = (*keys, Variable(PARENT, "", label, numeric=True))
    by_name: dict[str, list[Variable]] = {}
    for each in found:
        by_name.setdefault(each.source, []).append(each)
    sources = tuple((source, tuple(by_name[column.name])) for source, column in kept)
    return Sheet(table.name, table.place, table.above, keys, sources)


__all__ = ["NUMBER", "PARENT", "Known", "Sheet", "Sheets", "sheets_of"]
