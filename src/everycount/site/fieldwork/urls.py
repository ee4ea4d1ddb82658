"""Addresses of fieldwork."""

from __future__ import annotations

from django.urls import path

from everycount.site.fieldwork.views import checks, flags, progress

_HERE = "initiatives/<slug:slug>"

urlpatterns = [
    path(f"{_HERE}/fieldwork", progress.overview, name="fieldwork"),
    path(f"{_HERE}/fieldwork/<uuid:name>", progress.page, name="fieldwork_of"),
    path(f"{_HERE}/fieldwork/<uuid:name>/plan", progress.plan, name="plan_fieldwork"),
    path(f"{_HERE}/fieldwork/<uuid:name>/collectors", progress.collectors, name="compare_collectors"),
    path(f"{_HERE}/fieldwork/<uuid:name>/checks", checks.listing, name="check_again"),
    path(f"{_HERE}/fieldwork/<uuid:name>/checks/<int:number>", checks.page, name="one_check"),
    path(f"{_HERE}/fieldwork/<uuid:name>/tables", progress.tables, name="provisional"),
    path(f"{_HERE}/flags", flags.listing, name="flags"),
    path(f"{_HERE}/flags/<int:number>/dismiss", flags.dismiss, name="dismiss_flag"),
]
