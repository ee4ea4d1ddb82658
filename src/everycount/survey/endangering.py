"""Refuses breakdowns that would tell in which small place a group lives that can be endangered by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import InputError
from everycount.protect import not_mapped

if TYPE_CHECKING:
    from everycount.estimate.plan import Dimension, Plan
    from everycount.survey.document import Document, Trail


def refuse_small_places(plan: Plan, document: Document) -> None:
    """Notes each breakdown of a group that no map shows by places that may be smaller than a district.

    The area lists of the catalogue are countries, regions and states, all larger than a district. How large
    the places of any other list are, nobody has said.
    """
    dimensions = {one.id: one for one in plan.dimensions}
    unplaced = {one.id for one in plan.measures if not_mapped(one, plan)}
    for by in dict.fromkeys(table.by for table in plan.tables):
        small = [name for name in by if _may_be_small(dimensions[name])]
        hushed = [name for name in by if dimensions[name].do_not_map]
        about = [name for one in plan.tables if one.by == by for name in one.measures if name in unplaced]
        for name in dict.fromkeys((*hushed, *about) if small else ()):
            document.complain(
                _trail(document, by),
                f'"{name}" by "{small[0]}" tells where people live who can be endangered by that.',
                "Take the breakdown out, or use larger places: the states or regions of an area list.",
            )


def _trail(document: Document, by: tuple[str, ...]) -> Trail:
    """Where the breakdown is written; a survey file without tables has each dimension by itself."""
    for place, table in enumerate(document.data.get("table", [])):
        if list(by) in table.get("by", []):
            return ("table", place, "by")
    return ()


def _may_be_small(dimension: Dimension) -> bool:
    if dimension.area is None:
        return False
    try:
        catalogue.areas(dimension.area)
    except InputError:  # a list of the survey's own: villages, hotspots
        return True
    return False
