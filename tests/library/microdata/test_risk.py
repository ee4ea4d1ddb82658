"""Rare combinations, against figures of sdcMicro's vignette and its documentation."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount.microdata.risk import risk

if TYPE_CHECKING:
    from pathlib import Path


def combinations(path: Path, columns: list[str]) -> list[tuple[str, ...]]:
    with path.open(newline="", encoding="utf-8") as file:
        return [tuple(row[name] for name in columns) for row in csv.DictReader(file)]


@pytest.mark.shared
def test_records_below_two_three_and_five(shared: Path) -> None:
    columns = ["urbrur", "roof", "walls", "water", "electcon", "relat", "sex"]
    found = risk(columns, combinations(shared / "data" / "disclosure-test" / "testdata.csv", columns))
    assert (found.records, found.alone, found.below, found.below_five) == (4580, 157, 281, 458)


@pytest.mark.shared
def test_text_keys_count_like_numbers(shared: Path) -> None:
    """A peer turns text keys into missing values and then finds nobody rare."""
    columns = ["Key1", "Key2", "Key3", "Key4"]
    keys = combinations(shared / "data" / "disclosure-test" / "francdat.csv", columns)
    plain, lettered = risk(columns, keys), risk(columns, [tuple(f"code {c}" for c in key) for key in keys])
    assert plain == lettered
    assert plain.alone == 4  # fk = 2 2 2 1 1 1 1 2


def test_the_sentence_says_how_many_and_by_what() -> None:
    words = risk(["sex", "place"], [("f", "a"), ("f", "a"), ("f", "a"), ("m", None)]).words
    assert words.startswith("Of 4 records 1 are the only one with their combination of sex, place")
