"""The sums of all breakdowns in plain NumPy: always there, and what the compiled kernel is held to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.moments import PER_UNIT, SHARED_OUT, Moments, row_columns
from everycount.estimate.rollup import Lattice

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame
    from everycount.estimate.stages import Stages


@dataclass(frozen=True)
class Plain:
    """Rows, and the breakdowns to roll them up to.

    The variance needs three sums of each unit in each cell; all else is needed of cells alone, which are far
    fewer. So there are two lattices.
    """

    frame: Frame
    stages: Stages
    breakdowns: tuple[tuple[str, ...], ...]

    @cached_property
    def units(self) -> Lattice:
        """Sums of each unit in each cell."""
        return Lattice.of(self.frame, self.stages.unit, self.breakdowns)

    @cached_property
    def cells(self) -> Lattice:
        """Sums of each cell."""
        return Lattice.of(self.frame, np.zeros_like(self.stages.unit), self.breakdowns)

    def moments(self, measure: str) -> dict[tuple[str, ...], Moments]:
        """The sums of one measure in every layer."""
        definition, columns = self.frame.measures[measure]
        rows = self.frame.summed.get(measure) or row_columns(columns, self.frame.weights)
        sums, totals = self.units.roll(rows.columns[:PER_UNIT]), self.cells.roll(rows.columns)
        largest = {}
        if definition.kind in SHARED_OUT and rows.largest is not None:
            largest = self.cells.largest(rows.largest)
        return {
            by: Moments(
                definition, layer, sums[by], self.cells.layers[by], totals[by], largest.get(by), rows.centre
            )
            for by, layer in self.units.layers.items()
        }
