"""Since when and until when: the periods of an address, and the period of a release, as days."""

from __future__ import annotations

import datetime as dt
import re

from everycount.faults import InputError
from everycount.formats.sdmx_period import days_of
from everycount.site.machines.sdmx.messages import syntax

_PART = re.compile(r"(?P<year>\d{4})-(?P<kind>[AQSTW])(?P<number>\d{1,2})")
_MONTHS = {"A": 12, "S": 6, "T": 4, "Q": 3}  # reporting years begin in January here


def days(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period, as SDMX writes it in an address: ``2017``, ``2017-03``, ``2017-Q1``.

    Raises:
        RefusedError: it is none.
    """
    try:
        match = _PART.fullmatch(text)
        return days_of(text) if match is None else _part(match)
    except (InputError, ValueError):
        raise syntax(
            f"{text} is no period. Write a year, 2017-03, 2017-03-15, 2017-Q1 or 2017-W09."
        ) from None


def _part(match: re.Match[str]) -> tuple[dt.date, dt.date]:
    year, kind, number = int(match["year"]), match["kind"], int(match["number"])
    if kind == "W":
        first = dt.date.fromisocalendar(year, number, 1)
        return first, first + dt.timedelta(days=6)
    months = _MONTHS[kind]
    if not 1 <= number <= 12 // months:
        raise ValueError(number)
    first = dt.date(year, months * (number - 1) + 1, 1)
    after = dt.date(year + 1, 1, 1) if months * number == 12 else dt.date(year, months * number + 1, 1)
    return first, after - dt.timedelta(days=1)
