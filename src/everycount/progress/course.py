"""The way of a series in one place: where it began, and where it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BASELINE = 2015


@dataclass(frozen=True, slots=True)
class Course:
    """Two points of a series.

    Attributes:
        baseline_year: 2015, or the year nearest to it (the earlier of two) that has another after it.
        baseline: the value of that year.
        latest_year: the latest year with a value.
        latest: the value of that year.
    """

    baseline_year: int
    baseline: float
    latest_year: int
    latest: float

    @property
    def years(self) -> int:
        """Years between the two."""
        return self.latest_year - self.baseline_year

    @property
    def growth(self) -> float | None:
        """Compound annual growth rate; None where it does not exist: from zero or below, or to below zero."""
        if self.baseline <= 0 or self.latest < 0:
            return None
        return float((self.latest / self.baseline) ** (1 / self.years) - 1)


def course(values: Mapping[int, float], baseline: int = BASELINE) -> Course | None:
    """The course of a series by year; None where fewer than two years have a value."""
    if len(values) < 2:
        return None
    latest = max(values)
    first = min((year for year in values if year < latest), key=lambda year: (abs(year - baseline), year))
    return Course(first, values[first], latest, values[latest])
