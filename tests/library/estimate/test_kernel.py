"""The door: what comes back, in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import IntervalRule, Measure, MeasureKind, Plan, Table
from everycount.sample.design import Basis, Lonely
from spec.estimate_drawing import both, draw, overall

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate

DRAWING = """
    cluster | sex    | age | y
    a       | female | old | 1
    a       | male   | old | 0
    b       | female | new | 1
    b       | male   | new | 1
    c       | female | new | 0
    c       | male   | old | 0
    """


def run(tables: list[Table]) -> list[Estimate]:
    frame = draw(DRAWING, MeasureKind.PROPORTION)
    other = (Measure("total", MeasureKind.TOTAL), frame.measures["m"][1])
    frame = replace(frame, measures={**frame.measures, "total": other})
    return estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)[0]


def test_tables_then_measures_then_cells() -> None:
    tables = [Table(("total", "m"), ("age",)), Table(("m",), ()), Table(("m",), ("sex", "age"))]
    order = [(cell.measure, tuple(code for _, code in cell.cell)) for cell in run(tables)]
    assert order == [
        ("total", ("old",)),
        ("total", ("new",)),
        ("m", ("old",)),
        ("m", ("new",)),
        ("m", ()),
        ("m", ("female", "old")),
        ("m", ("female", "new")),
        ("m", ("male", "old")),
        ("m", ("male", "new")),
    ]


def test_a_measure_in_the_same_breakdown_twice_is_estimated_once() -> None:
    assert len(run([Table(("m",), ("sex",)), Table(("total", "m"), ("sex",))])) == 4


def test_the_order_of_dimensions_changes_only_the_order_of_cells() -> None:
    one, other = run([Table(("m",), ("sex", "age"))]), run([Table(("m",), ("age", "sex"))])
    values = {frozenset(cell.cell): (cell.value, cell.se, cell.n) for cell in one}
    assert values == {frozenset(cell.cell): (cell.value, cell.se, cell.n) for cell in other}


def test_four_dimensions_at_once() -> None:
    rng = np.random.default_rng(4)
    words = [
        " | ".join(str(code) for code in rng.integers(0, 3, 4)) + f" | {rng.integers(9)}" for _ in range(400)
    ]
    found = both(draw("\n".join(["p | q | r | s | y", *words])), "p", "q", "r", "s")[0]
    assert len(found) == 81
    assert sum(cell.n for cell in found) == 400


def test_keys_too_large_for_one_number_are_packed_all_the_same() -> None:
    """Eight dimensions of 300 groups: their full cross has more cells than a 64-bit number counts."""
    names = [f"d{place}" for place in range(8)]
    rows = [
        " | ".join([*(str((row * (place + 1)) % 300) for place in range(8)), str(row)]) for row in range(600)
    ]
    frame = draw("\n".join([" | ".join([*names, "y"]), *rows]))
    tables = [Table(("m",), (name,)) for name in names] + [Table(("m",), ("d0", "d7"))]
    found, _ = estimate_frame(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.NONE, tables=tables)
    first = [cell for cell in found if cell.cell and cell.cell[0][0] == "d0" and len(cell.cell) == 1]
    assert [cell.value for cell in first] == [(row + row + 300) / 2 for row in range(300)]


def test_no_rows_at_all() -> None:
    frame = draw(DRAWING)
    nobody = np.zeros(6, dtype=bool)
    measure, columns = frame.measures["m"]
    columns = replace(columns, y=columns.y[nobody], x=columns.x[nobody], inside=columns.inside[nobody])
    empty = replace(
        frame,
        strata=frame.strata[nobody],
        clusters=frame.clusters[nobody],
        weights=frame.weights[nobody],
        dimensions={name: codes[nobody] for name, codes in frame.dimensions.items()},
        measures={"m": (measure, columns)},
    )
    found, contrasts = both(empty, "sex")
    assert [(cell.n, cell.value) for cell in found] == [(0, None), (0, None)]
    assert contrasts == []


@pytest.mark.parametrize("basis", [Basis.NONE, Basis.MODEL])
def test_errors_rest_on_a_design_only(basis: Basis) -> None:
    cell = overall(draw(DRAWING), basis=basis)
    assert cell.value == 0.5
    assert (cell.se, cell.df, cell.deff) == (None, None, None)


def test_a_lonely_cluster_is_nobodys_concern_without_a_basis() -> None:
    assert overall(draw("stratum | y\nhills | 1"), basis=Basis.NONE, lonely=Lonely.FAIL).value == 1


def test_levels_and_rules_come_from_the_plan() -> None:
    """A higher level is wider, and the rule asked for is the rule reported."""
    rng = np.random.default_rng(7)
    frame = draw("\n".join(["y", *(str(int(x)) for x in rng.random(400) < 0.4)]), MeasureKind.PROPORTION)
    widths = []
    for level in (0.5, 0.8, 0.95, 0.99):
        cell = overall(frame, level=level, rule=IntervalRule.WILSON)
        assert cell.ci_low is not None
        assert cell.ci_high is not None
        assert cell.interval == "wilson"
        widths.append(cell.ci_high - cell.ci_low)
    assert all(narrow < wide for narrow, wide in pairwise(widths))


def test_no_number_is_infinite_or_not_a_number() -> None:
    found = both(draw("sex | y\nfemale | .\nfemale | 0\nmale | 0\nmale | ."), "sex")[0]
    for cell in found:
        numbers = [
            cell.value,
            cell.se,
            cell.ci_low,
            cell.ci_high,
            cell.cv,
            cell.deff,
            cell.n_effective,
            cell.n_kish,
        ]
        assert all(number is None or np.isfinite(number) for number in numbers)
        assert all(type(number) in {float, type(None)} for number in numbers)
        assert type(cell.n) is int


def test_alike_answers_have_no_design_effect() -> None:
    """A count of a whole group varies with the group's size; no sample of people alike in it varies."""
    rows = [f"v{place % 5} | {['hill', 'town'][place % 3 > 0]} | 0.1 | 1" for place in range(37)]
    frame = draw("\n".join(["cluster | place | weight | y", *rows]), MeasureKind.COUNT)
    for cell in both(frame, "place")[0]:
        assert cell.se
        assert (cell.deff, cell.n_effective) == (None, None)


def test_alike_answers_have_no_design_effect_whatever_their_rounding() -> None:
    """0.05 x 15 / 0.15 is not quite 5."""
    frame = draw("cluster | weight | y\na | 0.05 | 5\na | 0.05 | 5\nb | 0.05 | 5", MeasureKind.TOTAL)
    cell = overall(frame)
    assert cell.se
    assert cell.deff is None
