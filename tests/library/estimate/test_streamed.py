"""A large file read in one stream gives the numbers that the ordinary way gives, and its faults."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from everycount.estimate import estimate, streamed
from everycount.estimate.condition import Answered, In
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.run import slimmed
from everycount.faults import InputError
from everycount.sample import Design, DesignKind, Source, read
from everycount.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.estimates import Estimates
    from everycount.sample import Sample

ROWS = 900
DESIGN = Design(DesignKind.PROBABILITY, strata=("stratum",), clusters=("village",), weights="weight")
PLAN = Plan(
    (
        Measure("water", MeasureKind.PROPORTION, condition=In("water", ("1",))),
        Measure("school", MeasureKind.PROPORTION, condition=In("school", ("yes",)), among=In("sex", ("2",))),
        Measure("litres", MeasureKind.MEAN, question="litres"),
        Measure("each", MeasureKind.RATIO, question="litres", denominator="people"),
        Measure("answered", MeasureKind.COUNT, condition=Answered("litres", yes=True)),
        Measure("median", MeasureKind.MEDIAN, question="people"),
    ),
    dimensions=(
        Dimension("sex", "sex"),
        Dimension("language", "language"),
        Dimension("floor", "floor"),
        Dimension(
            "wealth",
            "wealth",
            groups=(
                Group("poor", Text.of("poor"), ("-3", "1")),
                Group("rich", Text.of("rich"), ("2", "70000")),
            ),
            dropped=("9",),
        ),
    ),
    tables=(
        Table(("water", "school", "litres", "each", "answered", "median"), ("language",)),
        Table(("water", "school", "each"), ("sex", "wealth")),
        Table(("water", "litres"), ("floor", "language")),
    ),
)


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "LARGE", 1)


def people(seed: int = 1) -> dict[str, list[object]]:
    """Answers of every type, with gaps, in the order of strata and villages."""
    rng = np.random.default_rng(seed)
    stratum = np.sort(rng.integers(0, 12, ROWS))
    village = np.sort(stratum * 4 + rng.integers(0, 4, ROWS))
    columns = {
        "stratum": stratum + 95,
        "village": village * 10**7 + 3,
        "weight": rng.choice([0.5, 1.0, 7.25], ROWS),
        "sex": rng.integers(1, 3, ROWS),
        "language": rng.choice(["bn", "en", "হাজং"], ROWS),
        "floor": rng.choice([0.5, 1.0, 2.0], ROWS),
        "wealth": rng.choice([-3, 1, 2, 9, 70000], ROWS),
        "water": rng.integers(0, 2, ROWS),
        "school": rng.choice(["yes", "no"], ROWS),
        "litres": rng.gamma(2.0, 10.0, ROWS),
        "people": rng.integers(1, 9, ROWS),
    }
    gaps = {name: rng.random(ROWS) < 0.1 for name in ("language", "wealth", "school", "litres", "people")}
    return {
        name: [
            None if name in gaps and gaps[name][place] else value
            for place, value in enumerate(column.tolist())
        ]
        for name, column in columns.items()
    }


def sample(folder: Path, columns: dict[str, list[object]], design: Design = DESIGN) -> Sample:
    pq.write_table(pa.table(columns), folder / "people.parquet", row_group_size=250)
    return read({"main": Source(folder / "people.parquet")}, design=design)


def both(one: Sample, plan: Plan = PLAN) -> tuple[Estimates, Estimates]:
    fast = estimate(one, plan)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streamed, "LARGE", 10**9)
        return fast, estimate(one, plan)


def alike(one: Estimates, other: Estimates) -> None:
    assert one.plan == other.plan
    assert len(one.estimates) == len(other.estimates)
    for mine, its in zip(one.estimates, other.estimates, strict=True):
        for name in (
            "measure",
            "cell",
            "n",
            "events",
            "n_missing",
            "n_excluded",
            "df",
            "clusters",
            "verdict",
        ):
            assert getattr(mine, name) == getattr(its, name), (name, mine, its)
        for name in ("value", "se", "ci_low", "ci_high", "n_kish", "population", "deff"):
            near(getattr(mine, name), getattr(its, name))
    assert len(one.contrasts) == len(other.contrasts)
    for name in ("records", "strata", "clusters", "lonely_strata"):
        assert getattr(one.facts, name) == getattr(other.facts, name)
    near(one.facts.n_kish, other.facts.n_kish)


def near(one: float | None, other: float | None) -> None:
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def test_it_is_taken(tmp_path: Path) -> None:
    found = streamed.streamed(slimmed(sample(tmp_path, people()), PLAN), PLAN)
    assert found is not None
    frame, facts = found
    assert facts.records == ROWS
    assert frame.dimensions["sex"].dtype.itemsize <= 2
    assert frame.measures["water"][1].y.dtype == np.int8


def test_every_type_of_column_gives_the_same_numbers(tmp_path: Path) -> None:
    alike(*both(sample(tmp_path, people())))


@pytest.mark.parametrize(
    "design",
    [
        replace(DESIGN, strata=("stratum", "sex"), nested=True),
        replace(DESIGN, strata=(), clusters=("language",)),
        replace(DESIGN, clusters=()),
        replace(DESIGN, weights=None, notes={"probabilities": "equal"}),
    ],
)
def test_other_designs_give_the_same_numbers(tmp_path: Path, design: Design) -> None:
    columns = people()
    columns["language"] = [value or "none" for value in columns["language"]]
    alike(*both(sample(tmp_path, columns, design)))


def test_rows_in_any_order_give_the_same_numbers(tmp_path: Path) -> None:
    columns = people()
    order = np.random.default_rng(3).permutation(ROWS).tolist()
    mixed = {name: [column[place] for place in order] for name, column in columns.items()}
    alike(*both(sample(tmp_path, mixed)))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("weight", 0.0, "weight"),
        ("weight", None, "weight"),
        ("weight", math.inf, "weight"),
        ("village", None, "cluster"),
        ("stratum", None, "stratum"),
        ("wealth", 4, "belongs to no group"),
    ],
)
def test_what_is_wrong_is_said_as_ever(tmp_path: Path, name: str, value: object, said: str) -> None:
    columns = people()
    columns[name][17] = value
    with pytest.raises(InputError, match=said):
        estimate(sample(tmp_path, columns), PLAN)


def test_numbers_of_any_width_keep_their_groups(tmp_path: Path) -> None:
    columns = people()
    for top in (127, 128, 32767, 32768, 2**31, 2**40):
        columns["people"] = [top if place % 3 else -top for place in range(ROWS)]
        plan = replace(
            PLAN, dimensions=(Dimension("people", "people"),), tables=(Table(("water",), ("people",)),)
        )
        one, other = both(sample(tmp_path, columns), plan)
        alike(one, other)
        assert {group.code for group in one.plan.dimensions[0].groups} == {str(-top), str(top)}


def test_the_least_number_there_is_is_an_answer_like_any_other(tmp_path: Path) -> None:
    columns = people()
    columns["people"] = [3 if place % 3 else -(2**63) for place in range(ROWS)]
    plan = replace(
        PLAN, dimensions=(Dimension("people", "people"),), tables=(Table(("water",), ("people",)),)
    )
    one, other = both(sample(tmp_path, columns), plan)
    alike(one, other)
    assert sorted(cell.n for cell in one.estimates) == [ROWS // 3, ROWS - ROWS // 3, ROWS]


@pytest.mark.parametrize("groups", [126, 127, 128, 129])
def test_as_many_groups_as_a_byte_has_numbers(tmp_path: Path, groups: int) -> None:
    columns = people()
    columns["people"] = [place % groups for place in range(ROWS)]
    plan = replace(
        PLAN, dimensions=(Dimension("people", "people"),), tables=(Table(("water",), ("people",)),)
    )
    alike(*both(sample(tmp_path, columns), plan))
