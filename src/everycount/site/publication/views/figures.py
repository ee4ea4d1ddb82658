"""A figure by itself: its page, its table, its picture, and what others put into their own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csp.decorators import csp_replace
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from everycount.formats.cells_csv import rows_of
from everycount.site.people.views.shared import found, now
from everycount.site.publication import citing, printing, reading
from everycount.site.publication.cards import card
from everycount.site.publication.drawn import drawn
from everycount.site.publication.queries import public as queries
from everycount.site.publication.queries import releases
from everycount.site.publication.views.keeping import kept, language_of
from everycount.site.publication.views.public import TAKEN, attached, depends, gone

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

    from everycount.formats.report.one_figure import OneFigure
    from everycount.site.publication.models import Release

_GONE = 410
# The one address that other pages may frame. It has no form and no script, and loads the two sheets alone.
_FRAMED = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["*"],
}
# A picture that is opened by itself has its few rules in it, and nothing else.
_DRAWN = {"default-src": ["'none'"], "style-src": ["'unsafe-inline'"], "frame-ancestors": ["'none'"]}


@require_safe
def page(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """The figure with everything that can be taken along."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)

    def make() -> HttpResponse:
        language = get_language() or "en"
        figure = found(reading.figure(release, name, language))
        where = reverse("figure", args=[plan, number, name])
        given = _given(release, figure, language) | {
            "embed": citing.absolute(
                f"{reverse('figure_embed', args=[plan, number, name])}?language={language}"
            ),
            "citation": citing.citation(release, language, path=where, title=figure.title),
            "decision": queries.decision(release, at=at),
            "revised_since": releases.under_revision(release),
            "holds": queries.holds(release.plan, at=at),
            "png": png,
        }
        return render(request, "publication/public/figure.html", given)

    png = printing.opened(release, printing.png_of(name, get_language() or "en")) is not None
    return kept(request, (*depends(release, at=at), png), make)


def _given(release: Release, figure: OneFigure, language: str) -> dict[str, object]:
    return {
        "release": release,
        "figure": figure,
        "drawn": reading.safe(figure.drawn),
        "card": card(release, language),
        "definitions": reading.definitions(),
        "language": language,
    }


@require_safe
@xframe_options_exempt
@csp_replace(_FRAMED)  # type: ignore[arg-type]  # it knows views without parts of an address only
def embed(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """The figure alone, for a page of somebody else; once it is replaced, the way to what holds."""
    at = now()
    release = found(releases.public(plan, number, at=at))

    def make() -> HttpResponse:
        language = language_of(request)
        figure = found(reading.figure(release, name, language))
        replaced = queries.is_replaced(release)
        given = _given(release, figure, language) | {
            "address": citing.absolute(reverse("release", args=[plan, number])),
            "replaced": replaced,
        }
        status = _GONE if replaced else 200
        answer = render(request, "publication/public/embed.html", given, status=status)
        answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    return kept(request, depends(release, at=at), make)


@require_safe
def table(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """The numbers of the figure, in the columns of ``cells.csv``."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    figure = found(reading.figure(release, name, language_of(request)))
    rows = rows_of(releases.numbers(release), figure.cells)
    return attached(rows, "text/csv", f"{plan}-{number}-{name}.csv", TAKEN)


@require_safe
@csp_replace(_DRAWN)  # type: ignore[arg-type]  # the same
def drawing(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """The figure as a picture that can be drawn large and changed."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    made = found(drawn(release, name, language_of(request)))
    return HttpResponse(made, content_type="image/svg+xml", headers=TAKEN)


@require_safe
def png(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """The figure as pixels, for programs that open nothing else; who keeps the files has drawn it."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    language = language_of(request)
    where = found(printing.opened(release, printing.png_of(name, language)))
    return FileResponse(where.open("rb"), content_type="image/png", headers=TAKEN)
