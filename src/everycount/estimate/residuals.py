"""Errors of calibrated weights: the variance is that of what the known totals do not explain.

With z the linearised answer of a person (y for a sum, (y - R x) / X for a ratio, 0 outside the cell), each
record has z less its regression on the calibration variables, fitted over the whole sample with the weights
before calibration (Deville and Särndal 1992, JASA 87, 3.4; Särndal, Swensson and Wretman 1992, 6.6). Factors
of trimming are taken as fixed: they belong to z. For cells this is done anew, as people outside a cell then
carry a residual, too. Where some stand in for others who did not answer, the totals of their classes move
with everybody who was approached (:mod:`.nonresponse`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.moments import SUMMED
from everycount.estimate.placed import cells_of, size
from everycount.estimate.remade import compared, remade, sides
from everycount.estimate.variance import NOTHING_LEFT, average_factor, cross_products, spread
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.nonresponse import Response
    from everycount.estimate.plan import Plan
    from everycount.estimate.stages import Floats, Ints, Stages


@dataclass(frozen=True)
class Calibrated:
    """What the errors must know of a calibration.

    Attributes:
        record: main record of each row.
        x: float64[records, totals], the calibration variables.
        before, after: weights of the records before and after calibration; trimming is not in them.
        stages: the design of the records.
        inverse: float64[totals, totals], of the cross-products of x with the weights before.
        moved: float64[units, totals], sums of x with the weights after.
        response: who answered, where some stand in for others.
        shift: float64[units, classes], by which share of a class's total it moves with each unit.
        held: float64[classes, totals], sums of x with the weights after.
    """

    record: Ints
    x: Floats
    before: Floats
    after: Floats
    stages: Stages
    inverse: Floats
    moved: Floats
    response: Response | None = None
    shift: Floats | None = None
    held: Floats | None = None

    @classmethod
    def of(
        cls, x: Floats, before: Floats, after: Floats, stages: Stages, response: Response | None = None
    ) -> Calibrated:
        """For the records themselves."""
        inverse = np.linalg.pinv((x * before[:, None]).T @ x, rcond=1e-12)
        moved = np.zeros((stages.units, x.shape[1]))
        np.add.at(moved, stages.unit, x * after[:, None])
        made = cls(np.arange(len(x)), x, before, after, stages, np.asarray(inverse), moved)
        if response is None:
            return made
        held = np.zeros((len(response.approached), x.shape[1]))
        np.add.at(held, response.group, x * after[:, None])
        return replace(made, response=response, shift=response.shift(stages), held=held)

    def at(self, records: Ints) -> Calibrated:
        """The same for rows that belong to these records."""
        return replace(self, record=self.record[records])

    def influence(self, rows: Ints, z: Floats, weights: Floats) -> tuple[Floats, float]:
        """Influence of each unit, and the sum of squares before the regression was taken away.

        Args:
            rows: the rows that z speaks of.
            z: their linearised answers.
            weights: of all rows, as they are used.
        """
        record = self.record[rows]
        plain = np.bincount(self.stages.unit[record], weights[rows] * z, minlength=self.stages.units)
        held = self.before[record] * weights[rows] / self.after[record] * z
        slopes = self.inverse @ (self.x[record].T @ held)
        influence = plain - self.moved @ slopes
        if self.response is not None and self.shift is not None and self.held is not None:
            total = np.bincount(self.response.group[record], weights[rows] * z, len(self.held))
            influence = influence + self.shift @ (total - self.held @ slopes)
        return influence, float(plain @ plain)


@dataclass(frozen=True)
class Residuals:
    """The errors of estimates and comparisons, made again from residuals."""

    frame: Frame
    calibrated: Calibrated
    plan: Plan
    lonely: Lonely

    def estimates(self, found: Sequence[Estimate]) -> list[Estimate]:
        """Each breakdown of each measure at a time, in their order."""
        parts = groupby(found, lambda one: (one.measure, tuple(name for name, _ in one.cell)))
        return [again for (measure, by), cells in parts for again in self._cells(measure, by, list(cells))]

    def _cells(self, measure: str, by: tuple[str, ...], cells: list[Estimate]) -> list[Estimate]:
        definition = self.frame.measures[measure][0]
        rows, place = self._counted(measure, by)
        ends = np.searchsorted(place, np.arange(size(self.frame, by) + 1))
        df = np.array([one.df or 0 for one in cells])
        variance = np.full(len(cells), math.nan)
        for cell in np.flatnonzero((df > 0) & (np.diff(ends) > 0)):
            part = rows[ends[cell] : ends[cell + 1]]
            variance[cell] = self._variance(part, self._linear(measure, part))
        return remade(definition, cells, variance, df, self.plan)

    def contrast(self, found: Contrast) -> Contrast:
        """A comparison with the errors that its two sides have together."""
        dimension = found.cell[0][0]
        count = size(self.frame, (dimension,))
        rows, group = self._counted(found.measure, (dimension,), others=True)
        one, other = (rows[np.isin(group % (count + 1), lines)] for lines in sides(self.frame, found))
        first, second = self._linear(found.measure, one), self._linear(found.measure, other)
        both = np.concatenate([one, other])
        seen = math.isfinite(self._variance(one, first)) and math.isfinite(self._variance(other, second))
        if not seen or found.df is None or found.df <= 0:
            return compared(found, math.nan, math.nan, found.df or 0, self.plan.level)
        difference = self._variance(both, np.concatenate([first, -second]))
        here, there = self._value(found.measure, one), self._value(found.measure, other)
        log_ratio = math.nan
        if here > 0 and there > 0:
            log_ratio = self._variance(both, np.concatenate([first / here, -second / there]))
        return compared(found, math.sqrt(difference), math.sqrt(log_ratio), found.df, self.plan.level)

    def groups(self, place: tuple[str, str], found: Groups) -> Groups:
        """The groups of a dimension with the covariance of their sums, less what known totals explain."""
        measure, dimension = place
        rows, group = self._counted(measure, (dimension,))
        columns, stages = self.frame.measures[measure][1], self.calibrated.stages
        parts = [rows[group == code] for code in found.codes]
        influences = [
            self.calibrated.influence(part, values[part], self.frame.weights)[0]
            for values in (columns.y, columns.x)
            for part in parts
        ]
        products = cross_products(stages, np.stack(influences, axis=1), lonely=self.lonely)
        covariance = np.zeros_like(products[0])
        for stage, product in zip(stages.stages, products, strict=True):
            alone = stage.lonely.sum() if self.lonely is Lonely.AVERAGE else 0
            covariance += average_factor(np.array(len(stage.drawn)), np.array(alone)) * product
        return replace(found, covariance=covariance)

    def _counted(self, measure: str, by: tuple[str, ...], *, others: bool = False) -> tuple[Ints, Ints]:
        """The rows that count, by cell; with ``others``, those in none of the cells first, as -1."""
        columns = self.frame.measures[measure][1]
        place = cells_of(self.frame, by)
        counts = columns.inside & ~np.isnan(columns.y) & ~np.isnan(columns.x) & (others | (place >= 0))
        rows = np.flatnonzero(counts)
        rows = rows[np.argsort(place[rows], kind="stable")]
        return rows, place[rows]

    def _value(self, measure: str, rows: Ints) -> float:
        columns, w = self.frame.measures[measure][1], self.frame.weights[rows]
        below = float(w @ columns.x[rows])
        return float(w @ columns.y[rows]) / below if below else math.nan

    def _linear(self, measure: str, rows: Ints) -> Floats:
        """The linearised answers of a cell's rows."""
        definition, columns = self.frame.measures[measure]
        if definition.kind in SUMMED:
            return columns.y[rows]
        below = float(self.frame.weights[rows] @ columns.x[rows])
        away: Floats = columns.y[rows] - self._value(measure, rows) * columns.x[rows]
        return away / below if below else np.full(len(rows), math.nan)

    def _variance(self, rows: Ints, z: Floats) -> float:
        """NaN where nothing is left but rounding: the known totals hold the number fast, or all are alike."""
        units = np.arange(self.calibrated.stages.units)
        influence, squares = self.calibrated.influence(rows, z, self.frame.weights)
        found = spread(self.calibrated.stages, np.zeros_like(units), units, influence, 1, lonely=self.lonely)
        variance = float(found.variance[0])
        return variance if variance > NOTHING_LEFT * squares else math.nan
