"""Lists of places that somebody gives as CSV: read, with every fault by line, value and remedy.

They hold places, not people: nobody could take consent back from a file. So a list is as ODK has it, a row
for each place, with the columns ``name`` (its id) and ``label``; further columns are its properties.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ID, LABEL = "name", "label"
MOST = 50_000  # places; phones have to load them
LARGEST = 10_000_000  # bytes
LONGEST = 255  # characters of an id, as the reader of entities has it
_SHOWN = 20  # faults of rows; whoever mends these finds the others
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}")  # of lists and properties, as XML takes them
_RESERVED = re.compile(r"__.*|name|label", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One place: its id, how people find it, and its properties by name."""

    id: str
    label: str
    properties: dict[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """A list as it was read; the digest is of what it says, however the file was written."""

    properties: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def text(self) -> str:
        """The list as CSV, always written the same way."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow((ID, LABEL, *self.properties))
        for each in self.places:
            writer.writerow((each.id, each.label, *(each.properties[name] for name in self.properties)))
        return out.getvalue()

    @property
    def digest(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read(name: str, content: bytes) -> Given:
    """The list in a CSV file.

    Raises:
        InputError: with each fault, the first twenty of rows.
    """
    rows = list(_rows(content))
    head = [each.strip() for each in rows[0][1]] if rows else []
    faults = [*_of_name(name), *_of_head(head)]
    if faults:
        raise InputError(*faults)
    faults = list(_of_rows(rows[1:], head))
    if faults:
        raise InputError(*faults[:_SHOWN])
    properties = tuple(each for each in head if each not in {ID, LABEL})
    return Given(
        properties, tuple(_place(dict(zip(head, row, strict=True)), properties) for _, row in rows[1:])
    )


def _place(row: dict[str, str], properties: tuple[str, ...]) -> Place:
    return Place(row[ID].strip(), row[LABEL].strip(), {each: row[each].strip() for each in properties})


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > LARGEST:
        problem = _("The file has %(size)s bytes.") % {"size": len(content)}
        raise InputError(Fault(_("File"), problem, _("Leave columns out, or make two lists.")))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = _("Byte %(place)s is no UTF-8.") % {"place": error.start}
        raise InputError(Fault(_("File"), problem, _("Save it as CSV in UTF-8."))) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        problem = _("It is no CSV: %(why)s.") % {"why": error}
        raise InputError(Fault(_line(reader.line_num), problem, _("Save it as CSV in UTF-8."))) from None


def _line(number: int) -> str:
    return _("Line %(number)s") % {"number": number}


def _of_name(name: str) -> Iterator[Fault]:
    if not _NAME.fullmatch(name):
        problem = _("“%(name)s” cannot be the name of a list.") % {"name": name[:LONGEST]}
        yield Fault(_("Name of the list"), problem, _("Begin with a letter; use letters, digits, - and _."))


def _of_head(head: list[str]) -> Iterator[Fault]:
    for wanted in (ID, LABEL):
        if wanted not in head:
            problem = _("There is no column “%(name)s”.") % {"name": wanted}
            yield Fault(
                _line(1), problem, _("Write it in the first line: name is the id, label what people see.")
            )
    for place, each in enumerate(head):
        problem = ""
        if each in head[:place]:
            problem = _("The column “%(name)s” stands there twice.") % {"name": each}
        elif each not in {ID, LABEL} and (not _NAME.fullmatch(each) or _RESERVED.fullmatch(each)):
            problem = _("“%(name)s” cannot be the name of a column.") % {"name": each[:LONGEST]}
        if problem:
            yield Fault(_line(1), problem, _("Give it another name, of letters, digits, - and _."))


def _of_rows(rows: list[tuple[int, list[str]]], head: list[str]) -> Iterator[Fault]:
    if len(rows) > MOST:
        problem = _("There are %(count)s places.") % {"count": len(rows)}
        yield Fault(_("File"), problem, _("Give at most %(most)s.") % {"most": MOST})
    seen: dict[str, int] = {}
    for number, row in rows:
        if len(row) != len(head):
            problem = _("It has %(count)s cells, and the first line has %(wanted)s.")
            told = problem % {"count": len(row), "wanted": len(head)}
            remedy = _("Add or remove commas; put a text with a comma between quotes.")
            yield Fault(_line(number), told, remedy)
            continue
        name, label = row[head.index(ID)].strip(), row[head.index(LABEL)].strip()
        yield from _of_place(number, name, label, seen)
        seen.setdefault(name.lower(), number)


def _of_place(number: int, name: str, label: str, seen: Mapping[str, int]) -> Iterator[Fault]:
    if not name or len(name) > LONGEST:
        problem = _("The id “%(name)s” is empty or too long.") % {"name": name[:40]}
        remedy = _("Give each place an id of at most %(n)s signs.") % {"n": LONGEST}
        yield Fault(_line(number), problem, remedy)
    elif name.lower() in seen:
        told = {"name": name, "line": seen[name.lower()]}
        problem = _("The id “%(name)s” stands in line %(line)s, too.") % told
        yield Fault(_line(number), problem, _("Remove one of the two, or give it an id of its own."))
    if not label:
        problem = _("The place “%(name)s” has no label.") % {"name": name[:40]}
        yield Fault(_line(number), problem, _("Write what people call it."))
