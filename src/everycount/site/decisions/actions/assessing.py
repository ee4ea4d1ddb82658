"""An officer assesses a release for one use, step by step; all can be changed until it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount import framework
from everycount.faults import Fault, InputError
from everycount.framework import Answer
from everycount.framework.model import CURRENT
from everycount.site.decisions.models import Assessment, Score
from everycount.site.decisions.queries import assessing as queries
from everycount.site.decisions.queries.knowing import known
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may
from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one criterion, its reason, and where the evidence is."""

    answer: Answer
    reason: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The use that is meant: of a measure, for its indicator or for a use in words, seen through a lens."""

    measure: str
    use: str = ""
    lens: str = "whole"


@transaction.atomic
def begin(*, release: Release, wanted: Wanted, by: Person, at: datetime) -> Assessment:
    """Begins an assessment; the machine fills in what it can, once.

    Raises:
        PermissionDenied: the person is no officer, or the initiative is their own.
        InputError: there is no such measure or lens, or no use is meant.
    """
    office = queries.office_of(by, at=at)
    if office is None or not may(by, Verb.ASSESS, release, at=at) or not queries.is_ready(release):
        raise PermissionDenied
    lens = framework.lens(wanted.lens)
    computed = framework.evidence(numbers(release), wanted.measure, known(release, at=at))
    measure = next(each for each in numbers(release).measures if each.id == wanted.measure)
    use = " ".join(wanted.use.split())
    if not use and measure.sdg is None:
        problem = _("The measure is linked to no SDG indicator, so its use is not known.")
        raise InputError(Fault(_("Use"), problem, _("Say in words what it is to be used for.")))
    made = Assessment.objects.create(
        release=release,
        measure=wanted.measure,
        indicator="" if use or measure.sdg is None else measure.sdg.indicator,
        use=use,
        lens=lens.id,
        model=CURRENT,
        computed=framework.as_plain(computed),
        officer=by,
        office=office,
        office_name=office.name,
        begun_at=at,
    )
    _tell("assessment.begun", made, by, at, {"number": release.number, "lens": lens.id})
    return made


@transaction.atomic
def answer(*, assessment: Assessment, given: Mapping[str, Given], by: Person, at: datetime) -> None:
    """Keeps answers to some of the criteria.

    Raises:
        PermissionDenied: the person is not of the office.
        InputError: it is decided already, a criterion is not asked, or an answer has no reason or evidence;
            nothing of it is kept then.
    """
    here = locked(assessment, by=by, at=at)
    faults = [fault for name, one in given.items() for fault in _faults(here, name, one)]
    if faults:
        raise InputError(*faults)
    for name, one in given.items():
        said = {
            "answer": one.answer.value,
            "reason": one.reason.strip(),
            "link": one.link,
            "by": by,
            "at": at,
        }
        Score.objects.update_or_create(assessment=here, criterion=name, defaults=said)
    _tell("assessment.answered", here, by, at, {"number": here.release.number, "criteria": len(given)})


@transaction.atomic
def drop(*, assessment: Assessment, by: Person, at: datetime) -> None:
    """Gives an assessment up; nothing of it was public.

    Raises:
        PermissionDenied: the person is not of the office.
        InputError: it is decided already.
    """
    here = locked(assessment, by=by, at=at)
    _tell("assessment.dropped", here, by, at, {"number": here.release.number})
    here.delete()


def locked(assessment: Assessment, *, by: Person, at: datetime) -> Assessment:
    """The assessment to be changed by somebody of its office, for this transaction.

    Raises:
        PermissionDenied: the person is not of the office, or the initiative became their own.
        InputError: it is decided already.
    """
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("release__plan")
    here = rows.get(pk=assessment.pk)
    office = queries.office_of(by, at=at)
    if office is None or office.pk != here.office_id or not may(by, Verb.ASSESS, here, at=at):
        raise PermissionDenied
    if here.finished_at is not None:
        problem = _("It is decided, and what was decided by stays as it was.")
        raise InputError(Fault(str(here), problem, _("Begin another assessment.")))
    return here


def _faults(here: Assessment, name: str, one: Given) -> list[Fault]:
    asked = {each.id: each for each in queries.criteria(here)}
    if name not in asked:
        return [Fault(name, _("It is not asked here."), _("Answer what is asked."))]
    faults = []
    if one.answer is not Answer.UNKNOWN and not one.reason.strip():
        faults.append(Fault(name, _("The answer has no reason."), _("Say why in a sentence.")))
    machine = next((row for row in queries.evidence(here) if row.criterion == name), None)
    if (one.answer.score or 0) > 0 and not one.link and not (machine and machine.figures):
        problem = _("The answer has no evidence.")
        faults.append(Fault(name, problem, _("Give the address of a page or document that shows it.")))
    return faults


def _tell(
    verb: str, here: Assessment, by: Person, at: datetime, payload: Mapping[str, str | int | bool | None]
) -> None:
    record(Entry(verb, by.ref, f"assessment:{here.pk}", here.release.plan.initiative_id, payload), at=at)
