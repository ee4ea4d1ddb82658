"""What is estimated: means, proportions, totals, counts and ratios, and who is counted."""

from __future__ import annotations

import pytest

from everycount.estimate.plan import MeasureKind
from spec.estimate_drawing import cells, draw, overall


def test_a_mean_weighs_each_answer() -> None:
    cell = overall(
        draw("""
        weight | y
        10     | 2
        30     | 6
        """)
    )
    assert cell.value == pytest.approx((10 * 2 + 30 * 6) / 40)
    assert cell.n == 2
    assert cell.population == 40


def test_a_total_sums_weight_times_answer() -> None:
    drawing = """
        weight | y
        10     | 2
        30     | 6
        """
    assert overall(draw(drawing, MeasureKind.TOTAL)).value == 10 * 2 + 30 * 6


def test_a_proportion_and_a_count_look_for_the_same_people() -> None:
    drawing = """
        weight | y
        10     | 1
        30     | 0
        20     | 1
        """
    share, number = overall(draw(drawing, MeasureKind.PROPORTION)), overall(draw(drawing, MeasureKind.COUNT))
    assert share.value == pytest.approx(30 / 60)
    assert number.value == 30
    assert share.events == number.events == 2


def test_a_ratio_divides_total_by_total() -> None:
    cell = overall(
        draw(
            """
        weight | y | x
        1      | 3 | 4
        1      | 1 | 4
        2      | 2 | 1
        """,
            MeasureKind.RATIO,
        )
    )
    assert cell.value == pytest.approx((3 + 1 + 4) / (4 + 4 + 2))


def test_no_answer_and_outside_are_counted_apart() -> None:
    """Rows without an answer, and rows outside the measure's own condition, do not enter the value."""
    cell = overall(
        draw("""
        among | y
        yes   | 4
        yes   | 6
        yes   | .
        no    | 90
        no    | .
        """)
    )
    assert cell.value == pytest.approx(5)
    assert (cell.n, cell.n_missing, cell.n_excluded) == (2, 1, 1)


def test_every_combination_of_groups_has_its_cell() -> None:
    """Nobody young answered in the north: the cell is there, with nobody in it and no value."""
    found = cells(
        draw("""
        place | age   | y
        north | old   | 1
        north | old   | 3
        south | young | 5
        south | old   | 7
        """),
        "place",
        "age",
    )
    assert list(found) == [("north", "old"), ("north", "young"), ("south", "old"), ("south", "young")]
    assert [cell.value for cell in found.values()] == [2, None, 7, 5]
    assert [cell.n for cell in found.values()] == [2, 0, 1, 1]


def test_who_is_in_no_group_counts_only_in_the_overall_value() -> None:
    frame = draw("""
        sex    | y
        female | 1
        male   | 3
        .      | 8
        """)
    assert overall(frame).value == pytest.approx(4)
    assert {key: cell.n for key, cell in cells(frame, "sex").items()} == {("female",): 1, ("male",): 1}


def test_the_largest_share_of_a_total_is_known() -> None:
    """One farm holds 60 of 100 cattle."""
    cell = overall(
        draw(
            """
        weight | y
        2      | 30
        1      | 25
        1      | 15
        """,
            MeasureKind.TOTAL,
        )
    )
    assert cell.largest_share == pytest.approx(60 / 100)


def test_debts_have_no_largest_share() -> None:
    frame = draw(
        """
        y
        30
        -10
        """,
        MeasureKind.TOTAL,
    )
    assert overall(frame).largest_share is None


def test_a_ratio_to_nothing_has_no_value() -> None:
    cell = overall(
        draw(
            """
        y | x
        1 | 0
        2 | 0
        """,
            MeasureKind.RATIO,
        )
    )
    assert cell.value is None
    assert cell.n == 2
