"""Poverty and inequality on the synthetic EU-SILC people of R laeken: every case that we measure."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from everycount.cli import main
from everycount.estimate.estimates import Against
from everycount.estimate.measures import estimate_measures
from everycount.estimate.plan import Measure, MeasureKind, Plan, QuantileRule, Table
from everycount.sample.design import Basis, Lonely
from golden.eusilc_registry import COVERED, WAITING, statistic_of
from golden.golden_frames import base_frame, columns_of, numbers, with_dimension, with_measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame

pytestmark = pytest.mark.shared

Case = dict[str, Any]
TOLERANCE = 1e-8
OWN_GINI = 1e-4  # how far the error of our Gini coefficient may be from that of convey's other estimate
POOR, LINE = MeasureKind.AT_RISK_OF_POVERTY, MeasureKind.POVERTY_THRESHOLD
GINI, QUINTILES = MeasureKind.GINI, MeasureKind.QUINTILE_SHARE
CLUSTERS = {"person": "rb030", "household": "db030"}


@pytest.fixture(scope="session")
def eusilc(shared: Path) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = defaultdict(list)
    for case in json.loads((shared / "golden" / "eusilc.json").read_text())["cases"]:
        found[statistic_of(case["id"])].append(case)
    return found


@dataclass(frozen=True)
class People:
    """The people of the reference, in clusters of persons or households."""

    file: Path
    clusters: str = "db030"

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        return columns_of(self.file)

    @cached_property
    def income(self) -> NDArray[np.float64]:
        return numbers(self.columns["eqIncome"])

    @cached_property
    def frame(self) -> Frame:
        frame = base_frame(self.columns, {"strata": "db040", "psu": self.clusters, "weights": "rb050"})
        for name in ("db040", "rb090"):
            frame = with_dimension(frame, name, self.columns[name])
        return frame

    def measured(
        self, kind: MeasureKind, by: tuple[str, ...] = (), at: float | None = None, **plan: Any
    ) -> Any:
        """Estimates by the groups' codes, "" for everybody."""
        made = with_measure(self.frame, kind, self.income)
        made = replace(made, measures={"m": (Measure("m", kind, at=at), made.measures["m"][1])})
        found, _ = estimate_measures(
            made, Plan((), **plan), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=[Table(("m",), by)]
        )
        return {".".join(code for _, code in one.cell): one for one in found}


@cache
def people(folder: Path, clusters: str = "household") -> People:
    return People(folder / "eusilc.csv", CLUSTERS[clusters])


def close(ours: float | None, theirs: float, case: Case, tolerance: float = TOLERANCE) -> None:
    assert ours == pytest.approx(theirs, rel=tolerance, abs=0), case["id"]


def laeken(kind: MeasureKind, times: float = 1.0) -> Callable[[Path, Case], None]:
    """A point estimate of laeken, overall and by region or sex; shares and Gini coefficients in percent."""

    def check(folder: Path, case: Case) -> None:
        _, statistic, by = case["id"].split(".")
        at = int(statistic[4:]) / 100 if statistic[4:] else None
        rows, given = case["rows"], people(folder)
        close(times * given.measured(kind, at=at)[""].value, rows["overall"], case)
        if "threshold" in rows:
            close(given.measured(LINE, at=at)[""].value, rows["threshold"], case)
        assert ("by" in rows) == (by != "none")
        groups = given.measured(kind, (by,), at=at) if "by" in rows else {}
        assert groups.keys() == {row["stratum"] for row in rows.get("by", [])}
        for row in rows.get("by", []):
            close(times * groups[row["stratum"]].value, row["value"], case)

    return check


def overall(kind: MeasureKind) -> Callable[[Path, Case], None]:
    def check(folder: Path, case: Case) -> None:
        close(people(folder).measured(kind)[""].value, case["rows"]["overall"], case)

    return check


