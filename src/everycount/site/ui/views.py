"""The common pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from everycount.site.ui.components import EXAMPLES, fields
from everycount.site.ui.styles import figure_styles, site_styles

if TYPE_CHECKING:
    from django.http import HttpRequest

_FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component in all its states."""
    return render(request, "ui/style.html", {"examples": EXAMPLES, "fields": fields()})


@require_safe
def sheet(_request: HttpRequest, version: str) -> HttpResponse:  # noqa: ARG001 - it only makes the address new
    """The style sheet; its address changes with it."""
    return HttpResponse(site_styles(), content_type="text/css", headers={"Cache-Control": _FOR_EVER})


@require_safe
def figures_sheet(_request: HttpRequest, version: str) -> HttpResponse:  # noqa: ARG001 - the same
    """The style sheet of figures."""
    return HttpResponse(figure_styles(), content_type="text/css", headers={"Cache-Control": _FOR_EVER})


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """For whoever watches the node: answers when the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """Nothing here, or nothing for this reader: the page does not tell which."""
    return render(request, "ui/message.html", {"kind": "not_found"}, status=404)


def wrong(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """A request that no page of ours makes."""
    return render(request, "ui/message.html", {"kind": "wrong"}, status=400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """A page of the accounts that has nothing for this person now."""
    return render(request, "ui/message.html", {"kind": "denied"}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of the program."""
    return render(request, "ui/message.html", {"kind": "broken"}, status=500)


def refused(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """A button that was not pressed on a page of ours, or whose page lay open for too long."""
    return render(request, "ui/message.html", {"kind": "refused"}, status=403)
