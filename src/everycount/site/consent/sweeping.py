"""Emptying SQLite's write-ahead log after something was erased: it still holds the rows that were there.

Their bytes are sealed and nobody can open them; the instanceIDs are not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from django.db import connection


@dataclass
class Sweeper:
    """Empties the write-ahead log when there is something to be swept."""

    wanted: threading.Event = field(default_factory=threading.Event)

    def sweep(self) -> bool:
        """Whether nothing is left to be swept; False where a reader was in the way, and it is tried again."""
        if self.wanted.is_set() and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                # Writers wait meanwhile, so it waits for readers half a second only.
                cursor.execute("PRAGMA busy_timeout = 500")
                (is_busy, *_), *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                cursor.execute("PRAGMA busy_timeout = 20000")
            if is_busy:
                return False
        self.wanted.clear()
        return True


SWEEPER = Sweeper()
