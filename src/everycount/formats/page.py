"""A self-contained HTML page: escaping, design tokens, styles and the shell around a body.

Everything that ends in a page passes through :func:`tag`, which escapes each text and each attribute. A
page loads nothing, runs nothing and asks nobody: its Content-Security-Policy allows its one style sheet by
hash and no script, so that even a mistake in escaping could not run.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from everycount import text as texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from everycount.text import Text


@dataclass(frozen=True, slots=True)
class Html:
    """Markup that is safe to print. Made by :func:`tag`, :func:`join` and :func:`escape` only."""

    source: str

    def __str__(self) -> str:
        return self.source


Child: TypeAlias = Html | str | int | None
Attribute: TypeAlias = str | int | float | bool | None

NOTHING = Html("")

_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
# Characters that HTML forbids (C0 and C1 controls other than white space, and lone surrogates), and the
# bidirectional overrides, with which a label could make a number read backwards. Isolates stay.
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff\ufffe\uffff]"
_SPECIAL = re.compile(f"{_FORBIDDEN}|[&<>\"']")
_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_DRAWN = frozenset({"circle", "line", "path", "rect", "use"})  # SVG elements that may close themselves
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_ADDRESS = re.compile(r"#|https?://|mailto:|data:image/svg\+xml;base64,|[^:]*$")


def escape(value: str) -> Html:
    """Text as markup: the five special characters as entities, forbidden characters left out."""
    return Html(_SPECIAL.sub(lambda found: _ESCAPES.get(found.group(), ""), value))


def markup(child: Child) -> str:
    """The source of one child: markup as it is, everything else escaped."""
    if isinstance(child, Html):
        return child.source
    return "" if child is None else escape(str(child)).source


def join(children: Iterable[Child], between: Child = None) -> Html:
    """Children one after another, with ``between`` between them."""
    return Html(markup(between).join(markup(child) for child in children))


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """One element; children that are not :class:`Html` are escaped.

    Attribute names are given as Python writes them: ``class_`` is ``class``, ``aria_label`` is
    ``aria-label``. None and False leave an attribute out, True writes it without a value.

    Raises:
        ValueError: for a name that is none, or an address that could run.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f'"{name}" is not the name of an element.')
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items())
    inner = "".join(map(markup, children))
    if name in _VOID:
        return Html(f"<{opening}>")
    if name in _DRAWN and not inner:
        return Html(f"<{opening}/>")
    return Html(f"<{opening}>{inner}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if not _NAME.fullmatch(name) or name.lower().startswith("on"):
        raise ValueError(f'"{name}" is not an attribute that a page may carry.')
    if value is True:
        return f" {name}"
    words = number(value) if isinstance(value, float) else str(value)
    if name == "href" and not _ADDRESS.match(words):
        raise ValueError(f'"{words}" is not an address that a page may point to.')
    return f' {name}="{escape(words).source}"'


def number(value: float) -> str:
    """A coordinate with at most two digits after the point and no zeros at its end."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def spoken(words: Text, language: str, fallback: str = "") -> Html:
    """A text of the survey in the page's language, isolated; says so where it is in another one."""
    said = words.say(language, fallback)
    tags = [one for one, version in words.versions if version == said]
    own = tags[0] if tags else texts.UNDETERMINED
    if not tags or own.split("-")[0] == language.split("-", maxsplit=1)[0] or language in tags:
        return tag("bdi", said)
    if own == texts.UNDETERMINED:
        return tag("bdi", said, lang="")
    return tag("bdi", said, lang=own)


# Design tokens: name -> (light, dark). Groups follow Okabe and Ito (2008) in a fixed order, always with a
# shape and an ink outline, because several of those colours alone do not stand out from paper.
TOKENS: dict[str, tuple[str, str]] = {
    "paper": ("#fbf8f3", "#14171f"),
    "raised": ("#f3eee5", "#1d212b"),  # notices and table heads
    "ink": ("#1d2433", "#ece7dd"),
    "quiet": ("#535b6b", "#aab0bd"),
    "line": ("#d9d3c8", "#3a404d"),  # hairlines that carry no meaning
    "edge": ("#857d6f", "#7c8391"),  # lines that do: outlines of empty cells, borders of controls
    "accent": ("#2b3a8c", "#a9b6ff"),
    "clay": ("#a8481f", "#f0a27a"),
    "bar": ("#7b8396", "#8089a0"),
    "faint": ("#c6cad3", "#434a5b"),  # fill of uncertain marks, always inside an outline
    "group-1": ("#e69f00", "#e69f00"),
    "group-2": ("#56b4e9", "#56b4e9"),
    "group-3": ("#009e73", "#009e73"),
    "group-4": ("#f0e442", "#f0e442"),
    "group-5": ("#0072b2", "#0072b2"),
    "group-6": ("#d55e00", "#d55e00"),
    "group-7": ("#cc79a7", "#cc79a7"),
    "group-8": ("#ffffff", "#000000"),
    "class-1": ("#eef0f5", "#232938"),  # map classes: lightness rises or falls with the value
    "class-2": ("#c5cbdc", "#3d4763"),
    "class-3": ("#8d99bd", "#6676a4"),
    "class-4": ("#56659b", "#95a4d3"),
    "class-5": ("#2a3870", "#cbd5f5"),
}

_SERIF = 'Charter,"Bitstream Charter","Noto Serif",Georgia,serif'
_SANS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif'

# Logical properties only, so that right-to-left needs no second sheet; a test forbids left and right.
_STYLES = """
*{box-sizing:border-box}
html{font-size:106.25%;line-height:1.55;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font-family:SANS;font-variant-numeric:tabular-nums;
 overflow-wrap:break-word}
:lang(hi),:lang(bn),:lang(km),:lang(lo),:lang(ne),:lang(mr){line-height:1.75}
:lang(ar),:lang(ur),:lang(fa),:lang(ps){line-height:1.8}
:lang(km),:lang(lo),:lang(my){line-break:anywhere}
main,.head,.foot{max-inline-size:44rem;margin-inline:auto;padding-inline:1rem}
.head{padding-block:1.25rem .25rem;display:flex;align-items:center;gap:.5rem;color:var(--quiet)}
.head svg{inline-size:1.5rem;block-size:1.5rem;flex:none}
.brand{font-weight:600;letter-spacing:.01em}
main{padding-block-end:3rem}
h1,h2,h3,.finding{font-family:SERIF;font-weight:600;line-height:1.25;text-wrap:balance}
:lang(hi) :is(h1,h2,h3,.finding),:lang(bn) :is(h1,h2,h3,.finding){line-height:1.5}
:lang(ar) :is(h1,h2,h3,.finding),:lang(ur) :is(h1,h2,h3,.finding){line-height:1.55}
h1{font-size:clamp(1.6rem,1.2rem + 2vw,2.25rem);margin-block:1rem .75rem}
h2{font-size:1.5rem;margin-block:3.25rem .75rem;padding-block-start:1rem;
 border-block-start:1px solid var(--line)}
h3{font-size:1.175rem;margin-block:2.25rem .5rem}
h4{font-size:1rem;margin-block:1.75rem .25rem}
p{margin-block:.5rem;max-inline-size:68ch}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.quiet,figcaption,caption,small,.source{color:var(--quiet)}
small,.source,figcaption{font-size:.875rem}
.care{color:var(--clay)}
ul,ol{padding-inline-start:1.25rem}
dl{margin-block:.75rem}
dt{font-weight:600}
dd{margin-inline-start:0;margin-block-end:.75rem;max-inline-size:68ch}
.notice{border:2px solid var(--clay);border-radius:4px;background:var(--raised);padding:.75rem 1rem;
 margin-block:1rem}
.notice>:first-child{margin-block-start:0}
.notice>:last-child{margin-block-end:0}
.wide{overflow-x:auto}
table{border-collapse:collapse;inline-size:100%;font-size:.9375rem;margin-block:.5rem 1rem}
caption{text-align:start;padding-block:.25rem .5rem}
th,td{text-align:start;vertical-align:baseline;padding-block:.375rem;padding-inline:0 .75rem;
 border-block-end:1px solid var(--line)}
th:last-child,td:last-child{padding-inline-end:0}
thead th{border-block-end:1px solid var(--edge);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400;overflow-wrap:anywhere;hyphens:auto;min-inline-size:7rem}
tbody th[scope=rowgroup]{font-weight:600;padding-block-start:1rem}
.n{text-align:end}
@media (min-width:40rem){.n{white-space:nowrap}}
details{margin-block:.5rem}
summary{cursor:pointer;color:var(--accent);min-block-size:44px;padding-block:.6rem;font-size:.9375rem}
code{font-size:.9em;overflow-wrap:anywhere}
figure{margin:1rem 0 2rem}
svg{display:block;overflow:visible;max-inline-size:100%}
svg text{fill:currentColor}
.foot{padding-block:1.5rem 3rem;color:var(--quiet);font-size:.875rem}
@media print{
 @page{size:A4;margin:16mm 15mm 18mm}
 :root{--paper:#fff;--raised:#fff}
 html{font-size:9.5pt;line-height:1.45}
 main,.head,.foot{max-inline-size:none;padding-inline:0}
 *{print-color-adjust:exact;-webkit-print-color-adjust:exact}
 h1,h2,h3,h4,.finding,summary,caption{break-after:avoid}
 h1,h2,h3,h4,p,dt,dd{break-inside:avoid}
 h2{margin-block-start:1.75rem}
 tr,figure>svg,.notice{break-inside:avoid}
 .wide{overflow:visible}
 a{color:inherit;text-decoration:none}
}
"""


def _tokens(shade: int) -> str:
    return "".join(f"--{name}:{values[shade]};" for name, values in TOKENS.items())


def stylesheet(more: str = "") -> str:
    """The page's one style sheet: tokens for light and dark, base rules, then ``more``.

    The dark tokens ask for a screen, so that paper is always light.
    """
    base = _STYLES.replace("SERIF", _SERIF).replace("SANS", _SANS)
    light = f":root{{color-scheme:light dark;{_tokens(0)}}}"
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_tokens(1)}}}}}"
    return re.sub(r"\n\s*", "", light + dark + base + more)


