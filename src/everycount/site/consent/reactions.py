"""What follows from what happened elsewhere, on one screen.

- After submissions were stored, somebody reads what they allow: :class:`Reader`, a thread of the serving
  process and of the worker. It asks the database what waits, so that nothing is lost with the process: what
  was stored and not read when the power went is read after the next start.
- After something was erased, the write-ahead log of SQLite is emptied (:mod:`.sweeping`).
- After consent was taken back, whoever made something of the record is told: see :mod:`.fed`.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import close_old_connections

from everycount.site.consent.actions import read_waiting
from everycount.site.consent.sweeping import SWEEPER

PAUSE = 1.0  # seconds between two looks; the person who types the code sooner is read at once
_LOG = logging.getLogger(__name__)


@dataclass
class Reader:
    """The thread that reads what waits."""

    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Starts it, once."""
        if self._thread is None or not self._thread.is_alive():
            self._stop.clear()
            self._thread = threading.Thread(target=self.run, name="consents", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends it after the pass that it is in."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Reads until it is stopped; a fault (a full disk, a lost database) is told and tried again."""
        pause = PAUSE
        while not self._stop.wait(pause):
            close_old_connections()
            try:
                while read_waiting(at=datetime.now(UTC)) and not self._stop.is_set():
                    pass
                SWEEPER.sweep()
                pause = PAUSE
            except Exception:  # noqa: BLE001 - whatever it was, the thread goes on
                _LOG.exception("Consents could not be read; they are tried again.")
                pause = min(pause * 2, 60.0)


READER = Reader()
