"""From records to common cells: estimated beside what is asked for, and compared with nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from everycount.estimate import estimate
from everycount.estimate.condition import In, Within
from everycount.estimate.plan import (
    Case,
    Cases,
    Dimension,
    Group,
    Measure,
    MeasureKind,
    Plan,
    Table,
    Value,
    Variable,
)
from everycount.protect import PUBLIC, Status, protect
from everycount.sample import Design, DesignKind, Source, read
from everycount.text import NOTHING

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.estimates import Estimates

AGES = [17] * 60 + [18] * 2 + [30] * 70 + [50] * 65 + [70] * 60
EQUAL = Design(DesignKind.PROBABILITY, notes={"probabilities": "equal"})
SAFE = In("water", ("y",))


def banded(name: str, *cuts: int) -> tuple[Variable, Dimension]:
    """A variable of the bands below each cut, and the dimension made of it."""
    cases = [Case(Value(f"below{cut}"), Within("age", None, cut - 1)) for cut in cuts]
    codes = (*(f"below{cut}" for cut in cuts), "above")
    groups = tuple(Group(code, NOTHING, (code,)) for code in codes)
    rule = Cases((*cases, Case(Value("above"), Within("age", cuts[-1], None))))
    return Variable(name, rule), Dimension(name, name, groups=groups)


def made(folder: Path) -> Estimates:
    path = folder / "people.csv"
    rows = [f"r{place},{age},{'yn'[place % 2]}" for place, age in enumerate(AGES)]
    path.write_text("id,age,water\n" + "\n".join(rows) + "\n", encoding="utf-8")
    found = read({"main": Source(path, key="id")}, design=EQUAL, missing=("",))
    (young, by_young), (adult, by_adult) = banded("young", 18, 60), banded("adult", 19, 40)
    measures = (
        Measure("safe", MeasureKind.PROPORTION, condition=SAFE),
        Measure("grown", MeasureKind.PROPORTION, condition=SAFE, among=Within("age", 18, None)),
    )
    tables = (Table(("safe",), ("young",)), Table(("safe",), ("adult",)))
    return estimate(
        found, Plan(measures, (by_young, by_adult), (*tables, Table(("grown",), ())), (young, adult))
    )


def test_common_cells_are_counted_and_no_part_of_the_plan(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert {dimension for one in found.estimates for dimension, _ in one.cell} == {"young", "adult"}
    assert all(len(one.cell) < 2 for one in found.estimates)
    common = {one.cell: one.n for one in found.crossings.estimates if one.measure == "safe"}
    assert common == {
        (("young", "below18"), ("adult", "below19")): 60,
        (("young", "below60"), ("adult", "below19")): 2,
        (("young", "below60"), ("adult", "below40")): 70,
        (("young", "below60"), ("adult", "above")): 65,
        (("young", "above"), ("adult", "above")): 60,
    }
    grown = {one.cell: (one.n, one.n_excluded) for one in found.crossings.estimates if one.measure == "grown"}
    assert grown[(("adult", "below19"),)] == (2, 60)


def test_nobody_compares_what_no_table_asks_for(tmp_path: Path) -> None:
    found = made(tmp_path)
    assert {one.measure for one in found.contrasts} == {"safe"}
    assert {one.measure for one in found.associations} == {"safe"}


def test_those_aged_eighteen_are_nobodys_difference(tmp_path: Path) -> None:
    cells = {(one.measure, one.cell): one for one in protect(made(tmp_path), PUBLIC).cells}
    shown = {place for place, one in cells.items() if one.status is Status.SHOWN}
    pair = {("safe", (("young", "below18"),)), ("safe", (("adult", "below19"),))}
    assert not pair <= shown
    assert not {("safe", (("young", "below18"),)), ("grown", ()), ("safe", ())} <= shown
    assert shown
