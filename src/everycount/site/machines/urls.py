"""Addresses for programs; what they need is loaded when one is asked for."""

from __future__ import annotations

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from everycount.site.publication.public_urls import later

_RELEASE = "releases/<slug:plan>/<int:number>"
_VIEWS = "everycount.site.machines.views"

urlpatterns = [
    path(f"{_RELEASE}/bundle.zip", later("bundles.bundle", _VIEWS), name="release_bundle"),
    path("sdmx/data/<path:asked>", later("sdmx.data", _VIEWS), name="sdmx_data"),
    path("sdmx/<path:asked>", later("sdmx.structure", _VIEWS), name="sdmx_structure"),
    # Nothing is changed there; the protocol asks for POST, too, so that long questions fit.
    path("oai", csrf_exempt(later("oai.gathered", _VIEWS)), name="oai"),
    path("catalog.jsonld", later("catalogue.document", _VIEWS), name="catalogue"),
    path(".well-known/everycount-keys.json", later("bundles.keys", _VIEWS), name="signing_keys"),
]
