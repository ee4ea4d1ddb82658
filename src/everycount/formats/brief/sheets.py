"""A brief and a poster as PDF/UA-1."""

from __future__ import annotations

import io
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from everycount.formats.typeset import pages_of, pdf
from everycount.formats.typeset.drawing import drawing_of

if TYPE_CHECKING:
    from everycount.formats.brief.content import Brief

_HERE = Path(__file__).parent
PAGES = 2
_SIZES = (10.5, 10.0, 9.5, 9.0, 8.5)  # points; smaller is not read by old eyes


def brief_pdf(brief: Brief) -> bytes:
    """Two pages of A4: in the largest type that fits, and with fewer findings where none does."""
    for findings in range(len(brief.findings), -1, -1):
        kept = replace(brief, findings=brief.findings[:findings])
        for size in _SIZES:
            made = pdf(_HERE / "brief.typ", _given(kept) | {"size": size})
            if pages_of(_HERE / "brief.typ") <= PAGES:
                return made
    return made


def poster_pdf(brief: Brief) -> bytes:
    """One page of A3: one finding, its picture, who was asked, and where there is more."""
    return pdf(_HERE / "poster.typ", _given(brief))


def _given(brief: Brief) -> dict[str, Any]:
    plain = asdict(brief)
    plain["drawn"] = drawing_of(brief.drawn) if brief.drawn else None
    return plain | {"qr": _qr(brief.address) if brief.address else None}


def _qr(address: str) -> str:
    import segno  # noqa: PLC0415 - of the same extra as Typst

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", scale=4, border=2, xmldecl=False)
    return drawn.getvalue().decode()
