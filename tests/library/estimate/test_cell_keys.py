"""Keys of cells: the same people have the same key, and nobody knows it without the secret."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from everycount.estimate import estimate
from everycount.estimate.condition import In
from everycount.estimate.keyed import MODULUS, KeysOfCell
from everycount.estimate.keys import cell_keys, record_key
from everycount.estimate.plan import Dimension, Measure, MeasureKind, Plan, Table
from everycount.faults import InputError
from everycount.sample import Design, DesignKind, Sample, Source, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from everycount.estimate.keyed import CellKeys

SECRET, OTHER = b"a secret of thirty-two bytes....", b"another secret of 32 bytes......"
WATER = Measure("water", MeasureKind.PROPORTION, condition=In("water", ("y",)))
DRY = Measure("dry", MeasureKind.PROPORTION, condition=In("water", ("n",)))
HILL = Measure(
    "hill_water", MeasureKind.PROPORTION, condition=In("water", ("y",)), among=In("side", ("hill",))
)
YOUNG = Measure("young", MeasureKind.PROPORTION, condition=In("age", ("5", "9")), table="members")
SIDE, SEX = Dimension("side", "side"), Dimension("sex", "sex")
PLAN = Plan(
    (WATER, DRY, HILL, YOUNG),
    (SIDE, SEX),
    (
        Table(("water", "dry"), ("side",)),
        Table(("water", "dry"), ("side", "sex")),
        Table(("water",), ("sex", "side")),
        Table(("hill_water",), ("sex",)),
        Table(("young",), ("side",)),
    ),
)
ROWS = [
    (f"r{place}", ("hill", "river")[place % 2], ("f", "m", "")[place % 3], ("y", "n", "", "y")[place % 4])
    for place in range(60)
]
MEMBERS = [(f"r{place % 60}", ("5", "9", "40")[place % 3]) for place in range(150)]


def sample(
    folder: Path, rows: Sequence[tuple[str, ...]] = ROWS, key: str | None = "id", mark: str = "a"
) -> Sample:
    main, members = folder / f"{mark}.csv", folder / f"{mark}_members.csv"
    main.write_text("id,side,sex,water\n" + "\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    members.write_text("parent,age\n" + "\n".join(map(",".join, MEMBERS)) + "\n", encoding="utf-8")
    sources = {"main": Source(main, key=key)}
    if key:
        sources["members"] = Source(members, parent_key="parent")
    return read(sources, design=Design(DesignKind.CENSUS_PLACE), missing=("",))


def keys(
    folder: Path, rows: Sequence[tuple[str, ...]] = ROWS, secret: bytes = SECRET, mark: str = "a"
) -> CellKeys:
    return cell_keys(sample(folder, rows, mark=mark), PLAN, secret)


def test_the_key_of_a_cell_is_the_sum_of_its_records(tmp_path: Path) -> None:
    def added(rows: Sequence[tuple[str, ...]]) -> int:
        return sum(record_key(SECRET, row[0]) for row in rows) % MODULUS

    hill = [row for row in ROWS if row[1] == "hill" and row[3]]
    yes = [row for row in hill if row[3] == "y"]
    found = keys(tmp_path)["water", (("side", "hill"),)]
    assert found == KeysOfCell(added(hill), added(yes), added([row for row in hill if row not in yes]))


def test_the_same_people_have_one_key_in_every_table(tmp_path: Path) -> None:
    found = keys(tmp_path)
    assert (
        found["water", (("side", "hill"), ("sex", "f"))] == found["water", (("sex", "f"), ("side", "hill"))]
    )
    assert found["water", (("side", "hill"),)] == found["hill_water", ()]
    for cell in ((), (("side", "hill"),)):
        water, dry = found["water", cell], found["dry", cell]
        assert (water.n, water.events, water.others) == (dry.n, dry.others, dry.events)
        assert (water.events + water.others) % MODULUS == water.n


def test_every_occupied_cell_has_a_key(tmp_path: Path) -> None:
    made = estimate(sample(tmp_path), PLAN)
    found = keys(tmp_path)
    assert {(one.measure, one.cell) for one in made.estimates if one.n} == set(found)


def test_neither_order_nor_other_records_matter(tmp_path: Path) -> None:
    """The next release: other people came, the file is in another order; the hill's women are the same."""
    rows = [*ROWS, *((f"new{place}", "river", "m", "y") for place in range(7))]
    random.Random(5).shuffle(rows)  # noqa: S311 - an order, not a secret
    before, after = keys(tmp_path), keys(tmp_path, rows, mark="b")
    women = (("side", "hill"), ("sex", "f"))
    assert before["water", women] == after["water", women]
    assert before["water", ()] != after["water", ()]


def test_another_secret_gives_other_keys(tmp_path: Path) -> None:
    mine, theirs = keys(tmp_path), keys(tmp_path, secret=OTHER)
    assert not any(mine[cell].n == theirs[cell].n for cell in mine)


def test_members_of_one_household_have_different_keys(tmp_path: Path) -> None:
    found = keys(tmp_path)["young", ()]
    met: dict[str, int] = {}
    total = 0
    for parent, _ in MEMBERS:
        total += record_key(SECRET, parent, met.get(parent, 0))
        met[parent] = met.get(parent, 0) + 1
    assert found.n == total % MODULUS


def test_records_without_identity_are_refused(tmp_path: Path) -> None:
    plan = Plan((WATER,), (SIDE,), (Table(("water",), ("side",)),))
    with pytest.raises(InputError, match="No column tells the records apart"):
        cell_keys(sample(tmp_path, key=None), plan, SECRET)


def test_keys_are_spread_evenly_and_say_nothing_of_their_neighbours() -> None:
    """Chi-squared of 16 classes over 20,000 keys; 37.7 is passed by chance once in a thousand secrets."""
    made = [record_key(SECRET, f"r{place}") for place in range(20_000)]
    classes = [0] * 16
    for key in made:
        classes[key * 16 // MODULUS] += 1
    assert sum((found - 1250) ** 2 / 1250 for found in classes) < 37.7
    assert len(set(made)) > 19_990
