"""Addresses of collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from everycount.site.collection import browser, guards, openrosa, views

if TYPE_CHECKING:
    from django.urls import URLPattern

    from everycount.site.collection.guards import Guard


def _spoken_to_phones(base: str, guard: Guard, kind: str = "") -> list[URLPattern]:
    form = f"{base}forms/<uuid:version>"
    return [
        path(f"{base}formList", guard(openrosa.form_list), name=f"{kind}form_list"),
        path(f"{form}.xml", guard(openrosa.form_xml), name=f"{kind}form_xml"),
        path(f"{form}/manifest", guard(openrosa.manifest), name=f"{kind}manifest"),
        path(f"{form}/media/<int:number>", guard(openrosa.media), name=f"{kind}media"),
        path(f"{form}/entities/<int:number>", guard(openrosa.entities), name=f"{kind}entities"),
        path(f"{base}submission", guard(openrosa.submission), name=f"{kind}submission"),
    ]


phone_urls = [
    *_spoken_to_phones("key/<str:secret>/", guards.by_key),
    *_spoken_to_phones("phone/", guards.by_password, "digest_"),
    # What a phone asks whose settings name nothing but the node.
    path("formList", guards.by_password(openrosa.form_list), name="root_form_list"),
    path("submission", guards.by_password(openrosa.submission), name="root_submission"),
]
_KEYS = "initiatives/<slug:slug>/keys"

urlpatterns = [
    *phone_urls,
    path("fill/", browser.fill, name="fill"),
    path("fill/worker.js", browser.worker, name="fill_worker"),
    path("fill/app.webmanifest", browser.manifest, name="fill_manifest"),
    path("fill/icon.svg", browser.icon, name="fill_icon"),
    path(_KEYS, views.keys_page, name="keys"),
    path(f"{_KEYS}/give", views.give, name="give_keys"),
    path(f"{_KEYS}/<uuid:key>/revoke", views.revoke, name="revoke_key"),
    path(f"{_KEYS}/<uuid:key>/password", views.password, name="phone_password"),
]
