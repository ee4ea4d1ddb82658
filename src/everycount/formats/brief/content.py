"""What a brief says, in plain sentences, of everybody or of the people of one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from everycount import catalogue
from everycount.estimate.estimates import Against
from everycount.estimate.plan import SHARES
from everycount.faults import InputError
from everycount.formats.messages import isolate
from everycount.formats.picture import GREY, picture
from everycount.formats.report import figures
from everycount.formats.report.behind import against_rest, how_sure
from everycount.formats.report.missing import unheard
from everycount.formats.report.one_figure import DISTANCE, one_figure
from everycount.formats.report.view import View, uncertain
from everycount.protect.cells import Status
from everycount.sample.design import Basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.estimate.estimates import CellKey
    from everycount.formats.brief.given import Given
    from everycount.protect.cells import Cell
    from everycount.release.model import MeasureFacts

FINDINGS = 8  # measures; the others are at the address
_VOICES, _WORDS = 3, 400  # how many are quoted, and letters of each


@dataclass(frozen=True, slots=True)
class Finding:
    """One number in a sentence, how sure it is, and how the group compares."""

    said: str
    sure: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, quotes apart."""

    heading: str
    lines: tuple[str, ...]
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """k of base people or households, for a picture that needs no reading."""

    k: int
    base: int


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything that the four forms are made of.

    Attributes:
        title: of the document.
        kicker: survey and time; ``place`` the group it is about, "" for everybody.
        notice: that all is invented, where it is.
        head: the first finding.
        findings: the others.
        drawn: a picture as SVG in greys; ``alt`` says it in words.
        share: of the first finding, where it is a share.
        sections: who was asked, who is missing, what is hidden, and so on, in their order.
        address: for good; "" where there is none. ``whole`` says what stands there.
        foot: title, licence and fingerprint.
    """

    language: str
    rtl: bool
    title: str
    kicker: str
    place: str
    notice: str
    head: Finding
    found: str
    findings: tuple[Finding, ...]
    drawn: bytes | None
    alt: str
    share: Share | None
    sections: tuple[Section, ...]
    address: str
    whole: str
    foot: str


def brief_of(view: View, given: Given, within: CellKey = (), *, at_most: int = FINDINGS) -> Brief | None:
    """The brief of everybody, or of one group; None where no number of it is shown.

    Args:
        view: the release and a language.
        given: what the release does not know.
        within: one group of one dimension; empty for everybody.
        at_most: findings beside the first.
    """
    told = [(one, cell) for one in view.release.measures if (cell := view.cell(one, within)) is not None]
    first = next((pair for pair in told if pair[1].value is not None), None)
    if first is None:
        return None
    rest = [pair for pair in told if pair is not first]
    survey, words = view.release.survey, view.words
    place = _named(view, within[0]) if within else ""
    title = survey.title.say(view.language, survey.id)
    drawn, alt = _drawn(view, first[0], within)
    return Brief(
        language=view.language,
        rtl=view.rtl,
        title=f"{title}: {place}" if place else title,
        kicker=f"{title} · {words.date(survey.period)}",
        place=place,
        notice=words.plain("invented.text") if survey.invented else "",
        head=_finding(view, *first, lead=True),
        found=words.plain("page.found"),
        findings=tuple(_finding(view, *pair) for pair in rest[:at_most]),
        drawn=drawn,
        alt=alt,
        share=_share(view, *first),
        sections=tuple(_sections(view, given, within, more=len(rest) > at_most)),
        address=given.address,
        whole=words.plain("brief.whole"),
        foot=" · ".join(part for part in (title, survey.licence, view.release.digest[:23]) if part),
    )


def stop(language: str) -> str:
    """What a sentence ends with."""
    return "।" if language in {"hi", "bn"} else "."


def _named(view: View, group: tuple[str, str]) -> str:
    dimension, code = group
    return dict(view.dimensions[dimension].groups)[code].say(view.language, code)


def _finding(view: View, measure: MeasureFacts, cell: Cell, *, lead: bool = False) -> Finding:
    """Without a design, what the numbers can say is said once, with the first."""
    if cell.value is None:
        key = "finding.no_answers" if cell.status is Status.NO_ANSWERS else "finding.hidden"
        return Finding(view.words.plain(key, measure=view.measure_plain(measure)), "")
    sure = view.sure(measure, cell) if lead or cell.basis is not Basis.NONE else ""
    said = [sure, _compared(view, measure, cell)]
    if uncertain(cell):
        said.append(view.words.plain("sure.caution"))
    return Finding(view.finding_plain(measure, cell), " ".join(part for part in said if part))


def _compared(view: View, measure: MeasureFacts, cell: Cell) -> str:
    rest = view.contrast(cell, Against.REST)
    if rest is None:
        return ""
    said = against_rest(view, measure, rest)
    sure = how_sure(view, measure, rest) if cell.basis is not Basis.NONE else ""
    return view.words.plain("brief.against", said=f"{said} ({sure})" if sure else said)


def _share(view: View, measure: MeasureFacts, cell: Cell) -> Share | None:
    if measure.kind not in SHARES:
        return None
    said = view.share(cell)
    return Share(said.k, said.base)


def _drawn(view: View, measure: MeasureFacts, within: CellKey) -> tuple[bytes | None, str]:
    """The distance between groups, or where one group stands among the others; and the same in words."""
    if within:
        dimension = view.dimensions[within[0][0]]
        title = view.words.plain(
            "groups.picture", measure=view.measure_plain(measure), dimension=view.dimension_plain(dimension)
        )
        cells = view.groups(measure, dimension)
        figure = figures.among(view, measure, cells, within)
    else:
        found = one_figure(view, DISTANCE)
        if found is None:
            return None, ""
        title, figure = found.title, found.drawn
        cells = [cell for cell in found.cells if cell.measure == measure.id]
    values = "; ".join(f"{view.group_plain(cell)} {view.written(measure, cell)}" for cell in cells)
    alt = f"{title}. {values}{stop(view.language)}"
    return picture(title, figure, [], view.language, tokens=GREY), alt


def _sections(view: View, given: Given, within: CellKey, *, more: bool) -> Iterator[Section]:
    words = view.words
    asked = (words.plain("brief.asked"), tuple(_asked(view)))
    missing = (words.plain("brief.missing"), tuple(_missing(view, within)))
    hidden = (words.plain("page.hidden"), tuple(_hidden(view, within)))
    yield Section(*asked)
    yield Section(*missing)
    yield Section(*hidden)
    yield _decided(view, given)
    yield Section(words.plain("brief.may"), tuple(_may(view)))
    yield Section(
        words.plain("brief.ask"), (isolate(given.ask) if given.ask else words.plain("brief.ask_none"),)
    )
    if given.back:
        yield Section(words.plain("brief.back"), (isolate(given.back),))
    if more:
        yield Section(words.plain("page.contents"), (words.plain("brief.others"),))


def _asked(view: View) -> Iterator[str]:
    survey, words, design = view.release.survey, view.words, view.release.design
    facts = (
        ("head.asked_by", survey.asked_by.say(view.language)),
        ("head.area", _area(view)),
        ("head.period", words.date(survey.period)),
        ("head.records", words.plain("head.records_value", count=design.sample.records)),
        ("design.kind", words.plain(f"kind.{design.kind}")),
    )
    for key, said in facts:
        if said:
            yield f"{words.plain(key)}: {isolate(said)}{stop(view.language)}"
    units = words.units(view.main.unit if view.main else "")
    yield words.plain("brief.whom", scope=words.plain(f"scope.{design.scope}", units=units))


def _area(view: View) -> str:
    area = view.release.survey.area
    try:
        return catalogue.area(area).names.say(view.language, area)
    except InputError:  # the code of a list of our own
        return area


def _missing(view: View, within: CellKey) -> Iterator[str]:
    nobody, hidden = unheard(view, within)
    for key, groups in (("nobody", nobody), ("too_few", hidden)):
        if groups:
            yield view.words.plain(f"brief.{key}", groups=_all(view, groups))
    yield view.words.plain("brief.always")


def _all(view: View, groups: list[tuple[str, str]]) -> str:
    comma = "، " if view.language == "ar" else ", "
    said = (
        f"{_named(view, group)} ({view.dimensions[group[0]].labels.say(view.language)})" for group in groups
    )
    return comma.join(map(isolate, said))


def _hidden(view: View, within: CellKey) -> Iterator[str]:
    cells = [cell for cell in view.release.cells.cells if set(within) <= set(cell.cell)]
    hidden = [cell for cell in cells if cell.value is None]
    words, least = view.words, view.release.cells.policy.min_respondents
    if not hidden:
        yield words.plain("brief.all_shown")
        return
    yield words.plain("brief.hidden_some", hidden=len(hidden), total=len(cells))
    found = {cell.status for cell in hidden}
    for status in Status:
        if status in found and status is not Status.SHOWN:
            yield words.plain(f"hidden.{status}", count=least)


def _decided(view: View, given: Given) -> Section:
    words = view.words
    heading = words.plain("brief.decided")
    withheld = sum(cell.status is Status.WITHHELD_BY_COMMUNITY for cell in view.release.cells.cells)
    if given.agree is None or given.object is None or not given.agree + given.object:
        lines = [words.plain("brief.no_body")]
    else:
        lines = [words.plain("brief.agreed", agree=given.agree, object=given.object)]
    if withheld:
        lines.append(words.plain("brief.withheld", count=withheld))
    quotes = tuple(isolate(_short(voice)) for voice in given.voices[:_VOICES])
    return Section(heading, (*lines, words.plain("brief.voices")) if quotes else tuple(lines), quotes)


def _short(voice: str) -> str:
    said = " ".join(voice.split())
    return said if len(said) <= _WORDS else f"{said[:_WORDS].rstrip()} …"


def _may(view: View) -> Iterator[str]:
    words, survey = view.words, view.release.survey
    yield words.plain("brief.may_share")
    source = survey.source or survey.asked_by.say(view.language) or survey.title.say(view.language)
    yield words.plain("brief.may_cite", source=isolate(source))
    yield words.plain("brief.may_not")
