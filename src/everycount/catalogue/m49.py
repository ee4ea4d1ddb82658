"""Countries, areas and regions of M49, and lists of areas below them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from everycount.catalogue.codelists import Code, CodeList
from everycount.catalogue.files import read_table
from everycount.catalogue.lookup import PLACE, look_up
from everycount.faults import Fault, InputError, nearest, unknown
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh-Hans")  # the six official languages of the United Nations


@dataclass(frozen=True, slots=True)
class Area:
    """A country or area of M49.

    Attributes:
        m49: three digits, leading zeros kept.
        alpha2: ISO 3166-1 alpha-2, "" where there is none.
        alpha3: ISO 3166-1 alpha-3, "" where there is none.
        names: in the six official languages of the United Nations.
        regions: M49 codes of the regions it lies in, the widest (``001``, the world) first.
        ldc: least developed country.
        lldc: landlocked developing country.
        sids: small island developing state.
    """

    m49: str
    alpha2: str
    alpha3: str
    names: Text
    regions: tuple[str, ...]
    ldc: bool
    lldc: bool
    sids: bool


def _area(row: Mapping[str, str]) -> Area:
    return Area(
        row["m49"],
        row["alpha2"],
        row["alpha3"],
        _names(row),
        ("001", *(row[level] for level in ("region", "subregion", "intermediate") if row[level])),
        ldc=bool(row["ldc"]),
        lldc=bool(row["lldc"]),
        sids=bool(row["sids"]),
    )


def _names(row: Mapping[str, str]) -> Text:
    return Text.of({tag: row[tag] for tag in LANGUAGES if row.get(tag)})


@cache
def _m49() -> dict[str, Area]:
    return {row["m49"]: _area(row) for row in read_table("m49-areas.csv")}


@cache
def _known() -> dict[str, Area]:
    """Areas by alpha-3, alpha-2 and M49 code."""
    found = _m49().values()
    return {a.alpha3: a for a in found if a.alpha3} | {a.alpha2: a for a in found if a.alpha2} | _m49()


def area(code: str) -> Area:
    """A country or area by alpha-3, alpha-2 or M49 code, with or without leading zeros.

    Raises:
        InputError: there is no such area.
    """
    name = code.strip()
    key = name.zfill(3) if name.isdigit() else name.upper()
    known = _known()
    if key not in known:
        raise InputError(_unknown_area(name, key))
    return known[key]


def _unknown_area(name: str, key: str) -> Fault:
    """Who writes a country's name is told its code; who mistypes a code, the nearest code of its kind."""
    problem = f'The area "{name}" is not known.'
    codes = {words: found.alpha3 for found in _m49().values() for _, words in found.names.versions}
    called = nearest(name, codes) if len(name) > len("BGD") else None
    if called is not None:
        return Fault(PLACE, problem, f'Write the code of {called}: "{codes[called]}".')
    alike = [other for other in _known() if len(other) == len(key)]
    return unknown(PLACE, "area", name, alike or [found.alpha3 for found in _m49().values()])


def areas(list_id: str = "M49") -> CodeList:
    """A list of areas: ``M49`` (countries and areas), ``M49-regions``, ``IND-states`` or ``IND-states-2020``.

    Raises:
        InputError: there is no such list.
    """
    return look_up("area list", list_id, _LISTS)()


def place_name(code: str) -> Text:
    """What a place is called: a state of India, as they are today or were in 2019, or a country or area.

    Raises:
        InputError: there is no such place.
    """
    for states in (_indian_states_since_2020().items, _indian_states().items):
        if code in states:
            return states[code].labels
    return area(code).names


@cache
def _countries() -> CodeList:
    items = {
        found.m49: Code(
            found.m49,
            found.names,
            parent=found.regions[-1],
            facts=MappingProxyType({"alpha2": found.alpha2, "alpha3": found.alpha3}),
        )
        for found in _m49().values()
    }
    title = Text.of("Countries and areas (M49)", "en")
    return CodeList("M49", "2026-05", "UNSD", title, MappingProxyType(items))


@cache
def _regions() -> CodeList:
    items = {
        row["code"]: Code(row["code"], _names(row), row["parent"]) for row in read_table("m49-regions.csv")
    }
    title = Text.of("Regions (M49)", "en")
    return CodeList("M49-regions", "2026-05", "UNSD", title, MappingProxyType(items))


@cache
def _indian_states() -> CodeList:
    items = {
        row["code"]: Code(
            row["code"],
            Text.of(row["en"], "en"),
            facts=MappingProxyType({"also": row["also"], "source_name": row["source_name"]}),
        )
        for row in read_table("IND-states.csv")
    }
    title = Text.of("States and union territories of India (2019)", "en")
    return CodeList("IND-states", "2019", "ISO 3166-2", title, MappingProxyType(items))


@cache
def _indian_states_since_2020() -> CodeList:
    items = {
        row["code"]: Code(row["code"], Text.of(row["en"], "en")) for row in read_table("IND-states-2020.csv")
    }
    title = Text.of("States and union territories of India since 2020", "en")
    return CodeList("IND-states-2020", "2020", "ISO 3166-2", title, MappingProxyType(items))


_LISTS = {
    "M49": _countries,
    "M49-regions": _regions,
    "IND-states": _indian_states,
    "IND-states-2020": _indian_states_since_2020,
}
