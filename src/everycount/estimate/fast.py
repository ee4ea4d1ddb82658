"""The sums of all breakdowns in one compiled scan of the rows: the fast twin of the plain kernel.

The variance of a ratio R = Y / X is (A - 2 R B + R^2 C) / X^2 with A, B and C the design's sums of squares
of y, products of y and x, and squares of x (Särndal, Swensson and Wretman 1992, 5.5-5.6, multiplied out).
None of them needs R, so that one scan suffices; y is measured from the ratio of all rows, which keeps digits.
Cells in which the difference loses digits all the same are summed again from their own rows, as the plain
kernel does it.

Chunks of strata are the same whatever the number of threads, and are added in their order: the same bits.
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from everycount.estimate.fast_layout import Layout, families
from everycount.estimate.moments import (
    EE,
    EVENTS,
    EX,
    EXCLUDED,
    MISSING,
    PER_UNIT,
    SHARED_OUT,
    SUMMED,
    WW,
    WX,
    WY,
    XX,
    CellSums,
    Entries,
    N,
    W,
    row_columns,
)
from everycount.estimate.plan import MeasureKind
from everycount.estimate.rollup import Lattice
from everycount.estimate.variance import Spread, average_factor, spread
from everycount.sample.design import Lonely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from everycount.estimate.fast_layout import Breakdown
    from everycount.estimate.frame import Frame, MeasureColumns
    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Bools, Floats, Ints, Stages

    T = TypeVar("T")

# Rows times breakdowns from which compiled code pays. The plain kernel takes about 2 s a measure there;
# loading the compiled one takes 0.4 s, compiling it 13 s, once a machine. A survey of 4,000 households never
# gets near.
ENOUGH = 20_000_000
SAMPLED = 2**19  # rows that tell a ratio well enough to measure from
CHUNKS = 16  # of strata, and of rows: more than threads, few enough to add up
MOST_BITS = 32  # measures in a word
MOST_ROOM = 2**25  # numbers in the table of a full cross
MOST_ENTRIES = 2**30  # bytes kept for comparisons
LOST = 1e-5  # a difference smaller than this part of its terms may have lost digits that count
COVERED = frozenset(
    {MeasureKind.PROPORTION, MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.COUNT, MeasureKind.RATIO}
)


def pays(rows: int, breakdowns: int) -> bool:
    """Whether the compiled kernel is there, and the work large enough for it."""
    return rows * breakdowns >= ENOUGH and find_spec("numba") is not None


def covers(measure: Measure, stages: Stages) -> bool:
    """Whether the compiled kernel knows the measure and the design: one stage of it."""
    return measure.kind in COVERED and len(stages.stages) == 1


def sums_of(
    frame: Frame,
    stages: Stages,
    measures: Sequence[str],
    breakdowns: Sequence[Breakdown],
    *,
    lonely: Lonely,
    threads: int | None = None,
) -> dict[str, dict[Breakdown, FastMoments]] | None:
    """The sums of measures in every breakdown.

    Args:
        frame: the rows; group codes, answers and strata may be of any narrow type that holds them.
        stages: the design of the frame; one stage.
        measures: ids of measures that :func:`covers` knows.
        breakdowns: the dimensions crossed, in order.
        lonely: what a stratum with one cluster contributes.
        threads: how many to use; all processors there are.

    Returns:
        For each measure and breakdown, or None where a breakdown has too many cells for tables, or the
        compiler that is installed cannot work with the NumPy that is.
    """
    try:
        _code()
    except ImportError:
        return None
    threads = threads or len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else [0])
    used = dict.fromkeys(name for by in breakdowns for name in by)
    nowhere = {name: int(frame.dimensions[name].min(initial=0) < 0) for name in used}
    sizes = {name: len(frame.groups[name].groups) for name in nowhere}
    together = families(breakdowns, {name: sizes[name] + nowhere[name] for name in sizes})
    if together is None:
        return None
    with ThreadPoolExecutor(threads) as pool:
        source = _Source.of(frame, stages, lonely, pool, threads)
        found: dict[str, dict[Breakdown, FastMoments]] = {name: {} for name in measures}
        columns = [_Column.of(source, name) for name in measures]
        for members in together:
            layout = Layout.of(members, sizes, nowhere, source.outer({name for by in members for name in by}))
            key = source.key(layout)
            for batch in _batches(columns, layout.full):
                for one in _scanned(source, layout, key, batch):
                    found[one.measure.id][one.by] = one
            _refine(source, layout, key, [found[name][by] for name in measures for by in members])
    return found


@dataclass(frozen=True)
class _Source:
    """The rows of a frame in the order of its clusters.

    Attributes:
        order: the frame's rows in that order; None: they stand in it.
        starts: first row of each unit.
        units: first unit of each stratum.
        chunks: first stratum of each chunk, and the end.
    """

    frame: Frame
    stages: Stages
    lonely: Lonely
    pool: ThreadPoolExecutor
    threads: int
    order: Ints | None
    starts: Ints
    units: Ints
    chunks: Ints

    @classmethod
    def of(
        cls, frame: Frame, stages: Stages, lonely: Lonely, pool: ThreadPoolExecutor, threads: int
    ) -> _Source:
        code = _code()
        unit, order = stages.unit, None
        if (unit[1:] >= unit[:-1]).all():
            starts = np.searchsorted(unit, np.arange(stages.units + 1)).astype(np.int64)
        else:
            order, starts = code.counting_order(unit, stages.units)
        stage = stages.stages[0]
        units = np.searchsorted(stage.parent, np.arange(len(stage.drawn) + 1)).astype(np.int64)
        ends = len(unit) * np.arange(1, CHUNKS) / CHUNKS
        cuts = np.searchsorted(starts[units], ends)
        chunks = np.unique(np.concatenate([[0], cuts, [len(stage.drawn)]])).astype(np.int64)
        return cls(frame, stages, lonely, pool, threads, order, starts, units, chunks)

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.stages.unit)

    @cached_property
    def weights(self) -> Floats:
        """In the order of clusters."""
        return self.ordered(self.frame.weights.astype(np.float64, copy=False))

    def ordered(self, column: NDArray[Any]) -> NDArray[Any]:
        """A column in the order of clusters, laid out in the one way that the scan is compiled for."""
        return np.require(column if self.order is None else column[..., self.order], requirements=["C", "W"])

    def blocks(self, work: Callable[[int, int], T]) -> list[T]:
        """Work on blocks of rows, the results in their order."""
        edges = [self.rows * place // CHUNKS for place in range(CHUNKS + 1)]
        return list(self.pool.map(work, edges[:-1], edges[1:]))

    def outer(self, dimensions: Iterable[str]) -> dict[str, Ints]:
        """The digits of the dimensions that are the same all over each stratum."""
        parent = self.stages.stages[0].parent
        found = {}
        for name in sorted(dimensions):
            codes = np.full(len(self.units) - 1, -2, dtype=np.int64)
            if _code().constant_within(self.stages.unit, parent, self.frame.dimensions[name], codes):
                found[name] = codes
        return {name: codes + int((codes < 0).any()) for name, codes in found.items()}

    def key(self, layout: Layout) -> NDArray[np.int32]:
        """The place of each row in the full cross, in the order of clusters."""
        key = np.zeros(self.rows, dtype=np.int32)
        for name in layout.dimensions:
            codes, radix, shift = self.frame.dimensions[name], layout.radix[name], layout.nowhere[name]
            self.blocks(lambda a, b, c=codes, r=radix, s=shift: _code().add_digit(key, c, r, s, a, b))  # type: ignore[misc]
        return self.ordered(key)


def _code() -> Any:
    """The compiled code, loaded when it is needed."""
    # Numba takes a third of a second to load, which small surveys never pay.
    from everycount.estimate import fast_scan  # noqa: PLC0415

    return fast_scan


@dataclass(frozen=True)
class _Column:
    """One measure as the scan reads it.

    Attributes:
        mode: how its answers are read.
        centre: about the ratio of all rows, for second moments.
        about: the same for the variance of ratios; 0 for that of sums.
        negative: some answer is.
    """

    measure: Measure
    columns: MeasureColumns
    mode: int
    centre: float
    negative: bool

    @classmethod
    def of(cls, source: _Source, name: str) -> _Column:
        measure, columns = source.frame.measures[name]
        x, code = _below(measure, columns), _code()
        looks = source.blocks(lambda a, b: code.look(columns.y, x, columns.inside, a, b))
        lost, odd, negative = (sum(parts) for parts in zip(*looks, strict=True))
        # What y is measured from need only be near the ratio: of millions of rows, a part tells it.
        step = 1 + source.rows // SAMPLED
        above, below = code.weigh(columns.y, x, columns.inside, source.frame.weights, step)
        mode: int = code.NUMBERS
        if not (odd or len(x) or measure.kind in SHARED_OUT):
            mode = code.HOLES if lost else code.FULL
        return cls(measure, columns, mode, above / below if below else 0.0, bool(negative))

    @property
    def about(self) -> float:
        """What y is measured from in the variance."""
        return 0.0 if self.measure.kind in SUMMED else self.centre

    @property
    def below(self) -> NDArray[Any]:
        """X, or nothing where it is 1."""
        return _below(self.measure, self.columns)


def _below(measure: Measure, columns: MeasureColumns) -> NDArray[Any]:
    return columns.x if measure.kind is MeasureKind.RATIO else columns.x[:0]


def _batches(columns: Iterable[_Column], full: int) -> list[list[_Column]]:
    """Measures that are read together: of one mode, as many as a table has room for."""
    by_mode: dict[tuple[int, bool], list[_Column]] = defaultdict(list)
    for column in columns:
        by_mode[column.mode, bool(len(column.below))].append(column)
    batches = []
    for (mode, _), members in by_mode.items():
        width = {_code().FULL: 2, _code().HOLES: 7}.get(mode, 12)
        most = min(MOST_BITS, max(1, MOST_ROOM // (full * width)))
        batches += [members[at : at + most] for at in range(0, len(members), most)]
    return batches


def _read(source: _Source, key: NDArray[np.int32], batch: list[_Column]) -> Any:
    """The rows as the scan wants them."""
    code = _code()
    numbers, ratio = batch[0].mode == code.NUMBERS, len(batch[0].below) > 0
    words = np.zeros((1 if batch[0].mode == code.FULL else 4, source.rows), dtype=np.uint32)
    for bit, one in enumerate(batch):
        source.blocks(
            lambda a, b, bit=bit, one=one: code.mark(  # type: ignore[misc]
                words, bit, one.columns.y, one.below, one.columns.inside, a, b
            )
        )
    nothing = np.zeros((0, source.rows))
    y = np.stack([source.ordered(one.columns.y) for one in batch]).astype(float) if numbers else nothing
    x = np.stack([source.ordered(one.below) for one in batch]).astype(float) if ratio else nothing
    return code.Rows(key, source.weights, source.ordered(words), y, x, source.starts)


@dataclass(frozen=True)
class _Shape:
    """How many columns each table of a batch has: ``k`` measures with ``g`` denominators."""

    k: int
    g: int
    mode: int

    @property
    def finest(self) -> int:
        """Of the table of the full cross."""
        return {0: 2 * self.k + 3, 1: 7 * self.k}.get(self.mode, 12 * self.k)

    @property
    def largest(self) -> int:
        """Of these, how many are maxima."""
        return self.k if self.mode == _code().NUMBERS else 0

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


def _scanned(
    source: _Source, layout: Layout, key: NDArray[np.int32], batch: list[_Column]
) -> list[FastMoments]:
    """One scan for a batch of measures in all breakdowns of a layout."""
    code = _code()
    shape = _Shape(len(batch), 1 if batch[0].mode == code.FULL else len(batch), batch[0].mode)
    rows, strata = _read(source, key, batch), _strata(source, layout)
    ladder, outlets = _ladder(layout), _outlets(layout, len(source.units) - 1)
    centre = np.array([one.centre for one in batch])
    about = np.array([one.about for one in batch])
    compared = _compared(source, layout, batch, shape)
    rooms: SimpleQueue[Any] = SimpleQueue()
    for _ in range(source.threads):
        rooms.put(None)

    def chunk(first: int, last: int) -> _Part:
        room = rooms.get() or _room(source, layout, shape)
        pairs = _pairs(source, layout, compared, shape, first, last)
        written = code.scan(
            first, last, shape.mode, centre, about, rows, strata, ladder, outlets, pairs, room
        )
        part = _Part.of(room, pairs, written)
        rooms.put(room)
        return part

    parts = list(source.pool.map(chunk, source.chunks[:-1].tolist(), source.chunks[1:].tolist()))
    return _moments(source, layout, batch, shape, compared, parts)


def _strata(source: _Source, layout: Layout) -> Any:
    stage = source.stages.stages[0]
    base = np.zeros(len(stage.drawn), dtype=np.int64)
    for name, digits in layout.outer.items():
        base = base * layout.radix[name] + digits
    factors = stage.factors
    if source.lonely is not Lonely.ADJUST:
        factors = np.where(stage.lonely, 0.0, factors)
    return _code().Strata(
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
    return _code().Ladder(
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
    return _code().Outlets(
        first,
        np.concatenate(places),
        np.concatenate([[0], np.cumsum([len(place) for place in places])]).astype(np.int64),
        np.ascontiguousarray(np.broadcast_to(outer, (len(outer), strata))),
        layout.out_offsets,
    )


def _room(source: _Source, layout: Layout, shape: _Shape) -> Any:
    """Working room of one thread."""
    per_unit = int(np.diff(source.starts).max(initial=0))
    per_stratum = int(np.diff(source.starts[source.units]).max(initial=0))
    cells = np.diff(layout.offsets)
    wanted = np.unique(layout.layer_of)
    touched, kept = int(np.minimum(cells, per_unit).sum()), int(np.minimum(cells, per_stratum)[wanted].sum())
    code, out = _code(), int(layout.out_offsets[-1])
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
        np.zeros((layout.full, shape.finest)),
        np.zeros(layout.full, dtype=np.uint8),
        np.zeros((out, shape.out)),
        np.zeros(out, dtype=np.uint8),
    )


def _compared(source: _Source, layout: Layout, batch: list[_Column], shape: _Shape) -> list[Breakdown]:
    """Breakdowns whose sums of each unit are kept: those of one dimension, where there is room for them."""
    single: list[Breakdown] = [by for by in layout.breakdowns if len(by) == 1]
    if all(one.measure.kind in SUMMED for one in batch):
        return []
    entries = _most_entries(source, layout, single, 0, len(source.units) - 1)
    return single if entries * (shape.sums * 8 + 12) <= MOST_ENTRIES else []


def _most_entries(
    source: _Source, layout: Layout, compared: Sequence[Breakdown], first: int, last: int
) -> int:
    per_unit = np.diff(source.starts[source.units[first] : source.units[last] + 1])
    inner = [1 if by[0] in layout.outer else layout.radix[by[0]] for by in compared]
    return sum(int(np.minimum(per_unit, cells).sum()) for cells in inner)


def _pairs(
    source: _Source, layout: Layout, compared: list[Breakdown], shape: _Shape, first: int, last: int
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
    return _code().Pairs(
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
    def of(cls, room: Any, pairs: Any, written: int) -> _Part:
        """Takes the results out of a room and clears it."""
        met, hit = np.flatnonzero(room.met), np.flatnonzero(room.hit)
        part = cls(
            met,
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
    source: _Source,
    layout: Layout,
    batch: list[_Column],
    shape: _Shape,
    compared: list[Breakdown],
    parts: list[_Part],
) -> list[FastMoments]:
    """Adds the parts in their order and hands each measure its share."""
    added = shape.finest - shape.largest
    table, out = np.zeros((layout.full, shape.finest)), np.zeros((int(layout.out_offsets[-1]), shape.out))
    for part in parts:
        table[part.met, :added] += part.table[:, :added]
        table[part.met, added:] = np.maximum(table[part.met, added:], part.table[:, added:])
        out[part.hit] += part.out
    rolled = layout.rolled(table, shape.largest)
    kept = {by: _Kept.of(parts, place) for place, by in enumerate(compared)}
    found = []
    for place, by in enumerate(layout.breakdowns):
        columns = np.ascontiguousarray(out[layout.out_offsets[place] : layout.out_offsets[place + 1]].T)
        totals = np.ascontiguousarray(rolled[by].T)
        for j, one in enumerate(batch):
            sums, largest = _totals(totals, one, j, shape)
            found.append(
                FastMoments(
                    one.measure,
                    by,
                    tuple(layout.sizes[name] for name in by),
                    sums,
                    largest,
                    one.centre,
                    one.about,
                    _Squares.of(columns, j, shape),
                    kept.get(by),
                    j,
                    shape,
                    source,
                )
            )
    return found


def _totals(table: Floats, one: _Column, j: int, shape: _Shape) -> tuple[Floats, Floats | None]:
    """A measure's totals as the plain kernel has them, float64[11, cells]; and the largest w y."""
    code, k = _code(), shape.k
    totals = np.zeros((11, table.shape[1]))
    if shape.mode == code.FULL:
        totals[[WY, WX, N, EVENTS, WW]] = table[[j, k, k + 1, k + 2 + j, 2 * k + 2]]
    else:
        totals[[WY, WX, N, EVENTS, WW, MISSING, EXCLUDED]] = table[[j + k * block for block in range(7)]]
    if shape.mode == code.NUMBERS:
        totals[[EE, EX, W, XX]] = table[[j + k * block for block in range(7, 11)]]
        wanted = one.measure.kind in SHARED_OUT and not one.negative
        return totals, table[j + 11 * k] if wanted else None
    yes, no = totals[WY], totals[WX] - totals[WY]
    totals[W] = totals[XX] = totals[WX]
    totals[EE] = yes * (1 - one.centre) ** 2 + no * one.centre**2
    totals[EX] = yes * (1 - one.centre) - no * one.centre
    return totals, None


