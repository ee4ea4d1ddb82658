"""Every case of the reference file on means, totals, ratios, domains and proportion intervals, to 1e-8."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from everycount.estimate.estimates import Against
from everycount.estimate.intervals import student
from everycount.estimate.moments import PER_UNIT, Moments, row_columns
from everycount.estimate.plan import IntervalRule, MeasureKind
from everycount.estimate.rollup import Lattice
from everycount.estimate.stages import stages_of
from everycount.estimate.variance import cross_products, spread
from everycount.sample.design import Lonely
from golden.golden_association import check_association, check_likelihood, check_two_sample
from golden.golden_calibration import check_calibrated, check_trimmed
from golden.golden_frames import base_frame, columns_of, numbers, run, with_dimension, with_measure, yes
from golden.golden_quantiles import check_quantiles
from golden.golden_registry import COVERED, WAITING
from golden.golden_replicates import check_replicate_quantiles, check_replicates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame
    from everycount.estimate.variance import Spread

pytestmark = pytest.mark.shared

Case = dict[str, Any]
TOLERANCE = 1e-8
MEAN, TOTAL, PROPORTION, COUNT = (
    MeasureKind.MEAN,
    MeasureKind.TOTAL,
    MeasureKind.PROPORTION,
    MeasureKind.COUNT,
)
LONELY = {
    "remove": Lonely.CERTAINTY,
    "certainty": Lonely.CERTAINTY,
    "adjust": Lonely.ADJUST,
    "average": Lonely.AVERAGE,
}


@pytest.fixture(scope="session")
def cases(shared: Path) -> dict[str, list[Case]]:
    by_statistic: dict[str, list[Case]] = defaultdict(list)
    for case in json.loads((shared / "golden" / "survey.json").read_text())["cases"]:
        by_statistic[case["statistic"]].append(case)
    return by_statistic


class Given:
    """One reference case with its data."""

    def __init__(self, folder: Path, case: Case) -> None:
        self.case, self.folder = case, folder
        self.columns = columns_of(folder / f"{case['data']}.csv")
        # Replicate weights say all of a design; the frame of such a case is made with them.
        self.frame = base_frame(self.columns, {"weights": "pw"} | case["design"])
        self.rows = case["rows"]

    @property
    def word(self) -> str:
        """What follows the design in the id, such as ``api00`` in ``srs.mean.api00``."""
        return str(self.case["id"].split(".")[2])

    def numeric(self, name: str) -> Any:
        return numbers(self.columns[name])

    def measured(self, kind: MeasureKind, y: Any, x: Any = None) -> Frame:
        return with_measure(self.frame, kind, y, x)

    def close(self, ours: float | None, theirs: float, what: str) -> None:
        assert ours is not None, (self.case["id"], what, "ours is not estimable")
        assert ours == pytest.approx(theirs, rel=TOLERANCE, abs=0), (self.case["id"], what)

    def same(self, ours: Estimate, row: Mapping[str, Any]) -> None:
        """Value, standard error, and the symmetric interval on the reference's degrees of freedom."""
        self.close(ours.value, row["estimate"], "estimate")
        if abs(row["se"]) < 1e-9 * abs(row["estimate"]):
            assert ours.se is None, (self.case["id"], "no variation is not certainty")
            return
        self.close(ours.se, row["se"], "se")
        if "lower" in row:
            assert ours.value is not None
            assert ours.se is not None
            t = float(student(0.95, np.array(np.inf if row["df"] is None else row["df"])))
            self.close(ours.value - t * ours.se, row["lower"], "lower")
            self.close(ours.value + t * ours.se, row["upper"], "upper")

    def same_interval(self, ours: Estimate, row: Mapping[str, Any]) -> None:
        assert ours.df == row["df"], self.case["id"]
        self.close(ours.ci_low, row["lower"], "lower")
        self.close(ours.ci_high, row["upper"], "upper")


def without_replacement(ours: Estimate) -> float:
    assert ours.deff is not None
    return ours.deff * ours.population / (ours.population - ours.n)


def degf(given: Given) -> None:
    (ours,), _ = run(given.measured(MEAN, np.arange(given.frame.weights.size, dtype=float)))
    (row,) = given.rows
    assert (ours.df, ours.n) == (row["df"], row["n"])
    given.close(ours.population, row["sum_w"], "sum of weights")


def one(kind: MeasureKind) -> Callable[[Given], None]:
    """A mean or total of everybody, with its design effect where the case has one."""

    def check(given: Given) -> None:
        (row,) = given.rows
        (ours,), _ = run(given.measured(kind, given.numeric(row["name"])))
        given.same(ours, row)
        if row["df"] is not None:
            given.same_interval(ours, row)
        if "deff" in row:
            replaced = given.case["id"].endswith("deff_replace")
            given.close(ours.deff if replaced else without_replacement(ours), row["deff"], "deff")

    return check


