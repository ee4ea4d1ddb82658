"""A brief as one screen of a cheap phone: no picture, no script, nothing to load, below 15 KB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.formats.page import Html, join, tag
from everycount.text import direction

if TYPE_CHECKING:
    from everycount.formats.brief.content import Brief, Finding

LIMIT = 15_000  # bytes
_SECTIONS = 4  # who was asked, who is missing, what is hidden, what was decided
# Few rules: an old browser, a small screen in the sun, the reader's own letters.
_RULES = (
    "body{margin:0 auto;padding:.5rem;max-width:34rem;font:1.1rem/1.5 sans-serif;"
    "color:#1d2433;background:#fff}"
    "h1{font-size:1.3rem;margin:.5rem 0}h2{font-size:1.1rem;margin:1rem 0 .2rem}p{margin:.2rem 0}"
    ".note{border:2px solid #a8481f;padding:.4rem}a{color:#2b3a8c;display:inline-block;padding:.6rem 0}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def phone_page(brief: Brief) -> bytes:
    """The page; the fewest findings fall away until it is small enough."""
    for findings in range(len(brief.findings), -1, -1):
        made = _page(brief, brief.findings[:findings])
        if len(made) < LIMIT:
            return made
    return made


def _page(brief: Brief, findings: tuple[Finding, ...]) -> bytes:
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", brief.title),
        tag("style", Html(_RULES)),
    )
    body = tag(
        "body",
        tag("p", brief.kicker),
        tag("p", brief.notice, class_="note") if brief.notice else None,
        tag("p", tag("b", brief.place)) if brief.place else None,
        tag("h1", brief.head.said),
        tag("p", brief.head.sure),
        *(join([tag("h2", each.said), tag("p", each.sure)]) for each in findings),
        *(
            join([tag("h2", part.heading), *(tag("p", line) for line in part.lines)])
            for part in brief.sections[:_SECTIONS]
        ),
        tag("p", tag("a", brief.whole, href=brief.address)) if brief.address else None,
    )
    document = tag("html", head, body, lang=brief.language, dir=direction(brief.language))
    return f"<!doctype html>\n{document}\n".encode()
