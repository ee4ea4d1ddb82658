"""A large file as one frame: one query, whose rows stream by and stay in the narrowest types that hold them.

Of fifty million people, a column of eight-byte numbers is 0.4 GB, and one of words several; keys that are
spelled out and sorted cost more time than all sums. So numbers stay numbers, yes and no take a byte, and rows
are taken in the order of the file. What is not simple, or shows a fault, is left to :mod:`.frames`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import ibis.expr.operations as ops
import numpy as np

from everycount.estimate.estimates import SampleFacts
from everycount.estimate.expressions import as_text, holds
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.frames import Demand, measured, tables_of
from everycount.estimate.plan import NUMERIC, MeasureKind
from everycount.estimate.stages import drawn_of
from everycount.estimate.streamed_columns import BATCH, column_for
from everycount.sample import MAIN, RECORD
from everycount.sample.store import rows as rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from everycount.estimate.expressions import Expression, Rows
    from everycount.estimate.plan import Dimension, Measure, Plan
    from everycount.estimate.stages import Ints
    from everycount.sample import Design, Sample

LARGE = 200_000  # main records; below, the ordinary way takes a second at most
YES_OR_NO = frozenset({MeasureKind.PROPORTION, MeasureKind.COUNT})
_LEAST = np.iinfo(np.int64).min


def streamed(sample: Sample, plan: Plan) -> tuple[Frame, SampleFacts] | None:
    """The frame of a large, simple sample, and what the sample is as a whole.

    Args:
        sample: with the plan's variables derived.
        plan: without faults.

    Returns:
        None where the sample is small, where more than the main table or a design of strata, clusters and
        weights is asked for, or where something is wrong with the records.
    """
    if not _simple(sample, plan):
        return None
    demand = Demand.of(sample, plan, MAIN)
    if demand.seen.get_backend().name != "duckdb" or demand.seen.op().find(ops.InMemoryTable):
        return None
    if not set(sample.design.columns) <= set(demand.seen.columns):
        return None  # the other way says which is not there, and what is most like it
    asked = _Asked.of(demand, sample.design)
    if asked.rows < LARGE:
        return None
    taken = _Taken.of(asked)
    frame = None if taken is None else taken.frame(demand, sample.design)
    return None if frame is None else (frame, _facts(frame))


def _simple(sample: Sample, plan: Plan) -> bool:
    design = sample.design
    beyond = design.replicates or design.calibration or design.nonresponse or design.populations
    weighted = design.weights is None or isinstance(design.weights, str)
    return not beyond and weighted and tables_of(plan) == (MAIN,)


@dataclass(frozen=True)
class _Asked:
    """What is asked of the engine, all at once: identity, design, groups and answers.

    Attributes:
        demand: measures and dimensions.
        design: strata, clusters and weights.
        rows: how many there are.
        ends: the least and the largest of each column of whole numbers, for the narrowest type.
    """

    demand: Demand
    design: Design
    rows: int
    ends: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, demand: Demand, design: Design) -> _Asked:
        """Asks how many there are, and between which ends; a Parquet file knows that without being read."""
        seen, whole = demand.seen, {}
        for name in (*design.strata, *design.clusters[:1], *(one.question for one in demand.dimensions)):
            values = seen[name]
            if values.type().is_integer():
                whole[name] = values.min().fill_null(0), values.max().fill_null(0)
        asked = {f"{end}{place}": one[end] for place, one in enumerate(whole.values()) for end in (0, 1)}
        ((count, *found),) = rows_of(
            seen.aggregate(count=seen.count(), **{f"e{k}": v for k, v in asked.items()})
        )
        pairs = zip(found[::2], found[1::2], strict=True)
        return cls(demand, design, count, dict(zip(whole, pairs, strict=True)))

    def query(self) -> Rows:
        """One row per record."""
        seen = self.demand.seen
        columns = {"record": seen[RECORD]}
        if isinstance(self.design.weights, str):
            columns["weight"] = seen[self.design.weights].try_cast("float64")
        columns |= {alias: self._key(name) for alias, name in self.keys().items()}
        for place, measure in enumerate(self.demand.measures):
            columns |= {f"{name}{place}": value for name, value in _answers(self.demand, measure).items()}
        return seen.select(**columns)

    def keys(self) -> dict[str, str]:
        """The columns that tell groups, strata and clusters, by what they are called in the query."""
        keys = {f"stratum{place}": name for place, name in enumerate(self.design.strata)}
        keys |= dict(zip(["cluster"], self.design.clusters, strict=False))
        return keys | {f"by{place}": one.question for place, one in enumerate(self.demand.dimensions)}

    def key_ends(self) -> dict[str, tuple[int, int]]:
        """The ends of those that are whole numbers."""
        return {alias: self.ends[name] for alias, name in self.keys().items() if name in self.ends}

    def _key(self, name: str) -> Expression:
        """Whole numbers as narrow numbers; everything else as text, and so is the least number that there is.

        For the least of a type stands for "none" (:attr:`.WholeNumbers.none`).
        """
        found = self.demand.look(name)
        low, high = self.ends.get(name, (_LEAST, 0))
        if low <= _LEAST:
            return as_text(found).cast("string")
        kinds = (kind for kind in (np.int8, np.int16, np.int32) if np.iinfo(kind).min < low)
        kind = next((kind for kind in kinds if high <= np.iinfo(kind).max), np.int64)
        return found.values.cast(np.dtype(kind).name)


def _answers(demand: Demand, measure: Measure) -> dict[str, Expression]:
    """As the ordinary way asks for them; yes and no in a byte."""
    found = measured(measure, demand.look)
    if measure.kind in YES_OR_NO and measure.condition is not None:
        found["y"] = holds(measure.condition, demand.look).cast("int8")
    return found


@dataclass(frozen=True)
class _Taken:
    """The columns of the query."""

    rows: int
    columns: dict[str, Any]

    @classmethod
    def of(cls, asked: _Asked) -> _Taken | None:
        """Asks the engine; None where rows do not come in the order of the file, each once."""
        query, rows = asked.query(), asked.rows
        backend = query.get_backend()
        kinds, ends = query.schema().items(), asked.key_ends()
        columns = {name: column_for(kind, rows, ends.get(name)) for name, kind in kinds if name != "record"}
        last, at = -1, 0
        for batch in backend.con.sql(backend.compile(query)).to_arrow_reader(BATCH):
            part = slice(at, at + batch.num_rows)
            record = batch.column("record")
            if record.null_count or part.stop > rows:
                return None
            records = np.asarray(record)
            if len(records) and (records[0] <= last or (records[1:] <= records[:-1]).any()):
                return None
            last, at = int(records[-1]) if len(records) else last, part.stop
            for name, column in columns.items():
                column.take(part, batch.column(name))
        return cls(rows, columns) if at == rows else None

    def frame(self, demand: Demand, design: Design) -> Frame | None:
        """The arrays of the kernel; None where something is wrong with them."""
        placed = [self._placed(demand, place, one) for place, one in enumerate(demand.dimensions)]
        keys = [self.columns[name] for name in self.columns if name.startswith(("stratum", "cluster"))]
        weights = self._weights()
        if weights is None or None in placed or not all(key.complete for key in keys):
            return None
        if any(self._wordless(place, one) for place, one in enumerate(demand.measures)):
            return None
        strata, names = self._strata(len(design.strata))
        everybody = np.ones(self.rows, dtype=bool)
        return Frame(
            table=MAIN,
            strata=strata,
            clusters=self._clusters()[:, None],
            weights=weights,
            populations=None,
            dimensions={
                one.id: found[0] for one, found in zip(demand.dimensions, placed, strict=True) if found
            },
            groups={one.id: found[1] for one, found in zip(demand.dimensions, placed, strict=True) if found},
            measures={
                one.id: (one, self._measured(place, everybody)) for place, one in enumerate(demand.measures)
            },
            stratum_names=names,
        )

    def _weights(self) -> NDArray[np.float64] | None:
        if "weight" not in self.columns:
            return np.ones(self.rows)
        found = self.columns["weight"]
        weights: NDArray[np.float64] = found.array
        return weights if found.positive else None

    def _placed(self, demand: Demand, place: int, dimension: Dimension) -> tuple[Ints, Dimension] | None:
        """The group of each row; None where an answer has no place, which the ordinary way says in words."""
        column = self.columns[f"by{place}"]
        words = column.words()
        placing = demand.placing(dimension, words, np.arange(-1, len(words)))
        if any(placing.faults(dimension)):
            return None
        narrow = np.int16 if len(placing.groups) < np.iinfo(np.int16).max else np.int32
        to = np.roll(placing.index, -1).astype(narrow)  # that of "no answer" comes last
        return column.moved(to), replace(dimension, groups=placing.groups)

    def _strata(self, columns: int) -> tuple[Ints, tuple[str, ...]]:
        """Numbered as the numbers, or words, of their columns come one after the other."""
        strata: NDArray[Any] = np.zeros(self.rows, dtype=np.int16)
        names = [""]
        for place in range(columns):
            column = self.columns.pop(f"stratum{place}")
            words = column.words()
            codes = column.moved(np.arange(len(words) + 1, dtype=np.int32))
            if not place:
                strata, names = codes, words
                continue
            together = strata.astype(np.int64) * len(words) + codes
            known, strata = np.unique(together, return_inverse=True)
            names = [f"{names[key // len(words)]}, {words[key % len(words)]}" for key in known.tolist()]
        return strata, tuple(names)

    def _clusters(self) -> Ints:
        if "cluster" not in self.columns:
            return np.arange(self.rows, dtype=np.int64)
        clusters: Ints = self.columns["cluster"].array
        return clusters

    def _wordless(self, place: int, measure: Measure) -> bool:
        """Numbers were wanted, and not one was found."""
        return measure.kind in NUMERIC and not np.isfinite(self.columns[f"y{place}"].array).any()

    def _measured(self, place: int, everybody: NDArray[np.bool_]) -> MeasureColumns:
        y = self.columns.pop(f"y{place}").answers()
        x = np.broadcast_to(1.0, self.rows)
        if f"x{place}" in self.columns:
            below = self.columns.pop(f"x{place}").array
            y, x = np.where(np.isnan(below), np.nan, y), np.where(np.isnan(y), np.nan, below)
        inside = self.columns.pop(f"inside{place}", None)
        return MeasureColumns(y, x, everybody if inside is None else inside.array.view(np.bool_))


def _facts(frame: Frame) -> SampleFacts:
    """Counts of the records: what the sample is before any question is looked at."""
    drawn, weights = drawn_of(frame), frame.weights
    blocks = [weights[first : first + BATCH] for first in range(0, len(weights), BATCH)]
    sums = np.array([(block.sum(), block @ block) for block in blocks])  # each is read from memory once
    population, squares = sums.sum(axis=0).tolist()
    return SampleFacts(
        records=len(weights),
        strata=len(drawn),
        clusters=int(drawn.sum()),
        lonely_strata=int((drawn == 1).sum()),
        population=population,
        n_kish=population**2 / squares,
    )
