"""Figures of the report: a sentence, a picture, a table, a source line."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from everycount.estimate.estimates import Against
from everycount.estimate.plan import SHARES
from everycount.formats import charts
from everycount.formats.page import Html, join, tag
from everycount.formats.report.behind import clear, is_clear
from everycount.formats.report.tables import body, group_heads, group_row, table
from everycount.formats.report.view import View, section, uncertain
from everycount.formats.svg import Scale
from everycount.protect.cells import Status
from everycount.release.geography import tells_where
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.estimates import CellKey
    from everycount.protect.cells import Cell
    from everycount.release.model import DimensionFacts, MeasureFacts

_ROWS = 8  # lines of the equiplot; the characteristics with the widest gaps


def source(view: View, name: str = "") -> Html:
    """Where the numbers of a figure come from; on a site, the way to the page of the figure of that name."""
    survey = view.release.survey
    notice = [tag("strong", view.words.plain("invented.title"))] if survey.invented else []
    named = survey.source or survey.title.say(view.language)
    said = [tag("bdi", part) for part in (named, view.words.date(survey.period)) if part]
    more = []
    if name and view.addresses is not None:
        more = [tag("a", view.words.plain("figure.page"), href=view.addresses.figure(name))]
    return tag("p", join([*notice, *said, *more], " · "), class_="source")


def has_intervals(cells: Sequence[Cell]) -> bool:
    """At least one of the cells has an interval."""
    return any(cell.ci_low is not None for cell in cells)


# The distance between groups


def distance(view: View) -> Html | None:
    """The equiplot of the main measure; None where it was not split at all."""
    main = view.main
    if main is None or not view.one_way():
        return None
    rows = widest(view, main)
    if not rows:
        return section(view, "distance", tag("p", view.words.plain("distance.none")))
    lead = max(rows, key=lambda pair: _gap(pair[1]))
    return section(view, "distance", _equiplot(view, main, rows, lead))


def widest(view: View, measure: MeasureFacts) -> list[tuple[DimensionFacts, list[Cell]]]:
    """The characteristics with the widest gaps, each with its groups that are shown."""
    drawn = (one for one in view.one_way() if not tells_where(measure, [one]))
    both = [(one, _shown(view.groups(measure, one))) for one in drawn]
    rows = [(one, cells) for one, cells in both if len(cells) > 1]
    kept = sorted(rows, key=lambda pair: -_gap(pair[1]))[:_ROWS]
    return [pair for pair in rows if pair in kept]


def _shown(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.value is not None]


def _gap(cells: Sequence[Cell]) -> float:
    values = [cell.value or 0.0 for cell in cells]
    return max(values) - min(values)


def _ends(cells: Sequence[Cell]) -> tuple[Cell, Cell]:
    ordered = sorted(cells, key=lambda cell: cell.value or 0.0)
    return ordered[0], ordered[-1]


def _equiplot(
    view: View,
    measure: MeasureFacts,
    rows: Sequence[tuple[DimensionFacts, list[Cell]]],
    lead: tuple[DimensionFacts, list[Cell]],
) -> Html:
    cells = [cell for _, group in rows for cell in group]
    notes = ["lines" if has_intervals(cells) else "no_lines" if _no_basis(cells) else ""]
    notes.append("unlabelled" if any(len(group) > charts.NAMED for _, group in rows) else "")
    note = " ".join(view.words.plain(f"distance.{key}") for key in notes if key)
    return tag(
        "figure",
        tag("p", _farthest(view, measure, *lead), class_="finding"),
        _lines(view, measure, rows),
        tag("figcaption", note) if note else None,
        details(
            view,
            view.measure(measure),
            [(view.dimension(one), measure, view.groups(measure, one)) for one, _ in rows],
        ),
        source(view, "distance"),
    )


def _farthest(view: View, measure: MeasureFacts, dimension: DimensionFacts, cells: list[Cell]) -> Html:
    low, high = _ends(cells)
    return view.words.say(
        "distance.sentence",
        measure=view.measure(measure),
        dimension=view.dimension(dimension),
        low=view.written(measure, low),
        high=view.written(measure, high),
    )


def _lines(view: View, measure: MeasureFacts, rows: Sequence[tuple[DimensionFacts, list[Cell]]]) -> Html:
    scale = scale_of(view, measure, [cell for _, group in rows for cell in group])
    title = f"{view.measure_plain(measure)}. {view.words.plain('distance.picture')}"
    drawn = [_equiplot_row(view, measure, *pair) for pair in rows]
    return charts.equiplot(drawn, scale, title, "", ends(view, measure, scale))


def widest_gap(view: View) -> Html | None:
    """The characteristic by which the main measure differs most, as one line; None where nothing is split."""
    main = view.main
    rows = widest(view, main) if main else []
    if main is None or not rows:
        return None
    return _lines(view, main, [max(rows, key=lambda pair: _gap(pair[1]))])


def _no_basis(cells: Sequence[Cell]) -> bool:
    return all(cell.basis is Basis.NONE for cell in cells)


def _equiplot_row(
    view: View, measure: MeasureFacts, dimension: DimensionFacts, cells: list[Cell]
) -> charts.Row:
    marks = tuple(_mark(view, measure, cell, shape) for shape, cell in enumerate(cells))
    gap = _gap(cells)
    if measure.kind in SHARES:
        said = view.words.plain("distance.points", count=round(gap * 100))
    else:
        said = view.figure(measure, gap)
    key = "distance.gap_chance" if _can_be_chance(view, measure, cells) else "distance.gap"
    return charts.Row(view.dimension_plain(dimension), view.words.plain(key, points=said), marks)


def _can_be_chance(view: View, measure: MeasureFacts, cells: list[Cell]) -> bool:
    """The gap between the two ends has an interval, and that does not rule out chance."""
    low, high = _ends(cells)
    found = (view.contrast(one, Against.BEST) for one in (low, high))
    between = [one for one in found if one is not None and {one.cell, one.other} == {low.cell, high.cell}]
    return low.basis is not Basis.NONE and any(not clear(measure, one) for one in between)


def _mark(
    view: View,
    measure: MeasureFacts,
    cell: Cell,
    shape: int = 0,
    *,
    focus: bool = False,
    label: str | None = None,
) -> charts.Mark:
    shown = cell.value is not None
    empty = "status.no_answers" if cell.status is Status.NO_ANSWERS else "status.hatch"
    return charts.Mark(
        label=view.group_plain(cell) if label is None else label,
        written=view.written(measure, cell) if shown else view.words.plain(empty),
        between=view.between(measure, cell),
        value=cell.value,
        low=cell.ci_low,
        high=cell.ci_high,
        status=cell.status,
        uncertain=uncertain(cell),
        focus=focus,
        shape=shape,
    )


def scale_of(view: View, measure: MeasureFacts, cells: Sequence[Cell]) -> Scale:
    """From zero to a round number that no value and no interval of the cells exceeds."""
    found = [end for cell in cells for end in (cell.value, cell.ci_low, cell.ci_high) if end is not None]
    low, high = round_up(-min(found, default=0.0)), round_up(max(found, default=0.0))
    if measure.kind in SHARES:
        return Scale(0.0, min(max(high, 0.01), 1.0), view.rtl)
    return Scale(-low, high if high > -low else -low + 1.0, view.rtl)


def round_up(value: float) -> float:
    """The next of 1, 2, 5 and 10 times a power of ten; 0 for what is not positive."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if value <= step * power * (1 + 1e-9))


