"""How sure one can be: standard errors worked by hand."""

from __future__ import annotations

from math import sqrt

import pytest

from everycount.estimate.estimates import Verdict
from everycount.estimate.plan import MeasureKind
from everycount.faults import InputError
from everycount.sample.design import Basis, Lonely
from spec.estimate_drawing import cells, draw, overall


def test_a_simple_random_sample() -> None:
    """Mean 5, s^2 = (9 + 1 + 1 + 9) / 3, variance s^2 / 4; t of 3 degrees of freedom is 3.182."""
    cell = overall(
        draw("""
        y
        2
        4
        6
        8
        """)
    )
    assert cell.se == pytest.approx(sqrt(20 / 3 / 4))
    assert cell.df == 3
    assert cell.ci_low == pytest.approx(5 - 3.182446305 * sqrt(20 / 3 / 4))
    assert cell.interval == "t"
    assert cell.deff == pytest.approx(1)
    assert cell.n_effective == pytest.approx(4)


def test_a_known_population_makes_the_error_smaller() -> None:
    """4 of 16 were asked: a quarter of the variance falls away."""
    cell = overall(
        draw("""
        population | y
        16         | 2
        16         | 4
        16         | 6
        16         | 8
        """)
    )
    assert cell.se == pytest.approx(sqrt(20 / 3 / 4 * (1 - 4 / 16)))


def test_everybody_was_asked() -> None:
    """Without sampling there is no sampling error, and 0 is the truth."""
    cell = overall(
        draw("""
        population | y
        2          | 3
        2          | 5
        """)
    )
    assert (cell.se, cell.ci_low, cell.ci_high, cell.interval) == (0, 4, 4, "exact")


def test_strata_vary_only_within() -> None:
    """Mean 320 / 60. Influence w (y - mean) / 60; each stratum adds 2 / 1 x twice half its gap squared."""
    cell = overall(
        draw("""
        stratum | weight | y
        hills   | 10     | 1
        hills   | 10     | 3
        plains  | 20     | 5
        plains  | 20     | 9
        """)
    )
    hills, plains = 10 * (3 - 1) / 60, 20 * (9 - 5) / 60
    assert cell.se == pytest.approx(sqrt(hills**2 + plains**2))
    assert cell.df == 2


def test_neighbours_are_alike_and_count_for_less() -> None:
    """Three clusters with sums of deviations -4, 0, 4 over 6 people: (3 / 2) (16 + 0 + 16) / 36."""
    cell = overall(
        draw("""
        cluster | y
        a       | 1
        a       | 1
        b       | 3
        b       | 3
        c       | 5
        c       | 5
        """)
    )
    assert cell.se == pytest.approx(sqrt(3 / 2 * 32 / 36))
    assert (cell.clusters, cell.df) == (3, 2)
    assert cell.deff == pytest.approx((3 / 2 * 32 / 36) / (16 / 5 / 6))
    assert cell.n_effective == pytest.approx(6 / cell.deff)


def test_a_group_keeps_the_clusters_in_which_nobody_of_it_was_met() -> None:
    """Nobody of group g in cluster c: it counts as 0 in the total of g, which is 3, 5 and 0 by cluster."""
    frame = draw(
        """
        cluster | group | y
        a       | g     | 3
        b       | g     | 5
        b       | other | 1
        c       | other | 1
        """,
        MeasureKind.TOTAL,
    )
    cell = cells(frame, "group")["g",]
    mean = 8 / 3
    assert cell.value == 8
    assert cell.se == pytest.approx(sqrt(3 / 2 * ((3 - mean) ** 2 + (5 - mean) ** 2 + mean**2)))
    assert (cell.clusters, cell.df) == (2, 1)


