"""For whom there are data: which dimensions the observations of a country are split by.

A country has an indicator split by a dimension where one of its series has, in one year, values for at least
two groups of it; the total and "not known" are no groups, and a universe such as 15 years and over is none
beside itself. Which dimensions are required is the minimum disaggregation set, as far as the words of the
indicators name it (``data/minimum-disaggregation.toml``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from everycount.faults import InputError, unknown
from everycount.progress.available import admitted, numbers_of
from everycount.progress.headings import DIMENSIONS, TOTALS
from everycount.progress.places import DATA
from everycount.progress.rule import PLACE, Rule
from everycount.sample.sql import texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from everycount.progress.vintage import Vintage

SPLITS = ("sex", "age", "location", "disability", "education", "quantile", "migration", "occupation")
CROSSINGS = (
    ("sex", "age"),
    ("sex", "location"),
    ("sex", "disability"),
    ("age", "disability"),
    ("sex", "quantile"),
    ("location", "quantile"),
)
_ALL: tuple[tuple[str, ...], ...] = (*[(name,) for name in SPLITS], *CROSSINGS)


@dataclass(frozen=True, slots=True, eq=False)
class Disaggregation:
    """Which splits each country has, by dimension or crossing; arrays are indicators times countries.

    Attributes:
        rule: the parameters.
        indicators: numbers, in the order of the framework.
        has: ``("sex",)`` or ``("sex", "age")`` to whether a country has data split so.
        required: dimensions that the words of an indicator name, by its number.
    """

    rule: Rule
    indicators: tuple[str, ...]
    has: Mapping[tuple[str, ...], NDArray[np.bool_]]
    required: Mapping[str, tuple[str, ...]]

    def countries(self, split: tuple[str, ...]) -> dict[str, int]:
        """Number of an indicator to how many countries have it split so."""
        return dict(zip(self.indicators, self.has[split].sum(axis=1).tolist(), strict=True))

    def missing(self, country: str) -> dict[str, tuple[str, ...]]:
        """Number of an indicator to the required dimensions of which the country has no data.

        Raises:
            InputError: the rule does not ask about the country.
        """
        if country not in self.rule.countries:
            raise InputError(unknown(PLACE, "country", country, self.rule.countries))
        column = self.rule.countries.index(country)
        found = {}
        for row, number in enumerate(self.indicators):
            needed = self.required.get(number, ())
            lacking = tuple(
                one for one in needed if (one,) not in self.has or not self.has[(one,)][row, column]
            )
            if lacking:
                found[number] = lacking
        return found


@cache
def required() -> Mapping[str, tuple[str, ...]]:
    """Number of an indicator to the dimensions that its words name and its values are to be split by."""
    table = tomllib.loads((DATA / "minimum-disaggregation.toml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for entry in table["dimension"]:
        for number in entry["indicators"]:
            if number not in table["within"]:
                found.setdefault(number, []).append(entry["id"])
    return {number: tuple(names) for number, names in found.items()}


def disaggregation(
    vintage: Vintage,
    rule: Rule | None = None,
    splits: Sequence[tuple[str, ...]] = _ALL,
) -> Disaggregation:
    """Who has data split by which dimensions, and by two at once.

    Raises:
        InputError: there is no such dimension.
    """
    rule = rule or Rule()
    wrong = [name for split in splits for name in split if name not in DIMENSIONS]
    if wrong:
        raise InputError(unknown(PLACE, "dimension", wrong[0], DIMENSIONS))
    numbers = numbers_of(vintage, rule)
    place = {number: i for i, number in enumerate(numbers)}
    column = {code: i for i, code in enumerate(rule.countries)}
    has = {split: np.zeros((len(numbers), len(rule.countries)), dtype=bool) for split in splits}
    for number, area, *split_so in vintage.rows(_query(splits, rule)):
        if area in column:
            for split, found in zip(splits, split_so, strict=True):
                has[split][place[number], column[area]] = bool(found)
    return Disaggregation(rule, numbers, has, required())


def _query(splits: Sequence[tuple[str, ...]], rule: Rule) -> str:
    """Indicator, area, and for each split whether a series has, in one year, values in two groups of each."""
    tests = ", ".join(f"{_in_two_groups(split)} AS s{i}" for i, split in enumerate(splits))
    found = ", ".join(f"bool_or(s{i})" for i in range(len(splits)))
    some = " OR ".join(f"{name} IS NOT NULL" for name in sorted({name for split in splits for name in split}))
    return (
        f"SELECT indicator, area, {found} FROM (SELECT series, area, year, {tests} FROM observations "  # noqa: S608 - our own names, all else is quoted
        f"WHERE year >= {int(rule.since)} AND ({some}) AND {admitted(rule)} GROUP BY series, area, year) "
        "JOIN measures USING (series) GROUP BY indicator, area"
    )


def _in_two_groups(split: tuple[str, ...]) -> str:
    groups = " AND ".join(f"{name} NOT IN {texts(TOTALS)}" for name in split)  # null is not in it either
    pairs = (f"min({name}) FILTER ({groups}) <> max({name}) FILTER ({groups})" for name in split)
    return f"coalesce({' AND '.join(pairs)}, false)"
