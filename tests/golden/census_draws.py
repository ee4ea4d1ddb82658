"""Samples drawn again and again from a census, as household surveys are drawn.

The census is the World Bank's invented one of 57,867 households (``../shared``). All draws of a design stand
in one table, and the number of the draw is a dimension: a group that is made of whole strata is estimated
from these strata alone, so each of its cells is one survey of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow.parquet as pq

from everycount.sample import Design, DesignKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

FILE = Path("data") / "surveys" / "world-bank-synthetic-2023" / "hld_pop_wb_2023.parquet"
ASKED = ("urbrur", "electricity", "water", "toilet", "quint_nat", "hhsize", "tot_exp", "tot_food", "pc_exp")

Columns: TypeAlias = "dict[str, NDArray[Any]]"


@dataclass(frozen=True)
class Census:
    """The truth: every household, and the households of each enumeration area of each stratum."""

    columns: Columns
    strata: Mapping[str, Sequence[NDArray[np.int64]]]

    @classmethod
    def read(cls, shared: Path) -> Census:
        """From its Parquet file."""
        table = pq.read_table(shared / FILE)
        columns = {name: np.array(table[name].to_pylist()) for name in (*ASKED, "geo1", "ea")}
        strata: dict[str, list[NDArray[np.int64]]] = {}
        for area in np.unique(columns["ea"]):
            households = np.flatnonzero(columns["ea"] == area)
            first = households[0]
            strata.setdefault(f"{columns['geo1'][first]} {columns['urbrur'][first]}", []).append(households)
        return cls(columns, dict(sorted(strata.items())))


@dataclass(frozen=True)
class Drawing:
    """How a sample is drawn.

    Attributes:
        name: what tables call it.
        areas: areas of each stratum, or the share of them where it is below 1.
        households: households of each area, each at most once.
        by_size: areas are drawn with chances by their households, and may be drawn again; else each at most
            once, with equal chances, and the design tells how many there are at both stages.
    """

    name: str
    areas: float
    households: int = 25
    by_size: bool = True

    @property
    def design(self) -> Design:
        """As a survey folder would say it."""
        kind, strata = DesignKind.PROBABILITY, ("draw", "stratum")
        if self.by_size:
            return Design(kind, strata, ("area",), "weight")
        return Design(kind, strata, ("area", "household"), "weight", ("areas", "households_there"))

    def number(self, areas: int) -> int:
        """How many are drawn of so many areas."""
        return round(self.areas * areas) if self.areas < 1 else int(self.areas)


DRAWINGS = (
    Drawing("Five areas of each stratum, by size (35 areas)", 5),
    Drawing("Two areas of each stratum, by size (14 areas)", 2),
    Drawing("Half of the areas, with both finite populations", 0.5, by_size=False),
)


def draws(census: Census, drawing: Drawing, number: int, seed: int) -> Columns:
    """The rows of so many samples, one after the other; ``draw`` says which."""
    dice = np.random.default_rng(seed)
    parts = [
        part
        for draw in range(number)
        for stratum, areas in census.strata.items()
        for part in _of_stratum(dice, drawing, areas, {"draw": f"d{draw:04}", "stratum": stratum})
    ]
    rows = np.concatenate([part["household"] for part in parts])
    design = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return design | {name: census.columns[name][rows] for name in ASKED}


def _of_stratum(
    dice: np.random.Generator, drawing: Drawing, areas: Sequence[NDArray[np.int64]], named: Mapping[str, str]
) -> Iterator[Columns]:
    sizes = np.array([len(area) for area in areas])
    number = drawing.number(len(areas))
    chances = sizes / sizes.sum() if drawing.by_size else None
    for place, area in enumerate(dice.choice(len(areas), number, replace=drawing.by_size, p=chances)):
        households = dice.choice(areas[area], drawing.households, replace=False)
        of_area = (sizes.sum() / sizes[area] if drawing.by_size else len(areas)) / number
        same = {
            **named,
            "everybody": "1",
            "area": place,
            "areas": len(areas),
            "households_there": int(sizes[area]),
            "weight": float(of_area * sizes[area] / drawing.households),
        }
        columns = {name: np.full(len(households), value) for name, value in same.items()}
        yield columns | {"household": households}
