"""Non-response, calibration and replicates together, by derivatives and by each replicate by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from everycount.estimate.calibration import Margins, calibrate
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.kernel import estimate_frame
from everycount.estimate.nonresponse import Response
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.estimate.sums import estimate_sums
from everycount.estimate.weighting import Weighting
from everycount.faults import InputError
from everycount.sample.design import (
    Basis,
    Calibration,
    CalibrationMethod,
    Lonely,
    NonResponse,
    ReplicateMethod,
    Replicates,
)
from everycount.text import NOTHING

ORDINARY = settings(max_examples=25, deadline=None)
SEEDS = st.integers(0, 10_000)
LINEAR, RAKING, _ = CalibrationMethod
TABLES = [Table(("m",), ()), Table(("m",), ("g",))]


@dataclass(frozen=True)
class Approached:
    """Everybody who was asked to take part: a row each."""

    frame: Frame
    group: np.ndarray
    answered: np.ndarray
    margins: Margins

    @property
    def rows(self) -> np.ndarray:
        return np.flatnonzero(self.answered)

    def response(self, weights: np.ndarray) -> Response:
        return Response.of(self.group, ["a", "b", "c"], self.answered, weights, NonResponse(("c",)))

    def weighting(self, rule: Calibration | None, *, response: bool = True) -> Weighting:
        given = self.response(self.frame.weights) if response else None
        return Weighting.of(self.frame.weights, given, self.margins if rule else None, rule)

    def frame_of(self, weighting: Weighting, rule: Replicates | None = None) -> Frame:
        """The rows of those who answered, with the errors that follow."""
        stages, at = stages_of(self.frame), self.rows
        again = None if rule is None else make(stages.stages[0], stages.unit, rule, ())
        made = None if again is not None else weighting.calibrated(stages)
        columns = self.frame.measures["m"][1]
        measure = MeasureColumns(columns.y[at], columns.x[at], columns.inside[at])
        return replace(
            self.frame,
            strata=self.frame.strata[at],
            clusters=self.frame.clusters[at],
            weights=weighting.final[at],
            dimensions={"g": self.frame.dimensions["g"][at]},
            measures={"m": (self.frame.measures["m"][0], measure)},
            calibrated=None if made is None else made.at(at),
            replicates=None if again is None else weighting.replicated(again).at(at),
        )


def approached(seed: int, kind: MeasureKind = MeasureKind.MEAN, share: float = 0.7) -> Approached:
    """Two strata, about ten clusters each, three classes of response, two groups, one margin of two."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(20), rng.integers(2, 7, 20))
    n = len(cluster)
    ones = np.ones(n)
    y, group, side = rng.normal(5, 2, n), rng.integers(0, 3, n), rng.integers(0, 2, n)
    answered = rng.random(n) < share
    answered[:6] = True
    group[:6], side[:6] = [0, 1, 2, 0, 1, 2], [0, 1, 0, 1, 0, 1]
    named = tuple(Group(code, NOTHING, (code,)) for code in "fm")
    frame = Frame(
        "main",
        (cluster >= 9).astype(np.int64),
        cluster[:, None],
        rng.uniform(1, 5, n),
        None,
        {"g": rng.integers(0, 2, n)},
        {"g": Dimension("g", "g", groups=named)},
        {"m": (Measure("m", kind), MeasureColumns(y, ones, ones.astype(bool)))},
    )
    x = np.stack([side == 0, side == 1], axis=1) * 1.0
    margins = Margins(x, rng.uniform(0.8, 1.3, 2) * (frame.weights @ x), ("one", "other"))
    return Approached(frame, group, answered, replace(margins, x=x * answered[:, None]))


def by_hand(
    people: Approached, weights: np.ndarray, rule: Calibration | None, code: int | None, *, respond: bool
) -> float:
    """A mean or total from weights of the design, step by step."""
    w = weights.copy()
    if respond:
        for group in range(3):
            here = people.group == group
            there = here & people.answered
            if w[there].sum():
                w[there] *= w[here].sum() / w[there].sum()
        w = np.where(people.answered, w, 0.0)
    if rule is not None:
        w = calibrate(w, people.margins, rule)
    inside = people.answered if code is None else people.answered & (people.frame.dimensions["g"] == code)
    measure, columns = people.frame.measures["m"]
    above = float(w[inside] @ columns.y[inside])
    return above if measure.kind is MeasureKind.TOTAL else above / float(w[inside].sum())


@ORDINARY
@given(SEEDS, st.sampled_from([MeasureKind.MEAN, MeasureKind.TOTAL]), st.sampled_from([None, LINEAR]))
def test_linearised_errors_are_those_of_derivatives(
    seed: int, kind: MeasureKind, totals: CalibrationMethod | None
) -> None:
    """The influence of a cluster is how the estimate moves when all its weights grow a little."""
    people = approached(seed, kind)
    rule = None if totals is None else Calibration((), totals)
    found, _ = estimate_sums(
        people.frame_of(people.weighting(rule)),
        Plan(()),
        lonely=Lonely.FAIL,
        basis=Basis.DESIGN,
        tables=TABLES,
    )
    cluster, strata = people.frame.clusters[:, 0], people.frame.strata
    for one, code in zip(found, (None, 0, 1), strict=True):
        assert one.value == pytest.approx(by_hand(people, people.frame.weights, rule, code, respond=True))
        moved = []
        for unit in range(20):
            grown, less = (
                by_hand(
                    people, people.frame.weights * (1 + step * (cluster == unit)), rule, code, respond=True
                )
                for step in (1e-4, -1e-4)
            )
            moved.append((grown - less) / 2e-4)
        u = np.array(moved)
        variance = 0.0
        for stratum in (0, 1):
            here = u[np.unique(cluster[strata == stratum])]
            variance += len(here) / (len(here) - 1) * ((here - here.mean()) ** 2).sum()
        assert one.se == pytest.approx(np.sqrt(variance), rel=1e-5)


