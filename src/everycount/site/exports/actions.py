"""Taking records out. Each export is two entries of the ledger: records were opened, and a file was made."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.collection.marks import begun
from everycount.site.consent import gate
from everycount.site.exports import about, queries
from everycount.site.exports.formats import WRITERS, can_write, workbook
from everycount.site.exports.job import Job, Opened, Record
from everycount.site.exports.reading import Reader
from everycount.site.exports.wanted import ALL, Format, formats_for
from everycount.site.followup.actions import link_waiting
from everycount.site.followup.queries.members import marks_of
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from everycount.site.collection.models import Questionnaire
    from everycount.site.consent.models import Purpose
    from everycount.site.exports.sheets import Sheets
    from everycount.site.exports.wanted import Wanted
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person

FEW = 50
_BYTES = 10  # of a pseudonym: among ten million records two alike are less likely than one in ten thousand


@dataclass(frozen=True, slots=True)
class File:
    """A file that is made while it leaves: how it ends, what it is, and its bytes."""

    suffix: str
    media_type: str
    chunks: Iterator[bytes]


def take_out(*, questionnaire: Questionnaire, wanted: Wanted, by: Person, at: datetime) -> File | None:
    """Makes a file of the records of a questionnaire; None for whoever may not have it.

    The codebook leaves at once. What is said in the ledger is there before the first answer is opened;
    whoever takes consent back while the file is made is left out from that moment.

    Raises:
        InputError: this format cannot hold them, or not here.
    """
    faults = _faults(wanted)
    if faults:
        raise InputError(*faults)
    sheets = _chosen(queries.sheets(questionnaire, wanted), wanted)
    if wanted.format == Format.CODEBOOK:
        words = about.codebook(sheets.all, wanted.language)
        return File(".csv", "text/csv; charset=utf-8", iter([words.encode()]))
    if not may(by, gate.VERBS[wanted.purpose], questionnaire.initiative, at=at):
        return None
    if wanted.format == Format.XLSX:
        workbook.refuse_many(queries.counted(questionnaire, wanted.purpose).goes)
    job = Job(
        sheets=sheets.all,
        language=wanted.language,
        codebook=about.codebook(sheets.all, wanted.language),
        is_single=wanted.table != ALL,
        open=partial(_open, questionnaire, sheets, wanted, by, at, get_language() or "en"),
    )
    writer = WRITERS[wanted.format]
    return File(*(writer.single if job.is_single else writer.whole), writer.chunks(job))


@transaction.atomic
def _open(
    questionnaire: Questionnaire, sheets: Sheets, wanted: Wanted, by: Person, at: datetime, language: str
) -> Opened:
    taken = gate.take_out(
        queries.taken(questionnaire, accepted_only=wanted.accepted_only),
        wanted.purpose,
        initiative=questionnaire.initiative,
        called=_pseudonyms(questionnaire, wanted.purpose),
        by=by,
        at=at,
    )
    if taken is None:
        raise PermissionDenied  # the role ended a moment ago
    _tell(questionnaire, wanted, taken, by, at)
    with override(language):  # by now the thread may speak another one
        words = about.readme(questionnaire, sheets, wanted, taken.count, taken.event)
    panels = _panels(questionnaire, wanted.purpose, at) if any(each.has_panel for each in sheets.all) else {}
    return Opened(_records(questionnaire, sheets, taken, panels), taken.count, words)


def _panels(questionnaire: Questionnaire, purpose: Purpose, at: datetime) -> dict[str, str]:
    """The household or place of each record under another name, the same in each round of one purpose."""
    link_waiting(initiative=questionnaire.initiative_id, at=at)
    called = _pseudonyms(questionnaire, purpose)
    return {called(root): called(f"panel {mark}") for root, mark in marks_of(questionnaire.pk)}


def _faults(wanted: Wanted) -> list[Fault]:
    faults = []
    if wanted.format not in formats_for(wanted.purpose):
        remedy = _("Choose CSV, XLSX or JSON.")
        faults.append(Fault(_("File"), _("Names and numbers do not become such a file."), remedy))
    elif not can_write(wanted.format):
        problem = _("SPSS and Stata files need pandas, which this node does not have.")
        remedy = _('Ask whoever keeps the node to run: pip install "everycount[stat]"; or choose Parquet.')
        faults.append(Fault(_("File"), problem, remedy))
    return faults


def _chosen(sheets: Sheets, wanted: Wanted) -> Sheets:
    """One table alone, where it is wanted.

    Raises:
        InputError: there is no such table.
    """
    if wanted.format == Format.GEOJSON:
        return replace(sheets, all=sheets.all[:1])
    if wanted.table == ALL:
        return sheets
    found = tuple(each for each in sheets.all if each.name == wanted.table)
    if not found:
        raise InputError(Fault(_("Table"), wanted.table, _("Choose one of the tables of the questionnaire.")))
    return replace(sheets, all=found)


def _pseudonyms(questionnaire: Questionnaire, purpose: Purpose) -> Callable[[str], str]:
    """Names for instanceIDs, keyed with the initiative's secret: without it nobody makes one."""
    begin = begun("pseudonym", of=questionnaire.initiative_id)
    begin.update(purpose.encode() + b"\x1f")

    def name(root: str) -> str:
        made = begin.copy()
        made.update(root.encode())
        return base64.b32encode(made.digest()[:_BYTES]).decode().lower()

    return name


def _tell(questionnaire: Questionnaire, wanted: Wanted, taken: gate.Taken, by: Person, at: datetime) -> None:
    initiative = questionnaire.initiative_id
    payload: dict[str, Value] = {
        "purpose": str(wanted.purpose),
        "format": str(wanted.format),
        "records": taken.count,
        "opened": taken.event,
    }
    record(
        Entry("records.taken_out", by.ref, f"questionnaire:{questionnaire.pk}", initiative, payload), at=at
    )


def _records(
    questionnaire: Questionnaire, sheets: Sheets, taken: gate.Taken, panels: Mapping[str, str]
) -> Iterator[list[Record]]:
    readers: dict[str, Reader] = {}
    for some in _few(taken.batches):
        made = []
        for each in some:
            reader = readers.get(each.version)
            if reader is None:
                reader = readers[each.version] = _reader(questionnaire, each.version, sheets)
            made.append(Record(each.called, *reader.read(each.xml), panels.get(each.called, "")))
        yield made


def _few(batches: Iterator[list[gate.Leaving]]) -> Iterator[list[gate.Leaving]]:
    """As many as are turned into lines before the next ones are read; more would only fill the memory."""
    for batch in batches:
        for start in range(0, len(batch), FEW):
            yield batch[start : start + FEW]


def _reader(questionnaire: Questionnaire, version: str, sheets: Sheets) -> Reader:
    form = queries.form_named(questionnaire.pk, version)
    if form is None:
        raise LookupError(f'The version "{version}" is not known.')  # such a record is held, and stays shut
    return Reader(form, sheets.all, sheets.points)
