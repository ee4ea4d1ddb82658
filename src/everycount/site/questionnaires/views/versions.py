"""One version: what it asks, what is beside it, trying it, publishing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everycount.faults import InputError
from everycount.site.collection import actions as collection
from everycount.site.collection.models import KeyKind
from everycount.site.collection.queries import DRAFTS, media_file
from everycount.site.collection.queries import form as form_of
from everycount.site.collection.sheets import cards
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now, reader
from everycount.site.questionnaires import actions, queries
from everycount.site.questionnaires.forms import AddFile, tell
from everycount.site.questionnaires.things import shown
from everycount.site.questionnaires.views.answers import download

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_safe
def page(request: HttpRequest, slug: str, version: UUID) -> HttpResponse:
    """A version with its state, changes, files and the record of its review."""
    return _page(request, slug, version, AddFile())


def _page(
    request: HttpRequest, slug: str, version: UUID, form: AddFile, faults: tuple[object, ...] = ()
) -> HttpResponse:
    sheet = found(queries.version_page(reader(request), slug, version, get_language() or "en", at=now()))
    given = {
        "page": sheet,
        "initiative": sheet.initiative,
        "version": sheet.version,
        "is_draft": sheet.version.state in DRAFTS,
        "form": form,
        "faults": faults,
        "answers": "DRAFT" in sheet.does,
    }
    return render(request, "questionnaires/version.html", given, status=422 if faults or form.errors else 200)


@require_safe
def preview(request: HttpRequest, slug: str, version: UUID) -> HttpResponse:
    """All questions as people see them, in one language."""
    one = found(queries.readable_version(reader(request), slug, version, at=now()))
    seen = shown(form_of(one.id), request.GET.get("language", ""))
    given = {"version": one, "initiative": one.questionnaire.initiative, "form": seen}
    return render(request, "questionnaires/preview.html", given)


@require_safe
def xlsform(request: HttpRequest, slug: str, version: UUID) -> HttpResponse:
    """The file as it was uploaded."""
    one = found(queries.readable_version(reader(request), slug, version, at=now()))
    return download(bytes(one.xlsform), one.xlsform_name)


@require_POST
@for_persons
def publish(request: HttpRequest, by: Person, slug: str, version: UUID) -> HttpResponse:
    """Phones get it from now on."""
    at = now()
    one = found(queries.version_for(by, Verb.PUBLISH, slug, version, at=at))
    try:
        actions.publish(version=one, by=by, at=at)
    except InputError as error:
        return _page(request, slug, version, AddFile(), error.faults)
    messages.success(request, _("Phones get this version from now on."))
    return redirect("version", slug, version)


@require_POST
@for_persons
def test_link(request: HttpRequest, by: Person, slug: str, version: UUID) -> HttpResponse:
    """A link to try the newest draft, shown this once."""
    at = now()
    one = found(queries.version_for(by, Verb.DRAFT, slug, version, at=at))
    found(one if one.state in DRAFTS else None)
    given = collection.give_keys(
        initiative=one.questionnaire.initiative,
        kind=KeyKind.DRAFT,
        labels=[_("To try “%(title)s”") % {"title": one.questionnaire.title[:80]}],
        questionnaire=one.questionnaire,
        by=by,
        at=at,
    )
    initiative = one.questionnaire.initiative
    made = {"initiative": initiative, "cards": cards(given, initiative.name), "version": one}
    return render(request, "collection/sheet.html", made, status=201)


@require_POST
@for_persons
def add_file(request: HttpRequest, by: Person, slug: str, version: UUID) -> HttpResponse:
    """A picture, a sound or a list beside the form."""
    at = now()
    one = found(queries.version_for(by, Verb.DRAFT, slug, version, at=at))
    form = AddFile(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            collection.attach(
                version=one,
                name=file.name,
                content=file.read(),
                is_entity_list=form.cleaned_data["is_entity_list"],
                by=by,
                at=at,
            )
        except InputError as error:
            tell(form, error)
        else:
            return redirect("version", slug, version)
    return _page(request, slug, version, form)


@require_safe
def file(request: HttpRequest, slug: str, version: UUID, number: int) -> HttpResponse:
    """One of the files, to be saved."""
    one = found(queries.readable_version(reader(request), slug, version, at=now()))
    held = found(media_file(one.id, number))
    return download(bytes(held.content), held.name)


@require_POST
@for_persons
def remove_file(request: HttpRequest, by: Person, slug: str, version: UUID, number: int) -> HttpResponse:
    """The file goes."""
    at = now()
    one = found(queries.version_for(by, Verb.DRAFT, slug, version, at=at))
    held = found(media_file(one.id, number))
    try:
        collection.detach(file=held, by=by, at=at)
    except InputError as error:
        return _page(request, slug, version, AddFile(), error.faults)
    return redirect("version", slug, version)
