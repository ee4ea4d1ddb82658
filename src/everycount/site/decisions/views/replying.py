"""The initiative replies to a decision or asks for a second look; the office answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycount.faults import InputError
from everycount.site.decisions.actions import replying
from everycount.site.decisions.forms import Appeal, Reply, Settle
from everycount.site.decisions.models import Settled
from everycount.site.decisions.queries import deciding
from everycount.site.decisions.queries.waiting import appeals
from everycount.site.decisions.views.public import shown
from everycount.site.people.views.shared import for_persons, found, now
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from everycount.site.decisions.models import Decision
    from everycount.site.people.models import Person


@require_POST
@for_persons
def reply(request: HttpRequest, by: Person, decision: UUID) -> HttpResponse:
    """A word of the initiative."""
    at = now()
    here = _of_the_initiative(by, decision, at)
    form = Reply(request.POST, auto_id="r_%s")

    def act() -> object:
        return replying.reply(decision=here, words=form.cleaned_data["words"], by=by, at=at)

    return _done(request, by, here, "reply", form, act, _("It stands beside the decision now."), at)


@require_POST
@for_persons
def appeal(request: HttpRequest, by: Person, decision: UUID) -> HttpResponse:
    """The initiative asks for a second look."""
    at = now()
    here = _of_the_initiative(by, decision, at)
    form = Appeal(request.POST, auto_id="p_%s")

    def act() -> object:
        return replying.appeal(decision=here, words=form.cleaned_data["words"], by=by, at=at)

    return _done(request, by, here, "appeal", form, act, _("Somebody else of the office will answer."), at)


@require_POST
@for_persons
def answer(request: HttpRequest, by: Person, decision: UUID) -> HttpResponse:
    """The office answers after a second look."""
    at = now()
    here = found(deciding.decision(by, decision, at=at))
    mine = appeals(by, here.assessment.release.plan.initiative, at)
    waits = found(next((each for each in mine if each.decision_id == here.pk), None))
    form = Settle(request.POST, auto_id="s_%s")

    def act() -> object:
        read = form.cleaned_data
        return replying.answer_appeal(
            appeal=waits, outcome=Settled(read["outcome"]), words=read["words"], by=by, at=at
        )

    return _done(request, by, here, "settle", form, act, _("The answer stands beside the appeal."), at)


def _of_the_initiative(by: Person, decision: UUID, at: datetime) -> Decision:
    here = found(deciding.decision(by, decision, at=at))
    if not deciding.may_reply(by, here, at=at):
        raise Http404
    return here


def _done(
    request: HttpRequest,
    by: Person,
    here: Decision,
    name: str,
    form: Form,
    act: Callable[[], object],
    done: str,
    at: datetime,
) -> HttpResponse:
    """Does it, or shows the page again with what is missing."""
    if form.is_valid():
        try:
            act()
        except InputError as error:
            tell(form, error)
        else:
            messages.success(request, done)
            return redirect("decision", here.pk)
    given = shown(here, by, at=at, bound={name: form})
    return render(request, "decisions/decision.html", given, status=422)
