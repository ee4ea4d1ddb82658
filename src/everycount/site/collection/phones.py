"""The way of a phone's request: past sessions, languages and pages, and never to an answer that is one.

Phones read OpenRosa's words alone. A page of HTML would be taken for a captive portal, a redirect would lose
the body of a POST, and a 500 would block a phone's queue: so whatever goes wrong under these addresses, known
or not, is said as an ``OpenRosaResponse``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.core.exceptions import SuspiciousOperation
from django.http import Http404
from django.urls import Resolver404, URLResolver, resolve
from django.urls.resolvers import RegexPattern

from everycount.site.collection.answers import refusal
from everycount.site.collection.urls import phone_urls

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.urls import ResolverMatch

_BEGINNINGS = ("/key/", "/phone/")
_ROOT = frozenset({"/formList", "/submission"})
_NOT_ALLOWED = 405
_LOG = logging.getLogger(__name__)
_ADDRESSES = URLResolver(RegexPattern(r"^/"), phone_urls)


def phones(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: takes the requests of phones out of the way of people's."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith(_BEGINNINGS) or path.rstrip("/") in _ROOT:
            return _said(request)
        return get_response(request)

    return answer


def _found(path: str) -> ResolverMatch:
    """What answers there: what every phone asks is found first, then what rooms above this one add."""
    try:
        return _ADDRESSES.resolve(path)
    except Resolver404:
        return resolve(path)


def _said(request: HttpRequest) -> HttpResponse:
    try:
        request.get_host()  # raises for a name that is not this node's
        found = _found(request.path_info)
        answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    except Http404:
        return refusal(404, "There is nothing at this address. Look at the server's address in the settings.")
    except SuspiciousOperation:
        return refusal(400, "The request cannot be understood. Look at the server's address in the settings.")
    except Exception:  # noqa: BLE001 - a phone gets an answer whatever it is
        _LOG.exception("A phone could not be answered.")
        return refusal(503, "The node cannot answer just now. Nothing is lost: try again later.")
    if answer.status_code == _NOT_ALLOWED:
        return refusal(_NOT_ALLOWED, "This address is not asked in that way.", {"Allow": answer["Allow"]})
    return answer
