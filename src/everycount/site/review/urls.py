"""Addresses of review."""

from __future__ import annotations

from django.urls import path

from everycount.site.review import views

_HERE = "initiatives/<slug:slug>/submissions"

urlpatterns = [
    path(_HERE, views.listing, name="submissions"),
    path(f"{_HERE}/mine", views.own, name="own_submissions"),
    path(f"{_HERE}/accept", views.accept, name="accept_submissions"),
    path(f"{_HERE}/<uuid:name>", views.page, name="one_submission"),
    path(f"{_HERE}/<uuid:name>/decide", views.decide, name="decide_submission"),
    path(f"{_HERE}/<uuid:name>/files/<int:number>", views.file, name="submission_file"),
]
