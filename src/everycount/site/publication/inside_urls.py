"""Addresses of plans and releases inside an initiative, and of indicators; loaded as :func:`.later` says."""

from __future__ import annotations

from django.urls import path

from everycount.site.publication.public_urls import later

_PLANS = "initiatives/<slug:slug>/plans"
_RELEASES = "initiatives/<slug:slug>/releases"
_ONE = f"{_RELEASES}/<slug:plan>/<int:number>"

urlpatterns = [
    path(_PLANS, later("plans.listing"), name="plans"),
    path(f"{_PLANS}/<slug:name>", later("plans.page"), name="plan"),
    path(f"{_PLANS}/<slug:name>/text", later("plans.by_hand"), name="plan_by_hand"),
    path(f"{_PLANS}/<slug:name>/file", later("plans.file"), name="plan_file"),
    path(f"{_PLANS}/<slug:name>/trial", later("plans.tried"), name="plan_trial"),
    path(f"{_PLANS}/<slug:name>/compute", later("plans.compute"), name="plan_compute"),
    path(f"{_PLANS}/<slug:name>/keep", later("plans.keep"), name="plan_keep"),
    path(
        f"{_PLANS}/<slug:name>/measure/<int:number>/figures", later("official.figures"), name="plan_figures"
    ),
    path(f"{_PLANS}/<slug:name>/part/<slug:key>", later("plans.part"), name="plan_part"),
    path(f"{_PLANS}/<slug:name>/new/<slug:key>", later("plans.new"), name="plan_new"),
    path(f"{_PLANS}/<slug:name>/<slug:key>/<int:number>", later("plans.item"), name="plan_item"),
    path(_RELEASES, later("deciding.listing"), name="releases_inside"),
    path(_ONE, later("deciding.page"), name="release_inside"),
    path(f"{_ONE}/do/<str:move>", later("deciding.decide"), name="move_release"),
    path(f"{_ONE}/speak", later("deciding.speak"), name="speak_on_release"),
    path(f"{_RELEASES}/said/<uuid:statement>/take-back", later("deciding.take_back"), name="take_back_word"),
    path(f"{_ONE}/numbers", later("numbers.listing"), name="numbers_inside"),
    path(f"{_ONE}/not-this", later("numbers.withhold"), name="withhold_number"),
    path(f"{_ONE}/checks", later("numbers.check"), name="release_checks"),
    path(f"{_ONE}/beside", later("numbers.compared"), name="release_beside"),
    path("indicators", later("indicators.listing"), name="indicators"),
    path("indicators/<str:code>", later("indicators.page"), name="indicator"),
]
