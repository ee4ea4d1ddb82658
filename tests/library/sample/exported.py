"""The same invented households as exports of SurveyCTO and CommCare, and their form."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FORM: dict[str, list[list[str]]] = {
    "survey": [
        ["type", "name", "label"],
        ["begin group", "household", "Household"],
        ["select_one yn", "water", "Safe water?"],
        ["select_multiple assets", "owns", "What do you own?"],
        ["date", "visit", "Day"],
        ["integer", "rent", "Rent"],
        ["end group", "", ""],
        ["begin repeat", "members", "Members"],
        ["integer", "age", "Age"],
        ["select_one sexes", "sex", "Sex"],
        ["select_multiple assets", "uses", "What do they use?"],
        ["begin repeat", "jobs", "Jobs"],
        ["integer", "hours", "Hours"],
        ["end repeat", "", ""],
        ["end repeat", "", ""],
    ],
    "choices": [
        ["list_name", "name", "label"],
        ["yn", "yes", "Yes"],
        ["yn", "no", "No"],
        ["sexes", "1", "Female"],
        ["sexes", "2", "Male"],
        ["assets", "radio", "Radio"],
        ["assets", "1", "Bicycle"],
        ["assets", "-99", "Not said"],
    ],
}
KEYS = ("uuid:aaaa", "uuid:bbbb")


def form() -> bytes:
    """The form as XLSX."""
    return workbook(FORM)


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Sheets by title."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def text(rows: Sequence[Sequence[Any]]) -> str:
    """Rows as CSV."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


SURVEYCTO_WIDE = [
    ["SubmissionDate", "starttime", "deviceid", "water", "owns", "owns_radio", "owns_1", "owns__99", "visit",
     "rent", "members_count", "age_1", "sex_1", "uses_1", "uses_radio_1", "uses_1_1", "hours_1_1",
     "hours_1_2", "age_2", "sex_2", "uses_2", "uses_radio_2", "uses_1_2", "hours_2_1", "hours_2_2",
     "instanceID", "formdef_version", "KEY"],
    ["Mar 3, 2026 10:15:00 AM", "Mar 3, 2026 9:58:07 AM", "x1", "yes", "radio 1", 1, 1, 0, "Mar 3, 2026", -99,
     2, 30, 1, "radio", 1, 0, 8, 4, 4, 2, "", 0, 0, "", "",
     KEYS[0], 2603, KEYS[0]],
    ["Mar 4, 2026 1:05:30 PM", "Mar 4, 2026 12:45:00 PM", "x2", "no", "-99", 0, 0, 1, "Mar 4, 2026", 500,
     1, 51, 2, "1", 0, 1, 6, "", "", "", "", "", "", "", "",
     KEYS[1], 2603, KEYS[1]],
]  # fmt: skip
SURVEYCTO_MAIN = [
    ["SubmissionDate", "household-water", "household-owns", "household-visit", "household-rent",
     "SET-OF-members", "formdef_version", "KEY"],
    ["Mar 3, 2026 10:15:00 AM", "yes", "radio 1", "Mar 3, 2026", -99, f"{KEYS[0]}/members", 2603, KEYS[0]],
    ["Mar 4, 2026 1:05:30 PM", "no", "-99", "Mar 4, 2026", 500, f"{KEYS[1]}/members", 2603, KEYS[1]],
]  # fmt: skip
SURVEYCTO_MEMBERS = [
    ["age", "sex", "uses", "SET-OF-jobs", "PARENT_KEY", "KEY", "SET-OF-members"],
    *(
        [age, sex, uses, f"{key}/members[{n}]/jobs", key, f"{key}/members[{n}]", f"{key}/members"]
        for age, sex, uses, key, n in (
            (30, 1, "radio", KEYS[0], 1),
            (4, 2, "", KEYS[0], 2),
            (51, 2, "1", KEYS[1], 1),
        )
    ),
]
SURVEYCTO_JOBS = [
    ["hours", "PARENT_KEY", "KEY", "SET-OF-jobs"],
    *(
        [hours, f"{key}/members[1]", f"{key}/members[1]/jobs[{n}]", f"{key}/members[1]/jobs"]
        for hours, key, n in ((8, KEYS[0], 1), (4, KEYS[0], 2), (6, KEYS[1], 1))
    ),
]
_INFO = ["info.completed_time", "info.started_time", "info.username", "info.received_on", "caseid"]
_COMMCARE_TIMES = [
    ["2026-03-03 10:12:00", "2026-03-03 09:58:07", "worker1", "2026-03-03 10:15:00", "c1"],
    ["2026-03-04 13:01:10", "2026-03-04 12:45:00", "worker2", "2026-03-04 13:05:30", "---"],
]
COMMCARE: dict[str, list[list[Any]]] = {
    "Forms": [
        ["number", "formid", "form.household.water", "form.household.owns", "form.household.visit",
         "form.household.rent", *_INFO],
        [0, "f-1", "yes", "radio 1", "2026-03-03", "---", *_COMMCARE_TIMES[0]],
        [1, "f-2", "no", "-99", "2026-03-04", 500, *_COMMCARE_TIMES[1]],
    ],
    "Repeat- members": [
        ["number", "number__0", "number__1", "form.members.age", "form.members.sex", "form.members.uses"],
        ["0.0", 0, 0, 30, 1, "radio"],
        ["0.1", 0, 1, 4, 2, "---"],
        ["1.0", 1, 0, 51, 2, "1"],
    ],
    "Repeat- members.jobs": [
        ["number", "number__0", "number__1", "number__2", "form.members.jobs.hours"],
        ["0.0.0", 0, 0, 0, 8],
        ["0.0.1", 0, 0, 1, 4],
        ["1.0.0", 1, 0, 0, 6],
    ],
}  # fmt: skip
COMMCARE_SPLIT: dict[str, list[list[Any]]] = {
    **COMMCARE,
    "Forms": [
        ["number", "formid", "form.household.water", "form.household.owns | radio", "form.household.owns | 1",
         "form.household.owns | -99", "form.household.owns | extra", "form.household.visit",
         "form.household.rent", *_INFO],
        [0, "f-1", "yes", 1, 1, None, None, "2026-03-03", "---", *_COMMCARE_TIMES[0]],
        [1, "f-2", "no", None, None, 1, None, "2026-03-04", 500, *_COMMCARE_TIMES[1]],
    ],
}  # fmt: skip


def packed(tables: dict[str, Sequence[Sequence[Any]]], path: Path) -> Path:
    """A ZIP with a CSV file for each table."""
    with zipfile.ZipFile(path, "w", 8) as archive:
        for name, rows in tables.items():
            archive.writestr(f"{name}.csv", text(rows))
    return path
