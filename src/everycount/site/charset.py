"""One encoding for every request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.http import parse_header_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PLAIN = re.compile(r"[a-z]+/[a-z.+-]+(?:; boundary=[0-9A-Za-z_-]{1,70})?")  # as phones say it


def in_utf8(
    application: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]],
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """Reads every request as UTF-8, which is what phones and browsers send.

    Django believes the sender, who may name any codec that Python has, or none (``charset*=utf-8''%00``):
    some break the request before anybody can answer it, others make text that no database takes.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _plain(environ.get("CONTENT_TYPE", ""))
        return application(environ, start_response)

    return answer


def _plain(said: str) -> str:
    """A content type with no more than its boundary."""
    if _PLAIN.fullmatch(said):
        return said
    kind = said.partition(";")[0].strip()
    try:
        boundary = parse_header_parameters(said)[1].get("boundary", "").replace('"', "")
    except (ValueError, LookupError):
        boundary = ""
    return f'{kind}; boundary="{boundary}"' if boundary else kind
