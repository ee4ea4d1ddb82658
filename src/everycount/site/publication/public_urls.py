"""Addresses of what everybody sees; their pages bring arrays, and are loaded when one is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

_VIEWS = "everycount.site.publication.views"
_PLAN = "releases/<slug:plan>"
_RELEASE = f"{_PLAN}/<int:number>"
_FIGURE = f"{_RELEASE}/figures/<str:name>"
_NUMBER = "numbers/<str:name>"


def later(name: str, views: str = _VIEWS) -> Callable[..., HttpResponseBase]:
    """A view, ``module.function``, whose module is loaded at its first request."""
    module, _, function = name.partition(".")

    def view(request: HttpRequest, **parts: object) -> HttpResponseBase:
        answer: HttpResponseBase = getattr(import_module(f"{views}.{module}"), function)(request, **parts)
        return answer

    return view


urlpatterns = [
    path("releases", later("public.listing"), name="releases"),
    path(_PLAN, later("public.plan"), name="releases_of"),
    path(_RELEASE, later("public.page"), name="release"),
    path(f"{_RELEASE}/cite.<str:kind>", later("public.cite"), name="cite"),
    path(f"{_RELEASE}/files/<path:name>", later("public.file"), name="release_file"),
    path(f"{_RELEASE}/give-back", later("giving.page"), name="give_back"),
    path(f"{_RELEASE}/give-back/<str:name>", later("giving.sheet"), name="give_back_sheet"),
    path(f"{_RELEASE}/numbers", later("lineage.listing"), name="release_numbers"),
    path(_FIGURE, later("figures.page"), name="figure"),
    path(f"{_FIGURE}/embed", later("figures.embed"), name="figure_embed"),
    path(f"{_FIGURE}/table.csv", later("figures.table"), name="figure_table"),
    path(f"{_FIGURE}/picture.svg", later("figures.drawing"), name="figure_drawing"),
    path(f"{_FIGURE}/picture.png", later("figures.png"), name="figure_png"),
    path(_NUMBER, later("lineage.page"), name="number"),
    path(f"{_NUMBER}/provenance.jsonld", later("lineage.provenance"), name="number_provenance"),
]
