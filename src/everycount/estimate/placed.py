"""Where rows stand in a breakdown."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from everycount.estimate.frame import Frame, MeasureColumns
    from everycount.estimate.stages import Ints


def cells_of(frame: Frame, by: tuple[str, ...]) -> Ints:
    """The cell of each row in a breakdown, the last dimension running fastest; -1 in no group of some."""
    cell = np.zeros(len(frame.weights), dtype=np.int64)
    placed = np.ones(len(cell), dtype=bool)
    for dimension in by:
        codes = frame.dimensions[dimension]
        placed &= codes >= 0
        cell = cell * len(frame.groups[dimension].groups) + codes
    return np.where(placed, cell, -1)


def size(frame: Frame, by: tuple[str, ...]) -> int:
    """How many cells a breakdown has."""
    return math.prod(len(frame.groups[dimension].groups) for dimension in by)


def people_of(frame: Frame, columns: MeasureColumns, by: tuple[str, ...]) -> list[Ints]:
    """The rows of each cell that count for a measure: inside its ``among``, with an answer."""
    cell = cells_of(frame, by)
    rows = np.flatnonzero((cell >= 0) & columns.inside & ~np.isnan(columns.y))
    rows = rows[np.argsort(cell[rows], kind="stable")]
    ends = np.searchsorted(cell[rows], np.arange(size(frame, by) + 1))
    return [rows[start:end] for start, end in pairwise(ends)]
