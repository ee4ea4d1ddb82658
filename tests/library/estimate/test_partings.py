"""Which parts of people two conditions leave empty, and what follows from their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.estimate import estimate
from everycount.estimate.condition import In, Not, Within
from everycount.estimate.partings import parted
from everycount.estimate.plan import Measure, MeasureKind, Plan, Table
from everycount.protect import PUBLIC, Status, protect
from everycount.sample import Design, DesignKind, Source, read

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.condition import Condition
    from everycount.estimate.estimates import Estimates

AGES = [10] * 60 + [15] * 30 + [49] * 40 + [50] * 3 + [70] * 60
SAFE = In("water", ("y",))
FROM_15_TO_49, FROM_15_TO_50 = Within("age", 15, 49), Within("age", 15, 50)


def made(folder: Path, *amongs: Condition | None, ages: list[int] | None = None) -> Estimates:
    path = folder / "people.csv"
    rows = [f"r{place},{age},{'yn'[place % 2]}" for place, age in enumerate(ages or AGES)]
    path.write_text("id,age,water\n" + "\n".join(rows) + "\n,,y\n", encoding="utf-8")
    design = Design(DesignKind.PROBABILITY, notes={"probabilities": "equal"})
    found = read({"main": Source(path, key="id")}, design=design, missing=("",))
    measures = tuple(
        Measure(f"m{place}", MeasureKind.PROPORTION, condition=SAFE, among=among)
        for place, among in enumerate(amongs)
    )
    return estimate(found, Plan(measures, (), tuple(Table((one.id,), ()) for one in measures)))


def shown(estimates: Estimates) -> int:
    return sum(one.status is Status.SHOWN for one in protect(estimates, PUBLIC).cells)


def test_bounds_that_differ_by_a_few_are_not_both_shown(tmp_path: Path) -> None:
    """Three are aged 50."""
    found = made(tmp_path, FROM_15_TO_49, FROM_15_TO_50)
    assert [(one.nested, one.disjoint) for one in found.crossings.partings] == [(True, False)]
    assert shown(found) == 0


def test_bounds_that_differ_by_many_are_shown(tmp_path: Path) -> None:
    assert shown(made(tmp_path, FROM_15_TO_49, Within("age", 15, 70))) == 2


def test_what_two_that_cover_everybody_have_in_common_is_kept(tmp_path: Path) -> None:
    """Those up to 50 and those from 50: three are in both."""
    amongs = Within("age", None, 50), Within("age", 50, None)
    assert shown(made(tmp_path, *amongs)) == 2
    assert shown(made(tmp_path, *amongs, None)) == 1


def test_what_two_leave_of_everybody_is_kept(tmp_path: Path) -> None:
    """Those up to 49 and those from 51: three are in neither."""
    amongs = Within("age", None, 49), Within("age", 51, None)
    assert shown(made(tmp_path, *amongs, None)) == 1


def test_those_without_an_answer_are_no_group(tmp_path: Path) -> None:
    amongs = Within("age", None, 49), Not(Within("age", None, 49))
    ages = [*[10] * 60, *[70] * 60]
    assert shown(made(tmp_path, *amongs, None, ages=ages)) == 3


@pytest.mark.parametrize(
    ("met", "said"),
    [
        ([(True, True), (True, False), (False, True), (False, False)], None),
        ([(True, True), (False, True), (False, False)], (True, False, False)),
        ([(True, False), (False, True), (False, False)], (False, True, False)),
        ([(True, False), (False, True), (None, None)], (False, False, True)),
        ([(True, True), (True, False), (False, True)], (False, False, True)),
    ],
)
def test_parts_that_nobody_stands_in(
    met: list[tuple[bool | None, ...]], said: tuple[bool, bool, bool] | None
) -> None:
    found = [
        (one.nested, one.disjoint, one.covering)
        for one in parted("main", [FROM_15_TO_49, FROM_15_TO_50], met)
    ]
    assert found == ([] if said is None else [said])
