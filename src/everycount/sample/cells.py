"""How values of typed files (workbooks, JSON, statistics packages) are written as text."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

_EXACT = 2**53  # whole numbers up to here are exact in a double


def as_text(value: Any) -> str | None:
    """A value as a CSV export would have it: ``1``, not ``1.0``; dates as ISO 8601; ``true`` and ``false``.

    None and NaN are no value. A point in time at midnight is a date, as spreadsheets keep dates.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return _number(float(value))
    return _moment(value) if isinstance(value, dt.date | dt.time) else str(value)


def _moment(value: dt.date | dt.time) -> str:
    if isinstance(value, dt.datetime) and value.time() == dt.time() and value.tzinfo is None:
        value = value.date()
    return value.isoformat()


def _number(value: float) -> str | None:
    if math.isnan(value):
        return None
    if value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    return repr(value)
