"""Answers that browsers may keep: they ask again each time, and hear "unchanged" where nothing changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, override

from everycount import __version__
from everycount.site.ui.styles import figure_version, version

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

# Kept by the reader's browser alone, since the page's token against foreign buttons is the reader's.
_ASK_AGAIN = "private, no-cache"


def language_of(request: HttpRequest) -> str:
    """The language that the address names, so that an embedded figure stays in it; else the reader's."""
    named = request.GET.get("language", "")
    return named if named in dict(settings.LANGUAGES) else get_language() or "en"


def kept(
    request: HttpRequest, parts: tuple[object, ...], make: Callable[[], HttpResponse]
) -> HttpResponseBase:
    """The answer, or 304 where the browser has the same one already.

    Args:
        request: whoever is signed in, or has been told something, gets a fresh page.
        parts: everything that the page depends on beside language, styles, software and the day.
        make: makes the page.
    """
    with override(language_of(request)):
        if request.user.is_authenticated or "messages" in request.COOKIES or "sessionid" in request.COOKIES:
            return make()
        etag = _tag(request, parts)
        early = get_conditional_response(request, etag=etag)
        if early is not None:
            return early
        response = make()
    if response.status_code == 200:  # only what is there is kept
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = _ASK_AGAIN
    return response


def _tag(request: HttpRequest, parts: tuple[object, ...]) -> str:
    common = (
        request.get_full_path(),
        get_language(),
        __version__,
        version(),
        figure_version(),
        f"{datetime.now(UTC):%Y-%m-%d}",  # stands under what is printed
        request.COOKIES.get(settings.CSRF_COOKIE_NAME, ""),
    )
    text = "\n".join(map(repr, (*common, *parts)))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
