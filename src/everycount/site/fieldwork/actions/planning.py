"""Planning a fieldwork. The event says how many targets and places there are, and not which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.fieldwork.models import Look, Plan, Target
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from everycount.site.collection.models import Questionnaire
    from everycount.site.fieldwork.plans import Line
    from everycount.site.people.models import Person


@transaction.atomic
def plan(
    *,
    questionnaire: Questionnaire,
    lines: Sequence[Line],
    place: str,
    begins: date | None,
    ends: date | None,
    by: Person,
    at: datetime,
) -> Plan:
    """From now on the fieldwork of a questionnaire has this plan; the one before gives way.

    Args:
        questionnaire: of which.
        lines: the targets.
        place: of the question that holds the place, or "".
        begins: the first day, or None.
        ends: the last day, or None.
        by: who plans.
        at: when.

    Raises:
        InputError: it ends before it begins, or names places and no question that holds them.
    """
    faults = []
    if begins and ends and ends < begins:
        faults.append(Fault(_("Last day"), str(ends), _("Write a day after the first one.")))
    if not place and any(line.place for line in lines):
        problem = _("The plan names places, and no question holds the place.")
        faults.append(
            Fault(_("Question"), problem, _("Choose the question, or leave the column “place” out."))
        )
    if faults:
        raise InputError(*faults)
    made, _new = Plan.objects.select_for_update().get_or_create(
        questionnaire=questionnaire, defaults={"changed_at": at}
    )
    if made.place != place:  # what lies sealed does not say where it was held
        Look.objects.filter(submission__questionnaire=questionnaire).update(instance="")
    made.place, made.begins, made.ends, made.changed_by, made.changed_at = place, begins, ends, by, at
    made.save()
    made.targets.all().delete()
    Target.objects.bulk_create(
        Target(
            plan=made,
            **{name: getattr(line, name) for name in line.__slots__},
        )
        for line in lines
    )
    payload = {
        "targets": sum(line.target for line in lines),
        "places": len({line.place for line in lines} - {""}),
    }
    initiative = questionnaire.initiative_id
    record(
        Entry("fieldwork.planned", by.ref, f"questionnaire:{questionnaire.pk}", initiative, payload), at=at
    )
    return made
