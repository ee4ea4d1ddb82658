"""Looking records over before they are given to others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycount.faults import Fault
from everycount.microdata.risk import FEWEST
from everycount.site.consent import gate
from everycount.site.exports import queries, rare
from everycount.site.exports.opening import pseudonyms, records_of
from everycount.site.exports.wanted import ALL, Format
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from everycount.microdata.risk import Risk
    from everycount.site.collection.models import Questionnaire
    from everycount.site.exports.sheets import Sheets
    from everycount.site.exports.wanted import Wanted
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked over: which records as they were, and how many of each table stand out."""

    names: frozenset[tuple[UUID | str, str]]
    found: tuple[tuple[str, Risk], ...]


def over(questionnaire: Questionnaire, sheets: Sheets, wanted: Wanted, *, by: Person, at: datetime) -> Looked:
    """Counts how many records stand out; what leaves afterwards is what was looked at here.

    Raises:
        RareError: somebody stands out, and no reason is given.
    """
    joined = _joined(sheets, wanted)
    taken = gate.look_over(
        queries.taken(questionnaire, accepted_only=wanted.accepted_only),
        wanted.purpose,
        initiative=questionnaire.initiative,
        called=pseudonyms(questionnaire, wanted.purpose),
        by=by,
        at=at,
    )
    if taken is None:
        raise PermissionDenied
    counted = rare.Combinations(joined)
    for some in records_of(questionnaire, joined, taken, {}):
        for each in some:
            counted.add(each.rows)
    found = counted.found()
    _tell(questionnaire, wanted, taken, found, by, at)
    if rare.is_rare(found) and not wanted.reason.strip():
        raise rare.RareError(_fault(found), found)
    return Looked(taken.names, found)


def _joined(sheets: Sheets, wanted: Wanted) -> Sheets:
    """The tables that leave, and always the records: who has a roster alone may have those from before."""
    first, *others = sheets.all
    if wanted.format == Format.GEOJSON:
        others = []
    elif wanted.table != ALL:
        others = [each for each in others if each.name == wanted.table]
    return replace(sheets, all=(first, *others))


@transaction.atomic
def _tell(
    questionnaire: Questionnaire,
    wanted: Wanted,
    taken: gate.Taken,
    found: tuple[tuple[str, Risk], ...],
    by: Person,
    at: datetime,
) -> None:
    worst = rare.most(found)
    payload: dict[str, Value] = {
        "purpose": str(wanted.purpose),
        "records": taken.count,
        "columns": len(worst.columns) if worst else 0,
        "rows": worst.records if worst else 0,
        "alone": worst.alone if worst else 0,
        "rare": worst.below if worst else 0,
        "opened": taken.event,
    }
    name = f"questionnaire:{questionnaire.pk}"
    record(Entry("records.looked_over", by.ref, name, questionnaire.initiative_id, payload), at=at)


def _fault(found: tuple[tuple[str, Risk], ...]) -> Fault:
    worst = rare.most(found)
    count = worst.below if worst else 0
    problem = ngettext(
        "%(n)s row has a combination that fewer than %(k)s rows share.",
        "%(n)s rows have a combination that fewer than %(k)s rows share.",
        count,
    ) % {"n": count, "k": FEWEST}
    remedy = _("Let columns stay or go along in bands, or say why these are given all the same.")
    return Fault(_("Rare combinations"), problem, remedy)
