"""Tests of all groups of a dimension together: said only where every one of these groups is shown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.multiplicity import chances
from everycount.protect.cells import SafeAssociation, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import Association, Estimates
    from everycount.protect.cells import Cell

_OPEN = frozenset({Status.SHOWN, Status.NO_ANSWERS})
_STEPS = 100  # of a p-value from 0 to 1: it belongs to the true counts, whatever is printed of them


def safe_associations(estimates: Estimates, cells: Sequence[Cell]) -> tuple[SafeAssociation, ...]:
    """The tests that may be said, adjusted for each other.

    A test looks at every group of its dimension; where one is hidden, it would tell of it.
    """
    hidden = {
        (cell.measure, cell.cell[0][0]) for cell in cells if len(cell.cell) == 1 and cell.status not in _OPEN
    }
    found = [one for one in estimates.associations if (one.measure, one.dimension) not in hidden]
    p = np.array([one.p for one in found], dtype=np.float64)
    tests = chances(p, estimates.plan.multiplicity, estimates.level)
    return tuple(
        _printed(one, test.p, test.differs)
        for one, test in zip(found, tests, strict=True)
        if test.p is not None and test.differs is not None
    )


def _printed(one: Association, p: float, differs: bool) -> SafeAssociation:  # noqa: FBT001 - a field
    up = math.ceil(round(p * _STEPS, 6)) / _STEPS
    return SafeAssociation(one.measure, one.dimension, up, differs)
