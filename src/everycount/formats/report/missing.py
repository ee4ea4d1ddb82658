"""Groups of whom a release has no number: nobody answered, or too few to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.protect.cells import Status

if TYPE_CHECKING:
    from everycount.estimate.estimates import CellKey
    from everycount.formats.report.view import View

Group = tuple[str, str]  # dimension and code


def unheard(view: View, within: CellKey = ()) -> tuple[list[Group], list[Group]]:
    """Groups of whom nobody answered anything, and groups of whom nothing may be shown.

    Args:
        view: the release.
        within: of the people of this group alone; of everybody without it.
    """
    found: dict[Group, set[Status]] = {}
    for cell in view.release.cells.cells:
        rest = [part for part in cell.cell if part not in within]
        if len(rest) == 1 and len(cell.cell) == len(within) + 1:
            found.setdefault(rest[0], set()).add(cell.status)
    ordered = sorted(found, key=lambda group: _place(view, group))
    nobody = [group for group in ordered if found[group] == {Status.NO_ANSWERS}]
    hidden = [group for group in ordered if group not in nobody and Status.SHOWN not in found[group]]
    return nobody, hidden


def _place(view: View, group: Group) -> tuple[int, int]:
    dimension, code = group
    codes = [each for each, _ in view.dimensions[dimension].groups]
    return list(view.dimensions).index(dimension), codes.index(code)
