"""How the breakdowns of a set hang together: layers, parents, and the numbers of their cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.stages import Bools, Floats, Ints

    Numbers: TypeAlias = NDArray[np.int32]
    Breakdown: TypeAlias = tuple[str, ...]

FULL, HOLES, NUMBERS = 0, 1, 2  # ways of reading answers: all yes or no; the same with gaps; any numbers
STEPS = 3  # dimensions without which the full cross is kept while breakdowns are made from it
WIDEST = 2**20  # cells of a full cross; a table of more does not stay in the caches, nor in memory


@dataclass(frozen=True)
class Layout:
    """Breakdowns that share one full cross.

    Attributes:
        breakdowns: sorted by the layer that feeds them.
        sizes: groups of each dimension.
        nowhere: 1 where some row is in none of the dimension's groups, else 0. Digits are codes plus this.
        outer: digits of the dimensions that do not vary within a stratum, int64[strata] each.
        inner: the other dimensions.
        layers: sets of inner dimensions, each after its parent; the first is all of them.
        parents: of each layer; of the first, itself.
    """

    breakdowns: tuple[Breakdown, ...]
    sizes: Mapping[str, int]
    nowhere: Mapping[str, int]
    outer: Mapping[str, Ints]
    inner: Breakdown
    layers: tuple[Breakdown, ...]
    parents: tuple[int, ...]

    @classmethod
    def of(
        cls,
        breakdowns: Iterable[Breakdown],
        sizes: Mapping[str, int],
        nowhere: Mapping[str, int],
        outer: Mapping[str, Ints],
    ) -> Layout:
        """Layers and parents for the breakdowns."""
        wanted = list(dict.fromkeys(breakdowns))
        inner = tuple(dict.fromkeys(name for by in wanted for name in by if name not in outer))
        radix = {name: sizes[name] + nowhere[name] for name in sizes}
        parts = {tuple(name for name in inner if name in by) for by in wanted} - {inner}
        layers = (inner, *sorted(parts, key=lambda part: (-len(part), -_cells(part, radix), part)))
        parents = [0]
        for place in range(1, len(layers)):
            above = [at for at in range(place) if set(layers[place]) <= set(layers[at])]
            parents.append(min(above, key=lambda at: _cells(layers[at], radix)))
        of_layer = {layer: place for place, layer in enumerate(layers)}
        wanted.sort(key=lambda by: of_layer[tuple(name for name in inner if name in by)])
        used = {name: outer[name] for name in outer if any(name in by for by in wanted)}
        return cls(tuple(wanted), sizes, nowhere, used, inner, layers, tuple(parents))

    @cached_property
    def radix(self) -> Mapping[str, int]:
        """Digits of each dimension."""
        return {name: self.sizes[name] + self.nowhere[name] for name in self.sizes}

    @property
    def dimensions(self) -> Breakdown:
        """All dimensions in the order of the key: outer ones first."""
        return (*self.outer, *self.inner)

    @property
    def full(self) -> int:
        """Cells of the full cross."""
        return _cells(self.dimensions, self.radix)

    @property
    def inner_cells(self) -> int:
        """Cells of the full inner cross."""
        return _cells(self.inner, self.radix)

    @cached_property
    def layer_of(self) -> Ints:
        """The layer that feeds each breakdown."""
        of_layer = {layer: place for place, layer in enumerate(self.layers)}
        return np.array([of_layer[self._within(by)] for by in self.breakdowns], dtype=np.int64)

    @cached_property
    def offsets(self) -> Ints:
        """Where the cells of each layer begin, and where the last ends."""
        return _edges(_cells(layer, self.radix) for layer in self.layers)

    @cached_property
    def out_offsets(self) -> Ints:
        """Where the cells of each breakdown begin, and where the last ends."""
        return _edges(_cells(by, self.sizes) for by in self.breakdowns)

    def ups(self) -> list[Numbers]:
        """For each cell of a layer's parent, its cell in the layer."""
        return [
            self._numbers(self.layers[parent], _strides(layer, self.radix))
            for layer, parent in zip(self.layers, self.parents, strict=True)
        ]

    def places(self) -> list[Numbers]:
        """For each cell of the layer that feeds a breakdown, its part of the cell's number there."""
        found = []
        for by, layer in zip(self.breakdowns, self.layer_of, strict=True):
            strides = {name: step for name, step in _strides(by, self.sizes).items() if name in self.inner}
            taken = sum(step * self.nowhere[name] for name, step in strides.items())
            found.append((self._numbers(self.layers[layer], strides) - taken).astype(np.int32))
        return found

    def outer_places(self) -> Ints:
        """int64[breakdowns, strata]: each stratum's part of a cell's number; -1: in none of the groups."""
        strata = len(next(iter(self.outer.values()))) if self.outer else 1
        places = np.zeros((len(self.breakdowns), strata), dtype=np.int64)
        for place, by in zip(places, self.breakdowns, strict=True):
            missing = np.zeros(strata, dtype=bool)
            for name, step in _strides(by, self.sizes).items():
                if name in self.outer:
                    codes = self.outer[name] - self.nowhere[name]
                    np.add(place, codes * step, out=place)
                    missing |= codes < 0
            place[missing] = -1
        return places

    def skipped(self) -> Bools:
        """Cells of all layers that no breakdown wants: those in none of the groups of some dimension."""
        return np.concatenate([self._unplaced(layer) for layer in self.layers])

    def rolled(self, table: Floats, largest: int) -> dict[Breakdown, Floats]:
        """A table over the full cross, float64[full, columns], as one of each breakdown, cells first.

        The last ``largest`` columns are maxima, the others sums.
        """
        shape = [self.radix[name] for name in self.dimensions]
        done = {self.dimensions: table.reshape(*shape, table.shape[1])}
        # Each breakdown is small beside the full cross, which is therefore read only a few times.
        widest = sorted(self.dimensions, key=lambda name: -self.radix[name])[:STEPS]
        for kept in [tuple(name for name in self.dimensions if name != gone) for gone in widest]:
            done[kept] = _summed(done, kept, largest)
        found = {}
        for by in sorted(self.breakdowns, key=len, reverse=True):
            kept = tuple(name for name in self.dimensions if name in by)
            if kept not in done:
                done[kept] = _summed(done, kept, largest)
            found[by] = self._placed(done[kept], kept, by)
        return found

    def spread_out(self, by: Breakdown, flags: Bools) -> Bools:
        """Flags of a breakdown's cells, over all cells of the full cross."""
        shaped = flags.reshape([self.sizes[name] for name in by])
        kept = tuple(name for name in self.dimensions if name in by)
        shaped = shaped.transpose([by.index(name) for name in kept])
        if kept:
            shaped = np.pad(shaped, [(self.nowhere[name], 0) for name in kept])
        shaped = shaped.reshape([self.radix[name] if name in by else 1 for name in self.dimensions])
        return np.broadcast_to(shaped, [self.radix[name] for name in self.dimensions])

    def _placed(self, table: Floats, kept: Breakdown, by: Breakdown) -> Floats:
        """Without those in none of the groups, in the breakdown's order of dimensions."""
        inside = table[tuple(slice(self.nowhere[name], None) for name in kept)]
        turned = inside.transpose([*(kept.index(name) for name in by), len(kept)])
        return np.ascontiguousarray(turned.reshape(-1, table.shape[-1]))

    def _within(self, by: Breakdown) -> Breakdown:
        return tuple(name for name in self.inner if name in by)

    def _unplaced(self, layer: Breakdown) -> Bools:
        flags = np.zeros([self.radix[name] for name in layer], dtype=bool)
        for axis, name in enumerate(layer):
            if self.nowhere[name]:
                flags[(slice(None),) * axis + (0,)] = True
        return flags.ravel()

    def _numbers(self, dimensions: Breakdown, strides: Mapping[str, int]) -> Numbers:
        """Sum of digit times stride for each cell of a cross."""
        numbers = np.zeros(1, dtype=np.int32)
        for name in dimensions:
            step = np.arange(self.radix[name], dtype=np.int32) * strides.get(name, 0)
            numbers = np.add.outer(numbers, step.astype(np.int32)).ravel()
        return numbers


