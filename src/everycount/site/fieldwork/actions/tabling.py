"""Provisional tables while records still come.

What two views of live tables tell together is their difference. So records enter and leave in batches: of one
place, with as many that were never in as the smallest cell that may be shown. When one of a batch goes, the
whole batch goes; those who are left come again only beside as many who were never in. Whoever compares any
two views sees what changed with ten people or more, or nothing; and the view before is known to protection.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from everycount.site.collection.models import Questionnaire, Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose, Use
from everycount.site.fieldwork.models import Batch, Entered, Look, View
from everycount.site.fieldwork.queries import looks
from everycount.site.ledger.actions import Entry, record
from everycount.site.ledger.models import Event
from everycount.site.review.models import State
from everycount.site.review.queries.states import stated

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from everycount.questionnaire import Questionnaire as Form

FEWEST = 10  # respondents of the smallest cell, as everycount.protect.PUBLIC has it; a test compares
QUESTIONS, CODES = 12, 8  # of which there are tables at most
_PATIENCE = 120  # seconds
_RECENT = 100  # events of the node among which its own opening is looked for


def tabulate(*, questionnaire: Questionnaire, at: datetime) -> View | None:
    """Makes the tables anew where a batch came together or broke; None where nothing changed.

    Args:
        questionnaire: of which.
        at: when.
    """
    broken, fresh = _changes(questionnaire)
    if not broken and not fresh:
        return None
    inside = set(
        Entered.objects.filter(batch__questionnaire=questionnaire)
        .exclude(batch__in=broken)
        .values_list("submission", flat=True)
    )
    inside |= {name for names in fresh for name in names}
    rows = Submission.objects.filter(pk__in=inside)
    found = looks.form_of(questionnaire.pk)
    asked = _asked(found[1], looks.place_question(questionnaire.pk)) if found else {}
    records = _records(rows, asked, looks.place_question(questionnaire.pk), at) if asked else []
    if len(records) != len(inside):
        return None  # somebody took consent back meanwhile: the next look finds a broken batch
    before = View.objects.filter(questionnaire=questionnaire).first()
    cells = _reckoned(asked, records, before.cells if before else []) if records else []
    return _kept(questionnaire, broken, fresh, cells, len(records), at)


def _changes(questionnaire: Questionnaire) -> tuple[list[int], list[list[UUID]]]:
    """Batches that broke, and new ones that can enter."""
    rows = stated(gate.agreed(Submission.objects.filter(questionnaire=questionnaire), Purpose.STATISTICS))
    counted = set(
        rows.filter(is_test=False)
        .exclude(state__in=(State.RETURNED, State.REJECTED))
        .values_list("pk", flat=True)
    )
    entered = dict(
        Entered.objects.filter(submission__questionnaire=questionnaire).values_list("submission", "batch")
    )
    left: dict[int, int] = defaultdict(int)
    for name, batch in entered.items():
        if batch is not None and name in counted:
            left[batch] += 1
    batches = Batch.objects.filter(questionnaire=questionnaire).values_list("pk", "size")
    broken = [number for number, size in batches if left[number] < size]
    marks = Look.objects.filter(submission__questionnaire=questionnaire, instance=F("submission__current"))
    never: dict[str, list[UUID]] = defaultdict(list)
    again: dict[str, list[UUID]] = defaultdict(list)
    for name, mark in marks.values_list("submission", "mark"):
        if name in counted and name not in entered:
            never[mark].append(name)
        elif name in counted and entered[name] is None:
            again[mark].append(name)
    return broken, [[*names, *again[mark]] for mark, names in never.items() if len(names) >= FEWEST]


def _asked(form: Form, place: str) -> dict[str, list[str]]:
    """Closed questions that name nobody, with their codes, in their order."""
    from everycount.questionnaire import Kind  # noqa: PLC0415 - brings pyxform with it

    return dict(
        [
            ("/".join(each.full_path), list(each.codes))
            for each in form.questions_of(None)
            if each.kind is Kind.SELECT_ONE
            and "/".join(each.full_path) != place
            and 2 <= len(each.codes) <= CODES
            and not (each.direct_identifier or each.consent_purpose or each.chooses_people)
        ][:QUESTIONS]
    )


def _records(rows: Any, asked: Mapping[str, list[str]], place: str, at: datetime) -> list[dict[str, str]]:
    """Answers to those questions, through the gate, under names that say nothing."""
    found = []
    for opened in gate.open_by_itself(rows, Purpose.STATISTICS, at=at):
        answers = opened.record().answers
        row = {
            f"q{at_place}": str(answers[name])
            for at_place, name in enumerate(asked)
            if answers.get(name) is not None
        }
        found.append(
            row | ({"place": str(answers[place])} if place and answers.get(place) is not None else {})
        )
    return found


def _reckoned(
    asked: Mapping[str, list[str]], records: list[dict[str, str]], before: list[Any]
) -> list[dict[str, Any]]:
    """Sample, estimates and protection in a process of their own, with which the records go."""
    questions = {f"q{at_place}": codes for at_place, codes in enumerate(asked.values())}
    given = json.dumps({"questions": questions, "rows": records, "before": [_known(before, asked)]})
    command = [sys.executable, "-m", "everycount.survey.provisional"]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True, timeout=_PATIENCE)  # noqa: S603 - our own
    names = list(asked)
    return [each | {"measure": _with_place(each["measure"], names)} for each in json.loads(done.stdout)]


def _with_place(measure: str, names: list[str]) -> str:
    """The question's own place instead of the number of its column."""
    column, _, code = measure.partition("=")
    return f"{names[int(column[1:])]}={code}"


def _known(before: list[Any], asked: Mapping[str, list[str]]) -> list[Any]:
    """The earlier view in the names of columns; of questions that are not asked any more nothing is told."""
    columns = {name: f"q{at_place}" for at_place, name in enumerate(asked)}
    named = [(each, *each["measure"].partition("=")[::2]) for each in before]
    return [each | {"measure": f"{columns[name]}={code}"} for each, name, code in named if name in columns]


@transaction.atomic
def _kept(
    questionnaire: Questionnaire,
    broken: list[int],
    fresh: list[list[UUID]],
    cells: list[dict[str, Any]],
    records: int,
    at: datetime,
) -> View | None:
    Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    names = [name for some in fresh for name in some]
    if Entered.objects.filter(submission__in=names, batch__isnull=False).exists():
        return None  # another process of the node was quicker
    Batch.objects.filter(pk__in=broken).delete()
    for names in fresh:
        batch = Batch.objects.create(questionnaire=questionnaire, size=len(names))
        there = set(Submission.objects.filter(pk__in=names).values_list("pk", flat=True))
        Entered.objects.filter(submission__in=there).delete()
        Entered.objects.bulk_create(Entered(submission_id=name, batch=batch) for name in sorted(there))
    initiative = questionnaire.initiative_id
    ours = Event.objects.filter(verb="records.opened", actor="system", initiative=initiative)
    numbers = list(ours.order_by("-number").values_list("number", flat=True)[:_RECENT])
    use = Use.objects.filter(event__in=numbers, purpose=Purpose.STATISTICS).order_by("-event").first()
    view, _new = View.objects.update_or_create(
        questionnaire=questionnaire,
        defaults={
            "cells": cells,
            "records": records,
            "event": use.event if use and records else None,
            "made_at": at,
        },
    )
    place = f"questionnaire:{questionnaire.pk}"
    record(Entry("tables.made", "system", place, initiative, {"records": records}), at=at)
    return view
