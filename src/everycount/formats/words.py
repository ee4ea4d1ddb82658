"""How a number is said, so that the words never claim more than the number and its interval do.

The rules stand in docs/explanation/report.md and are tested as properties:

* a share is said in tenths where a tenth lies within 2.5 points of it and its interval, if any, is at least
  10 points wide; else in hundredths. Value and interval are said on the same base, because readers neglect
  denominators (Reyna and Brainerd 2008, Numeracy, ratio bias, and denominator neglect in judgments of risk
  and probability);
* the ends of an interval are rounded outwards;
* a share that is not 0 is never "none", one that is not 1 is never "all".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from everycount.formats.messages import Messages

_NOISE = 1e-9  # what a decimal number may be off by in binary; less than any digit that is shown
_TENTHS_WITHIN = 0.025
_TENTHS_WIDTH = 0.10
_NEARLY_ALL = 0.975


class Phrase(StrEnum):
    """Which sentence says a share."""

    NONE = "none"
    FEWER = "fewer"
    ABOUT = "about"
    HALF = "half"
    NEARLY_ALL = "nearly_all"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Share:
    """A share in words: ``k`` in ``base``; ``low`` and ``high`` in ``base`` where there is an interval."""

    phrase: Phrase
    k: int
    base: int
    low: int | None = None
    high: int | None = None

    @property
    def size(self) -> float:
        """The number that the words name, 0-1."""
        return self.k / self.base


def share(value: float, low: float | None = None, high: float | None = None) -> Share:
    """The words for a proportion between 0 and 1 and its interval.

    Raises:
        ValueError: for a value outside 0-1.
    """
    if not 0 <= value <= 1:
        raise ValueError(f"{value} is not a share.")
    base = _base(value, low, high)
    ends = (None, None) if low is None or high is None else outward(low, high, base)
    phrase, k = _phrase(value, base)
    return Share(phrase, k, base, *ends)


def _base(value: float, low: float | None, high: float | None) -> int:
    tenth = round(value * 10)
    near = 1 <= tenth <= 9 and abs(value - tenth / 10) <= _TENTHS_WITHIN + _NOISE
    wide = low is None or high is None or high - low >= _TENTHS_WIDTH - _NOISE
    return 10 if near and wide else 100


def _phrase(value: float, base: int) -> tuple[Phrase, int]:
    if value == 0:
        return Phrase.NONE, 0
    if value == 1:
        return Phrase.ALL, base
    k = round(value * base)
    if base == 100 and value < 0.01 - _NOISE:
        return Phrase.FEWER, 1
    if value >= _NEARLY_ALL:
        return Phrase.NEARLY_ALL, min(k, base - 1)
    return (Phrase.HALF if base == 10 and k == 5 else Phrase.ABOUT), k


def outward(low: float, high: float, base: int) -> tuple[int, int]:
    """The ends of an interval in whole parts of ``base``, rounded away from each other, within 0 and base."""
    down = math.floor(low * base + _NOISE)
    up = math.ceil(high * base - _NOISE)
    return max(down, 0), min(up, base)


def say_share(said: Share, unit: str, words: Messages) -> str:
    """A share in words, such as "about 3 in 10 households"."""
    return words.plain(
        f"share.{said.phrase}",
        k=said.k,
        base=said.base,
        unit=words.unit(unit, k=said.k, base=said.base),
        units=words.units(unit),
    )


def say_sure(said: Share, words: Messages) -> str:
    """The interval of a share in words: "... would very likely be between 2 and 4 in 10"."""
    low, high = said.low or 0, said.base if said.high is None else said.high
    if low == 0:
        return words.plain("sure.at_most", high=high, base=said.base)
    if high == said.base:
        return words.plain("sure.at_least", low=low, base=said.base)
    return words.plain("sure.share", low=low, high=high, base=said.base)


def figures(value: float) -> int:
    """Digits after the point with which a number that is not a share shows about three figures."""
    size = abs(value)
    if size >= 100 or size == 0:
        return 0
    return min(2 - math.floor(math.log10(size)), 6)
