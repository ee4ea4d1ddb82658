"""A figure as one SVG file: what the page draws, with its title, its source and its colours in it.

On a page a drawing follows the width of its column and takes its colours from the page's style sheet. A file
stands alone: it has a width, its own few rules, and plain colours, since programs that open pictures know no
variables of style sheets.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from everycount.formats import maps, shapes, svg
from everycount.formats.page import TOKENS, Html, join, number, tag
from everycount.text import direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH = 640  # pixels
_EDGE = 24
_MAP = 440
_INNER = WIDTH - 2 * _EDGE
# Drawings are written by ``tag`` and hold no drawing themselves, and headings stand before what they name.
_PIECES = re.compile(
    r'<h4>(?P<head>.*?)</h4>|(?P<drawn><svg[^>]*class="(?P<kind>d|map)"[^>]*>.*?</svg>)', re.DOTALL
)
_HEIGHT = re.compile(r' height="([\d.]+)"')
_BOX = re.compile(r' viewBox="(\S+) (\S+) ([\d.]+) ([\d.]+)"')
_TAGS = re.compile(r"<[^>]+>")
# Groups differ in shape; their greys are far enough apart to be told in a photocopy.
GREY = TOKENS | {
    f"group-{n}": (shade, shade)
    for n, shade in enumerate(("#ffffff", "#1d2433", "#b8bcc6", "#6d7485") * 2, 1)
}
_VARIABLE = re.compile(r"var\(--([\w-]+)\)")
_RULES = (
    shapes.STYLES
    + maps.STYLES
    + "text{fill:var(--ink);font-family:sans-serif}"
    + ".title{font-size:19px;font-weight:600}.small{font-size:13px;fill:var(--quiet)}"
    + "svg{overflow:visible}"
)


def picture(
    title: str,
    figure: Html,
    notes: Sequence[str],
    language: str,
    *,
    tokens: Mapping[str, tuple[str, str]] = TOKENS,
) -> bytes | None:
    """The drawings of a figure one below the other, as an SVG file; None where it has none.

    Args:
        title: stands above them.
        figure: as the page has it.
        notes: lines that stand below: source, licence, address.
        language: BCP 47 tag; where it is read from right to left, lines begin at the right.
        tokens: its colours; :data:`GREY` for what a photocopier is to keep.
    """
    rtl = direction(language) == "rtl"
    parts = [*_lines([title], 30, "title", rtl)]
    y = 30.0 + 26 * len(parts)
    drawn = 0
    for found in _PIECES.finditer(figure.source):
        if found["head"] is not None:
            heads = _lines([html.unescape(_TAGS.sub("", found["head"]))], y + 18, "k", rtl)
            parts += heads
            y += 26 * len(heads)
            continue
        piece, height = _placed(found["drawn"], found["kind"], y)
        parts.append(piece)
        y += height + 18
        drawn += 1
    if not drawn:
        return None
    parts += _lines(notes, y + 12, "small", rtl, step=19)
    height = y + 19 * sum(len(svg.wrap(note, _INNER, 6, 13)) for note in notes) + 12
    return _whole(parts, height, title, language, tokens, rtl=rtl)


def _whole(
    parts: Sequence[Html],
    height: float,
    title: str,
    language: str,
    tokens: Mapping[str, tuple[str, str]],
    *,
    rtl: bool,
) -> bytes:
    rules = _VARIABLE.sub(lambda found: tokens[found[1]][0], _RULES)
    ground = tag("rect", width="100%", height="100%", fill="#ffffff")
    whole = tag(
        "svg",
        tag("title", title),
        tag("style", Html(re.sub(r"\n\s*", "", rules))),
        shapes.definitions(),
        ground,
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        lang=language,
        direction="rtl" if rtl else None,
        width=WIDTH,
        height=round(height),
        role="img",
    )
    return (whole.source + "\n").encode()


def _placed(drawn: str, kind: str, y: float) -> tuple[Html, float]:
    """A drawing at its place in the file, and how high it is."""
    if kind == "d":
        found = _HEIGHT.search(drawn)
        height = float(found[1]) if found else 0.0
        at = f'<svg x="{_EDGE}" y="{number(y)}"'
        return Html(drawn.replace("<svg", at, 1).replace(' width="100%"', f' width="{_INNER}"', 1)), height
    box = _BOX.search(drawn)
    height = _MAP * float(box[4]) / float(box[3]) if box else float(_MAP)
    at = f'<svg x="{_EDGE}" y="{number(y)}" width="{_MAP}" height="{number(height)}"'
    return Html(drawn.replace("<svg", at, 1)), height


def _lines(said: Sequence[str], y: float, class_: str, rtl: bool, step: int = 26) -> list[Html]:  # noqa: FBT001
    size = 13 if class_ == "small" else 19
    wrapped = [line for one in said for line in svg.wrap(one, _INNER, 6, size)]
    return list(_placed_lines(wrapped, y, class_, rtl=rtl, step=step))


def _placed_lines(lines: Sequence[str], y: float, class_: str, *, rtl: bool, step: int) -> Iterator[Html]:
    x = WIDTH - _EDGE if rtl else _EDGE
    for i, line in enumerate(lines):
        words = svg.words(line, str(x), round(y + step * i), class_=class_)
        yield tag("g", join([words]), class_="d")
