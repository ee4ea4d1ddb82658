"""The perturbation table, and the method held against the one of the UK Office for National Statistics."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from cell_key_perturbation.create_perturbed_table import create_perturbed_table
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.estimate.keyed import MODULUS
from everycount.protect.cell_key import Perturbation

COARSE = 256  # keys of the other program: whole numbers below this


@given(most=st.integers(1, 8), part=st.floats(0.02, 0.98), count=st.integers(1, 12))
@settings(max_examples=120, deadline=None)
def test_no_bias_the_variance_promised_and_nothing_beyond_the_most(
    most: int, part: float, count: int
) -> None:
    table = Perturbation(most, most * part)
    row = table.row(count)
    assert sum(row.values()) == pytest.approx(1)
    assert min(row.values()) >= 0
    assert sum(change * chance for change, chance in row.items()) == pytest.approx(0, abs=1e-8)
    spread = sum(change**2 * chance for change, chance in row.items())
    assert spread == pytest.approx(most * part, rel=1e-7)
    assert -min(most, count) <= min(row)
    assert max(row) <= most


@given(base=st.integers(2, 20), count=st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_random_rounding_has_no_bias_and_goes_to_a_neighbour(base: int, count: int) -> None:
    row = Perturbation(base=base).row(count)
    assert sum(change * chance for change, chance in row.items()) == pytest.approx(0, abs=1e-12)
    assert all((count + change) % base == 0 and abs(change) < base for change in row)


@given(count=st.integers(0, 40), most=st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_evenly_spread_keys_give_the_chances_of_the_table(count: int, most: int) -> None:
    for table in (Perturbation(most, most / 2), Perturbation(base=most + 1)):
        found: dict[int, int] = {}
        for key in range(0, MODULUS, MODULUS // 4096):
            change = table.change(count, key)
            found[change] = found.get(change, 0) + 1
        expected = table.row(count) if count else {0: 1.0}
        assert all(abs(found.get(one, 0) / 4096 - chance) < 0.001 for one, chance in expected.items())
        assert set(found) <= set(expected)


def test_the_last_key_is_a_key() -> None:
    table = Perturbation(4, 2.5)
    assert table.change(9, MODULUS - 1) == 4
    assert table.change(9, 0) == -4


def test_the_largest_entropy_of_a_large_count_has_no_side() -> None:
    row = Perturbation(3, 1.2).row(50)
    assert [row[change] for change in (1, 2, 3)] == pytest.approx([row[-change] for change in (1, 2, 3)])


def test_the_other_program_changes_the_same_cells_by_the_same_numbers() -> None:
    """Given our table and its own coarser keys, it prints what we print. Its counts below 10 are hidden."""
    dice = random.Random(11)  # noqa: S311 - invented people, not a secret
    people = pd.DataFrame(
        [(dice.choice("abc"), dice.choice("fm"), dice.randrange(COARSE)) for _ in range(900)],
        columns=["place", "sex", "key"],
    )
    ours = Perturbation(5, 3.0)
    step = MODULUS // COARSE
    table = pd.DataFrame(
        [(count, key, ours.change(count, key * step)) for count in range(1, 751) for key in range(COARSE)],
        columns=["pcv", "ckey", "pvalue"],
    )
    for by in (["place"], ["sex"], ["place", "sex"]):
        theirs = create_perturbed_table(
            data=people, geog=[], tab_vars=by, record_key="key", ptable=table, use_existing_ons_id=False
        )
        found = people.groupby(by)["key"].agg(["size", "sum"]).reset_index()
        assert len(theirs) == len(found)
        for row, mine in zip(theirs.to_dict("records"), found.to_dict("records"), strict=True):
            count, key = int(mine["size"]), int(mine["sum"]) % COARSE
            assert row["pre_sdc_count"] == count
            assert row["count"] == count + ours.change(count, key * step)
