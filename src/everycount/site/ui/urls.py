"""Addresses of the common pages."""

from __future__ import annotations

from django.urls import path

from everycount.site.ui import views

urlpatterns = [
    path("", views.home, name="home"),
    path("style", views.style, name="style"),
    path("style-<str:version>.css", views.sheet, name="sheet"),
    path("healthz", views.health, name="health"),
]
