"""Closing consents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Greatest

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from everycount.site.consent.models import Consent, Ended


def close(rows: QuerySet[Consent], *, at: datetime, why: Ended) -> int:
    """Closes rows that are open; how many there were.

    Where the clock went back since they were opened, they end as they begin: nobody has to wait for the clock
    until they can take their consent back.
    """
    ends = Greatest(F("since"), Value(at, output_field=DateTimeField()))
    return rows.update(until=ends, ended=why)
