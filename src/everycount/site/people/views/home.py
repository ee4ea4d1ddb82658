"""The first page: what this node is, who counts here, and where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.views.decorators.http import require_safe

from everycount.site.people import parts
from everycount.site.people.queries import initiatives
from everycount.site.people.views.shared import now, reader

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SHOWN = 4  # initiatives; the others stand on their own page
_EXAMPLE = "demo.json"  # what ``everycount demo`` writes when its world is ready


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For somebody who has never been here."""
    at = now()
    rows = list(initiatives.seen(reader(request), at=at)[: SHOWN + 1])
    given = {
        "initiatives": rows[:SHOWN],
        "more": len(rows) > SHOWN,
        "parts": parts.of_home(at=at),
        "example": (settings.ENVIRONMENT.data / _EXAMPLE).exists(),
    }
    return render(request, "people/home.html", given)
