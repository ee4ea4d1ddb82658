from __future__ import annotations

import time

import numpy as np
import pytest

from everycount.quality.alike import (
    comparable,
    duplicate_signals,
    matches,
    near_duplicate_signals,
    twins_by_chance,
)
from everycount.quality.report import Grade
from library.quality.answered import answers


def codes(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int32)


def test_the_share_of_equal_answers() -> None:
    found = matches(codes([1, 1, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]))
    assert found.share.tolist() == [0.75, 0.75, 0.25]
    assert found.partner[:2].tolist() == [1, 0]


def test_questions_open_in_both_do_not_count_and_in_one_are_a_difference() -> None:
    found = matches(codes([1, 1, -1, -1], [1, 1, -1, 0]))
    assert found.share == pytest.approx([2 / 3, 2 / 3])


def test_records_without_any_answer_are_not_alike() -> None:
    assert matches(codes([-1, -1], [-1, -1])).share.tolist() == [0, 0]


def test_seventeen_of_twenty_are_no_more_than_85_percent() -> None:
    table = np.zeros((2, 20), dtype=np.int32)
    table[1, :3] = 1
    assert matches(table).share.tolist() == [0.85, 0.85]


def test_twins_name_each_other() -> None:
    found = matches(codes([5, 6], [1, 2], [5, 6], [5, 6]))
    assert found.share.tolist() == [1, 0, 1, 1]
    assert found.partner[[0, 2, 3]].tolist() == [3, 0, 0]


def drawn(records: int, questions: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 4, (records, questions)).astype(np.int32)


def test_planted_copies_are_found_among_many_without_comparing_every_pair() -> None:
    table = drawn(3_000, 40, 1)
    copied = np.random.default_rng(2).permutation(3_000)[:100]
    for place, (original, copy) in enumerate(zip(copied[:50], copied[50:], strict=True)):
        table[copy] = table[original]
        table[copy, [place % 40, (place + 7) % 40, (place + 21) % 40]] += 10  # 92.5 % stay
    every, some = matches(table), matches(table, exact=0)
    assert every.every_pair
    assert not some.every_pair
    assert (some.share <= every.share).all()
    assert set(np.flatnonzero(every.share > 0.85)) == set(copied)
    assert set(np.flatnonzero(some.share > 0.85)) == set(copied)


@pytest.mark.slow
def test_many_records_take_seconds() -> None:
    table = drawn(60_000, 60, 3)
    began = time.perf_counter()
    matches(table)
    assert time.perf_counter() - began < 60


def test_twins_by_chance_are_as_many_as_repeated_draws_say() -> None:
    rng = np.random.default_rng(4)
    pairs = []
    for _ in range(300):
        table = rng.integers(0, 3, (60, 4))
        _, counts = np.unique(table, axis=0, return_counts=True)
        pairs.append((counts * (counts - 1) / 2).sum())
    expected = twins_by_chance([np.array([20, 20, 20])] * 4, 60)
    assert np.mean(pairs) == pytest.approx(expected, rel=0.05)


def survey(records: int, questions: int) -> dict[str, list[str | None]]:
    table = drawn(records, questions, 5)
    return {f"q{place}": [str(code) for code in table[:, place]] for place in range(questions)}


def test_duplicates_are_named_by_row() -> None:
    columns = survey(200, 20)
    for values in columns.values():
        values[150] = values[20]
    (signal,) = duplicate_signals(answers(**columns), list(columns))
    assert (signal.grade, signal.rows, signal.figure) == (Grade.LOOK, (21, 151), 1.0)


def test_duplicates_that_chance_makes_are_no_finding() -> None:
    columns = survey(200, 2)
    (signal,) = duplicate_signals(answers(**columns), list(columns))
    assert (signal.grade, signal.rows) == (Grade.OPEN, ())


@pytest.mark.parametrize(("copies", "grade"), [(0, Grade.FINE), (2, Grade.LOOK), (20, Grade.SERIOUS)])
def test_near_duplicates(copies: int, grade: Grade) -> None:
    columns = survey(200, 80)
    for place, values in enumerate(columns.values()):
        for copy in range(copies):
            if place % 10:
                values[100 + copy] = values[copy]
    (signal,) = near_duplicate_signals(answers(**columns), list(columns))
    assert signal.grade is grade
    assert signal.rows == (*range(1, copies + 1), *range(101, 101 + copies))


def test_few_questions_are_not_judged() -> None:
    columns = survey(200, 12)
    (signal,) = near_duplicate_signals(answers(**columns), list(columns))
    assert signal.grade in {Grade.OPEN, Grade.FINE}
    assert not list(near_duplicate_signals(answers(**columns), list(columns)[:9]))


def test_open_questions_and_open_records_are_left_out() -> None:
    columns = survey(100, 12)
    columns["open"] = [None] * 11 + ["1"] * 88 + ["2"]
    columns["same"] = ["1"] * 100
    for name in list(columns)[:4]:
        columns[name][99] = None
    chosen, rows = comparable(answers(**columns), list(columns))
    assert list(chosen) == [f"q{place}" for place in range(12)]
    assert np.flatnonzero(~rows).tolist() == [99]
