"""States of several sources in, estimates out: the arithmetic of ``everycount moments`` and ``pool``."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from everycount.estimate.addends import ADDED
from everycount.estimate.additive import CellState, PooledSums, nobody, states_of, together
from everycount.estimate.demands import asked, plan_faults, used_measures
from everycount.estimate.engine import carried
from everycount.estimate.estimates import CellKey, Estimate
from everycount.estimate.finished import Finished
from everycount.estimate.frames import refuse
from everycount.estimate.moments import SUMMED
from everycount.estimate.plain import Plain
from everycount.estimate.run import Counted, slimmed
from everycount.estimate.stages import Stages, stages_of
from everycount.estimate.variables import derive
from everycount.faults import Fault
from everycount.sample.design import Basis, Lonely

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from everycount.estimate.engine import Engine
    from everycount.estimate.frame import Frame
    from everycount.estimate.plan import Dimension, Measure, Plan
    from everycount.sample.design import Design
    from everycount.sample.sample import Sample

Place: TypeAlias = tuple[str, CellKey]  # a measure, and a cell of it


def _not_addable(plan: Plan, design: Design) -> list[Fault]:
    """Why the numbers of a plan cannot be made of sums that travel."""
    faults = [
        Fault(
            f'measure "{measure.id}"',
            f"A {measure.kind} cannot be pooled: it is not made of sums over people.",
            "Leave it out of the tables, or pool the records themselves.",
        )
        for measure in used_measures(plan)
        if measure.kind not in ADDED
    ]
    for name in ("replicates", "calibration", "nonresponse"):
        if getattr(design, name) is not None:
            problem = f"Errors that rest on {name} cannot be pooled: they need every record."
            faults.append(
                Fault("survey.toml, [design]", problem, "Pool with strata, clusters and weights alone.")
            )
    return faults


def _telling(stages: Stages, measures: Iterable[Measure], lonely: Lonely) -> list[Fault]:
    """To hold a lonely cluster against the mean of all, its own sum would have to travel."""
    alone = sum(int(stage.lonely.sum()) for stage in stages.stages)
    if not alone or lonely is not Lonely.ADJUST or not any(one.kind in SUMMED for one in measures):
        return []
    return [
        Fault(
            "survey.toml, [design], lonely",
            f"In {alone} strata one cluster was drawn, and the error of a total would tell what it holds.",
            'Merge them with similar strata, or set lonely to "average" or "certainty" in every source.',
        )
    ]


@dataclass(frozen=True)
class Source:
    """What one source knows of every cell, before anything is held back; it stays where the records are.

    Attributes:
        states: by measure and cell; cells of groups that nobody belongs to are not there.
        strata: names of the strata.
        stages: how many the variance looks at.
    """

    states: Mapping[Place, CellState]
    strata: tuple[str, ...]
    stages: int


def source_of(sample: Sample, plan: Plan, engine: Engine | None = None) -> Source:
    """The states of everything that a plan asks for.

    Raises:
        InputError: as :func:`everycount.estimate.estimate`; or the plan asks for what cannot be pooled.
    """
    sample = derive(carried(slimmed(sample, plan), engine), plan.variables)
    refuse(plan_faults(sample, plan))
    refuse(_not_addable(plan, sample.design))
    counted = Counted.of(sample, plan)
    states: dict[Place, CellState] = {}
    strata: dict[str, None] = {}
    stages = 1
    for frame in counted.frames:
        found = stages_of(frame)
        stages = len(found.stages)
        refuse(_telling(found, (measure for measure, _ in frame.measures.values()), sample.design.lonely))
        states |= dict(states_in(frame, found, plan, sample.design.lonely))
        strata |= dict.fromkeys(frame.stratum_names)
    return Source(states, tuple(strata), stages)


def states_in(frame: Frame, stages: Stages, plan: Plan, lonely: Lonely) -> Iterator[tuple[Place, CellState]]:
    """The state of every cell of the measures that count rows of a frame."""
    tables = [(name, table.by) for table in asked(plan) for name in table.measures if name in frame.measures]
    plain = Plain(frame, stages, tuple(dict.fromkeys(by for _, by in tables)))
    for measure in dict.fromkeys(name for name, _ in tables):
        moments = plain.moments(measure)
        for by in (by for name, by in tables if name == measure):
            cells = _cells(by, frame.groups)
            for cell, state in zip(cells, states_of(moments[by], stages, lonely), strict=True):
                yield (measure, cell), state


def _cells(by: tuple[str, ...], groups: Mapping[str, Dimension]) -> list[CellKey]:
    """The cells of a breakdown, the last dimension running fastest."""
    return list(product(*([(name, group.code) for group in groups[name].groups] for name in by)))


@dataclass(frozen=True)
class Pooled:
    """Numbers of several sources together.

    Attributes:
        estimates: in the order of the plan's tables, measures within, cells within.
        held_back: places that at least one source did not let travel; what stands there is not whole.
    """

    estimates: tuple[Estimate, ...]
    held_back: frozenset[Place]


def pool(
    plan: Plan, lonely: Lonely, basis: Basis, sources: Sequence[Mapping[Place, CellState | None]]
) -> Pooled:
    """The numbers of all sources together, as if their records stood in one file.

    Args:
        plan: with the groups of its dimensions filled in.
        lonely: what a stratum with one cluster contributes, in every source.
        basis: what errors rest on.
        sources: what each let travel; None where it held a cell back. A cell that is not there is empty.
    """
    measures = {measure.id: measure for measure in plan.measures}
    groups = {dimension.id: dimension for dimension in plan.dimensions}
    work = _Work(plan, measures, groups, lonely, basis is Basis.DESIGN, sources)
    made = [
        estimate
        for table in asked(plan)
        for name in table.measures
        for estimate in work.cells(name, table.by)
    ]
    held = frozenset(place for one in sources for place, state in one.items() if state is None)
    return Pooled(tuple(made), held)


@dataclass(frozen=True)
class _Work:
    """The sources beside the plan that they share."""

    plan: Plan
    measures: Mapping[str, Measure]
    groups: Mapping[str, Dimension]
    lonely: Lonely
    designed: bool
    sources: Sequence[Mapping[Place, CellState | None]]

    def cells(self, name: str, by: tuple[str, ...]) -> list[Estimate]:
        """One measure in one breakdown."""
        measure, cells = self.measures[name], _cells(by, self.groups)
        states = tuple(self._state((name, cell), measure) for cell in cells)
        sizes = tuple(len(self.groups[dimension].groups) for dimension in by)
        sums = PooledSums(measure, by, sizes, states, self._centre(states))
        nothing = np.zeros(0, dtype=np.int64)
        none = Stages(0, 0, (), nothing, nothing)
        finished = Finished.of([sums], none, self.plan, self.lonely, designed=self.designed)
        return finished.estimates(by, self.groups)

    def _state(self, place: Place, measure: Measure) -> CellState:
        known = [state for source in self.sources if (state := source.get(place)) is not None and state.n]
        return together(known, summed=measure.kind in SUMMED) if known else nobody(self._stages)

    @property
    def _stages(self) -> int:
        states = (state for source in self.sources for state in source.values() if state is not None)
        return next((len(state.stages) for state in states), 1)

    @staticmethod
    def _centre(states: Iterable[CellState]) -> float:
        states = list(states)
        below = sum(one.x for one in states)
        return sum(one.y for one in states) / below if below else 0.0
