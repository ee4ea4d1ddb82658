"""Poverty lines, Gini coefficients and quintile shares: which number, how sure, and when none is given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.estimate.estimates import Verdict
from everycount.estimate.measures import estimate_measures
from everycount.estimate.plan import Measure, MeasureKind, Plan, Table
from everycount.estimate.replicates import make
from everycount.estimate.stages import stages_of
from everycount.estimate.verdict import Quality, judge
from everycount.faults import InputError
from everycount.sample.design import Basis, Lonely, ReplicateMethod, Replicates
from spec.estimate_drawing import draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Estimate
    from everycount.estimate.frame import Frame

POOR, LINE = MeasureKind.AT_RISK_OF_POVERTY, MeasureKind.POVERTY_THRESHOLD
GINI, QUINTILES = MeasureKind.GINI, MeasureKind.QUINTILE_SHARE

# The median is 20, so the line is 12 at 0.6 of it: one of the river and two of the hill are below.
TWELVE = """
    side  | age | y
    river | old | 30
    river | old | 40
    river | new | 20
    river | new | 25
    river | new | 5
    hill  | old | 12
    hill  | old | 8
    hill  | new | 10
    hill  | new | 22
    """


def frame_of(drawing: str, kind: MeasureKind, at: float | None = None) -> Frame:
    frame = draw(drawing)
    return replace(
        frame, measures={"m": (Measure("m", kind, question="income", at=at), frame.measures["m"][1])}
    )


def estimates(
    drawing: str, kind: MeasureKind, *by: str, at: float | None = None, basis: Basis = Basis.DESIGN
) -> list[Estimate]:
    frame = frame_of(drawing, kind, at)
    tables = [Table(("m",), by)]
    return estimate_measures(frame, Plan(()), lonely=Lonely.ADJUST, basis=basis, tables=tables)[0]


def people(values: list[float], of: int = 1) -> str:
    """A drawing of as many clusters as it takes, ``of`` people each."""
    return "\n".join(["cluster | y", *(f"c{number // of} | {value}" for number, value in enumerate(values))])


@pytest.mark.parametrize(
    ("answers", "gini"),
    # Of 1, 2, 3, 4 the differences of all pairs add up to 20; 2 x 4 x 10 = 80.
    [([1, 2, 3, 4], 0.25), ([7, 7, 7], 0.0), ([0, 0, 0, 5], 0.75), ([9], 0.0)],
)
def test_the_gini_coefficient_is_how_far_apart_people_are(answers: list[float], gini: float) -> None:
    (found,) = estimates(people(answers), GINI)
    assert found.value == pytest.approx(gini, abs=1e-15)


def test_weights_stand_for_people() -> None:
    weighted = """
        weight | y
        2      | 1
        1      | 3
        3      | 4
        """
    (found,) = estimates(weighted, GINI)
    (alone,) = estimates(people([1, 1, 3, 4, 4, 4]), GINI)
    assert found.value == pytest.approx(alone.value)


def test_the_quintile_share_is_what_the_top_fifth_has_over_what_the_bottom_fifth_has() -> None:
    # Up to the first quintile, 2, stand 1 and 2; above the fourth, 8, stand 9 and 10.
    (found,) = estimates(people(list(range(1, 11))), QUINTILES)
    assert found.value == pytest.approx(19 / 3)
    assert found.largest_share == pytest.approx(2 / 3)  # of the bottom's 3


def test_nobody_is_a_fifth_of_nothing() -> None:
    (found,) = estimates(people([0, 0, 0, 1, 2, 3, 4, 5, 6, 7]), QUINTILES)
    assert (found.value, found.se, found.ci_low) == (None, None, None)
    (found,) = estimates(people([0, 0, 0]), GINI)
    assert (found.value, found.se) == (None, None)


def test_the_line_is_drawn_for_everybody_and_held_to_each_group() -> None:
    (everybody,) = estimates(TWELVE, POOR)
    assert (everybody.value, everybody.n, everybody.events) == (pytest.approx(3 / 9), 9, 3)
    river, hill = estimates(TWELVE, POOR, "side")
    assert (river.value, hill.value) == (pytest.approx(1 / 5), pytest.approx(2 / 4))  # 12 is not below 12


def test_the_line_can_stand_elsewhere() -> None:
    (found,) = estimates(TWELVE, POOR, at=0.45)  # below 9
    assert found.value == pytest.approx(2 / 9)


def test_a_threshold_in_a_group_is_of_the_groups_own_median() -> None:
    (everybody,) = estimates(TWELVE, LINE)
    assert everybody.value == pytest.approx(12)
    river, hill = estimates(TWELVE, LINE, "side")
    assert (river.value, hill.value) == (pytest.approx(15), pytest.approx(6))


def test_among_says_who_is_looked_at_and_leaves_the_line_where_it_is() -> None:
    """As a breakdown does: poverty of the old is of the old, below the line of old and new."""
    old, _ = estimates(TWELVE, POOR, "age")
    among = TWELVE.replace("| age |", "| among |").replace("| old |", "| yes |").replace("| new |", "| no |")
    (inside,) = estimates(among, POOR)
    assert (inside.value, inside.n, inside.se) == (old.value, old.n, old.se)
    assert inside.n_excluded == 5


def test_people_without_an_answer_count_nowhere() -> None:
    (found,) = estimates(TWELVE + "hill | new | .\n", POOR)
    assert (found.n, found.n_missing, found.value) == (9, 1, pytest.approx(3 / 9))
    (gini,) = estimates(TWELVE + "hill | new | .\n", GINI)
    assert (gini.n, gini.n_missing) == (9, 1)


def test_a_figure_has_an_error_an_interval_and_what_it_is_worth() -> None:
    values = [10.0 + number * 37 % 101 for number in range(200)]
    for kind in (GINI, QUINTILES, LINE, POOR):
        (found,) = estimates(people(values, of=4), kind)
        assert found.se is not None
        assert found.ci_low < found.value < found.ci_high  # type: ignore[operator]
        assert (found.df, found.clusters, found.n) == (49, 50, 200)
        assert found.n_effective == pytest.approx(200 / found.deff)  # type: ignore[operator]
        assert found.verdict is Verdict.PUBLISH
        assert found.interval == ("xlogit" if kind is POOR else "t")


def test_a_share_at_risk_is_judged_as_a_share() -> None:
    """By its interval, not by its error over its value: 2 % +- 1 % is reliable, 30 % +- 16 % is not."""
    rare = Quality(0.02, 400, False, False, True, 0.024, 40, 380.0, 0.5)
    wide = Quality(0.30, 40, False, False, True, 0.32, 40, 38.0, 0.27)
    for quality in (rare, wide):
        assert judge(POOR, quality) == judge(MeasureKind.PROPORTION, quality)
        assert judge(POOR, quality)[0] is not judge(GINI, quality)[0]


def test_one_cluster_says_nothing_about_others() -> None:
    for kind in (GINI, QUINTILES, LINE, POOR):
        (found,) = estimates(people([float(number) for number in range(1, 41)], of=40), kind)
        assert found.value is not None
        assert (found.se, found.ci_low, found.df) == (None, None, 0)


def test_where_nobody_is_below_the_line_the_lines_own_error_does_not_pass_for_certainty() -> None:
    drawing = "\n".join(
        ["side | cluster | y"]
        + [f"high | {number} | {100 + number}" for number in range(60)]
        + [f"low  | {60 + number} | {number * 2 + 1}" for number in range(60)]
    )
    high, low = estimates(drawing, POOR, "side")
    assert (high.value, high.se, high.interval) == (0, None, "korn_graubard")
    assert low.se is not None


def test_everybody_asked_is_exact() -> None:
    drawing = "\n".join(["population | y", *(f"40 | {number + 1}" for number in range(40))])
    for kind in (GINI, QUINTILES, LINE, POOR):
        (found,) = estimates(drawing, kind)
        assert (found.se, found.ci_low, found.ci_high, found.interval) == (
            0,
            found.value,
            found.value,
            "exact",
        )
        assert found.verdict is Verdict.PUBLISH


def test_a_village_asked_whole_is_not_certain_of_a_line_that_a_sample_draws() -> None:
    rows = [f"whole | whole | 40 | {number + 1}" for number in range(40)]
    rows += [f"part | part | 4000 | {number * 2 + 3}" for number in range(40)]
    drawing = "\n".join(["stratum | side | population | y", *rows])
    whole, part = estimates(drawing, POOR, "side")
    assert 0 < whole.se < part.se  # type: ignore[operator]
    assert whole.interval not in {"", "exact"}
    assert estimates(drawing, GINI, "side")[0].interval == "exact"


def test_without_a_design_basis_there_is_a_value_and_nothing_more() -> None:
    for kind in (GINI, QUINTILES, LINE, POOR):
        (found,) = estimates(people([float(n) for n in range(1, 41)]), kind, basis=Basis.NONE)
        assert found.value is not None
        assert (found.se, found.ci_low, found.df, found.interval) == (None, None, None, "")
        assert found.verdict is Verdict.CAUTION


def test_an_empty_group_has_no_figure() -> None:
    for kind in (GINI, QUINTILES, LINE, POOR):
        cells = estimates(TWELVE + "delta | new | .\n", kind, "side")
        assert (cells[2].value, cells[2].n, cells[2].verdict) == (None, 0, Verdict.SUPPRESS)


def test_less_than_nothing_is_not_shared_out() -> None:
    for kind in (GINI, QUINTILES):
        with pytest.raises(InputError, match='"income" is -5'):
            estimates(people([-5, 3, 4]), kind)
    assert estimates(people([-5, 3, 4, 6, 7]), POOR)[0].value == pytest.approx(1 / 5)


def test_no_line_is_drawn_at_nothing() -> None:
    with pytest.raises(InputError, match="no poverty line"):
        estimates(people([0, 0, 0, 4, 5]), POOR)


def test_a_group_where_all_have_the_same_shows_no_error() -> None:
    drawing = people([6.0] * 30)
    for kind in (GINI, LINE, QUINTILES):
        (found,) = estimates(drawing, kind)
        assert (found.se, found.ci_low) == (None, None)


def test_what_rests_on_heaped_answers_has_no_error_but_from_replicates() -> None:
    """Incomes in round hundreds: the median leaps from one to the next, or stays; no density says which."""
    heaped = [100.0 * (1 + number * 7 % 11) for number in range(220)]
    for kind in (QUINTILES, LINE, POOR):
        frame = frame_of(people(heaped, of=4), kind)
        (found,) = _all(frame)
        assert (found.se, found.ci_low, found.verdict) == (None, None, Verdict.CAUTION)
        stages = stages_of(frame)
        rule = Replicates(ReplicateMethod.BOOTSTRAP, number=50, seed=1)
        (again,) = _all(replace(frame, replicates=make(stages.stages[0], stages.unit, rule, ())))
        assert again.se is not None
    assert estimates(people(heaped, of=4), GINI)[0].se is not None


def test_the_members_of_a_household_are_no_heap() -> None:
    households = [50.0 + 13 * number % 97 for number in range(40)]
    shared = [income for income in households for _ in range(6)]  # six people are a fortieth of all
    for kind in (QUINTILES, LINE, POOR):
        assert estimates(people(shared, of=6), kind)[0].se is not None


def _all(frame: Frame) -> list[Estimate]:
    tables = [Table(("m",), ())]
    return estimate_measures(frame, Plan(()), lonely=Lonely.ADJUST, basis=Basis.DESIGN, tables=tables)[0]


def test_equal_answers_in_any_order_give_the_same_numbers() -> None:
    """Households share an income; which of their members comes first says nothing."""
    incomes = np.repeat([5.0, 9, 9, 12, 30, 31, 31, 44], 3)
    weights = np.arange(24) % 5 + 1.0
    first = _in_order(incomes, weights, np.arange(24))
    for seed in range(3):
        mixed = _in_order(incomes, weights, np.random.default_rng(seed).permutation(24))
        assert mixed == pytest.approx(first, rel=1e-12)


def _in_order(incomes: np.ndarray, weights: np.ndarray, order: np.ndarray) -> list[float]:
    rows = [f"{place // 6} | {weights[place]} | {incomes[place]}" for place in order]
    drawing = "\n".join(["cluster | weight | y", *rows])
    cells = [estimates(drawing, kind)[0] for kind in (GINI, QUINTILES, LINE, POOR)]
    return [number for one in cells for number in (one.value or 0, one.se or 0)]
