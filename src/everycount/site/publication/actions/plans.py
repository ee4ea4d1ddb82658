"""Plans: survey files that are written, clicked together or brought from elsewhere."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from everycount.faults import Fault, InputError
from everycount.site.ledger.actions import Entry, record
from everycount.site.people.policy import Verb, may
from everycount.site.publication.models import Plan

if TYPE_CHECKING:
    from datetime import datetime

    from everycount.site.collection.models import Questionnaire
    from everycount.site.people.models import Person


@transaction.atomic
def write(
    *,
    questionnaire: Questionnaire,
    text: str,
    by: Person,
    at: datetime,
    plan: Plan | None = None,
    of: int | None = None,
) -> Plan:
    """Keeps a survey file as a plan, or as the new text of one.

    Args:
        questionnaire: whose records it counts.
        text: the survey file. Whoever calls has held it against the questionnaire (:mod:`..trial`).
        by: who writes.
        at: when.
        plan: the one that is changed; a new one without it.
        of: the number of the text that was changed; None writes over whatever stands there.

    Raises:
        PermissionDenied: the person may not.
        InputError: it is no TOML with a title in it, or somebody else wrote another text meanwhile.
    """
    if not may(by, Verb.PLAN_RELEASES, questionnaire, at=at):
        raise PermissionDenied
    title = _title(text)
    if plan is None:
        plan = Plan(questionnaire=questionnaire, initiative=questionnaire.initiative, made_at=at, number=0)
        plan.slug = free_slug(title)
    else:
        plan.number = Plan.objects.select_for_update().values_list("number", flat=True).get(pk=plan.pk)
        if of not in (None, plan.number):
            raise InputError(changed_meanwhile(plan))
    plan.title, plan.text = title[:200], text
    plan.number, plan.changed_at, plan.changed_by = plan.number + 1, at, by
    plan.save()
    payload = {"number": plan.number}
    record(Entry("plan.written", by.ref, f"plan:{plan.pk}", plan.initiative_id, payload), at=at)
    return plan


def changed_meanwhile(plan: Plan) -> Fault:
    """What whoever comes second is told."""
    problem = _("Somebody changed the plan while you had it open.")
    return Fault(plan.title, problem, _("Copy what you wrote, open the plan again, and put it in."))


def _title(text: str) -> str:
    try:
        survey = tomllib.loads(text).get("survey", {})
    except tomllib.TOMLDecodeError as broken:
        raise InputError(Fault("survey.toml", str(broken), _("Mend the line that it names."))) from None
    title = survey.get("title") if isinstance(survey, dict) else None
    if isinstance(title, dict):
        title = next(iter(title.values()), None)
    if not isinstance(title, str) or not title.strip():
        problem = _("[survey] has no title.")
        raise InputError(Fault("survey.toml", problem, _('Write title = "..." below [survey].')))
    return " ".join(title.split())


def free_slug(title: str) -> str:
    """A name for addresses that no plan has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    begin = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].rstrip("-") or "release"
    taken = set(Plan.objects.filter(slug__startswith=begin).values_list("slug", flat=True))
    names = (begin, *(f"{begin}-{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
