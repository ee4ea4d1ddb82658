"""The whole way from records to numbers with error and basis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from everycount.estimate.addends import suffice, summed_frames
from everycount.estimate.association import associations
from everycount.estimate.crossings import Woven, crossed
from everycount.estimate.demands import asked, measure_questions, plan_faults
from everycount.estimate.designed import Designed
from everycount.estimate.engine import EngineName, carried
from everycount.estimate.estimates import Estimate, Estimates, SampleFacts
from everycount.estimate.fetch import natural
from everycount.estimate.frames import frames_of, refuse
from everycount.estimate.measures import estimate_measures
from everycount.estimate.partings import partings
from everycount.estimate.plan import Dimension, Plan, Table
from everycount.estimate.reach import own
from everycount.estimate.rules import rule_questions
from everycount.estimate.streamed import streamed
from everycount.estimate.variables import derive
from everycount.sample import MAIN, RECORD, ROW, basis, scope
from everycount.sample.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.estimate.association import Groups
    from everycount.estimate.engine import Engine
    from everycount.estimate.estimates import CellKey
    from everycount.estimate.frame import Frame
    from everycount.sample.sample import Sample


def run(sample: Sample, plan: Plan, engine: Engine | None = None) -> Estimates:
    """See :func:`everycount.estimate.estimate`."""
    tables = asked(plan)
    sample = derive(carried(slimmed(sample, plan), engine), plan.variables)
    refuse(plan_faults(sample, plan))
    counted = Counted.of(sample, plan)
    frames = counted.frames
    resting = basis(sample.design.kind)
    filled = replace(plan, dimensions=_filled(plan, frames))
    found, contrasts = [], []
    woven: list[Woven] = []
    compared: dict[tuple[str, str], Groups] = {}
    for frame in frames:
        part = _of_frame(frame, tables)
        woven.append(Woven.of(frame.table, frame.dimensions, frame.groups, filled, part))
        every = [*part, *woven[-1].tables]
        more, gaps = estimate_measures(
            frame, filled, lonely=sample.design.lonely, basis=resting, tables=every, compared=compared
        )
        found += more
        contrasts += gaps
    # Of what dimensions have in common, only numbers are wanted: nobody compares it.
    printed = {(measure, table.by) for table in tables for measure in table.measures}
    return Estimates(
        plan=filled,
        design=sample.design,
        basis=resting,
        scope=scope(sample.design),
        level=plan.level,
        facts=counted.facts,
        estimates=_in_order(found, tables),
        crossings=replace(
            crossed(woven, _in_order(found, [table for one in woven for table in one.tables])),
            partings=partings(sample, plan),
        ),
        contrasts=tuple(one for one in contrasts if (one.measure, _by(one.cell)) in printed),
        remarks=counted.remarks,
        associations=associations(
            {place: groups for place, groups in compared.items() if (place[0], place[1:]) in printed}, filled
        ),
        advice=counted.advice,
    )


@dataclass(frozen=True)
class Counted:
    """What the kernel is given, and what is said of the sample as a whole."""

    frames: tuple[Frame, ...]
    facts: SampleFacts
    remarks: tuple[tuple[str, str], ...] = ()
    advice: tuple[str, ...] = ()

    @classmethod
    def of(cls, sample: Sample, plan: Plan) -> Counted:
        """Rows from DuckDB; from another engine only sums, as far as sums suffice.

        Args:
            sample: with the plan's variables derived.
            plan: without faults.
        """
        if Store.of(sample.tables[MAIN]).backend.name != EngineName.DUCKDB and suffice(plan, sample.design):
            return cls(*summed_frames(sample, plan))
        if large := streamed(sample, plan):
            return cls((large[0],), large[1])
        design = Designed.of(sample)
        return cls(frames_of(sample, plan, design), _facts(design), design.remarks, design.advice)


def slimmed(sample: Sample, plan: Plan) -> Sample:
    """The sample with only the columns that somebody names; all are still known by name, for the faults.

    A survey has hundreds of columns, and each costs its share in every expression that is built.
    """
    names = {RECORD, ROW, *sample.design.columns}
    names |= {name for variable in plan.variables for name in rule_questions(variable.rule)}
    names |= {name for measure in plan.measures for name in measure_questions(measure)}
    names |= {dimension.question for dimension in plan.dimensions}
    tables = {
        name: table.select(*(column for column in table.columns if column in names))
        for name, table in sample.tables.items()
    }
    columns = {name: own(sample, name) for name in sample.tables}
    approached = None if sample.approached is None else slimmed(sample.approached, plan)
    return replace(sample, tables=tables, columns=columns, approached=approached)


def _of_frame(frame: Frame, tables: Iterable[Table]) -> list[Table]:
    """The part of the tables that counts rows of this frame."""
    parts = [
        Table(tuple(name for name in table.measures if name in frame.measures), table.by) for table in tables
    ]
    return [part for part in parts if part.measures]


def _in_order(found: Iterable[Estimate], tables: Iterable[Table]) -> tuple[Estimate, ...]:
    """As the plan has it: its tables, measures within, cells within."""
    cells: dict[tuple[str, tuple[str, ...]], list[Estimate]] = {}
    for estimate in found:
        cells.setdefault((estimate.measure, _by(estimate.cell)), []).append(estimate)
    keys = [(measure, table.by) for table in tables for measure in table.measures]
    return tuple(estimate for key in keys for estimate in cells[key])


def _by(cell: CellKey) -> tuple[str, ...]:
    return tuple(dimension for dimension, _ in cell)


def _filled(plan: Plan, frames: Iterable[Frame]) -> tuple[Dimension, ...]:
    """The plan's dimensions with the groups met; those that different tables met are put together."""
    return tuple(
        merged(dimension, [frame.groups[dimension.id] for frame in frames if dimension.id in frame.groups])
        for dimension in plan.dimensions
    )


def merged(dimension: Dimension, versions: list[Dimension]) -> Dimension:
    """A dimension with the groups that any version of it met, in the order of the one that met most."""
    if len(versions) < 2 or dimension.groups:
        return versions[0] if versions else dimension
    groups = {group.code: group for version in versions for group in version.groups}
    longest = max(versions, key=lambda version: len(version.groups))
    first = [group.code for group in longest.groups]
    others = sorted(groups.keys() - set(first), key=natural)
    return replace(dimension, groups=tuple(groups[code] for code in (*first, *others)))


def _facts(design: Designed) -> SampleFacts:
    """Counts of the main records that answered: what the sample is before any question is looked at."""
    _, at = np.unique(design.clusters[design.answered, 0], return_index=True)
    per_stratum = np.unique(design.strata[design.answered][at], return_counts=True)[1]
    weights = design.weights[design.answered]
    return SampleFacts(
        records=len(weights),
        strata=len(per_stratum),
        clusters=len(at),
        lonely_strata=int((per_stratum == 1).sum()),
        population=float(weights.sum()),
        n_kish=float(weights.sum() ** 2 / (weights**2).sum()) if len(weights) else 0.0,
    )
