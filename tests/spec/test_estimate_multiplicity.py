"""Twenty comparisons, one of them beyond chance by itself: what is left when all are thought of."""

from __future__ import annotations

import numpy as np
import pytest

from everycount.estimate.estimates import Against, Contrast
from everycount.estimate.multiplicity import adjusted, by_chance, p_values
from everycount.estimate.plan import Multiplicity

BH, BY, HOLM, NONE = Multiplicity


def gap(difference: float, se: float | None, df: int | None) -> Contrast:
    """A comparison of two groups."""
    return Contrast("m", (("g", "a"),), Against.REST, (), difference, se, *(None,) * 5, df)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # p       0.01   0.02   0.03   0.04   0.5
        # m p / i 0.05   0.05   0.05   0.05   0.5
        (BH, [0.05, 0.05, 0.05, 0.05, 0.5]),
        # times 1 + 1/2 + 1/3 + 1/4 + 1/5 = 137 / 60
        (BY, [137 / 1200] * 4 + [1]),
        # (m - i + 1) p: 0.05, 0.08, 0.09, 0.08, 0.5, never falling
        (HOLM, [0.05, 0.08, 0.09, 0.09, 0.5]),
        (NONE, [0.01, 0.02, 0.03, 0.04, 0.5]),
    ],
)
def test_five_comparisons(rule: Multiplicity, expected: list[float]) -> None:
    p = np.array([0.01, 0.02, 0.03, 0.04, 0.5])
    assert adjusted(p, rule) == pytest.approx(expected)
    assert adjusted(p[::-1], rule) == pytest.approx(expected[::-1])


def test_a_p_value_is_that_of_students_t() -> None:
    """A difference of 2.228 standard errors is the 97.5 % point of t on 10 degrees of freedom."""
    assert p_values([gap(-2.2281388520, 1, 10)]) == pytest.approx(0.05)


def test_what_has_no_error_is_in_no_family() -> None:
    alone, beside = [gap(3, 1, 10)], [gap(3, 1, 10), gap(9, None, None), gap(9, 1, 0)]
    assert by_chance(beside, BH, 0.95)[0] == by_chance(alone, BH, 0.95)[0]
    assert [one.p for one in by_chance(beside, BH, 0.95)[1:]] == [None, None]
    assert [one.differs for one in by_chance(beside, BH, 0.95)[1:]] == [None, None]


def test_where_everybody_was_asked_a_difference_is_there_or_not() -> None:
    assert p_values([gap(0.1, 0, 3), gap(0, 0, 3)]).tolist() == [0, 1]


def test_one_of_twenty_by_itself_is_none_of_twenty_together() -> None:
    many = [gap(2.5, 1, 30), *(gap(0.1 * place, 1, 30) for place in range(19))]
    assert by_chance(many, NONE, 0.95)[0].differs
    assert not any(one.differs for one in by_chance(many, BH, 0.95))


def test_nothing_compared_is_nothing_found() -> None:
    assert by_chance([], BH, 0.95) == []
