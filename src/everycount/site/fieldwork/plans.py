"""Reading the plan of a fieldwork: a table that somebody typed, or a file."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.intake import is_locked, locked, refuse_archive, refuse_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

COLUMNS = ("place", "name", "collector", "day", "target", "latitude", "longitude", "radius")
LARGEST = 2_000_000  # bytes of a file
MOST = 5000  # lines
MOST_TARGET = 1_000_000
RADIUS = 1000.0  # metres, where the plan says where a place is and not how far it goes
_SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan; "" and None mean any, as in :class:`.models.Target`."""

    place: str
    name: str
    collector: str
    day: date | None
    target: int
    latitude: float | None
    longitude: float | None
    radius: float | None

    @property
    def key(self) -> tuple[str, str, date | None]:
        """For what the target is."""
        return self.place, self.collector, self.day


def read_text(text: str, collectors: Collection[str]) -> list[Line]:
    """Lines that were typed or pasted: a head, then one line each, with commas, semicolons or tabs between.

    Raises:
        InputError: with everything that is wrong.
    """
    plain = text.lstrip("\ufeff")
    head = plain.split("\n", maxsplit=1)[0]
    separator = max(_SEPARATORS, key=head.count)
    rows = list(csv.reader(io.StringIO(plain), delimiter=separator))
    return _lines(rows, collectors)


def read_file(data: bytes, name: str, collectors: Collection[str]) -> list[Line]:
    """The same of a file .csv or .xlsx.

    Raises:
        InputError: with everything that is wrong.
    """
    if len(data) > LARGEST:
        problem = _("“%(name)s” has more than 2 MB.") % {"name": name}
        raise InputError(
            Fault(_("File"), problem, _("A plan has a line for each target; leave all else out."))
        )
    if data.startswith(b"PK") or is_locked(data):
        return _lines(_sheet(data, name), collectors)
    try:
        return read_text(data.decode("utf-8-sig"), collectors)
    except UnicodeDecodeError:
        problem = _("“%(name)s” is no table that can be read.") % {"name": name}
        raise InputError(Fault(_("File"), problem, _("Save it as .xlsx, or as .csv in UTF-8."))) from None


def _sheet(data: bytes, name: str) -> list[list[str]]:
    if is_locked(data):
        raise locked(name)
    import openpyxl  # noqa: PLC0415 - wanted only where a workbook comes

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_archive(archive, len(data), name)
            refuse_workbook(archive, name)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        problem = _("“%(name)s” is no table that can be read.") % {"name": name}
        raise InputError(Fault(_("File"), problem, _("Save it as .xlsx, or as .csv in UTF-8."))) from None
    rows = book.worksheets[0].iter_rows(max_row=MOST + 2, max_col=50, values_only=True)
    return [[_cell(each) for each in row] for row in rows]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _lines(rows: Sequence[Sequence[str]], collectors: Collection[str]) -> list[Line]:
    faults: list[Fault] = []
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(each.strip() for each in row)]
    if not numbered:
        raise InputError(Fault(_("Plan"), _("There is no line."), _("Begin with the names of the columns.")))
    head = _head(numbered[0][1], faults)
    if len(numbered) - 1 > MOST:
        remedy = _("Plan at most %(most)d lines for one questionnaire.") % {"most": MOST}
        raise InputError(Fault(_("Plan"), str(len(numbered) - 1), remedy))
    if faults:
        raise InputError(*faults)
    found = [_line(_Row(number, row, head, faults), collectors) for number, row in numbered[1:]]
    seen: set[tuple[str, str, date | None]] = set()
    for (number, _row), line in zip(numbered[1:], found, strict=True):
        if line.key in seen:
            remedy = _("Keep one line for each place, collector and day.")
            faults.append(Fault(_place(number), _("There is a line for the same before it."), remedy))
        seen.add(line.key)
    if faults:
        raise InputError(*faults)
    return found


