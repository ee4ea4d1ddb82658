"""From a sample and a plan to estimates, through the one door."""

from __future__ import annotations

import math
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from everycount.estimate import estimate, narrow
from everycount.estimate.condition import In, Within
from everycount.estimate.plan import (
    Arithmetic,
    Case,
    Cases,
    Dimension,
    Measure,
    MeasureKind,
    Operation,
    OverRoster,
    Plan,
    Roll,
    Table,
    Take,
    Value,
    Variable,
)
from everycount.faults import InputError
from everycount.sample import Basis, Design, DesignKind, Scope
from handmade import column_of, drawn, sample

if TYPE_CHECKING:
    from pathlib import Path

# Invented: two strata of two clusters, three households each.
HOUSEHOLDS = """
stratum | psu | w | size | tap | sex
1       | a   | 2 | 3    | yes | f
1       | a   | 2 | 5    | no  | m
1       | b   | 2 | 4    | yes | f
1       | b   | 2 | 2    | -   | m
2       | c   | 3 | 6    | no  | f
2       | c   | 3 | 1    | no  | m
2       | d   | 3 | 4    | yes | m
2       | d   | 3 | 4    | no  | f
"""
MEMBERS = """
_record | age
1       | 30
1       | 8
2       | 61
3       | 70
3       | 3
5       | 44
8       | 90
"""
DESIGN = Design(DesignKind.PROBABILITY, strata=("stratum",), clusters=("psu",), weights="w")
TAP = Measure("tap", MeasureKind.PROPORTION, condition=In("tap", ("yes",)))
SIZE = Measure("size", MeasureKind.MEAN, question="size")
OLD = Measure("old", MeasureKind.PROPORTION, condition=Within("age", low=60), table="members")
SEX = Dimension("sex", "sex")
STRATUM = Dimension("part", "stratum")


def test_the_order_is_overall_then_tables_then_measures_then_cells() -> None:
    plan = Plan(
        (OLD, SIZE, TAP), (SEX, STRATUM), (Table(("tap", "old"), ("sex",)), Table(("size",), ("part", "sex")))
    )
    found = estimate(sample(HOUSEHOLDS, {"members": MEMBERS}, design=DESIGN), plan).estimates
    assert [(one.measure, tuple(code for _, code in one.cell)) for one in found] == [
        ("tap", ()),
        ("old", ()),
        ("size", ()),
        ("tap", ("f",)),
        ("tap", ("m",)),
        ("old", ("f",)),
        ("old", ("m",)),
        *(("size", cell) for cell in [("1", "f"), ("1", "m"), ("2", "f"), ("2", "m")]),
    ]


def test_a_plan_without_tables_asks_for_overall_values() -> None:
    found = estimate(sample(HOUSEHOLDS, design=DESIGN), Plan((TAP, SIZE))).estimates
    assert [(one.measure, one.cell) for one in found] == [("tap", ()), ("size", ())]


def test_the_numbers_are_those_of_the_hand() -> None:
    """A mean by the formula of statistics.md 4.1, written out for one measure."""
    rows = [
        dict(zip(drawn(HOUSEHOLDS), row, strict=True))
        for row in zip(*drawn(HOUSEHOLDS).values(), strict=True)
    ]
    (one,) = estimate(sample(HOUSEHOLDS, design=DESIGN), Plan((SIZE,))).estimates
    weights, sizes = [float(row["w"]) for row in rows], [float(row["size"]) for row in rows]
    mean = sum(w * y for w, y in zip(weights, sizes, strict=True)) / sum(weights)
    scores: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row, w, y in zip(rows, weights, sizes, strict=True):
        scores[row["stratum"]][row["psu"]] += w * (y - mean) / sum(weights)
    variance = 0.0
    for clusters in scores.values():
        middle = sum(clusters.values()) / len(clusters)
        spread = sum((score - middle) ** 2 for score in clusters.values())
        variance += len(clusters) / (len(clusters) - 1) * spread
    assert one.value == pytest.approx(mean, rel=1e-12)
    assert one.se == pytest.approx(math.sqrt(variance), rel=1e-12)
    assert (one.n, one.n_missing, one.clusters, one.df, one.population) == (8, 0, 4, 2, 20.0)


def test_facts_are_those_of_the_main_records_even_if_only_persons_are_counted() -> None:
    found = estimate(sample(HOUSEHOLDS, {"members": MEMBERS}, design=DESIGN), Plan((OLD,)))
    assert (found.facts.records, found.facts.strata, found.facts.clusters) == (8, 2, 4)
    assert (found.facts.lonely_strata, found.facts.population) == (0, 20.0)
    assert found.facts.n_kish == pytest.approx(400 / 52)
    (old,) = found.estimates
    assert old.value == pytest.approx((2 + 2 + 3) / (2 * 5 + 3 * 2))
    assert (old.n, old.events) == (7, 3)


def test_no_probability_no_interval() -> None:
    found = estimate(sample(HOUSEHOLDS), Plan((TAP,)))
    assert (found.basis, found.scope) == (Basis.NONE, Scope.RESPONDENTS)
    (one,) = found.estimates
    assert (one.value, one.se, one.ci_low, one.interval) == (3 / 7, None, None, "")


