"""Drawings for pages: words that keep their size, places that follow the width.

A drawing has a height in pixels and the width of its column: across, places are percentages; down, pixels. So
a word has the same size on a phone and on a desk, and one drawing serves both. What must not collide is laid
out for :data:`NARROW`; a wider column only moves things apart.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from everycount.formats.page import Child, Html, number, tag

NARROW = 278  # pixels that a 320-pixel screen leaves between the margins of the page
SIZE = 15  # of words in drawings, in pixels
LINE = 20  # from one line of words to the next


def drawing(title: str, description: str, height: float, *children: Child) -> Html:
    """A picture with a name and a description for those who do not see it."""
    named = (tag("title", title), tag("desc", description) if description else None)
    return tag("svg", *named, *children, role="img", width="100%", height=round(height), class_="d")


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to places across: ``low`` at the beginning of the line, ``high`` at its end.

    Where the page is read from right to left, the line begins at the right.
    """

    low: float
    high: float
    rtl: bool = False

    def share(self, value: float) -> float:
        """How far along the line a value stands, 0-1, in reading direction."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def at(self, value: float) -> str:
        """The x of a value."""
        return self.place(self.share(value))

    def place(self, along: float) -> str:
        """The x of a point ``along`` (0-1) the line in reading direction."""
        return f"{number(100 * (1 - along if self.rtl else along))}%"

    def box(self, one: float, other: float, y: float, height: float, class_: str) -> Html:
        """A rectangle from one value to another; at least a hair wide."""
        start, end = sorted((self.share(one), self.share(other)))
        x = self.place(end if self.rtl else start)
        width = max(end - start, 0.002)
        return tag("rect", x=x, y=y, width=f"{number(100 * width)}%", height=height, class_=class_)


def words(said: str, x: str, y: float, *, end: bool = False, class_: str | None = None, dx: int = 0) -> Html:
    """One line of words that begins (or ends) at x. Begins means: on the side where the line is read from."""
    return tag("text", said, x=x, y=y, dx=dx or None, text_anchor="end" if end else None, class_=class_)


def width(said: str, size: float = SIZE) -> float:
    """About how many pixels a line of words takes: a careful guess, since the reader's font is not known."""
    return sum(_advance(one) for one in said) * size


def _advance(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in "il.,;:'|!()[] fjtr":
        return 0.34
    return 0.85 if character in "mwMW" else 0.66 if character.isupper() else 0.57


def wrap(said: str, room: float, lines: int = 3, size: float = SIZE) -> list[str]:
    """Words broken into lines that fit ``room`` pixels; what does not fit ends in an ellipsis."""
    broken: list[str] = []
    for word in said.split():
        if broken and width(f"{broken[-1]} {word}", size) <= room:
            broken[-1] += f" {word}"
        else:
            broken.append(word)
    kept = broken[:lines]
    if len(broken) > lines:
        kept[-1] += " …"
    return [_cut(line, room, size) for line in kept] or [""]


def _cut(line: str, room: float, size: float) -> str:
    if width(line, size) <= room:
        return line
    kept = line.removesuffix(" …")
    while len(kept) > 1 and width(f"{kept}…", size) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"
