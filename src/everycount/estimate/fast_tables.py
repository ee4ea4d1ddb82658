"""One compiled scan: its tables before, and what is taken out of them after."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np

from everycount.estimate.fast_cells import FastMoments, FastSums, Kept, Shape, Squares
from everycount.estimate.fast_layout import FULL, NUMBERS
from everycount.estimate.fast_source import Reader, compiled_code
from everycount.estimate.moments import (
    EE,
    EVENTS,
    EX,
    EXCLUDED,
    MISSING,
    SHARED_OUT,
    SUMMED,
    WW,
    WX,
    WY,
    XX,
    N,
    W,
)
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from everycount.estimate.fast_layout import Breakdown, Layout
    from everycount.estimate.fast_source import Column, Source
    from everycount.estimate.stages import Floats, Ints

MOST_ENTRIES = 2**30  # bytes kept for comparisons


def scanned(source: Source, layout: Layout, batch: list[Column]) -> list[FastMoments]:
    """One scan for a batch of measures in all breakdowns of a layout."""
    code = compiled_code()
    shape = Shape(len(batch), 1 if batch[0].mode == FULL else len(batch), batch[0].mode)
    chunks = source.chunks.tolist()
    reader, strata = Reader.of(source, layout, batch), _strata(source, layout)
    ladder, outlets = _ladder(layout), _outlets(layout, len(source.units) - 1)
    centre = np.array([one.centre for one in batch])
    about = np.array([one.about for one in batch])
    compared = _compared(source, layout, batch, shape)
    spans = (_met(strata.base, layout, *ends) for ends in pairwise(chunks))
    widest = max((high - low for low, high in spans), default=0)
    rooms: SimpleQueue[Any] = SimpleQueue()
    for _ in range(source.threads):
        rooms.put(None)

    def chunk(first: int, last: int) -> _Part:
        room, own = rooms.get() or (_room(source, layout, shape, widest), reader.another())
        pairs, written = _pairs(source, layout, compared, shape, first, last), 0
        low, _ = _met(strata.base, layout, first, last)
        for begin, end in source.windows(first, last):
            rows = own.rows(begin, end)
            written = code.scan(
                begin,
                end,
                low,
                written,
                shape.mode,
                centre,
                about,
                rows,
                strata,
                ladder,
                outlets,
                pairs,
                room,
            )
        part = _Part.of(room, low, pairs, written)
        rooms.put((room, own))
        return part

    parts = list(source.pool.map(chunk, chunks, chunks[1:]))
    return _moments(source, layout, batch, shape, compared, parts)


def _met(base: Ints, layout: Layout, first: int, last: int) -> tuple[int, int]:
    """The part of the full cross that some strata can meet: strata that stand together are in few places."""
    bases = base[first:last]
    return int(bases.min(initial=layout.full)), int(bases.max(initial=0)) + layout.inner_cells


def _strata(source: Source, layout: Layout) -> Any:
    stage = source.stages.stages[0]
    base = np.zeros(len(stage.drawn), dtype=np.int64)
    for name, digits in layout.outer.items():
        base = base * layout.radix[name] + digits
    factors = stage.factors
    if source.lonely is not Lonely.ADJUST:
        factors = np.where(stage.lonely, 0.0, factors)
    return compiled_code().Strata(
        source.units,
        base * layout.inner_cells,
        factors,
        stage.drawn.astype(np.float64),
        stage.lonely,
        stage.open * stage.reach > 0,
    )


def _ladder(layout: Layout) -> Any:
    ups = layout.ups()
    wanted = np.zeros(len(layout.layers), dtype=np.bool_)
    wanted[layout.layer_of] = True
    return compiled_code().Ladder(
        np.array(layout.parents, dtype=np.int64),
        layout.offsets,
        np.concatenate(ups),
        np.concatenate([[0], np.cumsum([len(up) for up in ups])]).astype(np.int64),
        wanted,
    )


def _outlets(layout: Layout, strata: int) -> Any:
    places = layout.places()
    first = np.searchsorted(layout.layer_of, np.arange(len(layout.layers) + 1)).astype(np.int64)
    outer = layout.outer_places()
    return compiled_code().Outlets(
        first,
        np.concatenate(places),
        np.concatenate([[0], np.cumsum([len(place) for place in places])]).astype(np.int64),
        np.ascontiguousarray(np.broadcast_to(outer, (len(outer), strata))),
        layout.out_offsets,
    )


def _room(source: Source, layout: Layout, shape: Shape, widest: int) -> Any:
    """Working room of one thread, for chunks of strata that can meet so many cells of the full cross."""
    per_unit = int(np.diff(source.starts).max(initial=0))
    per_stratum = int(np.diff(source.starts[source.units]).max(initial=0))
    cells = np.diff(layout.offsets)
    wanted = np.unique(layout.layer_of)
    touched, kept = int(np.minimum(cells, per_unit).sum()), int(np.minimum(cells, per_stratum)[wanted].sum())
    code, out = compiled_code(), int(layout.out_offsets[-1])
    every = int(layout.offsets[-1])
    return code.Room(
        np.full(every, code.FRESH, dtype=np.int32),
        np.zeros(touched, dtype=np.int32),
        np.zeros((touched, shape.sums)),
        np.zeros(len(cells) + 1, dtype=np.int64),
        np.zeros((min(int(cells[0]), per_unit), shape.finest)),
        np.where(layout.skipped(), code.SKIPPED, code.FRESH).astype(np.int32),
        np.zeros(kept, dtype=np.int64),
        np.zeros(kept, dtype=np.int64),
        np.zeros((kept, shape.squares)),
        np.zeros((widest, shape.finest)),
        np.zeros(widest, dtype=np.uint8),
        np.zeros((out, shape.out)),
        np.zeros(out, dtype=np.uint8),
    )


def _compared(source: Source, layout: Layout, batch: list[Column], shape: Shape) -> list[Breakdown]:
    """Breakdowns whose sums of each unit are kept: those of one dimension, where there is room for them."""
    single: list[Breakdown] = [by for by in layout.breakdowns if len(by) == 1]
    if all(one.measure.kind in SUMMED for one in batch):
        return []
    entries = _most_entries(source, layout, single, 0, len(source.units) - 1)
    return single if entries * (shape.sums * 8 + 12) <= MOST_ENTRIES else []


def _most_entries(
    source: Source, layout: Layout, compared: Sequence[Breakdown], first: int, last: int
) -> int:
    per_unit = np.diff(source.starts[source.units[first] : source.units[last] + 1])
    inner = [1 if by[0] in layout.outer else layout.radix[by[0]] for by in compared]
    return sum(int(np.minimum(per_unit, cells).sum()) for cells in inner)


def _pairs(
    source: Source, layout: Layout, compared: list[Breakdown], shape: Shape, first: int, last: int
) -> Any:
    """Room for what is kept of each cluster of a chunk."""
    strata = len(source.units) - 1
    most = _most_entries(source, layout, compared, first, last)
    outer = np.full((len(compared), strata), -1, dtype=np.int64)
    shift = np.zeros(len(compared), dtype=np.int64)
    for place, (name,) in enumerate(compared):
        shift[place] = 1 - layout.nowhere[name]
        if name in layout.outer:
            outer[place] = layout.outer[name] + shift[place]
    layers = [layout.layer_of[layout.breakdowns.index(by)] for by in compared]
    return compiled_code().Pairs(
        np.array(layers, dtype=np.int64),
        outer,
        shift,
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty((most, shape.sums)),
    )


@dataclass(frozen=True)
class _Part:
    """What one chunk of strata found: only cells that were met."""

    met: Ints
    table: Floats
    hit: Ints
    out: Floats
    which: NDArray[np.int32]
    unit: NDArray[np.int32]
    code: NDArray[np.int32]
    sums: Floats

    @classmethod
    def of(cls, room: Any, low: int, pairs: Any, written: int) -> _Part:
        """Takes the results out of a room, whose table begins at the cell ``low``, and clears it."""
        met, hit = np.flatnonzero(room.met), np.flatnonzero(room.hit)
        part = cls(
            low + met,
            room.table[met],
            hit,
            room.out[hit],
            pairs.which[:written],
            pairs.unit[:written],
            pairs.code[:written],
            pairs.sums[:written],
        )
        room.table[met], room.out[hit] = 0.0, 0.0
        room.met[met], room.hit[hit] = 0, 0
        return part


def _moments(
    source: Source,
    layout: Layout,
    batch: list[Column],
    shape: Shape,
    compared: list[Breakdown],
    parts: list[_Part],
) -> list[FastMoments]:
    """Adds the parts in their order and hands each measure its share."""
    add_rows, added = compiled_code().add_rows, shape.finest - shape.largest
    table, out = np.zeros((layout.full, shape.finest)), np.zeros((int(layout.out_offsets[-1]), shape.out))
    for part in parts:
        add_rows(table, part.met, part.table, added)
        add_rows(out, part.hit, part.out, shape.out)
    rolled = layout.rolled(table, shape.largest)
    totals = np.ascontiguousarray(np.concatenate([rolled[by] for by in layout.breakdowns]).T)
    columns = np.ascontiguousarray(out.T)

    @cache
    def kept(by: Breakdown) -> Kept | None:
        return _kept(parts, compared.index(by)) if by in compared else None

    every = []
    for j, one in enumerate(batch):
        sums, largest = _totals(totals, one, j, shape)
        squares = Squares.of(columns, j, shape)
        every.append(FastSums(one.measure, sums, largest, one.centre, one.about, squares, source))
    return [
        FastMoments(one, by, tuple(layout.sizes[name] for name in by), first, kept, j, shape)
        for by, first in zip(layout.breakdowns, layout.out_offsets.tolist(), strict=False)
        for j, one in enumerate(every)
    ]


def _totals(table: Floats, one: Column, j: int, shape: Shape) -> tuple[Floats, Floats | None]:
    """A measure's totals as the plain kernel has them, float64[11, cells]; and the largest w y."""
    k = shape.k
    totals = np.zeros((11, table.shape[1]))
    if shape.mode == FULL:
        totals[[WY, WX, N, EVENTS, WW]] = table[[j, k, k + 1, k + 2 + j, 2 * k + 2]]
    else:
        totals[[WY, WX, N, EVENTS, WW, MISSING, EXCLUDED]] = table[[j + k * block for block in range(7)]]
    if shape.mode == NUMBERS:
        totals[[EE, EX, W, XX]] = table[[j + k * block for block in range(7, 11)]]
        wanted = one.measure.kind in SHARED_OUT and not one.negative
        return totals, table[j + 11 * k] if wanted else None
    yes, no = totals[WY], totals[WX] - totals[WY]
    totals[W] = totals[XX] = totals[WX]
    totals[EE] = yes * (1 - one.centre) ** 2 + no * one.centre**2
    totals[EX] = yes * (1 - one.centre) - no * one.centre
    return totals, None


def _kept(parts: list[_Part], place: int) -> Kept:
    """What all parts kept for one of the breakdowns compared."""
    at = [np.flatnonzero(part.which == place) for part in parts]
    pairs = list(zip(parts, at, strict=True))
    return Kept(
        np.concatenate([part.unit[here] for part, here in pairs]).astype(np.int64),
        np.concatenate([part.code[here] for part, here in pairs]).astype(np.int64),
        np.concatenate([part.sums[here] for part, here in pairs]),
    )
