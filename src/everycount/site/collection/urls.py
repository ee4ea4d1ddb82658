"""Addresses of collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from everycount.site.collection import guards, openrosa

if TYPE_CHECKING:
    from django.urls import URLPattern

    from everycount.site.collection.guards import Guard


def _spoken_to_phones(base: str, guard: Guard) -> list[URLPattern]:
    return [
        path(f"{base}formList", guard(openrosa.form_list)),
        path(f"{base}forms/<uuid:version>.xml", guard(openrosa.form_xml)),
        path(f"{base}forms/<uuid:version>/manifest", guard(openrosa.manifest)),
        path(f"{base}forms/<uuid:version>/media/<int:number>", guard(openrosa.media)),
        path(f"{base}forms/<uuid:version>/entities/<int:number>", guard(openrosa.entities)),
        path(f"{base}submission", guard(openrosa.submission)),
    ]


phone_urls = [
    *_spoken_to_phones("key/<str:secret>/", guards.by_key),
    *_spoken_to_phones("phone/", guards.by_password),
    # What a phone asks whose settings name nothing but the node.
    path("formList", guards.by_password(openrosa.form_list)),
    path("submission", guards.by_password(openrosa.submission)),
]
urlpatterns = phone_urls
