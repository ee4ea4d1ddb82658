"""The choices sheet: lists of answers that questions offer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from everycount.faults import Fault, nearest
from everycount.questionnaire.columns import cleaned
from everycount.questionnaire.question import Choice, ChoiceList
from everycount.questionnaire.wording import text_of

if TYPE_CHECKING:
    from everycount.questionnaire.columns import Columns
    from everycount.questionnaire.parts import Parts
    from everycount.questionnaire.wording import Languages
    from everycount.questionnaire.workbook import Row, Sheet


def read_choices(parts: Parts) -> tuple[dict[str, ChoiceList], list[Fault], list[Fault]]:
    """The choice lists by name, the faults of the sheet, and its notices."""
    if parts.choices is None:
        return {}, [], []
    sheet, columns = parts.choices, parts.choice_columns
    missing = [field for field in ("list_name", "name") if not columns.has(field)]
    if missing and sheet.rows:
        return {}, [_missing_column(sheet, field) for field in missing], []
    rows = _rows_by_list(sheet, columns)
    faults: list[Fault] = []
    for name, members in rows.items():
        faults += _codes_faults(sheet, columns, name, members)
        if not parts.settings.is_on("allow_choice_duplicates"):
            faults += _duplicate_faults(sheet, columns, name, members)
    lists = {
        name: ChoiceList(name, tuple(_choice(row, columns, parts.languages) for row in members))
        for name, members in rows.items()
    }
    return lists, faults, _notices(sheet, columns, rows)


def _rows_by_list(sheet: Sheet, columns: Columns) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    header = columns.header("list_name")
    for row in sheet.rows:
        name = row.cells.get(header)
        if name:  # rows without a list belong to nobody; authors use them as notes
            rows[cleaned(name, spaces=False)].append(row)
    return dict(rows)


def _choice(row: Row, columns: Columns, languages: Languages) -> Choice:
    return Choice(
        code=cleaned(row.cells.get(columns.header("name"), ""), spaces=False),
        labels=text_of(row, columns.of("label"), languages, spaces=False),
        columns=tuple(
            (column.header, cleaned(row.cells[column.header], spaces=False))
            for column in columns.others()
            if column.header in row.cells
        ),
    )


def _missing_column(sheet: Sheet, field: str) -> Fault:
    alike = nearest(field, sheet.headers)
    return Fault(
        sheet.place(1),
        f'The column "{field}" is missing.',
        f'Rename "{alike}" to "{field}".'
        if alike
        else "Add it: each choice needs a list_name, a name and a label.",
    )


def _codes_faults(sheet: Sheet, columns: Columns, name: str, rows: list[Row]) -> list[Fault]:
    header = columns.header("name")
    return [
        Fault(
            sheet.place(row.number, header),
            f'A choice of the list "{name}" has no code.',
            "Write a short code, such as 1 or yes.",
        )
        for row in rows
        if header not in row.cells
    ]


def _duplicate_faults(sheet: Sheet, columns: Columns, name: str, rows: list[Row]) -> list[Fault]:
    header = columns.header("name")
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        code = cleaned(row.cells.get(header, ""), spaces=False)
        other = first.setdefault(code, row.number)
        if code and other != row.number:
            faults.append(
                Fault(
                    sheet.place(row.number, header),
                    f'The code "{code}" stands twice in the list "{name}"; row {other} has it too.',
                    "Give each choice its own code, or set allow_choice_duplicates to yes in the settings if "
                    "the same code is meant.",
                )
            )
    return faults


def _notices(sheet: Sheet, columns: Columns, rows: dict[str, list[Row]]) -> list[Fault]:
    labels = columns.of("label")
    media = [*columns.of("image"), *columns.of("audio"), *columns.of("video")]
    return [
        Fault(
            sheet.place(row.number, columns.header("label")),
            f'The choice "{row.cells.get(columns.header("name"), "")}" of the list "{name}" has no label.',
            "Write the words that people see.",
        )
        for name, members in rows.items()
        for row in members
        if not any(column.header in row.cells for column in (*labels, *media))
    ]
