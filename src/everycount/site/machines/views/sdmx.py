"""Answers in SDMX."""

from __future__ import annotations

import hashlib
from functools import wraps
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from everycount.site.machines.sdmx import data as rows
from everycount.site.machines.sdmx import formats, structures
from everycount.site.machines.sdmx.flows import flows
from everycount.site.machines.sdmx.messages import RefusedError, message, semantic, syntax, unmade
from everycount.site.people.views.shared import now
from everycount.site.publication.views.public import TAKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

_LONGEST = 5000  # characters of an address
_DATA = frozenset({"startPeriod", "endPeriod", "detail", "dimensionAtObservation"})
_STRUCTURES = frozenset({"references", "detail"})
# What the standard has beside these.
_UNMADE = frozenset(
    {"firstNObservations", "lastNObservations", "updatedAfter", "includeHistory", "includeMetrics"}
)
_FLAT = "AllDimensions"
_ANY = ("", "all", "all", "latest")  # what the parts of an address are that are left out


def answered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A view whose refusals are messages of SDMX, and whose answers may be taken by pages of others."""

    @wraps(view)
    def answer(request: HttpRequest, **parts: str) -> HttpResponseBase:
        try:
            if len(request.get_full_path()) > _LONGEST:
                raise syntax("The address is too long.")
            made = view(request, **parts)
        except RefusedError as refused:
            made = HttpResponse(message(refused), status=refused.status, content_type="application/xml")
        for header, said in (TAKEN | {"Vary": "Accept", "Cache-Control": "public, no-cache"}).items():
            made.headers[header] = said
        if made.status_code == 200:
            made.headers["ETag"] = f'"{hashlib.sha256(made.content).hexdigest()[:32]}"'
            return get_conditional_response(request, etag=made.headers["ETag"], response=made) or made
        return made

    return require_safe(answer)


@answered
def structure(request: HttpRequest, asked: str) -> HttpResponse:
    """Structures by their names: ``resource/agency/id/version``, of which the last ones may be left out."""
    _refuse_strange(request, _STRUCTURES)
    parts = _parts(asked, 4)
    resource, agency, name, version = (*parts, *_ANY[len(parts) :])
    kind = formats.structure_format(request.headers.get("Accept", ""))
    if resource not in {*structures.RESOURCES, structures.EVERYTHING, *structures.ABSENT}:
        raise semantic(f"{resource} is no kind of structure; there are {', '.join(structures.RESOURCES)}.")
    detail = request.GET.get("detail", "full")
    if detail not in structures.DETAILS:
        raise unmade(f"detail={detail} is not answered here; there are {', '.join(structures.DETAILS)}.")
    references = request.GET.get("references", "none")
    wanted = structures.Asked(resource, agency, name, version, references, detail)
    made = structures.structures(wanted, flows(at=now()))
    return HttpResponse(made, content_type=formats.MEDIA[kind])


@answered
def data(request: HttpRequest, asked: str) -> HttpResponse:
    """Data of one dataflow: ``flow/key/provider``, of which the last ones may be left out."""
    _refuse_strange(request, _DATA)
    flow, key, provider = [*_parts(asked, 3), rows.ALL, rows.ALL][:3]
    kind = formats.data_format(request.headers.get("Accept", ""))
    if request.GET.get("dimensionAtObservation", _FLAT) != _FLAT:
        raise unmade(f"Observations are given flat alone, with dimensionAtObservation={_FLAT}.")
    wanted = rows.Asked(
        flow,
        key,
        provider,
        request.GET.get("startPeriod", ""),
        request.GET.get("endPeriod", ""),
        request.GET.get("detail", "full"),
    )
    made = rows.data(wanted, rows.flow_of(wanted, flows(at=now())), kind)
    return HttpResponse(made, content_type=formats.MEDIA[kind])


def _parts(asked: str, most: int) -> list[str]:
    parts = asked.removesuffix("/").split("/")
    if len(parts) > most or not all(parts):
        raise syntax(f"Such an address has at most {most} parts, none of them empty.")
    return parts


def _refuse_strange(request: HttpRequest, known: frozenset[str]) -> None:
    for name in request.GET:
        if name in _UNMADE:
            raise unmade(f"{name} is not answered here.")
        if name not in known:
            raise syntax(f"{name} is no part of such an address; there are {', '.join(sorted(known))}.")
