"""Who is furthest behind: sorted, only shown numbers, and only where somebody said what is better.

That a group looks worst is a claim. It is called clear only where the interval of the difference does not
reach zero, and where that holds with all comparisons of the release thought of; the section says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate.estimates import Against
from everycount.estimate.plan import SHARES, Better
from everycount.formats.page import NOTHING, Child, Html, join, tag
from everycount.formats.report.room import BEHIND, elsewhere, fit
from everycount.formats.report.tables import body, row, table, value
from everycount.formats.report.view import View, section
from everycount.formats.words import outward
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.protect.cells import Cell, SafeContrast
    from everycount.release.model import MeasureFacts

_ADJUSTED = frozenset({"bh", "by", "holm"})
_ROWS_MAIN, _ROWS = 8, 4  # rows of the main measure's table, and of the others'


def behind(view: View) -> Html | None:
    """The section; None where there is nothing that could be compared."""
    if not view.one_way():
        return None
    directed = [measure for measure in view.release.measures if measure.better is not None]
    undirected = len(view.release.measures) - len(directed)
    found = ((view.measure(one), part) for one in directed if (part := _measure(view, one)) is not None)
    parts, left_out = fit(found, round(view.limit * BEHIND))
    if directed and not parts:
        parts = [tag("p", view.words.plain("behind.only_one"))]
    if undirected:
        parts.append(tag("p", view.words.plain("behind.no_direction", count=undirected), class_="quiet"))
    if left_out:
        parts.append(elsewhere(view, left_out) or NOTHING)
    return section(view, "behind", *parts, tag("p", view.words.plain(_many(view)), class_="quiet"))


def _many(view: View) -> str:
    """What to say of the worst of many: nothing was tested, or it was with all others thought of."""
    return "behind.many_adjusted" if view.release.design.multiplicity in _ADJUSTED else "behind.many"


def _measure(view: View, measure: MeasureFacts) -> Html | None:
    groups = [cell for one in view.release.dimensions for cell in view.groups(measure, one)]
    ranked = _behind_all(view, measure, view.worst_first(measure, groups))
    if len(ranked) < 1 or sum(cell.value is not None for cell in groups) < 2:
        return None
    rows = _ROWS_MAIN if measure is view.main else _ROWS
    return tag(
        "div",
        *_lead(view, measure, ranked),
        tag("div", _table(view, measure, ranked[:rows]), class_="wide") if len(ranked) > 1 else None,
        _rest_of(view, len(ranked) - rows),
        *_together(view, measure),
    )


def _together(view: View, measure: MeasureFacts) -> Iterator[Html]:
    """By what the groups differ at all, and by what they could all be alike."""
    for key, differ in (("differ", True), ("alike", False)):
        names = view.together(measure, differ=differ)
        if names:
            said = view.words.say(f"behind.{key}", dimensions=join(names, ", "))
            yield tag("p", said, class_="quiet")


def _behind_all(view: View, measure: MeasureFacts, ranked: list[Cell]) -> list[Cell]:
    """Those worse off than everybody together; all where the overall value is not shown."""
    overall = view.overall(measure)
    if overall is None or overall.value is None:
        return ranked
    worse = [cell for cell in ranked if view.worst_first(measure, [overall, cell])[0] is cell]
    return [cell for cell in worse if cell.value != overall.value]


def _lead(view: View, measure: MeasureFacts, ranked: list[Cell]) -> list[Html | None]:
    """The finding, then its size: the worst of the groups that are clearly behind, where there is one."""
    if not _is_random(ranked):
        return [_heading(view, measure, "lead_asked", ranked[0]), _difference(view, measure, ranked[0])]
    for cell in ranked:
        if is_clear(view, measure, cell, Against.BEST) and is_clear(view, measure, cell, Against.REST):
            return [_heading(view, measure, "lead", cell), _difference(view, measure, cell)]
    heading = tag("h3", view.words.say("behind.lead_none", measure=view.measure(measure)), class_="finding")
    return [heading, _difference(view, measure, ranked[0], _named(view, measure, "worst", ranked[0]))]


def _heading(view: View, measure: MeasureFacts, key: str, cell: Cell) -> Html:
    return tag("h3", _named(view, measure, key, cell), class_="finding")


def _named(view: View, measure: MeasureFacts, key: str, cell: Cell) -> Html:
    return view.words.say(
        f"behind.{key}",
        measure=view.measure(measure),
        group=view.group(cell),
        dimension=view.dimension(view.dimensions[cell.cell[0][0]]),
        value=view.said(measure, cell),
        units=view.words.units(measure.unit),
    )


def _difference(view: View, measure: MeasureFacts, cell: Cell, before: Html | None = None) -> Html | None:
    contrast = view.contrast(cell, Against.BEST)
    best = view.cell(measure, contrast.other) if contrast else None
    if contrast is None or best is None or best.value is None or not _is_worse(measure, contrast):
        return tag("p", before) if before else None
    said: list[Child] = [before] if before else []
    said.append(view.words.say("behind.best", group=view.group(best), value=view.said(measure, best)))
    if measure.kind not in SHARES or _points(contrast.difference):
        said += [_size(view, measure, contrast), _certainty(view, measure, cell, contrast)]
    return tag("p", join(said, " "))


def _size(view: View, measure: MeasureFacts, contrast: SafeContrast) -> str:
    if measure.kind in SHARES:
        return view.words.plain("behind.difference_share", points=_points(contrast.difference))
    return view.words.plain(
        "behind.difference_number", difference=_amount(view, measure, contrast.difference)
    )


def _certainty(view: View, measure: MeasureFacts, cell: Cell, contrast: SafeContrast) -> str:
    if cell.basis is Basis.NONE:
        return view.words.plain("behind.only_asked", units=view.words.units(measure.unit))
    if contrast.difference_low is None or contrast.difference_high is None:
        return view.words.plain("behind.unknown")
    if not clear(measure, contrast):
        return view.words.plain("behind.chance")
    low, high = _sizes(contrast.difference_low, contrast.difference_high)
    if measure.kind in SHARES:
        down, up = outward(low, high, 100)
        return view.words.plain("behind.between_share", low=down, high=up)
    low_said, high_said = _amount(view, measure, low), _amount(view, measure, high)
    return view.words.plain("behind.between_number", low=low_said, high=high_said)


def is_clear(view: View, measure: MeasureFacts, cell: Cell, against: Against) -> bool:
    """The group is worse off than what it is compared with, and the difference is clear."""
    contrast = view.contrast(cell, against)
    return contrast is not None and _is_worse(measure, contrast) and clear(measure, contrast)


def _is_worse(measure: MeasureFacts, contrast: SafeContrast) -> bool:
    return contrast.difference < 0 if measure.better is Better.HIGHER else contrast.difference > 0


def clear(measure: MeasureFacts, contrast: SafeContrast) -> bool:
    """The interval of the difference keeps away from zero, for shares by at least one in a hundred.

    And so it does with all other comparisons of the release thought of.

    The hundredth is what the words can show: "very likely between 0 and 31 in 100" is not a clear difference.
    """
    if contrast.difference_low is None or contrast.difference_high is None or contrast.differs is False:
        return False
    if contrast.difference_low <= 0 <= contrast.difference_high:
        return False
    small, large = _sizes(contrast.difference_low, contrast.difference_high)
    return measure.kind not in SHARES or outward(small, large, 100)[0] >= 1


def _sizes(low: float, high: float) -> tuple[float, float]:
    """An interval of a difference that does not reach zero, as sizes."""
    small, large = sorted((abs(low), abs(high)))
    return small, large


def _points(difference: float) -> int:
    return round(abs(difference) * 100)


def _amount(view: View, measure: MeasureFacts, difference: float) -> str:
    return f"{view.figure(measure, abs(difference))} {measure.number}".strip()


def _table(view: View, measure: MeasureFacts, cells: list[Cell]) -> Html:
    heads = [view.words.plain(f"column.{name}") for name in ("group", "value", "rest")]
    caption = view.words.say("behind.caption", measure=view.measure(measure))
    return table(caption, heads, [body(_row(view, measure, cell) for cell in cells)])


def _row(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    dimension = view.dimension(view.dimensions[cell.cell[0][0]])
    name = join([view.group(cell), " ", tag("small", dimension)])
    rest = view.contrast(cell, Against.REST)
    figure = join([value(view, measure, cell), " ", tag("small", view.between(measure, cell))])
    if rest is None:
        return row(name, figure, "")
    sure = tag("small", how_sure(view, measure, rest)) if _is_random([cell]) else None
    return row(name, figure, join([against_rest(view, measure, rest), " ", sure]))


def _is_random(cells: list[Cell]) -> bool:
    return any(cell.basis is not Basis.NONE for cell in cells)


def against_rest(view: View, measure: MeasureFacts, rest: SafeContrast) -> str:
    """How far a group is from everyone else, in words."""
    more = rest.difference > 0
    if measure.kind not in SHARES:
        key = "rest.higher" if more else "rest.lower"
        return view.words.plain(key, difference=_amount(view, measure, rest.difference))
    points = _points(rest.difference)
    if points == 0:
        return view.words.plain("rest.same")
    return view.words.plain("rest.more" if more else "rest.fewer", points=points)


def how_sure(view: View, measure: MeasureFacts, rest: SafeContrast) -> str:
    """Whether that is clear or can be chance; "" where there is no difference."""
    if measure.kind in SHARES and _points(rest.difference) == 0:
        return ""
    if rest.difference_low is None or rest.difference_high is None:
        return view.words.plain("rest.unknown")
    return view.words.plain("rest.clear" if clear(measure, rest) else "rest.chance")


def _rest_of(view: View, count: int) -> Html | None:
    if count <= 0:
        return None
    return tag("p", view.words.plain("behind.more_groups", count=count), class_="quiet")
