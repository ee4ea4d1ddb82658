"""Addresses of assessments and decisions; their pages bring arrays, and are loaded when one is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from django.urls import path

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

_VIEWS = "everycount.site.decisions.views"
_ASSESSMENT = "assessments/<uuid:assessment>"
_DECISION = "decisions/<uuid:decision>"


def later(name: str) -> Callable[..., HttpResponseBase]:
    """A view, ``module.function``, whose module is loaded at its first request."""
    module, _, function = name.partition(".")

    def view(request: HttpRequest, **parts: object) -> HttpResponseBase:
        answer: HttpResponseBase = getattr(import_module(f"{_VIEWS}.{module}"), function)(request, **parts)
        return answer

    return view


urlpatterns = [
    path("assessments", later("assessing.listing"), name="assessments"),
    path("assessments/new/<slug:plan>/<int:number>", later("assessing.begin"), name="assess"),
    path(_ASSESSMENT, later("assessing.page"), name="assessment"),
    path(f"{_ASSESSMENT}/step/<slug:block>", later("assessing.step"), name="assessment_step"),
    path(f"{_ASSESSMENT}/decide", later("assessing.decide"), name="decide_use"),
    path(f"{_ASSESSMENT}/drop", later("assessing.drop"), name="drop_assessment"),
    path("decisions", later("public.listing"), name="decisions"),
    path(_DECISION, later("public.page"), name="decision"),
    path(f"{_DECISION}/decision.json", later("public.data"), name="decision_data"),
    path(f"{_DECISION}/reply", later("replying.reply"), name="reply_decision"),
    path(f"{_DECISION}/appeal", later("replying.appeal"), name="appeal_decision"),
    path(f"{_DECISION}/answer", later("replying.answer"), name="answer_appeal"),
    path(
        "releases/<slug:plan>/<int:number>/decided/<str:name>", later("public.beside"), name="beside_release"
    ),
]
