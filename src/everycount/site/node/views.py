"""The page of those who keep the node running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from everycount.site.node import queries
from everycount.site.people.views.shared import for_persons, now

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from everycount.site.people.models import Person


@require_safe
@for_persons
def page(request: HttpRequest, person: Person) -> HttpResponse:
    """Is something to be done, what is kept here, and which command does what."""
    shown = queries.look(person, at=now())
    if shown is None:
        raise Http404
    return render(request, "node/page.html", {"node": shown})
