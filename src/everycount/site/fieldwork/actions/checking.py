"""Checking some interviews again. Events tell how many were drawn by which seed, and never which."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.fieldwork.models import Check, Draw, Result
from everycount.site.fieldwork.queries import checks
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from everycount.site.collection.models import Questionnaire
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person

MOST = 50  # of each collector in one draw


def drawn(found: Iterable[tuple[UUID, str]], most: int, seed: str) -> Mapping[UUID, str]:
    """A simple random sample of each collector's submissions; the same for the same seed, in any order.

    Each submission has a number that the seed and its name make; those with the least are taken. So whether
    one is taken does not depend on what the others are called.

    Args:
        found: submissions and their collectors.
        most: how many of each collector.
        seed: any text.
    """
    by: dict[str, list[tuple[bytes, UUID]]] = defaultdict(list)
    for name, collector in found:
        by[collector].append((hashlib.sha256(f"{seed}:{name}".encode()).digest(), name))
    return {name: who for who, rows in by.items() for _number, name in sorted(rows)[:most]}


@transaction.atomic
def draw(
    *, questionnaire: Questionnaire, most: int, by: Person, at: datetime, seed: str | None = None
) -> Draw:
    """Draws accepted submissions of each collector, of people who agreed to be spoken to again.

    Those of earlier draws are left out.

    Args:
        questionnaire: of which.
        most: of each collector.
        by: who draws.
        at: when.
        seed: made by lot where none is given.

    Raises:
        InputError: nobody can be asked again.
    """
    found = drawn(checks.drawable(questionnaire), min(most, MOST), seed := seed or secrets.token_hex(8))
    if not found:
        problem = _("No accepted submission is left whose person agreed to be spoken to again.")
        raise InputError(
            Fault(_("Draw"), problem, _("Accept some first, or ask for this consent in the form."))
        )
    initiative = questionnaire.initiative_id
    payload: dict[str, Value] = {"submissions": len(found), "seed": seed}
    entry = Entry("checks.drawn", by.ref, f"questionnaire:{questionnaire.pk}", initiative, payload)
    event = record(entry, at=at)[0].number
    made = Draw.objects.create(
        questionnaire=questionnaire, seed=seed, most=most, drawn_by=by, drawn_at=at, event=event
    )
    Check.objects.bulk_create(
        Check(draw=made, submission_id=name, collector=who) for name, who in found.items()
    )
    return made


@transaction.atomic
def check(*, check: int, result: Result, by: Person, at: datetime) -> Check | None:
    """Says what checking again showed; None where it is not there any more.

    Args:
        check: which.
        result: what it showed.
        by: who has asked again; not about what their own phone sent.
        at: when.

    Raises:
        InputError: it is the own.
    """
    found = Check.objects.select_for_update(of=("self",)).filter(pk=check)
    one = found.select_related("draw__questionnaire", "submission__sent_by").first()
    if one is None:
        return None
    if one.submission.sent_by is not None and one.submission.sent_by.person_id == by.pk:
        remedy = _("Leave it to somebody else.")
        raise InputError(Fault(_("Result"), _("Your own phone sent it."), remedy))
    one.result, one.by, one.at = result, by, at
    one.save(update_fields=["result", "by", "at"])
    initiative = one.draw.questionnaire.initiative_id
    record(
        Entry("check.recorded", by.ref, f"initiative:{initiative}", initiative, {"result": str(result)}),
        at=at,
    )
    return one
