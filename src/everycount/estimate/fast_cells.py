"""What the compiled scan leaves of each cell, as the sums that estimates are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.fast_layout import FULL, HOLES, NUMBERS
from everycount.estimate.moments import EVENTS, PER_UNIT, WX, WY, CellSums, Entries, N, Sums, row_columns
from everycount.estimate.plan import MeasureKind
from everycount.estimate.rollup import Lattice
from everycount.estimate.variance import Spread, average_factor, spread
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from everycount.estimate.fast_layout import Breakdown, Layout
    from everycount.estimate.fast_source import Source
    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Bools, Floats, Ints, Stages

LOST = 1e-5  # a difference smaller than this part of its terms may have lost digits that count


@dataclass(frozen=True)
class Shape:
    """How many columns each table of a batch has: ``k`` measures with ``g`` denominators."""

    k: int
    g: int
    mode: int

    @property
    def finest(self) -> int:
        """Of the table of the full cross."""
        return {FULL: 2 * self.k + 3, HOLES: 7 * self.k}.get(self.mode, 12 * self.k)

    @property
    def largest(self) -> int:
        """Of these, how many are maxima."""
        return self.k if self.mode == NUMBERS else 0

    @property
    def sums(self) -> int:
        """Of a touched cell."""
        return self.k + 2 * self.g

    @property
    def squares(self) -> int:
        """Of a stratum's row."""
        return 3 * self.k + 3 * self.g

    @property
    def out(self) -> int:
        """Of a breakdown's cell."""
        return 5 * self.k + 8 * self.g


@dataclass(frozen=True)
class Squares:
    """The parts of a measure's variance in each cell; see :func:`everycount.estimate.fast_scan.pour`."""

    a: Floats
    b: Floats
    ee: Floats
    ex: Floats
    lonely_e: Floats
    c: Floats
    xx: Floats
    clusters: Ints
    strata: Ints
    lonely: Ints
    open: Ints
    lonely_x: Floats
    lonely_factor: Floats

    @classmethod
    def of(cls, columns: Floats, j: int, shape: Shape) -> Squares:
        """Those of measure ``j`` of a batch, from float64[out columns, cells]."""
        own = [columns[j + shape.k * block] for block in range(5)]
        base = 0 if shape.g == 1 else j
        of_base = [columns[5 * shape.k + base + shape.g * block] for block in range(8)]
        c, xx, lonely_x, lonely_factor = (of_base[place] for place in (0, 1, 6, 7))
        clusters, strata, lonely, open_ = (count.astype(np.int64) for count in of_base[2:6])
        a, b, ee, ex, lonely_e = own
        return cls(a, b, ee, ex, lonely_e, c, xx, clusters, strata, lonely, open_, lonely_x, lonely_factor)


@dataclass(frozen=True)
class Kept:
    """The sums of each unit in the groups of one dimension, all measures of a batch together."""

    unit: Ints
    code: Ints
    sums: Floats


