"""Who is worse off, by how much, and how sure one can be."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log, sqrt
from statistics import mean, stdev
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.estimates import Against
from everycount.estimate.plan import Better, MeasureKind
from everycount.sample.design import Basis
from spec.estimate_drawing import both, draw

if TYPE_CHECKING:
    from everycount.estimate.estimates import Contrast
    from everycount.estimate.frame import Frame


def found(frame: Frame, by: str, **options: object) -> dict[tuple[str, Against], Contrast]:
    return {(c.cell[0][1], c.against): c for c in both(frame, by, **options)[1]}  # type: ignore[arg-type]


TWO_STREETS = """
    cluster | sex    | y
    a       | female | 1
    a       | male   | 3
    b       | female | 5
    b       | male   | 9
    """


def test_a_gap_is_surer_than_its_ends_where_neighbours_share_their_fate() -> None:
    """Women 1 and 5, men 3 and 9 in the same two streets.

    Influences of the means: women -1 and 1, men -1.5 and 1.5; of the gap 0.5 and -0.5. Each variance is
    2 / 1 x the sum of squares: women 4, men 9, gap 1; taken as independent, the gap would have 13.
    """
    estimates, _ = both(draw(TWO_STREETS), "sex")
    gap = found(draw(TWO_STREETS), "sex")["female", Against.REST]
    assert [cell.se for cell in estimates] == pytest.approx([2, 3])
    assert gap.difference == pytest.approx(3 - 6)
    assert gap.difference_se == pytest.approx(1)
    assert gap.df == 1


def test_a_ratio_is_taken_on_the_log_scale() -> None:
    """Influence of log(3 / 6): -1 / 3 + 1.5 / 6 = -1 / 12 and 1 / 12; t of one degree of freedom is 12.71."""
    gap = found(draw(TWO_STREETS), "sex")["female", Against.REST]
    se = sqrt(2 * 2 / 144)
    assert gap.ratio == pytest.approx(1 / 2)
    assert gap.ratio_low == pytest.approx(exp(log(1 / 2) - 12.7062047362 * se))
    assert gap.ratio_high == pytest.approx(exp(log(1 / 2) + 12.7062047362 * se))


def test_overall_holds_the_group_itself() -> None:
    gap = found(draw(TWO_STREETS), "sex")["female", Against.OVERALL]
    assert gap.difference == pytest.approx(3 - 4.5)
    assert gap.difference_se == pytest.approx(1 / 2)
    assert gap.other == ()


def many(*groups: tuple[str, int, int]) -> str:
    """People with 1 or 0 in named groups: (group, ones, zeros)."""
    lines = [
        f"{name} | {answer}"
        for name, ones, zeros in groups
        for answer, times in ((1, ones), (0, zeros))
        for _ in range(times)
    ]
    return "\n".join(["group | y", *lines])


def test_the_best_off_group_depends_on_what_is_good() -> None:
    drawing = many(("hill", 30, 70), ("river", 60, 40), ("town", 80, 20))
    higher = found(draw(drawing, MeasureKind.PROPORTION, Better.HIGHER), "group")
    lower = found(draw(drawing, MeasureKind.PROPORTION, Better.LOWER), "group")
    nobody = found(draw(drawing, MeasureKind.PROPORTION), "group")
    assert higher["hill", Against.BEST].other == (("group", "town"),)
    assert higher["hill", Against.BEST].difference == pytest.approx(0.3 - 0.8)
    assert lower["town", Against.BEST].other == (("group", "hill"),)
    assert ("town", Against.BEST) not in higher
    assert not [key for key in nobody if key[1] is Against.BEST]


def test_a_handful_of_people_is_never_the_best_off_group() -> None:
    """Four of four is luck; the town's 80 of 100 is what others are held against."""
    drawing = many(("hill", 30, 70), ("town", 80, 20), ("island", 4, 0))
    contrasts = found(draw(drawing, MeasureKind.PROPORTION, Better.HIGHER), "group")
    assert contrasts["island", Against.BEST].other == (("group", "town"),)
    assert contrasts["island", Against.BEST].difference == pytest.approx(0.2)


def test_a_group_without_variation_has_a_gap_without_error() -> None:
    """An error made from the other group alone would be too small."""
    gap = found(draw(many(("hill", 0, 50), ("town", 80, 20)), MeasureKind.PROPORTION), "group")
    assert gap["hill", Against.REST].difference == pytest.approx(-0.8)
    assert gap["hill", Against.REST].difference_se is None
    assert gap["hill", Against.REST].ratio == 0
    assert gap["hill", Against.REST].ratio_high is None


def test_the_ratio_to_nothing_is_left_out() -> None:
    gap = found(draw(many(("hill", 0, 50), ("town", 80, 20)), MeasureKind.PROPORTION), "group")
    assert gap["town", Against.REST].ratio is None


def test_sums_are_not_compared() -> None:
    """A larger group has a larger total; that says nothing about anybody in it."""
    assert both(draw(TWO_STREETS, MeasureKind.TOTAL), "sex")[1] == []


def test_without_a_design_gaps_have_no_errors() -> None:
    gap = found(draw(TWO_STREETS), "sex", basis=Basis.NONE)["female", Against.REST]
    assert (gap.difference, gap.ratio) == pytest.approx((-3, 0.5))
    assert (gap.difference_se, gap.difference_low, gap.ratio_low, gap.df) == (None, None, None, None)


def test_where_everybody_was_asked_a_gap_is_exact() -> None:
    drawing = """
        population | sex    | y
        3          | female | 2
        3          | female | 4
        3          | male   | 9
        """
    gap = found(draw(drawing), "sex")["female", Against.REST]
    assert (gap.difference, gap.difference_low, gap.difference_high) == (-6, -6, -6)


def test_a_group_of_everybody_has_nothing_to_be_compared_with() -> None:
    assert both(draw("sex | y\nfemale | 1\nfemale | 2"), "sex")[1] == []


THREE_STREETS = """
    cluster | sex    | y
    a       | female | 1
    a       | male   | 3
    a       | other  | 2
    b       | female | 5
    b       | male   | 9
    b       | other  | 7
    c       | female | 2
    c       | male   | 4
    c       | other  | 6
    """


def test_a_named_group_is_what_the_others_are_held_against() -> None:
    """Against men: women -2, -4 and -2 street by street, others -1, -2 and 2."""
    frame = draw(THREE_STREETS)
    named = replace(frame, groups={"sex": replace(frame.groups["sex"], reference="male")})
    gaps = {key: gap for key, gap in found(named, "sex").items() if key[1] is Against.REFERENCE}
    assert set(gaps) == {("female", Against.REFERENCE), ("other", Against.REFERENCE)}
    for code, by_street in (("female", [-2, -4, -2]), ("other", [-1, -2, 2])):
        gap = gaps[code, Against.REFERENCE]
        assert gap.other == (("sex", "male"),)
        assert gap.difference == pytest.approx(mean(by_street))
        # Three streets with one of each: the error of the mean of three differences.
        assert gap.difference_se == pytest.approx(stdev(by_street) / sqrt(3))
        assert gap.df == 2
    assert not [key for key in found(frame, "sex") if key[1] is Against.REFERENCE]
