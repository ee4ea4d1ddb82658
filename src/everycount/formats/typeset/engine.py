"""Typst, asked to set one of our own templates with data; never with words as source.

What people wrote reaches Typst as JSON, where nothing of it is a command. It reads no font of the machine and
no file but the template, so the same data give the same bytes everywhere.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.faults import Fault, InputError
from everycount.formats.typeset.drawing import drawing_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import typst

_HERE = Path(__file__).parent
FONTS = _HERE / "fonts"
# Tried in this order, sign by sign.
FAMILIES = ("Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans Bengali")
_SHARP = 144.0  # pixels per inch: two for each of a screen's
_UNDRAWN = "could not be displayed"  # what Typst says of a sign without a glyph
_EPOCH = 0  # the same release, the same bytes: a document carries no clock


def png(svg: bytes, language: str) -> bytes:
    """A picture of ours (:mod:`everycount.formats.picture`) as PNG, twice as many pixels as it is wide.

    Args:
        svg: the picture; its words are set anew, since few programs shape every script in an SVG.
        language: BCP 47 tag of the words.
    """
    given = {"language": language, "families": FAMILIES, **drawing_of(svg, halo=True)}
    return _set(_HERE / "picture.typ", given, "png")


def pdf(template: Path, given: Mapping[str, Any]) -> bytes:
    """A document as PDF/UA-1: tagged, with its language and an alternative for each picture.

    Args:
        template: of ours; reads ``given`` as ``json(bytes(sys.inputs.given))``.
        given: what JSON can hold; ``families`` is added.
    """
    return _set(template, {"families": FAMILIES, **given}, "pdf")


def pages_of(template: Path) -> int:
    """How many pages the document has that was set last with a template, which says so at ``<pages>``."""
    return int(_compiler(template).query("<pages>", field="value", one=True))


def _set(template: Path, given: Mapping[str, Any], format_: str) -> bytes:
    compiler = _compiler(template)
    said = {"given": json.dumps(given, ensure_ascii=False)}
    try:
        if format_ == "png":
            made = compiler.compile(format="png", ppi=_SHARP, sys_inputs=said)
        else:
            made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=_EPOCH, sys_inputs=said)
    except RuntimeError as problem:
        if _UNDRAWN not in str(problem):
            raise
        raise InputError(
            Fault(template.stem, "Some signs of it are drawn by none of our fonts, so no PDF can be made.",
                  "Give the names in Latin, Cyrillic, Greek, Arabic, Devanagari or Bengali too.")
        ) from None  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError(f"{template.name} became several files.")
    return made


@cache
def _compiler(template: Path) -> typst.Compiler:
    try:
        import typst  # noqa: PLC0415 - 80 MB of an extra, for those who print
    except ModuleNotFoundError:
        raise InputError(
            Fault("typst", "Pictures and briefs are set by Typst, which is not installed.",
                  'Install it with: pip install "everycount[print]".')
        ) from None  # fmt: skip
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(str(template), root=str(_HERE.parent), font_paths=fonts, ignore_system_fonts=True)