@dataclass(frozen=True)
class FastSums(Sums):
    """One measure's sums in all breakdowns of a layout, one after the other, as the scan leaves them.

    Attributes:
        measure, centre: what is estimated, and the ratio of all rows.
        sums, largest: the totals of all cells.
        squares: the parts of the variance.
        about: what y was measured from in them.
        source: the rows.
        again: variances of the cells that were summed again from their rows, by cell.
    """

    measure: Measure
    sums: Floats
    largest: Floats | None
    centre: float
    about: float
    squares: Squares
    source: Source
    again: dict[int, float] = field(default_factory=dict)

    @property
    def totals(self) -> Floats:
        """float64[11, cells]; zeros where nobody was met."""
        return self.sums

    @property
    def largest_of_cells(self) -> Floats:
        """Largest w y of each cell."""
        return np.full(self.cells, np.nan) if self.largest is None else self.largest

    @cached_property
    def parts(self) -> Floats:
        """Sum of squares of what the influence values are differences of, for each cell."""
        plain, about = self.squares, self.about
        if self.summed:
            return plain.ee
        # Measured from 0 again; what rounding leaves of nothing is nothing.
        squares = np.maximum(plain.ee + 2 * about * plain.ex + about**2 * plain.xx, 0)
        parts: Floats = (squares + self.ratio**2 * plain.xx) / self.denominator**2
        return parts

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:  # noqa: ARG002  (as above)
        """Variance, clusters and strata of each cell: of the design and the rule that were scanned with."""
        return self.found

    @cached_property
    def found(self) -> Spread:
        """The same, once the cells that lost digits have been summed again."""
        plain, stages, lonely = self.squares, self.source.stages, self.source.lonely
        variance = self._raw(stages, lonely)
        if not self.summed:
            variance = variance / self.denominator**2
        variance[self._alike] = np.nan
        if lonely is Lonely.AVERAGE:
            variance = variance * average_factor(plain.strata, plain.lonely)
        variance[list(self.again)] = list(self.again.values())
        return Spread(variance, plain.clusters, plain.strata, plain.open == 0)

    def lost(self, stages: Stages, lonely: Lonely) -> Bools:
        """Cells whose variance may have lost digits that count."""
        plain, away = self.squares, self._away
        terms = 2 * (plain.ee + away**2 * plain.xx) + self._grand(stages) ** 2 * plain.lonely_factor
        seen = (plain.clusters > plain.strata) & (plain.open > 0) & ~self._alike
        with np.errstate(invalid="ignore"):  # cells without a ratio
            lost: Bools = seen & (self._raw(stages, lonely) < LOST * terms)
        return lost

    @property
    def _away(self) -> Floats:
        """The ratio of each cell from what y was measured from; 0 for sums."""
        return np.zeros(self.cells) if self.summed else self.ratio - self.about

    @property
    def _alike(self) -> Bools:
        """Cells of a proportion that nobody has, or everybody: there is no influence, and no error to see."""
        events, share = self.totals[EVENTS], self.measure.kind is MeasureKind.PROPORTION
        alike: Bools = share & ((events == 0) | (events == self.n))
        return alike

    def _grand(self, stages: Stages) -> Floats:
        """Mean influence over all clusters: that of a ratio is nothing."""
        clusters = max(len(stages.stages[0].parent), 1)
        return self.totals[WY] / clusters if self.summed else np.zeros(self.cells)

    def _raw(self, stages: Stages, lonely: Lonely) -> Floats:
        """The variance times X^2, or that of a sum. Lonely clusters are measured from the mean of all."""
        plain, away = self.squares, self._away
        raw: Floats = plain.a - 2 * away * plain.b + away**2 * plain.c
        if lonely is Lonely.ADJUST and self.summed:
            grand = self._grand(stages)
            raw = raw - 2 * grand * plain.lonely_e + grand**2 * plain.lonely_factor
        return raw


