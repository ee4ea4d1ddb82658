"""What of the quality of the records may be told to everybody: no row, no interviewer, no group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.quality.report import Check, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from everycount.quality.report import Signal

ENOUGH = 100  # rows of a table of which anything is told: one in a hundred, and no figure is finer
_DECIMALS = {"%": 0, "": 1}

# Checks whose figure is about all rows of a table together. Ratios of the sexes and ages are counts of groups
# that a release may hide; comparisons of groups, interviewers and single answers are for their keeper alone.
_TOLD = (
    Check.MISSING,
    Check.DUPLICATES,
    Check.DURATION,
    Check.STRAIGHT_LINES,
    Check.DIGITS,
    Check.WHIPPLE,
    Check.MYERS,
    Check.COVERAGE,
)


@dataclass(frozen=True, slots=True)
class QualityFigure:
    """One rounded figure about all rows of a table; the fields are those of a :class:`.Signal`.

    Attributes:
        check: what was looked at.
        about: a column, a battery, a dimension, or what of the interviews' length; "" for the whole table.
        figure: whole percent, or an index with one decimal.
        unit: "%" or "".
        grade: how it stands to the threshold.
        threshold: the limits.
        source: who published them.
    """

    check: Check
    about: str
    figure: float
    unit: str
    grade: Grade
    threshold: str
    source: str


def public(signals: Iterable[Signal], rows: int) -> tuple[QualityFigure, ...]:
    """The figures of the main table that may be published, of ``rows`` rows; none where the rows are few."""
    return tuple(_told(signals)) if rows >= ENOUGH else ()


def _told(signals: Iterable[Signal]) -> Iterator[QualityFigure]:
    for signal in signals:
        if signal.check in _TOLD and not _is_of_some(signal):
            figure = round(signal.figure, _DECIMALS[signal.unit]) + 0.0
            yield QualityFigure(
                signal.check, signal.about, figure, signal.unit, signal.grade, signal.threshold, signal.source
            )


def _is_of_some(signal: Signal) -> bool:
    """A figure of one question, of groups or interviewers, or one that nobody can read.

    Gaps may be skips where no questionnaire tells, and records with few or simple questions agree by nature.
    """
    if signal.check in {Check.MISSING, Check.DUPLICATES}:
        return bool(signal.about) or signal.grade is Grade.OPEN
    return signal.check is Check.STRAIGHT_LINES and signal.about.endswith(" by interviewer")
