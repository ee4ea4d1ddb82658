"""Sums and what is made of two sums; errors from the design, replicate weights or a calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.kernel import estimate_frame
from everycount.estimate.moments import SUMMED
from everycount.estimate.placed import cells_of, size
from everycount.estimate.remade import compared, numbers, remade, sides
from everycount.estimate.replicates import Replicated
from everycount.estimate.residuals import Calibrated, Residuals
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Measure, Plan, Table
    from everycount.estimate.stages import Bools, Floats
    from everycount.sample.design import Lonely

ROOM = 5_000_000  # cells times patterns that are looked at together


def estimate_sums(
    frame: Frame,
    plan: Plan,
    *,
    lonely: Lonely,
    basis: Basis,
    tables: Sequence[Table],
    compared: dict[tuple[str, str], Groups] | None = None,
) -> tuple[list[Estimate], list[Contrast]]:
    """As :func:`everycount.estimate.kernel.estimate_frame`, by replicates or residuals where it has them."""
    found, contrasts = estimate_frame(
        frame, plan, lonely=lonely, basis=basis, tables=tables, compared=compared
    )
    again: _Again | Residuals
    if basis is Basis.DESIGN and isinstance(frame.replicates, Replicated):
        again = _Again(frame, frame.replicates, plan)
    elif basis is Basis.DESIGN and isinstance(frame.calibrated, Calibrated):
        again = Residuals(frame, frame.calibrated, plan, lonely)
    else:
        return found, contrasts
    for place, groups in (compared or {}).items():
        if compared is not None and place[0] in frame.measures:
            compared[place] = again.groups(place, groups)
    return again.estimates(found), [again.contrast(contrast) for contrast in contrasts]


@dataclass(frozen=True)
class Sums:
    """One measure in one breakdown, in every replicate.

    Attributes:
        y, x: float64[cells + 1, replicates], numerator and denominator; the last line holds the people who
            are in no cell.
        patterns: bool[cells + 1, patterns], which lines of the replicate factors somebody follows.
    """

    y: Floats
    x: Floats
    patterns: Bools

    @classmethod
    def of(cls, frame: Frame, replicates: Replicated, measure: str, by: tuple[str, ...]) -> Sums:
        """From the rows, summed to patterns first: a few cells at a time, as most hold few patterns."""
        columns = frame.measures[measure][1]
        cells, patterns = size(frame, by), len(replicates.factors)
        rows = np.flatnonzero(columns.inside & ~np.isnan(columns.y) & ~np.isnan(columns.x))
        cell = cells_of(frame, by)[rows] % (cells + 1)  # -1 becomes the last
        order = np.argsort(cell, kind="stable")
        rows, cell = rows[order], cell[order]
        room = max(1, ROOM // patterns)
        y, x, met = [], [], []
        for first in range(0, cells + 1, room):
            count = min(room, cells + 1 - first)
            part = slice(*np.searchsorted(cell, [first, first + count]))
            at = (cell[part] - first) * patterns + replicates.pattern[rows[part]]
            w, length = frame.weights[rows[part]], count * patterns
            above, below = (
                np.bincount(at, weights=w * values[rows[part]], minlength=length).reshape(count, patterns)
                for values in (columns.y, columns.x)
            )
            y.append(above @ replicates.factors)
            x.append(below @ replicates.factors)
            met.append(np.bincount(at, minlength=length).reshape(count, patterns) > 0)
        return cls(np.concatenate(y), np.concatenate(x), np.concatenate(met))


@dataclass(frozen=True)
class _Again:
    """The errors of estimates and comparisons, made again from replicates."""

    frame: Frame
    replicates: Replicated
    plan: Plan
    known: dict[tuple[str, tuple[str, ...]], Sums] = field(default_factory=dict)
    ranks: dict[bytes, int] = field(default_factory=dict)

    def sums(self, measure: str, by: tuple[str, ...]) -> Sums:
        """The sums of a measure, made once for each breakdown."""
        if (measure, by) not in self.known:
            self.known[measure, by] = Sums.of(self.frame, self.replicates, measure, by)
        return self.known[measure, by]

    def degrees(self, patterns: Bools) -> int:
        """Degrees of freedom of the people on some patterns."""
        key = patterns.tobytes()
        if key not in self.ranks:
            self.ranks[key] = self.replicates.degrees(patterns)
        return self.ranks[key]

    def estimates(self, found: Sequence[Estimate]) -> list[Estimate]:
        """Each breakdown of each measure at a time, in their order."""
        parts = groupby(found, lambda one: (one.measure, tuple(name for name, _ in one.cell)))
        return [again for (measure, by), cells in parts for again in self._cells(measure, by, list(cells))]

    def _cells(self, measure: str, by: tuple[str, ...], cells: list[Estimate]) -> list[Estimate]:
        definition = self.frame.measures[measure][0]
        sums = self.sums(measure, by)
        thetas = _thetas(definition, sums.y[:-1], sums.x[:-1])
        value = numbers([one.value for one in cells])
        df = np.array([self.degrees(patterns) for patterns in sums.patterns[:-1]])
        variance = np.where(df > 0, self.replicates.variance(thetas, value), np.nan)
        return remade(definition, cells, variance, df, self.plan)

    def contrast(self, found: Contrast) -> Contrast:
        """A comparison with the errors that its two sides have together."""
        ((dimension, _),) = found.cell
        sums = self.sums(found.measure, (dimension,))
        one, other = sides(self.frame, found)
        theta, against = (
            _thetas(
                self.frame.measures[found.measure][0], *(part[lines].sum(axis=0) for part in (sums.y, sums.x))
            )
            for lines in (one, other)
        )
        df = self.degrees(np.asarray(sums.patterns[one + other].any(axis=0)))
        visible = all(np.isfinite(self._se(thetas, 1.0)) for thetas in (theta, against))
        difference = self._se(theta - against, found.difference) if visible else math.nan
        log_ratio = self._log_ratio(theta, against, found.ratio) if visible else math.nan
        return compared(found, difference, log_ratio, df, self.plan.level)

    def groups(self, place: tuple[str, str], found: Groups) -> Groups:
        """The groups of a dimension with the covariance of their sums in the replicates."""
        sums, codes = self.sums(place[0], place[1:]), list(found.codes)
        moved = np.concatenate([sums.y[codes], sums.x[codes]])
        here = np.concatenate([found.y, found.x])
        moved -= (here if self.replicates.mse else moved.mean(axis=1))[:, None]
        covariance = self.replicates.scale * (moved * self.replicates.rscales) @ moved.T
        df = self.degrees(np.asarray(sums.patterns[codes].any(axis=0)))
        return replace(found, covariance=covariance, df=df)

    def _se(self, thetas: Floats, value: float) -> float:
        return float(np.sqrt(self.replicates.variance(thetas[None], np.array([value]))[0]))

    def _log_ratio(self, theta: Floats, against: Floats, ratio: float | None) -> float:
        """Standard error of the log of a ratio; NaN unless it is positive in every replicate."""
        if not ratio or ratio < 0 or not ((theta > 0) & (against > 0)).all():
            return math.nan
        return self._se(np.log(theta) - np.log(against), math.log(ratio) or 1.0)


def _thetas(measure: Measure, y: Floats, x: Floats) -> Floats:
    """The estimate in each replicate; NaN where nobody is left."""
    if measure.kind in SUMMED:
        return y
    thetas: Floats = np.divide(y, x, out=np.full(y.shape, np.nan), where=x != 0)
    return thetas
