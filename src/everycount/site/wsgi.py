"""The application that the server runs."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from everycount.site.charset import in_utf8
from everycount.site.holding import hold
from everycount.site.patience import unhurried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_READ = 64 * 1024
MOST = 200_000_000  # bytes of a body whose length nobody said


def with_length(
    application: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]],
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """Takes bodies sent in chunks, whose length WSGI does not know.

    Django reads no body without a length, and OpenRosa demands that chunks are taken. Such a body waits in a
    file without a name. Collect and Enketo always say the length, so hardly anything comes this way.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "chunked" not in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            return application(environ, start_response)
        with tempfile.TemporaryFile() as body:
            _copy(environ["wsgi.input"], body)
            environ["CONTENT_LENGTH"] = str(body.tell())
            body.seek(0)
            environ["wsgi.input"] = body
            return list(application(environ, start_response))

    return answer


def _copy(source: Any, body: Any) -> None:
    """Up to the limit; a longer body is cut, and then refused for being broken."""
    while body.tell() < MOST and (chunk := source.read(_READ)):
        body.write(chunk)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everycount.site.settings")
application = in_utf8(
    unhurried(with_length(get_wsgi_application()), behind_proxy=settings.ENVIRONMENT.is_secure)
)

if not hold(settings.ENVIRONMENT.data):
    raise RuntimeError("The keys of the node are being changed.")

from everycount.site.consent.reactions import READER  # noqa: E402 - its models need a Django that is set up
from everycount.site.publication.making import MAKER  # noqa: E402 - the same

if settings.ENVIRONMENT.worker:
    READER.start()
    MAKER.start()
