"""What must hold of the columns of any design."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.sample import MAIN, Design, DesignKind, PopulationWeight, Source, design_columns, read, rows

NOTES = {"frame": "invented"}
COMMON = {"kind": DesignKind.PROBABILITY, "notes": NOTES}
keys = st.sampled_from(["1", "2", "1 2", "a,b", "None", "\x1f", "é"])
records = st.lists(st.tuples(keys, keys, st.integers(1, 10**6)), min_size=1, max_size=15)


def columns(records: list[tuple[str, str, int]], **design: Any) -> list[tuple[Any, ...]]:
    """Columns of the design, with one population per cell of h and psu: the sum of the cell's sizes."""
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    for h, psu, size in records:
        sizes[h, psu] += size
    lines = [f'"{h}","{psu}",{size},{sizes[h, psu]}' for h, psu, size in records]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.csv"
        path.write_text("\n".join(["h,psu,w,pop", *lines]) + "\n", encoding="utf-8")
        sample = read({MAIN: Source(path)}, design=Design(**COMMON, **design))
        return rows(design_columns(sample))


@given(records=records)
@settings(max_examples=20, deadline=None)
def test_population_weights_add_up_to_the_populations(records: list[tuple[str, str, int]]) -> None:
    found = columns(records, weights=PopulationWeight("pop", ("h", "psu")))
    assert sum(row[1] for row in found) == pytest.approx(sum(size for _, _, size in records))


@given(records=records.filter(lambda r: not any("\x1f" in h or "\x1f" in psu for h, psu, _ in r)))
@settings(max_examples=20, deadline=None)
def test_nested_clusters_are_the_pairs_of_stratum_and_code(records: list[tuple[str, str, int]]) -> None:
    found = columns(records, weights="w", strata=("h",), clusters=("psu",))
    assert [row[2] for row in found] == [h for h, _, _ in records]
    by_key = {(row[3]): (h, psu) for row, (h, psu, _) in zip(found, records, strict=True)}
    assert len(by_key) == len({(h, psu) for h, psu, _ in records})


@given(records=records, seed=st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_does_not_matter(records: list[tuple[str, str, int]], seed: Any) -> None:
    shuffled = records.copy()
    seed.shuffle(shuffled)
    design = {"weights": PopulationWeight("pop", ("h", "psu")), "strata": ("h",), "clusters": ("psu",)}
    assert sorted(row[1:] for row in columns(records, **design)) == sorted(
        row[1:] for row in columns(shuffled, **design)
    )