def test_two_stages() -> None:
    """2 of 4 villages, 2 of 4 households in each. Sums of w y by village: 16 and 32.

    Villages: (1 - 2/4) 2 / 1 x (8^2 + 8^2). Households, times the share of villages 2/4: in the first village
    w y is 4 and 12, in the second 12 and 20, so (1 - 2/4) 2 / 1 x (4^2 + 4^2) each.
    """
    frame = draw(
        """
        cluster | cluster2 | population | population2 | weight | y
        a       | a1       | 4          | 4           | 4      | 1
        a       | a2       | 4          | 4           | 4      | 3
        b       | b1       | 4          | 4           | 4      | 3
        b       | b2       | 4          | 4           | 4      | 5
        """,
        MeasureKind.TOTAL,
    )
    assert overall(frame).se == pytest.approx(sqrt(128 + 2 / 4 * (32 + 32)))


LONELY = """
    stratum | y
    hills   | 2
    hills   | 6
    plains  | 10
    """


def test_a_lonely_cluster_is_held_against_the_mean_of_all() -> None:
    """``adjust``: hills add 2 (2^2 + 2^2); the mean of all clusters is 6, so plains add (10 - 6)^2."""
    cell = overall(draw(LONELY, MeasureKind.TOTAL), lonely=Lonely.ADJUST)
    assert cell.se == pytest.approx(sqrt(16 + 16))
    assert cell.df == 1


LONELY_GROUPS = """
    stratum | cluster | weight | woman | y
    hills   | a       | 2      | yes   | 10
    hills   | a       | 3      | no    | 3
    hills   | b       | 2      | yes   | 5
    hills   | b       | 1      | no    | 8
    plains  | c       | 4      | no    | 2
    plains  | c       | 5      | yes   | 7
    plains  | d       | 3      | yes   | 4
    coast   | e       | 6      | yes   | 9
    coast   | e       | 2      | no    | 1
    """


R_4_1_WOMEN, R_4_1_MEN = (
    59.53990258642,
    8.306623862918,
)  # SE(svytotal(~y, subset(design, ...))), R survey 4.1.1


def test_in_a_group_the_mean_of_all_counts_clusters_without_it_as_nothing() -> None:
    """The formula for a total of a group, whose answer is w y of its own people and 0 of everybody else.

    Women: a 20, b 10, c 35, d 12, e 54, 26.2 on average. Hills add 2 (5^2 + 5^2), plains 2 (11.5^2 + 11.5^2),
    the coast (54 - 26.2)^2. Men: 9, 8, 8, 0, 2, so 5.4: hills 2 (0.5^2 + 0.5^2), plains 2 (4^2 + 4^2), coast
    (2 - 5.4)^2. R survey 4.1.1 measures the coast from 0, which is the mean of all only for ratios; 4.5
    measures it from that mean, for totals too.
    """
    found = cells(draw(LONELY_GROUPS, MeasureKind.TOTAL), "woman", lonely=Lonely.ADJUST)
    women, men = found["yes",], found["no",]
    assert women.se == pytest.approx(sqrt(100 + 529 + (54 - 26.2) ** 2))
    assert men.se == pytest.approx(sqrt(1 + 64 + (2 - 5.4) ** 2))
    assert sqrt(100 + 529 + 54**2) == pytest.approx(R_4_1_WOMEN)
    assert sqrt(1 + 64 + 2**2) == pytest.approx(R_4_1_MEN)


def test_a_lonely_stratum_with_nobody_of_the_group_adds_nothing_to_it() -> None:
    """As in R, where a subset no longer has that stratum. Men: a 9, b 8, c 8, and nobody at the coast."""
    drawing = LONELY_GROUPS.replace("coast   | e       | 2      | no    | 1\n", "")
    found = cells(draw(drawing, MeasureKind.TOTAL), "woman", lonely=Lonely.ADJUST)
    assert found["no",].se == pytest.approx(sqrt(1 + 64))


def test_a_lonely_cluster_may_take_the_average_of_the_other_strata() -> None:
    cell = overall(draw(LONELY, MeasureKind.TOTAL), lonely=Lonely.AVERAGE)
    assert cell.se == pytest.approx(sqrt(16 * 2 / 1))


