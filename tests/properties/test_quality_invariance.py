"""The figures of quality against plain second derivations; order and names do not matter."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.quality.ages import by_age, myers, whipple
from everycount.quality.alike import matches
from everycount.quality.coverage import coverage
from everycount.quality.digits import digit_preference, last_digits
from everycount.quality.durations import overlapping
from everycount.quality.interviewers import clustering, stability
from everycount.quality.missing import by_group
from everycount.quality.outliers import far
from everycount.quality.straight import longest_run

COMMON = settings(max_examples=60, deadline=None)
AGES = st.lists(st.integers(0, 110), min_size=1, max_size=200)
TABLES = st.integers(1, 6).flatmap(
    lambda wide: st.lists(st.lists(st.integers(-1, 2), min_size=wide, max_size=wide), min_size=2, max_size=25)
)


@COMMON
@given(AGES)
def test_whipple_counts_people(ages: list[int]) -> None:
    among = [age for age in ages if 23 <= age <= 62]
    round_ones = [age for age in among if age % 5 == 0 and 25 <= age <= 60]
    found = whipple(by_age(np.array(ages, dtype=float)))
    if among:
        assert found == pytest.approx(100 * 5 * len(round_ones) / len(among))
    else:
        assert np.isnan(found)


@COMMON
@given(AGES)
def test_myers_adds_ten_ranges(ages: list[int]) -> None:
    digits = [0] * 10
    for start in range(10, 20):
        for age in ages:
            if start <= age < start + 80:
                digits[age % 10] += 1
    found = myers(by_age(np.array(ages, dtype=float)))
    if sum(digits):
        assert found == pytest.approx(50 * sum(abs(each / sum(digits) - 0.1) for each in digits))
        assert -1e-9 <= found <= 90 + 1e-9
    else:
        assert np.isnan(found)


@COMMON
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=80))
def test_digit_preference_of_whole_numbers(numbers: list[int]) -> None:
    counted = last_digits([str(each) for each in numbers], np.ones(len(numbers), dtype=np.int64))
    plain = [sum(each % 10 == digit for each in numbers) for digit in range(10)]
    n = len(numbers)
    chi2 = sum((each - n / 10) ** 2 / (n / 10) for each in plain)
    assert counted.tolist() == plain
    assert digit_preference(counted) == pytest.approx(100 * (chi2 / (n * 9)) ** 0.5)
    assert 0 <= digit_preference(counted) <= 100 + 1e-9


def share(left: list[int], right: list[int]) -> float:
    either = [(a, b) for a, b in zip(left, right, strict=True) if a >= 0 or b >= 0]
    return sum(a == b for a, b in either) / len(either) if either else 0.0


@COMMON
@given(TABLES)
def test_best_matches_are_those_of_every_pair(rows: list[list[int]]) -> None:
    best = [0.0] * len(rows)
    for i, j in combinations(range(len(rows)), 2):
        best[i], best[j] = max(best[i], share(rows[i], rows[j])), max(best[j], share(rows[i], rows[j]))
    found = matches(np.array(rows, dtype=np.int32))
    assert found.share.tolist() == best
    for place, value in enumerate(best):
        if value:
            partner = int(found.partner[place])
            assert partner != place
            assert share(rows[place], rows[partner]) == value


@COMMON
@given(TABLES, st.randoms(use_true_random=False))
def test_matches_know_neither_order_nor_names(rows: list[list[int]], random: object) -> None:
    table = np.array(rows, dtype=np.int32)
    rng = np.random.default_rng(random.getrandbits(32))  # type: ignore[attr-defined]
    order, questions = rng.permutation(table.shape[0]), rng.permutation(table.shape[1])
    names = np.array([*rng.permutation(3), -1], dtype=np.int32)
    shuffled = names[table][order][:, questions]
    assert matches(shuffled).share.tolist() == matches(table).share[order].tolist()
    # Neighbours only: still at most the truth, and twins are always found.
    some, every = matches(table, exact=0).share, matches(table).share
    assert (some <= every).all()
    assert ((some == 1) == (every == 1)).all()


@COMMON
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-50, 50)), min_size=3, max_size=60))
def test_the_intraclass_correlation_by_the_table_of_variance(pairs: list[tuple[int, int]]) -> None:
    groups = np.array([group for group, _ in pairs], dtype=np.int32)
    values = np.array([value for _, value in pairs], dtype=float)
    found = clustering(values, groups)
    of_group = {group: [v for g, v in pairs if g == group] for group in {g for g, _ in pairs}}
    n, k = len(pairs), len(of_group)
    if k < 2 or n <= k or len(set(values)) == 1:
        assert (found.icc, found.p) == (0, 1)
        return
    mean = sum(values) / n
    msb = sum(len(vs) * (sum(vs) / len(vs) - mean) ** 2 for vs in of_group.values()) / (k - 1)
    msw = sum((v - sum(vs) / len(vs)) ** 2 for vs in of_group.values() for v in vs) / (n - k)
    m0 = (n - sum(len(vs) ** 2 for vs in of_group.values()) / n) / (k - 1)
    assert found.icc == pytest.approx((msb - msw) / (msb + (m0 - 1) * msw), abs=1e-9)
    assert found.icc <= 1 + 1e-9
    scaled = clustering(3 * values - 7, 9 - groups)
    assert scaled.icc == pytest.approx(found.icc, abs=1e-9)


@COMMON
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=6))
def test_stability_is_symmetric_and_zero_for_the_same(counts: list[tuple[int, int]]) -> None:
    mine, others = (np.array(each, dtype=np.int64) for each in zip(*counts, strict=True))
    index, _ = stability(mine, others)
    assert index >= -1e-12
    assert stability(others, mine)[0] == pytest.approx(index)
    assert stability(mine[::-1], others[::-1])[0] == pytest.approx(index)
    assert stability(mine, mine)[0] == pytest.approx(0)


@COMMON
@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 30), st.integers(1, 20)), min_size=1, max_size=20)
)
def test_overlaps_are_those_of_every_pair(visits: list[tuple[int, int, int]]) -> None:
    who, begin, length = (np.array(each) for each in zip(*visits, strict=True))
    plain = [False] * len(visits)
    for i, j in combinations(range(len(visits)), 2):
        if who[i] == who[j] and begin[i] < begin[j] + length[j] and begin[j] < begin[i] + length[i]:
            plain[i] = plain[j] = True
    found = overlapping(begin.astype(float), (begin + length).astype(float), who.astype(np.int32))
    assert found.tolist() == plain


@COMMON
@given(TABLES)
def test_the_longest_run_is_that_of_a_person_reading(rows: list[list[int]]) -> None:
    def read(row: list[int]) -> int:
        runs = [
            end - start
            for start in range(len(row))
            for end in range(start + 1, len(row) + 1)
            if row[start] >= 0 and len(set(row[start:end])) == 1
        ]
        return max(runs, default=0)

    assert longest_run(np.array(rows)).tolist() == [read(row) for row in rows]


@COMMON
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=60), st.integers(1, 9))
def test_far_numbers_are_far_in_any_unit_that_has_a_zero(numbers: list[int], factor: int) -> None:
    signed = np.array(numbers, dtype=float) - max(numbers) - 1  # negative: the plain scale alone
    assert far(signed * factor).tolist() == far(signed).tolist()
    assert far(signed).mean() < 0.5
    order = np.argsort(np.array(numbers), kind="stable")
    assert far(signed[order]).tolist() == far(signed)[order].tolist()


@COMMON
@given(st.lists(st.integers(0, 2), min_size=5, max_size=60), st.integers(2, 5))
def test_coverage_is_zero_for_the_own_shares_and_knows_no_scale_of_weights(
    groups: list[int], factor: int
) -> None:
    codes = np.array([0, 1, 2, *groups], dtype=np.int32)
    weights = 1.0 + np.arange(len(codes)) % 3
    shares = np.bincount(codes, weights=weights) / weights.sum()
    assert coverage(codes, weights, shares).variation == pytest.approx(0, abs=1e-9)
    even = np.full(3, 1 / 3)
    one, other = coverage(codes, weights, even), coverage(codes, factor * weights, even)
    assert (one.variation, one.p) == pytest.approx((other.variation, other.p))
    assert 0 <= one.moved <= 1


@COMMON
@given(st.lists(st.tuples(st.integers(-1, 2), st.booleans()), min_size=1, max_size=150))
def test_missing_answers_by_group_are_counted(pairs: list[tuple[int, bool]]) -> None:
    groups = np.array([group for group, _ in pairs], dtype=np.int32)
    told = np.array([answer for _, answer in pairs])
    link, rows, shares = by_group(told, groups, 3)
    for group in range(3):
        mine = [answer for each, answer in pairs if each == group]
        assert rows[group] == (len(mine) if len(mine) >= 20 else 0)
        if len(mine) >= 20:
            assert shares[group] == pytest.approx(mine.count(False) / len(mine))
    assert 0 <= link.w <= 1 + 1e-9
    assert 0 <= link.p <= 1
