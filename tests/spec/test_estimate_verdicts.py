"""What a number is good for, and how many respondents would suffice."""

from __future__ import annotations

import pytest

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind
from everycount.sample.design import Basis
from spec.estimate_drawing import draw, overall


def yes_and_no(ones: int, zeros: int, each: int = 1) -> str:
    """So many ones and zeros, in clusters of ``each`` people who all answer alike."""
    answers = ["1"] * ones + ["0"] * zeros
    return "\n".join(
        ["cluster | y", *(f"c{place // each} | {answer}" for place, answer in enumerate(answers))]
    )


def verdict(drawing: str, kind: MeasureKind = MeasureKind.PROPORTION) -> tuple[Verdict, int | None]:
    cell = overall(draw(drawing, kind))
    return cell.verdict, cell.n_needed


def test_enough_people_and_a_narrow_interval() -> None:
    assert verdict(yes_and_no(90, 110)) == (Verdict.PUBLISH, None)


def test_fewer_than_thirty_people() -> None:
    """20 people: 30 would do for the number of people, but the interval of 10 in 20 is .46 wide."""
    found, needed = verdict(yes_and_no(10, 10))
    assert found is Verdict.COLLECT_MORE
    assert needed is not None
    assert 30 < needed <= 60


def test_too_few_for_any_reasonable_number_to_mend() -> None:
    """Two people: 30 are fifteen times as many."""
    found, needed = verdict(yes_and_no(1, 1))
    assert found is Verdict.SUPPRESS
    assert needed is not None
    assert needed > 20


def test_neighbours_who_answer_alike_are_few_people() -> None:
    """100 people in 20 clusters of 5 who answer alike are worth about 20 and so 150 of them worth 30."""
    found, needed = verdict(yes_and_no(50, 50, each=5))
    assert found is Verdict.COLLECT_MORE
    assert needed is not None
    assert 150 <= needed <= 300


def test_a_rare_thing_needs_a_relative_width_too() -> None:
    """3 of 100: the interval, .006 to .085, is wider than .05 and than 130 % of .03."""
    found, needed = verdict(yes_and_no(3, 97))
    assert found is Verdict.COLLECT_MORE
    assert needed is not None
    assert needed > 100


@pytest.mark.parametrize("ones", [0, 100])
def test_nobody_and_everybody_are_to_be_read_with_care(ones: int) -> None:
    assert verdict(yes_and_no(ones, 100 - ones)) == (Verdict.CAUTION, None)


def test_few_clusters_are_to_be_read_with_care() -> None:
    """Seven clusters leave six degrees of freedom, fewer than eight."""
    rows = [f"c{village} | {int(person < 9 + village)}" for village in range(7) for person in range(30)]
    assert verdict("\n".join(["cluster | y", *rows])) == (Verdict.CAUTION, None)


def spread_out(away: float) -> str:
    """Forty answers around 10."""
    return "\n".join(["y", *(str(10 + (away if place % 2 else -away)) for place in range(40))])


@pytest.mark.parametrize(
    ("away", "expected"),
    # cv = away / 10 / sqrt(39): 8 %, 24 % and 40 %
    [(5, Verdict.PUBLISH), (15, Verdict.CAUTION), (25, Verdict.COLLECT_MORE)],
)
def test_means_go_by_their_coefficient_of_variation(away: float, expected: Verdict) -> None:
    assert verdict(spread_out(away), MeasureKind.MEAN)[0] is expected


def test_the_number_that_would_suffice_for_a_mean() -> None:
    """A cv of 25 / 10 / sqrt(39) has to fall to 30 %; it falls with the square root of the number."""
    assert verdict(spread_out(25), MeasureKind.MEAN)[1] == 72  # 40 x 6.25 / 39 / 0.09 = 71.2


def test_no_answers() -> None:
    assert verdict("y\n.\n.", MeasureKind.MEAN) == (Verdict.SUPPRESS, None)


@pytest.mark.parametrize(
    ("people", "expected"),
    [(30, (Verdict.CAUTION, None)), (29, (Verdict.COLLECT_MORE, 30)), (2, (Verdict.SUPPRESS, 30))],
)
def test_without_a_design_nothing_is_published_without_care(
    people: int, expected: tuple[Verdict, int | None]
) -> None:
    cell = overall(draw(yes_and_no(1, people - 1), MeasureKind.PROPORTION), basis=Basis.NONE)
    assert (cell.verdict, cell.n_needed) == expected


def test_where_everybody_was_asked_a_small_number_is_still_the_truth() -> None:
    drawing = "population | y\n3 | 1\n3 | 0\n3 | 0"
    assert verdict(drawing) == (Verdict.PUBLISH, None)


def test_a_hundred_people_who_are_all_alike() -> None:
    """A mean without any variation has no error; shown with care."""
    assert verdict("\n".join(["y", *["2"] * 100]), MeasureKind.MEAN) == (Verdict.CAUTION, None)