@dataclass(frozen=True)
class _Squares:
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
    def of(cls, columns: Floats, j: int, shape: _Shape) -> _Squares:
        own = [columns[j + shape.k * block] for block in range(5)]
        base = 0 if shape.g == 1 else j
        of_base = [columns[5 * shape.k + base + shape.g * block] for block in range(8)]
        c, xx, lonely_x, lonely_factor = (of_base[place] for place in (0, 1, 6, 7))
        clusters, strata, lonely, open_ = (count.astype(np.int64) for count in of_base[2:6])
        a, b, ee, ex, lonely_e = own
        return cls(a, b, ee, ex, lonely_e, c, xx, clusters, strata, lonely, open_, lonely_x, lonely_factor)


@dataclass(frozen=True)
class _Kept:
    """The sums of each unit in the groups of one dimension, all measures of a batch together."""

    unit: Ints
    code: Ints
    sums: Floats

    @classmethod
    def of(cls, parts: list[_Part], place: int) -> _Kept:
        at = [np.flatnonzero(part.which == place) for part in parts]
        pairs = list(zip(parts, at, strict=True))
        return cls(
            np.concatenate([part.unit[here] for part, here in pairs]).astype(np.int64),
            np.concatenate([part.code[here] for part, here in pairs]).astype(np.int64),
            np.concatenate([part.sums[here] for part, here in pairs]),
        )


