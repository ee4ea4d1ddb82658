"""Addresses of follow-up."""

from __future__ import annotations

from django.urls import path

from everycount.site.collection.guards import by_key, by_password
from everycount.site.followup import phones, views

_HERE = "initiatives/<slug:slug>/follow-up"
_LIST = "forms/<uuid:version>/lists/<str:name>"

urlpatterns = [
    path(_HERE, views.overview, name="follow_up"),
    path("initiatives/<slug:slug>/lists/give", views.give, name="follow_up_give"),
    path(f"{_HERE}/<str:name>", views.listing, name="follow_up_list"),
    path(f"key/<str:secret>/{_LIST}", by_key(phones.content), name="list"),
    path(f"key/<str:secret>/{_LIST}/gone", by_key(phones.gone), name="list_gone"),
    path(f"phone/{_LIST}", by_password(phones.content), name="digest_list"),
    path(f"phone/{_LIST}/gone", by_password(phones.gone), name="digest_list_gone"),
]
