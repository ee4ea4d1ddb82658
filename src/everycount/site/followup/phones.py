"""Lists as phones fetch them; the manifest of a form names them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from everycount.site.collection import beside, messages, queries
from everycount.site.collection.answers import HEADERS, answered, refusal
from everycount.site.collection.openrosa import MOST_ENTITIES
from everycount.site.followup.making import ids_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from everycount.site.collection.models import Key

_NONE = "There is no such list."


@require_safe
def content(_request: HttpRequest, key: Key, version: UUID, name: str) -> HttpResponse:
    """One list."""
    found = _found(key, version, name)
    if found is None:
        return refusal(404, _NONE)
    return HttpResponse(found, content_type="text/csv; charset=utf-8", headers=HEADERS)


@require_safe
def gone(request: HttpRequest, key: Key, version: UUID, name: str) -> HttpResponse:
    """Which of the asked entities are not in it any more; phones then remove them from their copy."""
    found = _found(key, version, name)
    if found is None:
        return refusal(404, _NONE)
    held = ids_in(found)
    asked = [each for each in request.GET.get("id", "").split(",") if each][:MOST_ENTITIES]
    return answered(messages.integrity({each: each not in held for each in asked}))


def _found(key: Key, version: UUID, name: str) -> bytes | None:
    if queries.form_of(key, version) is None:
        return None
    return beside.content_of(key, version, name, datetime.now(UTC))
