"""A drawing taken apart: shapes, which stay an SVG, and words with their places, which Typst sets.

Programs that turn SVG into pixels shape words of one font at a time and know no reading direction, so
Devanagari and Arabic came out broken. Where a word stands follows from the few things that our own drawings
use: nested ``svg`` with a place and a size or a view box, percentages across, and classes for words.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from everycount.formats.page import TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterator

_SVG = "{http://www.w3.org/2000/svg}"
_BOLD, _REGULAR = 600, 400
_SIZES = {"t": 13.0, "v": 19.0, "title": 19.0, "small": 13.0}
_HEAVY = frozenset({"k", "title"})
_QUIET = frozenset({"q", "small"})
_WORDS = 15.0  # pixels, where no class says otherwise


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one kind."""

    words: str
    bold: bool
    colour: str


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one line.

    Attributes:
        x, y: of their baseline's anchor, in pixels from the top left corner of the picture.
        anchor: ``left``, ``middle`` or ``right``: which part of the words stands at x.
        size: of the type, in pixels.
    """

    x: float
    y: float
    anchor: str
    size: float
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where one's own units lie in the picture: origin, scale, and the width that percentages are of."""

    x: float
    y: float
    scale: float
    width: float
    type_size: float | None
    rtl: bool


def drawing_of(svg: bytes, *, halo: bool = False) -> dict[str, Any]:
    """Shapes, lines of words, width and height in pixels, as a template takes them.

    Args:
        svg: as :mod:`everycount.formats.picture` makes it.
        halo: words have a rim in the colour of the ground, to be read across lines.
    """
    root = etree.fromstring(svg, _parser())
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    start = _Frame(0, 0, 1, width, None, root.get("direction") == "rtl")
    lines = [asdict(line) for line in _lines(root, start)]
    for said in list(root.iter(f"{_SVG}text")):
        parent = said.getparent()
        if parent is not None:
            parent.remove(said)
    shapes = etree.tostring(root, encoding="unicode")
    return {"svg": shapes, "lines": lines, "width": width, "height": height, "halo": halo}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


def _lines(node: etree._Element, frame: _Frame) -> Iterator[Line]:
    for child in node:
        if child.tag == f"{_SVG}text":
            yield _line(child, frame)
        elif child.tag == f"{_SVG}svg":
            yield from _lines(child, _inner(child, frame))
        elif child.tag == f"{_SVG}g":
            yield from _lines(child, frame)


def _inner(node: etree._Element, frame: _Frame) -> _Frame:
    x, y = (float(node.get(name, "0")) for name in ("x", "y"))
    width = _across(node.get("width", "100%"), frame)
    scale, left, top, own = 1.0, 0.0, 0.0, width
    box = node.get("viewBox")
    if box:
        left, top, own, _ = map(float, box.split())
        scale = width / own
    rtl = frame.rtl and not box  # as the rules of maps have it
    size = node.get("font-size")
    return _Frame(
        frame.x + frame.scale * x - scale * left,
        frame.y + frame.scale * y - scale * top,
        frame.scale * scale,
        own,
        float(size) if size else None,
        rtl,
    )


def _across(said: str, frame: _Frame) -> float:
    return float(said[:-1]) / 100 * frame.width if said.endswith("%") else float(said)


def _line(node: etree._Element, frame: _Frame) -> Line:
    kinds = set(node.get("class", "").split())
    parts = [(node.text or "", kinds)]
    for child in node:
        parts.append((child.text or "", kinds | set(child.get("class", "").split())))
        parts.append((child.tail or "", kinds))
    every = set().union(*(kinds for _, kinds in parts))
    size = frame.type_size or next((_SIZES[kind] for kind in sorted(every & _SIZES.keys())), _WORDS)
    x = _across(node.get("x", "0"), frame) + float(node.get("dx", "0"))
    y = float(node.get("y", "0")) + (0.35 * size if node.get("dy") == ".35em" else 0)
    runs = tuple(_run(words, kinds, on_map=frame.type_size is not None) for words, kinds in parts if words)
    return Line(
        frame.x + frame.scale * x, frame.y + frame.scale * y, _anchor(node, frame), frame.scale * size, runs
    )


def _run(words: str, kinds: set[str], *, on_map: bool) -> Run:
    return Run(words, on_map or bool(kinds & _HEAVY), TOKENS["quiet" if kinds & _QUIET else "ink"][0])


def _anchor(node: etree._Element, frame: _Frame) -> str:
    said = node.get("text-anchor", "start")
    if said == "middle":
        return said
    return "right" if (said == "end") is not frame.rtl else "left"
