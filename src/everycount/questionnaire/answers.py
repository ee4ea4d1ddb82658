"""The text of an answer as a typed value, or the reason why it is none."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING

from everycount.questionnaire.kinds import LINES, MEDIA, POINTS, Kind
from everycount.questionnaire.record import Answer, Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.questionnaire.question import Question

INTEGER = re.compile(r"[+-]?\d{1,18}")
DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TIME = re.compile(r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?")


class NotUnderstoodError(ValueError):
    """The text is no answer of this kind; says why."""


def read_answer(text: str, question: Question) -> tuple[Answer, list[str]]:
    """The typed answer, and what is odd about it.

    Raises:
        NotUnderstoodError: the text is no answer of the question's kind.
    """
    if not text.strip():
        return None, []
    match question.kind:
        case Kind.SELECT_ONE:
            code = text.strip()
            return code, _unknown((code,), question)
        case Kind.SELECT_MULTIPLE | Kind.RANK:
            codes = tuple(text.split())
            return tuple(dict.fromkeys(codes)), [*_unknown(codes, question), *_twice(codes)]
        case kind:
            return _reader(kind)(text if kind in AS_WRITTEN else text.strip()), []


AS_WRITTEN = frozenset({Kind.TEXT, Kind.NOTE, Kind.CALCULATE, Kind.HIDDEN, Kind.BARCODE, Kind.ACKNOWLEDGE})


def _reader(kind: Kind) -> Callable[[str], Answer]:
    if kind in POINTS:
        return read_point
    if kind in LINES:
        return read_line
    return read_file_name if kind in MEDIA else READERS.get(kind, str)


def _unknown(codes: tuple[str, ...], question: Question) -> list[str]:
    known = question.codes
    return [
        f'The code "{code}" is not in the list "{question.list_name}".'
        for code in codes
        if known and code not in known
    ]


def _twice(codes: tuple[str, ...]) -> list[str]:
    return [f'The code "{code}" is chosen twice.' for code in dict.fromkeys(codes) if codes.count(code) > 1]


def read_integer(text: str) -> int:
    """A whole number of at most 18 digits."""
    if not INTEGER.fullmatch(text) or not text.isascii():
        raise NotUnderstoodError("It is no whole number.")
    return int(text)


def read_decimal(text: str) -> float:
    """A finite number."""
    if not DECIMAL.fullmatch(text) or not text.isascii() or not math.isfinite(float(text)):
        raise NotUnderstoodError("It is no number.")
    return float(text)


def read_range(text: str) -> int | float:
    """A number of a range: whole where it is written so."""
    return read_integer(text) if INTEGER.fullmatch(text) else read_decimal(text)


def read_date(text: str) -> dt.date:
    """A date, ISO 8601."""
    try:
        if DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise NotUnderstoodError("It is no date.")


def read_time(text: str) -> dt.time:
    """A time of day, ISO 8601, with its offset from UTC where one is given."""
    try:
        if TIME.fullmatch(text):
            return dt.time.fromisoformat(text)
    except ValueError:
        pass
    raise NotUnderstoodError("It is no time of day.")


def read_datetime(text: str) -> dt.datetime:
    """A date and time, ISO 8601, with its offset from UTC where one is given."""
    date, _, time = text.partition("T")
    try:
        if DATE.fullmatch(date) and TIME.fullmatch(time):
            return dt.datetime.fromisoformat(text)
    except ValueError:
        pass
    raise NotUnderstoodError("It is no date with a time.")


def read_point(text: str) -> Point:
    """Latitude, longitude, altitude and accuracy, separated by spaces; the last two may be left out."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        raise NotUnderstoodError("It is no place: latitude and longitude are expected.")
    latitude, longitude, *rest = (read_decimal(part) for part in parts)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise NotUnderstoodError("It is no place on earth.")
    return Point(latitude, longitude, *rest)


def read_line(text: str) -> tuple[Point, ...]:
    """Places separated by semicolons, in order."""
    return tuple(read_point(part) for part in text.split(";") if part.strip())


def read_file_name(text: str) -> str:
    """The name of a file that comes with the submission; never a path."""
    if "/" in text or "\\" in text or text in {".", ".."}:
        raise NotUnderstoodError("It is no file name but a path.")
    return text


READERS: dict[Kind, Callable[[str], Answer]] = {
    Kind.INTEGER: read_integer,
    Kind.DECIMAL: read_decimal,
    Kind.RANGE: read_range,
    Kind.DATE: read_date,
    Kind.TODAY: read_date,
    Kind.TIME: read_time,
    Kind.DATETIME: read_datetime,
    Kind.START: read_datetime,
    Kind.END: read_datetime,
}
