"""Bars with intervals, and the equiplot: groups as dots on a line with the gap between them marked.

Readable without colour: what is uncertain is lighter inside an outline, what is hidden is hatched, what has
no answers is an empty outline, and groups differ in shape before they differ in colour.
The equiplot follows the one of the International Center for Equity in Health (Pelotas).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from everycount.formats import svg
from everycount.formats.page import NOTHING, Html, join, tag
from everycount.formats.shapes import SHAPES
from everycount.formats.svg import LINE, NARROW, Scale, drawing, words
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

BAR = 14  # height of a bar in pixels
BETWEEN = 16  # from one bar's foot to the next label
NAMED = 6  # an equiplot line with more groups names only its ends
_RUG = 6  # between the interval lines of an equiplot
_BOLD = 1.1  # how much wider bold words are
_ASIDE = 5  # pixels between a thread and the name beside it


@dataclass(frozen=True, slots=True)
class Mark:
    """One group in a picture.

    Attributes:
        label: its name, written: its value, between: its interval, all as they are to be read.
        value, low, high: the same as numbers; None where there is none.
        status: shown, or why not; ``uncertain``: shown, but to be handled with care.
        focus: the group that the reader is to look at.
        shape: number of its shape and colour, from 0.
    """

    label: str
    written: str
    between: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    status: Status = Status.SHOWN
    uncertain: bool = False
    focus: bool = False
    shape: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an equiplot: a characteristic, its groups, and how wide the gap is, in words."""

    label: str
    gap: str
    marks: tuple[Mark, ...]


def bars(marks: Sequence[Mark], scale: Scale, title: str, description: str, ends: tuple[str, str]) -> Html:
    """One bar per mark from zero: label and value above it, its interval on it; ``ends`` name the scale."""
    parts: list[Html] = []
    y = 0.0
    for mark in marks:
        drawn, height = _bar(mark, scale, y)
        parts.append(drawn)
        y += height
    return drawing(title, description, y + 2, *parts, _axis(scale, y - BETWEEN + 4, ends))


def _bar(mark: Mark, scale: Scale, top: float) -> tuple[Html, float]:
    written = f"{mark.written}  {mark.between}".strip()
    room = NARROW - svg.width(written) * _BOLD - 12
    lines = svg.wrap(mark.label, room / _BOLD if mark.focus else room)
    label = (
        words(line, scale.place(0), top + 15 + LINE * i, class_="k" if mark.focus else None)
        for i, line in enumerate(lines)
    )
    value = tag(
        "text",
        tag("tspan", mark.written, class_="k" if mark.value is not None else "q"),
        _interval(mark),
        x=scale.place(1),
        y=top + 15 + LINE * (len(lines) - 1),
        text_anchor="end",
    )
    foot = top + LINE * len(lines) + 3
    return join([*label, value, _body(mark, scale, foot)]), LINE * len(lines) + 3 + BAR + BETWEEN


def _interval(mark: Mark) -> Html | None:
    """The interval after the value, in reading direction: an en space is white space there, dx is not."""
    return join(["\N{EN SPACE}", tag("tspan", mark.between, class_="q")]) if mark.between else None


def _body(mark: Mark, scale: Scale, y: float) -> Html:
    if mark.value is None:
        kind = "e" if mark.status is Status.NO_ANSWERS else "h"
        return tag("rect", x=0.5, y=y, width="100%", height=BAR, class_=kind)
    kind = "u" if mark.uncertain else "f" if mark.focus else "b"
    zero = min(max(0.0, scale.low), scale.high)
    bar = scale.box(zero, mark.value, y, BAR, kind)
    if mark.low is None or mark.high is None:
        return bar
    return join([bar, scale.box(mark.low, mark.high, y + BAR / 2 - 2, 4, "w")])


def _axis(scale: Scale, y: float, ends: tuple[str, str]) -> Html:
    if not any(ends):
        return NOTHING
    start = words(ends[0], scale.place(0), y + 14, class_="q t")
    end = words(ends[1], scale.place(1), y + 14, end=True, class_="q t")
    return join([start, end])


