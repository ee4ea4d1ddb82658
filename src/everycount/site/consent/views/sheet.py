"""The consent sheet, to be printed: one part stays with the person, the other one is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from everycount.site.collection.sheets import picture
from everycount.site.consent.queries import sheets
from everycount.site.people.policy import Verb
from everycount.site.people.queries import initiatives
from everycount.site.people.views.shared import found, now, reader
from everycount.text import direction

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

_GROUPS = range(5)  # a receipt code: five groups of five letters and one more
_LETTERS = range(5)


@require_safe
def consent_sheet(request: HttpRequest, slug: str, version: UUID) -> HttpResponse:
    """What people are told before they agree, what they agree to, how they take it back, and who signs."""
    at, by = now(), reader(request)
    one = found(sheets.readable(by, slug, version, at=at))
    languages = sheets.languages(one)
    own = get_language() or "en"
    asked = request.GET.get("language", own)
    language = asked if asked in languages else languages[0] if languages else own
    here = one.questionnaire.initiative
    address = f"{settings.ENVIRONMENT.public_url}{reverse('receipt')}"
    with override(language):
        made = sheets.sheet(one, language)
    names = dict(settings.LANGUAGES)
    given = {
        "sheet": made,
        "version": one,
        "initiative": here,
        "language_of_sheet": language,
        "direction_of_sheet": direction(language),
        "form": {"language": language, "languages": [(tag, names.get(tag, tag)) for tag in languages]},
        "receipt": address,
        "picture": picture(address),
        "groups": _GROUPS,
        "letters": _LETTERS,
        "writes": by is not None and initiatives.one(by, Verb.MANAGE, slug, at=at) is not None,
    }
    return render(request, "consent/sheet.html", given)
