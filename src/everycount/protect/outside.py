"""Those who stand in no group of a dimension: never printed, and yet the difference of what is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.estimate.estimates import CellKey, Estimate
    from everycount.estimate.plan import Plan
    from everycount.protect.families import Family

OUTSIDE = "\x01"  # the code of such a cell; no code of a survey contains it


def add_outsiders(family: Family, plan: Plan) -> None:
    """Gives a family cells for the answers that a dimension drops, and for no answer to a sensitive one.

    The overall value less all groups is theirs. Somebody who gave an answer that was left out is known by it
    as the members of a group are. Having merely not answered is no mark that others know people by, except
    where the question itself can endanger people.
    """
    named = [one.id for one in plan.dimensions if one.dropped or one.sensitive]
    tables = family.by_breakdown() if named else {}
    for dimension in named:
        for by in sorted(family.breakdowns):
            if dimension in by and tuple(one for one in by if one != dimension) in family.breakdowns:
                _add(family, dimension, tables.get(by, ()))


def is_outside(cell: CellKey) -> bool:
    """The cell is one of those, and no row of the release."""
    return any(code == OUTSIDE for _, code in cell)


def _add(family: Family, dimension: str, cells: Iterable[CellKey]) -> None:
    inside: dict[tuple[CellKey, str], list[Estimate]] = {}
    for cell in cells:
        above = tuple(pair for pair in cell if pair[0] != dimension)
        for name, estimate in family.cells[cell].items():
            inside.setdefault((above, name), []).append(estimate)
    for (above, name), parts in sorted(inside.items(), key=lambda item: item[0]):
        whole = family.cells.get(above, {}).get(name)
        n = 0 if whole is None else whole.n - sum(part.n for part in parts)
        if whole is not None and n > 0:
            cell = tuple(sorted((*above, (dimension, OUTSIDE))))
            family.add(family.measures[name], cell, _rest(whole, parts, cell, n))


def _rest(whole: Estimate, parts: list[Estimate], cell: CellKey, n: int) -> Estimate:
    events = None if whole.events is None else whole.events - sum(part.events or 0 for part in parts)
    missing = max(0, whole.n_missing - sum(part.n_missing for part in parts))
    return replace(whole, cell=cell, n=n, events=events, n_missing=missing, n_excluded=0, largest_share=None)
