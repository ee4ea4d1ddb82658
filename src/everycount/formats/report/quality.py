"""The quality of the records, as far as everybody may know it: a sentence a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.page import Html, join, tag
from everycount.quality.report import Check

if TYPE_CHECKING:
    from everycount.formats.report.view import View
    from everycount.quality.public import QualityFigure

# Of the length of interviews there are several figures, each with a sentence of its own.
_LENGTHS = ("end", "short", "long", "overlap")
_SENTENCES = {
    Check.MISSING: "missing",
    Check.DUPLICATES: "duplicates",
    Check.STRAIGHT_LINES: "straight",
    Check.DIGITS: "digits",
    Check.WHIPPLE: "whipple",
    Check.MYERS: "myers",
    Check.COVERAGE: "coverage",
}


def quality(view: View) -> Html | None:
    """Each figure with how it stands to the published limit; None where nothing was looked at."""
    found = view.release.provenance.quality
    return join((_line(view, figure) for figure in found), tag("br")) if found else None


def _line(view: View, figure: QualityFigure) -> Html:
    key = figure.about if figure.about in _LENGTHS else _SENTENCES[figure.check]
    percent = figure.unit == "%"
    said = view.words.say(
        f"quality.{key}",
        figure=view.words.percent(figure.figure / 100) if percent else view.words.number(figure.figure, 1),
        about=tag("bdi", figure.about),
    )
    return view.words.say("quality.line", said=said, grade=view.words.plain(f"quality.{figure.grade}"))
