"""Checking some interviews again: the draw, the list, whom to ask, and what it showed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from everycount.site.collection.models import Submission
from everycount.site.consent import gate, telling
from everycount.site.consent.models import Purpose
from everycount.site.fieldwork import actions
from everycount.site.fieldwork.forms import CheckForm, DrawForm
from everycount.site.fieldwork.models import Result
from everycount.site.fieldwork.queries import checks as queries
from everycount.site.fieldwork.queries import progress
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now, said

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def listing(request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """What is to be checked again; and the button that draws more."""
    at = now()
    one = found(progress.questionnaire(by, Verb.CONTACT_PEOPLE, slug, name, at=at))
    form = DrawForm(request.POST if request.method == "POST" else None, initial={"most": 3})
    if request.method == "POST" and form.is_valid():
        most = form.cleaned_data["most"]
        said(request, lambda: actions.draw(questionnaire=one, most=most, by=by, at=at), _("They are drawn."))
        return redirect("check_again", slug, name)
    given = {"here": one.initiative, "sheet": queries.sheet(by, one, at=at), "form": form}
    return render(request, "fieldwork/checks.html", given, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def page(request: HttpRequest, by: Person, slug: str, name: UUID, number: int) -> HttpResponse:
    """One of them: whom to ask, and what it showed."""
    at = now()
    one = found(progress.questionnaire(by, Verb.CONTACT_PEOPLE, slug, name, at=at))
    check = found(queries.one(by, one, number, at=at))
    form = CheckForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        result = Result(form.cleaned_data["result"])
        if said(request, lambda: actions.check(check=check.pk, result=result, by=by, at=at), _("Kept.")):
            return redirect("check_again", slug, name)
    lines = _whom(check.submission, by, at) if request.method == "GET" else None
    given = {"here": one.initiative, "questionnaire": one, "check": check, "lines": lines, "form": form}
    return render(request, "fieldwork/check.html", given, status=422 if form.errors else 200)


def _whom(submission: Submission, by: Person, at: datetime) -> list[telling.Line]:
    """The answers that name the person or find them, through the gate; nothing else of them."""
    rows = Submission.objects.filter(pk=submission.pk)
    opened = next(iter(gate.open_records(rows, Purpose.CONTACT, by=by, at=at)), None)
    form = gate.form_of(submission)
    if opened is None or form is None:
        return []
    parts = telling.parts(form, opened.record(), get_language() or "en")
    return [line for part in parts for line in part.lines if line.question.direct_identifier]