def quantiles(folder: Path, case: Case) -> None:
    for row in case["rows"]:
        rule = QuantileRule.HF2
        (found,) = people(folder).measured(MeasureKind.QUANTILE, at=row["p"], quantile_rule=rule).values()
        close(found.value, row["value"], case)


def crossed(folder: Path, case: Case) -> None:
    found = people(folder).measured(POOR, ("db040", "rb090"))
    assert len(found) == len(case["rows"])
    for row in case["rows"]:
        close(found[row["domain"]].value, row["value"], case)
        assert found[row["domain"]].n == row["n"]


def convey(kind: MeasureKind) -> Callable[[Path, Case], None]:
    """Value, error, and degrees of freedom of everybody; value and error of each region."""

    def check(folder: Path, case: Case) -> None:
        given = people(folder, case["id"].split(".")[1])
        by = ("db040",) if case["id"].endswith(".by.db040") else ()
        found = given.measured(kind, by)
        assert len(found) == len(case["rows"])
        for row in case["rows"]:
            ours = found[row.get("db040", "")]
            close(ours.value, row["estimate"], case)
            close(ours.se, row["se"], case)
            assert ours.df == row.get("df", ours.df)

    return check


def headcount(folder: Path, case: Case) -> None:
    """Foster, Greer and Thorbecke's index 0: below the line of everybody, or below a fixed one."""
    given = people(folder, case["id"].split(".")[1])
    (row,) = case["rows"]
    if case["id"].endswith("relq"):
        found: Estimate = given.measured(POOR)[""]
    else:
        made = with_measure(given.frame, MeasureKind.PROPORTION, (given.income <= 10_000).astype(float))
        tables = [Table(("m",), ())]
        ((found,), _) = estimate_measures(
            made, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=tables
        )
    close(found.value, row["estimate"], case)
    close(found.se, row["se"], case)