def line(
    mark: Mark,
    scale: Scale,
    title: str,
    description: str,
    ends: tuple[str, str],
    *,
    beside: float | None = None,
) -> Html:
    """One value on a line from one end of the scale to the other, with its interval.

    A figure from elsewhere, ``beside``, is an upright stroke; :func:`stroke` is its sign for the text.
    """
    if mark.value is None:
        return NOTHING
    end = scale.share(mark.value) > 0.5
    parts = [scale.box(scale.low, scale.high, 35.5, 1, "r")]
    if mark.low is not None and mark.high is not None:
        parts.append(scale.box(mark.low, mark.high, 32, 8, "u"))
    parts.append(
        tag("use", href="#s1", x=scale.at(mark.value), y=36, class_="u n1" if mark.uncertain else "n1")
    )
    if beside is not None:
        x = scale.at(beside)
        parts.append(tag("line", x1=x, x2=x, y1=24, y2=48, class_="z"))
    value = tag(
        "text",
        tag("tspan", mark.written, class_="k v"),
        _interval(mark),
        x=scale.at(mark.value),
        y=18,
        text_anchor="end" if end else None,
    )
    return drawing(title, description, 64, *parts, value, _axis(scale, 46, ends))


def stroke() -> Html:
    """The sign of a figure from elsewhere, beside the words that explain it."""
    drawn = tag("line", x1=4, x2=4, y1=0, y2=14, class_="z")
    return tag("svg", drawn, width=8, height=14, class_="key", aria_hidden="true")


def equiplot(rows: Sequence[Row], scale: Scale, title: str, description: str, ends: tuple[str, str]) -> Html:
    """One line per row from ``ends[0]`` to ``ends[1]``; dots, the gap, intervals below, names below those."""
    parts: list[Html] = []
    y = 0.0
    for row in rows:
        drawn, height = _row(row, scale, y)
        parts.append(drawn)
        y += height
    return drawing(title, description, y + 16, *parts, _axis(scale, y - 4, ends))


def _row(row: Row, scale: Scale, top: float) -> tuple[Html, float]:
    lines = svg.wrap(row.label, NARROW / _BOLD)
    head = [words(line, scale.place(0), top + 15 + LINE * i, class_="k") for i, line in enumerate(lines)]
    if svg.width(lines[-1]) * _BOLD + svg.width(row.gap) + 12 > NARROW:
        lines.append("")
    head.append(words(row.gap, scale.place(1), top + LINE * len(lines) - 5, end=True, class_="q"))
    y = top + LINE * len(lines) + 14
    values = [mark.value for mark in row.marks if mark.value is not None]
    line = [
        scale.box(scale.low, scale.high, y - 0.5, 1, "r"),
        scale.box(min(values), max(values), y - 2, 4, "g"),
    ]
    rug, below = _rug(row.marks, scale, y + 13)
    named = _named(row.marks)
    names, height = _names(named, scale, y, below)
    return join([*head, *line, *rug, *names, *_dots(row.marks, scale, y)]), height - top + 20


def _dots(marks: Sequence[Mark], scale: Scale, y: float) -> list[Html]:
    drawn = ((mark, f"s{mark.shape % SHAPES + 1}") for mark in marks)
    return [
        tag("use", href=f"#{shape}", x=scale.at(mark.value), y=y, class_=shape + " p" * mark.uncertain)
        for mark, shape in drawn
        if mark.value is not None
    ]


def _rug(marks: Sequence[Mark], scale: Scale, y: float) -> tuple[list[Html], float]:
    ends = sorted((mark.low, mark.high) for mark in marks if mark.low is not None and mark.high is not None)
    drawn = [scale.box(low, high, y + _RUG * i, 2, "i") for i, (low, high) in enumerate(ends)]
    return drawn, y + _RUG * len(drawn)


def _named(marks: Sequence[Mark]) -> list[Mark]:
    shown = sorted((mark for mark in marks if mark.value is not None), key=lambda mark: mark.value or 0)
    return shown if len(shown) <= NAMED else [shown[0], shown[-1]]