@dataclass(frozen=True)
class FastMoments(CellSums):
    """One measure's sums in one breakdown: its part of the sums in all.

    Attributes:
        every: the sums in all breakdowns.
        breakdown, groups: the dimensions, and their sizes.
        first: where its cells begin among all.
        kept: gives the sums of each unit, for comparisons, where there was room for them; the measure is
            number ``place`` among them.
    """

    every: FastSums
    breakdown: Breakdown
    groups: tuple[int, ...]
    first: int
    kept: Callable[[Breakdown], Kept | None]
    place: int
    shape: Shape

    @property
    def measure(self) -> Measure:  # type: ignore[override]  # that of all breakdowns
        """What is estimated."""
        return self.every.measure

    @property
    def centre(self) -> float:  # type: ignore[override]
        """The ratio of all rows."""
        return self.every.centre

    @property
    def here(self) -> slice:
        """Its cells among those of all breakdowns."""
        return slice(self.first, self.first + self.cells)

    @property
    def by(self) -> Breakdown:
        """The dimensions."""
        return self.breakdown

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each dimension."""
        return self.groups

    @cached_property
    def totals(self) -> Floats:
        """float64[11, cells]; zeros where nobody was met."""
        return self.every.totals[:, self.here]

    @property
    def largest_of_cells(self) -> Floats:
        """Largest w y of each cell."""
        return self.every.largest_of_cells[self.here]

    @property
    def parts(self) -> Floats:
        """Sum of squares of what the influence values are differences of, for each cell."""
        return self.every.parts[self.here]

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:
        """Variance, clusters and strata of each cell."""
        found, here = self.every.spread(stages, lonely), self.here
        return Spread(found.variance[here], found.clusters[here], found.strata[here], found.exact[here])

    def entries(self) -> Entries:
        """Sums of each unit, kept by the scan or, where there was no room for them, summed anew."""
        found = self.kept(self.by)
        if found is None:
            return self._plain_entries()
        kept, shape = found.sums, self.shape
        below = shape.k + (0 if shape.g == 1 else self.place)
        x, n = kept[:, below], kept[:, below + shape.g]
        return Entries(found.code, found.unit, kept[:, self.place], x, n)

    def _plain_entries(self) -> Entries:
        """The same from the rows, for designs of so many units that keeping them would fill the memory."""
        frame = self.every.source.frame
        units = Lattice.of(frame, self.every.source.stages.unit, [self.by])
        rows = row_columns(frame.measures[self.measure.id][1], frame.weights)
        (layer,) = units.layers.values()
        sums = units.roll(rows.columns[:PER_UNIT])[self.by]
        return Entries(layer.codes[self.by[0]], layer.unit, sums[WY], sums[WX], sums[N])


def refine(source: Source, layout: Layout, found: Iterable[FastSums]) -> None:
    """Sums the cells whose variance has lost digits again, from their own rows, which are few."""
    lost = [(one, cells) for one in found if (cells := one.lost(source.stages, source.lonely)).any()]
    if not lost:
        return
    of_breakdown = list(zip(layout.breakdowns, pairwise(layout.out_offsets.tolist()), strict=True))
    wanted, some = np.zeros(layout.full, dtype=bool), np.logical_or.reduce([cells for _, cells in lost])
    of_breakdown = [(by, ends) for by, ends in of_breakdown if some[slice(*ends)].any()]
    for by, ends in of_breakdown:
        wanted |= layout.spread_out(by, some[slice(*ends)]).ravel()
    few = _Few.of(source, source.those_in(layout, wanted))
    for by, (first, last) in of_breakdown:
        cell = few.cell(by)
        for one, cells in lost:
            one.again.update(few.variances(one, cells[first:last], cell, first))


@dataclass(frozen=True)
class _Few:
    """Some rows, in the order of their units."""

    source: Source
    rows: Ints
    unit: Ints
    weights: Floats

    @classmethod
    def of(cls, source: Source, rows: Ints) -> _Few:
        return cls(source, rows, source.stages.unit_at(rows), source.frame.weights[rows])

    def cell(self, by: Breakdown) -> Ints:
        """The cell of each row; -1: in none of the groups."""
        cell, nowhere = np.zeros(len(self.rows), dtype=np.int64), np.zeros(len(self.rows), dtype=bool)
        for name in by:
            codes = self.source.frame.dimensions[name][self.rows].astype(np.int64)
            cell = cell * len(self.source.frame.groups[name].groups) + codes
            nowhere |= codes < 0
        return np.where(nowhere, -1, cell)

    def variances(self, one: FastSums, cells: Bools, cell: Ints, first: int) -> dict[int, float]:
        """Variances of some cells of a breakdown by influence values, as the plain kernel finds them.

        They go by the number of the cell among those of all breakdowns; its own begin at ``first``.
        """
        columns = self.source.frame.measures[one.measure.id][1]
        here = np.flatnonzero((cell >= 0) & cells[cell])
        y, x = columns.y[self.rows[here]].astype(float), columns.x[self.rows[here]].astype(float)
        counted = columns.inside[self.rows[here]] & ~(np.isnan(y) | np.isnan(x))
        here, y, x = here[counted], y[counted], x[counted]
        order = np.argsort(cell[here], kind="stable")
        here, wy, wx = here[order], (self.weights[here] * y)[order], (self.weights[here] * x)[order]
        owner, unit = cell[here], self.unit[here]
        starts = np.flatnonzero(np.diff(owner, prepend=-1) | np.diff(unit, prepend=-1))
        owner, unit = owner[starts], unit[starts]
        influence = np.add.reduceat(wy, starts)
        if not one.summed:
            away = influence - one.ratio[first + owner] * np.add.reduceat(wx, starts)
            influence = away / one.denominator[first + owner]
        numbers, owner = np.unique(owner, return_inverse=True)
        found = spread(
            self.source.stages, owner, unit, influence, len(numbers), lonely=self.source.lonely
        ).variance
        return dict(zip((first + numbers).tolist(), found.tolist(), strict=True))
