"""Cells of several languages put together to one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.faults import Fault
from everycount.questionnaire.columns import TRANSLATED, cleaned
from everycount.questionnaire.languages import tag_of
from everycount.text import UNDETERMINED, Text

if TYPE_CHECKING:
    from everycount.questionnaire.columns import Column, Columns
    from everycount.questionnaire.workbook import Row, Sheet

WORDS = TRANSLATED - {"image", "big-image", "audio", "video"}


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a form: tags in order, the default first, and the name that the form gives each."""

    default: str
    names: dict[str, str]

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags, the default first."""
        return tuple(self.names)


def languages_of(default_name: str, *sheets: Columns) -> Languages:
    """The languages that the columns of a form speak; columns without one speak the default language."""
    found: dict[str, str] = {}
    for columns in sheets:
        for column in columns.all:
            if column.field in WORDS:
                name = column.language or default_name
                found.setdefault(tag_of(name), name)
    default = tag_of(default_name) if default_name else _first(found)
    names = {default: found.get(default, default_name), **found}
    return Languages(default, names)


def same_tongues(sheet: Sheet, columns: Columns, languages: Languages) -> list[Fault]:
    """Notices of columns that speak the same language as one before them and are passed over."""
    notices = []
    first: dict[tuple[str, str], str] = {}
    for column in columns.all:
        if column.field in WORDS:
            tag = tag_of(column.language) if column.language else languages.default
            other = first.setdefault((column.field, tag), column.header)
            if other != column.header:
                notices.append(
                    Fault(
                        sheet.place(1, column.header),
                        f'The columns "{other}" and "{column.header}" both speak "{tag}"; the second is used '
                        "only where the first is empty.",
                        "Keep one of them, or give the other its own language.",
                    )
                )
    return notices


def _first(found: dict[str, str]) -> str:
    return UNDETERMINED if UNDETERMINED in found else next(iter(found), UNDETERMINED)


def text_of(row: Row, columns: tuple[Column, ...], languages: Languages, *, spaces: bool) -> Text:
    """What the columns of one field say in a row, the default language first."""
    said: dict[str, str] = {}
    for column in columns:
        words = row.cells.get(column.header)
        if words:
            tag = tag_of(column.language) if column.language else languages.default
            said.setdefault(tag, cleaned(words, spaces=spaces))
    ordered = sorted(said.items(), key=lambda pair: pair[0] != languages.default)
    return Text(tuple(ordered))
