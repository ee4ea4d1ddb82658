"""Emptying SQLite's write-ahead log after something was erased: it still holds the rows that were there.

Their bytes are sealed and nobody can open them; the instanceIDs are not. Whether something was erased stands
in the ledger, so that whoever sweeps need not be the process that erased, nor the one that swept before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import head
from everycount.site.vault import places

if TYPE_CHECKING:
    from pathlib import Path

ERASING = ("submission.erased", "vault.item_erased", "vault.initiative_erased")


@dataclass
class Sweeper:
    """Empties the write-ahead log when there is something to be swept.

    Attributes:
        looked: the number of the last event that this process has looked at.
    """

    looked: int = 0

    def sweep(self) -> bool:
        """Whether nothing is left to be swept; False where a reader was in the way, and it is tried again."""
        last, _ = head() or (0, "")
        if connection.vendor != "sqlite" or last == self.looked:
            return True
        told = Event.objects.filter(number__gt=max(self.looked, _swept()), number__lte=last)
        if told.filter(verb__in=ERASING).exists():
            if not _emptied():
                return False
            _note(last)
        self.looked = last
        return True


def _emptied() -> bool:
    """Writers wait meanwhile, so it waits for readers half a second only."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 500")
        (is_busy, *_), *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        cursor.execute("PRAGMA busy_timeout = 20000")
    return not is_busy


def _place() -> Path:
    return places.ring().folder.parent / "swept"


def _swept() -> int:
    """The last event of which nothing is left in the log; 0 where that is not known."""
    try:
        return int(_place().read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return 0


def _note(number: int) -> None:
    fresh = _place().with_suffix(".new")
    fresh.write_text(str(number), encoding="ascii")
    fresh.replace(_place())


SWEEPER = Sweeper()
