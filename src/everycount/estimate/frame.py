"""Rows of one unit, ready for the kernel: arrays of numbers, no names and no words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from everycount.estimate.plan import Dimension, Measure


@dataclass(frozen=True, slots=True)
class MeasureColumns:
    """What the kernel sums for one measure.

    Attributes:
        y: numerator per row, float64[rows]; NaN where there is no answer. 0/1 for proportions and counts.
        x: denominator per row, float64[rows]; ones except for ratios; NaN where there is no answer.
        inside: bool[rows], the row is inside the measure's ``among``.
    """

    y: NDArray[np.float64]
    x: NDArray[np.float64]
    inside: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RowColumns:
    """One measure's addends per row.

    Attributes:
        columns: float64[11, rows], in the order of :mod:`.moments`.
        largest: w y per row where no answer is negative, else None.
        centre: the ratio Y / X of all rows, 0 where there is none.
    """

    columns: NDArray[np.float64]
    largest: NDArray[np.float64] | None
    centre: float


class Errors(Protocol):
    """A way to errors that goes beyond strata and clusters; it knows the rows that it speaks of."""

    def at(self, rows: NDArray[np.int64], /) -> Errors:
        """The same for other rows, each of them one of these."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """The rows of one table (``main`` or a roster) with everything that estimation needs.

    Attributes:
        table: name of the table.
        strata: int64[rows], first-stage stratum of each row, numbered from 0.
        clusters: int64[rows, stages], cluster of each row at each stage, numbered from 0 and unique over the
            whole file at its stage; the main record itself where the design names no clusters.
        weights: float64[rows], positive.
        populations: float64[rows, stages given], number of units in the stratum (first stage) or in the
            cluster above (later stages); None without a finite population correction.
        dimensions: int64[rows] per dimension id: index of the row's group, -1 where it belongs to none.
        groups: the dimensions with their groups filled in (never empty), by id.
        measures: the measures of this table with their columns, by id.
        stratum_names: the codes of each stratum as the records have them, for messages; may be empty.
        replicates: replicate weights, which then give the errors.
        calibrated: known totals that the weights meet, which make errors smaller.
        summed: where an engine has added up already, the addends of each measure per row of this frame, by
            id; rows are then units crossed with cells, and the columns of ``measures`` are empty.
    """

    table: str
    strata: NDArray[np.int64]
    clusters: NDArray[np.int64]
    weights: NDArray[np.float64]
    populations: NDArray[np.float64] | None
    dimensions: Mapping[str, NDArray[np.int64]]
    groups: Mapping[str, Dimension]
    measures: Mapping[str, tuple[Measure, MeasureColumns]]
    stratum_names: tuple[str, ...] = ()
    replicates: Errors | None = None
    calibrated: Errors | None = None
    summed: Mapping[str, RowColumns] = field(default_factory=dict)
