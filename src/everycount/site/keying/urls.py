"""Addresses of typing in."""

from __future__ import annotations

from django.urls import path

from everycount.site.keying import views

urlpatterns = [
    path(
        "initiatives/<slug:slug>/questionnaires/versions/<uuid:version>/type-in",
        views.type_in,
        name="type_in",
    )
]
