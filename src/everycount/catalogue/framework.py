"""Goals, targets, indicators and series of the global indicator framework."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from everycount.catalogue.files import read_json, read_table
from everycount.catalogue.lookup import look_up, look_up_number
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SERIES = "sdg-series.json.gz"


@dataclass(frozen=True, slots=True)
class Goal:
    """One of the 17 goals."""

    number: str
    names: Text
    titles: Text
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """One of the 169 targets."""

    number: str
    goal: str
    titles: Text
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """One of the 231 indicators.

    Attributes:
        numbers: every number under which it stands in the framework, the first one first.
        code: the UNSD indicator code.
        titles: English as in the framework of 2023; the other languages as translated from the list of 2025.
        amended: the English of 2025 where its words differ from those of 2023, else "".
        tier: tier classification of 30 November 2022.
        custodians: agencies that answer for the method and the global data.
        partners: agencies that help them.
        series: codes of the series that measure it.
    """

    numbers: tuple[str, ...]
    code: str
    titles: Text
    amended: str
    tier: str
    custodians: tuple[str, ...]
    partners: tuple[str, ...]
    series: tuple[str, ...]

    @property
    def number(self) -> str:
        """The first of its numbers."""
        return self.numbers[0]

    @property
    def goal(self) -> str:
        """The goal under which it stands first."""
        return self.number.split(".")[0]

    @property
    def target(self) -> str:
        """The target under which it stands first."""
        return self.number.rpartition(".")[0]

    @property
    def goals(self) -> tuple[str, ...]:
        """Every goal under which it stands."""
        return tuple(dict.fromkeys(number.split(".")[0] for number in self.numbers))

    @property
    def targets(self) -> tuple[str, ...]:
        """Every target under which it stands."""
        return tuple(number.rpartition(".")[0] for number in self.numbers)


@dataclass(frozen=True, slots=True)
class Series:
    """A series of the global SDG database.

    Attributes:
        id: its code in CL_SERIES.
        name: what it measures, in English (the source has no other language).
        indicators: numbers of its indicators; empty for series of indicators that were dropped.
        allowed: dimension or attribute to the codes that the content constraints of 2021 allow; None allows
            every code of the list; a dimension that is absent may not be split. Read-only.
        in_codelist: stands in CL_SERIES 1.4 (April 2021).
        constrained: stands in the content constraints of July 2021.
    """

    id: str
    name: str
    indicators: tuple[str, ...]
    allowed: Mapping[str, tuple[str, ...] | None]
    in_codelist: bool
    constrained: bool


def _text(languages: Sequence[str], words: Sequence[str]) -> Text:
    return Text.of(dict(zip(languages, words, strict=True)))


@cache
def _goals() -> dict[str, Goal]:
    found = read_json("sdg-goals.json.gz")
    tags = found["languages"]
    return {
        row["number"]: Goal(
            row["number"],
            _text(tags, row["short"]),
            _text(tags, row["title"]),
            tuple(number for number in _targets() if number.split(".")[0] == row["number"]),
        )
        for row in found["goals"]
    }


@cache
def _targets() -> dict[str, Target]:
    found = read_json("sdg-targets.json.gz")
    under: dict[str, list[str]] = {}
    for number in _rows():
        under.setdefault(number.rpartition(".")[0], []).append(number)
    return {
        row["number"]: Target(
            row["number"],
            row["number"].split(".")[0],
            _text(found["languages"], row["title"]),
            tuple(under.get(row["number"], ())),
        )
        for row in found["targets"]
    }


@cache
def _rows() -> dict[str, int]:
    """Number of an indicator to its place in the file, in the order of the framework."""
    found = read_json("sdg-indicators.json.gz")["indicators"]
    places = {number: place for place, row in enumerate(found) for number in row["numbers"]}
    return {number: places[number] for number in sorted(places, key=_order)}


def _order(number: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts numbers as the framework does: 1.2 before 1.10, figures before letters."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in number.split("."))


@cache
def _tiers() -> dict[str, dict[str, str]]:
    return {row["number"]: row for row in read_table("sdg-tiers.csv")}


@cache
def _series_of() -> dict[str, list[str]]:
    under: dict[str, list[str]] = {}
    for code, row in read_json(SERIES).items():
        for number in row["indicators"]:
            under.setdefault(number, []).append(code)
    return under


@cache
def _indicator(place: int) -> Indicator:
    found = read_json("sdg-indicators.json.gz")
    row = found["indicators"][place]
    tier = _tiers()[row["numbers"][0]]
    codes = (code for number in row["numbers"] for code in _series_of().get(number, ()))
    return Indicator(
        numbers=tuple(row["numbers"]),
        code=row["code"],
        titles=_text(found["languages"], row["title"]),
        amended=row["amended"],
        tier=tier["tier"],
        custodians=_split(tier["custodians"]),
        partners=_split(tier["partners"]),
        series=tuple(dict.fromkeys(codes)),
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()


def goals() -> tuple[Goal, ...]:
    """The 17 goals."""
    return tuple(_goals().values())


def goal(number: str) -> Goal:
    """A goal by its number, such as ``"1"``.

    Raises:
        InputError: there is no such goal.
    """
    return look_up_number("goal", number, _goals())


def targets() -> tuple[Target, ...]:
    """The 169 targets."""
    return tuple(_targets().values())


def target(number: str) -> Target:
    """A target by its number, such as ``"1.4"`` or ``"1.a"``.

    Raises:
        InputError: there is no such target.
    """
    return look_up_number("target", number, _targets())


def indicators() -> tuple[Indicator, ...]:
    """The 231 indicators, each once, in the order of their first numbers."""
    return tuple(_indicator(place) for place in dict.fromkeys(_rows().values()))


def indicator(number: str) -> Indicator:
    """An indicator by any of its numbers: ``"1.5.1"`` and ``"13.1.1"`` give the same one.

    Raises:
        InputError: there is no such number in the framework of 2023.
    """
    return _indicator(look_up_number("indicator", number, _rows()))


@cache
def series(code: str) -> Series:
    """A series by its code, such as ``"SH_H2O_SAFE"``.

    Raises:
        InputError: there is no such series.
    """
    row = look_up("series", code, read_json(SERIES))
    allowed = {key: None if value == "*" else tuple(value) for key, value in row["allowed"].items()}
    return Series(
        code,
        row["name"],
        tuple(row["indicators"]),
        MappingProxyType(allowed),
        in_codelist=row["in_codelist"],
        constrained=row["constrained"],
    )
