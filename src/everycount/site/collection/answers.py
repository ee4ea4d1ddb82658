"""Answers to phones: XML with the headers that the standard asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import http_date

from everycount.site.collection import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

# A form is XHTML in all but name, and its makers may write any element and attribute into it. What a browser
# opens here by its address runs nothing, loads nothing and belongs to no site; and nobody else keeps a copy.
HEADERS = {
    "X-OpenRosa-Version": "1.0",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",
}
_XML = "text/xml; charset=utf-8"


def answered(body: bytes, status: int = 200, more: Mapping[str, str] | None = None) -> HttpResponse:
    """XML as phones expect it. No ``Location``: with one, phones keep a batch size of their own."""
    return HttpResponse(
        body, status=status, content_type=_XML, headers={**HEADERS, "Date": http_date(), **(more or {})}
    )


def refusal(status: int, words: str, more: Mapping[str, str] | None = None) -> HttpResponse:
    """A refusal in OpenRosa's words."""
    return answered(messages.response(words, good=False), status, more)
