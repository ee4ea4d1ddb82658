"""The report: one self-contained page that says what was found, how far it holds, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.faults import InputError
from everycount.formats import maps, shapes
from everycount.formats.messages import chosen, messages
from everycount.formats.page import Html, join, page, spoken, tag
from everycount.formats.report import figures, opening, trust
from everycount.formats.report.behind import behind
from everycount.formats.report.crossed import crossed
from everycount.formats.report.places import on_the_map
from everycount.formats.report.room import GROUPS, elsewhere, size
from everycount.formats.report.view import View, section

if TYPE_CHECKING:
    from everycount.release.model import Release

__all__ = ["Parts", "description", "parts_of", "report_html", "styles"]


_STYLES = """
.kicker{color:var(--quiet);margin-block:1.25rem 0}
.sure{max-inline-size:none}
.sure small{display:inline-block}
.sure small a{margin-inline-start:.5rem}
h1 + .sure{font-size:1.125rem}
.finding{font-size:1.175rem}
p.finding{font-size:1.3rem;max-inline-size:none}
.lede{font-size:1.125rem}
.found{margin-block-end:2.25rem}
.found h3{margin-block-end:.25rem}
.facts{display:grid;gap:.5rem 1rem;margin-block:1.5rem}
.facts>div{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,5fr);gap:0 1rem}
.facts dt{font-weight:400;color:var(--quiet)}
.facts dd{margin:0}
.contents ul{list-style:none;padding:0;margin-block:0;columns:2 16rem}
.contents a{display:inline-block;min-block-size:44px;padding-block:.65rem;font-size:.9375rem}
.sdg a{display:inline-flex;gap:.4rem;align-items:center;color:var(--quiet);font-size:.875rem;
 min-block-size:44px}
.sdg b{color:var(--ink)}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:0 2.5rem}
.panels h4{margin-block:1rem .1rem}
.panels p{margin-block:0 .5rem;font-size:.875rem}
.names{columns:2 16rem}
dd q{quotes:none}
.said{color:var(--quiet)}
td small:not(.said){white-space:nowrap}
@media print{.contents{display:none}
 section{columns:2;column-gap:1.75rem;border-block-start:1px solid var(--line);margin-block-start:.75rem;
 padding-block-start:.5rem}
 section>h2{margin-block:0 .375rem;padding:0;border:0}
 h3{margin-block:1rem .25rem}
 h2+*>h3:first-child,h2+*>h4:first-child,h2+h3{margin-block-start:0}
 .facts{columns:2;column-gap:1.75rem;display:block;margin-block:.75rem}
 .facts>div{break-inside:avoid;padding-block:.125rem}
 figure{margin:0 0 1rem}
 .found,.sdg{margin-block:0 .5rem}
 .sdg a{min-block-size:0}
 .panels{display:block}
 .panels h4{margin-block-start:.5rem}
 dl:not(.facts)>dt{break-after:avoid}
 .found,.panels>div,li{break-inside:avoid}
 .source a{display:none}
 .map{max-inline-size:60%}
 details::details-content{content-visibility:visible;block-size:auto}
 details:not([open]){display:none}}
"""


@dataclass(frozen=True, slots=True)
class Parts:
    """A report in parts, for pages that put their own between them.

    Attributes:
        top: what it is about, the finding, and who asked whom.
        sections: (key, section) in their order; the key is also the name that links point to.
    """

    top: Html
    sections: tuple[tuple[str, Html], ...]


def styles() -> str:
    """The rules that the parts of a report need beside those of every page, and of drawings (``shapes``)."""
    return maps.STYLES + _STYLES


def report_html(release: Release, language: str | None = None) -> str:
    """The report of a release as HTML text: below 300 KB, without script, in one language.

    Args:
        release: what it speaks about; nothing else is read but boundaries and names of areas.
        language: BCP 47 tag; by default the survey's first language, where it has a catalogue, else English.
    """
    view = View(release, messages(chosen(language, release.survey.languages)))
    parts = parts_of(view)
    contents = opening.contents(view, [key for key, _ in parts.sections])
    body = join([shapes.definitions(), parts.top, contents, *(part for _, part in parts.sections)])
    return page(
        opening.headline(view),
        body,
        view.language,
        description=description(view),
        styles=shapes.STYLES + styles(),
    )


def parts_of(view: View) -> Parts:
    """What a report says, within the limit of the view."""
    lead = [
        ("found", opening.findings(view)),
        ("behind", behind(view)),
        ("distance", figures.distance(view)),
    ]
    tail = [
        ("how_sure", trust.how_sure(view)),
        ("hidden", trust.hidden(view)),
        ("questions", trust.questions(view)),
        ("made", trust.made(view)),
    ]
    maps_ = ("map", on_the_map(view))
    top = [opening.invented(view), opening.head(view), opening.facts(view, _where(view))]
    room = view.limit - size(*top, *(part for _, part in [*lead, maps_, *tail]))
    groups = ("groups", _groups(view, min(room, round(view.limit * GROUPS))))
    several = ("crossed", crossed(view, room - size(groups[1])))
    parts = [(key, part) for key, part in [*lead, groups, maps_, several, *tail] if part is not None]
    return Parts(join(top), tuple(parts))


def _groups(view: View, room: int) -> Html | None:
    """The figures of single characteristics, as far as there is room; the others are named."""
    printed: list[Html] = []
    left_out: list[Html] = []
    for dimension in view.one_way():
        measures = view.measures_by(dimension)
        figure = figures.by_group(view, dimension, measures)
        if size(figure) > room:
            measures = measures[: max(1, len(measures) * room // size(figure) - 1)]
            figure = figures.by_group(view, dimension, measures)
        if size(figure) > room:
            left_out.append(view.dimension(dimension))
            continue
        room -= size(figure)
        printed.append(figure)
        rest = view.measures_by(dimension)[len(measures) :]
        left_out += [join([view.measure(one), " · ", view.dimension(dimension)]) for one in rest]
    if not printed and not left_out:
        return None
    return section(view, "groups", *printed, elsewhere(view, left_out))


def _where(view: View) -> Html:
    area = view.release.survey.area
    try:
        return spoken(catalogue.area(area).names, view.language, area)
    except InputError:  # the code of a list of our own; it is said as it is
        return tag("bdi", area)


def description(view: View) -> str:
    """The finding of the main measure in one plain sentence; empty where it is not shown."""
    main = view.main
    cell = view.overall(main) if main else None
    if main is None or cell is None or cell.value is None:
        return ""
    return view.finding_plain(main, cell)
