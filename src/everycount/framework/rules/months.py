"""Months between the end of a survey's period and a day."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def months_between(period: str, day: date) -> int:
    """Whole months from the last day of an ISO 8601 period (date, month, year or interval) to a day.

    A month is over on the same day of the next one, or on its last day; before the period ends it is 0.
    """
    year, month, last = _last_day(period.rpartition("/")[2])
    whole = (day.year - year) * 12 + day.month - month
    is_over = day.day >= min(last, monthrange(day.year, day.month)[1])
    return max(whole - (not is_over), 0)


def _last_day(ends: str) -> tuple[int, int, int]:
    """Year, month and day; of a year or month its last day."""
    parts = [int(part) for part in ends.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return year, month, parts[2] if len(parts) > 2 else monthrange(year, month)[1]
