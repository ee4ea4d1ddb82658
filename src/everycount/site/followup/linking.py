"""When submissions are linked to households and places: beside the reading of consents, soon after they came.

Whoever opens a page or fetches a list reads what is left by then, so that nothing rests on this having run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.site.followup.actions import link_waiting
from everycount.site.ledger.queries import head
from everycount.site.registry.models import Initiative

if TYPE_CHECKING:
    from datetime import datetime


EACH = 10.0  # seconds between two looks


@dataclass
class Links:
    """The one who links.

    Attributes:
        seen: number of the last event after which nothing was left to be done.
        after: moment of the process's own clock before which nothing is looked for: asking has its price.
    """

    seen: int = -1
    after: float = 0.0

    def work(self, at: datetime) -> None:
        """Links whatever waits, where something happened since the last time."""
        if time.monotonic() < self.after:
            return
        self.after = time.monotonic() + EACH
        last, _ = head() or (0, "")
        if last == self.seen:
            return
        for initiative in Initiative.objects.values_list("pk", flat=True):
            link_waiting(initiative=initiative, at=at)
        self.seen = last


LINKS = Links()
