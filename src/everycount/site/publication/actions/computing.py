"""Releases on their way from records to a draft."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may
from everycount.site.publication.actions.moving import Told, move
from everycount.site.publication.models import Release
from everycount.site.publication.queries.revision import due
from everycount.site.publication.states import BUSY, Move, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan


@dataclass(frozen=True, slots=True)
class Made:
    """What the computing left: ``release.json``, the entry of the opened records, and how many they were."""

    document: bytes
    event: int
    records: int


@transaction.atomic
def ask(*, plan: Plan, accepted_only: bool, by: Person, at: datetime) -> Release:
    """Asks for a release of a plan as it stands now; what the community withheld before stays withheld.

    Raises:
        PermissionDenied: the person may not.
        InputError: one of this plan is being computed, it is counted elsewhere, or too little changed since
            the public one.
    """
    if not may(by, Verb.PLAN_RELEASES, plan, at=at):
        raise PermissionDenied
    faults = _hindrances(plan, at)
    if faults:
        raise InputError(*faults)
    before = plan.releases.filter(state=State.PUBLISHED).first()
    return add(
        plan=plan,
        by=by,
        at=at,
        accepted_only=accepted_only,
        withheld=before.withheld if before is not None else [],
    )


def add(*, plan: Plan, by: Person, at: datetime, **given: object) -> Release:
    """The next release of a plan, in the caller's transaction; whoever calls has asked the policy."""
    number = (plan.releases.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Release.objects.create(plan=plan, number=number, text=plan.text, asked_by=by, asked_at=at, **given)
    payload = {"number": number}
    record(Entry("release.asked", by.ref, f"release:{made.pk}", plan.initiative_id, payload), at=at)
    return made


def _hindrances(plan: Plan, at: datetime) -> list[Fault]:
    if plan.questionnaire_id is None:
        return [elsewhere(plan)]
    if plan.releases.filter(state__in=BUSY).exists():
        problem = _("One of this plan is being computed.")
        return [Fault(plan.title, problem, _("Wait until it is there."))]
    revision = due(plan, at=at)
    if revision is not None and not revision.is_due:
        problem = _("Only few records changed since the public one: the difference would tell of those few.")
        remedy = _("Wait until more have changed, or until %(day)s.") % {
            "day": date_format(revision.from_day, "DATE_FORMAT")
        }
        return [Fault(plan.title, problem, remedy)]
    return []


def elsewhere(plan: Plan) -> Fault:
    """Why nothing of this plan can be computed here."""
    problem = _("Its records are not on this node.")
    return Fault(plan.title, problem, _("Bring the next release as a file, as you brought this one."))


def again(*, release: Release, by: Person, at: datetime) -> Release:
    """Asks for it to be computed again, with the records and the plan as they are now.

    What the community withheld stays withheld.

    Raises:
        InputError: it was computed elsewhere, or does not stand there.
    """
    if release.plan.questionnaire_id is None:
        raise InputError(elsewhere(release.plan))
    return move(
        release=release,
        step=Move.AGAIN,
        by=by,
        at=at,
        text=release.plan.text,
        asked_by=by,
        asked_at=at,
        faults=[],
        stage="",
    )


def begin(*, release: Release, at: datetime) -> None:
    """The node begins."""
    move(release=release, step=Move.BEGIN, by=None, at=at, stage="", faults=[])


def stage(*, release: Release, words: str) -> None:
    """Says how far it is; nobody's history."""
    Release.objects.filter(pk=release.pk, state=State.COMPUTING).update(stage=words[:60])


def fail(*, release: Release, faults: Sequence[dict[str, str]], at: datetime) -> None:
    """It could not be computed; the draft that was there before, if any, is gone."""
    told = Told(payload={"faults": len(faults)})
    move(
        release=release,
        step=Move.FAIL,
        by=None,
        at=at,
        told=told,
        faults=list(faults),
        stage="",
        document=None,
        digest="",
    )


def finish(*, release: Release, made: Made, given: Sequence[str], at: datetime) -> None:
    """Keeps what was computed as a draft. What anybody said of an earlier draft was said of other numbers."""
    from everycount.release import release_from_json  # noqa: PLC0415 - brings arrays, and memory is dear

    read = release_from_json(json.loads(made.document))
    move(
        release=release,
        step=Move.FINISH,
        by=None,
        at=at,
        told=Told(payload={"opened": made.event, "records": made.records, "digest": read.digest}),
        document=zlib.compress(made.document, 6),
        digest=read.digest,
        policy=read.cells.policy.name,
        use=made.event,
        records=made.records,
        given=list(given),
        computed_at=at,
        stage="",
    )


@transaction.atomic
def put_back(*, at: datetime) -> None:
    """What an ended process left half done waits again; whoever calls this has the turn."""
    for left in Release.objects.filter(state=State.COMPUTING).select_for_update():
        left.state, left.stage = State.WAITING, ""
        left.save(update_fields=["state", "stage"])
        name, payload = f"release:{left.pk}", {"number": left.number}
        record(Entry("release.asked", "system", name, left.plan.initiative_id, payload), at=at)
