"""Addresses of the common pages."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from everycount.site.ui import views

urlpatterns = [
    path("style", views.style, name="style"),
    path("style-<str:version>.css", views.sheet, name="sheet"),
    path("figures-<str:version>.css", views.figures_sheet, name="figures_sheet"),
    path("language", require_POST(set_language), name="set_language"),
    path("healthz", views.health, name="health"),
]
