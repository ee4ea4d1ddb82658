"""Pages of follow-up: the lists, who is in them, and how many were found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from everycount.faults import InputError
from everycount.site.followup.actions import give_list, link_waiting
from everycount.site.followup.forms import GiveForm
from everycount.site.followup.making import opened
from everycount.site.followup.queries import members as queries
from everycount.site.followup.queries.declared import lists
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from everycount.faults import Fault
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative


@require_safe
@for_persons
def overview(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The lists of an initiative, and its rounds beside each other."""
    here = found(queries.initiative_of(reader, Verb.COUNT_SUBMISSIONS, slug, at=now()))
    return _overview(request, reader, here, GiveForm())


@require_POST
@for_persons
def give(request: HttpRequest, by: Person, slug: str) -> HttpResponse:
    """Takes a list of places."""
    here = found(queries.initiative_of(by, Verb.DRAFT, slug, at=now()))
    form = GiveForm(request.POST, request.FILES)
    faults: Sequence[Fault] = ()
    if form.is_valid():
        name, file = form.cleaned_data["name"], form.cleaned_data["file"]
        try:
            is_new = give_list(initiative=here, name=name, content=file.read(), by=by, at=now())
        except InputError as error:
            faults = error.faults
        else:
            said = _("Phones get the list from now on.") if is_new else _("The list was so already.")
            messages.success(request, said)
            return redirect("follow_up", slug)
    return _overview(request, by, here, form, faults)


def _overview(
    request: HttpRequest, reader: Person, here: Initiative, form: GiveForm, faults: Sequence[Fault] = ()
) -> HttpResponse:
    at = now()
    link_waiting(initiative=here.pk, at=at)
    given = {
        "here": here,
        "lists": queries.listed(here),
        "given": queries.given_to(here),
        "compared": queries.compared(here),
        "k": queries.K,
        "opens": queries.may_open(reader, here, at=at),
        "form": form if queries.may_give(reader, here, at=at) else None,
        "faults": faults,
    }
    return render(request, "followup/overview.html", given, status=422 if faults or form.errors else 200)


@require_POST
@for_persons
def listing(request: HttpRequest, reader: Person, slug: str, name: str) -> HttpResponse:
    """Who is in a list, a page at a time; that it was opened is an event, so it takes a button."""
    at = now()
    here = found(queries.initiative_of(reader, Verb.CONTACT_PEOPLE, slug, at=at))
    properties = found(lists(here.pk).get(name))
    link_waiting(initiative=here.pk, at=at)
    page, found_here = opened(here.pk, name, page=request.POST.get("page", "1"), by=reader, at=at)
    rows = [(each.label, [each.properties.get(one, "") for one in properties]) for each in found_here]
    given = {"here": here, "name": name, "properties": properties, "rows": rows, "page": page}
    return render(request, "followup/list.html", given)
