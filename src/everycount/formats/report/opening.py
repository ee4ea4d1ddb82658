"""The top of the report: what was found, said in sentences, and who asked whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.plan import SHARES
from everycount.formats import charts
from everycount.formats.page import Html, escape, join, spoken, tag
from everycount.formats.report.room import FINDINGS, elsewhere, fit
from everycount.formats.report.view import View, section, uncertain
from everycount.formats.svg import Scale
from everycount.release.official import Aspect, Standing, compared, standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from everycount.estimate.plan import Benchmark, SdgLink
    from everycount.protect.cells import Cell
    from everycount.release.model import MeasureFacts
    from everycount.release.official import Comparison, Unlike

# The UN's colours of the seventeen goals (SDG guidelines for the use of the logo, 2020).
_GOALS = (
    *("#e5243b", "#dda63a", "#4c9f38", "#c5192d", "#ff3a21", "#26bde2", "#fcc30b", "#a21942", "#fd6925"),
    *("#dd1367", "#fd9d24", "#bf8b2e", "#3f7e44", "#0a97d9", "#56c02b", "#00689d", "#19486a"),
)


def invented(view: View) -> Html | None:
    """The notice that nothing here is real; on screen and on paper."""
    if not view.release.survey.invented:
        return None
    words = view.words
    title = tag("p", tag("strong", words.plain("invented.title"), class_="care"))
    return tag("div", title, tag("p", words.plain("invented.text")), class_="notice", role="note")


def head(view: View) -> Html:
    """Survey, finding of the main measure, and how sure one can be of it."""
    survey = view.release.survey
    title = spoken(survey.title, view.language, survey.id)
    when = view.words.date(survey.period)
    kicker = tag("p", title, " · ", when, class_="kicker")
    main = view.main
    cell = view.overall(main) if main else None
    if main is None or cell is None or cell.value is None:
        nothing = None if _anything(view) else tag("p", view.words.plain("head.nothing"), class_="lede")
        return join([kicker, tag("h1", title), nothing])
    return join([kicker, tag("h1", view.finding(main, cell)), _evidence(view, main, cell)])


def _anything(view: View) -> bool:
    return any(cell.value is not None for cell in view.release.cells.cells)


def headline(view: View) -> str:
    """The title of the window: the survey's."""
    survey = view.release.survey
    return survey.title.say(view.language, survey.id)


def facts(view: View, where: Html) -> Html:
    """Who asked whom, where, when, and who decided; one line each."""
    survey, policy = view.release.survey, view.release.cells.policy
    about = tag("p", spoken(survey.about, view.language)) if survey.about else None
    decided = policy.decided_by and (
        view.words.plain("head.decided_value", who=policy.decided_by, date=view.words.date(policy.since))
        if policy.since
        else policy.decided_by
    )
    lines = (
        ("asked_by", spoken(survey.asked_by, view.language) if survey.asked_by else None),
        ("area", where),
        ("period", view.words.date(survey.period)),
        ("records", view.words.plain("head.records_value", count=view.release.design.sample.records)),
        ("decided", decided),
        ("source", survey.source),
        ("licence", survey.licence),
    )
    return join(
        [about, tag("dl", *(_line(view, name, value) for name, value in lines if value), class_="facts")]
    )


def _line(view: View, name: str, value: Html | str) -> Html:
    return tag("div", tag("dt", view.words.plain(f"head.{name}")), tag("dd", value))


def findings(view: View) -> Html | None:
    """One finding per measure that the head does not tell."""
    overalls = _overalls(view)
    told = bool(overalls) and overalls[0][0] is view.main and overalls[0][1].value is not None
    found = ((view.measure(measure), _finding(view, measure, cell)) for measure, cell in overalls[told:])
    printed, left_out = fit(found, round(view.limit * FINDINGS))
    return section(view, "found", *printed, elsewhere(view, left_out)) if printed or left_out else None


def _overalls(view: View) -> Sequence[tuple[MeasureFacts, Cell]]:
    both = ((measure, view.overall(measure)) for measure in view.release.measures)
    return [(measure, cell) for measure, cell in both if cell is not None]


