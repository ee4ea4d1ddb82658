"""Looking at what came, and writing down what is odd about it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db import transaction

from everycount.faults import InputError
from everycount.site.collection.marks import mark
from everycount.site.collection.models import Submission
from everycount.site.consent import gate
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork.models import Flag, Look, Standing
from everycount.site.fieldwork.places import mark_of
from everycount.site.fieldwork.queries import looks
from everycount.site.ledger.actions import Entry, record
from everycount.site.vault import actions as vault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from everycount.quality.traits import Traits

_LOG = logging.getLogger(__name__)
SYSTEM = "system"


def look(*, submissions: Sequence[Submission], at: datetime) -> Mapping[UUID, Traits]:
    """Opens submissions of one questionnaire through the gate and keeps, sealed, what they are compared by.

    Whatever cannot be read is looked at once, and has no traits. Again is as good as once; what changed
    meanwhile is left for the next time.

    Returns:
        the traits of those that could be read.
    """
    questionnaire = submissions[0].questionnaire
    place = looks.place_question(questionnaire.pk)
    rows = Submission.objects.filter(pk__in=[each.pk for each in submissions])
    read = {
        opened.submission.pk: (opened.submission.current, _traits(opened, place, questionnaire.initiative_id))
        for opened in gate.open_by_itself(rows, Purpose.REVIEW, at=at)
    }
    with transaction.atomic():
        held = Submission.objects.select_for_update().filter(pk__in=read)
        now = dict(held.order_by("pk").values_list("pk", "current"))
        done = {name: traits for name, (instance, traits) in read.items() if now.get(name) == instance}
        _keep(done, now, questionnaire.initiative_id, at)
    return {name: traits for name, traits in done.items() if traits is not None}


def _traits(opened: gate.Opened, place: str, initiative: UUID) -> Traits | None:
    from everycount.quality.traits import traits_of  # noqa: PLC0415 - brings NumPy, where something came only

    form = gate.form_of(opened.submission)
    try:
        found = traits_of(opened.record(), form, place) if form is not None else None
    except (InputError, LookupError, ValueError):
        _LOG.exception("Submission %s cannot be looked at.", opened.submission.pk)
        return None
    # The mark tells phones apart, and nothing else of them.
    return (
        replace(found, device=mark("device", found.device, of=initiative)[:16])
        if found and found.device
        else found
    )


def _keep(
    done: Mapping[UUID, Traits | None],
    now: Mapping[UUID, str],
    initiative: UUID,
    at: datetime,
) -> None:
    before = Look.objects.filter(submission__in=done)
    old = [item for item in before.values_list("traits", flat=True) if item is not None]
    if old:
        vault.erase(items=old, by=SYSTEM, at=at)
    before.delete()
    told = {name: traits for name, traits in done.items() if traits is not None}
    contents = [traits.to_bytes() for traits in told.values()]
    items = vault.seal(initiative=initiative, contents=contents, by=SYSTEM, at=at)
    kept = dict(zip(told, items, strict=True))
    Look.objects.bulk_create(
        Look(
            submission_id=name,
            instance=now[name],
            mark=mark_of(traits.place, of=initiative) if traits is not None else "",
            traits=kept.get(name),
            looked_at=at,
        )
        for name, traits in done.items()
    )


@transaction.atomic
def forget(*, looks: Sequence[Look], at: datetime) -> None:
    """What is kept of submissions is erased, and so are their flags: nobody may look at them any more."""
    items = [each.traits for each in looks if each.traits is not None]
    vault.erase(items=items, by=SYSTEM, at=at)
    Flag.objects.filter(submission__in=[each.submission_id for each in looks]).delete()
    Look.objects.filter(pk__in=[each.pk for each in looks]).delete()


@transaction.atomic
def flag(*, questionnaire: UUID, initiative: UUID, found: Iterable[Flag], at: datetime) -> tuple[int, int]:
    """From now on these flags stand; how many are new, and how many are gone.

    One that was dismissed stays dismissed while it would stand, and stays in the history after that.

    Args:
        questionnaire: whose.
        initiative: of the questionnaire.
        found: every flag that stands now, not stored yet.
        at: when.
    """
    stand = {_key(each): each for each in found}
    known = {_key(each): each for each in Flag.objects.filter(questionnaire=questionnaire)}
    # Who took consent back a moment ago is not there any more, and nothing may be written of them.
    named = {name for each in stand.values() for name in (each.submission_id, each.other_id) if name}
    there = set(Submission.objects.filter(pk__in=named).values_list("pk", flat=True))
    for each in stand.values():
        each.other_id = each.other_id if each.other_id in there else None
    fresh = [each for key, each in stand.items() if key not in known and (key[0] is None or key[0] in there)]
    over = [each.pk for key, each in known.items() if key not in stand and each.dismissed_at is None]
    _renew(known, stand)
    Flag.objects.filter(pk__in=over).delete()
    Flag.objects.bulk_create(fresh)
    if fresh or over:
        payload = {"raised": len(fresh), "cleared": len(over)}
        record(Entry("flags.raised", SYSTEM, f"initiative:{initiative}", initiative, payload), at=at)
    return len(fresh), len(over)


def stand(*, questionnaire: UUID, compared: dict[str, Any], at: datetime) -> None:
    """Collectors stand beside each other like this now. It is reckoned of looks, which have their events."""
    Standing.objects.update_or_create(
        questionnaire_id=questionnaire, defaults={"compared": compared, "made_at": at}
    )


def _key(flag: Flag) -> tuple[UUID | None, str, str, str]:
    return flag.submission_id, flag.collector if flag.submission_id is None else "", flag.kind, flag.about


def _renew(
    known: Mapping[tuple[UUID | None, str, str, str], Flag],
    stand: Mapping[tuple[UUID | None, str, str, str], Flag],
) -> None:
    """Figures move while others come; when the flag was raised does not."""
    changed = []
    for key, now in stand.items():
        held = known.get(key)
        if held is not None and (held.figures != now.figures or held.other_id != now.other_id):
            held.figures, held.other_id = now.figures, now.other_id
            changed.append(held)
    Flag.objects.bulk_update(changed, ["figures", "other"])
