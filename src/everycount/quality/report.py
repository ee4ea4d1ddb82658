"""What the checks found, in words, each beside the threshold that somebody published."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS_SHOWN = 8


class Grade(StrEnum):
    """How a figure stands to its threshold."""

    SERIOUS = "serious"
    LOOK = "look"  # somebody should look at the rows before relying on them
    OPEN = "open"  # nobody published a threshold that fits, or there are too few people to use it
    FINE = "fine"


class Check(StrEnum):
    """What was looked at."""

    MISSING = "missing answers"
    DUPLICATES = "duplicates"
    NEAR_DUPLICATES = "near-duplicates"
    DURATION = "interview length"
    STRAIGHT_LINES = "straight lines"
    DIGITS = "last digits"
    WHIPPLE = "Whipple's index"
    MYERS = "Myers' index"
    AGE_STRUCTURE = "age ratios"
    SEX_RATIO = "sex ratio"
    INTERVIEWERS = "interviewers"
    OUTLIERS = "outliers"
    COVERAGE = "coverage"


@dataclass(frozen=True, slots=True)
class Signal:
    """One figure about how the records came about.

    Attributes:
        check: what was looked at.
        table: the table of the rows.
        about: the column, group, battery or interviewer; "" for a whole table.
        figure: the number, in ``unit``.
        unit: "%", "minutes", or "" for an index.
        grade: how it stands to the threshold.
        words: the finding, one or two whole sentences.
        threshold: the limits it was held against.
        source: who published them; "own rule" where nobody did.
        rows: ``_row`` of the rows concerned, in order. For the keeper of the records only: they are not
            part of the text of a signal, and no release carries a signal.
    """

    check: Check
    table: str
    about: str
    figure: float
    unit: str
    grade: Grade
    words: str
    threshold: str
    source: str
    rows: tuple[int, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if not isfinite(self.figure):
            raise ValueError(f"{self.check}, {self.about}: a signal needs a number")
        if not self.words.endswith((".", ")")) or not self.source:
            raise ValueError(f"{self.check}: a signal speaks in sentences and names its source")

    def line(self) -> str:
        """As `everycount check` prints it, rows included."""
        rows = ", ".join(str(row) for row in self.rows[:ROWS_SHOWN])
        more = f" and {len(self.rows) - ROWS_SHOWN} more" if len(self.rows) > ROWS_SHOWN else ""
        where = f" Rows of {self.table}: {rows}{more}." if rows else ""
        return f"{self.grade}: {self.words}{where}"


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Every signal of a sample, and which checks could not be made and why."""

    signals: tuple[Signal, ...]
    left_out: tuple[str, ...] = ()

    def lines(self, most: int) -> Iterator[str]:
        """For the keeper of the records: a summary, then up to ``most`` signals of each check.

        The gravest come first; what is fine is only counted.
        """
        counts = Counter(signal.grade for signal in self.signals)
        told = ", ".join(f"{counts[grade]} {grade}" for grade in Grade if counts[grade])
        yield f"Quality of the records: {told or 'nothing could be looked at'}."
        shown = [signal for signal in self.signals if signal.grade is not Grade.FINE]
        shown.sort(key=_gravity)
        for check in dict.fromkeys(signal.check for signal in shown):
            of_check = [signal for signal in shown if signal.check is check]
            yield f"  {check}"
            yield from (f"    {signal.line()}" for signal in of_check[:most])
            if len(of_check) > most:
                yield f"    ... and {len(of_check) - most} more."
            limits = dict.fromkeys((signal.threshold, signal.source) for signal in of_check[:most])
            yield from (f"    limits: {threshold} [{source}]" for threshold, source in limits)
        yield from (f"  not looked at: {reason}" for reason in self.left_out)


def _gravity(signal: Signal) -> int:
    return list(Grade).index(signal.grade)
