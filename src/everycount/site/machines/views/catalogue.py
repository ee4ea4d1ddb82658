"""The catalogue of the node."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from everycount.formats.linked import to_bytes
from everycount.site.machines.catalogue import catalogue
from everycount.site.people.views.shared import now
from everycount.site.publication.views.public import TAKEN

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


@require_safe
def document(request: HttpRequest) -> HttpResponseBase:
    """As JSON-LD."""
    made = to_bytes(catalogue(at=now()))
    etag = f'"{hashlib.sha256(made).hexdigest()[:32]}"'
    headers = TAKEN | {"ETag": etag, "Cache-Control": "public, no-cache"}
    answer = HttpResponse(made, content_type="application/ld+json", headers=headers)
    return get_conditional_response(request, etag=etag, response=answer) or answer
