"""The sums of one measure: eleven numbers per row that add up over any set of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.frame import RowColumns
from everycount.estimate.plan import MeasureKind
from everycount.estimate.stages import sums_by
from everycount.estimate.variance import NOTHING_LEFT, Spread, spread

if TYPE_CHECKING:
    from everycount.estimate.frame import MeasureColumns
    from everycount.estimate.plan import Measure
    from everycount.estimate.rollup import Layer
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.sample.design import Lonely

# Rows of the array of sums: w y, w x, respondents, weights, events, missing, outside, w^2, and the second
# moments w e^2, w e x, w x^2 of e = y - centre x. Centring on the value of all rows keeps the digits of the
# differences. The first three are all that the variance asks of each unit.
WY, WX, N, W, EVENTS, MISSING, EXCLUDED, WW, EE, EX, XX = range(11)
PER_UNIT = 3

SUMMED = frozenset({MeasureKind.TOTAL, MeasureKind.COUNT})
COUNTED = frozenset({MeasureKind.PROPORTION, MeasureKind.COUNT})
SHARED_OUT = frozenset({MeasureKind.TOTAL, MeasureKind.MEAN})  # largest shares mean something


def divided(above: Floats, below: Floats) -> Floats:
    """Quotients, NaN where the divisor is 0."""
    quotients: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0)
    return quotients


def row_columns(measure: MeasureColumns, weights: Floats) -> RowColumns:
    """The addends of each row; it counts where it is inside and answered: the domain is d x observed(y)."""
    observed = ~(np.isnan(measure.y) | np.isnan(measure.x))
    counts = measure.inside & observed
    w = np.where(counts, weights, 0.0)
    y, x = np.where(counts, measure.y, 0.0), np.where(counts, measure.x, 0.0)
    wy, wx = w * y, w * x
    centre = float(wy.sum() / wx.sum()) if wx.sum() else 0.0
    e = y - centre * x
    columns = np.stack(
        [
            wy,
            wx,
            counts,
            w,
            counts & (y != 0),
            measure.inside & ~observed,
            observed & ~measure.inside,
            w * w,
            w * e * e,
            w * e * x,
            wx * x,
        ]
    )
    return RowColumns(columns, None if (y < 0).any() else wy, centre)


@dataclass(frozen=True, slots=True)
class Entries:
    """Sums of one measure in each (group, last-stage unit) of a breakdown by one dimension.

    Attributes:
        code: the group, from 1; 0 is none of them.
        unit: last-stage unit.
        y, x, n: sums of w y and w x, and respondents.
    """

    code: Ints
    unit: Ints
    y: Floats
    x: Floats
    n: Floats


class Sums(ABC):
    """One measure's sums in some cells, whoever made them and whatever the cells are.

    Attributes:
        measure: what is estimated.
        totals: float64[11, cells]; zeros where nobody was met.
        largest_of_cells: largest w y of each cell, NaN where that is not asked for.
        centre: the ratio Y / X of all rows, from which the second moments were taken.
    """

    measure: Measure
    centre: float

    @property
    @abstractmethod
    def totals(self) -> Floats:
        """See above."""

    @property
    @abstractmethod
    def largest_of_cells(self) -> Floats:
        """See above."""

    @property
    @abstractmethod
    def parts(self) -> Floats:
        """Sum of squares of what the influence values are differences of, for each cell."""

    @abstractmethod
    def spread(self, stages: Stages, lonely: Lonely) -> Spread:
        """Variance, clusters and strata of each cell."""

    @property
    def cells(self) -> int:
        """How many there are."""
        return len(self.totals[0])

    @property
    def n(self) -> Floats:
        """Respondents of each cell."""
        n: Floats = self.totals[N]
        return n

    @cached_property
    def ratio(self) -> Floats:
        """Y / X of each cell, NaN where X is 0; the mean, as far as x is 1."""
        return divided(self.totals[WY], self.totals[WX])

    @property
    def summed(self) -> bool:
        """The estimate is a sum over people, not a ratio."""
        return self.measure.kind in SUMMED

    @property
    def value(self) -> Floats:
        """The estimate of each cell, NaN where nobody answered."""
        return np.where(self.n > 0, self.totals[WY], np.nan) if self.summed else self.ratio

    @property
    def denominator(self) -> Floats:
        """X of each cell, NaN where it is 0."""
        return np.where(self.totals[WX] != 0, self.totals[WX], np.nan)

    @property
    def simple_variance(self) -> Floats:
        """Variance of the same estimate from as many respondents drawn one by one with replacement.

        S^2 / n for a ratio (times W^2 / X^2) and W^2 S^2 / n for a sum, with
        S^2 = n / (n - 1) sum w (y - R x)^2 / W, as R survey's ``deff = "replace"``. NaN where
        all answers are alike, up to rounding: there is nothing to compare with.
        """
        away = self.ratio - self.centre
        moved = away**2 * self.totals[XX]
        squares = self.totals[EE] - 2 * away * self.totals[EX] + moved
        # Rounding of the second moments, and of the answers from which the centre was taken away.
        rounding = NOTHING_LEFT * (self.totals[EE] + moved)
        rounding += NOTHING_LEFT**2 * self.ratio**2 * self.totals[XX]
        squares = np.where(squares > rounding, squares, np.nan)
        n, w = self.n, self.totals[W]
        with np.errstate(divide="ignore", invalid="ignore"):
            s2 = n / (n - 1) * squares / w
            scale = w if self.summed else w / self.totals[WX]
            simple: Floats = scale**2 * s2 / n
        return simple

    @property
    def kish(self) -> Floats:
        """(sum w)^2 / sum w^2 of the respondents."""
        return divided(self.totals[W] ** 2, self.totals[WW])

    @property
    def largest_share(self) -> Floats:
        """The largest respondent's share of each cell's sum, NaN where that says nothing."""
        return divided(self.largest_of_cells, self.totals[WY])


class CellSums(Sums):
    """One measure's sums in the cells of one breakdown.

    Attributes:
        by: the dimensions; ``sizes``: how many groups each has.
    """

    @property
    @abstractmethod
    def by(self) -> tuple[str, ...]:
        """See above."""

    @property
    @abstractmethod
    def sizes(self) -> tuple[int, ...]:
        """See above."""

    @abstractmethod
    def entries(self) -> Entries:
        """Sums of each unit; only of a breakdown by one dimension."""

    @property
    def cells(self) -> int:
        """Number of cells: every combination of groups, occupied or not."""
        return int(np.prod(self.sizes, dtype=np.int64))


@dataclass(frozen=True)
class Moments(CellSums):
    """One measure's sums in one breakdown, as the plain kernel keeps them: entry by entry.

    Attributes:
        measure: what is estimated.
        layer: the entries, (cell, unit).
        sums: float64[3, entries]: w y, w x, respondents.
        occupied: the cells that have rows, as a layer of their own.
        occupied_sums: float64[11, occupied cells].
        largest: largest w y of each occupied cell, where that is asked for.
        centre: the ratio Y / X of all rows.
    """

    measure: Measure
    layer: Layer
    sums: Floats
    occupied: Layer
    occupied_sums: Floats
    largest: Floats | None
    centre: float

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions."""
        return self.layer.by

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each dimension."""
        return self.layer.sizes

    @cached_property
    def answered(self) -> Bools:
        """Entries of a cell in which somebody answered."""
        answered: Bools = self.layer.placed & (self.sums[N] > 0)
        return answered

    @cached_property
    def cell(self) -> Ints:
        """Cell of each answered entry."""
        return self.layer.cell[self.answered[self.layer.placed]]

    @cached_property
    def unit(self) -> Ints:
        """Last-stage unit of each answered entry."""
        return self.layer.unit[self.answered]

    @cached_property
    def totals(self) -> Floats:
        """float64[11, cells]; zeros where nobody was met."""
        totals = np.zeros((len(self.occupied_sums), self.cells))
        totals[:, self.occupied.cell] = self.occupied_sums[:, self.occupied.placed]
        return totals

    @cached_property
    def influence(self) -> Floats:
        """Influence value of each answered entry: w y, or w (y - R x) / X."""
        influence: Floats = self.sums[WY, self.answered]
        if not self.summed:
            away = influence - self.ratio[self.cell] * self.sums[WX, self.answered]
            influence = away / self.denominator[self.cell]
        return influence

    @cached_property
    def parts(self) -> Floats:
        """Sum of squares of what the influence values are differences of, for each cell."""
        squares = self.sums[WY, self.answered] ** 2
        if not self.summed:
            squares = squares + (self.ratio[self.cell] * self.sums[WX, self.answered]) ** 2
            squares /= self.denominator[self.cell] ** 2
        return sums_by(self.cell, squares, self.cells)

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:
        """Variance, clusters and strata of each cell."""
        return spread(stages, self.cell, self.unit, self.influence, self.cells, lonely=lonely)

    def entries(self) -> Entries:
        """Sums of each unit."""
        layer, sums = self.layer, self.sums
        return Entries(layer.codes[layer.by[0]], layer.unit, sums[WY], sums[WX], sums[N])

    @property
    def largest_of_cells(self) -> Floats:
        """Largest w y of each cell."""
        largest = np.full(self.cells, np.nan)
        if self.largest is not None:
            largest[self.occupied.cell] = self.largest[self.occupied.placed]
        return largest


@dataclass(frozen=True)
class Together(Sums):
    """One measure's sums in several breakdowns, one after the other: what is done to all is done at once.

    Attributes:
        members: the breakdowns, one or more.
    """

    members: tuple[CellSums, ...]

    @property
    def measure(self) -> Measure:  # type: ignore[override]  # that of all members
        """What is estimated."""
        return self.members[0].measure

    @property
    def centre(self) -> float:  # type: ignore[override]
        """The ratio of all rows."""
        return self.members[0].centre

    @cached_property
    def totals(self) -> Floats:
        """float64[11, cells]."""
        return np.concatenate([one.totals for one in self.members], axis=1)

    @property
    def largest_of_cells(self) -> Floats:
        """Largest w y of each cell."""
        return np.concatenate([one.largest_of_cells for one in self.members])

    @property
    def parts(self) -> Floats:
        """As of each breakdown."""
        return np.concatenate([one.parts for one in self.members])

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:
        """As of each breakdown."""
        found = [one.spread(stages, lonely) for one in self.members]
        return Spread(
            np.concatenate([one.variance for one in found]),
            np.concatenate([one.clusters for one in found]),
            np.concatenate([one.strata for one in found]),
            np.concatenate([one.exact for one in found]),
        )
