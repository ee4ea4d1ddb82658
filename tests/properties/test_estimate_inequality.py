"""What must hold of poverty and inequality whoever the people are; and each number found a second way."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.estimates import Against
from everycount.estimate.frame import Frame, MeasureColumns
from everycount.estimate.inequality import Figure, gini
from everycount.estimate.measures import estimate_measures
from everycount.estimate.plan import Dimension, Group, Measure, MeasureKind, Plan, QuantileRule, Table
from everycount.estimate.replicates import make
from everycount.estimate.residuals import Calibrated
from everycount.estimate.stages import stages_of
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from everycount.text import NOTHING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from everycount.estimate.estimates import Contrast, Estimate

    Floats = NDArray[np.float64]

POOR, LINE = MeasureKind.AT_RISK_OF_POVERTY, MeasureKind.POVERTY_THRESHOLD
GINI, QUINTILES = MeasureKind.GINI, MeasureKind.QUINTILE_SHARE
# Few distinct incomes, so that many are tied; dyadic weights, so that sums are exact.
PEOPLE = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 16).map(lambda n: n / 4)), min_size=2, max_size=25
).filter(lambda people: any(income for income, _ in people))
ORDINARY = settings(max_examples=60, deadline=None)


def figure(kind: MeasureKind) -> Figure:
    return Figure(kind, 0.6, QuantileRule.HF1)


def value(kind: MeasureKind, people: list[tuple[float, float]]) -> float:
    incomes, weights = zip(*people, strict=True)
    return figure(kind).value(np.array(incomes, dtype=float), np.array(weights))


def same(one: float, other: float) -> bool:
    return bool(np.isclose(one, other, rtol=1e-11, atol=1e-13, equal_nan=True))


@ORDINARY
@given(PEOPLE)
def test_the_gini_coefficient_is_its_definition_person_by_person(people: list[tuple[float, float]]) -> None:
    found = value(GINI, people)
    apart = math.fsum(w * v * abs(y - z) for y, w in people for z, v in people)
    everybody, everything = math.fsum(w for _, w in people), math.fsum(w * y for y, w in people)
    assert same(found, apart / (2 * everybody * everything))
    assert 0 <= found < 1


@ORDINARY
@given(PEOPLE, st.sampled_from([0.25, 3.0, 1000.0]))
def test_units_of_incomes_and_weights_do_not_matter(people: list[tuple[float, float]], times: float) -> None:
    for kind, grown in ((GINI, 1.0), (QUINTILES, 1.0), (LINE, times)):
        richer = [(income * times, weight) for income, weight in people]
        assert same(value(kind, richer), grown * value(kind, people))
        assert same(value(kind, [(income, weight * 8) for income, weight in people]), value(kind, people))


@ORDINARY
@given(PEOPLE, st.integers(2, 3))
def test_each_person_twice_is_the_same_population(people: list[tuple[float, float]], times: int) -> None:
    for kind in (GINI, QUINTILES, LINE):
        assert same(value(kind, people * times), value(kind, people))
        split = [(income, weight / times) for income, weight in people] * times
        assert same(value(kind, split), value(kind, people))


@ORDINARY
@given(PEOPLE, st.randoms(use_true_random=False))
def test_the_order_of_people_says_nothing(people: list[tuple[float, float]], random: object) -> None:
    mixed = list(people)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    for kind in (GINI, QUINTILES, LINE):
        assert same(value(kind, mixed), value(kind, people))


@ORDINARY
@given(PEOPLE, st.data())
def test_giving_to_somebody_poorer_makes_people_more_alike(
    people: list[tuple[float, float]], data: st.DataObject
) -> None:
    """The principle of transfers (Pigou and Dalton), between people who stand for as many, ranks kept."""
    incomes = sorted(float(income) for income, _ in people)
    poor, rich = sorted(data.draw(st.lists(st.integers(0, len(incomes) - 1), min_size=2, max_size=2)))
    gift = (incomes[rich] - incomes[poor]) / 2
    after = list(incomes)
    after[poor], after[rich] = incomes[poor] + gift, incomes[rich] - gift
    before = value(GINI, [(income, 1.0) for income in incomes])
    now = value(GINI, [(income, 1.0) for income in after])
    assert now < before if gift > 0 else same(now, before)


@ORDINARY
@given(PEOPLE)
def test_the_influence_on_the_gini_coefficient_is_its_derivative(people: list[tuple[float, float]]) -> None:
    y, w = (np.array(column, dtype=float) for column in zip(*people, strict=True))
    step = 1e-5
    moved = w[:, None] + step * np.concatenate([np.eye(len(y)), -np.eye(len(y))], axis=1)
    found = gini(y, moved)
    derivative = (found[: len(y)] - found[len(y) :]) / (2 * step)
    assert np.allclose(figure(GINI).influence(y, w), derivative, rtol=1e-5, atol=1e-8)


@ORDINARY
@given(PEOPLE)
def test_influences_add_up_to_nothing(people: list[tuple[float, float]]) -> None:
    """All weights grown alike leave a figure where it is."""
    y, w = (np.array(column, dtype=float) for column in zip(*people, strict=True))
    scale = np.abs(w * figure(GINI).influence(y, w)).sum()
    assert abs(w @ figure(GINI).influence(y, w)) <= 1e-12 * max(scale, 1)


@ORDINARY
@given(PEOPLE, st.integers(0, 2**16))
def test_many_sets_of_weights_at_once_are_each_alone(people: list[tuple[float, float]], seed: int) -> None:
    y = np.array([float(income) for income, _ in people])
    weights = np.random.default_rng(seed).integers(0, 4, (len(y), 4)) / 2
    weights[0] += 0.5  # nobody is left out of every set
    for kind in (GINI, QUINTILES, LINE):
        for found, one in zip(figure(kind).values(y, weights), weights.T, strict=True):
            kept = one > 0
            assert same(found, figure(kind).value(y[kept], one[kept]))


def village(seed: int, clusters: int = 30, of: int = 8) -> Frame:
    """Invented people of unequal villages in two strata, with ties, some without an answer."""
    chance = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), of)
    incomes = np.round(np.exp(chance.normal(6, 0.6, clusters)[cluster] + chance.normal(0, 0.5, len(cluster))))
    incomes = np.where(chance.random(len(cluster)) < 0.05, np.nan, incomes)
    sides = tuple(Group(code, NOTHING, (code,)) for code in ("hill", "valley", "delta"))
    return Frame(
        "main",
        (cluster >= clusters // 2).astype(np.int64),
        cluster[:, None],
        chance.integers(1, 5, len(cluster)).astype(float),
        None,
        {"side": chance.integers(-1, 3, len(cluster))},
        {"side": Dimension("side", "side", groups=sides)},
        {
            "m": (
                Measure("m", POOR),
                MeasureColumns(incomes, np.ones(len(cluster)), np.ones(len(cluster), bool)),
            )
        },
    )


def found(frame: Frame, kind: MeasureKind, *by: str) -> tuple[list[Estimate], list[Contrast]]:
    made = replace(frame, measures={"m": (Measure("m", kind), frame.measures["m"][1])})
    tables = [Table(("m",), by)]
    return estimate_measures(made, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)


def density(people: list[tuple[float, float]], x: float) -> float:
    """Gaussian, width sd N^(-1/5); person by person."""
    n = math.fsum(w for _, w in people)
    mean = math.fsum(w * y for y, w in people) / n
    width = math.sqrt(math.fsum(w * (y - mean) ** 2 for y, w in people) / n) / n**0.2
    bells = math.fsum(w * math.exp(-(((x - y) / width) ** 2) / 2) for y, w in people)
    return bells / (math.sqrt(2 * math.pi) * width * n)


def first_stage(frame: Frame, influence: list[float]) -> float:
    """The error of a total, stratum by stratum and cluster by cluster."""
    variance = 0.0
    for stratum in (0, 1):
        sums: dict[int, float] = {}
        for row, u in enumerate(influence):
            if frame.strata[row] == stratum:
                cluster = int(frame.clusters[row, 0])
                sums[cluster] = sums.get(cluster, 0.0) + float(frame.weights[row]) * u
        mean = math.fsum(sums.values()) / len(sums)
        variance += len(sums) / (len(sums) - 1) * math.fsum((one - mean) ** 2 for one in sums.values())
    return math.sqrt(variance)


def at_risk_by_hand(frame: Frame, place: int | None) -> tuple[float, float]:
    """The share of one side (None: of everybody) and its error, person by person."""
    y, w, side = frame.measures["m"][1].y, frame.weights, frame.dimensions["side"]
    everybody = sorted((float(y[row]), float(w[row])) for row in range(len(y)) if not math.isnan(y[row]))
    n, up_to, median = math.fsum(w for _, w in everybody), 0.0, math.nan
    for income, weight in everybody:
        up_to += weight
        if up_to >= n / 2:
            median = income
            break
    line = 0.6 * median
    rows = [row for row in range(len(y)) if not math.isnan(y[row]) and place in (None, side[row])]
    here = [(float(y[row]), float(w[row])) for row in rows]
    those = math.fsum(w for _, w in here)
    share = math.fsum(w for income, w in here if income < line) / those
    pull = -density(here, line) * 0.6 / (n * density(everybody, median))
    influence = [0.0] * len(y)
    for row in range(len(y)):
        if not math.isnan(y[row]):
            influence[row] = pull * ((y[row] <= median) - 0.5)
    for row in rows:
        influence[row] += ((y[row] < line) - share) / those
    return share, first_stage(frame, influence)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_at_risk_of_poverty_is_what_a_person_by_person_derivation_finds(seed: int) -> None:
    frame = village(seed)
    (everybody,), _ = found(frame, POOR)
    sides, _ = found(frame, POOR, "side")
    for place, one in ((None, everybody), *enumerate(sides)):
        share, error = at_risk_by_hand(frame, place)
        assert one.value == pytest.approx(share, rel=1e-12)
        assert one.se == pytest.approx(error, rel=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.5, 100.0]))
def test_groups_make_up_everybody_and_money_has_no_unit(seed: int, times: float) -> None:
    frame = village(seed)
    columns = frame.measures["m"][1]
    frame = replace(frame, dimensions={"side": np.abs(frame.dimensions["side"])})
    (everybody,), _ = found(frame, POOR)
    sides, _ = found(frame, POOR, "side")
    whole = math.fsum(one.population * (one.value or 0) for one in sides)
    assert everybody.value == pytest.approx(whole / everybody.population, rel=1e-12)
    assert everybody.events == sum(one.events or 0 for one in sides)
    richer = replace(frame, measures={"m": (Measure("m", POOR), replace(columns, y=columns.y * times))})
    for one, other in zip(sides, found(richer, POOR, "side")[0], strict=True):
        assert (one.value, one.events) == (other.value, other.events)
        assert one.se == pytest.approx(other.se, rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_rows_moves_no_error(seed: int) -> None:
    frame = village(seed)
    mixed = np.random.default_rng(seed).permutation(len(frame.weights))
    columns = frame.measures["m"][1]
    other = replace(
        frame,
        strata=frame.strata[mixed],
        clusters=frame.clusters[mixed],
        weights=frame.weights[mixed],
        dimensions={"side": frame.dimensions["side"][mixed]},
        measures={"m": (Measure("m", POOR), replace(columns, y=columns.y[mixed]))},
    )
    for kind in (POOR, LINE, GINI, QUINTILES):
        for here, there in zip(found(frame, kind, "side")[0], found(other, kind, "side")[0], strict=True):
            assert here.value == pytest.approx(there.value, rel=1e-12)
            assert here.se == pytest.approx(there.se, rel=1e-9)


def test_a_jackknife_comes_near_the_linearised_error() -> None:
    """Both are errors of the same smooth figure; with 300 clusters they agree to a few percent."""
    frame = village(5, clusters=300)
    stages = stages_of(frame)
    rule = Replicates(ReplicateMethod.JKN)
    again = replace(frame, replicates=make(stages.stages[0], stages.unit, rule, ()))
    (linear,), _ = found(frame, GINI)
    (jackknife,), _ = found(again, GINI)
    assert jackknife.value == linear.value
    assert jackknife.se == pytest.approx(linear.se, rel=0.02)
    assert jackknife.se != linear.se


@pytest.mark.parametrize("kind", [POOR, LINE, QUINTILES])
def test_under_a_jackknife_what_rests_on_quantiles_is_linearised(kind: MeasureKind) -> None:
    """The jackknife of a total is its linearised error, so that of the influences is, too."""
    frame = village(5, clusters=60)
    stages = stages_of(frame)
    again = replace(
        frame, replicates=make(stages.stages[0], stages.unit, Replicates(ReplicateMethod.JKN), ())
    )
    for by in ((), ("side",)):
        linear, gaps = found(frame, kind, *by)
        jackknife, others = found(again, kind, *by)
        for one, other in zip(linear, jackknife, strict=True):
            assert other.se == pytest.approx(one.se, rel=1e-9)
        for gap, other_gap in zip(gaps, others, strict=True):
            assert other_gap.difference_se == pytest.approx(gap.difference_se, rel=1e-9)


def test_a_bootstrap_makes_every_figure_anew_and_comes_near() -> None:
    frame = village(7, clusters=120)
    stages = stages_of(frame)
    rule = Replicates(ReplicateMethod.BOOTSTRAP, number=300, seed=1)
    again = make(stages.stages[0], stages.unit, rule, ())
    made = replace(frame, replicates=again)
    y, kept = frame.measures["m"][1].y, ~np.isnan(frame.measures["m"][1].y)
    weights = [frame.weights * again.factors[again.pattern, one] for one in range(300)]
    for kind in (GINI, QUINTILES, LINE):
        thetas = []
        for one in weights:
            there = kept & (one > 0)
            thetas.append(figure(kind).value(y[there], one[there]))
        ((boot,), _), ((linear,), _) = found(made, kind), found(frame, kind)
        assert boot.se == pytest.approx(np.std(thetas, ddof=1), rel=1e-9)
        assert boot.se == pytest.approx(linear.se, rel=0.25)
    lines = [figure(LINE).value(y[kept & (one > 0)], one[kept & (one > 0)]) for one in weights]
    hill = kept & (frame.dimensions["side"] == 0)
    shares = [
        one[hill & (y < line)].sum() / one[hill].sum() for one, line in zip(weights, lines, strict=True)
    ]
    (boot, *_), _ = found(made, POOR, "side")
    assert boot.se == pytest.approx(np.std(shares, ddof=1), rel=1e-9)
    assert boot.se == pytest.approx(found(frame, POOR, "side")[0][0].se, rel=0.25)


def test_a_gap_is_the_difference_of_two_shares_below_one_line() -> None:
    """By hand: the influences of both sides, the line's in both, taken from each other."""
    frame = village(11, clusters=80)
    _, gaps = found(frame, POOR, "side")
    gap = next(one for one in gaps if one.against is Against.REST and one.cell[0][1] == "hill")
    y, w, side = frame.measures["m"][1].y, frame.weights, frame.dimensions["side"]
    kept = ~np.isnan(y)
    line_of = figure(LINE)
    line, pull = line_of.value(y[kept], w[kept]), np.zeros(len(y))
    pull[kept] = line_of.influence(y[kept], w[kept])
    influence, shares = np.zeros(len(y)), []
    near = []
    for place in range(3):
        here = kept & (side == place)
        people = list(zip(y[here].tolist(), w[here].tolist(), strict=True))
        near.append(w[here].sum() * density(people, line))
    for sign, here, crowd in ((1, kept & (side == 0), near[0]), (-1, kept & (side > 0), near[1] + near[2])):
        shares.append(w[here & (y < line)].sum() / w[here].sum())
        influence += sign * here * ((y < line) - shares[-1]) / w[here].sum()
        influence += sign * pull * crowd / w[here].sum()
    assert gap.difference == pytest.approx(shares[0] - shares[1])
    assert gap.difference_se == pytest.approx(first_stage(frame, influence.tolist()), rel=1e-9)


