"""What everybody sees: releases and their files. Other states than public ones are not known here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everycount.site.people.views.shared import found, now, reader
from everycount.site.publication import back, citing, described, files, reading
from everycount.site.publication import parts as beside
from everycount.site.publication.cards import card
from everycount.site.publication.queries import public as queries
from everycount.site.publication.queries import releases
from everycount.site.publication.queries.changes import changes
from everycount.site.publication.views.keeping import kept

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from django.http import HttpRequest, HttpResponseBase
    from django.utils.safestring import SafeString

    from everycount.site.publication.models import Release

PAGE = 20  # releases in a list
_GONE = 410
# What other pages and programs may take from here: files and figures, and nothing that acts.
TAKEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
# Where the site's own sections stand among those of the report.
_MISSING_BEFORE, _BACK_BEFORE = "how_sure", "made"


@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """The newest findings, and those in which some words stand."""
    at, asked = now(), " ".join(request.GET.get("q", "").split())[:200]
    rows = list(releases.current(at=at))
    marked = {row.pk for row in rows if releases.under_revision(row) is not None}
    state = [(row.pk, row.digest, row.pk in marked) for row in rows]

    def make() -> HttpResponse:
        language = get_language() or "en"
        words = asked.casefold().split()
        made = [(row, card(row, language)) for row in rows]
        hits = [
            (row, one, row.pk in marked)
            for row, one in made
            if all(word in f"{one.searched} {row.plan.initiative.name.casefold()}" for word in words)
        ]
        given = {
            "page": Paginator(hits, PAGE).get_page(request.GET.get("page")),
            "asked": asked,
            "query": f"{urlencode({'q': asked})}&" if asked else "",
            "definitions": reading.definitions(),
        }
        return render(request, "publication/public/listing.html", given)

    return kept(request, (state,), make)


@require_safe
def plan(request: HttpRequest, plan: str) -> HttpResponseBase:
    """The release of a plan that holds, and those before it."""
    at = now()
    rows = queries.of_plan(plan, at=at)
    holds = found(rows[0] if rows else None)
    revised = releases.under_revision(holds)

    def make() -> HttpResponse:
        language = get_language() or "en"
        given = {
            "holds": next((row for row in rows if not queries.is_replaced(row)), None),
            "card": card(holds, language),
            "newest": holds,
            "revised_since": revised,
            "rows": rows,
            "definitions": reading.definitions(),
        }
        return render(request, "publication/public/plan.html", given)

    return kept(request, ([(row.digest, row.state) for row in rows], revised is not None), make)


def depends(release: Release, *, at: datetime) -> tuple[object, ...]:
    """What a page about a release depends on."""
    holds = queries.holds(release.plan, at=at) if queries.is_replaced(release) else None
    return (
        release.digest,
        release.state,
        releases.under_revision(release) is not None,
        release.plan.initiative.name,
        holds and holds.number,
        queries.decision(release, at=at),  # what is told of it, and not how much was said
        beside.states(release, at=at),
    )


@require_safe
def page(request: HttpRequest, plan: str, number: int) -> HttpResponseBase:
    """One release."""
    at = now()
    release = found(releases.public(plan, number, at=at))

    def make() -> HttpResponse:
        language = get_language() or "en"
        if queries.is_replaced(release):
            return _replaced(request, release, language, at=at)
        parts = reading.parts(release, language)
        view = reading.view_of(release, language)
        rows = queries.of_plan(plan, at=at)
        given = {
            "release": release,
            "title": card(release, language).title,
            "top": reading.safe(parts.top),
            "sections": list(_sections(release, language)),
            "definitions": reading.definitions(),
            "decision": queries.decision(release, at=at),
            "revised_since": releases.under_revision(release),
            "rows": rows,
            "files": files.listed(release),
            "figures": reading.figures(release, language),
            "citation": citing.citation(release, language),
            "missing": [[reading.safe(said) for said in group] for group in reading.missing(view)],
            "count": len(view.release.cells.cells),
            "returned": returned,
            "changes": changes(release),
            "linked": reading.safe(described.linked(release, language, at=at)),
            "beside": beside.of_release(reader(request), release, at=at),
        }
        return render(request, "publication/public/release.html", given)

    returned = back.parts_of(release)
    return kept(request, (*depends(release, at=at), repr(returned)), make)


def _replaced(request: HttpRequest, release: Release, language: str, *, at: datetime) -> HttpResponse:
    """Who asked, who agreed and what holds instead; the numbers are shown where they hold."""
    given = {
        "release": release,
        "title": card(release, language).title,
        "decision": queries.decision(release, at=at),
        "rows": queries.of_plan(release.plan.slug, at=at),
        "holds": queries.holds(release.plan, at=at),
        "beside": beside.of_release(None, release, at=at),
        "citation": citing.citation(release, language),
    }
    return render(request, "publication/public/replaced.html", given)


def _sections(release: Release, language: str) -> Iterator[tuple[str, str, SafeString]]:
    """(key, heading, section) of the report, and with nothing in it, where the site's own go."""
    words = reading.view_of(release, language).words
    for key, part in reading.parts(release, language).sections:
        if key == _MISSING_BEFORE:
            yield "missing", _("Who is missing"), reading.safe(None)
        if key == _BACK_BEFORE:
            yield "back", _("What comes back"), reading.safe(None)
            yield "said", _("What the community said"), reading.safe(None)
        yield key, words.plain(f"page.{key}"), reading.safe(part)


@require_safe
def cite(request: HttpRequest, plan: str, number: int, kind: str) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """The citation as a file."""
    release = found(releases.public(plan, number, at=now()))
    if kind not in {"bib", "json"}:
        return found(None)
    made = citing.citation(release, get_language() or "en")
    if kind == "bib":
        return attached(made.bibtex, "application/x-bibtex", f"{made.key}.bib")
    return attached(made.csl, "application/vnd.citationstyles.csl+json", f"{made.key}.json")


def attached(text: str | bytes, media: str, name: str, more: Mapping[str, str] | None = None) -> HttpResponse:
    """A file that is saved."""
    headers = {"Content-Disposition": content_disposition_header(True, name) or "", **(more or {})}
    return HttpResponse(text, content_type=f"{media}; charset=utf-8", headers=headers)


@require_safe
def file(request: HttpRequest, plan: str, number: int, name: str) -> HttpResponseBase:
    """One file of a release that holds; of a replaced one the way to that which does."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if queries.is_replaced(release):
        return gone(request, release, at=at)
    one, where = found(files.opened(release, name))
    etag = f'"{one.digest[:32]}"'
    early = get_conditional_response(request, etag=etag)
    if early is not None:
        return early
    # Nothing of it runs or is drawn on this address: every file is saved, also the pages among them.
    answer = FileResponse(
        where.open("rb"), as_attachment=True, filename=where.name, content_type=_media(one.media)
    )
    for header, said in (TAKEN | {"ETag": etag, "Cache-Control": "public, no-cache"}).items():
        answer.headers[header] = said
    return answer


def _media(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def gone(request: HttpRequest, release: Release, *, at: datetime) -> HttpResponse:
    """Says that what was here does not hold any more, and where what does is."""
    holds = queries.holds(release.plan, at=at)
    given = {"release": release, "holds": holds}
    answer = render(request, "publication/public/gone.html", given, status=_GONE)
    if holds is not None:
        where = reverse("release", args=[holds.plan.slug, holds.number])
        answer.headers["Link"] = f'<{citing.absolute(where)}>; rel="successor-version"'
    return answer
