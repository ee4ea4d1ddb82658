"""Which numbers may be drawn on a map or carry the code of a place; every format and map asks here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from everycount.protect.cells import Cell
    from everycount.release.model import DimensionFacts, MeasureFacts, Release

PLACE = "REF_AREA"  # the SDG dimension that codes of places belong to


def is_placeable(dimension: DimensionFacts) -> bool:
    """Whether numbers of a dimension's groups may be drawn where these groups live."""
    return not dimension.sensitive and not dimension.do_not_map


def is_place(dimension: DimensionFacts) -> bool:
    """Whether its groups are places."""
    return dimension.area is not None or dimension.sdmx == PLACE


def tells_where(measure: MeasureFacts, by: Collection[DimensionFacts]) -> bool:
    """Whether numbers of a measure by these dimensions say where people live whom no map shows.

    They are drawn nowhere, and stand in no file from which others draw maps.
    """
    hushed = measure.do_not_map or any(one.do_not_map for one in by)
    return hushed and any(map(is_place, by))


def placed_cells(release: Release) -> Iterator[Cell]:
    """The cells as files may have them from which others draw maps (SDMX, Open SDG).

    A cell that crosses a place with a group that no map shows is left out, and so is one by place of a
    measure that says who belongs to such a group. Without its place such a cell would be another cell, so
    leaving out the code alone would not do. The table for people has it, where the policy lets it through.
    """
    places = {one.id for one in release.dimensions if is_place(one)}
    hushed = {one.id for one in release.dimensions if one.do_not_map}
    unplaced = {one.id for one in release.measures if one.do_not_map}
    for cell in release.cells.cells:
        by = {name for name, _ in cell.cell}
        if by.isdisjoint(places) or (by.isdisjoint(hushed) and cell.measure not in unplaced):
            yield cell
