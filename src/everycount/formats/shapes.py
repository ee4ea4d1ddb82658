"""Hatches, shapes and rules that drawings share: no arrays, so that a page may show a drawing kept before."""

from __future__ import annotations

from everycount.formats.page import Html, tag

SHAPES = 8


def definitions() -> Html:
    """Hatches and shapes that the pictures of a page refer to; once per page."""
    shapes = (
        tag("circle", r=6, id="s1"),
        tag("path", d="M-5.5-5.5h11v11h-11z", id="s2"),
        tag("path", d="M0-7L6.5 5h-13z", id="s3"),
        tag("path", d="M0-7.5L7 0 0 7.5-7 0z", id="s4"),
        tag("path", d="M0 7L-6.5-5h13z", id="s5"),
        tag("path", d="M-2.2-6.5h4.4v4.3h4.3v4.4H2.2v4.3h-4.4V2.2h-4.3v-4.4h4.3z", id="s6"),
        tag("path", d="M-3.3-6h6.6L6.8 0 3.3 6h-6.6L-6.8 0z", id="s7"),
        tag("path", d="M0-7l2.1 4.4 4.8.6-3.5 3.4.9 4.8L0 3.9l-4.3 2.3.9-4.8L-6.9-2l4.8-.6z", id="s8"),
    )
    hatches = (
        _pattern("hatch", 6, "M-1 1l2-2M0 6l6-6M5 7l2-2"),
        _pattern("tone2", 6, "M3 3h.01"),
        _pattern("tone3", 5, "M0 2.5h5"),
        _pattern("tone4", 5, "M0 2.5h5M2.5 0v5"),
    )
    return tag("svg", tag("defs", *shapes, *hatches), width=0, height=0, class_="defs", aria_hidden="true")


def _pattern(name: str, size: int, path: str) -> Html:
    lines = tag("path", d=path, class_="pat")
    return tag("pattern", lines, id=name, width=size, height=size, patternUnits="userSpaceOnUse")


STYLES = (
    """
.d{margin-block:.5rem 1rem}
.d text{font-size:15px;paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.d .k{font-weight:600}
.d .q{fill:var(--quiet)}
.d .t{font-size:13px}
.d .b{fill:var(--bar)}
.d .f{fill:var(--ink)}
.d .u{fill:var(--faint);stroke:var(--edge)}
.d .w{fill:var(--ink);stroke:var(--paper);stroke-width:1.5}
.d .h{fill:url(#hatch);stroke:var(--edge)}
.d .e{fill:none;stroke:var(--edge)}
.d .r{fill:var(--edge);stroke:none}
.d line.r{stroke:var(--edge);stroke-width:1}
.z{stroke:var(--clay);stroke-width:3}
.key{display:inline-block;vertical-align:-2px;margin-inline-end:.25rem}
.d .g{fill:var(--ink)}
.d .i{fill:var(--quiet)}
.d .n1{fill:var(--ink)}
.d use{stroke:var(--ink);stroke-width:1.5}
.d use.u{fill:var(--faint)}
.d .v{font-size:19px}
.d .m{fill:var(--faint);stroke:var(--edge)}
.defs{position:absolute}
.pat{stroke:var(--quiet);stroke-width:1.2;stroke-linecap:round;fill:none}
"""
    + "".join(f".d .s{i}{{fill:var(--group-{i})}}" for i in range(1, SHAPES + 1))
    + ".d .p{fill:var(--paper)}"
    + "@media print{.d{zoom:.75}}"
)
