"""Official figures: looked for by words, place and SDG indicator, and as a plan writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from everycount import catalogue
from everycount.catalogue.offices import COUNTRY, Missing, Residence, Round
from everycount.estimate.plan import SHARES
from everycount.faults import Fault, InputError
from everycount.site.publication.clicking.part import put
from everycount.site.publication.clicking.words import relations

if TYPE_CHECKING:
    from everycount.catalogue import OfficialFigure, OfficialIndicator
    from everycount.site.publication.clicking.here import Here, Part

MOST = 20  # lines on a page; more are found by more words
_ENGLISH = "en"  # the language of the source
_AVERAGES = ("mean", "median", "quantile", "ratio")


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure as a button, or why there is none."""

    figure: OfficialFigure
    people: str
    gap: str


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator in a place, with its figures; ``relation`` in words, where a goal was looked for."""

    indicator: OfficialIndicator
    relation: str
    choices: tuple[Choice, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """Lines, how many more there are, and how many are left out because they are another kind of number."""

    place: str
    lines: tuple[Line, ...]
    more: int
    other_kind: int


class Search(forms.Form):
    """What to look for; without anything, what stands beside the measure's own SDG indicator."""

    words = forms.CharField(required=False, max_length=100)
    place = forms.ChoiceField(required=False)
    sdg = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, part: Part, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        linked = part.get("sdg", "")
        own = str(linked.get("indicator", "") if isinstance(linked, dict) else linked)
        words, place, sdg = self.fields["words"], self.fields["place"], self.fields["sdg"]
        words.label, words.help_text = (
            _("Words"),
            _("In English, as the source has them, such as: sanitation."),
        )
        place.label, sdg.label = _("Country or state"), _("SDG indicator")
        areas = [(code, name.say(language)) for code, name in catalogue.official_areas().items()]
        place.choices = [areas[0], *sorted(areas[1:], key=lambda pair: pair[1])]  # type: ignore[attr-defined]
        numbers = _numbers()
        titled = ((each, f"{each} {_title(each, language)}") for each in numbers)
        sdg.choices = [("", _("any indicator")), *titled]  # type: ignore[attr-defined]
        place.initial, sdg.initial = COUNTRY, own if own in numbers else ""

    def found(self) -> Found | None:
        """What there is; None where nothing was looked for."""
        if self.is_bound and not self.is_valid():
            return None
        given = self.cleaned_data if self.is_bound else {}
        words = str(given.get("words") or "")
        place = given.get("place") or COUNTRY
        sdg = given.get("sdg") or "" if self.is_bound else self.fields["sdg"].initial
        if not words and not sdg and not self.is_bound:
            return None
        names = relations()
        every = catalogue.official_indicators(sdg=sdg, words=words)
        fitting = [each for each in every if fits(self.part, each)]
        lines = [
            _line(each, place, names[dict(each.sdg)[sdg]] if sdg else "")
            for each in fitting
            if catalogue.official_figures(each.id, place)
        ]
        called = dict(self.fields["place"].choices)[place]  # type: ignore[attr-defined]
        return Found(called, tuple(lines[:MOST]), max(len(lines) - MOST, 0), len(every) - len(fitting))


def fits(part: Part, indicator: OfficialIndicator) -> bool:
    """A share stands beside a share, and an average beside a number that is none."""
    kind = part.get("kind")
    return indicator.is_share if kind in SHARES else kind in _AVERAGES and not indicator.is_share


def benchmark(figure: OfficialFigure, part: Part, here: Here) -> Part:
    """The figure as a plan writes it; whether it is alike, somebody has to say.

    Raises:
        InputError: there is no number, or it is another kind of number than the measure.
    """
    indicator = figure.indicator
    if figure.value is None:
        problem = _("The source has no number there.")
        raise InputError(Fault(figure.id, problem, _("Choose another place, or everybody.")))
    if not fits(part, indicator):
        problem = _("It is another kind of number than the measure.")
        raise InputError(Fault(figure.id, problem, _("Put a share beside a share.")))
    made: Part = {"value": figure.value if figure.share is None else figure.share}
    label = f"{indicator.labels.say(_ENGLISH)}, {_where(figure)} ({figure.round})"
    made["label"] = label if here.languages == (_ENGLISH,) else {_ENGLISH: label}
    definition = f"{indicator.labels.say(_ENGLISH)}. {indicator.definition}".strip()
    made |= {"source": figure.source, "period": figure.period, "area": figure.area}
    made |= {"population": figure.population, "concept": definition, "licence": figure.licence}
    put(made, "note", figure.note)
    return made


def _where(figure: OfficialFigure) -> str:
    place = catalogue.official_areas()[figure.area].say(_ENGLISH)
    return place if figure.residence is Residence.TOTAL else f"{place}, {figure.residence}"


def _numbers() -> list[str]:
    linked = {number for each in catalogue.official_indicators() for number, _relation in each.sdg}
    return [each.number for each in catalogue.indicators() if each.number in linked]


def _title(number: str, language: str) -> str:
    words = catalogue.indicator(number).titles.say(language)
    return words if len(words) <= 90 else f"{words[:87]}…"


def _line(indicator: OfficialIndicator, place: str, relation: str) -> Line:
    figures = catalogue.official_figures(indicator.id, place)
    notes = dict.fromkeys(each.note for each in figures if each.note)
    return Line(indicator, relation, tuple(map(_choice, figures)), max(notes, key=len, default=""))


def _choice(figure: OfficialFigure) -> Choice:
    names = {
        Residence.TOTAL: _("Everybody"),
        Residence.URBAN: _("Towns"),
        Residence.RURAL: _("Villages"),
    }
    before = f" ({figure.round})" if figure.round is Round.NFHS4 else ""
    gaps = {Missing.NOT_ASKED: _("not asked"), Missing.NOT_SHOWN: _("too few were asked")}
    gap = gaps[figure.missing] if figure.missing is not None else ""
    return Choice(figure, names[figure.residence] + before, gap)
