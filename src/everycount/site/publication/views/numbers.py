"""The numbers of a release that is not public, for those who check it and decide about it."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from everycount.faults import InputError
from everycount.site.people.views.shared import for_persons, found, now, said
from everycount.site.publication.actions import deciding
from everycount.site.publication.forms import Withhold
from everycount.site.publication.models import Stance
from everycount.site.publication.queries import beside, checks, inside, tables
from everycount.site.publication.queries.releases import previous
from everycount.site.publication.queries.statements import about

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict

    from everycount.site.people.models import Person
    from everycount.site.publication.models import Release

_LONGEST = 100


@require_safe
@for_persons
def listing(request: HttpRequest, reader: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """All numbers, a page at a time."""
    at, language = now(), get_language() or "en"
    release = found(_computed(inside.release(reader, slug, plan, number, at=at)))
    asked = _asked(request.GET)
    sheet = tables.sheet(release, asked, language)
    given = {
        "here": release.plan.initiative,
        "release": release,
        "sheet": sheet,
        "asked": asked,
        "parts": [_part(list(rows)) for _key, rows in groupby(sheet.rows, lambda row: row.table)],
        "speaks": inside.speaks(reader, release, at=at),
        "withhold": reverse("withhold_number", args=[slug, plan, number]),
        "whole": urlencode({"measure": asked.measure}),
        "query": _without_page(request.GET),
        "about": tables.basis(release, language),
    }
    return render(request, "publication/deciding/numbers.html", given)


def _computed(release: Release | None) -> Release | None:
    return release if release is not None and release.digest else None


def _asked(given: QueryDict) -> tables.Asked:
    number = given.get("page", "1")
    return tables.Asked(
        given.get("measure", ""),
        given.get("by", ""),
        given.get("find", "").strip()[:_LONGEST],
        hidden="hidden" in given,
        page=int(number) if number.isdecimal() and len(number) < 9 else 1,
    )


def _part(rows: list[tables.Row]) -> dict[str, object]:
    """The rows of a table that stand together, each with what an address says to name it."""
    first = rows[0]
    return {
        "measure": first.measure,
        "by": first.by,
        "table": urlencode(first.table) if len(first.table) > 1 and any(row.is_shown for row in rows) else "",
        "rows": [(row, urlencode(row.about)) for row in rows],
    }


def _without_page(given: QueryDict) -> str:
    kept = given.copy()
    kept.pop("page", None)
    return f"{kept.urlencode()}&" if kept else ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def withhold(request: HttpRequest, by: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """A member of the community body does not want a number, a measure or a table shown, and says why."""
    at, language = now(), get_language() or "en"
    release = found(_computed(inside.heard(by, slug, plan, number, at=at)))
    measure, cell, table = _meant(request.GET)
    try:
        cells = deciding.cells_of(release, measure, cell, table)
    except InputError:
        raise Http404 from None
    form = Withhold(request.POST or None)
    if form.is_valid():
        saying = deciding.Said(
            Stance.WITHHOLD,
            form.cleaned_data["words"],
            measure,
            cell,
            table,
            is_public=form.cleaned_data["is_public"],
        )
        act = partial(deciding.state, release=release, said=saying, by=by, at=at)
        if said(request, act, _("Your word counts. It is not shown once the release is computed again.")):
            return redirect("release_inside", slug, plan, number)
    view = tables.view_of(release, language)
    given = {
        "here": release.plan.initiative,
        "release": release,
        "form": form,
        "what": about(view, measure, list(cell), list(table)),
        "says": tables.one(view, measure, cell) if len(cells) == 1 else None,
        "count": len(cells),
    }
    return render(request, "publication/deciding/withhold.html", given, status=422 if form.errors else 200)


def _meant(given: QueryDict) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What the address names: a measure, a cell as ``dimension=code``, the dimensions of a table."""
    pairs = (each.partition("=") for each in given.getlist("cell"))
    cell = tuple((name, code) for name, _sign, code in pairs)
    return given.get("measure", ""), cell, tuple(given.getlist("by"))


@require_safe
@for_persons
def check(request: HttpRequest, reader: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """What speaks for a release, and what should be looked at before it goes on."""
    at = now()
    release = found(_computed(inside.release(reader, slug, plan, number, at=at)))
    made = checks.checks(checks.facts(release, at=at), tables.view_of(release, get_language() or "en"))
    given = {"here": release.plan.initiative, "release": release, "checks": made}
    return render(request, "publication/deciding/checks.html", given)


@require_safe
@for_persons
def compared(request: HttpRequest, reader: Person, slug: str, plan: str, number: int) -> HttpResponse:
    """A release beside the one that was public before it."""
    at, language = now(), get_language() or "en"
    release = found(_computed(inside.release(reader, slug, plan, number, at=at)))
    before = found(previous(release))
    asked = _asked(request.GET)
    kind = request.GET.get("show", beside.CHANGED)
    sheet = beside.beside(before, release, kind, asked.page, language)
    names = {beside.CHANGED: _("Changed"), beside.CAME: _("New"), beside.WENT: _("No longer there")}
    facets = [
        (f"{words} ({sheet.counts[name]})", f"?show={name}", name == kind) for name, words in names.items()
    ]
    given = {
        "here": release.plan.initiative,
        "release": release,
        "before": before,
        "sheet": sheet,
        "facets": facets,
        "query": f"show={kind}&" if kind in names else "",
    }
    return render(request, "publication/deciding/beside.html", given)