def _names(marks: Sequence[Mark], scale: Scale, y: float, below: float) -> tuple[list[Html], float]:
    said = [f"{_short(mark.label)} {mark.written}" for mark in marks]
    along = [scale.share(mark.value or 0) for mark in marks]
    places = arrange([(at, svg.width(name) + _ASIDE + 2) for at, name in zip(along, said, strict=True)])
    threads: list[Html] = []
    names: list[Html] = []
    for mark, name, place in zip(marks, said, places, strict=True):
        foot = below + 16 + LINE * place.lane
        x = scale.at(mark.value or 0)
        threads.append(tag("line", x1=x, x2=x, y1=y, y2=foot - 14 if place.over else foot + 4, class_="r"))
        dx = -place.dx if scale.rtl else place.dx
        names.append(words(name, x, foot, end=place.side is Side.BEFORE, dx=round(dx)))
    deepest = max((place.lane for place in places), default=0)
    return threads + names, below + 16 + LINE * deepest + 8


def _short(label: str) -> str:
    return svg.wrap(label, NARROW * 0.7, lines=1)[0]


class Side(Enum):
    """Where a name stands to the thread from its dot, in reading direction."""

    AFTER = 0
    BEFORE = 1
    OVER = 2  # under the dot, where neither side has room


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name stands: on which line below, on which side, and how far from its dot in pixels."""

    lane: int
    side: Side
    dx: float

    @property
    def over(self) -> bool:
        """The thread ends above the name."""
        return self.side is Side.OVER


_Span: TypeAlias = tuple[float, float]


def arrange(names: Sequence[tuple[float, float]]) -> list[Place]:
    """Lines for names below their dots so that none covers another, nor a thread that leads to one.

    Tries every choice of sides (at most 2^6) and keeps the one with the fewest crossings, then fewest lines.
    A name keeps its distance in pixels from its dot, so that what is apart in a narrow column stays apart in
    a wide one.

    Args:
        names: place of the dot along the line (0-1) and width of the name in pixels.
    """
    spots = [(at * NARROW, width) for at, width in names]
    tried = (_lanes(spots, sides) for sides in itertools.product(*(_sides(*spot) for spot in spots)))
    return min(tried, key=lambda tried: tried[0])[1]


def _sides(x: float, width: float) -> list[Side]:
    room = ((Side.AFTER, NARROW - x), (Side.BEFORE, x))
    return [side for side, pixels in room if pixels >= width] or [Side.OVER]


def _span(x: float, width: float, side: Side) -> _Span:
    if side is Side.OVER:
        start = min(max(x - width / 2, 0.0), max(NARROW - width, 0.0))
        return start, start + width
    return (x, x + width) if side is Side.AFTER else (x - width, x)


def _lanes(
    spots: Sequence[tuple[float, float]], sides: tuple[Side, ...]
) -> tuple[tuple[int, int, int], list[Place]]:
    spans = [_span(x, width, side) for (x, width), side in zip(spots, sides, strict=True)]
    dots = [x for x, _ in spots]
    lanes: dict[int, int] = {}
    for i in _outermost_last(dots, spans):
        lanes[i] = _lane(i, dots, spans, lanes)
    crossings = sum(
        span[0] < dots[j] < span[1] and lanes[j] > lanes[i]
        for i, span in enumerate(spans)
        for j in lanes
        if i != j
    )
    places = [Place(lanes[i], side, _offset(spots[i][0], spans[i], side)) for i, side in enumerate(sides)]
    return (crossings, max(lanes.values(), default=0), sum(lanes.values())), places


def _offset(x: float, span: _Span, side: Side) -> float:
    if side is Side.OVER:
        return span[0] - x
    return _ASIDE if side is Side.AFTER else -_ASIDE


def _outermost_last(dots: Sequence[float], spans: Sequence[_Span]) -> list[int]:
    """The order of choosing lines: a name that covers other dots waits until their names have theirs."""
    covered = [sum(low < x < high for x in dots) for low, high in spans]
    return sorted(range(len(dots)), key=lambda i: covered[i])


def _lane(i: int, dots: Sequence[float], spans: Sequence[_Span], lanes: dict[int, int]) -> int:
    low, high = spans[i]
    taken = {lane for j, lane in lanes.items() if spans[j][0] < high and low < spans[j][1]}
    under = max((lane + 1 for j, lane in lanes.items() if low < dots[j] < high), default=0)
    return next(lane for lane in itertools.count(under) if lane not in taken)
