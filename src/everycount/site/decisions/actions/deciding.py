"""A statistical office decides what it uses a number for, by an assessment of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from everycount import framework
from everycount.faults import Fault, InputError
from everycount.site.decisions import letters
from everycount.site.decisions.actions.assessing import locked
from everycount.site.decisions.models import Decision
from everycount.site.decisions.queries import assessing as queries
from everycount.site.decisions.queries.deciding import before
from everycount.site.ledger.actions import Entry, record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from everycount.site.decisions.models import Assessment
    from everycount.site.ledger.verbs import Value
    from everycount.site.people.models import Person

LONGEST = 5 * 366  # days; whoever still means it then looks again


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is decided: an outcome with its reason, conditions, last day, and whether it is endorsed."""

    outcome: str
    reason: str
    until: date
    conditions: str = ""
    endorsed: bool = False


@transaction.atomic
def decide(*, assessment: Assessment, judgement: Judgement, by: Person, at: datetime) -> Decision:
    """Decides; the office's decision about the same use before it is replaced.

    Raises:
        PermissionDenied: the person is not of the office, or the initiative is their own.
        InputError: a criterion has no answer, a gate shuts the outcome, the reason is missing, or the last
            day is none.
    """
    here = locked(assessment, by=by, at=at)
    faults = list(_faults(here, judgement, at))
    if faults:
        raise InputError(*faults)
    earlier = before(here)
    payload: dict[str, Value] = {"number": here.release.number, "outcome": judgement.outcome}
    entry = Entry(
        "assessment.decided", by.ref, f"assessment:{here.pk}", here.release.plan.initiative_id, payload
    )
    (event,) = record(entry, at=at)
    made = Decision.objects.create(
        assessment=here,
        outcome=judgement.outcome,
        reason=judgement.reason.strip(),
        conditions=judgement.conditions.strip(),
        until=judgement.until,
        endorsed=judgement.endorsed,
        supersedes=earlier.pk if earlier else None,
        event=event.number,
        decided_at=at,
    )
    here.finished_at = at
    here.save(update_fields=["finished_at"])
    transaction.on_commit(lambda: letters.decided(made, at=at))
    return made


def _faults(here: Assessment, judgement: Judgement, at: datetime) -> Iterator[Fault]:
    missing = queries.unanswered(here)
    if missing:
        problem = _("Criteria have no answer yet: %s.") % ", ".join(missing)
        yield Fault(_("Answers"), problem, _("Answer them; that it is not known is an answer, too."))
    version = framework.model(here.model)
    outcome = version.outcome(judgement.outcome)
    shut = [each.gate.id for each in queries.gates(here) if not each.stands]
    if outcome.official and shut:
        problem = _("Gates do not stand: %s.") % ", ".join(_(queries.GATES[name]) for name in shut)
        yield Fault(outcome.id, problem, _("Decide for context, for the community's own use, or not now."))
    if not judgement.reason.strip():
        yield Fault(_("Reason"), _("It is empty."), _("Say why; everybody reads it."))
    if judgement.endorsed and outcome.id != "U1":
        problem = _("Only a number that compiles the indicator can be reported as the office's own.")
        yield Fault(outcome.id, problem, _("Decide U1, or leave the endorsement out."))
    if not 0 < (judgement.until - at.date()).days <= LONGEST:
        problem = _("The last day is %s.") % judgement.until.isoformat()
        yield Fault(_("Last day"), problem, _("Give a day within the next five years."))
