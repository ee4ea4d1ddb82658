"""Taking records out. Each export is two entries of the ledger: records were opened, and a file was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError, nearest
from everycount.site.consent import gate
from everycount.site.exports import about, looking, media, queries, rare
from everycount.site.exports.formats import WRITERS, can_write, workbook
from everycount.site.exports.job import Job, Opened
from everycount.site.exports.opening import pseudonyms, records_of
from everycount.site.exports.wanted import ALL, GIVEN, Format, column_name, formats_for
from everycount.site.followup.actions import link_waiting
from everycount.site.followup.queries.members import marks_of
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import may

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Questionnaire as Form
    from everycount.site.collection.models import Questionnaire
    from everycount.site.consent.models import Purpose
    from everycount.site.exports.looking import Looked
    from everycount.site.exports.sheets import Sheets
    from everycount.site.exports.wanted import Wanted
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person


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

    Records that leave the hands of those who were told the answers are looked over first: whether somebody
    stands out by a rare combination of what others may know. That opens them, and is told in the ledger.

    Raises:
        InputError: this format cannot hold them, or not here.
        RareError: somebody stands out, and no reason is given.
    """
    every = queries.sheets(questionnaire, wanted)
    faults = [*_faults(wanted), *_unknown(every, wanted)]
    if faults:
        raise InputError(*faults)
    sheets = _chosen(every, wanted)
    if wanted.format == Format.CODEBOOK:
        words = about.codebook(sheets.all, wanted.language)
        return File(".csv", "text/csv; charset=utf-8", iter([words.encode()]))
    if not may(by, gate.VERBS[wanted.purpose], questionnaire.initiative, at=at):
        return None
    if wanted.format == Format.FILES:
        return _files(questionnaire, wanted, by, at)
    if wanted.format == Format.XLSX:
        workbook.refuse_many(queries.counted(questionnaire, wanted.purpose).goes)
    looked = looking.over(questionnaire, every, wanted, by=by, at=at) if wanted.purpose in GIVEN else None
    job = Job(
        sheets=sheets.all,
        language=wanted.language,
        codebook=about.codebook(sheets.all, wanted.language),
        is_single=wanted.table != ALL,
        open=partial(_open, questionnaire, sheets, wanted, looked, by, at, get_language() or "en"),
    )
    writer = WRITERS[wanted.format]
    return File(*(writer.single if job.is_single else writer.whole), writer.chunks(job))


@transaction.atomic
def _open(
    questionnaire: Questionnaire,
    sheets: Sheets,
    wanted: Wanted,
    looked: Looked | None,
    by: Person,
    at: datetime,
    language: str,
) -> Opened:
    called = pseudonyms(questionnaire, wanted.purpose)
    taken = _taken(questionnaire, wanted, looked, by, at, called=called)
    with override(language):  # by now the thread may speak another one
        found = looked.found if looked else ()
        words = about.readme(questionnaire, sheets, wanted, found, taken.count, taken.event)
    panels = _panels(questionnaire, wanted.purpose, at) if any(each.has_panel for each in sheets.all) else {}
    return Opened(records_of(questionnaire, sheets, taken, panels), taken.count, words)


def _files(questionnaire: Questionnaire, wanted: Wanted, by: Person, at: datetime) -> File:
    """Pictures and sounds; what is said in the ledger is there before the first one is opened."""
    language = get_language() or "en"
    joins = media.joins(queries.forms_of(questionnaire))
    called = pseudonyms(questionnaire, wanted.purpose if joins else f"{wanted.purpose} files")

    def opened() -> tuple[gate.Taken, str]:
        with override(language), transaction.atomic():
            taken = _taken(questionnaire, wanted, None, by, at, called=called)
            return taken, about.of_files(questionnaire, wanted, taken, is_joined=joins)

    found = media.Media(partial(_version, questionnaire.pk), opened, wanted.purpose, language)
    return File(".zip", "application/zip", found.chunks())


def _version(questionnaire: UUID, name: str) -> Form:
    found = queries.form_named(questionnaire, name)
    if found is None:
        raise LookupError(f'The version "{name}" is not known.')
    return found


def _taken(
    questionnaire: Questionnaire,
    wanted: Wanted,
    looked: Looked | None,
    by: Person,
    at: datetime,
    *,
    called: Callable[[str], str],
) -> gate.Taken:
    """The records, once the ledger says that they leave."""
    taken = gate.take_out(
        queries.taken(questionnaire, accepted_only=wanted.accepted_only),
        wanted.purpose,
        initiative=questionnaire.initiative,
        called=called,
        by=by,
        at=at,
        only=looked.names if looked else None,
    )
    if taken is None:
        raise PermissionDenied  # the role ended a moment ago
    _tell(questionnaire, wanted, taken, looked, by, at)
    return taken


def _panels(questionnaire: Questionnaire, purpose: Purpose, at: datetime) -> dict[str, str]:
    """The household or place of each record under another name, the same in each round of one purpose."""
    link_waiting(initiative=questionnaire.initiative_id, at=at)
    called = pseudonyms(questionnaire, purpose)
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


def _unknown(sheets: Sheets, wanted: Wanted) -> list[Fault]:
    """Columns that others may know, and that there are not."""
    goes = [
        column_name(sheet.name, name)
        for sheet in sheets.all
        for name in {variable.source: None for variable in sheet.variables if variable.source}
    ]
    known = {*goes, *(each.name for each in sheets.known)}
    return [
        Fault(
            _("Others may know this, too"),
            _("“%(name)s” is no column of this questionnaire that goes along.") % {"name": name},
            _("Write table and column, such as: %(near)s")
            % {"near": nearest(name, known) or next(iter(goes), "")},
        )
        for name in wanted.more
        if name not in known
    ]


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


def _tell(
    questionnaire: Questionnaire,
    wanted: Wanted,
    taken: gate.Taken,
    looked: Looked | None,
    by: Person,
    at: datetime,
) -> None:
    initiative = questionnaire.initiative_id
    payload: dict[str, Value] = {
        "purpose": str(wanted.purpose),
        "format": str(wanted.format),
        "records": taken.count,
        "opened": taken.event,
    }
    if looked is not None:
        payload["accepted"] = rare.is_rare(looked.found)
    record(
        Entry("records.taken_out", by.ref, f"questionnaire:{questionnaire.pk}", initiative, payload), at=at
    )
