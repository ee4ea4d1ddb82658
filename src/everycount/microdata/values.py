"""One answer as exported files have it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.microdata.variables import Variable

Value: TypeAlias = "str | int | float | None"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")


def month_of(text: str) -> str | None:
    """Year and month of an ISO 8601 date; None of what is none, since it may hold a day all the same."""
    return text[:7] if _DATE.match(text) else None


def band_of(text: str, width: int) -> str | None:
    """The band of whole numbers in which a number lies, such as ``30–34``; None of what is no number.

    With a dash that no spreadsheet takes for a date.
    """
    number = number_of(text)
    if number is None:
        return None
    low = math.floor(number / width) * width
    return f"{low}–{low + width - 1}"


def number_of(text: str) -> float | None:
    """A finite number of at most 2^53; Python alone would take ``1_000`` and digits of any script."""
    if not text.isascii() or "_" in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) <= 2**53 else None


def values(text: str | None, variables: Sequence[Variable]) -> tuple[Value, ...]:
    """What an answer is in the columns that were made of its question; each None where nothing was said.

    An answer that its column cannot hold is missing, too: words where a number is asked for.
    """
    if text is None or not text.strip():
        return (None,) * len(variables)
    return tuple(_value(text, variable) for variable in variables)


def _value(text: str, variable: Variable) -> Value:
    if variable.code is not None:
        return int(variable.code in text.split())
    if variable.month:
        return month_of(text.strip())
    if variable.band:
        return band_of(text.strip(), variable.band)
    if variable.numeric:
        return _short(text.strip())
    return text.strip() if variable.choices else text


def _short(text: str) -> int | float | None:
    """A number, whole where it is written so."""
    return int(text) if _WHOLE.fullmatch(text) else number_of(text)