def _finding(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    sentence = tag("h3", view.finding(measure, cell), class_="finding")
    return tag("div", sentence, _evidence(view, measure, cell), class_="found")


def _evidence(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    if cell.value is None:
        return join([_why(view, cell), _sdg(view, measure.sdg)])
    said = None if cell.n is None else view.words.plain("sure.asked", count=cell.n)
    came = None if view.addresses is None else view.linked(cell, view.words.plain("figure.number"))
    asked = join([" ", tag("small", join([said, " ", came]))]) if said or came else None
    care = tag("p", " ".join(_caution(view, cell)), class_="care") if uncertain(cell) else None
    return join(
        [
            tag("p", view.sure(measure, cell), asked, class_="sure"),
            line_of(view, measure, cell),
            care,
            beside(view, measure, cell),
            _sdg(view, measure.sdg),
        ]
    )


def _why(view: View, cell: Cell) -> Html | None:
    """Why there is no number, where a page says it."""
    if view.addresses is None:
        return None
    return tag("p", view.linked(cell, view.words.plain(f"status.{cell.status}")))


def _caution(view: View, cell: Cell) -> list[str]:
    said = [view.words.plain("sure.caution")]
    needed = [] if cell.n_needed is None else [view.words.plain("sure.needed", count=cell.n_needed)]
    return said + needed


def line_of(view: View, measure: MeasureFacts, cell: Cell, *, with_figure: bool = True) -> Html | None:
    """A share on the line from none to all, with its interval; None for other numbers and what is hidden.

    The stroke of an official figure stands on it only where both are alike, and where :func:`beside` says
    what it is.
    """
    if measure.kind not in SHARES or cell.value is None:
        return None
    mark = charts.Mark(
        label="",
        written=view.written(measure, cell),
        between=view.between(measure, cell),
        value=cell.value,
        low=cell.ci_low,
        high=cell.ci_high,
        uncertain=uncertain(cell),
    )
    title = view.finding_plain(measure, cell)
    ends = view.words.percent(0), view.words.percent(1)
    figure = measure.benchmark if with_figure else None
    may_stand = figure is not None and compared(figure, cell, view.release.survey).may_share_an_axis
    stroke = figure.value if figure is not None and may_stand else None
    return charts.line(mark, Scale(0, 1, view.rtl), title, view.sure(measure, cell), ends, beside=stroke)


def beside(view: View, measure: MeasureFacts, cell: Cell) -> Html | None:
    """The official figure of a measure beside a number of it; where they are unlike, the reasons first."""
    figure = measure.benchmark
    if figure is None:
        return None
    found = compared(figure, cell, view.release.survey)
    agreed = _agreed(view, found)
    note = tag("p", tag("small", tag("bdi", figure.note))) if figure.note else None
    if not found.may_share_an_axis:
        reasons = tag("ul", *(tag("li", _unlike(view, reason)) for _, reason in found.unlike))
        first = tag("p", view.words.plain("benchmark.unlike"))
        return tag("div", first, reasons, agreed, _two(view, measure, cell), note, class_="quiet")
    said = view.words.say(
        "benchmark.beside",
        label=spoken(figure.labels, view.language),
        value=view.figure(measure, figure.value),
        source=_source(figure),
    )
    drawn = charts.stroke() if measure.kind in SHARES else None
    where = standing(figure, cell)
    told = None if where is Standing.UNKNOWN else f" {view.words.plain(f'benchmark.{where}')}"
    return tag("div", tag("p", drawn, said, told), agreed, note, class_="quiet")


def _two(view: View, measure: MeasureFacts, cell: Cell) -> Html:
    """Both figures, each by its name: beside each other, and on no axis."""
    figure = measure.benchmark
    if figure is None or cell.value is None:
        return join([])
    lines = (
        (view.words.plain("benchmark.ours"), view.written(measure, cell)),
        (
            spoken(figure.labels, view.language),
            join([view.figure(measure, figure.value), " (", _source(figure), ")"]),
        ),
    )
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", said)) for name, said in lines), class_="facts")


def _source(figure: Benchmark) -> Html:
    licence = join([", ", tag("bdi", figure.licence)]) if figure.licence else None
    return join([tag("bdi", figure.source), licence])


def _agreed(view: View, found: Comparison) -> Html | None:
    if not found.alike:
        return None
    sides = view.words.listed(escape(view.words.plain(f"benchmark.of_{side}")) for side in found.alike)
    return tag("p", view.words.say("benchmark.agree", sides=sides))


def _unlike(view: View, reason: Unlike) -> Html:
    theirs = reason.theirs or view.words.plain("benchmark.everybody")
    if reason.kind is Aspect.PLACE:
        theirs = _place(theirs, view.language)
    if reason.kind is Aspect.PERIOD:
        theirs = view.words.date(theirs)
    return view.words.say(f"benchmark.{reason.kind}", theirs=tag("bdi", theirs.rstrip(".।")))


def _place(code: str, language: str) -> str:
    return catalogue.place_name(code).say(language, code)


def _sdg(view: View, link: SdgLink | None) -> Html | None:
    if link is None:
        return None
    goal = int(link.indicator.split(".")[0]) if link.indicator.split(".")[0].isdecimal() else 0
    said = view.words.plain(f"sdg.{link.relation}", indicator=link.indicator)
    if not 1 <= goal <= len(_GOALS):
        return tag("p", said, class_="sdg")
    square = tag("rect", width=12, height=12, fill=_GOALS[goal - 1])
    tile = tag("svg", square, width=12, height=12, aria_hidden="true")
    address = f"https://sdgs.un.org/goals/goal{goal}"
    return tag("p", tag("a", tile, tag("b", str(goal)), " ", said, href=address), class_="sdg")


def contents(view: View, keys: Sequence[str]) -> Html:
    """Links to the sections, folded so that the findings come first."""
    links = (tag("li", tag("a", view.words.plain(f"page.{key}"), href=f"#{key}")) for key in keys)
    title = view.words.plain("page.contents")
    return tag("nav", tag("details", tag("summary", title), tag("ul", *links)), class_="contents")
