"""Pages of what came back: one for everybody, and those on which it is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.faults import InputError
from everycount.site.people.policy import Verb, may
from everycount.site.people.queries import initiatives
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.site.publication.views.keeping import kept
from everycount.site.returns import actions, forms, queries
from everycount.site.returns.models import Kind, Meeting
from everycount.site.returns.states import State
from everycount.site.ui.forms import tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse, HttpResponseBase

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Plan

_WRONG = 422


@require_safe
def public(request: HttpRequest, plan: str) -> HttpResponseBase:
    """Everything that came back of a plan."""
    here = found(queries.public_plan(plan, at=now()))
    back = queries.back(here)

    def make() -> HttpResponse:
        return render(request, "returns/public.html", {"plan": here, "back": back, "few": queries.FEW})

    return kept(request, (here.title, back.state), make)


@require_safe
@for_persons
def inside(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """The same, plan by plan, for those who write it down."""
    at = now()
    here = found(initiatives.one(by, Verb.SEE_RELEASES, slug, at=at))
    rows = [(plan, queries.back(plan)) for plan in queries.plans(by, here.pk, at=at)]
    given = {"here": here, "rows": rows, **_rights(by, here, at), "few": queries.FEW}
    return render(request, "returns/inside.html", given)


def _rights(by: Person, thing: object, at: datetime) -> dict[str, bool]:
    return {
        "gives_back": may(by, Verb.GIVE_BACK, thing, at=at),  # type: ignore[arg-type]
        "sees_change": may(by, Verb.SEE_CHANGE, thing, at=at),  # type: ignore[arg-type]
    }


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def write(request: HttpRequest, by: Person, plan: str, what: str) -> HttpResponse:
    """A meeting, words or a recommendation."""
    at = now()
    here = found(queries.plan(by, plan, at=at))
    if what not in _FORMS or not _may_write(by, here, what, at):
        raise Http404
    form = _form_of(request, here, what)
    return _answer(request, here, form, _FORMS[what], lambda: _write(here, what, form, by, at))


_FORMS = {
    "meeting": "returns/meeting.html",
    "words": "returns/words.html",
    "recommendation": "returns/recommendation.html",
}


def _may_write(by: Person, plan: Plan, what: str, at: datetime) -> bool:
    rights = _rights(by, plan, at)
    return rights["gives_back"] or (what == "words" and rights["sees_change"])


def _form_of(request: HttpRequest, plan: Plan, what: str) -> Form:
    posted = request.POST or None
    if what == "words":
        return forms.Say(posted, meetings=plan.meetings.all())
    return forms.Met(posted) if what == "meeting" else forms.Recommend(posted)


def _write(plan: Plan, what: str, form: Form, by: Person, at: datetime) -> None:
    given = form.cleaned_data
    if what == "meeting":
        actions.met(plan=plan, by=by, at=at, **given)
    elif what == "recommendation":
        actions.recommend(plan=plan, by=by, at=at, **given)
    else:
        meeting = Meeting.objects.filter(plan=plan, pk=given["meeting"]).first() if given["meeting"] else None
        kind = Kind(given["kind"])
        actions.say(plan=plan, kind=kind, words=given["words"], meeting=meeting, by=by, at=at)


def _answer(
    request: HttpRequest, plan: Plan, form: Form, template: str, act: Callable[[], object], **more: object
) -> HttpResponse:
    """Does what a right form says, or shows the form with what is to be mended."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except InputError as error:
            tell(form, error)
        else:
            messages.success(request, _("It is written down, and everybody can read it."))
            return redirect("returns_inside", plan.initiative.slug)
    status = _WRONG if request.method == "POST" else 200
    return render(request, template, {"plan": plan, "form": form, **more}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def step(request: HttpRequest, by: Person, name: UUID) -> HttpResponse:
    """What became of a recommendation."""
    at = now()
    one = found(queries.recommendation(by, name, at=at))
    rights = _rights(by, one.plan, at)
    form = forms.Next(request.POST or None, now=State(one.state), **rights)
    if not form.fields["state"].choices:  # type: ignore[attr-defined]
        raise Http404

    def act() -> None:
        given = form.cleaned_data
        state = State(given["state"])
        actions.step(recommendation=one, state=state, words=given["words"], day=given["day"], by=by, at=at)

    return _answer(request, one.plan, form, "returns/step.html", act, one=one)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def answer(request: HttpRequest, by: Person, name: UUID) -> HttpResponse:
    """The initiative answers to somebody's words."""
    at = now()
    one = found(queries.word(by, name, at=at))
    if not may(by, Verb.GIVE_BACK, one.plan, at=at):
        raise Http404
    form = forms.Answer(request.POST or None, initial={"answer": one.answer})

    def act() -> None:
        actions.answer(word=one, answer=form.cleaned_data["answer"], by=by, at=at)

    return _answer(request, one.plan, form, "returns/answer.html", act, one=one)


@require_POST
@for_persons
def unsay(request: HttpRequest, by: Person, name: UUID) -> HttpResponse:
    """Somebody does not want the own words in public any more."""
    at = now()
    one = found(queries.word(by, name, at=at))
    try:
        said(request, lambda: actions.unsay(word=one, by=by, at=at), _("The words are gone."))
    except PermissionDenied:
        raise Http404 from None
    return redirect("returns_inside", one.plan.initiative.slug)