def test_weights_and_dimensions_may_be_variables() -> None:
    variables = (
        Variable("double", Arithmetic(Operation.PRODUCT, ("w", "two"))),
        Variable("two", Cases((Case(Value(2.0)),))),
        Variable("crowded", Cases((Case(Value("yes"), Within("size", low=4)), Case(Value("no"))))),
        Variable("old", OverRoster("members", Roll.ANY, Within("age", low=60))),
    )
    plan = Plan(
        (TAP,),
        (Dimension("crowded", "crowded"), Dimension("old", "old")),
        (Table(("tap",), ("crowded",)), Table(("tap",), ("old",))),
        variables,
    )
    given = sample(HOUSEHOLDS, {"members": MEMBERS}, design=replace(DESIGN, weights="double"))
    found = estimate(given, plan)
    assert found.facts.population == 40.0
    people = {tuple(code for _, code in one.cell): one.n + one.n_missing for one in found.estimates}
    assert people == {(): 8, ("yes",): 5, ("no",): 3, ("1",): 3, ("0",): 5}


def test_the_plan_inside_says_which_groups_were_met() -> None:
    plan = Plan((TAP, OLD), (SEX,), (Table(("tap", "old"), ("sex",)),))
    filled = estimate(sample(HOUSEHOLDS, {"members": MEMBERS}, design=DESIGN), plan).plan
    assert [group.code for group in filled.dimensions[0].groups] == ["f", "m"]


def test_groups_that_only_one_table_meets_are_all_in_the_plan() -> None:
    households = {"place": ["a", "c", "b"], "tap": ["yes", "no", "yes"]}
    members = {"_record": [1, 1, 3], "age": [1, 2, 3], "place2": ["x", "y", "z"]}
    plan = Plan((OLD, TAP), (Dimension("place", "place"),), (Table(("old", "tap"), ("place",)),))
    filled = estimate(sample(households, {"members": members}), plan).plan
    assert [group.code for group in filled.dimensions[0].groups] == ["a", "b", "c"]


def test_order_of_rows_and_columns_nobody_names_do_not_matter() -> None:
    columns = drawn(HOUSEHOLDS)
    order = [5, 0, 7, 2, 6, 1, 4, 3]
    mixed: dict[str, list[Any]] = {name: [column[at] for at in order] for name, column in columns.items()}
    plan = Plan((TAP, SIZE), (SEX,), (Table(("tap", "size"), ("sex",)),))
    ours = estimate(sample(HOUSEHOLDS, design=DESIGN), plan).estimates
    theirs = estimate(sample({**mixed, "more": ["x"] * 8}, design=DESIGN), plan).estimates
    for one, other in zip(ours, theirs, strict=True):
        assert (one.measure, one.cell, one.n) == (other.measure, other.cell, other.n)
        assert one.value == pytest.approx(other.value, rel=1e-12)
        assert (one.se is None) == (other.se is None)
        assert one.se is None or one.se == pytest.approx(other.se, rel=1e-9)


def test_a_fault_knows_the_names_of_columns_that_nobody_uses() -> None:
    wrong = replace(TAP, condition=In("taps", ("yes",)))
    with pytest.raises(InputError, match=r'Did you mean "tap"\?'):
        estimate(sample(HOUSEHOLDS, design=DESIGN), Plan((wrong,)))
    hidden = Variable("SEX", Cases((Case(Take("size")),)))
    with pytest.raises(InputError, match='already a column "sex"'):
        estimate(sample(HOUSEHOLDS, design=DESIGN), Plan((TAP,), variables=(hidden,)))


def test_only_those_for_whom_the_condition_is_true_are_left() -> None:
    given = sample(HOUSEHOLDS, {"members": MEMBERS})
    kept = narrow(given, In("tap", ("yes",)))
    assert column_of(kept, "psu") == ["a", "b", "d"]
    assert column_of(kept, "age", "members") == ["30", "8", "70", "3"]
    with pytest.raises(InputError, match=r'Did you mean "tap"\?'):
        narrow(given, In("taps", ("yes",)))


def said_by(script: str, tests: Path) -> list[str]:
    """What a fresh interpreter prints."""
    environment = {"PYTHONPATH": str(tests)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    return done.stdout.split()


def test_the_door_opens_without_the_libraries_behind_it(root: Path) -> None:
    script = (
        "import sys; from everycount.estimate import estimate; from everycount.estimate.plan import Plan; "
        "print('ibis' in sys.modules, 'numpy' in sys.modules)"
    )
    assert said_by(script, root / "tests") == ["False", "False"]


def test_pandas_is_never_brought(root: Path, tmp_path: Path) -> None:
    """It would cost every small survey 0.2 s."""
    records = tmp_path / "main.csv"
    records.write_text("q,d\n1,a\n,b\n2,a\n", encoding="utf-8")
    script = (
        "import sys; from pathlib import Path; from everycount.sample import *; "
        "from everycount.estimate import estimate; from everycount.estimate.plan import *; "
        f"sample = read({{'main': Source(Path({str(records)!r}))}}, design=Design(DesignKind.PURPOSIVE)); "
        "plan = Plan((Measure('m', MeasureKind.MEAN, question='q'),), (Dimension('d', 'd'),), "
        "(Table(('m',), ('d',)),)); "
        "print(estimate(sample, plan).estimates[0].value, 'pandas' in sys.modules)"
    )
    assert said_by(script, root / "tests") == ["1.5", "False"]
