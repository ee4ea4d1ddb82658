"""Numbers that the people described do not want shown: single ones, whole measures, whole breakdowns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from everycount.faults import Fault, InputError, unknown
from everycount.protect.families import canonical, dimensions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from everycount.estimate.estimates import CellKey

    class Placed(Protocol):
        """A cell or an estimate: it knows its measure and its group."""

        @property
        def measure(self) -> str: ...  # noqa: D102 - as of a cell
        @property
        def cell(self) -> CellKey: ...  # noqa: D102 - as of a cell


_PLACE = "withheld"


def of_measure(cells: Iterable[Placed], measure: str) -> frozenset[tuple[str, CellKey]]:
    """Every number of a measure.

    Args:
        cells: of the release in question, or its estimates.
        measure: id.

    Raises:
        InputError: there is no such measure.
    """
    every = list(cells)
    found = frozenset((one.measure, one.cell) for one in every if one.measure == measure)
    if not found:
        raise InputError(unknown(_PLACE, "measure", measure, sorted({one.measure for one in every})))
    return found


def of_breakdown(
    cells: Iterable[Placed], by: Sequence[str], measure: str | None = None
) -> frozenset[tuple[str, CellKey]]:
    """Every number of a breakdown, of one measure or of all.

    Args:
        cells: of the release in question, or its estimates.
        by: the dimensions, in any order.
        measure: id; None withholds all of them.

    Raises:
        InputError: nothing is split so.
    """
    wanted = tuple(sorted(by))
    found = frozenset(
        (one.measure, one.cell)
        for one in cells
        if dimensions_of(canonical(one.cell)) == wanted and measure in (None, one.measure)
    )
    if not found:
        problem = f"Nothing is split by {' x '.join(by) or 'nothing'}{f' of {measure}' if measure else ''}."
        raise InputError(Fault(_PLACE, problem, "Name the dimensions of a breakdown that the plan has."))
    return found


def refuse_unknown(withheld: Collection[tuple[str, CellKey]], cells: Iterable[Placed]) -> None:
    """Ends the making of a release where what is to be withheld is no number of it.

    Raises:
        InputError: naming each measure and group that is not there.
    """
    if not withheld:
        return
    known: dict[str, set[CellKey]] = {}
    for one in cells:
        known.setdefault(one.measure, set()).add(canonical(one.cell))
    faults = []
    for measure, cell in withheld:
        if measure not in known:
            faults.append(unknown(_PLACE, "measure", measure, sorted(known)))
        elif canonical(cell) not in known[measure]:
            said = ", ".join(f"{name} = {code}" for name, code in cell) or "overall"
            names = [", ".join(f"{name} = {code}" for name, code in one) for one in sorted(known[measure])]
            faults.append(unknown(_PLACE, f'group of "{measure}"', said, names))
    if faults:
        raise InputError(*faults)
