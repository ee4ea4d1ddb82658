"""Faults seen in other programs for the same work, each with a test that it does not happen here.

| seen in a peer | here |
|---|---|
| intervals of Theil and MLD a thousand times too narrow | no such measure here yet |
| slope and relative index of inequality with squared weights | no such measure here yet |
| a slope in percent, its error a fraction; PAR and PAF by a population | no such measure here yet |
| groups of one sample compared as if they were drawn apart | tested |
| an index of dissimilarity that ranks sample sizes | no such measure here yet |
| a tree that reports its worst leaf by the people it was grown on | no such tree here yet |
| normal quantiles for few clusters; no interval where nobody has it | tested, also by simulation |
| errors of lonely strata that changed between versions | tested: the version is written down |
| a quantile that the last bit decides | tested |
| text keys that become missing, and 0 people at risk | tested |
| a Gini coefficient that the order of ties decides | tested |
| an array of persons for each cell | tested |
| dependencies that forbid each other | tested: few limits, nothing of a peer, one lock of our own |
"""

from __future__ import annotations

import csv
import itertools
import json
import tomllib
import tracemalloc
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import t

from everycount.estimate import estimate
from everycount.estimate.condition import In
from everycount.estimate.estimates import Against
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.protect import PUBLIC, protect
from everycount.protect.cells import Status
from everycount.sample import MAIN, Basis, Design, DesignKind, Lonely, Source, read
from everycount.text import NOTHING
from handmade import sample

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.estimate.estimates import Estimate

PROBABILITY = DesignKind.PROBABILITY
CLUS1 = Design(PROBABILITY, clusters=("dnum",), weights="pw", populations=("fpc",))
API00 = Measure("api", MeasureKind.MEAN, question="api00")
TYPE = Dimension("type", "stype")


@pytest.mark.shared
def test_a_gap_is_measured_with_what_its_groups_share(shared: Path) -> None:
    """Schools of two types stand in the same districts: 14.3, not the 38.7 of groups drawn apart."""
    schools = read({MAIN: Source(shared / "golden" / "apiclus1.csv")}, design=CLUS1)
    two = replace(API00, among=In("stype", ("E", "M")))
    found = estimate(schools, Plan((two,), (TYPE,), (Table(("api",), ("type",)),)))
    (gap,) = [
        each for each in found.contrasts if each.against is Against.REST and each.cell == (("type", "E"),)
    ]
    errors = {each.cell[0][1]: each.se for each in found.estimates if each.cell and each.se}
    assert gap.difference_se == pytest.approx(14.3, abs=0.05)
    assert np.hypot(errors["E"], errors["M"]) == pytest.approx(38.7, abs=0.05)


@pytest.mark.shared
def test_limits_of_a_group_stand_on_its_own_clusters(shared: Path) -> None:
    """A normal quantile, 1.96, is too short for the eleven or fourteen districts of a type of school."""
    schools = read({MAIN: Source(shared / "golden" / "apiclus1.csv")}, design=CLUS1)
    found = estimate(schools, Plan((API00,), (TYPE,), (Table(("api",), ("type",)),)))
    for each in found.estimates:
        assert each.df == each.clusters - 1
        quantile = t.ppf(0.975, each.df)
        assert quantile > 2.1
        assert None not in {each.value, each.se, each.ci_high}
        assert (each.ci_high or 0) - (each.value or 0) == pytest.approx(quantile * (each.se or 0))


