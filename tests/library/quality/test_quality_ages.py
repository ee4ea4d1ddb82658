"""Whipple, Myers, age ratios and the age-sex accuracy index, against tables worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.quality import Roles
from everycount.quality.ages import (
    age_ratio_score,
    age_ratios,
    age_signals,
    by_age,
    joint_score,
    joint_score_by_chance,
    myers,
    myers_by_chance,
    whipple,
)
from everycount.quality.report import Check, Grade
from library.quality.answered import answers


def people(**ages: int) -> np.ndarray:
    """a20=5 means five people aged 20."""
    counts = np.zeros(131, dtype=np.int64)
    for age, count in ages.items():
        counts[int(age[1:])] = count
    return counts


EVEN = np.full(131, 7)


def test_an_even_population_prefers_no_digit() -> None:
    assert whipple(EVEN) == 100
    assert myers(EVEN) == pytest.approx(0, abs=1e-12)
    assert age_ratio_score(EVEN) == 0
    assert joint_score(EVEN, 2 * EVEN) == 0


def test_an_evenly_falling_population_prefers_hardly_any() -> None:
    falling = np.arange(1300, -1, -10)
    # Ages 23 to 62 have their middle at 42.5 and the ages 25, 30 ... 60 likewise.
    assert whipple(falling) == 100
    # A plain count of digits would find 0 more often than 9: 10, 20 ... 80 are younger than 19, 29 ... 89.
    assert myers(falling) < 0.5
    assert age_ratios(falling) == pytest.approx(100)


def test_ages_that_all_end_on_0_and_5() -> None:
    heaped = np.where(np.arange(131) % 5 == 0, 10, 0)
    assert whipple(heaped) == 500
    # Two digits of ten hold everybody: 80 % would have to move.
    assert myers(heaped) == pytest.approx(80, abs=3)


def test_one_digit_only() -> None:
    assert myers(np.where(np.arange(131) % 10 == 0, 10, 0)) == pytest.approx(90)


def test_whipple_by_hand() -> None:
    # 30 of 80 people aged 23 to 62 end on 0 or 5; those aged 20 and 65 are outside.
    counts = people(a20=99, a23=20, a25=10, a40=15, a41=30, a60=5, a65=99)
    assert whipple(counts) == 500 * 30 / 80


def test_myers_by_hand() -> None:
    # Of the ten ranges 10-89, 11-90 ... 19-98 age 12 stands in three (those from 10, 11, 12), age 33 in all
    # ten and age 95 in four (those from 16, 17, 18, 19). Digits: 2 -> 3 x 10, 3 -> 10 x 4, 5 -> 4 x 5.
    counts = people(a12=10, a33=4, a95=5)
    shares = np.array([0, 0, 30, 40, 0, 20, 0, 0, 0, 0]) / 90
    assert myers(counts) == pytest.approx(50 * np.abs(shares - 0.1).sum())


def test_age_ratios_by_hand() -> None:
    counts = people(a2=10, a7=30, a12=20)
    assert age_ratios(counts)[0] == 200 * 30 / (10 + 20)


def test_the_joint_score_by_hand() -> None:
    # One man more in the group 10-14: its sex ratio is 120 among 100s, its age ratio 120, its neighbours'
    # 200 x 5 / 11.
    women = np.ones(131, dtype=np.int64)
    men = women.copy()
    men[12] = 2
    steps = (20 + 20) / 14
    ratios = (20 + 2 * (100 - 200 * 5 / 11)) / 14
    assert joint_score(men, women) == pytest.approx(3 * steps + ratios)


def test_ages_that_are_none_do_not_count() -> None:
    counted = by_age(np.array([0.0, 0.9, 34, 130, 131, -1, 999, np.nan]))
    assert counted.sum() == 4
    assert counted[0] == 2


def test_chance_is_as_large_as_repeated_draws_say() -> None:
    rng = np.random.default_rng(20_251)
    drawn = np.array([myers(np.bincount(rng.integers(20, 90, 400), minlength=131)) for _ in range(1500)])
    mean, most = myers_by_chance(400)
    # The standard error of the mean of 1500 draws with a deviation of 1.4 is 0.04; the formula takes shares
    # as independent, which costs a little.
    assert drawn.mean() == pytest.approx(mean, abs=0.2)
    assert (drawn > most).mean() == pytest.approx(0.05, abs=0.025)


def test_the_joint_score_by_chance_is_as_large_as_repeated_draws_say() -> None:
    rng = np.random.default_rng(20_252)
    expected = np.full(131, 200.0)
    drawn = [joint_score(rng.poisson(expected), rng.poisson(expected)) for _ in range(300)]
    said = joint_score_by_chance(np.full(131, 200), np.full(131, 200))
    assert np.mean(drawn) == pytest.approx(said, rel=0.05)


def grades(ages: list[int], **more: list[str]) -> dict[Check, Grade]:
    roles = Roles(age="age", sex="sex", male=("m",), female=("f",))
    found = age_signals(answers("members", age=ages, **more), roles)
    return {signal.check: signal.grade for signal in found}


def test_rounded_ages_are_serious() -> None:
    assert grades([20 + 5 * (place % 12) for place in range(600)]) == {
        Check.WHIPPLE: Grade.SERIOUS,
        Check.MYERS: Grade.LOOK,
    }


def test_even_ages_are_fine() -> None:
    assert grades([10 + place % 80 for place in range(800)]) == {
        Check.WHIPPLE: Grade.FINE,
        Check.MYERS: Grade.FINE,
    }


def test_few_people_are_not_judged() -> None:
    assert grades([25] * 99) == {}


def test_what_chance_may_do_is_no_finding() -> None:
    # 25 of 100 on 0 and 5 is an index of 125; chance exceeds 133 once in twenty.
    ages = [30] * 25 + [31, 32, 33, 34, 36] * 15
    assert grades(ages)[Check.WHIPPLE] is Grade.FINE


@pytest.mark.parametrize(("men", "grade"), [(100, Grade.FINE), (130, Grade.LOOK), (160, Grade.SERIOUS)])
def test_the_sex_ratio_of_a_roster(men: int, grade: Grade) -> None:
    found = grades([5] * (men + 100), sex=["m"] * men + ["f"] * 100)
    assert found[Check.SEX_RATIO] is grade


def test_the_sex_ratio_of_respondents_has_no_threshold() -> None:
    roles = Roles(sex="sex", male=("m",), female=("f",))
    (signal,) = age_signals(answers(sex=["m"] * 900 + ["f"] * 100), roles)
    assert (signal.grade, signal.figure) == (Grade.OPEN, 900)


def test_the_structure_of_a_large_place_is_judged_and_of_a_small_one_is_not() -> None:
    ages = np.repeat(np.arange(80), 2000)
    sexes = ["m", "f"] * (len(ages) // 2)
    assert grades(ages.tolist(), sex=sexes)[Check.AGE_STRUCTURE] is Grade.FINE
    moved = np.where((ages >= 20) & (ages < 25) & (np.arange(len(ages)) % 10 > 1), 30, ages)
    assert grades(moved.tolist(), sex=sexes)[Check.AGE_STRUCTURE] is Grade.LOOK
    men = np.where(np.array(sexes) == "m", moved, ages)
    assert grades(men.tolist(), sex=sexes)[Check.AGE_STRUCTURE] is Grade.SERIOUS
    assert Check.AGE_STRUCTURE not in grades(ages[::4].tolist(), sex=sexes[1::4])
