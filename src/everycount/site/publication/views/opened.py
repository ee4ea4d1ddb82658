"""A plan that somebody has open, and keeping what they changed without writing over somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from everycount.faults import InputError
from everycount.site.people.views.shared import found, now
from everycount.site.publication import questions
from everycount.site.publication.actions import plans as actions
from everycount.site.publication.clicking.here import Here
from everycount.site.publication.queries import plans as queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from everycount.faults import Fault
    from everycount.site.people.models import Person
    from everycount.site.people.policy import Verb
    from everycount.site.publication.models import Plan


@dataclass(frozen=True)
class Opened:
    """A plan with what its forms stand among."""

    plan: Plan
    here: Here

    def given(self, **more: object) -> dict[str, object]:
        """What every page of it shows."""
        return {"here": self.plan.initiative, "plan": self.plan} | more


def open_plan(by: Person, verb: Verb, slug: str, name: str) -> Opened:
    """The plan of that name, for whoever may do this with it."""
    plan = found(queries.plan(by, verb, slug, name, at=now()))
    columns = questions.columns_of(plan.questionnaire)
    return Opened(plan, Here.of(columns, plan.text, get_language() or "en"))


def refused(opened: Opened, of: int | None) -> tuple[Fault, ...]:
    """What somebody else kept meanwhile is not written over."""
    return () if of in (None, opened.plan.number) else (actions.changed_meanwhile(opened.plan),)


def number_of(request: HttpRequest) -> int | None:
    """The number of the text that a page was made from."""
    given = request.POST.get("of", "")
    return int(given) if given.isdecimal() else None


def new_faults(opened: Opened, text: str) -> list[Fault]:
    """Faults that the plan did not have before: what was wrong elsewhere keeps nobody from mending this."""
    one = opened.plan.questionnaire
    before = {(each.problem, each.remedy) for each in questions.tried(opened.plan.text, one).faults}
    return [each for each in questions.tried(text, one).faults if (each.problem, each.remedy) not in before]


def kept(request: HttpRequest, opened: Opened, text: str, by: Person, words: str = "") -> Sequence[Fault]:
    """Keeps the text and says so, or gives what hinders it."""
    plan, one = opened.plan, found(opened.plan.questionnaire)
    try:
        actions.write(questionnaire=one, text=text, by=by, at=now(), plan=plan, of=plan.number)
    except InputError as error:
        return error.faults
    messages.success(request, words or _("Kept."))
    return ()
