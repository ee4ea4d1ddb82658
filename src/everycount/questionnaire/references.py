"""``${name}`` in expressions and wordings: each must name one question or group of the form."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from everycount.faults import Fault, nearest
from everycount.questionnaire.rows import NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.questionnaire.columns import Columns
    from everycount.questionnaire.workbook import Sheet

REFERENCE = re.compile(r"\$\{(?P<inner>[^}]*)(?P<closed>\})?")
LAST_SAVED = "last-saved#"
ALWAYS_THERE = ("instanceID",)


def check_references(sheets: Iterable[tuple[Sheet, Columns]], names: Iterable[str]) -> list[Fault]:
    """The faults of all references in the sheets, ``names`` being those of questions and groups."""
    counted = Counter([*names, *ALWAYS_THERE])
    return [
        fault
        for sheet, columns in sheets
        for place, text in _cells(sheet, columns)
        if "${" in text
        for fault in _check(place, text, counted)
    ]


def _cells(sheet: Sheet, columns: Columns) -> Iterator[tuple[str, str]]:
    looked_at = [
        column.header
        for column in columns.all
        if (column.field == "label" if sheet.name == "choices" else _may_refer(column.field))
    ]
    for row in sheet.rows:
        for header in looked_at:
            if header in row.cells:
                yield sheet.place(row.number, header), row.cells[header]


def _may_refer(field: str) -> bool:
    return field not in {"type", "name", "trigger"} and not field.startswith("everycount::")


def _check(place: str, text: str, counted: Counter[str]) -> Iterator[Fault]:
    for match in REFERENCE.finditer(text):
        inner = match["inner"]
        name = inner.removeprefix(LAST_SAVED)
        if not match["closed"] or not NAME.fullmatch(name) or ":" in name:
            yield Fault(
                place,
                f'"{match[0]}" is no reference to a question.',
                "Write ${ and } around the name of a question, without spaces.",
            )
        elif name not in counted:
            alike = nearest(name, counted)
            yield Fault(
                place,
                f'"{match[0]}" names a question that is not in the form.',
                f'Did you mean "${{{alike}}}"?'
                if alike
                else "Name a question, group or repeat of the survey sheet.",
            )
        elif counted[name] > 1:
            yield Fault(
                place,
                f'"{match[0]}" could mean {counted[name]} questions, which all have this name.',
                "Rename all but one of them.",
            )
