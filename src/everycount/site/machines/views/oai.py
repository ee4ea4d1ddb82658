"""Answers to gatherers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from everycount.site.machines.oai.answering import answer
from everycount.site.people.views.shared import now
from everycount.site.publication.views.public import TAKEN

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_http_methods(["GET", "HEAD", "POST"])
def gathered(request: HttpRequest) -> HttpResponse:
    """One question of OAI-PMH 2.0."""
    given = request.POST if request.method == "POST" else request.GET
    made = answer(dict(given.lists()), at=now())
    return HttpResponse(made, content_type="text/xml; charset=utf-8", headers=TAKEN)
