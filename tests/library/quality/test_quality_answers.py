"""Missing answers, straight lines, lengths, outliers and coverage."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.quality import Battery, Benchmark, Roles, Split
from everycount.quality.chance import adjusted, association
from everycount.quality.coverage import coverage, coverage_signals, r_indicator
from everycount.quality.durations import duration_signals, limits, overlapping
from everycount.quality.missing import missing_by_group, missing_signals
from everycount.quality.outliers import far, outlier_signals
from everycount.quality.report import Grade
from everycount.quality.straight import longest_run, straight, straight_signals
from library.quality.answered import answers


def test_a_question_that_many_leave_open_is_named_with_its_rows() -> None:
    table = answers(a=["1"] * 100, b=["1"] * 94 + [None] * 6, c=["1"] * 80 + [None] * 10 + ["dk"] * 10)
    overall, b, c = missing_signals(table, ["a", "b", "c", "absent"], ["dk"], known=True)
    assert overall.figure == pytest.approx(26 / 3)
    assert (b.grade, b.figure, b.rows) == (Grade.LOOK, pytest.approx(6), tuple(range(95, 101)))
    assert (c.grade, c.figure, c.rows) == (Grade.SERIOUS, pytest.approx(20), tuple(range(81, 101)))


def test_without_a_questionnaire_a_gap_may_be_a_skip() -> None:
    (overall,) = missing_signals(answers(a=["1"] * 50 + [None] * 50), ["a"], [], known=False)
    assert overall.grade is Grade.OPEN


def test_a_group_that_leaves_more_open_is_named() -> None:
    table = answers(
        group=["x"] * 100 + ["y"] * 100 + ["z"] * 5,
        q=[None] * 30 + ["1"] * 70 + [None] * 2 + ["1"] * 98 + [None] * 5,
        r=["1", None] * 102 + ["1"],
    )
    (signal,) = missing_by_group(table, ["q", "r", "group"], [], [Split("g", "group"), Split("h", "absent")])
    assert "30.0 % of g x" in signal.words
    assert "2.0 % of g y" in signal.words
    assert signal.rows == tuple(range(1, 31))
    assert signal.grade is Grade.SERIOUS


def test_groups_are_those_of_the_plan() -> None:
    table = answers(group=["1", "2", "3"] * 40, q=[None, "1", "1"] * 40)
    split = Split("g", "group", (("few", ("1",)), ("others", ("2", "3"))))
    (signal,) = missing_by_group(table, ["q"], [], [split])
    assert "100.0 % of g few" in signal.words


def test_association_is_the_chi_square_test() -> None:
    from scipy.stats import chi2_contingency

    counts = np.array([[12.0, 30, 8], [40, 20, 9]])
    expected = chi2_contingency(counts, correction=False)
    found = association(np.column_stack([counts, [0, 0]]))
    assert found.p == pytest.approx(expected.pvalue)
    assert found.w == pytest.approx(np.sqrt(expected.statistic / counts.sum()))


def test_adjusted_probabilities_by_hand() -> None:
    assert adjusted([0.01, 0.5, 0.03, 0.04]) == pytest.approx([0.04, 0.5, 0.16 / 3, 0.16 / 3])
    assert adjusted([]) == []


def test_straight_lines_and_runs() -> None:
    codes = np.array([[2, 2, 2, 2], [1, 2, 2, 1], [3, -1, 3, 3], [-1, -1, -1, -1]])
    assert longest_run(codes).tolist() == [4, 2, 2, 0]
    assert straight(codes).tolist() == [True, False, False, False]


BATTERY = Battery("mood", ("a", "b", "c"))


def test_a_straight_line_that_most_people_draw_surprises_nobody() -> None:
    columns = {
        name: ["no"] * 60 + ["yes"] * 3 + ["yes" if name == "a" else "no"] * 37 for name in BATTERY.questions
    }
    (signal,) = straight_signals(answers(**columns), [BATTERY], "")
    assert (signal.figure, signal.rows) == (63, (61, 62, 63))


def test_straight_lines_of_one_interviewer() -> None:
    rng = np.random.default_rng(11)
    columns = {name: [str(each) for each in rng.integers(0, 5, 90)] for name in BATTERY.questions}
    for values in columns.values():
        values[:25] = ["1"] * 25
    columns["who"] = ["x"] * 30 + ["y"] * 30 + ["z"] * 30
    _, signal = straight_signals(answers(**columns), [BATTERY], "who")
    assert signal.grade is Grade.LOOK
    assert "interviewer x" in signal.words


def test_a_battery_needs_three_questions() -> None:
    with pytest.raises(ValueError, match="three"):
        Battery("pair", ("a", "b", "a"))


def interviews(*minutes: float) -> dict[str, list[str | None]]:
    """Interviews of these lengths, one each day."""
    days = [f"2025-03-{1 + place % 28:02}T08:00:00.000+03:00" for place in range(len(minutes))]
    ends = [
        str(
            np.datetime64("2025-03-01T05:00:00")
            + np.timedelta64(place % 28, "D")
            + np.timedelta64(int(60 * each), "s")
        )
        for place, each in enumerate(minutes)
    ]
    return {"start": list(days), "end": [f"{end}Z" for end in ends]}


ROLES = Roles(start="start", end="end")


def test_lengths_and_their_limits() -> None:
    table = answers(**interviews(*[38, 40, 42, 44] * 10, 12, 400, -5))
    short, long, backwards = duration_signals(table, ROLES)
    assert (short.rows, long.rows, backwards.rows) == ((41,), (42,), (43,))
    assert backwards.grade is Grade.SERIOUS


def test_the_keeper_may_name_the_limits() -> None:
    table = answers(**interviews(*[38, 40, 42, 44] * 10))
    short, long = duration_signals(table, Roles(start="start", end="end", shortest=39, longest=43))
    assert (short.figure, long.figure) == (25, 25)


def test_limits_by_hand() -> None:
    # Logarithms to base e: median ln 40, deviations 0 and ln 2, half of them ln 2.
    low, high = limits(np.array([20.0, 40, 80, 40, 20, 80]))
    assert low == pytest.approx(20)
    assert high == pytest.approx(40 * 2 ** (3.5 / 0.6745))


def test_times_that_are_none_are_left_out() -> None:
    table = answers(start=["soon"] * 30, end=[None] * 30)
    assert not list(duration_signals(table, ROLES))


def test_two_interviews_at_a_time() -> None:
    begin, finish = np.array([0.0, 50, 90, 20]), np.array([60.0, 80, 120, 55])
    found = overlapping(begin, finish, np.array([0, 0, 0, 1], dtype=np.int32))
    assert found.tolist() == [True, True, False, False]


def test_far_numbers() -> None:
    assert np.flatnonzero(far(np.array([*range(40, 60), 150.0, np.nan]))).tolist() == [20]


def test_a_long_tail_is_no_error() -> None:
    incomes = np.exp(np.random.default_rng(12).normal(8, 1, 500))
    assert far(incomes).mean() < 0.01
    assert np.abs(incomes - np.median(incomes)).max() > 3 * 1.4826 * np.median(
        np.abs(incomes - np.median(incomes))
    )


def test_where_half_are_equal_nothing_is_far() -> None:
    assert not far(np.array([1.0] * 30 + [500])).any()


def test_numbers_are_what_estimation_takes_for_numbers() -> None:
    numbers = answers(n=["1", "-2.5", "1e3", "1_000", "٣", "nan", "inf", "many", None]).columns["n"].numbers
    assert numbers[:3].tolist() == [1, -2.5, 1000]
    assert np.isnan(numbers[3:]).all()


def test_outliers_are_named_by_row() -> None:
    (signal,) = outlier_signals(
        answers(age=[*range(20, 60), 570], name=["x"] * 41), ["age", "name", "absent"]
    )
    assert (signal.rows, signal.grade) == ((41,), Grade.LOOK)
    assert "570" in signal.words


def test_coverage_by_hand() -> None:
    # Shares 0.6 and 0.4 against 0.5 and 0.5.
    groups = np.array([0] * 60 + [1] * 40 + [-1] * 7, dtype=np.int32)
    found = coverage(groups, np.ones(107), np.array([0.5, 0.5]))
    assert found.variation == pytest.approx(0.2)
    assert found.moved == pytest.approx(0.1)
    assert found.p == pytest.approx(0.0455, abs=1e-4)  # chi-square 4 on 1: two standard errors


def test_variation_is_that_of_the_propensities() -> None:
    """Of 1000 people in two halves 30 and 10 in 100 answer: mean 0.2, deviation 0.1, R = 1 - 2 x 0.1."""
    groups = np.array([0] * 150 + [1] * 50, dtype=np.int32)
    found = coverage(groups, np.ones(200), np.array([0.5, 0.5]))
    assert found.variation == pytest.approx(0.1 / 0.2)
    assert r_indicator(found.variation, 0.2) == pytest.approx(0.8)


def test_weights_make_up_for_who_was_reached() -> None:
    groups = np.array([0] * 150 + [1] * 50, dtype=np.int32)
    weights = np.where(groups == 0, 1.0, 3.0)
    assert coverage(groups, weights, np.array([0.5, 0.5])).variation == pytest.approx(0)


@pytest.mark.parametrize(("reached", "grade"), [(50, Grade.FINE), (60, Grade.LOOK), (90, Grade.SERIOUS)])
def test_benchmarks(reached: int, grade: Grade) -> None:
    table = answers(place=["slum"] * reached * 4 + ["other"] * (100 - reached) * 4)
    roles = Roles(
        benchmarks=(
            Benchmark("settlement", (("slum", 0.5), ("other", 0.5)), "the census"),
            Benchmark("absent", (("a", 0.5), ("b", 0.5)), "the census"),
        ),
        response_rate=0.7,
    )
    (signal,) = coverage_signals(table, np.ones(400), roles, [Split("settlement", "place")])
    assert signal.grade is grade
    assert "R-indicator" in signal.words


@pytest.mark.parametrize("shares", [(("a", 0.5),), (("a", 0.5), ("b", 0.4)), (("a", 1.5), ("b", -0.5))])
def test_a_benchmark_that_is_none_cannot_be_made(shares: tuple[tuple[str, float], ...]) -> None:
    with pytest.raises(ValueError, match="benchmark"):
        Benchmark("place", shares, "nobody")


def test_roles_that_contradict_themselves_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="response rate"):
        Roles(response_rate=62)
    with pytest.raises(ValueError, match="shorter"):
        Roles(shortest=60, longest=30)
