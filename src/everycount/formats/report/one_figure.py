"""One figure of the report by itself: for a page of its own, a file, or a page of somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.formats.report import figures, places
from everycount.formats.report.view import section

if TYPE_CHECKING:
    from everycount.formats.page import Html
    from everycount.formats.report.view import View
    from everycount.protect.cells import Cell
    from everycount.release.model import DimensionFacts

DISTANCE, BY, MAP = "distance", "by.", "map."


@dataclass(frozen=True, slots=True)
class OneFigure:
    """A figure with its name.

    Attributes:
        name: the same in every language and every release of the survey: ``distance``, ``by.<dimension>``
            or ``map.<dimension>``.
        title: what it shows, in words.
        drawn: sentence, picture, table and source line.
        cells: every number of it, shown or not.
    """

    name: str
    title: str
    drawn: Html
    cells: tuple[Cell, ...]


def one_figure(view: View, name: str) -> OneFigure | None:
    """The figure of that name; None where the release has none."""
    if name == DISTANCE:
        return _distance(view)
    if name.startswith(BY):
        dimension = view.dimensions.get(name.removeprefix(BY))
        return _by(view, name, dimension) if dimension in view.one_way() else None
    dimension = view.dimensions.get(name.removeprefix(MAP)) if name.startswith(MAP) else None
    return _map(view, name, dimension) if dimension is not None else None


def names(view: View) -> list[str]:
    """The names of all figures of a release."""
    asked = [DISTANCE, *(f"{BY}{one.id}" for one in view.one_way())]
    asked += [f"{MAP}{one.id}" for one in view.release.dimensions]
    return [name for name in asked if one_figure(view, name) is not None]


def _distance(view: View) -> OneFigure | None:
    drawn, main = figures.distance(view), view.main
    rows = figures.widest(view, main) if main is not None else []
    if drawn is None or main is None or not rows:
        return None
    title = f"{view.measure_plain(main)}. {view.words.plain('page.distance')}"
    cells = tuple(cell for one, _ in rows for cell in view.groups(main, one))
    return OneFigure(DISTANCE, title, drawn, cells)


def _by(view: View, name: str, dimension: DimensionFacts | None) -> OneFigure | None:
    if dimension is None:
        return None
    measures = view.measures_by(dimension)
    title = view.words.plain("groups.by", dimension=view.dimension_plain(dimension))
    cells = tuple(cell for measure in measures for cell in view.groups(measure, dimension))
    drawn = section(view, "groups", figures.by_group(view, dimension, measures))
    return OneFigure(name, title, drawn, cells)


def _map(view: View, name: str, dimension: DimensionFacts) -> OneFigure | None:
    drawn, main = places.figure_of(view, dimension), view.main
    if drawn is None or main is None:
        return None
    title = view.words.plain(
        "map.picture", measure=view.measure_plain(main), dimension=view.dimension_plain(dimension)
    )
    return OneFigure(name, title, drawn, tuple(view.groups(main, dimension)))