def test_a_lonely_cluster_may_be_taken_as_certain() -> None:
    cell = overall(draw(LONELY, MeasureKind.TOTAL), lonely=Lonely.CERTAINTY)
    assert cell.se == pytest.approx(sqrt(16))


def test_a_lonely_cluster_may_be_refused() -> None:
    with pytest.raises(InputError, match=r'The stratum "plains" has only one cluster.*Merge it') as refusal:
        overall(draw(LONELY), lonely=Lonely.FAIL)
    assert len(refusal.value.faults) == 1


def test_clusters_that_agree_show_no_error_but_are_not_certain() -> None:
    """Each cluster has the same mean by chance: the standard error cannot be estimated; it is not 0."""
    cell = overall(
        draw("""
        cluster | y
        a       | 1
        a       | 5
        b       | 2
        b       | 4
        """)
    )
    assert cell.value == 3
    assert (cell.se, cell.ci_low, cell.ci_high, cell.cv, cell.interval) == (None, None, None, None, "")


def test_one_cluster_says_nothing_about_the_others() -> None:
    cell = overall(
        draw("""
        cluster | y
        a       | 1
        a       | 5
        """)
    )
    assert (cell.value, cell.se, cell.df) == (3, None, 0)


def test_nobody_found_is_not_nobody_there() -> None:
    """0 of 3: the interval reaches up to where 0 of 3 has a chance of 2.5 %, 1 - 0.025^(1/3)."""
    cell = overall(
        draw(
            """
        y
        0
        0
        0
        """,
            MeasureKind.PROPORTION,
        )
    )
    assert (cell.value, cell.se, cell.ci_low) == (0, None, 0)
    assert cell.ci_high == pytest.approx(1 - 0.025 ** (1 / 3))
    assert cell.interval == "korn_graubard"


def test_nobody_in_one_village_says_nothing_about_the_next() -> None:
    rows = ["cluster | y", *["a | 0"] * 40]
    cell = overall(draw("\n".join(rows), MeasureKind.PROPORTION))
    assert (cell.value, cell.ci_low, cell.ci_high, cell.interval) == (0, None, None, "")
    assert (cell.verdict, cell.n_needed) == (Verdict.COLLECT_MORE, None)


def test_without_a_design_there_is_no_error() -> None:
    cell = overall(
        draw("""
        weight | y
        1      | 2
        3      | 6
        """),
        basis=Basis.NONE,
    )
    assert cell.value == 5
    assert (cell.se, cell.ci_low, cell.ci_high, cell.df, cell.interval) == (None, None, None, None, "")
    assert (cell.n_effective, cell.deff, cell.cv) == (None, None, None)
    assert cell.n_kish == pytest.approx((1 + 3) ** 2 / (1 + 9))


def test_a_population_cannot_be_smaller_than_its_sample() -> None:
    frame = draw("""
        stratum | population | y
        hills   | 1          | 2
        hills   | 1          | 4
        """)
    with pytest.raises(InputError, match='stratum "hills" at stage 1 is given as 1, but 2 were drawn'):
        overall(frame)


@pytest.mark.parametrize(("given", "words"), [("0", "given as 0, but 1 were drawn"), (".", "is missing")])
def test_a_population_is_a_number_of_people(given: str, words: str) -> None:
    frame = draw(f"stratum | population | y\nhills | {given} | 2\nplains | 4 | 2")
    with pytest.raises(InputError, match=f'stratum "hills" at stage 1 .*{words}'):
        overall(frame)


def test_a_stratum_has_one_population() -> None:
    frame = draw("""
        stratum | population | y
        hills   | 8          | 2
        hills   | 9          | 4
        """)
    with pytest.raises(InputError, match='stratum "hills" at stage 1 is given as 8 and as 9'):
        overall(frame)
