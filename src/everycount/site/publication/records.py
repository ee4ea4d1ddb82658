"""Records on their way into a release: through the gate, into a folder in memory, and gone with it.

Tables are laid down as phones sent them and as ODK Central exports them, so that a plan means here what it
means to ``everycount release`` beside an export. What names or finds a person is not laid down at all.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from everycount.site.collection.marks import mark
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.exports import queries as exports
from everycount.site.exports.reading import Reader
from everycount.site.exports.sheets import sheets_of
from everycount.site.exports.wanted import ALSO, Format, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import ExitStack
    from datetime import datetime
    from pathlib import Path
    from typing import Any

    from everycount.questionnaire import Questionnaire as Form
    from everycount.questionnaire.glance import Texts
    from everycount.site.collection.models import Questionnaire
    from everycount.site.exports.sheets import Sheet
    from everycount.site.people.models import Person

MAIN = "main"  # of everycount.sample, which brings an engine
KEY, PARENT_KEY = "KEY", "PARENT_KEY"
FORM = "form.xlsx"


@dataclass(frozen=True, slots=True)
class Laid:
    """Records that lie in a folder.

    Attributes:
        event: number of the entry in the ledger that says that they were opened.
        count: how many were.
        tables: of each its file and its keys, as :class:`everycount.survey.releasing.Job` wants them.
    """

    event: int
    count: int
    tables: Mapping[str, Mapping[str, str]]


def lay(
    folder: Path,
    *,
    questionnaire: Questionnaire,
    accepted_only: bool,
    by: Person,
    at: datetime,
    opened: ExitStack,
) -> Laid | None:
    """Writes the records that may be counted into a folder; None for who may not open them.

    Args:
        folder: where to; in memory, where the system has files there.
        questionnaire: whose.
        accepted_only: only what reviewers accepted; else all but what they rejected.
        by: for whom they are opened.
        at: when.
        opened: closes the files.
    """
    forms = exports.forms_of(questionnaire)
    wanted = Wanted(Purpose.STATISTICS, Format.CSV, forms[0].languages[0], also=ALSO[Purpose.STATISTICS])
    sheets = sheets_of(forms, wanted).all
    taken = gate.take_out(
        exports.taken(questionnaire, accepted_only=accepted_only),
        Purpose.STATISTICS,
        initiative=questionnaire.initiative,
        # The same in every release: noise hangs on these names, and two noises are averaged away.
        called=partial(_called, questionnaire),
        by=by,
        at=at,
    )
    if taken is None:
        return None
    tables = [_Table(folder, sheet, sheets, opened) for sheet in sheets]
    readers: dict[str, Reader] = {}
    for batch in taken.batches:
        for each in batch:
            if each.version not in readers:
                readers[each.version] = Reader(_form(questionnaire, each.version), sheets)
            rows, _ = readers[each.version].read(each.xml)
            for table, own, above in zip(tables, rows.rows, rows.above, strict=True):
                table.write(each.called, own, above)
    return Laid(taken.event, taken.count, {table.name: table.keys for table in tables})


def _called(questionnaire: Questionnaire, root: str) -> str:
    return mark("release", root, of=questionnaire.initiative_id)


def _form(questionnaire: Questionnaire, version: str) -> Form:
    form = exports.form_named(questionnaire.pk, version)
    if form is None:
        raise LookupError(f'The version "{version}" is not known.')  # such a record is held, and stays shut
    return form


class _Table:
    """A table that is being written."""

    def __init__(self, folder: Path, sheet: Sheet, sheets: Sequence[Sheet], opened: ExitStack) -> None:
        self.name = sheet.name if sheet.place else MAIN
        self._parent = next((each.name for each in sheets if sheet.above == each.place), MAIN)
        self._is_inner = sheet.above is not None
        self._is_roster = bool(sheet.place)
        self._places = _places(sheet)
        path = folder / f"{self.name}.csv"
        self._file: Any = csv.writer(opened.enter_context(path.open("w", encoding="utf-8", newline="")))
        head = [KEY, PARENT_KEY] if self._is_roster else [KEY]
        self._file.writerow([*head, *self._places])

    @property
    def keys(self) -> dict[str, str]:
        """How a survey folder would name it."""
        own = {"file": f"{self.name}.csv", "key": KEY}
        if not self._is_roster:
            return own
        return own | {"parent_key": PARENT_KEY, "parent": self._parent if self._is_inner else MAIN}

    def write(self, key: str, rows: Sequence[Texts], above: Sequence[int]) -> None:
        """Rows of one record."""
        self._file.writerows(self._lines(key, rows, above))

    def _lines(self, key: str, rows: Sequence[Texts], above: Sequence[int]) -> Iterator[list[str | None]]:
        for number, row in enumerate(rows):
            answers = [_first(row, places) for places in self._places.values()]
            if not self._is_roster:
                yield [key, *answers]
                continue
            parent = f"{key}/{self._parent}[{above[number] + 1}]" if self._is_inner else key
            yield [f"{key}/{self.name}[{number + 1}]", parent, *answers]


def _places(sheet: Sheet) -> dict[str, list[int]]:
    """Names of columns, with where their texts stand; a question that changed its kind stands twice."""
    found: dict[str, list[int]] = {}
    for number, ((place, _), _columns) in enumerate(sheet.sources):
        own = place.removeprefix(f"{sheet.place}/") if sheet.place else place
        found.setdefault(own.replace("/", "-"), []).append(number)
    return found


def _first(row: Texts, places: Sequence[int]) -> str | None:
    return next((row[place] for place in places if row[place] is not None), None)