_TALLY = (
    tag("path", d="M4 5v14M8.5 5v14M13 5v14M17.5 5v14", stroke="currentColor", stroke_width=2, fill="none"),
    tag("circle", cx=21.5, cy=16.5, r=2.5, fill="currentColor"),
)


def mark() -> Html:
    """The tally mark: four strokes and a fifth that is a dot, in the colour of the text around it."""
    return tag("svg", *_TALLY, viewBox="1 3 24 18", width=24, height=18, aria_hidden="true")


def tally() -> Html:
    """The mark as a picture of its own, for icons."""
    return tag("svg", *_TALLY, xmlns="http://www.w3.org/2000/svg", viewBox="1 0 24 24", color="#2b3a8c")


def _icon() -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(tally().source.encode()).decode()


def _policy(styles: str) -> str:
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def page(
    title: str,
    body: Html,
    language: str,
    *,
    direction: str | None = None,
    description: str = "",
    styles: str = "",
    foot: Html | None = None,
) -> str:
    """A whole page as HTML text, without script and without anything to load.

    Args:
        title: for the window and for lists of results; plain text.
        body: what stands in ``main``; begins with the ``h1``.
        language: BCP 47 tag of the page's own words.
        direction: ``ltr`` or ``rtl``; by default what the language asks for.
        description: one plain sentence for lists of results.
        styles: CSS of this kind of page, after the common rules.
        foot: what stands below ``main``.
    """
    sheet = stylesheet(styles)
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(sheet)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("meta", name="description", content=description) if description else None,
        tag("link", rel="icon", href=_icon()),
        tag("style", Html(sheet)),
    )
    shell = tag(
        "body",
        tag("header", mark(), tag("span", "Everycount", class_="brand"), class_="head"),
        tag("main", body),
        tag("footer", foot, class_="foot") if foot else None,
    )
    document = tag("html", head, shell, lang=language, dir=direction or texts.direction(language))
    return f"<!doctype html>\n{document}\n"