@dataclass(frozen=True)
class FastMoments(CellSums):
    """One measure's sums in one breakdown, as the compiled scan leaves them: cell by cell.

    Attributes:
        measure, centre: what is estimated, and the ratio of all rows.
        breakdown, groups, sums, largest: the dimensions, their sizes, and the totals of the cells.
        squares: the parts of the variance.
        about: what y was measured from in them.
        kept: sums of each unit, for comparisons; the measure is number ``place`` among them.
        again: variances of the cells that were summed again from their rows, by cell.
    """

    measure: Measure
    breakdown: Breakdown
    groups: tuple[int, ...]
    sums: Floats
    largest: Floats | None
    centre: float
    about: float
    squares: _Squares
    kept: _Kept | None
    place: int
    shape: _Shape
    source: _Source
    again: dict[int, float] = field(default_factory=dict)

    @property
    def by(self) -> Breakdown:
        """The dimensions."""
        return self.breakdown

    @property
    def sizes(self) -> tuple[int, ...]:
        """Groups of each dimension."""
        return self.groups

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

    def spread(self, stages: Stages, lonely: Lonely) -> Spread:
        """Variance, clusters and strata of each cell."""
        plain = self.squares
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

    def entries(self) -> Entries:
        """Sums of each unit, kept by the scan or, where there was no room for them, summed anew."""
        if self.kept is None:
            return self._plain_entries()
        kept, shape = self.kept.sums, self.shape
        below = shape.k + (0 if shape.g == 1 else self.place)
        x, n = kept[:, below], kept[:, below + shape.g]
        return Entries(self.kept.code, self.kept.unit, kept[:, self.place], x, n)

    def _plain_entries(self) -> Entries:
        """The same from the rows, for designs of so many units that keeping them would fill the memory."""
        frame = self.source.frame
        units = Lattice.of(frame, self.source.stages.unit, [self.by])
        rows = row_columns(frame.measures[self.measure.id][1], frame.weights)
        (layer,) = units.layers.values()
        sums = units.roll(rows.columns[:PER_UNIT])[self.by]
        return Entries(layer.codes[self.by[0]], layer.unit, sums[WY], sums[WX], sums[N])


