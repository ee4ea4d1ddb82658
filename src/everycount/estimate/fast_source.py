"""The rows of a frame as the compiled scan reads them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from everycount.estimate.fast_layout import FULL, HOLES, NUMBERS
from everycount.estimate.moments import SHARED_OUT, SUMMED
from everycount.estimate.plan import MeasureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from everycount.estimate.fast_layout import Layout
    from everycount.estimate.frame import Frame, MeasureColumns
    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Bools, Floats, Ints, Stages
    from everycount.sample.design import Lonely

    T = TypeVar("T")

SAMPLED = 2**16  # rows that tell a ratio well enough to measure from
CHUNKS = 16  # of strata: more than threads, few enough to add up
BLOCK = 2**17  # rows that stay in a processor's own cache while several things are done to them
MOST_BITS = 32  # measures in a word
MOST_ROOM = 2**25  # numbers in the table of a full cross


@dataclass(frozen=True)
class Source:
    """The rows of a frame in the order of its clusters.

    Attributes:
        order: the frame's rows in that order; None: they stand in it.
        starts: first row of each unit.
        units: first unit of each stratum.
        chunks: first stratum of each chunk, and the end.
        looked: whether flags of rows, by the identity of the array, are all true; measures share them.
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
    looked: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def of(
        cls, frame: Frame, stages: Stages, lonely: Lonely, pool: ThreadPoolExecutor, threads: int
    ) -> Source:
        """Puts the rows in order, unless they are, and cuts the strata into chunks."""
        order = None
        if stages.starts is not None:
            starts = np.append(stages.starts, stages.rows).astype(np.int64)
        else:
            order, starts = compiled_code().counting_order(stages.unit, stages.units)
        stage = stages.stages[0]
        units = np.searchsorted(stage.parent, np.arange(len(stage.drawn) + 1)).astype(np.int64)
        ends = stages.rows * np.arange(1, CHUNKS) / CHUNKS
        cuts = np.searchsorted(starts[units], ends)
        chunks = np.unique(np.concatenate([[0], cuts, [len(stage.drawn)]])).astype(np.int64)
        return cls(frame, stages, lonely, pool, threads, order, starts, units, chunks)

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.stages.rows

    @cached_property
    def weights(self) -> Floats:
        """In the order of clusters."""
        return self.ordered(self.frame.weights.astype(np.float64, copy=False))

    def ordered(self, column: NDArray[Any]) -> NDArray[Any]:
        """A column in the order of clusters, laid out in the one way that the scan is compiled for."""
        return np.require(column if self.order is None else column[..., self.order], requirements=["C", "W"])

    def everybody(self, inside: Bools) -> bool:
        """Whether all flags are true; the frame keeps the arrays, so that none takes another's identity."""
        if id(inside) not in self.looked:
            self.looked[id(inside)] = bool(inside.all())
        return self.looked[id(inside)]

    def blocks(self, work: Callable[[int, int], T]) -> list[T]:
        """Work on blocks of rows, the results in their order."""
        edges = [*range(0, self.rows, BLOCK), self.rows]
        return list(self.pool.map(work, edges[:-1], edges[1:]))

    def outer(self, dimensions: Iterable[str]) -> dict[str, Ints]:
        """The digits of the dimensions that are the same all over each stratum."""
        found = {}
        for name in sorted(dimensions):
            codes = np.full(len(self.units) - 1, -2, dtype=np.int64)
            if self._constant(self.frame.dimensions[name], codes):
                found[name] = codes
        return {name: codes + int((codes < 0).any()) for name, codes in found.items()}

    def _constant(self, codes: NDArray[Any], found: Ints) -> bool:
        """Whether a dimension is the same all over each stratum; some strata at a time if rows stand so."""
        code = compiled_code()
        if self.order is not None:
            return bool(code.constant_within(self.stages.unit, self.stages.stages[0].parent, codes, found))
        starts, chunks = self.starts[self.units], self.chunks.tolist()
        return all(
            self.pool.map(lambda a, b: code.constant_between(starts, codes, found, a, b), chunks, chunks[1:])
        )

    def number(self, layout: Layout, key: NDArray[np.int32], at: int, begin: int, end: int) -> None:
        """Writes the places of rows in the full cross, in the order of the file; ``key`` begins at ``at``."""
        add_digit = compiled_code().add_digit
        key[begin - at : end - at] = 0
        for name in layout.dimensions:
            codes = self.frame.dimensions[name]
            add_digit(key, codes, layout.radix[name], layout.nowhere[name], at, begin, end)

    def those_in(self, layout: Layout, wanted: Bools) -> Ints:
        """The rows of some cells of the full cross, in the order of their units."""

        def look(begin: int, end: int) -> Ints:
            key = np.empty(end - begin, dtype=np.int32)
            self.number(layout, key, begin, begin, end)
            return begin + np.flatnonzero(wanted[key])

        rows = np.concatenate(self.blocks(look))
        return rows if self.order is None else rows[np.argsort(self.stages.unit[rows], kind="stable")]

    def windows(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The strata from ``first`` up to ``last``, at a time as many as make a block of rows."""
        starts = self.starts[self.units]
        while first < last:
            end = int(np.searchsorted(starts, starts[first] + BLOCK, side="right")) - 1
            end = min(max(end, first + 1), last)
            yield first, end
            first = end

    @cached_property
    def widest(self) -> int:
        """Rows of the largest window."""
        chunks = self.chunks.tolist()
        ends = (pair for first, last in pairwise(chunks) for pair in self.windows(first, last))
        return max((int(self.starts[self.units[b]] - self.starts[self.units[a]]) for a, b in ends), default=0)


def compiled_code() -> Any:
    """The compiled code, loaded when it is needed."""
    # Numba takes a third of a second to load, which small surveys never pay.
    from everycount.estimate import fast_scan  # noqa: PLC0415

    return fast_scan


@dataclass(frozen=True)
class Column:
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
    def of(cls, source: Source, name: str) -> Column:
        """Looks at a measure's answers once, to see how they can be read."""
        measure, columns = source.frame.measures[name]
        x, code = _below(measure, columns), compiled_code()
        if len(x) or measure.kind in SHARED_OUT or columns.y.dtype.kind not in "iu":
            looks = source.blocks(lambda a, b: code.look(columns.y, x, columns.inside, a, b))
            lost, odd, negative = (sum(parts) for parts in zip(*looks, strict=True))
        else:  # whole numbers have no gaps, and their ends tell whether they are yes and no
            lost, odd = not source.everybody(columns.inside), _odd(columns.y)
            negative = odd and columns.y.min(initial=0) < 0
        # What y is measured from need only be near the ratio: of millions of rows, a part tells it.
        step = 1 + source.rows // SAMPLED
        above, below = code.weigh(columns.y, x, columns.inside, source.frame.weights, step)
        mode: int = NUMBERS
        if not (odd or len(x) or measure.kind in SHARED_OUT):
            mode = HOLES if lost else FULL
        return cls(measure, columns, mode, above / below if below else 0.0, bool(negative))

    @property
    def about(self) -> float:
        """What y is measured from in the variance."""
        return 0.0 if self.measure.kind in SUMMED else self.centre

    @property
    def below(self) -> NDArray[Any]:
        """X, or nothing where it is 1."""
        return _below(self.measure, self.columns)


def _odd(y: NDArray[Any]) -> bool:
    """Some whole number is neither 0 nor 1. Below 0 stands for a large number in the same bits: one look."""
    return bool(y.view(f"uint{8 * y.dtype.itemsize}").max(initial=0) > 1)


def _below(measure: Measure, columns: MeasureColumns) -> NDArray[Any]:
    return columns.x if measure.kind is MeasureKind.RATIO else np.empty(0)


def batches(columns: Iterable[Column], full: int) -> list[list[Column]]:
    """Measures that are read together: of one mode, as many as a table has room for."""
    by_mode: dict[tuple[int, bool], list[Column]] = defaultdict(list)
    for column in columns:
        by_mode[column.mode, bool(len(column.below))].append(column)
    batches = []
    for (mode, _), members in by_mode.items():
        width = {FULL: 2, HOLES: 7}.get(mode, 12)
        most = min(MOST_BITS, max(1, MOST_ROOM // (full * width)))
        batches += [members[at : at + most] for at in range(0, len(members), most)]
    return batches


@dataclass(frozen=True)
class Reader:
    """Rows as the scan wants them, a window at a time: what is made of them is never there for all of them.

    Only rows that do not stand in the order of clusters are made all at once, and put in order.

    Attributes:
        key, words: room for the rows of the largest window.
        whole: all rows in the order of clusters, where they do not stand in it.
    """

    source: Source
    layout: Layout
    batch: list[Column]
    key: NDArray[np.int32]
    words: NDArray[np.uint32]
    whole: Any = None

    @classmethod
    def of(cls, source: Source, layout: Layout, batch: list[Column]) -> Reader:
        """With room for one window."""
        if source.order is None:
            return cls(source, layout, batch, *_room(source.widest, batch))
        made = cls(source, layout, batch, *_room(source.rows, batch))
        source.blocks(partial(made._mark, 0, made.key, made._lines(source.rows)))
        parts = made._rows(0, source.rows, made.key, made._lines(source.rows))
        key, words, y, x = map(source.ordered, (parts.key, parts.words, parts.y, parts.x))
        whole = parts._replace(key=key, words=words, y=y, x=x, weights=source.weights)
        return cls(source, layout, batch, made.key[:0], made.words[:0], whole)

    def another(self) -> Reader:
        """For another thread."""
        return replace(self, key=np.empty_like(self.key), words=np.empty_like(self.words))

    def rows(self, first: int, last: int) -> Any:
        """The rows of the strata from ``first`` up to ``last``; they hold until the next are asked for."""
        begin, end = self.source.starts[self.source.units[[first, last]]].tolist()
        if self.whole is not None:
            return _part(self.whole, begin, end)
        key, words = self.key[: end - begin], self._lines(end - begin)
        self._mark(begin, key, words, begin, end)
        return self._rows(begin, end, key, words)

    def _lines(self, rows: int) -> NDArray[np.uint32]:
        lines = _lines(self.batch)
        return self.words[: lines * rows].reshape(lines, rows)

    def _mark(self, at: int, key: Any, words: Any, begin: int, end: int) -> None:
        """Writes keys and bits of rows in the order of the file, the first of the arrays being ``at``."""
        code = compiled_code()
        self.source.number(self.layout, key, at, begin, end)
        words[:, begin - at : end - at] = 0
        for bit, one in enumerate(self.batch):
            columns = one.columns
            code.mark(words, bit, columns.y, one.below, columns.inside, at, begin, end)

    def _rows(self, begin: int, end: int, key: Any, words: Any) -> Any:
        """The rows with answers that are more than yes and no, and denominators, where there are any."""
        source, batch, here = self.source, self.batch, slice(begin, end)
        numbers, ratio = batch[0].mode == NUMBERS, len(batch[0].below) > 0
        nothing = np.zeros((0, end - begin))
        y = np.stack([one.columns.y[here] for one in batch]).astype(float) if numbers else nothing
        x = np.stack([one.below[here] for one in batch]).astype(float) if ratio else nothing
        weights = source.frame.weights[here].astype(np.float64, copy=False)
        return compiled_code().Rows(key, weights, words, y, x, source.starts, begin)


def _part(whole: Any, begin: int, end: int) -> Any:
    """Some of the rows, laid out in the one way that the scan is compiled for."""
    parts = {name: getattr(whole, name)[..., begin:end] for name in ("key", "weights", "words", "y", "x")}
    return whole._replace(**{name: np.ascontiguousarray(part) for name, part in parts.items()}, at=begin)


def _lines(batch: list[Column]) -> int:
    """Words of a row."""
    return 1 if batch[0].mode == FULL else 4


def _room(rows: int, batch: list[Column]) -> tuple[NDArray[np.int32], NDArray[np.uint32]]:
    return np.empty(rows, dtype=np.int32), np.empty(rows * _lines(batch), dtype=np.uint32)
