"""One pass over the rows: sums per cell, and per (cell, last-stage unit), of all dimensions in use crossed.

Every breakdown is then rolled up from its smallest parent, never again from the rows. Only occupied
combinations are kept. A group code of 0 stands for "in none of the dimension's groups"; such entries feed the
breakdowns that do not look at the dimension and are left out of those that do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from everycount.estimate.frame import Frame
    from everycount.estimate.stages import Bools, Floats, Ints

ROOM = 2**62  # packed keys stay below this


@dataclass(frozen=True)
class Layer:
    """The occupied (cell, unit) combinations of one breakdown, sorted by cell, then unit.

    Attributes:
        by: the dimensions, in the order of the breakdown.
        sizes: number of groups of each dimension.
        codes: group code + 1 of each entry, by dimension; 0 is no group.
        unit: last-stage unit of each entry.
        parent: the breakdown this one is rolled up from; None: from the rows.
        order: the parent's entries (or the rows) in the order of this layer.
        starts: where each entry begins in that order.
    """

    by: tuple[str, ...]
    sizes: tuple[int, ...]
    codes: Mapping[str, Ints]
    unit: Ints
    parent: tuple[str, ...] | None
    order: Ints
    starts: Ints

    def roll(self, columns: Floats) -> Floats:
        """Sums of the parent's columns, float64[columns, parent entries], over each entry of this layer."""
        if not len(self.starts):
            return np.zeros((len(columns), 0))
        return np.add.reduceat(columns[:, self.order], self.starts, axis=1)

    def largest(self, column: Floats) -> Floats:
        """The largest of the parent's values in each entry of this layer."""
        return np.maximum.reduceat(column[self.order], self.starts) if len(self.starts) else np.zeros(0)

    @property
    def cells(self) -> int:
        """Number of cells: every combination of groups, occupied or not."""
        return int(np.prod(self.sizes, dtype=np.int64))

    @cached_property
    def placed(self) -> Bools:
        """Entries that belong to a group in every dimension."""
        placed = np.ones(len(self.unit), dtype=bool)
        for dimension in self.by:
            placed &= self.codes[dimension] > 0
        return placed

    @cached_property
    def cell(self) -> Ints:
        """Index of the cell of each placed entry, the last dimension running fastest."""
        cell = np.zeros(int(self.placed.sum()), dtype=np.int64)
        for dimension, size in zip(self.by, self.sizes, strict=True):
            cell = cell * size + (self.codes[dimension][self.placed] - 1)
        return cell


@dataclass(frozen=True, slots=True)
class Lattice:
    """The layers that a set of breakdowns needs, each after its parent."""

    layers: Mapping[tuple[str, ...], Layer]

    @classmethod
    def of(cls, frame: Frame, unit: Ints, breakdowns: Iterable[tuple[str, ...]]) -> Lattice:
        """Layers for the breakdowns; the first is the full cross of all dimensions they use.

        Args:
            frame: gives the group of each row.
            unit: last-stage unit of each row; all the same for a lattice of cells alone.
            breakdowns: the dimensions crossed, in order.
        """
        wanted = sorted(set(breakdowns), key=lambda by: (-len(by), by))
        used = tuple(dict.fromkeys(dimension for by in wanted for dimension in by))
        rows = {dimension: frame.dimensions[dimension] + 1 for dimension in used}
        layers = {used: _layer(used, frame, rows, unit, None)}
        for by in wanted:
            if by not in layers:
                parent = _smallest(layers.values(), by)
                layers[by] = _layer(by, frame, parent.codes, parent.unit, parent.by)
        return cls(layers)

    def roll(self, columns: Floats) -> dict[tuple[str, ...], Floats]:
        """Sums of row columns, float64[columns, rows], for every layer."""
        sums: dict[tuple[str, ...], Floats] = {}
        for by, layer in self.layers.items():
            sums[by] = layer.roll(columns if layer.parent is None else sums[layer.parent])
        return sums

    def largest(self, column: Floats) -> dict[tuple[str, ...], Floats]:
        """Largest row values for every layer."""
        largest: dict[tuple[str, ...], Floats] = {}
        for by, layer in self.layers.items():
            largest[by] = layer.largest(column if layer.parent is None else largest[layer.parent])
        return largest


def _smallest(layers: Iterable[Layer], by: tuple[str, ...]) -> Layer:
    """The layer with the fewest entries that has all the dimensions."""
    return min((layer for layer in layers if set(by) <= set(layer.by)), key=lambda layer: len(layer.unit))


def _layer(
    by: tuple[str, ...],
    frame: Frame,
    codes: Mapping[str, Ints],
    unit: Ints,
    parent: tuple[str, ...] | None,
) -> Layer:
    sizes = tuple(len(frame.groups[dimension].groups) for dimension in by)
    key = _pack([*(codes[dimension] for dimension in by), unit], [*(size + 1 for size in sizes), None])
    order, starts = _grouped(key)
    first = order[starts]
    kept = {dimension: _narrow(codes[dimension][first]) for dimension in by}
    return Layer(by, sizes, kept, _narrow(unit[first]), parent, _narrow(order), _narrow(starts))


def _grouped(key: Ints) -> tuple[Ints, Ints]:
    """Places in the order of their keys, ties as they stand; and where each different key begins.

    A sort of plain numbers is several times faster than one that remembers places, so the place is put into
    the number where there is room for it.
    """
    count = max(len(key), 1)
    if int(key.max(initial=0)) < 2 * ROOM // count:
        together = np.sort(key * count + np.arange(len(key)))
        key, order = np.divmod(together, count)
    else:
        order = np.argsort(key, kind="stable")
        key = key[order]
    begins = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:], key[:-1], out=begins[1:])
    return order, np.flatnonzero(begins)


def _narrow(numbers: Ints) -> Ints:
    """In half the memory, where they are small enough: a lattice keeps many of them."""
    return numbers.astype(np.int32) if numbers.max(initial=0) < 2**31 else numbers


def _pack(columns: Sequence[Ints], bounds: Sequence[int | None]) -> Ints:
    """One key in the sort order of several columns; renumbered whenever it would grow too large."""
    key, bound = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column, given in zip(columns, bounds, strict=True):
        radix = given or int(column.max(initial=0)) + 1
        if bound * radix > ROOM:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            bound = int(key.max(initial=0)) + 1
        key, bound = key * radix + column, bound * radix
    return key
