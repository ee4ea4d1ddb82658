"""The map: only where a dimension is an area with known boundaries, and never where it is sensitive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.plan import SHARES
from everycount.faults import InputError
from everycount.formats import maps
from everycount.formats.page import Html, tag
from everycount.formats.report.figures import scale_of, source
from everycount.formats.report.tables import body, group_heads, group_row, table
from everycount.formats.report.view import View, section
from everycount.protect.cells import Status
from everycount.release.geography import is_placeable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.catalogue import Boundaries
    from everycount.formats.svg import Scale
    from everycount.protect.cells import Cell
    from everycount.release.model import DimensionFacts, MeasureFacts


def on_the_map(view: View) -> Html | None:
    """One map of the main measure per dimension that is a place."""
    figures = [
        figure for dimension in view.release.dimensions if (figure := figure_of(view, dimension)) is not None
    ]
    return section(view, "map", *figures) if figures else None


def figure_of(view: View, dimension: DimensionFacts) -> Html | None:
    """The map of the main measure by a dimension; None where it is no place that may be drawn."""
    measure = view.main
    if measure is None:
        return None
    boundaries = None if measure.do_not_map else known_boundaries(dimension)
    cells = view.groups(measure, dimension)
    shown = [cell for cell in cells if cell.value is not None]
    if boundaries is None or not shown or not maps.drawable(boundaries, [_code(cell) for cell in cells]):
        return None
    scale = scale_of(view, measure, shown)
    title = view.words.plain(
        "map.picture", measure=view.measure_plain(measure), dimension=view.dimension_plain(dimension)
    )
    places = [_place(view, measure, cell, scale) for cell in cells]
    has_hidden = len(shown) < len(cells)
    heads = group_heads(view, intervals=any(cell.ci_low is not None for cell in cells))
    rows = (group_row(view, measure, cell, intervals=len(heads) > 3) for cell in cells)
    inner = tag("div", table(title, heads, [body(rows)]), class_="wide")
    return tag(
        "figure",
        tag("p", _sentence(view, measure, shown), class_="finding"),
        maps.choropleth(boundaries, places, title, ""),
        maps.legend(_classes(view, measure, places, scale), view.words.plain("map.none")),
        tag("figcaption", view.words.plain("hidden.hatch")) if has_hidden else None,
        tag("details", tag("summary", view.words.plain("map.table")), inner),
        source(view, f"map.{dimension.id}"),
        tag("p", boundaries.disclaimer, " ", boundaries.source, ".", class_="source", lang="en", dir="ltr"),
    )


def known_boundaries(dimension: DimensionFacts) -> Boundaries | None:
    """The outlines of a dimension's areas; None without an area list or outlines, and where it is sensitive.

    Naming a place on a map can endanger the people of a sensitive group, so such a dimension is never drawn.
    """
    if dimension.area is None or not is_placeable(dimension):
        return None
    try:
        return catalogue.boundaries(dimension.area)
    except InputError:  # an area list without outlines; its numbers stand in the tables
        return None


def _code(cell: Cell) -> str:
    return cell.cell[0][1]


def _place(view: View, measure: MeasureFacts, cell: Cell, scale: Scale) -> maps.Place:
    if cell.value is None:
        written = "" if cell.status is Status.NO_ANSWERS else view.words.plain("status.hatch")
        return maps.Place(_code(cell), None, written, cell.status)
    return maps.Place(_code(cell), scale.share(cell.value), view.written(measure, cell))


def _sentence(view: View, measure: MeasureFacts, shown: list[Cell]) -> Html:
    ordered = sorted(shown, key=lambda cell: cell.value or 0.0)
    low, high = ordered[0], ordered[-1]
    return view.words.say(
        "map.sentence",
        measure=view.measure(measure),
        low=view.written(measure, low),
        low_group=view.group(low),
        high=view.written(measure, high),
        high_group=view.group(high),
    )


def _classes(
    view: View, measure: MeasureFacts, places: Sequence[maps.Place], scale: Scale
) -> list[tuple[int, str]]:
    used = sorted({maps.tone(place.along) for place in places if place.along is not None})
    step = (scale.high - scale.low) / maps.CLASSES
    bounds = ((n, scale.low + step * (n - 1), scale.low + step * n) for n in used)
    if measure.kind in SHARES:
        return [(n, view.span(measure, low, high)) for n, low, high in bounds]
    return [
        (n, view.words.span(view.figure(measure, low), view.figure(measure, high))) for n, low, high in bounds
    ]
