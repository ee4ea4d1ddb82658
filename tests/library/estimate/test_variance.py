"""The design's part of the arithmetic, away from measures."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.estimate.stages import stages_of
from everycount.estimate.variance import average_factor, check_lonely, cross_products, spread
from everycount.faults import InputError
from everycount.sample.design import Lonely
from spec.estimate_drawing import draw

TWO_STAGES = """
    stratum | cluster | cluster2 | population | population2 | y
    hills   | a       | a1       | 10         | 4           | 1
    hills   | a       | a1       | 10         | 4           | 2
    hills   | a       | a2       | 10         | 4           | 3
    hills   | b       | b1       | 10         | 1           | 4
    plains  | c       | c1       | 1          | 9           | 5
    """


def test_stages_are_numbered_within_each_other() -> None:
    stages = stages_of(draw(TWO_STAGES))
    villages, households = stages.stages
    assert stages.units == 4
    assert stages.unit.tolist() == [0, 0, 1, 2, 3]
    assert villages.cluster.tolist() == [0, 0, 1, 2]
    assert (villages.parent.tolist(), villages.drawn.tolist()) == ([0, 0, 1], [2, 1])
    assert villages.open == pytest.approx([1 - 2 / 10, 0])
    assert (households.parent.tolist(), households.drawn.tolist()) == ([0, 0, 1, 2], [2, 1, 1])
    assert households.reach == pytest.approx([0.2, 0.2, 1])
    assert households.open == pytest.approx([1 - 2 / 4, 0, 1 - 1 / 9])


def test_a_stratum_with_its_only_cluster_is_not_lonely() -> None:
    """The plains have one village, and it was drawn: nothing is unseen at that stage."""
    villages, households = stages_of(draw(TWO_STAGES)).stages
    assert villages.lonely.tolist() == [False, False]
    assert households.lonely.tolist() == [False, False, True]


def test_without_a_population_only_the_first_stage_is_looked_at() -> None:
    drawing = TWO_STAGES.replace("population2", "ignored").replace("population", "ignored_too")
    (villages,) = stages_of(draw(drawing)).stages
    assert villages.open.tolist() == [1, 1]


def test_a_stage_without_population_is_taken_as_drawn_from_very_many() -> None:
    drawing = TWO_STAGES.replace("population2", "ignored")
    _, households = stages_of(draw(drawing)).stages
    assert households.open.tolist() == [1, 1, 1]


def test_the_same_cluster_code_in_two_strata_is_two_clusters() -> None:
    frame = draw("""
        stratum | cluster | y
        hills   | a       | 1
        plains  | a       | 2
        plains  | b       | 3
        """)
    (villages,) = stages_of(frame).stages
    assert villages.drawn.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("strata", "alone", "factor"), [(4, 0, 1.0), (4, 1, 4 / 3), (3, 2, 3.0), (0, 0, 1.0), (2, 2, np.nan)]
)
def test_average_of_the_other_strata(strata: int, alone: int, factor: float) -> None:
    found = average_factor(np.array([strata]), np.array([alone]))
    assert found[0] == pytest.approx(factor, nan_ok=True)


def test_all_strata_lonely_leave_nothing_to_average() -> None:
    stages = stages_of(draw("stratum | y\nhills | 1\nplains | 2"))
    found = spread(stages, np.array([0, 0]), np.array([0, 1]), np.array([1.0, 2.0]), 1, lonely=Lonely.AVERAGE)
    assert np.isnan(found.variance[0])


def test_every_lonely_stratum_is_named_at_once() -> None:
    frame = draw("stratum | y\nhills | 1\nplains | 2\ncoast | 3\ncoast | 4")
    with pytest.raises(InputError) as refusal:
        check_lonely(frame, stages_of(frame), Lonely.FAIL)
    assert [fault.problem.split('"')[1] for fault in refusal.value.faults] == ["hills", "plains"]


def test_lonely_units_of_a_later_stage_are_named_too() -> None:
    frame = draw(TWO_STAGES)
    with pytest.raises(InputError, match="At stage 2, 1 clusters have only one unit"):
        check_lonely(frame, stages_of(frame), Lonely.FAIL)


def test_strata_without_names_are_numbered_from_one() -> None:
    frame = draw("y\n1")
    with pytest.raises(InputError, match="The stratum number 1 has only one cluster"):
        check_lonely(frame, stages_of(frame), Lonely.FAIL)


@pytest.mark.parametrize("lonely", [Lonely.ADJUST, Lonely.CERTAINTY])
def test_products_of_two_statistics(lonely: Lonely) -> None:
    """Cov(u, v) from the variances of u + v and u - v."""
    stages = stages_of(draw(TWO_STAGES))
    u, v = np.array([1.0, -2.0, 4.0, 0.5]), np.array([3.0, 1.0, -1.0, 2.0])

    def variance(values: np.ndarray) -> float:
        found = spread(stages, np.zeros(4, dtype=np.int64), np.arange(4), values, 1, lonely=lonely)
        return float(found.variance[0])

    product = sum(cross_products(stages, np.stack([u, v], axis=1), lonely=lonely))
    assert product[0, 1] == pytest.approx((variance(u + v) - variance(u - v)) / 4)
    assert product[0, 0] == pytest.approx(variance(u))


def test_large_means_do_not_drown_small_differences() -> None:
    """Answers around a thousand million that differ by one: centred before they are squared."""
    from spec.estimate_drawing import overall

    answers = [10**9 + place % 5 for place in range(200)]
    cell = overall(draw("\n".join(["y", *map(str, answers)])))
    small = overall(draw("\n".join(["y", *(str(place % 5 + 10) for place in range(200))])))
    assert cell.value == 10**9 + 2
    assert cell.se is None or cell.se == pytest.approx(small.se, rel=1e-6)


def test_a_population_smaller_than_what_was_drawn_in_a_cluster() -> None:
    frame = draw("""
        cluster | cluster2 | population | population2 | y
        a       | a1       | 4          | 1           | 1
        a       | a2       | 4          | 1           | 2
        b       | b1       | 4          | 3           | 2
        """)
    with pytest.raises(InputError, match="cluster number 1 at stage 2 is given as 1, but 2 were drawn"):
        stages_of(frame)


def test_a_stratum_in_which_one_cluster_has_the_group_may_count_as_lonely() -> None:
    """R's adjustment of domains: u = 6, 0 in the hills, 1, 3 in the plains; the mean of all is 10 / 4.

    Without it the hills add 2 / 1 (3^2 + 3^2) and the plains 2 / 1 (1 + 1); with it the hills are measured
    from 2.5.
    """
    stages = stages_of(draw("stratum | y\nhills | 0\nhills | 0\nplains | 0\nplains | 0"))
    owner, unit = np.zeros(3, dtype=np.int64), np.array([0, 2, 3])
    influence = np.array([6.0, 1.0, 3.0])

    def variance(lonely: Lonely, *, domain_lonely: bool) -> float:
        found = spread(stages, owner, unit, influence, 1, lonely=lonely, domain_lonely=domain_lonely)
        return float(found.variance[0])

    assert variance(Lonely.ADJUST, domain_lonely=False) == pytest.approx(36 + 4)
    assert variance(Lonely.ADJUST, domain_lonely=True) == pytest.approx(2 * (3.5**2 + 2.5**2) + 4)
    assert variance(Lonely.AVERAGE, domain_lonely=True) == pytest.approx(4 * 2)
    assert variance(Lonely.CERTAINTY, domain_lonely=True) == pytest.approx(36 + 4)


def test_no_lonely_cluster_no_refusal() -> None:
    frame = draw("y\n1\n2")
    check_lonely(frame, stages_of(frame), Lonely.FAIL)


def test_population_sizes_of_units_that_nobody_names_are_refused() -> None:
    frame = draw("cluster | population | population2 | y\na | 4 | 9 | 1\nb | 4 | 9 | 2")
    with pytest.raises(InputError, match=r"for 2 stages, clusters for 1\. Name the column"):
        stages_of(frame)
