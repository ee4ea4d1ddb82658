"""Addresses of collection."""

from __future__ import annotations

from django.urls import path

from everycount.site.collection import openrosa

_PHONE = "key/<str:secret>/"

urlpatterns = [
    path(f"{_PHONE}formList", openrosa.form_list, name="form_list"),
    path(f"{_PHONE}forms/<uuid:version>.xml", openrosa.form_xml, name="form_xml"),
    path(f"{_PHONE}forms/<uuid:version>/manifest", openrosa.manifest, name="manifest"),
    path(f"{_PHONE}forms/<uuid:version>/media/<int:number>", openrosa.media, name="media"),
    path(f"{_PHONE}submission", openrosa.submission, name="submission"),
]