def ends(view: View, measure: MeasureFacts, scale: Scale) -> tuple[str, str]:
    """The ends of a scale as figures."""
    return view.figure(measure, scale.low), view.figure(measure, scale.high)


# Group by group


def by_group(view: View, dimension: DimensionFacts, measures: Sequence[MeasureFacts]) -> Html:
    """The figure of one dimension: bars of each measure side by side on one scale, and their table.

    What says where people live whom no map shows stands in the table alone.
    """
    words = view.words
    drawn = [one for one in measures if not tells_where(one, [dimension])]
    shares = [one for one in drawn if one.kind in SHARES]
    cells = {measure.id: view.groups(measure, dimension) for measure in measures}
    together = [cell for measure in shares for cell in cells[measure.id]]
    panels = []
    for measure in drawn:
        own = together if measure in shares else cells[measure.id]
        panels.append(_panel(view, dimension, measure, cells[measure.id], scale_of(view, measure, own)))
    everything = [cell for group in cells.values() for cell in group]
    notes = ["whiskers"] if has_intervals(everything) else []
    notes += ["faint"] if any(uncertain(cell) for cell in everything) else []
    note = [words.plain(f"groups.{key}") for key in notes]
    if _no_basis(everything):
        note.insert(0, words.plain("sure.no_interval"))
    return tag(
        "figure",
        tag("h3", words.say("groups.by", dimension=view.dimension(dimension))),
        tag("div", *panels, class_="panels") if panels else None,
        tag("figcaption", " ".join(note)) if note else None,
        details(
            view,
            words.say("groups.by", dimension=view.dimension(dimension)),
            [(view.measure(one), one, cells[one.id]) for one in measures],
        ),
        source(view, f"by.{dimension.id}"),
    )


