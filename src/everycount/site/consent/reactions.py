"""What follows from what happened elsewhere, on one screen.

- After submissions were stored, somebody lets go of what was held and reads what they allow. The database is
  asked what waits, so that nothing is lost with a process: what was stored and not read when the power went
  is read after the next start.
- After that, rooms above this one look at what came: see ``AFTER_READING`` of :mod:`.fed`; what may
  take long happens in a thread of its own (:mod:`.aside`), so that consents are read meanwhile.
- After something was erased, the write-ahead log of SQLite is emptied (:mod:`.sweeping`).
- Sessions that have ended, and pieces of files that no phone finished, are cleared away (:mod:`.clearing`).
- After consent was taken back, whoever made something of the record is told: see :mod:`.fed`.

Who does this is :class:`Reader`, a thread of the serving process or ``everycount worker``; one of them at a
time (:mod:`.turns`), and each step is one transaction, so that whoever is killed in the middle has done
nothing, and the next one does it.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import close_old_connections

from everycount.site.consent import fed
from everycount.site.consent.actions import read_waiting
from everycount.site.consent.aside import Aside
from everycount.site.consent.clearing import clear
from everycount.site.consent.sweeping import SWEEPER
from everycount.site.consent.turns import Turn

PAUSE = 1.0  # seconds between two looks; the person who types the code sooner is read at once
HOUR = 3600.0  # seconds between two clearings
_LOG = logging.getLogger(__name__)


@dataclass
class Reader:
    """The one who works in the background.

    Attributes:
        turn: whether it is this process that works.
        aside: what happens beside it.
        halted: set to end it after the pass that it is in.
    """

    turn: Turn = field(default_factory=Turn)
    aside: Aside = field(default_factory=Aside)
    halted: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _cleared: float | None = None

    def start(self) -> None:
        """Starts a thread of it, once."""
        if self._thread is None or not self._thread.is_alive():
            self.halted.clear()
            self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends it after the pass that it is in."""
        self.halted.set()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Works until it is stopped; a fault (a full disk, a lost database) is told and tried again."""
        pause = PAUSE
        while not self.halted.wait(pause):
            try:
                if self.turn.take():
                    self._work()
                pause = PAUSE
            except Exception:  # noqa: BLE001 - whatever it was, the work goes on
                _LOG.exception("Something in the background failed; it is tried again.")
                pause = min(pause * 2, 60.0)
        self.aside.wait()
        self.turn.leave()

    def _work(self) -> None:
        close_old_connections()
        while read_waiting(at=datetime.now(UTC)) and not self.halted.is_set():
            pass
        for work in fed.AFTER_READING:
            work(datetime.now(UTC))
        self.aside.begin()
        SWEEPER.sweep()
        now = time.monotonic()  # which does not jump
        if self._cleared is None or now - self._cleared > HOUR:
            clear(at=datetime.now(UTC))
            self._cleared = now


READER = Reader()
