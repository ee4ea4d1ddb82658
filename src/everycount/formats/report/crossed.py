"""Breakdowns by two to four characteristics, as tables, as many as a light page carries."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from everycount.formats.page import NOTHING, Html, join, spoken, tag
from everycount.formats.report.room import elsewhere, size
from everycount.formats.report.tables import body, row, table, value
from everycount.formats.report.view import View, section, uncertain
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release.model import DimensionFacts, MeasureFacts

_BYTES = 45  # of a cell with its interval, about


def crossed(view: View, room: int) -> Html | None:
    """The section; None where everything was split by one characteristic at most.

    Args:
        view: the release.
        room: how many bytes the section may take; the tables that do not fit are named instead.
    """
    breakdowns = [by for by in view.release.breakdowns if len(by) > 1]
    if not breakdowns:
        return None
    printed: list[Html] = []
    left_out: list[Html] = []
    empty = 0
    care = False
    for by in breakdowns:
        if _least(view, by) > room:
            left_out.append(_title(view, by))
            continue
        made = [_table(view, measure, by) for measure in view.release.measures if view.cells(measure, by)]
        tables = [one for one in made if one is not None]
        empty += len(made) - len(tables)
        title = _title(view, by)
        block = _block(title, tables, is_open=not printed)
        if tables and size(block) <= room:
            printed.append(block)
            room -= size(block)
            care = care or any(
                uncertain(cell) for one in view.release.measures for cell in view.cells(one, by)
            )
        elif tables:
            left_out.append(title)
    words = view.words
    return section(
        view,
        "crossed",
        tag("p", words.plain("crossed.lead")),
        *printed,
        tag("p", words.plain("table.care"), class_="quiet") if care else None,
        tag("p", words.plain("crossed.nothing", count=empty), class_="quiet") if empty else None,
        elsewhere(view, left_out),
    )


def _least(view: View, by: tuple[str, ...]) -> int:
    """Bytes that the tables of a breakdown take at the very least; spares building what cannot fit."""
    return _BYTES * sum(len(view.cells(one, by)) for one in view.release.measures)


def _title(view: View, by: tuple[str, ...]) -> Html:
    return join([view.dimension(view.dimensions[one]) for one in by], " × ")


def _block(title: Html, tables: list[Html], *, is_open: bool) -> Html:
    if not tables:
        return NOTHING
    wide = (tag("div", one, class_="wide") for one in tables)
    return tag("details", tag("summary", title), *wide, open=is_open)


def _table(view: View, measure: MeasureFacts, by: tuple[str, ...]) -> Html | None:
    cells = {frozenset(cell.cell): cell for cell in view.cells(measure, by)}
    if not any(cell.value is not None for cell in cells.values()):
        return None
    across = _across(view, by)
    down = [view.dimensions[one] for one in by if one != across.id]
    columns = [(across.id, code) for code, _ in across.groups]
    heads = [_plain_title(view, down), *(_group(view, across, code) for _, code in columns)]
    rows = (
        row(name, *(_written(view, measure, cells.get(frozenset((*key, column)))) for column in columns))
        for name, key in _rows(view, down)
        if any(frozenset((*key, column)) in cells for column in columns)
    )
    caption = view.words.say(
        "crossed.caption",
        measure=view.measure(measure),
        dimensions=view.words.listed(view.dimension(view.dimensions[one]) for one in by),
    )
    return table(caption, heads, [body(rows)])


def _across(view: View, by: tuple[str, ...]) -> DimensionFacts:
    """The characteristic with the fewest groups makes the columns, so that the table stays narrow."""
    return min((view.dimensions[one] for one in reversed(by)), key=lambda one: len(one.groups))


def _plain_title(view: View, down: list[DimensionFacts]) -> str:
    return " · ".join(one.labels.say(view.language, one.id) for one in down)


def _group(view: View, dimension: DimensionFacts, code: str) -> str:
    return dict(dimension.groups)[code].say(view.language, code)


def _rows(view: View, down: list[DimensionFacts]) -> Iterator[tuple[Html, CellKey]]:
    for codes in product(*(one.groups for one in down)):
        names = [spoken(labels, view.language, code) for code, labels in codes]
        yield join(names, " · "), tuple((one.id, code) for one, (code, _) in zip(down, codes, strict=True))


def _written(view: View, measure: MeasureFacts, cell: Cell | None) -> Html | None:
    if cell is None:
        return None
    if cell.value is None:
        sign = "no_answers" if cell.status is Status.NO_ANSWERS else "hatch"
        return tag("small", view.linked(cell, view.words.plain(f"status.{sign}")), class_="said")
    between = view.between(measure, cell)
    return join([value(view, measure, cell), tag("small", between) if between else None], " ")
