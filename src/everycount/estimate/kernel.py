"""From rows of one table to estimates and comparisons: the door of the arithmetic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from everycount.estimate import fast
from everycount.estimate.contrasts import contrasts_of
from everycount.estimate.finished import Finished
from everycount.estimate.plain import Plain
from everycount.estimate.stages import stages_of
from everycount.estimate.variance import check_lonely
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from everycount.estimate.association import Groups
    from everycount.estimate.estimates import Contrast, Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.moments import CellSums
    from everycount.estimate.plan import Plan, Table
    from everycount.estimate.stages import Stages
    from everycount.sample.design import Lonely


def estimate_frame(
    frame: Frame,
    plan: Plan,
    *,
    lonely: Lonely,
    basis: Basis,
    tables: Sequence[Table],
    compared: dict[tuple[str, str], Groups] | None = None,
) -> tuple[list[Estimate], list[Contrast]]:
    """Every cell of every table, and the comparisons of the breakdowns by one dimension.

    Args:
        frame: the rows of one table with everything that estimation needs.
        plan: gives the level and the interval rule.
        lonely: what a stratum with one cluster contributes to the variance.
        basis: without a design basis there are values, but no errors, intervals or degrees of freedom.
        tables: what to estimate; their measures and dimensions are those of the frame. A measure in the same
            breakdown twice is estimated once.
        compared: takes what tests of all groups of a dimension need, by measure and dimension.

    Returns:
        Estimates in the order of tables, measures within, cells within (each combination of groups, the last
        dimension running fastest, ``n`` = 0 where nobody answered); contrasts in the order of measures, then
        breakdowns.

    Raises:
        InputError: populations that do not fit the sample, or a lonely cluster that the design forbids.
    """
    work = _Work.of(frame, plan, lonely, basis, tables)
    found: dict[tuple[str, tuple[str, ...]], list[Estimate]] = {}
    contrasts: list[Contrast] = []
    for finished in work.finished(tables, judged=True):
        for moments in finished.sums.members:
            cells = finished.estimates(moments.by, frame.groups)
            found[finished.measure.id, moments.by] = cells
            contrasts += work.contrasts(moments, cells, compared)
    keys = dict.fromkeys((measure, table.by) for table in tables for measure in table.measures)
    return [estimate for key in keys for estimate in found[key]], contrasts


def finish_frame(
    frame: Frame, plan: Plan, *, lonely: Lonely, basis: Basis, tables: Sequence[Table]
) -> Iterator[Finished]:
    """The same numbers as arrays, measure by measure, without comparisons: for tables of millions of cells.

    Arguments and errors are those of :func:`estimate_frame`.
    """
    return _Work.of(frame, plan, lonely, basis, tables).finished(tables, judged=False)


def _by_measure(tables: Sequence[Table]) -> dict[str, list[tuple[str, ...]]]:
    """The breakdowns of each measure, in order of first appearance."""
    wanted: dict[str, dict[tuple[str, ...], None]] = {}
    for table in tables:
        for measure in table.measures:
            wanted.setdefault(measure, {})[table.by] = None
    return {measure: list(breakdowns) for measure, breakdowns in wanted.items()}


def _compiled(
    frame: Frame, stages: Stages, lonely: Lonely, breakdowns: Sequence[tuple[str, ...]]
) -> Mapping[str, Mapping[tuple[str, ...], CellSums]]:
    """The sums that the compiled kernel makes; nothing where it is not there, or not worth loading."""
    if frame.summed or not fast.pays(stages.rows, len(breakdowns)):
        return {}
    covered = [name for name, (measure, _) in frame.measures.items() if fast.covers(measure, stages)]
    found = fast.sums_of(frame, stages, covered, breakdowns, lonely=lonely) if covered else None
    return found or {}


@dataclass(frozen=True, slots=True)
class _Work:
    """What all measures share: the design as stages, and the sums of the rows, compiled where that pays."""

    frame: Frame
    plan: Plan
    lonely: Lonely
    designed: bool
    stages: Stages
    plain: Plain
    fast: Mapping[str, Mapping[tuple[str, ...], CellSums]]

    @classmethod
    def of(cls, frame: Frame, plan: Plan, lonely: Lonely, basis: Basis, tables: Sequence[Table]) -> _Work:
        designed = basis is Basis.DESIGN
        stages = stages_of(frame)
        if designed:
            check_lonely(frame, stages, lonely)
        breakdowns = tuple(dict.fromkeys(table.by for table in tables))
        fast = _compiled(frame, stages, lonely, breakdowns)
        return cls(frame, plan, lonely, designed, stages, Plain(frame, stages, breakdowns), fast)

    def finished(self, tables: Sequence[Table], *, judged: bool) -> Iterator[Finished]:
        """Each measure in all cells of its breakdowns."""
        wanted, work = _by_measure(tables), partial(self._finished, judged=judged)
        if not self.fast:  # the plain kernel's sums are large, and are made a measure at a time
            yield from map(work, wanted, wanted.values())
            return
        with ThreadPoolExecutor(fast.processors()) as pool:
            yield from pool.map(work, wanted, wanted.values())

    def _finished(self, measure: str, breakdowns: Sequence[tuple[str, ...]], *, judged: bool) -> Finished:
        """One measure, down to its intervals."""
        moments: Mapping[tuple[str, ...], CellSums]
        moments = self.fast[measure] if measure in self.fast else self.plain.moments(measure)
        members = [moments[by] for by in breakdowns]
        made = Finished.of(members, self.stages, self.plan, self.lonely, designed=self.designed)
        _ = made.bounds, judged and made.judgements  # made here, where threads share the work
        return made

    def contrasts(
        self,
        moments: CellSums,
        cells: list[Estimate],
        compared: dict[tuple[str, str], Groups] | None = None,
    ) -> list[Contrast]:
        """The comparisons of a breakdown, where its groups are compared."""
        if len(moments.by) != 1 or moments.summed:
            return []
        return contrasts_of(
            moments,
            self.stages,
            cells,
            lonely=self.lonely,
            level=self.plan.level,
            designed=self.designed,
            reference=self.frame.groups[moments.by[0]].reference,
            compared=compared,
        )
