"""Pages of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from everycount.site.people.actions import organisations as actions
from everycount.site.people.forms import OrganisationForm
from everycount.site.people.queries import initiatives
from everycount.site.people.queries import organisations as queries
from everycount.site.people.views.shared import for_persons, found, now, reader, said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All organisations of the node; the secretariat admits one here."""
    person, at = reader(request), now()
    admits = initiatives.admits(person, at=at)
    if request.method == "POST" and not admits:
        return found(None)
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and person is not None and form.is_valid():
        made = actions.admit(**form.cleaned_data, by=person, at=at)
        said(request, lambda: None, _("“%s” is admitted.") % made.name)
        return redirect("organisation", made.pk)
    given = {"organisations": queries.organisations(), "form": form if admits else None}
    return render(request, "people/organisations.html", given)


@require_safe
def page(request: HttpRequest, name: UUID) -> HttpResponse:
    """One organisation."""
    standing = found(queries.standing(reader(request), name, at=now()))
    return render(request, "people/organisation.html", {"standing": standing})


@require_POST
@for_persons
def ask(request: HttpRequest, person: Person, name: UUID) -> HttpResponse:
    """Asks to be counted among its people."""
    here = found(queries.organisation(name))
    said(
        request,
        lambda: actions.ask(organisation=here, by=person, at=now()),
        _("You asked. The secretariat will answer."),
    )
    return redirect("organisation", name)


@require_POST
@for_persons
def settle(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """The secretariat answers."""
    asked = found(queries.application(person, number, at=now()))
    said(
        request,
        lambda: actions.settle(application=asked, admitted="admit" in request.POST, by=person, at=now()),
        _("It is settled."),
    )
    return redirect("organisation", asked.organisation_id)


@require_POST
@for_persons
def end(request: HttpRequest, person: Person, number: int) -> HttpResponse:
    """Ends a membership."""
    held = found(queries.membership(person, number, at=now()))
    said(
        request,
        lambda: actions.end(membership=held, by=person, at=now()),
        _("The membership has ended."),
    )
    return redirect("organisation", held.organisation_id)
