"""What goes back to the people: briefs, posters, texts to be read aloud, pages for a cheap phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everycount.formats.brief import names_of
from everycount.formats.messages import messages
from everycount.site.people.views.shared import found, now
from everycount.site.publication import citing, printing, reading
from everycount.site.publication.cards import card
from everycount.site.publication.queries import public as queries
from everycount.site.publication.queries import releases
from everycount.site.publication.views.keeping import kept
from everycount.site.publication.views.public import TAKEN, depends, gone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponseBase

    from everycount.site.publication.models import Release
    from everycount.site.publication.printing import Sheet

_MEDIA = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "html": "text/html; charset=utf-8"}
# A page for a phone has its few rules in it, and loads and runs nothing.
_NOTHING = ["'none'"]
_ALONE = {
    "default-src": _NOTHING,
    "script-src": _NOTHING,
    "img-src": _NOTHING,
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": _NOTHING,
}


@require_safe
def page(request: HttpRequest, plan: str, number: int) -> HttpResponseBase:
    """Everything that can be given back of a release, by group and language."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    sheets = printing.given_back(release)

    def make() -> HttpResponse:
        language = get_language() or "en"
        given = {
            "release": release,
            "card": card(release, language),
            "groups": list(_groups(release, sheets, language)),
            "citation": citing.citation(release, language),
            "decision": queries.decision(release, at=at),
            "revised_since": releases.under_revision(release),
            "holds": queries.holds(release.plan, at=at),
        }
        return render(request, "publication/public/give_back.html", given)

    return kept(request, (*depends(release, at=at), len(sheets)), make)


def _groups(
    release: Release, sheets: tuple[Sheet, ...], language: str
) -> Iterator[tuple[str, list[tuple[str, str, list[Sheet]]]]]:
    """(whom it is about, (language's name, its tag, sheets) of each language); everybody first."""
    numbers = releases.numbers(release)
    view = reading.view_of(release, language)
    for name, within in names_of(numbers).items():
        mine = [sheet for sheet in sheets if sheet.of == name]
        if mine:
            labels = dict(view.dimensions[within[0][0]].groups) if within else {}
            said = labels[within[0][1]].say(language, within[0][1]) if within else _("Everybody")
            yield (
                said,
                [
                    (
                        messages(each).data["catalogue"]["name"],
                        each,
                        [one for one in mine if one.language == each],
                    )
                    for each in dict.fromkeys(one.language for one in mine)
                ],
            )


@require_safe
@csp_replace(_ALONE)  # type: ignore[arg-type]  # it knows views without parts of an address only
def sheet(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """One of them, to be looked at here; of a replaced release the way to that which holds."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    one = found(next((each for each in printing.given_back(release) if each.name == name), None))
    where = found(printing.opened(release, f"{printing.BRIEFS}/{one.name}"))
    media = _MEDIA[where.suffix.removeprefix(".")]
    named = content_disposition_header(False, one.name) or ""
    headers = TAKEN | {"Content-Disposition": named}
    return HttpResponse(where.read_bytes(), content_type=media, headers=headers)
