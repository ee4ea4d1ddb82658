"""A release as its public pages say it: the library's report in parts, with addresses, in one language.

What is worked out here follows from digest and language alone, and is kept for a while in the process.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.safestring import mark_safe

from everycount.formats import shapes
from everycount.formats.messages import messages
from everycount.formats.page import Html, join, spoken, tag
from everycount.formats.report import description, opening, parts_of
from everycount.formats.report.figures import widest_gap
from everycount.formats.report.missing import unheard
from everycount.formats.report.one_figure import names, one_figure
from everycount.formats.report.view import Addresses, View
from everycount.site.publication.card import Card
from everycount.site.publication.queries.numbers import name_of
from everycount.site.publication.queries.releases import numbers

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.safestring import SafeString

    from everycount.formats.report import Parts
    from everycount.formats.report.one_figure import OneFigure
    from everycount.site.publication.models import Release

# With head, style sheets and the site's own sections the first view stays below 150 KB.
ROOM = 94_000
_VIEWS, _PARTS, _DRAWN = 6, 24, 48


def safe(markup: Html | None) -> SafeString:
    """Markup of the library in a template: it was escaped where it was made."""
    return mark_safe(str(markup) if markup is not None else "")  # noqa: S308 - Html is made by formats.page alone


def definitions() -> SafeString:
    """Hatches and shapes, once a page."""
    return safe(shapes.definitions())


def view_of(release: Release, language: str) -> View:
    """The release and the words for it."""
    return _view(release.pk, release.digest, release.plan.slug, release.number, language)


@lru_cache(maxsize=_VIEWS)
def _view(name: UUID, digest: str, slug: str, number: int, language: str) -> View:
    from everycount.site.publication.models import Plan, Release  # noqa: PLC0415 - a row is made of plain values

    release = Release(pk=name, digest=digest, number=number, plan=Plan(slug=slug))
    addresses = Addresses(
        number=lambda cell: reverse("number", args=[name_of(release, cell)]),
        figure=lambda figure: reverse("figure", args=[slug, number, figure]),
        numbers=reverse("release_numbers", args=[slug, number]),
    )
    return View(numbers(release), messages(language), addresses, ROOM)


def parts(release: Release, language: str) -> Parts:
    """The report in parts."""
    return _parts(release.pk, release.digest, release.plan.slug, release.number, language)


@lru_cache(maxsize=_PARTS)
def _parts(name: UUID, digest: str, slug: str, number: int, language: str) -> Parts:
    return parts_of(_view(name, digest, slug, number, language))


def card_of(release: Release, language: str) -> Card:
    """The release in a line of a list."""
    view = view_of(release, language)
    survey, main = view.release.survey, view.main
    cell = view.overall(main) if main else None
    finding = description(view)
    said_of = [survey.title, survey.about, survey.asked_by]
    said_of += [one.labels for one in view.release.measures]
    said_of += [one.labels for one in view.release.dimensions]
    said = [words for text in said_of for _, words in text.versions]
    shown = finding and main and cell
    return Card(
        title=survey.title.say(view.language, survey.id),
        when=view.words.date(survey.period),
        finding=finding,
        sure=view.sure(main, cell) if shown and main and cell else "",
        how=view.words.plain(f"kind.{view.release.design.kind}"),
        drawn=str(opening.line_of(view, main, cell, with_figure=False) or "")
        if shown and main and cell
        else "",
        apart=str(widest_gap(view) or "") if shown else "",
        searched=" ".join([finding, *said]).casefold(),
    )


def figure(release: Release, name: str, language: str) -> OneFigure | None:
    """One figure by itself."""
    return _figure(release.pk, release.digest, release.plan.slug, release.number, language, name)


@lru_cache(maxsize=_DRAWN)
def _figure(pk: UUID, digest: str, slug: str, number: int, language: str, name: str) -> OneFigure | None:
    return one_figure(_view(pk, digest, slug, number, language), name)


def figures(release: Release, language: str) -> tuple[tuple[str, str], ...]:
    """Names and titles of all figures."""
    return _figures(release.pk, release.digest, release.plan.slug, release.number, language)


@lru_cache(maxsize=_PARTS)
def _figures(name: UUID, digest: str, slug: str, number: int, language: str) -> tuple[tuple[str, str], ...]:
    view = _view(name, digest, slug, number, language)
    found = ((each, one_figure(view, each)) for each in names(view))
    return tuple((each, one.title) for each, one in found if one is not None)


def missing(view: View) -> tuple[list[Html], list[Html]]:
    """Groups of whom nobody answered anything, and groups of whom nothing may be shown."""
    nobody, hidden = unheard(view)
    return [_group(view, one) for one in nobody], [_group(view, one) for one in hidden]


def _group(view: View, group: tuple[str, str]) -> Html:
    dimension = view.dimensions[group[0]]
    named = spoken(dict(dimension.groups)[group[1]], view.language, group[1])
    return join([named, " ", tag("small", view.dimension(dimension))])
