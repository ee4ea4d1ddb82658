from __future__ import annotations

import numpy as np
import pytest

from everycount.quality.digits import digit_preference, digit_signals, last_digits
from everycount.quality.report import Grade
from library.quality.answered import answers


def digits(*words: str) -> dict[int, int]:
    counted = last_digits(words, np.ones(len(words), dtype=np.int64))
    return {place: int(count) for place, count in enumerate(counted) if count}


def test_whole_numbers_end_on_their_last_digit() -> None:
    assert digits("7", "17", "120", "-3") == {0: 1, 3: 1, 7: 2}


def test_decimals_are_read_at_the_finest_place_written() -> None:
    assert digits("12.5", "12", "3.25") == {0: 2, 5: 1}


def test_a_trailing_zero_of_the_export_is_no_digit() -> None:
    assert digits("12.0", "13.0") == {2: 1, 3: 1}


def test_what_is_no_number_does_not_count() -> None:
    assert digits("many", "1e5", "", "٣", "4") == {4: 1}


def test_the_score_by_hand() -> None:
    # Chi-square of 20 numbers, 11 of them on one digit: (11 - 2)^2 / 2 + 9 x (1 - 2)^2 / 2 = 45.
    counts = np.array([11, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    assert digit_preference(counts) == pytest.approx(100 * np.sqrt(45 / (20 * 9)))


def test_its_ends() -> None:
    assert digit_preference(np.full(10, 12)) == 0
    assert digit_preference(np.array([500, *[0] * 9])) == pytest.approx(100)


@pytest.mark.parametrize(
    ("rounded", "grade"), [(0, Grade.FINE), (60, Grade.FINE), (160, Grade.LOOK), (600, Grade.SERIOUS)]
)
def test_grades(rounded: int, grade: Grade) -> None:
    values = [*range(100, 1100), *[50] * rounded]
    (signal,) = digit_signals(answers(minutes=values), ["minutes"])
    assert signal.grade is grade


def test_few_numbers_and_unknown_columns_are_not_judged() -> None:
    assert not list(digit_signals(answers(minutes=[10] * 99), ["minutes", "weight"]))
