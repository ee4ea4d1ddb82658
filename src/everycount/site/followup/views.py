"""Pages of follow-up: the lists, who is in them, and how many were found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from everycount.site.followup.actions import link_waiting
from everycount.site.followup.making import opened
from everycount.site.followup.queries import members as queries
from everycount.site.followup.queries.declared import lists
from everycount.site.people.policy import Verb
from everycount.site.people.views.shared import for_persons, found, now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_safe
@for_persons
def overview(request: HttpRequest, reader: Person, slug: str) -> HttpResponse:
    """The lists of an initiative, and its rounds beside each other."""
    at = now()
    here = found(queries.initiative_of(reader, Verb.COUNT_SUBMISSIONS, slug, at=at))
    link_waiting(initiative=here.pk, at=at)
    given = {
        "here": here,
        "lists": queries.listed(here),
        "compared": queries.compared(here),
        "k": queries.K,
        "opens": queries.may_open(reader, here, at=at),
    }
    return render(request, "followup/overview.html", given)


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