def categories(kind: MeasureKind) -> Callable[[Given], None]:
    """Shares or counts of each type of school."""

    def check(given: Given) -> None:
        for row in given.rows:
            code = row["name"].removeprefix("stype")
            (ours,), _ = run(given.measured(kind, yes(given.columns, "stype", code)), rule=IntervalRule.WALD)
            given.same(ours, row)
            if ours.se is not None:
                given.same_interval(ours, row)

    return check


def two_means(given: Given) -> None:
    stages = stages_of(given.frame)
    influences = []
    for row in given.rows["stat"]:
        frame = given.measured(MEAN, given.numeric(row["name"]))
        (ours,), _ = run(frame)
        given.same(ours, row)
        influences.append(moments_of(frame).influence)
    (matrix,) = cross_products(stages, np.stack(influences, axis=1), lonely=Lonely.FAIL)
    same_matrix(given, matrix, given.rows["vcov"])


def same_matrix(given: Given, ours: Any, theirs: list[list[float]]) -> None:
    scale = np.abs(np.array(theirs)).max()
    assert np.allclose(ours, theirs, rtol=TOLERANCE, atol=TOLERANCE * 1e-4 * scale), given.case["id"]


def moments_of(frame: Frame, *by: str) -> Moments:
    units = Lattice.of(frame, stages_of(frame).unit, [by])
    cells = Lattice.of(frame, np.zeros_like(frame.strata), [by])
    measure, columns = frame.measures["m"]
    rows = row_columns(columns, frame.weights)
    sums, totals = units.roll(rows.columns[:PER_UNIT])[by], cells.roll(rows.columns)[by]
    return Moments(measure, units.layers[by], sums, cells.layers[by], totals, None, rows.centre)


def ratio(given: Given) -> None:
    (row,) = given.rows
    (ours,), _ = run(given.measured(MeasureKind.RATIO, given.numeric("api.stu"), given.numeric("enroll")))
    given.same(ours, row)
    given.same_interval(ours, row)


def cv(given: Given) -> None:
    (ours,), _ = run(given.measured(MEAN, given.numeric(given.word)))
    given.close(ours.cv, given.rows[0]["cv"], "cv")


def domains(kind: MeasureKind) -> Callable[[Given], None]:
    """Domain means or totals; the dimensions are the row's own keys."""

    def check(given: Given) -> None:
        by = [key for key in given.rows[0] if key in given.columns and key != "name"]
        frame = given.measured(kind, given.numeric("enroll" if kind is TOTAL else "api00"))
        same_cells(given, frame, by)

    return check


def same_cells(given: Given, frame: Frame, by: list[str], lonely: Lonely = Lonely.FAIL) -> None:
    for name in by:
        frame = with_dimension(frame, name, given.columns[name])
    ours = {tuple(code for _, code in cell.cell): cell for cell in run(frame, *by, lonely=lonely)[0]}
    assert {tuple(row[name] for name in by) for row in given.rows} == {key for key, c in ours.items() if c.n}
    for row in given.rows:
        given.same(ours[tuple(row[name] for name in by)], row)


def own_df(given: Given) -> None:
    frame = with_dimension(given.measured(MEAN, given.numeric("api00")), "stype", given.columns["stype"])
    ours = {cell.cell[0][1]: cell for cell in run(frame, "stype")[0]}
    for row in given.rows:
        given.same(ours[row["domain"]], row)
        given.same_interval(ours[row["domain"]], row)
        assert ours[row["domain"]].n == row["n"]


def domain_ratio(given: Given) -> None:
    frame = given.measured(MeasureKind.RATIO, given.numeric("api.stu"), given.numeric("enroll"))
    same_cells(given, frame, ["stype"])


def proportion(rule: IntervalRule) -> Callable[[Given], None]:
    """One interval method. R's ``logit`` fits a model, which costs it some digits."""

    def check(given: Given) -> None:
        name = given.case["id"].split(".ciprop.")[1].rsplit(".", 1)[0]
        (row,) = given.rows
        (ours,), _ = run(given.measured(PROPORTION, yes(given.columns, name)), rule=rule)
        given.close(ours.value, row["estimate"], "estimate")
        given.close(ours.se, row["se"], "se")
        given.same_interval(ours, row)
        assert ours.interval == rule.value

    return check


