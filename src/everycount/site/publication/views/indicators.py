"""The SDG indicators, with the numbers of communities beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from everycount.formats.page import join, spoken
from everycount.formats.report.opening import beside, line_of
from everycount.formats.report.tables import body, group_heads, group_row, table
from everycount.site.people.views.shared import found, now
from everycount.site.publication import parts, reading
from everycount.site.publication.queries import indicators as queries
from everycount.site.publication.queries import releases
from everycount.site.publication.queries.numbers import name_of
from everycount.site.publication.views.keeping import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.utils.safestring import SafeString

    from everycount.formats.page import Html
    from everycount.formats.report.view import View
    from everycount.release.model import MeasureFacts
    from everycount.site.people.parts import Part
    from everycount.site.publication.models import Release
    from everycount.site.publication.queries.indicators import Linked


@dataclass(frozen=True)
class Shown:
    """A linked measure as the page shows it; markup comes from the library, which escapes.

    Attributes:
        number: address of the page that says how the number of everybody came about.
        revised: somebody who answered took the answers back since.
        drawn: the number on its line; nothing where it is no share, or hidden.
    """

    release: Release
    number: str
    relation: str
    revised: bool
    finding: SafeString
    sure: str
    drawn: SafeString
    beside: SafeString
    tables: tuple[SafeString, ...]
    decided: tuple[Part, ...]


@require_safe
def listing(request: HttpRequest) -> HttpResponseBase:
    """The indicators of which public releases speak."""
    rows = queries.counted(at=now())

    def make() -> HttpResponse:
        language = get_language() or "en"
        said = [(each.number, reading.safe(spoken(each.titles, language)), count) for each, count in rows]
        return render(request, "publication/indicators/list.html", {"rows": said})

    return kept(request, ([(each.number, count) for each, count in rows],), make)


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponseBase:
    """One indicator, with every number that is linked to it and how."""
    one, at = found(queries.indicator(code)), now()
    rows = queries.linked(one, at=at)

    def make() -> HttpResponse:
        language = get_language() or "en"
        given = {
            "number": one.number,
            "title": reading.safe(spoken(one.titles, language)),
            "said": one.titles.say(language),
            "shown": [_shown(each, language, at=at) for each in rows],
            "definitions": reading.definitions(),
        }
        return render(request, "publication/indicators/page.html", given)

    state = [
        (
            row.release.digest,
            row.measure,
            row.release.plan.initiative.name,
            releases.under_revision(row.release) is not None,
            parts.states(row.release, at=at),
        )
        for row in rows
    ]
    return kept(request, (one.number, state), make)


def _shown(linked: Linked, language: str, *, at: datetime) -> Shown:
    view = reading.view_of(linked.release, language)
    measure = next(each for each in view.release.measures if each.id == linked.measure)
    cell = view.overall(measure) or next(
        each for each in view.release.cells.cells if each.measure == measure.id
    )
    is_shown = cell.value is not None
    return Shown(
        release=linked.release,
        number=reverse("number", args=[name_of(linked.release, cell)]),
        relation=view.words.plain(f"sdg.{linked.relation}", indicator=linked.number),
        revised=releases.under_revision(linked.release) is not None,
        finding=reading.safe(view.finding(measure, cell)),
        sure=view.sure(measure, cell),
        drawn=reading.safe(line_of(view, measure, cell)),
        beside=reading.safe(beside(view, measure, cell) if is_shown else None),
        tables=tuple(reading.safe(each) for each in _tables(view, measure)),
        decided=tuple(parts.of_measure(linked.release, linked.measure, at=at)),
    )


def _tables(view: View, measure: MeasureFacts) -> Iterator[Html]:
    """The groups of each dimension, in its order."""
    for dimension in view.release.dimensions:
        cells = view.groups(measure, dimension)
        if cells:
            intervals = any(view.between(measure, cell) for cell in cells)
            rows = [group_row(view, measure, cell, intervals=intervals) for cell in cells]
            caption = join([view.measure(measure), " · ", view.dimension(dimension)])
            yield table(caption, group_heads(view, intervals=intervals), [body(rows)])