def test_nobody_found_still_has_an_upper_limit() -> None:
    """0 of 40 people in 20 clusters: 0 %, and up to 8.8 %, not "0 % ± 0" and not nothing."""
    people = sample(
        {"psu": [str(row // 2) for row in range(40)], "has": ["no"] * 40}, design=_equal(("psu",))
    )
    (none,) = estimate(people, Plan((_share("has"),), tables=(Table(("has",), ()),))).estimates
    assert (none.value, none.se, none.ci_low) == (0, None, 0)
    assert none.ci_high == pytest.approx(0.0881, abs=5e-5)


def _equal(clusters: tuple[str, ...], strata: tuple[str, ...] = ()) -> Design:
    return Design(PROBABILITY, strata, clusters, notes={"probabilities": "equal"})


def _share(question: str) -> Measure:
    return Measure(question, MeasureKind.PROPORTION, condition=In(question, ("yes",)))


SURVEYS = 400


@pytest.mark.parametrize(("share", "people"), list(itertools.product((0.02, 0.1, 0.4), (30, 120))))
def test_intervals_of_small_groups_hold_the_truth(share: float, people: int) -> None:
    """60 clusters with an intraclass correlation of 0.05: Wald intervals fall to 45 % for rare things.

    An interval that is right in 95 % of surveys is right in less than 95 % - 4 sqrt(0.95 x 0.05 / 400) = 90.6
    % of 400 of them once in thirty thousand times.
    """
    dice = np.random.default_rng(round(1000 * share) + people)
    size = dice.poisson(people / 60, (SURVEYS, 60))
    odds = dice.beta(share * 19, (1 - share) * 19, (SURVEYS, 60))  # a + b = 1 / 0.05 - 1
    survey, cluster = (np.repeat(index.ravel(), size.ravel()) for index in np.indices(size.shape))
    has = dice.random(len(survey)) < odds[survey, cluster]
    columns = {
        "survey": [f"s{one}" for one in survey],
        "all": ["1"] * len(survey),
        "psu": [str(one) for one in cluster],
        "has": ["yes" if one else "no" for one in has],
    }
    plan = Plan(
        (_share("has"),),
        (Dimension("survey", "survey"), Dimension("all", "all")),
        (Table(("has",), ("survey", "all")),),
    )
    surveys = [each for each in _found(columns, plan, _equal(("psu",), ("survey",))) if each.cell]
    limits = [(each.ci_low, each.ci_high) for each in surveys]
    held = [low <= share <= high for low, high in limits if low is not None and high is not None]
    assert len(held) == SURVEYS
    assert np.mean(held) > 0.95 - 4 * np.sqrt(0.95 * 0.05 / SURVEYS)


def _found(columns: dict[str, list[str]], plan: Plan, design: Design) -> tuple[Estimate, ...]:
    return estimate(sample(columns, design=design), plan).estimates


@pytest.mark.shared
def test_a_lonely_stratum_has_the_error_of_the_version_written_down(shared: Path) -> None:
    """R survey 4.1.1 said 98,480 where 4.5 says 94,046; the reference names the version that it is from."""
    reference = json.loads((shared / "golden" / "survey.json").read_text())
    assert reference["meta"]["survey"] == "4.5"
    design = Design(PROBABILITY, ("stype",), weights="pw", lonely=Lonely.ADJUST)
    schools = read({MAIN: Source(shared / "golden" / "lonely.csv")}, design=design)
    pupils = Plan(
        (Measure("pupils", MeasureKind.TOTAL, question="enroll"),), tables=(Table(("pupils",), ()),)
    )
    (total,) = estimate(schools, pupils).estimates
    assert total.se == pytest.approx(94045.659373114, rel=1e-9)


@pytest.mark.parametrize("scale", [0.1, 0.3, 1.0, 7.7])
def test_the_last_bit_decides_no_quantile(scale: float) -> None:
    """0.1 + 0.1 + 0.1 is more than 0.3 to a computer; three of ten people are three tenths all the same."""
    measures = tuple(
        Measure(f"q{tenth}", MeasureKind.QUANTILE, question="y", at=tenth / 10) for tenth in range(1, 10)
    )
    for order in (range(10), reversed(range(10)), (3, 1, 4, 0, 5, 9, 2, 6, 8, 7)):
        rows = list(order)
        people = sample(
            {"y": [row + 1 for row in rows], "w": [scale] * 10}, design=Design(PROBABILITY, weights="w")
        )
        found = estimate(people, Plan(measures, tables=(Table(tuple(m.id for m in measures), ()),))).estimates
        assert [each.value for each in found] == [float(tenth) for tenth in range(1, 10)]


@pytest.mark.shared
def test_the_order_of_rows_decides_no_gini_coefficient(shared: Path, tmp_path: Path) -> None:
    """One program says 26.4896 and another 26.4965 of the same people, many of whom have the same income."""
    first, *rows = (shared / "golden" / "eusilc.csv").read_text(encoding="utf-8").splitlines()
    gini = Measure("gini", MeasureKind.GINI, question="eqIncome")
    plan = Plan((gini,), tables=(Table(("gini",), ()),))
    found = []
    for turn, order in enumerate((rows, rows[::-1], sorted(rows, key=lambda row: row[::-1]))):
        path = tmp_path / f"{turn}.csv"
        path.write_text("\n".join([first, *order]), encoding="utf-8")
        (one,) = estimate(
            read({MAIN: Source(path)}, design=Design(PROBABILITY, weights="rb050")), plan
        ).estimates
        found.append(one.value)
    assert found == pytest.approx([0.264896192113229] * 3, rel=1e-9)


# Words that programs take for "nothing", given to people as if they were names of roofs and walls.
WORDS = {"1": "None", "2": "NA", "3": "nan", "4": "null", "5": "#N/A", "6": "-", "9": "TRUE"}
KEYS = ("urbrur", "roof", "walls", "water")


@pytest.mark.shared
def test_groups_with_names_are_counted_and_hidden_like_groups_with_numbers(
    shared: Path, tmp_path: Path
) -> None:
    """Of 4,580 people, those who stand nearly alone are seen, whatever their groups are called."""
    with (shared / "data" / "disclosure-test" / "testdata.csv").open(encoding="utf-8") as file:
        people = [tuple(WORDS.get(one[key], one[key]) for key in KEYS) for one in csv.DictReader(file)]
    named = tmp_path / "named.csv"
    lines = [",".join((*one, ("no", "yes")[row % 3 == 0])) for row, one in enumerate(people)]
    named.write_text("\n".join([",".join((*KEYS, "has")), *lines]), encoding="utf-8")
    plan = Plan((_share("has"),), tuple(Dimension(key, key) for key in KEYS), (Table(("has",), KEYS),))
    estimates = estimate(read({MAIN: Source(named)}, design=Design(DesignKind.CONVENIENCE)), plan)
    counted = {tuple(code for _, code in each.cell): each.n for each in estimates.estimates if each.cell}
    assert {codes: n for codes, n in counted.items() if n} == Counter(people)
    alone = {codes for codes, n in Counter(people).items() if n < PUBLIC.min_respondents}
    assert len(alone) > 10
    for each in protect(estimates, PUBLIC).cells:
        if tuple(code for _, code in each.cell) in alone:
            assert each.status is not Status.SHOWN


def test_memory_does_not_grow_with_people_times_cells() -> None:
    """200,000 people in 5,000 cells are 8 GB as an array of persons for each cell: it takes a small part."""
    people, cells = 200_000, 5_000
    few, many = (_peak(people, number) for number in (20, cells))
    assert many < 2 * few + 200e6
    assert many < people * cells * 8 / 10


def _peak(people: int, cells: int) -> int:
    dice, ones = np.random.default_rng(1), np.ones(people)
    groups = tuple(Group(str(code), NOTHING, (str(code),)) for code in range(cells // 10))
    tens = tuple(Group(str(code), NOTHING, (str(code),)) for code in range(10))
    frame = Frame(
        MAIN,
        np.repeat(np.arange(50), people // 50),
        np.arange(people)[:, None] // 100,
        dice.random(people) + 0.5,
        None,
        {"group": dice.integers(0, cells // 10, people), "ten": dice.integers(0, 10, people)},
        {"group": Dimension("group", "group", groups=groups), "ten": Dimension("ten", "ten", groups=tens)},
        {"m": (Measure("m", MeasureKind.MEAN), MeasureColumns(dice.random(people), ones, ones > 0))},
    )
    tracemalloc.start()
    try:
        found, _ = estimate_frame(
            frame,
            Plan(()),
            lonely=Lonely.ADJUST,
            basis=Basis.DESIGN,
            tables=[Table(("m",), ("group", "ten"))],
        )
        assert len(found) == cells
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


PEERS = {"svy", "svy-sae", "samplics", "pycanon", "anjana", "acro", "balance", "tmlt-analytics", "opendp"}


def test_our_dependencies_are_few_and_forbid_little(root: Path) -> None:
    """Libraries that pin numpy, or each other, cannot be installed together."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    assert not [line for line in asked if "==" in line or "~=" in line]
    limited = {line.split("<")[0].split(">")[0].split("[")[0] for line in asked if "<" in line}
    assert (
        not {"numpy", "scipy", "pyarrow", "duckdb", "pandas"} & limited
    )  # what others in one house need, too
    locked = [
        line.split("==")[0].strip().lower().replace("_", "-")
        for name in ("requirements.txt", "requirements-test.txt", "requirements-check.txt")
        for line in (root / name).read_text(encoding="utf-8").splitlines()
        if "==" in line
    ]
    assert {"numpy", "duckdb", "scipy"} <= set(locked)
    assert not PEERS & set(locked)
