"""A version as paper, to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from everycount.site.collection.queries import form as form_of
from everycount.site.people.views.shared import found, now, reader
from everycount.site.questionnaires import queries
from everycount.site.questionnaires.forms import LayOut
from everycount.site.questionnaires.paper import fresh, printed
from everycount.text import direction

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@require_safe
@never_cache  # each print has ids of its own
def paper(request: HttpRequest, slug: str, version: UUID) -> HttpResponse:
    """Sheets of a version in one of its languages: one without an id to be copied, or numbered ones."""
    one = found(queries.readable_version(reader(request), slug, version, at=now()))
    form = form_of(one.id)
    asked = LayOut(form, request.GET)
    given = {"version": one, "initiative": one.questionnaire.initiative, "form": asked}
    if asked.is_valid():
        wanted = asked.cleaned_data
        words = spoken_here(wanted["language"])
        with override(words):
            laid = printed(form, wanted["language"], wanted["people"])
            # What stands below the id is the same on every sheet, so it is drawn once.
            told = {
                "paper": laid,
                "initiative": given["initiative"],
                "words": words,
                "words_direction": direction(words),
            }
            body = render_to_string("questionnaires/paper_body.html", told)
        given |= told | {"body": body, "ids": fresh(wanted["sheets"]) if wanted["sheets"] else [""]}
    return render(request, "questionnaires/paper.html", given, status=200 if asked.is_valid() else 422)


def spoken_here(language: str) -> str:
    """The language of instructions on such a sheet: the same where the site has it, else the reader's."""
    known = dict(settings.LANGUAGES)
    base = language.split("-", maxsplit=1)[0]
    return language if language in known else base if base in known else get_language() or "en"
