"""What an earlier release told and a later one does not ask: counted with it, and never printed.

Whoever holds both releases puts their numbers together, also those that only the first one has. So a second
release is estimated with the tables of the first; what is only theirs is handed to protection like what
groups of several dimensions have in common.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.estimate.demands import asked
from everycount.estimate.plan import Table
from everycount.faults import Fault
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey, Estimates
    from everycount.estimate.plan import Plan
    from everycount.protect.cells import Cells

_Place = tuple[str, frozenset[str]]  # a measure and the dimensions that it is split by


def with_earlier(plan: Plan, *given: Cells) -> Plan:
    """The plan with the tables of earlier releases beside its own, as far as it knows what they are of.

    Args:
        plan: what is to be released.
        given: earlier releases of the same people.
    """
    own = _places(plan)
    dimensions = {one.id for one in plan.dimensions}
    measures = {one.id for one in plan.measures}
    more: dict[tuple[str, ...], dict[str, None]] = {}
    for cell in (cell for one in given for cell in one.cells):
        place = _place(cell.measure, cell.cell)
        if cell.measure in measures and place[1] <= dimensions and place not in own:
            by = tuple(one.id for one in plan.dimensions if one.id in place[1])
            more.setdefault(by, {})[cell.measure] = None
    tables = [Table(tuple(names), by) for by, names in more.items()]
    return replace(plan, tables=(*asked(plan), *tables)) if tables else plan


def set_aside(estimates: Estimates, plan: Plan) -> Estimates:
    """Estimates of a plan with more tables as those of the plan: the others are for protection alone."""
    own = _places(plan)
    inside = tuple(one for one in estimates.estimates if _place(one.measure, one.cell) in own)
    if len(inside) == len(estimates.estimates):
        return estimates
    beside = tuple(one for one in estimates.estimates if _place(one.measure, one.cell) not in own)
    crossings = replace(estimates.crossings, estimates=(*estimates.crossings.estimates, *beside))
    return replace(
        estimates,
        plan=replace(estimates.plan, tables=plan.tables),
        estimates=inside,
        crossings=crossings,
        contrasts=tuple(one for one in estimates.contrasts if _place(one.measure, one.cell) in own),
        associations=tuple(
            one for one in estimates.associations if (one.measure, frozenset({one.dimension})) in own
        ),
    )


def uncounted(estimates: Estimates, given: Cells) -> list[Fault]:
    """Numbers that an earlier release shows and that nobody has counted beside a later one."""
    plan = estimates.plan
    known = {_place(one.measure, one.cell) for one in (*estimates.estimates, *estimates.crossings.estimates)}
    dimensions = {one.id for one in plan.dimensions}
    measures = {one.id for one in plan.measures}
    found = {
        (cell.measure, tuple(name for name, _ in cell.cell))
        for cell in given.cells
        if cell.status is Status.SHOWN
        and cell.measure in measures
        and dimensions.issuperset(name for name, _ in cell.cell)
        and _place(cell.measure, cell.cell) not in known
    }
    return [
        Fault(
            "protection",
            f'The earlier release shows "{measure}" by {" x ".join(by) or "nothing (overall)"}, '
            "which was not counted this time; what both tell together cannot be looked at.",
            "Estimate the plan of everycount.protect.with_earlier, or put this table into the plan again.",
        )
        for measure, by in sorted(found)
    ]


def _places(plan: Plan) -> set[_Place]:
    return {(name, frozenset(table.by)) for table in asked(plan) for name in table.measures}


def _place(measure: str, cell: CellKey) -> _Place:
    return measure, frozenset(name for name, _ in cell)