def _summed(done: Mapping[Breakdown, Floats], kept: Breakdown, largest: int) -> Floats:
    """The table of some dimensions from the smallest that has them all."""
    source = min((up for up in done if set(kept) <= set(up)), key=lambda up: done[up].size)
    gone = tuple(axis for axis, name in enumerate(source) if name not in kept)
    above, added = done[source], done[source].shape[-1] - largest
    if not largest:
        summed: Floats = above.sum(axis=gone)
        return summed
    return np.concatenate([above[..., :added].sum(axis=gone), above[..., added:].max(axis=gone)], axis=-1)


def families(breakdowns: Sequence[Breakdown], radix: Mapping[str, int]) -> list[list[Breakdown]] | None:
    """Breakdowns in sets whose full cross is not too large; None where a single one is."""
    found: list[tuple[set[str], list[Breakdown]]] = []
    for by in sorted(breakdowns, key=lambda by: (-_cells(by, radix), by)):
        if _cells(by, radix) > WIDEST:
            return None
        home = next((known for known in found if _cells(known[0] | set(by), radix) <= WIDEST), None)
        if home is None:
            home = (set(), [])
            found.append(home)
        home[0].update(by)
        home[1].append(by)
    return [members for _, members in found]


def _cells(dimensions: Iterable[str], sizes: Mapping[str, int]) -> int:
    cells = 1
    for name in dimensions:
        cells *= sizes[name]
    return cells


def _strides(dimensions: Breakdown, sizes: Mapping[str, int]) -> dict[str, int]:
    """Weight of each dimension in a cell's number, the last running fastest."""
    strides, step = {}, 1
    for name in reversed(dimensions):
        strides[name], step = step, step * sizes[name]
    return strides


def _edges(counts: Iterable[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(list(counts), dtype=np.int64)]).astype(np.int64)
