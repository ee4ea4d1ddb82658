"""Figures of statistical offices, to stand beside those of citizens: India's NFHS-5 by state.

What a figure is of, how it is defined and which SDG indicators it stands beside is written by hand in
``data/official/nfhs5.toml``; the numbers are those of the fact sheets. Where they print none there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from everycount.catalogue.files import read_json, read_toml
from everycount.catalogue.lookup import look_up
from everycount.catalogue.m49 import place_name
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COUNTRY = "IND"
_ABOUT, _FIGURES = "official/nfhs5.toml", "official/nfhs5-states.json.gz"
_PERCENT = " (%)"


class Residence(StrEnum):
    """Where the people of a figure live."""

    TOTAL = "total"
    URBAN = "urban"
    RURAL = "rural"


class Round(StrEnum):
    """Which survey; of the one before there are no figures of towns and villages."""

    NFHS5 = "NFHS-5"
    NFHS4 = "NFHS-4"


class Missing(StrEnum):
    """Why there is no number."""

    NOT_ASKED = "not_asked"  # no place has one: the survey did not ask for it
    NOT_SHOWN = "not_shown"  # fewer than 25 people, as the fact sheets say; the copy says no more


_PLACES = {
    (Round.NFHS5, Residence.URBAN): 0,
    (Round.NFHS5, Residence.RURAL): 1,
    (Round.NFHS5, Residence.TOTAL): 2,
}
_BEFORE = 3


@dataclass(frozen=True, slots=True)
class OfficialIndicator:
    """What a statistical office measures.

    Attributes:
        id: its name in the catalogue, such as ``nfhs5-9``.
        labels: the office's own words, without the unit where that is per cent.
        heading: under which it stands in the source.
        unit: ``%``, or what is counted per what.
        population: of whom the figures are.
        definition: what has to be known besides; "" where the label says it all.
        wording: of the definition: ``verified`` or ``recalled``, as in the question bank; "" without one.
        sdg: (number of an SDG indicator, relation): ``measures``, ``proxy`` or ``context``.
        concepts: questions of the bank that ask the same.
    """

    id: str
    labels: Text
    heading: str
    unit: str
    population: str
    definition: str
    wording: str
    sdg: tuple[tuple[str, str], ...]
    concepts: tuple[str, ...]

    @property
    def is_share(self) -> bool:
        """Its figures are per cent."""
        return self.unit == "%"


@dataclass(frozen=True, slots=True)
class OfficialFigure:
    """One number of an office, or why there is none.

    Attributes:
        value: in the indicator's unit, as printed; None where there is none.
        missing: why.
        area: ISO 3166 code of the country or state.
        period: ISO 8601, of the fieldwork.
        source: by what it is cited.
        licence: SPDX id.
        note: what has to be known of this one figure.
    """

    indicator: OfficialIndicator
    area: str
    residence: Residence
    round: Round
    value: float | None
    missing: Missing | None
    period: str
    source: str
    licence: str
    note: str

    @property
    def id(self) -> str:
        """Its name in the catalogue: ``nfhs5-9:IN-BR:rural``; of the round before, with its name after it."""
        parts = [self.indicator.id, self.area, self.residence.value]
        return ":".join(parts if self.round is Round.NFHS5 else [*parts, self.round.value])

    @property
    def population(self) -> str:
        """Of whom it is, with where they live."""
        people = self.indicator.population
        return people if self.residence is Residence.TOTAL else f"{people}, {self.residence.value} areas"

    @property
    def share(self) -> float | None:
        """The value as a part of 1; None where it is no share, or there is none."""
        return round(self.value / 100, 6) if self.value is not None and self.indicator.is_share else None


def official_indicators(sdg: str = "", concept: str = "", words: str = "") -> tuple[OfficialIndicator, ...]:
    """What there are official figures of, in the order of the source.

    Args:
        sdg: only what stands beside this SDG indicator; closest relation first.
        concept: only what asks the same as this question of the bank.
        words: only what has each of these words in its label, heading, population or definition.
    """
    found = [
        each
        for each in _indicators().values()
        if (not sdg or sdg in dict(each.sdg))
        and (not concept or concept in each.concepts)
        and _has(each, words)
    ]
    order = ("measures", "proxy", "context")
    return tuple(sorted(found, key=lambda each: order.index(dict(each.sdg)[sdg])) if sdg else found)


def official_indicator(name: str) -> OfficialIndicator:
    """An indicator by its id, such as ``nfhs5-9``.

    Raises:
        InputError: there is no such indicator.
    """
    return look_up("official indicator", name, _indicators())


def official_areas() -> Mapping[str, Text]:
    """The places that figures are of, by code: the country first; read-only."""
    return MappingProxyType({code: place_name(code) for code in read_json(_FIGURES)["places"]})


def official_figure(
    indicator: str,
    area: str,
    residence: Residence | str = Residence.TOTAL,
    round_: Round | str = Round.NFHS5,
) -> OfficialFigure:
    """A figure, or why there is none.

    Args:
        indicator: id, such as ``nfhs5-9``.
        area: ``IND`` or the code of a state (``IND-states-2020``).
        residence: ``total``, ``urban`` or ``rural``.
        round_: ``NFHS-5`` or ``NFHS-4``, of which the fact sheets give totals alone.

    Raises:
        InputError: one of the names is not known, or the source has no such line.
    """
    found = official_indicator(indicator)
    place = look_up("place", area, _at())
    kind = (
        look_up("round", round_, {each.value: each for each in Round}),
        look_up("residence", residence, {each.value: each for each in Residence}),
    )
    columns = _PLACES | {(Round.NFHS4, Residence.TOTAL): _BEFORE}
    column = look_up("column", " ".join(kind), {" ".join(names): at for names, at in columns.items()})
    rows = read_json(_FIGURES)["indicators"][_number(indicator)]
    look_up("place", area, {} if rows[place] is None else {area: place})
    return _figure(found, area, kind, rows, place, column)


def figure_named(name: str) -> OfficialFigure:
    """A figure by its own id, such as ``nfhs5-9:IN-BR:rural``.

    Raises:
        InputError: there is no such figure.
    """
    indicator, area, residence, kind = (*name.split(":"), "", "", "")[:4]
    return official_figure(indicator, area, residence or Residence.TOTAL, kind or Round.NFHS5)


def official_figures(indicator: str, area: str) -> tuple[OfficialFigure, ...]:
    """All figures of an indicator in a place: everybody, towns, villages, and the round before; or none."""
    rows = read_json(_FIGURES)["indicators"][_number(official_indicator(indicator).id)]
    if rows[look_up("place", area, _at())] is None:
        return ()
    now = (official_figure(indicator, area, each) for each in Residence)
    return (*now, official_figure(indicator, area, Residence.TOTAL, Round.NFHS4))


def _figure(
    indicator: OfficialIndicator,
    area: str,
    kind: tuple[Round, Residence],
    rows: Sequence[Sequence[float | None] | None],
    place: int,
    column: int,
) -> OfficialFigure:
    about = read_toml(_ABOUT)
    line = rows[place] or ()
    value = line[column]
    asked = any(row is not None and row[column] is not None for row in rows)
    return OfficialFigure(
        indicator,
        area,
        kind[1],
        kind[0],
        value,
        None if value is not None else Missing.NOT_SHOWN if asked else Missing.NOT_ASKED,
        _period(area, kind[0], about["periods"], about["second_phase"]["places"]),
        about["cited"] if kind[0] is Round.NFHS5 else f"{about['cited']} (column of {kind[0]})",
        about["figures"],
        _note(area, None in line[:_BEFORE] and column != _BEFORE, about),
    )


def _period(area: str, kind: Round, periods: Mapping[str, str], second: Sequence[str]) -> str:
    if kind is Round.NFHS4:
        return periods["before"]
    return periods["country" if area == COUNTRY else "second" if area in second else "first"]


def _note(area: str, has_gap: bool, about: Mapping[str, Any]) -> str:  # noqa: FBT001 - of one line
    parts = (about["area_notes"].get(area), about["near"] if has_gap else None, about["small"])
    return " ".join(part for part in parts if part and not (area == COUNTRY and part == about["small"]))


def _has(indicator: OfficialIndicator, words: str) -> bool:
    told = f"{indicator.labels.say('en')} {indicator.heading} {indicator.population} {indicator.definition}"
    plain = told.casefold()
    return all(word in plain for word in words.casefold().split())


@cache
def _at() -> Mapping[str, int]:
    """Where each place stands in the lines of the file."""
    return {code: at for at, code in enumerate(read_json(_FIGURES)["places"])}


def _number(name: str) -> str:
    return name.rpartition("-")[2]


@cache
def _indicators() -> Mapping[str, OfficialIndicator]:
    about = read_toml(_ABOUT)
    more = {each["number"]: each for each in about["indicator"]}
    labels = read_json(_FIGURES)["labels"]
    order = sorted(labels, key=lambda key: (int(key.rstrip("b")), key))
    found = [_indicator(key, labels[key], about["block"], more.get(key, {})) for key in order]
    return MappingProxyType({each.id: each for each in found})


def _indicator(
    key: str, label: str, blocks: Sequence[Mapping[str, Any]], more: Mapping[str, Any]
) -> OfficialIndicator:
    block = next(each for each in blocks if each["first"] <= int(key.rstrip("b")) <= each["last"])
    is_share = label.endswith(_PERCENT)
    return OfficialIndicator(
        id=f"nfhs5-{key}",
        labels=Text.of(label.removesuffix(_PERCENT), "en"),
        heading=block["title"],
        unit="%" if is_share else more.get("unit") or block.get("unit") or _unit(label),
        population=more.get("population", block["population"]),
        definition=more.get("definition", ""),
        wording=more.get("wording", ""),
        sdg=tuple(more.get("sdg", {}).items()),
        concepts=tuple(more.get("concepts", ())),
    )


def _unit(label: str) -> str:
    """What stands in brackets at the end: ``females per 1,000 males``, ``Rs.``."""
    return label.rpartition("(")[2].rstrip(")")
