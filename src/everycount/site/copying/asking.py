"""The site asked as a stranger would ask it, in this process: what a copy holds, anybody could have read."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_FOUND = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``media`` is its type without parameters."""

    media: str
    body: bytes


class Stranger:
    """Somebody without an account, a key or a cookie."""

    def __init__(self) -> None:
        self._handle: Callable[..., Iterable[bytes]] = WSGIHandler()

    def ask(self, address: str, language: str) -> Answer | None:
        """The answer to a safe request; None where nothing is there for a stranger."""
        said: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            said.update(status=int(status.split(maxsplit=1)[0]), media=dict(headers).get("Content-Type", ""))

        answer = self._handle(_request(address, language), start)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        return Answer(said["media"].split(";")[0], body) if said["status"] == _FOUND else None


def _request(address: str, language: str) -> dict[str, Any]:
    here, parts = urlsplit(settings.ENVIRONMENT.public_url), urlsplit(address)
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": unquote(parts.path, "latin-1"),  # as WSGI has it: bytes as characters (PEP 3333)
        "QUERY_STRING": parts.query,
        "SERVER_NAME": here.hostname or "",
        "SERVER_PORT": str(here.port or (443 if here.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": here.netloc,
        "HTTP_X_FORWARDED_PROTO": here.scheme,
        "HTTP_ACCEPT_LANGUAGE": language,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": here.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
