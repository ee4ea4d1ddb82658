"""Successive difference replication: the error of a sample that was drawn along a list.

A systematic sample is spread out along its list, and neighbours are more alike than others. Each cluster is
given two rows a and b of a Hadamard matrix, its neighbour b and the next; its weight in replicate r is
multiplied with 1 + 2^(-3/2) (h_ar - h_br), and the variance is 4 / R times the sum of squares. Within a
stratum the rows close to a ring, so that for totals the variance is half the squared differences around it.
Sources: Fay and Train 1995, Proceedings of the Section on Government Statistics, ASA; Ash 2014, Survey
Methodology 40, for what to do when there are more clusters than rows.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.stages import Floats, Ints, Stage
    from everycount.sample.design import Replicates

MOST = 256  # replicates, where nobody asks for more: with more clusters rows are used again
FEWEST = 4  # rows of a ring of three that are not all alike
STEP = 2**-1.5


def successive(first: Stage, rows: Ints, rule: Replicates) -> tuple[Floats, float, Floats]:
    """Factors of each cluster in each replicate, the scale, and that of each replicate.

    Args:
        first: clusters within strata.
        rows: cluster of each record, in the order of the list.
        rule: ``number`` is how many replicates, a power of 2; 0 is one more than there are clusters, or MOST.
    """
    from scipy.linalg import hadamard  # noqa: PLC0415 - a tenth of a second that few designs need

    clusters = len(first.parent)
    count = rule.number or min(MOST, 1 << clusters.bit_length())
    signs = hadamard(count).astype(np.float64)
    a, b = pairs(first, rows, count)
    share = STEP * np.sqrt(first.open[first.parent])[:, None]
    return 1.0 + share * (signs[a] - signs[b]), 4 / count, np.ones(count)


def pairs(first: Stage, rows: Ints, count: int) -> tuple[Ints, Ints]:
    """The two rows of each cluster; the same twice where a stratum has no other cluster."""
    a = np.zeros(len(first.parent), dtype=np.int64)
    b = np.zeros(len(first.parent), dtype=np.int64)
    order = in_order(first, rows)
    supply = _rows(count)
    for stratum in np.split(order, np.flatnonzero(np.diff(first.parent[order])) + 1):
        ring = _ring(supply, len(stratum))
        a[stratum], b[stratum] = ring, ring[1:] + ring[:1]
    return a, b


def in_order(first: Stage, rows: Ints) -> Ints:
    """Clusters by stratum, and within it as they come first in the list."""
    begins = np.full(len(first.parent), len(rows), dtype=np.int64)
    np.minimum.at(begins, rows, np.arange(len(rows)))
    return np.lexsort((begins, first.parent))


def _ring(supply: Iterator[int], size: int) -> list[int]:
    """Rows of which no two neighbours are the same, the last and the first neither."""
    ring: list[int] = []
    while len(ring) < size:
        row = next(supply)
        beside = ring[-1:] + (ring[:1] if len(ring) == size - 1 else [])
        if row not in beside:
            ring.append(row)
    return ring


def _rows(count: int) -> Iterator[int]:
    """Rows in ever wider steps, so that a pair comes twice as late as can be; row 0 is all alike."""
    rows = count - 1
    while True:
        for step in range(1, rows):
            around = gcd(step, rows)
            for start in range(around):
                for place in range(rows // around):
                    yield 1 + (start + place * step) % rows
