"""When provisional tables are made anew: at most once in a while, and after something happened.

Tables of many records take seconds to minutes, so this is called beside the reading of consents and never
before it (``BESIDE_READING`` of :mod:`everycount.site.consent.fed`).
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.collection.models import Questionnaire
from everycount.site.fieldwork import actions
from everycount.site.fieldwork.queries import looks
from everycount.site.ledger.queries import head

if TYPE_CHECKING:
    from datetime import datetime

EACH = 60.0  # seconds between two looks at the tables
_LONGEST = 300.0  # seconds until tables that failed are tried again
_LOG = logging.getLogger(__name__)


@dataclass
class Tables:
    """The one who makes them.

    Attributes:
        seen: number of the last event after which nothing was left to be done.
        after: moment of the process's own clock before which tables are left as they are.
    """

    seen: int = -1
    after: float = 0.0

    def work(self, at: datetime) -> None:
        """Looks once, where it is time and something happened since the last look."""
        if time.monotonic() < self.after:
            return
        self.after = time.monotonic() + EACH
        last, _ = head() or (0, "")
        if last == self.seen:
            return
        done = [_tabulated(each, at) for each in Questionnaire.objects.filter(pk__in=looks.watched())]
        if all(done):
            self.seen = last
        else:
            self.after = time.monotonic() + _LONGEST


def _tabulated(questionnaire: Questionnaire, at: datetime) -> bool:
    """Whether nothing failed; the tables of others are made all the same."""
    try:
        actions.tabulate(questionnaire=questionnaire, at=at)
    except Exception:  # noqa: BLE001 - whatever it was, it is tried again
        _LOG.exception("Provisional tables failed; they are tried again.")
        return False
    return True


TABLES = Tables()
