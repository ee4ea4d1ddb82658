from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from everycount.quality.interviewers import clustering, interviewer_signals, stability
from everycount.quality.report import Grade
from everycount.sample import ColumnKind
from library.quality.answered import answers


def test_a_balanced_table_by_hand() -> None:
    # Interviewer a: 1 3, b: 5 7. Means 2, 6, all 4: between 2 x (4 + 4) = 16 on 1, within 4 on 2.
    found = clustering(np.array([1.0, 3, 5, 7]), np.array([0, 0, 1, 1]))
    assert found.icc == pytest.approx((16 - 2) / (16 + 2))
    assert found.size == 2
    assert found.deff == pytest.approx(1 + (16 - 2) / (16 + 2))


def test_everybody_alike_within_and_different_between() -> None:
    found = clustering(np.array([1.0, 1, 2, 2]), np.array([0, 0, 1, 1]))
    assert (found.icc, found.p) == (1, 0)


def test_without_any_difference_there_is_no_clustering() -> None:
    found = clustering(np.ones(6), np.array([0, 0, 1, 1, 2, 2]))
    assert (found.icc, found.deff, found.p) == (0, 1, 1)


def test_p_is_that_of_the_f_test() -> None:
    from scipy.stats import f_oneway

    rng = np.random.default_rng(6)
    values, groups = rng.normal(size=90), rng.integers(0, 6, 90)
    expected = f_oneway(*(values[groups == each] for each in range(6)))
    assert clustering(values, groups).p == pytest.approx(expected.pvalue)


def test_the_indicator_of_a_yes_is_the_same_as_both_indicators() -> None:
    rng = np.random.default_rng(7)
    yes, groups = rng.integers(0, 2, 80).astype(float), rng.integers(0, 5, 80)
    one, both = clustering(yes, groups), clustering(np.column_stack([yes, 1 - yes]), groups)
    assert both.icc == pytest.approx(one.icc)
    assert both.p == pytest.approx(one.p)


def test_stability_by_hand() -> None:
    index, chance = stability(np.array([20, 0]), np.array([50, 50]))
    p, q = np.array([20.5, 0.5]) / 21, np.array([50.5, 50.5]) / 101
    assert index == pytest.approx(((p - q) * np.log(p / q)).sum())
    assert chance == pytest.approx(1 / 20 + 1 / 100)


def test_stability_of_equal_distributions_is_what_chance_makes() -> None:
    rng = np.random.default_rng(8)
    share = [0.5, 0.3, 0.2]
    drawn = [stability(rng.multinomial(60, share), rng.multinomial(900, share)) for _ in range(800)]
    assert np.mean([index for index, _ in drawn]) == pytest.approx(drawn[0][1], rel=0.1)


def invented(effect: float) -> dict[str, list[str]]:
    """Ten interviewers with thirty interviews each; the last writes one answer ``effect`` of the time."""
    rng = np.random.default_rng(9)
    who = [f"i{place // 30}" for place in range(300)]
    columns = {"who": who}
    for question in range(12):
        values = rng.integers(0, 4, 300)
        values[270:] = np.where(rng.random(30) < effect, 0, values[270:])
        columns[f"q{question}"] = [str(value) for value in values]
    return columns


def test_an_interviewer_who_invents_stands_apart() -> None:
    columns = invented(0.9)
    found = list(interviewer_signals(answers(**columns), "who", [f"q{place}" for place in range(12)]))
    alone = [signal for signal in found if signal.about == "who i9"]
    assert [signal.grade for signal in alone] == [Grade.SERIOUS]
    assert alone[0].rows == tuple(range(271, 301))
    assert {signal.about for signal in found if signal.rows} == {"who i9"}
    assert sum(signal.about.startswith("q") for signal in found) == 12


def test_interviewers_who_do_the_same_are_fine() -> None:
    found = list(interviewer_signals(answers(**invented(0)), "who", [f"q{place}" for place in range(12)]))
    assert [(signal.about, signal.grade) for signal in found] == [("who", Grade.FINE)]


def test_few_different_numbers_are_numbers_where_the_column_says_so() -> None:
    """Half of the interviewers meet households of 1 or 3, half of 2 or 4."""
    who = [f"i{place % 10}" for place in range(200)]
    sizes = [str(1 + place % 2 + 2 * (place // 100)) for place in range(200)]
    table = answers(who=who, size=sizes)
    column = replace(table.columns["size"].column, kind=ColumnKind.NUMBER)
    numeric = {**table.columns, "size": replace(table.columns["size"], column=column)}
    plain = list(interviewer_signals(table, "who", ["size"]))
    as_numbers = list(interviewer_signals(replace(table, columns=numeric), "who", ["size"]))
    groups = table.columns["who"].codes
    expected = clustering(np.array(sizes, dtype=float), groups).icc
    assert as_numbers[0].figure == pytest.approx(expected)
    assert plain[0].figure == pytest.approx(
        clustering((np.array(sizes)[:, None] == ["1", "2", "3", "4"]).astype(float), groups).icc
    )
    assert as_numbers[0].figure != pytest.approx(plain[0].figure)


def test_few_interviewers_are_not_judged() -> None:
    columns = {"who": ["a", "b", "c", "d"] * 20, "q": ["1", "2", "1", "2"] * 20}
    assert not list(interviewer_signals(answers(**columns), "who", ["q"]))
