"""Maps: areas shaded by value, with the value printed on them.

Shading is lightness plus a texture, so that it survives a photocopier; what is hidden is hatched, and areas
without a number keep the ground's colour. Which boundaries are drawn, and the words that must stand beside
them, come from the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount.formats.page import Html, join, tag
from everycount.protect.cells import Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.catalogue import Boundaries

CLASSES = 5
_TEXT = 36  # pixels of type per 1,000 of the drawing's width: at least 10 px on a 320-pixel screen


@dataclass(frozen=True, slots=True)
class Place:
    """An area with a number: its code, where it stands on the scale (0-1) or None, what is printed."""

    code: str
    along: float | None
    written: str
    status: Status = Status.SHOWN


def drawable(boundaries: Boundaries, codes: Sequence[str]) -> bool:
    """Every area with a number can be drawn; a map without some of them would mislead."""
    return bool(codes) and all(code in boundaries.paths for code in codes)


def tone(along: float) -> int:
    """The class of a value, 1 (lightest) to 5."""
    return min(int(along * CLASSES), CLASSES - 1) + 1


def choropleth(boundaries: Boundaries, places: Sequence[Place], title: str, description: str) -> Html:
    """The areas of ``boundaries`` with ``places`` shaded and named by their values."""
    with_number = {place.code: place for place in places}
    land = join(
        tag("path", d=path, class_="a") for code, path in boundaries.paths.items() if code not in with_number
    )
    others = tag("path", d=boundaries.others, class_="a") if boundaries.others else None
    shaded = join(_area(boundaries.paths[place.code], place) for place in places)
    values = join(_value(boundaries, place) for place in places)
    left, top, width, height = boundaries.view_box
    return tag(
        "svg",
        tag("title", title),
        tag("desc", description),
        land,
        others,
        shaded,
        values,
        viewBox=f"{left} {top} {width} {height}",
        role="img",
        class_="map",
        font_size=round(width * _TEXT / 1000),
    )


def _area(path: str, place: Place) -> Html:
    if place.along is None:
        return tag("path", d=path, class_="e" if place.status is Status.NO_ANSWERS else "h")
    step = tone(place.along)
    ground = tag("path", d=path, class_=f"c{step}")
    return join([ground, tag("path", d=path, class_=f"o{step}")]) if 2 <= step <= 4 else ground


def _value(boundaries: Boundaries, place: Place) -> Html:
    x, y = boundaries.labels[place.code]
    return tag("text", place.written, x=x, y=y, dy=".35em", text_anchor="middle")


def legend(steps: Sequence[tuple[int, str]], none: str) -> Html:
    """The classes from lightest to darkest, each with its bounds; then the areas without a number."""
    classes = (_sample(bounds, f"c{step}", f"o{step}") for step, bounds in steps)
    return tag("ul", *classes, _sample(none, "a"), class_="legend")


def _sample(words: str, *classes: str) -> Html:
    drawn = (tag("rect", width=27, height=17, x=0.5, y=0.5, class_=class_) for class_ in classes)
    return tag("li", tag("svg", *drawn, width=28, height=18, aria_hidden="true"), words)


STYLES = """
.map{inline-size:100%;max-inline-size:30rem;block-size:auto;margin-block:.5rem;direction:ltr}
.map path{stroke:var(--paper);stroke-width:2}
.map .a{stroke:var(--paper)}
.a{fill:var(--line)}
.o1,.o5{fill:none}
.map .h{fill:url(#hatch);stroke:var(--edge)}
.map .e{fill:var(--paper);stroke:var(--edge)}
.map .o2,.map .o3,.map .o4{stroke:none}
.c1,.c2,.c3,.c4,.c5{stroke:var(--ink);stroke-width:1}
.map .c1,.map .c2,.map .c3,.map .c4,.map .c5{stroke:var(--ink);stroke-width:1.5}
.c1{fill:var(--class-1)}.c2{fill:var(--class-2)}.c3{fill:var(--class-3)}
.c4{fill:var(--class-4)}.c5{fill:var(--class-5)}
.o2{fill:url(#tone2)}.o3{fill:url(#tone3)}.o4{fill:url(#tone4)}
.map text{font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:8px;stroke-linejoin:round}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;font-size:.875rem}
.legend li{display:flex;gap:.5rem;align-items:center}
"""