def _head(cells: Sequence[str], faults: list[Fault]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = cell.strip().casefold()
        if name in COLUMNS:
            found[name] = at
        elif name:
            near = get_close_matches(name, COLUMNS, n=1)
            meant = _("Did you mean “%(near)s”?") % {"near": near[0]} if near else ""
            remedy = f"{meant} " + _("Columns are: %(names)s.") % {"names": ", ".join(COLUMNS)}
            problem = _("There is no column “%(name)s”.") % {"name": cell.strip()}
            faults.append(Fault(_place(1), problem, remedy.strip()))
    if "target" not in found and not faults:
        remedy = _("Columns are: %(names)s.") % {"names": ", ".join(COLUMNS)}
        faults.append(Fault(_place(1), _("The column “target” is missing."), remedy))
    return found


def _place(number: int) -> str:
    return _("Line %(number)d") % {"number": number}


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Sequence[str]
    head: Mapping[str, int]
    faults: list[Fault]

    def text(self, name: str, longest: int = 200) -> str:
        at = self.head.get(name)
        words = self.cells[at].strip() if at is not None and at < len(self.cells) else ""
        if len(words) > longest:
            self.wrong(_("“%(name)s” is too long.") % {"name": name}, _("Write at most 200 letters."))
        return words[:longest]

    def wrong(self, problem: str, remedy: str) -> None:
        self.faults.append(Fault(_place(self.number), problem, remedy))

    def decimal(self, name: str, least: float, most: float) -> float | None:
        words = self.text(name).replace(",", ".")
        if not words:
            return None
        try:
            number = float(words)
        except ValueError:
            number = float("nan")
        if least <= number <= most:
            return number
        problem = _("“%(words)s” is no %(name)s.") % {"words": words, "name": name}
        given = {"least": f"{least:g}", "most": f"{most:g}"}
        self.wrong(problem, _("Write a number from %(least)s to %(most)s.") % given)
        return None


def _line(row: _Row, collectors: Collection[str]) -> Line:
    north = row.decimal("latitude", -90, 90)
    east = row.decimal("longitude", -180, 180)
    if (north is None) != (east is None):
        row.wrong(_("Latitude and longitude belong together."), _("Write both, or none."))
    radius = row.decimal("radius", 1, 1_000_000)
    return Line(
        place=row.text("place"),
        name=row.text("name"),
        collector=_collector(row, collectors),
        day=_day(row),
        target=_target(row),
        latitude=north,
        longitude=east,
        radius=(radius or RADIUS) if north is not None else None,
    )


def _collector(row: _Row, collectors: Collection[str]) -> str:
    said = row.text("collector", 120)
    known = {each.casefold(): each for each in collectors}
    if not said or said.casefold() in known:
        return known.get(said.casefold(), "")
    near = get_close_matches(said.casefold(), list(known), n=1, cutoff=0.5)
    meant = _("Did you mean “%(near)s”?") % {"near": known[near[0]]} if near else ""
    remedy = _("Write the name of a phone as it stands under phones and links, or give it its key first.")
    row.wrong(_("No phone is called “%(name)s”.") % {"name": said}, f"{meant} {remedy}".strip())
    return said


def _day(row: _Row) -> date | None:
    words = row.text("day")
    if not words:
        return None
    try:
        return date.fromisoformat(words)
    except ValueError:
        row.wrong(_("“%(words)s” is no day.") % {"words": words}, _("Write it as 2026-11-30."))
        return None


def _target(row: _Row) -> int:
    words = row.text("target")
    if words.isascii() and words.isdecimal() and int(words) <= MOST_TARGET:
        return int(words)
    problem = _("“%(words)s” is no target.") % {"words": words}
    row.wrong(
        problem, _("Write a whole number from %(least)s to %(most)s.") % {"least": 0, "most": MOST_TARGET}
    )
    return 0


def as_text(lines: Sequence[Line]) -> str:
    """A plan as it would be typed; only columns that say something."""
    wanted = [name for name in COLUMNS if name == "target" or any(_said(line, name) for line in lines)]
    file = io.StringIO()
    made = csv.writer(file, lineterminator="\n")
    made.writerow(wanted)
    made.writerows([_said(line, name) for name in wanted] for line in lines)
    return file.getvalue()


def _said(line: Line, name: str) -> str:
    value = getattr(line, name)
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
