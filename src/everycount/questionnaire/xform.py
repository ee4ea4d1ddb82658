"""A questionnaire written as an XForm."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.questionnaire.columns import OUR_PREFIX
from everycount.questionnaire.pyxform_door import pyxform

if TYPE_CHECKING:
    from everycount.questionnaire.model import Questionnaire
    from everycount.questionnaire.workbook import Sheet, Workbook

PLACED = re.compile(r"\[row\s*:\s*(?P<row>\d+)\]\s*")
ON_SHEET = re.compile(r"On the '(?P<sheet>\w+)' sheet, the '(?P<column>[^']+)' value(?: '(?P<value>[^']*)')?")
LEARN_MORE = re.compile(r"\s*Learn more: \S+")
FIRST_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def write_xform(questionnaire: Questionnaire, root: str | None = None) -> bytes:
    """The XForm of a questionnaire, as UTF-8 XML.

    Args:
        questionnaire: as read by ``read_xlsform``.
        root: name of the instance's root element; else the setting ``name``, else ``data``.

    Raises:
        InputError: the form cannot be turned into an XForm; the faults say where and why.
        ValueError: the questionnaire was not read from a form.
    """
    if questionnaire.source is None:
        raise ValueError("This questionnaire was not read from a form, so there are no sheets to convert.")
    return convert(questionnaire.source, root)


def convert(workbook: Workbook, root: str | None = None) -> bytes:
    """The XForm of a form's sheets; see :func:`write_xform`."""
    xls2xform = pyxform("xls2xform")
    try:
        with warnings.catch_warnings():
            # What pyxform has to say stands in its own list, which we do not print; Python's warnings
            # here would come from libraries behind it.
            warnings.simplefilter("ignore")
            result = xls2xform.convert(_definition(workbook), form_name=root)
    except Exception as error:  # pyxform lets KeyError, TypeError and others through on odd forms
        raise InputError(*_faults(error, workbook)) from error
    xform: str = result.xform
    return xform.encode("utf-8")


def _definition(workbook: Workbook) -> dict[str, Any]:
    """The form as pyxform takes it, without the columns that are ours alone."""
    definition: dict[str, Any] = {
        "sheet_names": list(workbook.sheet_names),
        "fallback_form_name": workbook.stem,
    }
    for key, sheet in workbook.sheets.items():
        theirs = [header for header in sheet.headers if not OUR_PREFIX.match(header)]
        definition[f"{key}_header"] = [dict.fromkeys(theirs)]
        definition[key] = _numbered(sheet)
    return definition


def _numbered(sheet: Sheet) -> list[dict[str, str]]:
    """The rows, with empty ones between them, because pyxform counts its way to a row's number."""
    rows: list[dict[str, str]] = []
    for row in sheet.rows:
        rows.extend({} for _ in range(row.number - 2 - len(rows)))
        rows.append({header: text for header, text in row.cells.items() if not OUR_PREFIX.match(header)})
    return rows


def _faults(error: Exception, workbook: Workbook) -> list[Fault]:
    message = LEARN_MORE.sub("", str(error)) or type(error).__name__
    return [_fault(part, workbook) for part in message.split("\n") if part.strip()] or [
        Fault(workbook.name, "The form cannot be converted.", "Look for odd values in it.")
    ]


def _fault(message: str, workbook: Workbook) -> Fault:
    """One message of pyxform, taken apart into place, problem and remedy."""
    placed = PLACED.search(message)
    on_sheet = ON_SHEET.search(message)
    row = int(placed["row"]) if placed else None
    name = on_sheet["sheet"] if on_sheet else "survey"
    sheet = workbook.sheet(name)
    column = on_sheet["column"] if on_sheet else None
    place = sheet.place(row, column) if sheet and (placed or on_sheet) else workbook.name
    words = PLACED.sub("", message).strip()
    problem, *advice = FIRST_SENTENCE.split(words, maxsplit=1)
    if not problem.endswith((".", "!", "?")):
        problem += "."
    value = _value(sheet, row, column)
    if value and value not in problem:
        problem = f'{problem} It says "{value}".'
    return Fault(place, problem, advice[0] if advice else "Change it and try again.")


def _value(sheet: Sheet | None, row: int | None, column: str | None) -> str:
    if sheet is None or column is None:
        return ""
    return next((each.cells.get(column, "") for each in sheet.rows if each.number == row), "")
