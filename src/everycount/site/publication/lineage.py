"""Where a published number comes from, in words and for programs: what its page says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from everycount.formats.page import Html, tag
from everycount.formats.prov_number import Told, number_document
from everycount.formats.report.figures import one_bar
from everycount.formats.report.opening import beside, line_of
from everycount.formats.report.trust import wording_of
from everycount.formats.report.view import uncertain
from everycount.protect.cells import Status
from everycount.release import explain
from everycount.release.geography import tells_where
from everycount.sample.design import Basis, Scope
from everycount.site.publication import citing, files
from everycount.site.publication.queries import numbers as queries
from everycount.site.publication.queries.public import decision, is_replaced
from everycount.site.publication.reading import view_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from everycount.formats.report.view import View
    from everycount.protect.cells import Cell
    from everycount.release.model import MeasureFacts
    from everycount.site.publication.queries.numbers import Number


@dataclass(frozen=True)
class Lineage:
    """What the page of one number says of it.

    Attributes:
        title: measure and groups in one plain line.
        groups: (characteristic, group) of whom it speaks.
        value: as figures; empty where it is not shown.
        sentence, sure: the finding, and how sure one can be.
        gap: why there is no number, in words; empty where there is one.
        official: the official figure of the measure beside it, where it is of everybody who was asked.
        wording: the question as it was asked.
        may, may_not: what can be concluded from it and what cannot.
    """

    title: str
    groups: tuple[tuple[Html, Html], ...]
    value: str
    between: str
    sentence: Html
    sure: str
    gap: str
    drawn: Html | None
    official: Html | None
    wording: Html | None
    asked: str
    may: tuple[str, ...]
    may_not: tuple[str, ...]
    records: str
    rule: Html
    explained: tuple[str, ...]


def lineage(one: Number, language: str) -> Lineage:
    """A number in one language."""
    view, cell = view_of(one.release, language), one.cell
    facts = facts_of(view, cell)
    shown = cell.value is not None
    groups = tuple(
        (view.dimension(view.dimensions[name]), view.group(cell, i)) for i, (name, _) in enumerate(cell.cell)
    )
    return Lineage(
        title=title_of(view, cell),
        groups=groups,
        value=view.written(facts, cell) if shown else "",
        between=view.between(facts, cell),
        sentence=view.finding(facts, cell),
        sure=view.sure(facts, cell),
        gap="" if shown else gap(view, cell),
        drawn=_drawn(view, facts, cell),
        official=beside(view, facts, cell) if shown and not cell.cell else None,
        wording=wording_of(view, facts.wording) if facts.wording else None,
        asked=view.words.plain("sure.asked", count=cell.n) if cell.n else "",
        may=tuple(_may(view, facts, cell)) if shown else (),
        may_not=tuple(_may_not(view, facts, cell)),
        records=view.words.plain("head.records_value", count=view.release.design.sample.records),
        rule=_rule(view),
        # A replaced release holds its numbers against others that may be shown no more.
        explained=()
        if is_replaced(one.release)
        else tuple(
            explain(view.release, cell.measure, [f"{name}={code}" for name, code in cell.cell], language)
        ),
    )


def _drawn(view: View, facts: MeasureFacts, cell: Cell) -> Html | None:
    if tells_where(facts, [view.dimensions[name] for name, _code in cell.cell]):
        return None
    return line_of(view, facts, cell, with_figure=not cell.cell) or one_bar(view, facts, cell)


def facts_of(view: View, cell: Cell) -> MeasureFacts:
    """The measure of a cell."""
    return next(one for one in view.release.measures if one.id == cell.measure)


def title_of(view: View, cell: Cell) -> str:
    """Measure and groups in one line, where no markup can stand."""
    groups = [view.group_plain(cell, i) for i in range(len(cell.cell))]
    return " · ".join([view.measure_plain(facts_of(view, cell)), *(groups or [_("everybody")])])


def gap(view: View, cell: Cell) -> str:
    """Why there is no number."""
    return view.words.plain(f"hidden.{cell.status}", count=view.release.cells.policy.min_respondents)


def _may(view: View, facts: MeasureFacts, cell: Cell) -> Iterator[str]:
    units = view.words.units(facts.unit)
    yield _("It speaks about: %(whom)s.") % {"whom": view.words.plain(f"scope.{cell.scope}", units=units)}
    if cell.basis is Basis.NONE:
        yield view.words.plain("basis.none_place" if cell.scope is Scope.PLACE else "basis.none", units=units)
        yield view.words.plain(f"why.{view.release.design.kind}")
    else:
        yield view.words.plain(f"basis.{cell.basis}")
    if facts.sdg is not None:
        yield view.words.plain(f"sdg.{facts.sdg.relation}", indicator=facts.sdg.indicator)


def _may_not(view: View, facts: MeasureFacts, cell: Cell) -> Iterator[str]:
    if cell.status is not Status.SHOWN:
        yield _("A gap is not zero, and says nothing about how these people fare.")
    if cell.scope is Scope.RESPONDENTS:
        yield _("It says nothing about people who were not asked.")
    if uncertain(cell):
        yield view.words.plain("sure.caution")
    if facts.sdg is not None and facts.sdg.relation != "measures":
        yield _("It is not the SDG indicator itself.")
    yield _("It is no official statistic; citizens made it.")
    yield _("It must not be used to find, name or judge a person or a household.")


def _rule(view: View) -> Html:
    policy = view.release.cells.policy
    said: list[Html | str] = [view.words.say("hidden.policy", name=tag("bdi", policy.name))]
    if policy.decided_by:
        said += [" ", view.words.say("hidden.decided", who=tag("bdi", policy.decided_by))]
    if policy.since:
        said += [" ", view.words.plain("hidden.since", date=view.words.date(policy.since))]
    return tag("span", *said)


def document(one: Number, *, at: datetime) -> dict[str, Any]:
    """The number and its chain as JSON-LD (PROV-O, schema.org)."""
    release = one.release
    earlier = queries.before(one, at=at)
    body = decision(release, at=at)
    told = Told(
        address=address_of(one),
        files=citing.absolute(
            reverse("release_file", args=[release.plan.slug, release.number, "release.json"])
        ).removesuffix("release.json"),
        before=address_of(earlier) if earlier else "",
        decided=f"{body.agree} of the community body agreed, {body.object} did not, {body.needed} needed",
        on=f"{release.published_at:%Y-%m-%d}",
    )
    return number_document(view_of(release, "en").release, one.cell, told)


def address_of(one: Number) -> str:
    """Its address for good."""
    return citing.absolute(reverse("number", args=[one.name]))


def questionnaire(one: Number) -> tuple[str, str] | None:
    """Title and version of the questionnaire that was asked; None where its bytes are not here any more."""
    version = files.version_of(one.release)
    return None if version is None else (version.questionnaire.title, version.version)
