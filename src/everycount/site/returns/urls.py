"""Addresses of what comes back; the public one shares its beginning with releases."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


def _later(name: str) -> Callable[..., HttpResponseBase]:
    def view(request: HttpRequest, **parts: object) -> HttpResponseBase:
        views = import_module("everycount.site.returns.views")
        answer: HttpResponseBase = getattr(views, name)(request, **parts)
        return answer

    return view


urlpatterns = [
    path("releases/<slug:plan>/returns", _later("public"), name="returns"),
    path("initiatives/<slug:slug>/returns", _later("inside"), name="returns_inside"),
    path("returns/of/<slug:plan>/<slug:what>", _later("write"), name="write_return"),
    path("returns/recommendations/<uuid:name>", _later("step"), name="return_step"),
    path("returns/words/<uuid:name>", _later("answer"), name="answer_words"),
    path("returns/words/<uuid:name>/take-back", _later("unsay"), name="unsay_words"),
]
