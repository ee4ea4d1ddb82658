"""The rows of a frame as the compiled scan reads them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from everycount.estimate.fast_layout import FULL, HOLES, NUMBERS
from everycount.estimate.moments import SHARED_OUT, SUMMED
from everycount.estimate.plan import MeasureKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from everycount.estimate.fast_layout import Layout
    from everycount.estimate.frame import Frame, MeasureColumns
    from everycount.estimate.plan import Measure
    from everycount.estimate.stages import Floats, Ints, Stages
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
    ) -> Source:
        """Puts the rows in order, unless they are, and cuts the strata into chunks."""
        code = compiled_code()
        unit, order = stages.unit, None
        if (unit[1:] >= unit[:-1]).all():
            starts = np.searchsorted(unit, np.arange(stages.units + 1, dtype=unit.dtype)).astype(np.int64)
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

    def key(self, layout: Layout) -> NDArray[np.int32]:
        """The place of each row in the full cross, in the order of clusters."""
        key, add_digit = np.zeros(self.rows, dtype=np.int32), compiled_code().add_digit
        digits = [
            (self.frame.dimensions[name], layout.radix[name], layout.nowhere[name])
            for name in layout.dimensions
        ]

        def number(begin: int, end: int) -> None:
            for codes, radix, shift in digits:
                add_digit(key, codes, radix, shift, begin, end)

        self.blocks(number)
        return self.ordered(key)


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
            lost, negative = not columns.inside.all(), columns.y.min(initial=0) < 0
            odd = negative or columns.y.max(initial=0) > 1
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


def read(source: Source, key: NDArray[np.int32], batch: list[Column]) -> Any:
    """The rows as the scan wants them."""
    code = compiled_code()
    numbers, ratio = batch[0].mode == NUMBERS, len(batch[0].below) > 0
    words = np.zeros((1 if batch[0].mode == FULL else 4, source.rows), dtype=np.uint32)

    def mark(begin: int, end: int) -> None:
        for bit, one in enumerate(batch):
            code.mark(words, bit, one.columns.y, one.below, one.columns.inside, begin, end)

    source.blocks(mark)
    nothing = np.zeros((0, source.rows))
    y = np.stack([source.ordered(one.columns.y) for one in batch]).astype(float) if numbers else nothing
    x = np.stack([source.ordered(one.below) for one in batch]).astype(float) if ratio else nothing
    return code.Rows(key, source.weights, source.ordered(words), y, x, source.starts)
