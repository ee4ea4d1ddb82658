"""When: the fieldwork's period as SDMX 2.1 writes time (``ObservationalTimePeriod``, SDMXCommon.xsd).

==========================  =======================  ====
period of the survey        ``TIME_PERIOD``          FREQ
==========================  =======================  ====
``2017``                    ``2017``                 A
``2017-03``                 ``2017-03``              M
``2017-03-15``              ``2017-03-15``           D
``2017/2018``               ``2017-01-01/P2Y``       A
``2017-03/2017-05``         ``2017-03-01/P3M``       M
``2017-03-15/2017-05-02``   ``2017-03-15/P49D``      D
==========================  =======================  ====

An interval is a time range: its first day and how long it lasts, both ends included. FREQ names the unit in
which the period is counted; a single survey has no frequency, and the SDMX list of 2014 has no code for that.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from everycount.faults import Fault, InputError

_POINT = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_FREQ = {1: "A", 2: "M", 3: "D"}


@dataclass(frozen=True, slots=True)
class Period:
    """A period as SDMX has it; ``last`` is its last day."""

    text: str
    freq: str
    last: dt.date


def period_of(text: str) -> Period:
    """The period of an ISO 8601 year, month, date or interval of two such.

    Raises:
        InputError: the text is none of these.
    """
    try:
        points = [_parts(point) for point in text.split("/")]
        if len(points) == 1:
            return Period(text, _FREQ[len(points[0])], _last_day(points[0]))
        return _interval(*points)
    except (ValueError, TypeError):  # no such day; more than two points
        problem = f'The period "{text}" cannot be written as SDMX time.'
        remedy = "Write a year, a month, a date, or two of them as 2017-03/2017-05."
        raise InputError(Fault("survey.toml, [survey] period", problem, remedy)) from None


def days_of(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of an ISO 8601 year, month, date or interval of two such.

    Raises:
        InputError: the text is none of these.
    """
    last = period_of(text).last
    return _first_day(_parts(text.split("/", maxsplit=1)[0])), last


def days_of_sdmx(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of a period as :func:`period_of` writes it.

    Raises:
        InputError: the text is none.
    """
    first, _, lasts = text.partition("/P")
    if not lasts:
        return days_of(text)
    number, begin = int(lasts[:-1]), dt.date.fromisoformat(first)
    if lasts[-1] == "D":
        return begin, begin + dt.timedelta(days=number - 1)
    months = number * (12 if lasts[-1] == "Y" else 1) + begin.year * 12 + begin.month - 1
    return begin, dt.date(months // 12, months % 12 + 1, 1) - dt.timedelta(days=1)


def _parts(point: str) -> tuple[int, ...]:
    match = _POINT.fullmatch(point)
    if match is None:
        raise ValueError(point)
    return tuple(int(part) for part in match.groups() if part is not None)


def _interval(start: tuple[int, ...], end: tuple[int, ...]) -> Period:
    first, last = _first_day(start), _last_day(end)
    if last < first:
        raise ValueError(start, end)
    unit = len(start) if len(start) == len(end) else 3  # a month to a day is counted in days
    lasts = {
        1: f"{last.year - first.year + 1}Y",
        2: f"{(last.year - first.year) * 12 + last.month - first.month + 1}M",
        3: f"{(last - first).days + 1}D",
    }[unit]
    return Period(f"{first.isoformat()}/P{lasts}", _FREQ[unit], last)


def _first_day(parts: tuple[int, ...]) -> dt.date:
    year, month, day = (*parts, 1, 1)[:3]
    return dt.date(year, month, day)


def _last_day(parts: tuple[int, ...]) -> dt.date:
    if len(parts) == 3:
        return _first_day(parts)
    year, month = (*parts, 12)[:2]
    return dt.date(year, month, calendar.monthrange(year, month)[1])