def _refine(source: _Source, layout: Layout, key: NDArray[np.int32], found: Iterable[FastMoments]) -> None:
    """Sums the cells whose variance has lost digits again, from their own rows, which are few."""
    lost = [(one, cells) for one in found if (cells := one.lost(source.stages, source.lonely)).any()]
    if not lost:
        return
    wanted = np.zeros(layout.full, dtype=bool)
    by_breakdown: dict[Breakdown, list[tuple[FastMoments, Bools]]] = defaultdict(list)
    for one, cells in lost:
        by_breakdown[one.by].append((one, cells))
    for by, members in by_breakdown.items():
        flags = np.logical_or.reduce([cells for _, cells in members])
        wanted |= layout.spread_out(by, flags).ravel()
    rows = np.flatnonzero(wanted[key])
    few = _Few.of(source, rows if source.order is None else source.order[rows])
    for by, members in by_breakdown.items():
        cell = few.cell(by)
        for one, cells in members:
            one.again.update(few.variances(one, cells, cell))


@dataclass(frozen=True)
class _Few:
    """Some rows, in the order of their units."""

    source: _Source
    rows: Ints
    unit: Ints
    weights: Floats

    @classmethod
    def of(cls, source: _Source, rows: Ints) -> _Few:
        return cls(source, rows, source.stages.unit[rows], source.frame.weights[rows])

    def cell(self, by: Breakdown) -> Ints:
        """The cell of each row; -1: in none of the groups."""
        cell, nowhere = np.zeros(len(self.rows), dtype=np.int64), np.zeros(len(self.rows), dtype=bool)
        for name in by:
            codes = self.source.frame.dimensions[name][self.rows].astype(np.int64)
            cell = cell * len(self.source.frame.groups[name].groups) + codes
            nowhere |= codes < 0
        return np.where(nowhere, -1, cell)

    def variances(self, one: FastMoments, cells: Bools, cell: Ints) -> dict[int, float]:
        """Variances of some cells by influence values, as the plain kernel finds them."""
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
            away = influence - one.ratio[owner] * np.add.reduceat(wx, starts)
            influence = away / one.denominator[owner]
        numbers, owner = np.unique(owner, return_inverse=True)
        found = spread(
            self.source.stages, owner, unit, influence, len(numbers), lonely=self.source.lonely
        ).variance
        return dict(zip(numbers.tolist(), found.tolist(), strict=True))
