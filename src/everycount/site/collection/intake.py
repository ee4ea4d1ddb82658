"""One writer that takes many packages in one transaction.

Requests wait for it in their threads; it drains what waits (256 at most), writes it, and answers each only
after the commit is on disk. SQLite has one writer anyhow, and a sync of the disk for two hundred costs what
it costs for one. On PostgreSQL each process has its own.
"""

from __future__ import annotations

import logging
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import DatabaseError, IntegrityError, close_old_connections, transaction

from everycount.site.collection.receiving import receive
from everycount.site.vault.actions import drop

if TYPE_CHECKING:
    from everycount.site.collection.package import Outcome, Package

MOST = 256
_PATIENCE = 60  # seconds that a request waits before it tells the phone to come again
_TRIES = 3
_LOG = logging.getLogger(__name__)


class BusyError(Exception):
    """It could not be written now; the phone may come again."""


@dataclass
class Writer:
    """The thread and its queue; started with the first package."""

    _waiting: queue.SimpleQueue[tuple[Package, Future[Outcome]]] = field(default_factory=queue.SimpleQueue)
    _start: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def put(self, package: Package) -> Outcome:
        """Stores a package and says what became of it, once it is on disk.

        Raises:
            BusyError: the database could not take it, or not in time.
        """
        self._ensure()
        waiting: Future[Outcome] = Future()
        self._waiting.put((package, waiting))
        try:
            outcome = waiting.result(timeout=_PATIENCE)
        except TimeoutError:
            raise BusyError from None  # it may still be written, so its files stay; the phone comes again
        except Exception:
            drop([file.prepared for file in package.files])
            raise
        drop(outcome.unused)
        return outcome

    def _ensure(self) -> None:
        with self._start:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="intake", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < MOST:
                try:
                    batch.append(self._waiting.get_nowait())
                except queue.Empty:
                    break
            try:
                close_old_connections()
                self._write(batch)
            except BaseException:  # noqa: BLE001 - if this thread died, whoever sends next would wait in vain
                _LOG.exception("The writer was interrupted.")
                for _, waiting in batch:
                    if not waiting.done():
                        waiting.set_exception(BusyError())

    def _write(self, batch: list[tuple[Package, Future[Outcome]]]) -> None:
        """All in one transaction; where that fails, one by one, so that one bad package harms no other."""
        try:
            outcomes = _stored([package for package, _ in batch])
        except Exception as problem:  # noqa: BLE001 - whatever it is, every waiting request gets its answer
            if len(batch) > 1:
                for each in batch:
                    self._write([each])
                return
            _LOG.exception("A package could not be stored.")
            batch[0][1].set_exception(
                BusyError() if isinstance(problem, DatabaseError | OSError) else problem
            )
            return
        for (_, waiting), outcome in zip(batch, outcomes, strict=True):
            waiting.set_result(outcome)


def _stored(packages: list[Package]) -> list[Outcome]:
    """Stores; one that another process stored at the same moment is looked at again, and then known."""
    for _ in range(_TRIES):
        try:
            return store(packages)
        except IntegrityError:
            if len(packages) > 1:
                raise
    return store(packages)


def store(packages: list[Package]) -> list[Outcome]:
    """Packages in one durable transaction."""
    with transaction.atomic(durable=True):
        return receive(packages, at=datetime.now(UTC))


WRITER = Writer()