@pytest.mark.parametrize("kind", [POOR, LINE, GINI, QUINTILES])
def test_known_totals_take_their_part_of_the_error_away(kind: MeasureKind) -> None:
    """The error is that of the residuals of the influences on what is known (Deville and Sarndal 1992)."""
    frame = village(13, clusters=60)
    x = np.stack([np.ones(len(frame.weights)), (frame.dimensions["side"] == 1).astype(float)], axis=1)
    x = np.column_stack([x, np.nan_to_num(frame.measures["m"][1].y)])  # the incomes themselves are known
    held = Calibrated.of(x, frame.weights, frame.weights, stages_of(frame))
    (known,), _ = found(replace(frame, calibrated=held), kind)
    (plain,), _ = found(frame, kind)
    assert known.value == plain.value
    y, kept = frame.measures["m"][1].y, ~np.isnan(frame.measures["m"][1].y)
    z = np.zeros(len(y))
    if kind is POOR:
        line_of = figure(LINE)
        line = line_of.value(y[kept], frame.weights[kept])
        people = list(zip(y[kept].tolist(), frame.weights[kept].tolist(), strict=True))
        z[kept] = density(people, line) * line_of.influence(y[kept], frame.weights[kept])
        z[kept] += ((y[kept] < line) - (plain.value or 0)) / frame.weights[kept].sum()
    else:
        z[kept] = figure(kind).influence(y[kept], frame.weights[kept])
    root = np.sqrt(frame.weights)
    slopes = np.linalg.lstsq(x * root[:, None], z * root, rcond=None)[0]
    assert known.se == pytest.approx(first_stage(frame, (z - x @ slopes).tolist()), rel=1e-8)
    assert abs(known.se - plain.se) > 1e-3 * plain.se  # type: ignore[operator]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_a_group_of_reference_is_what_the_rest_is_where_there_is_no_other(seed: int) -> None:
    """The line is everybody's, so taking the third group out of the breakdown moves neither side."""
    frame = village(seed)
    named = replace(frame, groups={"side": replace(frame.groups["side"], reference="valley")})
    alone = replace(
        frame, dimensions={"side": np.where(frame.dimensions["side"] == 2, -1, frame.dimensions["side"])}
    )
    _, with_reference = found(named, POOR, "side")
    _, with_rest = found(alone, POOR, "side")
    one = next(gap for gap in with_reference if gap.against is Against.REFERENCE)
    other = next(gap for gap in with_rest if gap.against is Against.REST)
    assert one.cell == other.cell == (("side", "hill"),)
    assert one.difference == pytest.approx(other.difference, rel=1e-12)
    assert one.difference_se == pytest.approx(other.difference_se, rel=1e-9)
    assert (one.ratio_low, one.df) == (pytest.approx(other.ratio_low, rel=1e-9), other.df)