def contrast(given: Given) -> None:
    base = with_dimension(given.measured(MEAN, given.numeric("api00")), "stype", given.columns["stype"])
    values = {cell.cell[0][1]: cell.value or 0.0 for cell in run(base, "stype")[0]}
    measure, columns = base.measures["m"]
    moments = moments_of(base, "stype")
    dense = np.zeros((stages_of(base).units, 3))
    dense[moments.unit, moments.cell] = moments.influence
    (matrix,) = cross_products(stages_of(base), dense, lonely=Lonely.FAIL)
    same_matrix(given, matrix, given.rows["vcov"])
    difference, quotient = given.rows["contrast"]
    given.close(values["E"] - values["H"], difference["estimate"], "difference")
    # With only E and H inside the measure, H is the rest of E.
    among = replace(columns, inside=np.array([code in "EH" for code in given.columns["stype"]]))
    pair = replace(base, measures={"m": (measure, among)})
    (ours,) = [c for c in run(pair, "stype")[1] if c.against is Against.REST and c.cell == (("stype", "E"),)]
    given.close(ours.difference, difference["estimate"], "difference")
    given.close(ours.difference_se, difference["se"], "se of the difference")
    given.close(ours.ratio, quotient["estimate"], "ratio")
    assert ours.ratio is not None
    assert ours.ratio_low is not None
    assert ours.ratio_high is not None
    t = float(student(0.95, np.array(ours.df)))
    log_se = (np.log(ours.ratio_high) - np.log(ours.ratio_low)) / (2 * t)
    given.close(log_se * ours.ratio, quotient["se"], "se of the ratio")


def lonely_option(given: Given) -> Lonely:
    return LONELY[given.case["id"].split(".")[1]]


def lonely(given: Given) -> None:
    (row,) = given.rows
    kind = MEAN if given.case["id"].endswith("mean") else TOTAL
    (ours,), _ = run(given.measured(kind, given.numeric(row["name"])), lonely=lonely_option(given))
    given.same(ours, row)
    given.same_interval(ours, row)


def lonely_by(given: Given) -> None:
    same_cells(given, given.measured(MEAN, given.numeric("api00")), ["sch.wide"], lonely_option(given))


def lonely_domain(given: Given) -> None:
    frame = with_dimension(given.measured(MEAN, given.numeric("api00")), "dom", given.columns["dom"])
    moments = moments_of(frame, "dom")
    found: Spread = spread(
        stages_of(frame),
        moments.cell,
        moments.unit,
        moments.influence,
        2,
        lonely=lonely_option(given),
        domain_lonely=given.case["id"].endswith("TRUE"),
    )
    (row,) = given.rows
    given.close(moments.value[1], row["estimate"], "estimate")
    given.close(np.sqrt(found.variance[1]), row["se"], "se")
    assert found.clusters[1] - found.strata[1] == row["df"]


CHECKS: dict[str, Callable[[Given], None]] = {
    "degf": degf,
    "mean": one(MEAN),
    "mean+vcov": two_means,
    "mean of factor": categories(PROPORTION),
    "total": one(TOTAL),
    "total of factor": categories(COUNT),
    "ratio": ratio,
    "cv": cv,
    "domain mean": domains(MEAN),
    "domain total": domains(TOTAL),
    "domain mean, domain's own df": own_df,
    "domain ratio": domain_ratio,
    "proportion CI logit": proportion(IntervalRule.XLOGIT),
    "proportion CI asin": proportion(IntervalRule.ASIN),
    "proportion CI beta": proportion(IntervalRule.BETA),
    "proportion CI mean": proportion(IntervalRule.WALD),
    "proportion CI xlogit": proportion(IntervalRule.XLOGIT),
    "proportion CI wilson": proportion(IntervalRule.WILSON),
    "proportion CI likelihood": check_likelihood,
    "two-sample t": check_two_sample,
    "chisq": check_association,
    "contrast of domain means (Taylor covariance)": contrast,
    **{f"lonely PSU: {option}": lonely for option in LONELY},
    **{f"lonely PSU: {option} domain": lonely_by for option in LONELY},
    "lonely PSU in a domain": lonely_domain,
    "two-stage total": one(TOTAL),
    "two-stage mean": one(MEAN),
    "quantile": check_quantiles,
    "replicate mean": check_replicates,
    "replicate mean, mse=TRUE": check_replicates,
    "replicate total": check_replicates,
    "replicate ratio": check_replicates,
    "replicate domain mean": check_replicates,
    "replicate quantile": check_replicate_quantiles,
    "mean after weighting": check_calibrated,
    "total after weighting": check_calibrated,
    "domain mean after weighting": check_calibrated,
    "trimmed weights": check_trimmed,
}


@pytest.mark.parametrize("statistic", COVERED)
def test_agrees_with_the_reference(statistic: str, cases: dict[str, list[Case]], shared: Path) -> None:
    assert cases[statistic]
    for case in cases[statistic]:
        CHECKS[statistic](Given(shared / "golden", case))


def test_every_reference_statistic_is_covered_or_waits_with_a_reason(cases: dict[str, list[Case]]) -> None:
    assert set(cases) == set(COVERED) | set(WAITING)
    assert not set(COVERED) & set(WAITING)
    assert set(CHECKS) == set(COVERED)


def test_the_table_of_what_is_compared_is_not_stale(
    root: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / "tools"))
    from golden_coverage import golden_pages

    for name, text in golden_pages(shared).items():
        assert (root / name).read_text(encoding="utf-8") == text, "run tools/golden_coverage.py"
