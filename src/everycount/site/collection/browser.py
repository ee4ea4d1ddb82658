"""The form in a browser: a page that lies on the phone after one visit, and fills in without network.

The page holds no key and no answer: the key stands behind ``#`` in the link, so that it reaches neither a log
nor a server before the page uses it, and answers go the way of every phone (:mod:`.openrosa`). What the page
is made of is built from ``frontend/form`` and committed.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from everycount.formats.page import tally
from everycount.site.collection.browser_words import WORDS
from everycount.site.ui.styles import version
from everycount.text import direction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

_FORM = Path(__file__).parent / "static/collection/form"
_MAP = "MapBlock"  # half as large again as the rest; fetched when a form asks for a place on a map
_AWAKE = "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=(), browsing-topics=()"
_POLICY = {
    # The grammar of conditions is WebAssembly, and the component writes its styles into the page.
    "script-src": ["'wasm-unsafe-eval'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["blob:"],
    "media-src": [SELF, "blob:"],
    "worker-src": [SELF],
}


@require_safe
@csp_update(_POLICY)
def fill(request: HttpRequest) -> HttpResponse:
    """The page, the same for everybody and in all languages at once."""
    page = _made()["src/page.js"]
    given = {"script": _address(page["file"]), "sheets": map(_address, page["css"]), "words": _words()}
    response = render(request, "collection/fill.html", given)
    response["Permissions-Policy"], response["Cache-Control"] = _AWAKE, "no-cache"
    return response


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that answers for the page without network, with the names of what the page is made of."""
    return HttpResponse(_worker(), content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@require_safe
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the page among its apps."""
    return JsonResponse(
        {
            "name": "Everycount",
            "short_name": "Everycount",
            "start_url": reverse("fill"),
            "scope": reverse("fill"),
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#2b3a8c",
            "icons": [{"src": reverse("fill_icon"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )


@require_safe
def icon(_request: HttpRequest) -> HttpResponse:
    """The mark."""
    return HttpResponse(
        tally().source, content_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"}
    )


def _address(name: str) -> str:
    """Of a built file; its own name changes with its content."""
    return f"{settings.STATIC_URL}collection/form/{name}"


@cache
def _made() -> Mapping[str, Any]:
    return json.loads((_FORM / "made.json").read_text())  # type: ignore[no-any-return] # Vite's own layout


def _parts() -> list[str]:
    """Of every built file but the map's, the address under the folder."""
    return sorted(
        f"assets/{path.name}" for path in (_FORM / "assets").iterdir() if not path.name.startswith(_MAP)
    )


@cache
def _worker() -> str:
    """Browsers ask for it at every visit; it changes with a new version only."""
    files = [
        reverse("fill"),
        reverse("fill_manifest"),
        reverse("fill_icon"),
        reverse("sheet", args=[version()]),
        *map(_address, _parts()),
    ]
    script = (_FORM / "worker.js").read_text()
    digest = hashlib.sha256(json.dumps([files, script, _words()]).encode()).hexdigest()[:16]
    return f"self.EVERYCOUNT={json.dumps({'digest': digest, 'files': files})};\n{script}"


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """What the page says: language code -> name -> text."""
    said = {}
    for code, itself in settings.LANGUAGES:
        with override(code):
            texts = {name: str(text) for name, text in WORDS.items()}
        said[code] = {"itself": itself, "direction": direction(code), **texts}
    return said