def _panel(
    view: View, dimension: DimensionFacts, measure: MeasureFacts, cells: Sequence[Cell], scale: Scale
) -> Html:
    sorted_ = list(cells) if dimension.ordered else _by_value(view, measure, cells)
    worst = view.worst_first(measure, list(cells))
    focus = worst[0] if _stands_out(view, measure, worst) else None
    marks = [_mark(view, measure, cell, focus=cell is focus) for cell in sorted_]
    if not worst:
        marks = [replace(one, label="") for one in marks[:1]]  # one hatch says it; the table names the groups
    title = view.words.plain(
        "groups.picture", measure=view.measure_plain(measure), dimension=view.dimension_plain(dimension)
    )
    said = _sentence(view, measure, cells)
    return tag(
        "div",
        tag("h4", view.measure(measure)),
        tag("p", said, class_="quiet") if said else None,
        charts.bars(marks, scale, title, "", ends(view, measure, scale) if worst else ("", "")),
    )


def _stands_out(view: View, measure: MeasureFacts, worst_first: list[Cell]) -> bool:
    """The first is worse off than the best, and chance alone is not likely to have made it so."""
    if measure.better is None or len(worst_first) < 2 or not _gap(worst_first):
        return False
    first = worst_first[0]
    return first.basis is Basis.NONE or is_clear(view, measure, first, Against.BEST)


def one_bar(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    """One number as a bar from zero, with its interval; hatched or empty where it is not shown."""
    scale = scale_of(view, measure, [cell])
    mark = _mark(view, measure, cell, label="")
    shown = cell.value is not None
    title = view.finding_plain(measure, cell) if shown else view.written(measure, cell)
    return charts.bars([mark], scale, title, "", ends(view, measure, scale) if shown else ("", ""))


def among(view: View, measure: MeasureFacts, cells: Sequence[Cell], key: CellKey) -> Html:
    """Bars of the groups of one dimension, the one of ``key`` in ink."""
    scale = scale_of(view, measure, cells)
    ordered = _by_value(view, measure, cells)
    marks = [_mark(view, measure, cell, focus=cell.cell == key) for cell in ordered]
    return charts.bars(marks, scale, view.measure_plain(measure), "", ends(view, measure, scale))


def _by_value(view: View, measure: MeasureFacts, cells: Sequence[Cell]) -> list[Cell]:
    return [*view.worst_first(measure, list(cells)), *(cell for cell in cells if cell.value is None)]


def _sentence(view: View, measure: MeasureFacts, cells: Sequence[Cell]) -> Html:
    shown = _shown(cells)
    if not shown:
        return view.words.say("groups.nothing")
    low, high = _ends(shown)
    if len(shown) == 1:
        return view.words.say("groups.one_group", group=view.group(low), value=view.written(measure, low))
    return view.words.say(
        "groups.sentence",
        low=view.written(measure, low),
        low_group=view.group(low),
        high=view.written(measure, high),
        high_group=view.group(high),
    )


def details(view: View, caption: Html, bodies: Sequence[tuple[Html, MeasureFacts, Sequence[Cell]]]) -> Html:
    """The table of a figure, folded; a body is the name its rows share, their measure, and they."""
    intervals = any(has_intervals(cells) for _, _, cells in bodies)
    heads = group_heads(view, intervals=intervals)
    made = (
        body((group_row(view, measure, cell, intervals=intervals) for cell in cells), name, len(heads))
        for name, measure, cells in bodies
    )
    inner = tag("div", table(caption, heads, made), class_="wide")
    return tag("details", tag("summary", view.words.plain("groups.table")), inner)
