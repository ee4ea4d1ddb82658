"""Work that may take long, in a thread of its own: whoever reads consents never waits for it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import connections

from everycount.site.consent import fed

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 5.0  # seconds that its end is waited for; what it has not committed did not happen
_LOG = logging.getLogger(__name__)


@dataclass
class Aside:
    """The thread: one at a time, begun again by each pass of the reader once it has ended."""

    _thread: threading.Thread | None = None

    def begin(self) -> None:
        """Does what is due, while the caller goes on; nothing where the last time is not over."""
        if fed.BESIDE_READING and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=_all, name="aside", daemon=True)
            self._thread.start()

    def wait(self, most: float = PATIENCE) -> None:
        """Until it has ended, or so many seconds."""
        if self._thread is not None:
            self._thread.join(most)


def _all() -> None:
    try:
        for work in fed.BESIDE_READING:
            _one(work)
    finally:
        connections.close_all()  # they are this thread's own


def _one(work: Callable[[datetime], object]) -> None:
    try:
        work(datetime.now(UTC))
    except Exception:  # noqa: BLE001 - whatever it was, the next time it is tried again
        _LOG.exception("Something beside the reading of consents failed; it is tried again.")
