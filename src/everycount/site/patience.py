"""Slow senders keep nobody waiting.

A thread reads the body of a request and cannot be called back from it; whoever sends a byte now and then
holds one. So there are many threads, each of which costs little while it waits; from one address only some
bodies may be on their way at a time; and a small body is read before the request takes one of the few places
in which the node works. The head of a request is read without a thread (:mod:`.serving` limits its time).
"""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALL = 64 * 1024  # bytes of a body that is read as a whole; hardly any submission without files is larger
PLACES = 24  # requests that are worked on at a time
WORDS = "Too much comes from your network just now. Nothing is lost: send it again in a minute."


@dataclass(frozen=True, slots=True)
class Limits:
    """How many bodies may be on their way at a time: altogether, and from one address."""

    all: int
    each: int


BRIEF, LONG = Limits(160, 40), Limits(64, 16)  # a school or a camp may stand behind one address
THREADS = BRIEF.all + LONG.all + PLACES


@dataclass
class Bodies:
    """The bodies of one size that are on their way, by address."""

    limits: Limits
    _each: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def one_more(self, address: str) -> Iterator[bool]:
        """Whether there is room for one; it counts until the block ends."""
        with self._lock:
            room = self._each[address] < self.limits.each and self._each.total() < self.limits.all
            self._each[address] += room
        try:
            yield room
        finally:
            if room:
                with self._lock:
                    self._each[address] -= 1
                    self._each += Counter()  # forgets addresses of which nothing comes any more


def unhurried(application: WSGIApplication, *, behind_proxy: bool) -> WSGIApplication:
    """Takes bodies without letting slow ones stop the node.

    Args:
        application: what answers.
        behind_proxy: the sender's address is the last one that a proxy has written down.
    """
    places = threading.BoundedSemaphore(PLACES)
    brief, long = Bodies(BRIEF), Bodies(LONG)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = _length(environ)
        if length == 0:
            with places:
                return application(environ, start_response)
        address = _address(environ, behind_proxy)
        if length is None or length > SMALL:
            with long.one_more(address) as room:
                return application(environ, start_response) if room else _later(environ, start_response)
        with brief.one_more(address) as room:
            if not room:
                return _later(environ, start_response)
            environ["wsgi.input"] = BytesIO(_all(environ["wsgi.input"], length))
        with places:
            return application(environ, start_response)

    return answer


def _length(environ: WSGIEnvironment) -> int | None:
    """Bytes of the body; None where nobody said."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return None
    said = environ.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else None


def _address(environ: WSGIEnvironment, behind_proxy: bool) -> str:  # noqa: FBT001 - of this file alone
    told = str(environ.get("HTTP_X_FORWARDED_FOR", "")) if behind_proxy else ""
    return told.rpartition(",")[2].strip() or str(environ.get("REMOTE_ADDR", ""))


def _all(source: Any, length: int) -> bytes:
    """The body, or what came of it before the connection broke."""
    body = bytearray()
    while len(body) < length and (piece := source.read(length - len(body))):
        body += piece
    return bytes(body)


def _later(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """A refusal that phones understand, too; the body stays unread."""
    from everycount.site.collection.messages import response  # noqa: PLC0415 - Django comes first

    start_response(
        "503 Service Unavailable",
        [
            ("Content-Type", "text/xml; charset=utf-8"),
            ("X-OpenRosa-Version", "1.0"),
            ("Retry-After", "60"),
            ("Connection", "close"),
        ],
    )
    del environ["wsgi.input"]
    return [response(WORDS, good=False)]
