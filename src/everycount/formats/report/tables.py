"""Tables of the report: a caption, headers with their scope, one row a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.page import Child, Html, join, tag
from everycount.formats.report.view import View, uncertain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from everycount.protect.cells import Cell
    from everycount.release.model import MeasureFacts


def table(caption: Child, heads: Sequence[str], bodies: Iterable[Html], *, numbers_from: int = 1) -> Html:
    """A table that scrolls inside itself where the screen is narrow; keyboards reach it.

    Args:
        caption: what it shows.
        heads: names of its columns; those from ``numbers_from`` on hold numbers and stand at the line's end.
        bodies: ``tbody`` elements.
        numbers_from: the first column of numbers.
    """
    cells = (
        tag("th", head, scope="col", class_="n" if i >= numbers_from else None)
        for i, head in enumerate(heads)
    )
    return tag("table", tag("caption", caption), tag("thead", tag("tr", *cells)), *bodies)


def body(rows: Iterable[Html], group: Child = None, columns: int = 1) -> Html:
    """Rows that belong together, under the name of what they share."""
    head = tag("tr", tag("th", group, scope="rowgroup", colspan=columns)) if group else None
    return tag("tbody", head, *rows)


def row(name: Child, *values: Child) -> Html:
    """One row: its name, then its numbers."""
    return tag("tr", tag("th", name, scope="row"), *(tag("td", value, class_="n") for value in values))


def group_heads(view: View, *, intervals: bool) -> list[str]:
    """Names of the columns of :func:`group_row`."""
    names = ["group", "value", *(["between"] if intervals else []), "asked"]
    return [view.words.plain(f"column.{name}") for name in names]


def group_row(view: View, measure: MeasureFacts, cell: Cell, *, intervals: bool) -> Html:
    """One group: value, interval, number of answers; a value to be handled with care says so."""
    asked = "" if cell.n is None else view.words.number(cell.n)
    between = [view.between(measure, cell)] if intervals else []
    return row(view.group(cell), value(view, measure, cell), *between, asked)


def value(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    """A value as it stands in a table."""
    written = view.written(measure, cell)
    if cell.value is None:
        return tag("small", view.linked(cell, written), class_="said")
    return join([view.linked(cell, written), tag("span", "*", class_="care") if uncertain(cell) else None])
