"""Numbers: all of a release as a table, and of each the page that says where it comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from everycount.formats.page import Html, join, tag
from everycount.formats.report.tables import row, value
from everycount.site.collection.sheets import picture
from everycount.site.people.views.shared import found, now
from everycount.site.publication import citing, described, reading
from everycount.site.publication import lineage as told
from everycount.site.publication import parts as beside
from everycount.site.publication.cards import card
from everycount.site.publication.queries import numbers as queries
from everycount.site.publication.queries import public, releases, table
from everycount.site.publication.queries.changes import changes
from everycount.site.publication.views.keeping import kept
from everycount.site.publication.views.public import depends, gone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest, HttpResponseBase

    from everycount.formats.changes import Kind
    from everycount.formats.report.view import View
    from everycount.protect.cells import Cell
    from everycount.site.publication.queries.numbers import Number

PAGE = 100  # numbers on one page of the table


@require_safe
def listing(request: HttpRequest, plan: str, number: int) -> HttpResponseBase:
    """All numbers of a release, page by page, and those whose names hold some words."""
    at, asked = now(), " ".join(request.GET.get("q", "").split())[:200]
    release = found(releases.public(plan, number, at=at))
    if public.is_replaced(release):
        return gone(request, release, at=at)

    def make() -> HttpResponse:
        language = get_language() or "en"
        view = reading.view_of(release, language)
        told_before, only = changes(release), "changed" in request.GET
        kinds = told_before.kinds if told_before else {}
        cells = table.matching(release, asked)
        if only:
            cells = [cell for cell in cells if (cell.measure, cell.cell) in kinds]
        page = Paginator(cells, PAGE).get_page(request.GET.get("page"))
        given = {
            "release": release,
            "card": card(release, language),
            "asked": asked,
            "query": f"{urlencode(dict(_asked(asked, only=only)))}&" if asked or only else "",
            "page": page,
            "rows": [reading.safe(_row(view, cell, kinds.get((cell.measure, cell.cell)))) for cell in page],
            "changes": told_before,
            "only": only,
            "heads": [view.words.plain(f"column.{name}") for name in ("group", "value", "asked")],
            "revised_since": releases.under_revision(release),
        }
        return render(request, "publication/public/numbers.html", given)

    return kept(request, depends(release, at=at), make)


def _asked(words: str, *, only: bool) -> Iterator[tuple[str, str]]:
    """What the next page of a search is asked with."""
    if words:
        yield "q", words
    if only:
        yield "changed", "1"


def _row(view: View, cell: Cell, kind: Kind | None) -> Html:
    """Three columns, which is what a phone has room for."""
    facts = told.facts_of(view, cell)
    measure, between = view.measure(facts), view.between(facts, cell)
    groups = join((view.group(cell, i) for i in range(len(cell.cell))), " · ")
    name = join([groups, tag("br"), tag("small", measure)]) if cell.cell else measure
    shown = [value(view, facts, cell)]
    shown += [tag("br"), tag("small", between)] if between else []
    shown += [tag("br"), tag("small", _changed(kind), class_="care")] if kind else []
    asked = "" if cell.n is None else view.words.number(cell.n)
    return row(name, join(shown), asked)


def _changed(kind: Kind | None) -> str:
    words = {"shown": _("shown now"), "hidden": _("not shown now")}
    return words.get(kind or "", _("It has changed."))


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponseBase:
    """One number: what it says, what it does not, and the way back to those who answered."""
    at = now()
    one = found(queries.number(name, at=at))

    def make() -> HttpResponse:
        return render(request, "publication/public/number.html", _given(one, get_language() or "en", at=at))

    return kept(request, depends(one.release, at=at), make)


def _given(one: Number, language: str, *, at: datetime) -> dict[str, object]:
    release, made = one.release, told.lineage(one, language)
    earlier, later = queries.before(one, at=at), queries.now(one, at=at)
    view = reading.view_of(release, language)
    return {
        "release": release,
        "card": card(release, language),
        "one": made,
        "sentence": reading.safe(made.sentence),
        "drawn": reading.safe(made.drawn),
        "official": reading.safe(made.official),
        "wording": reading.safe(made.wording) if made.wording else "",
        "groups": [(reading.safe(name), reading.safe(group)) for name, group in made.groups],
        "rule": reading.safe(made.rule),
        "definitions": reading.definitions(),
        "questionnaire": told.questionnaire(one),
        "decision": public.decision(release, at=at),
        "before": earlier,
        "before_said": _said(view, earlier) if earlier else "",
        "changed": _has_changed(one),
        "later": later,
        "later_said": _said(view, later) if later else "",
        "holds": public.holds(release.plan, at=at),
        "revised_since": releases.under_revision(release),
        "citation": citing.citation(release, language, path=f"/numbers/{one.name}", title=made.title),
        "linked": reading.safe(described.script(told.document(one, at=at))),
        "qr": picture(told.address_of(one)),
        "name": one.name,
        "beside": beside.of_measure(release, one.cell.measure, at=at),
    }


def _has_changed(one: Number) -> bool:
    """Whether it said something else in the release before; the old value may not stand here any more."""
    found = changes(one.release)
    return found is not None and (one.cell.measure, one.cell.cell) in found.kinds


def _said(view: View, other: Number) -> str:
    """A number of another release, as figures; the words for its gap where it has none."""
    there = reading.view_of(other.release, view.language)
    return there.written(told.facts_of(there, other.cell), other.cell)


@require_safe
def provenance(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """The same document as a file."""
    at = now()
    one = found(queries.number(name, at=at))
    text = json.dumps(told.document(one, at=at), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    return HttpResponse(
        text, content_type="application/ld+json", headers={"Access-Control-Allow-Origin": "*"}
    )
