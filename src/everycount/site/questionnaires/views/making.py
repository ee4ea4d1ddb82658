"""The list of questionnaires, new ones, and the rule of their review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.faults import InputError
from everycount.questionnaire import from_bank
from everycount.site.collection import actions as collection
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now, reader
from everycount.site.questionnaires import actions, queries
from everycount.site.questionnaires.forms import FromBank, SetRule, Upload, tell
from everycount.site.questionnaires.models import Rule
from everycount.site.questionnaires.views.answers import XLSX, download

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpRequest, HttpResponse, QueryDict

    from everycount.site.people.models import Person


@require_safe
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The questionnaires of an initiative."""
    page = found(queries.listing(reader(request), slug, at=now()))
    return render(request, "questionnaires/list.html", {"page": page, "initiative": page.initiative})


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def upload(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """A new version from an XLSForm; its faults are listed, to be mended in the file."""
    at = now()
    initiative = found(queries.initiative_for(by, Verb.DRAFT, slug, at=at))
    form = Upload(_posted(request), request.FILES or None)
    faults: tuple[object, ...] = ()
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            version = collection.upload(
                initiative=initiative, xlsform=file.read(), name=file.name, by=by, at=at
            )
        except InputError as error:
            faults = error.faults
        else:
            messages.success(request, _("The form has no faults. Look at it as people will see it."))
            return redirect("version", slug, version.id)
    given = {"initiative": initiative, "form": form, "faults": faults}
    return render(request, "questionnaires/upload.html", given, status=_status(form, bool(faults)))


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def bank(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """A form made of questions of the bank: as a draft here, or as a file to go on with."""
    at = now()
    initiative = found(queries.initiative_for(by, Verb.DRAFT, slug, at=at))
    form = FromBank(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            picked = form.picked
            data = from_bank(picked)
            name = f"{picked.form_id}.xlsx"
            if "download" in request.POST:
                return download(data, name, XLSX)
            version = collection.upload(initiative=initiative, xlsform=data, name=name, by=by, at=at)
        except InputError as error:
            tell(form, error)
        else:
            return redirect("version", slug, version.id)
    return render(
        request, "questionnaires/bank.html", {"initiative": initiative, "form": form}, status=_status(form)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def rule(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """How the community reviews questionnaires; the steward's to say."""
    at = now()
    initiative = found(queries.initiative_for(by, Verb.MANAGE, slug, at=at))
    current, quorum, reason = queries.rule_of(initiative)
    form = SetRule(_posted(request), initial={"rule": current, "quorum": quorum, "reason": reason})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.set_rule(
                initiative=initiative,
                rule=Rule(data["rule"]),
                quorum=data["quorum"] or 0,
                reason=data["reason"],
                by=by,
                at=at,
            )
        except InputError as error:
            tell(form, error)
        else:
            messages.success(request, _("The rule holds from now on."))
            return redirect("questionnaires", slug)
    return render(
        request, "questionnaires/rule.html", {"initiative": initiative, "form": form}, status=_status(form)
    )


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _status(form: Form, faulty: bool = False) -> int:  # noqa: FBT001, FBT002 - one small truth
    return 422 if faulty or form.errors else 200


@require_safe
def questionnaire(request: HttpRequest, slug: str, name: UUID) -> HttpResponse:
    """A questionnaire through its versions."""
    one, versions, does = found(queries.questionnaire_page(reader(request), slug, name, at=now()))
    given = {"initiative": one.initiative, "questionnaire": one, "versions": versions, "does": does}
    return render(request, "questionnaires/questionnaire.html", given)


@require_POST
@for_persons
def close(_request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """No new submissions from now on."""
    return _switch(by, slug, name, shut=True)


@require_POST
@for_persons
def reopen(_request: HttpRequest, by: Person, slug: str, name: UUID) -> HttpResponse:
    """Submissions are taken again."""
    return _switch(by, slug, name, shut=False)


def _switch(by: Person, slug: str, name: UUID, *, shut: bool) -> HttpResponse:
    at = now()
    one = found(queries.questionnaire_for(by, Verb.PUBLISH, slug, name, at=at))
    change = collection.close if shut else collection.reopen
    change(questionnaire=one, by=by, at=at)
    return redirect("questionnaire", slug, name)
