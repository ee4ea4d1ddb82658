"""Addresses of review."""

from __future__ import annotations

from django.urls import path

from everycount.site.collection.guards import by_key
from everycount.site.review import phones, views

_HERE = "initiatives/<slug:slug>/submissions"
_BACK = "key/<str:secret>/returned"

urlpatterns = [
    path(_HERE, views.listing, name="submissions"),
    path(f"{_HERE}/mine", views.own, name="own_submissions"),
    path(f"{_HERE}/mine/<uuid:name>/reply", views.reply, name="reply_submission"),
    path(f"{_HERE}/accept", views.accept, name="accept_submissions"),
    path(f"{_HERE}/<uuid:name>", views.page, name="one_submission"),
    path(f"{_HERE}/<uuid:name>/changes", views.changes, name="submission_changes"),
    path(f"{_HERE}/<uuid:name>/decide", views.decide, name="decide_submission"),
    path(f"{_HERE}/<uuid:name>/files/<int:number>", views.file, name="submission_file"),
    path(_BACK, by_key(phones.listing), name="returned"),
    path(f"{_BACK}/<uuid:name>", by_key(phones.one), name="returned_one"),
    path(f"{_BACK}/<uuid:name>/files/<int:number>", by_key(phones.file), name="returned_file"),
    path(f"{_BACK}/<uuid:name>/reply", by_key(phones.reply), name="returned_reply"),
]