@ORDINARY
@given(
    SEEDS,
    st.sampled_from([ReplicateMethod.JKN, ReplicateMethod.BOOTSTRAP, ReplicateMethod.SDR]),
    st.sampled_from([None, LINEAR, RAKING]),
    st.sampled_from([0.7, 2.0]),
)
def test_each_replicate_is_weighted_as_the_sample_was(
    seed: int, method: ReplicateMethod, totals: CalibrationMethod | None, share: float
) -> None:
    people, respond = approached(seed, share=share), share < 1
    rule = None if totals is None else Calibration((), totals)
    replicates = Replicates(method, number=32, mse=method is ReplicateMethod.SDR)
    stages = stages_of(people.frame)
    again = make(stages.stages[0], stages.unit, replicates, ())
    try:
        frame = people.frame_of(people.weighting(rule, response=respond), replicates)
    except InputError:
        assume(False)  # a bootstrap may leave nobody on one side
    found, gaps = estimate_sums(frame, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=TABLES)
    weights = people.frame.weights[:, None] * again.factors[again.pattern]
    thetas = np.array(
        [
            [by_hand(people, weights[:, r], rule, code, respond=respond) for r in range(weights.shape[1])]
            for code in (None, 0, 1)
        ]
    )
    for one, theta in zip(found, thetas, strict=True):
        assert one.value is not None
        centre = one.value if again.mse else theta.mean()
        variance = again.scale * (again.rscales * (theta - centre) ** 2).sum()
        assert one.se == pytest.approx(np.sqrt(variance), rel=1e-7)
    rest = next(gap for gap in gaps if gap.cell == (("g", "f"),))
    gap = thetas[1] - thetas[2]
    centre = rest.difference if again.mse else gap.mean()
    variance = again.scale * (again.rscales * (gap - centre) ** 2).sum()
    assert rest.difference_se == pytest.approx(np.sqrt(variance), rel=1e-7)


@ORDINARY
@given(SEEDS)
def test_where_everybody_answered_nothing_changes(seed: int) -> None:
    people = approached(seed, share=2.0)
    ours, _ = estimate_sums(
        people.frame_of(people.weighting(None)),
        Plan(()),
        lonely=Lonely.FAIL,
        basis=Basis.DESIGN,
        tables=TABLES,
    )
    plain, _ = estimate_frame(people.frame, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=TABLES)
    assert (people.response(people.frame.weights).factors == 1).all()
    for one, other in zip(ours, plain, strict=True):
        assert (one.value, one.df, one.n) == (pytest.approx(other.value), other.df, other.n)
        assert one.se == pytest.approx(other.se, rel=1e-9)


@ORDINARY
@given(SEEDS)
def test_the_sums_of_the_classes_are_those_of_everybody_approached(seed: int) -> None:
    people = approached(seed)
    made = people.response(people.frame.weights).adjusted
    for group in range(3):
        here = people.group == group
        assert made[here].sum() == pytest.approx(people.frame.weights[here].sum())
    assert (made[~people.answered] == 0).all()


@ORDINARY
@given(SEEDS)
def test_degrees_of_freedom_are_those_of_the_clusters_whatever_totals_do(seed: int) -> None:
    people = approached(seed, share=2.0)
    jackknife = Replicates(ReplicateMethod.JKN)
    raked = people.frame_of(people.weighting(Calibration((), RAKING)), jackknife)
    plain = people.frame_of(people.weighting(None, response=False), jackknife)
    for one, other in zip(
        *(
            estimate_sums(frame, Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=TABLES)[0]
            for frame in (raked, plain)
        ),
        strict=True,
    ):
        assert one.df == other.df


def test_standing_in_takes_the_bias_away_and_its_errors_are_those_of_repeated_surveys() -> None:
    """Two classes of 5 and 9 on average, of whom 90 % and 40 % answer; the truth is 7.

    600 surveys know the spread to 1 / sqrt(2 x 600), 2.9 %; three times that is 8.7 %.
    """
    rng = np.random.default_rng(11)
    n, found, errors, naive = 300, [], [], []
    for _ in range(600):
        group = rng.integers(0, 2, n)
        y = rng.normal(np.where(group == 1, 9, 5), 2)
        answered = rng.random(n) < np.where(group == 1, 0.4, 0.9)
        ones = np.ones(n)
        frame = Frame(
            "main",
            np.zeros(n, dtype=np.int64),
            np.arange(n)[:, None],
            ones,
            None,
            {"g": np.zeros(n, dtype=np.int64)},
            {"g": Dimension("g", "g", groups=(Group("f", NOTHING, ("f",)),))},
            {"m": (Measure("m", MeasureKind.MEAN), MeasureColumns(y, ones, ones.astype(bool)))},
        )
        people = Approached(frame, group, answered, Margins(ones[:, None], np.array([1.0]), ("",)))
        response = Response.of(group, ["a", "b"], answered, ones, NonResponse())
        weighting = Weighting.of(ones, response, None, None)
        (one,), _ = estimate_sums(
            people.frame_of(weighting), Plan(()), lonely=Lonely.FAIL, basis=Basis.DESIGN, tables=TABLES[:1]
        )
        assert one.value is not None
        assert one.se is not None
        found.append(one.value)
        errors.append(one.se)
        naive.append(y[answered].mean())
    assert np.mean(naive) < 6.4
    assert np.mean(found) == pytest.approx(7, abs=3 * np.std(found) / np.sqrt(600))
    assert np.mean(errors) == pytest.approx(np.std(found, ddof=1), rel=0.087)