def conveys_gini(y: NDArray[np.float64], w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """convey's estimate, sum w y (2 r - 1) / (N Y) - 1 with r the weights up to here, and its derivatives."""
    order = np.argsort(y, kind="stable")
    y, w = y[order], w[order]
    n, total, up_to = w.sum(), w @ y, np.cumsum(w)
    found = float((w * y) @ (2 * up_to - 1) / (n * total)) - 1
    from_here = total - np.cumsum(w * y) + w * y
    influence = np.empty(len(y))
    influence[order] = (2 * (y * up_to + from_here) - y - (found + 1) * (total + n * y)) / (n * total)
    return found, influence


def gini(folder: Path, case: Case) -> None:
    """convey's own estimate in our design; ours beside it."""
    given = people(folder, case["id"].split(".")[1])
    by = ("db040",) if case["id"].endswith(".by.db040") else ()
    groups = np.array(given.columns["db040"] if by else [""] * len(given.income))
    influence, values = np.zeros(len(groups)), {}
    for group in dict.fromkeys(groups.tolist()):
        here = groups == group
        values[group], influence[here] = conveys_gini(given.income[here], given.frame.weights[here])
    total = with_measure(given.frame, MeasureKind.TOTAL, influence)
    found, _ = estimate_measures(
        total, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=[Table(("m",), by)]
    )
    errors = {".".join(code for _, code in one.cell): one.se for one in found}
    ours = given.measured(GINI, by)
    for row in case["rows"]:
        group = row.get("db040", "")
        close(values[group], row["estimate"], case)
        close(errors[group], row["se"], case)
        few = len(groups) / (groups == group).sum()  # the other estimate moves by about one person's share
        close(ours[group].se, row["se"], case, OWN_GINI * few)


CHECKS: dict[str, Callable[[Path, Case], None]] = {
    "laeken.gini": laeken(GINI, 100),
    "laeken.qsr": laeken(QUINTILES),
    "laeken.arpr": laeken(POOR, 100),
    "laeken.arpr40": laeken(POOR, 100),
    "laeken.arpr50": laeken(POOR, 100),
    "laeken.arpr60": laeken(POOR, 100),
    "laeken.arpr70": laeken(POOR, 100),
    "laeken.arpt": overall(LINE),
    "laeken.median": overall(MeasureKind.MEDIAN),
    "laeken.quantiles": quantiles,
    "arpr.region_sex": crossed,
    "convey.svygini": gini,
    "convey.svyarpr": convey(POOR),
    "convey.svyarpt": convey(LINE),
    "convey.svyqsr": convey(QUINTILES),
    "convey.svyfgt0": headcount,
}


@pytest.mark.parametrize("statistic", COVERED)
def test_poverty_agrees_with_the_reference(
    statistic: str, eusilc: dict[str, list[Case]], shared: Path
) -> None:
    assert eusilc[statistic]
    for case in eusilc[statistic]:
        CHECKS[statistic](shared / "golden", case)


def test_every_statistic_of_poverty_is_covered_or_waits_with_a_reason(eusilc: dict[str, list[Case]]) -> None:
    assert set(eusilc) == set(COVERED) | set(WAITING)
    assert not set(COVERED) & set(WAITING)
    assert set(CHECKS) == set(COVERED)


def test_households_as_clusters_make_the_errors_that_persons_hide(shared: Path) -> None:
    for kind in (POOR, LINE, GINI, QUINTILES):
        alone, together = (people(shared / "golden", who).measured(kind)[""].se for who in CLUSTERS)
        assert together > 1.5 * alone


SURVEY = """
[survey]
id = "eusilc"
title = "Synthetic people"
period = "2006"
area = "AUT"
invented = true
languages = ["en"]
records = {main = "people.csv", key = "rb030"}
[design]
kind = "probability"
strata = ["db040"]
clusters = ["db030"]
weights = "rb050"
[policy]
name = "open"
[[dimension]]
id = "region"
question = "db040"
"""


def test_the_reference_comes_out_of_a_survey_folder_too(shared: Path, tmp_path: Path) -> None:
    """From CSV file to cells.csv, each number with all its digits."""
    kinds = {POOR: "svyarpr", LINE: "svyarpt", QUINTILES: "svyqsr"}
    wanted = [
        f'[[measure]]\nid = "{word}"\nkind = "{kind}"\nquestion = "eqIncome"' for kind, word in kinds.items()
    ]
    (tmp_path / "survey.toml").write_text("\n".join([SURVEY, *wanted]), encoding="utf-8")
    (tmp_path / "people.csv").write_bytes((shared / "golden" / "eusilc.csv").read_bytes())
    assert main(["release", str(tmp_path), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    with (tmp_path / "out" / "cells.csv").open(encoding="utf-8", newline="") as lines:
        cells = {(row["measure"], row["region"]): row for row in csv.DictReader(lines)}
    reference = json.loads((shared / "golden" / "eusilc.json").read_text())["cases"]
    rows = {case["id"]: case["rows"] for case in reference}
    for word in kinds.values():
        for row in (*rows[f"convey.household.{word}"], *rows[f"convey.household.{word}.by.db040"]):
            cell = cells[word, row.get("db040", "")]
            assert float(cell["value"]) == pytest.approx(row["estimate"], rel=TOLERANCE)
            assert float(cell["se"]) == pytest.approx(row["se"], rel=TOLERANCE)


def test_a_region_against_the_rest_shares_the_line_with_it(shared: Path) -> None:
    """Drawn for everybody, the line moves both sides alike: differences need both sides' influence."""
    given = people(shared / "golden")
    made = with_measure(given.frame, POOR, given.income)
    _, contrasts = estimate_measures(
        made, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=[Table(("m",), ("rb090",))]
    )
    women = next(one for one in contrasts if one.against is Against.REST and one.cell[0][1] == "female")
    cells = given.measured(POOR, ("rb090",))
    apart = np.hypot(cells["male"].se, cells["female"].se)
    assert women.difference == pytest.approx(cells["female"].value - cells["male"].value)
    assert 0 < women.difference_se < 0.8 * apart
