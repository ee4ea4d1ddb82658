"""The first sums, made where the records are: only sums per stratum, cluster and cell travel, and no row.

They are the very addends that the kernel would have made of each row (:class:`.frame.RowColumns`), added up
over the rows that share a last-stage unit and a group in every dimension. A frame of them is rolled up like
any other. Only what is made of sums can come this way: medians, inequality, replicate weights and calibrated
errors need every row, and go by rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import ibis
import numpy as np

from everycount.estimate.demands import used_measures
from everycount.estimate.designed import clusters_of, readable, refuse_doubles
from everycount.estimate.engine import settled
from everycount.estimate.estimates import SampleFacts
from everycount.estimate.fetch import fetch, floats, integers, numbered
from everycount.estimate.frame import Frame, MeasureColumns, RowColumns
from everycount.estimate.frames import Demand, refuse, tables_of, wordy_faults
from everycount.estimate.moments import SHARED_OUT
from everycount.estimate.placing import NOWHERE, Placing
from everycount.estimate.plan import MeasureKind
from everycount.sample import RECORD, design_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from everycount.estimate.expressions import Expression, Rows
    from everycount.estimate.fetch import Fetched
    from everycount.estimate.plan import Measure, Plan
    from everycount.estimate.stages import Ints
    from everycount.faults import Fault
    from everycount.sample import Design, Sample

ADDED = frozenset(
    {MeasureKind.PROPORTION, MeasureKind.COUNT, MeasureKind.MEAN, MeasureKind.TOTAL, MeasureKind.RATIO}
)
# The addends in the order of the kernel's rows; those of the second moments are of e = y - centre x.
NAMES = ("wy", "wx", "n", "w", "events", "missing", "outside", "ww", "ee", "ex", "xx")


def suffice(plan: Plan, design: Design) -> bool:
    """Everything that is asked for is made of sums over rows."""
    plain = design.replicates is None and design.calibration is None and design.nonresponse is None
    return plain and all(measure.kind in ADDED for measure in used_measures(plan))


def summed_frames(sample: Sample, plan: Plan) -> tuple[tuple[Frame, ...], SampleFacts]:
    """As :func:`.frames.frames_of`, with a row per unit and cell; and what the whole sample is.

    Raises:
        InputError: with every fault that the records show.
    """
    design = Drawn(design_columns(sample))
    facts = design.facts()
    parts = [Sums(Demand.of(sample, plan, table), design, settled) for table in tables_of(plan)]
    refuse([fault for part in parts for fault in part.faults()])
    return tuple(part.frame() for part in parts), facts


@dataclass(frozen=True)
class Drawn:
    """The design of the main records, where they are.

    Attributes:
        table: as :func:`everycount.sample.design_columns` describes it.
    """

    table: Rows

    @property
    def populations(self) -> list[str]:
        """Columns of the sizes of the population."""
        return [name for name in self.table.columns if name.startswith("_population_")]

    @property
    def units(self) -> list[str]:
        """Columns of the clusters that the variance looks at: all stages only where populations are known."""
        clusters = [name for name in self.table.columns if name.startswith("_cluster_")] or [RECORD]
        return clusters if self.populations else clusters[:1]

    def facts(self) -> SampleFacts:
        """Counts of the main records.

        Raises:
            InputError: a record stands there twice.
        """
        table = self.table
        first = next(iter(name for name in table.columns if name.startswith("_cluster_")), RECORD)
        found = fetch(
            table.group_by("_stratum").aggregate(
                records=table.count(),
                known=table[RECORD].nunique(),
                clusters=table[first].nunique(),
                w=table["_weight"].sum(),
                ww=(table["_weight"] * table["_weight"]).sum(),
            )
        )
        records, clusters = integers(found, "records"), integers(found, "clusters")
        w, ww = float(floats(found, "w").sum()), float(floats(found, "ww").sum())
        refuse_doubles(int((records - integers(found, "known")).sum()))
        return SampleFacts(
            records=int(records.sum()),
            strata=len(records),
            clusters=int(clusters.sum()),
            lonely_strata=int((clusters == 1).sum()),
            population=w,
            n_kish=w**2 / ww if ww else 0.0,
        )


@dataclass(frozen=True)
class Sums:
    """One table: its rows beside their design, and what is asked of them."""

    demand: Demand
    design: Drawn
    settle: Callable[[Rows], Rows] = lambda rows: rows

    @cached_property
    def rows(self) -> Rows:
        """The rows that belong to a main record; ``y<i>``, ``x<i>`` are null where there is no answer."""
        asked, design = self.demand.selection(), self.design
        kept = ["_weight", "_stratum", *design.units, *design.populations]
        named = design.table.select(_id=design.table[RECORD], **{name: design.table[name] for name in kept})
        joined = asked.inner_join(named, asked["record"] == named["_id"]).drop("record", "row", "_id")
        answers = [name for name in joined.columns if name[0] in "yx" and name[1:].isdecimal()]
        return self.settle(joined.mutate(**{name: joined[name].nullif(float("nan")) for name in answers}))

    @cached_property
    def answers(self) -> list[dict[str, int]]:
        """The answers met in each dimension, in their order, with the number of rows that gave them."""
        met = [self._met(place) for place in range(len(self.demand.dimensions))]
        if not met:
            return []
        found = fetch(ibis.union(*met) if len(met) > 1 else met[0])
        columns = (found.column("place").to_pylist(), found.column("answer").to_pylist())
        rows = sorted(zip(*columns, integers(found, "times").tolist(), strict=True))
        return [{answer: times for at, answer, times in rows if at == place} for place in range(len(met))]

    def _met(self, place: int) -> Rows:
        column = self.rows[f"by{place}"]
        told = self.rows.filter(column.notnull()).select(answer=column)
        return (
            told.group_by("answer").aggregate(times=told.count()).mutate(place=ibis.literal(place, "int64"))
        )

    @cached_property
    def placings(self) -> list[Placing]:
        """Where the answers belong: one entry per answer, and the last for those who gave none."""
        return [self._placing(place) for place in range(len(self.demand.dimensions))]

    def _placing(self, place: int) -> Placing:
        dimension, times = self.demand.dimensions[place], self.answers[place]
        placing = self.demand.placing(dimension, list(times), np.arange(-1, len(times)))
        strays = tuple((answer, times[answer]) for answer, _ in placing.strays)
        return replace(placing, index=np.roll(placing.index, -1), strays=strays)

    def faults(self) -> Iterator[Fault]:
        """What only the answers can show to be wrong."""
        for dimension, placing in zip(self.demand.dimensions, self.placings, strict=True):
            yield from placing.faults(dimension)
        for place, measure in enumerate(self.demand.measures):
            yield from wordy_faults(self.demand, measure, answered=self._centres[place][1] > 0)

    @cached_property
    def _centres(self) -> list[tuple[float, int]]:
        """Y / X of all rows for each measure, and how many have a y: one pass over everything."""
        rows = self.rows
        asked: dict[str, Expression] = {}
        for place in range(len(self.demand.measures)):
            one = _One.of(rows, place)
            asked |= {f"y{place}": one.added(one.w * one.y), f"x{place}": one.added(one.w * one.x)}
            asked |= {f"n{place}": rows[f"y{place}"].count()}
        if not asked:
            return []
        found = fetch(rows.aggregate(**asked))
        sums = [
            [floats(found, f"{axis}{place}")[0] for axis in "yxn"]
            for place in range(len(self.demand.measures))
        ]
        return [(float(y / x) if x else 0.0, int(n)) for y, x, n in sums]

    def query(self, centres: list[float]) -> Rows:
        """The sums of every measure in each (unit, answer of every dimension).

        Args:
            centres: the number, near Y / X of all rows, from which each measure's second moments are taken.
        """
        rows, keys = self.rows, ["_stratum", *self.design.units, *self.design.populations]
        by = {f"by{place}": self._gathered(place) for place in range(len(self.demand.dimensions))}
        grouped = rows.mutate(**by) if by else rows
        asked: dict[str, Expression] = {"weight": grouped["_weight"].sum()}
        for place, measure in enumerate(self.demand.measures):
            one = _One.of(grouped, place)
            asked |= {f"{name}{place}": value for name, value in one.addends(centres[place]).items()}
            if measure.kind in SHARED_OUT:
                asked |= {f"{name}{place}": value for name, value in one.extremes().items()}
        return grouped.group_by([*keys, *by]).aggregate(**asked)

    def _gathered(self, place: int) -> Expression:
        """An answer, or the first answer of its group: people of one group need not be told apart."""
        column, placing = self.rows[f"by{place}"], self.placings[place]
        groups: dict[int, list[str]] = {}
        for answer, group in zip(self.answers[place], placing.index.tolist(), strict=False):
            groups.setdefault(group, []).append(answer)
        moved = [(column.isin(answers), answers[0]) for answers in groups.values() if len(answers) > 1]
        return ibis.cases(*moved, else_=column) if moved else column

    def frame(self) -> Frame:
        """The arrays of the kernel, a row per unit and cell."""
        centres = [centre for centre, _ in self._centres]
        data = fetch(self.query(centres))
        strata, names = numbered(data, "_stratum")
        placed = list(zip(self.demand.dimensions, self.placings, strict=True))
        populations = [floats(data, name) for name in self.design.populations]
        measures = list(zip(self.demand.measures, centres, strict=True))
        nothing = MeasureColumns(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
        return Frame(
            table=self.demand.table,
            strata=strata,
            clusters=clusters_of(data, strata, self.design.units),
            weights=floats(data, "weight"),
            populations=np.column_stack(populations) if populations else None,
            dimensions={one.id: self._codes(data, place) for place, (one, _) in enumerate(placed)},
            groups={one.id: replace(one, groups=placing.groups) for one, placing in placed},
            measures={measure.id: (measure, nothing) for measure in self.demand.measures},
            stratum_names=readable(names),
            summed={m.id: _row_columns(data, m, place, centre) for place, (m, centre) in enumerate(measures)},
        )

    def _codes(self, data: Fetched, place: int) -> Ints:
        """The group of each row, from the answer that stands for it."""
        index, met = numbered(data, f"by{place}")
        at = {answer: position for position, answer in enumerate(self.answers[place])}
        groups = self.placings[place].index
        known = np.array([*(groups[at[answer]] for answer in met), NOWHERE], dtype=np.int64)
        return known[index]


@dataclass(frozen=True)
class _One:
    """One measure's columns: numerator, denominator and weight of those who count, and who they are."""

    y: Expression
    x: Expression
    w: Expression
    counts: Expression
    observed: Expression
    inside: Expression

    @classmethod
    def of(cls, rows: Rows, place: int) -> _One:
        y, names = rows[f"y{place}"], rows.columns
        below = f"x{place}" in names
        x = rows[f"x{place}"] if below else ibis.literal(1).cast("float64")
        observed = y.notnull() & x.notnull() if below else y.notnull()
        within = f"inside{place}" in names
        inside = rows[f"inside{place}"] == 1 if within else ibis.literal(True)
        return cls(y, x, rows["_weight"], observed & inside if within else observed, observed, inside)

    def added(self, value: Expression, among: Expression | None = None) -> Expression:
        """float64: the sum over those who count, or over others; 0 where there are none."""
        chosen = self.counts if among is None else among
        # DuckDB makes a decimal of a bare 0.0, and adds decimals otherwise than doubles.
        return ibis.ifelse(chosen, value, ibis.null("float64")).sum().fill_null(_number(0.0)).cast("float64")

    def addends(self, centre: float) -> dict[str, Expression]:
        """The eleven sums of the kernel."""
        y, x, w, one = self.y, self.x, self.w, _number(1.0)
        e = y - _number(centre) * x
        return {
            "wy": self.added(w * y),
            "wx": self.added(w * x),
            "n": self.added(one),
            "w": self.added(w),
            "events": self.added(one, self.counts & (y != _number(0.0))),
            "missing": self.added(one, self.inside & ~self.observed),
            "outside": self.added(one, self.observed & ~self.inside),
            "ww": self.added(w * w),
            "ee": self.added(w * e * e),
            "ex": self.added(w * e * x),
            "xx": self.added(w * x * x),
        }

    def extremes(self) -> dict[str, Expression]:
        """The largest w y that one row holds, and the smallest answer, which must not be negative for it."""
        zero = _number(0.0)
        return {
            "largest": ibis.ifelse(self.counts, self.w * self.y, zero).max(),
            "smallest": ibis.ifelse(self.counts, self.y, zero).min(),
        }


def _number(value: float) -> Expression:
    """A double to the last bit, on every engine: written as text and cast."""
    return ibis.literal(repr(float(value))).cast("float64")


def _row_columns(data: Fetched, measure: Measure, place: int, centre: float) -> RowColumns:
    columns = np.stack([floats(data, f"{name}{place}") for name in NAMES])
    largest = None
    if measure.kind in SHARED_OUT and not (floats(data, f"smallest{place}") < 0).any():
        largest = floats(data, f"largest{place}")
    return RowColumns(columns, largest, centre)
