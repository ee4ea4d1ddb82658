"""Signed bundles, and the keys by which they are checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import FileResponse, HttpResponse
from django.views.decorators.http import require_safe

from everycount.site.machines import bundles
from everycount.site.people.views.shared import found, now
from everycount.site.publication.queries import public, releases
from everycount.site.publication.views.public import TAKEN, gone

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


@require_safe
def bundle(request: HttpRequest, plan: str, number: int) -> HttpResponseBase:
    """Every file of a release that holds, in one."""
    at = now()
    release = found(releases.public(plan, number, at=at))
    if public.is_replaced(release):
        return gone(request, release, at=at)
    answer = FileResponse(
        bundles.bundle_of(release, at=at).open("rb"),
        as_attachment=True,
        filename=f"{plan}-{number}.zip",
        content_type="application/zip",
    )
    for header, said in (TAKEN | {"Cache-Control": "public, no-cache"}).items():
        answer.headers[header] = said
    return answer


@require_safe
def keys(_request: HttpRequest) -> HttpResponse:
    """The public halves of the keys with which this node signs and signed."""
    text = json.dumps(bundles.told(at=now()), indent=1) + "\n"
    headers = TAKEN | {"Cache-Control": "public, no-cache"}
    return HttpResponse(text, content_type="application/json", headers=headers)
