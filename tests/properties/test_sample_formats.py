"""The format of a file says nothing about the records in it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.sample import MAIN, Design, DesignKind, Source, read, rows
from library.sample.files import SUFFIXES, write

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})

ODD = ("None", "NA", "nan", "null", "1.0", "007", "true", "=1+1", "a b", 'say "x"', "1;2", "é,ü")
# Characters that every format can hold; a text neither begins nor ends with a space, which SPSS pads with.
plain = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
texts = plain | st.sampled_from(ODD)
numbers = st.integers(-(10**6), 10**6).map(lambda eighths: eighths / 8)  # workbooks keep 15 digits


@st.composite
def records(draw: st.DrawFn) -> dict[str, list[Any]]:
    count = draw(st.integers(1, 6))

    def column(values: st.SearchStrategy[Any], least: Any) -> list[Any]:
        rest = draw(st.lists(st.none() | values, min_size=count - 1, max_size=count - 1))
        return [least, *rest]  # one value at least, or the column has no type

    return {
        "name": column(texts, "x"),
        "size": column(numbers, 1.5),
        # Never empty: workbooks cannot tell an empty last row from no row.
        "code": draw(st.lists(st.sampled_from(["1", "2", "None"]), min_size=count, max_size=count)),
    }


def content(path: Path, missing: tuple[str, ...]) -> list[tuple[Any, ...]]:
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, missing=missing)
    assert list(sample.columns[MAIN]) == ["name", "size", "code"]
    found = rows(sample.tables[MAIN].order_by("_row"))
    return [(*row[:3], None if row[3] is None else float(row[3]), row[4]) for row in found]


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".csv"])
@given(records=records())
@settings(max_examples=12, deadline=None)
def test_every_format_gives_the_same_sample(suffix: str, records: dict[str, list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        expected = content(write(Path(folder), ".csv", records), ("", "NA"))
        assert content(write(Path(folder), suffix, records), ("", "NA")) == expected


@given(records=records())
@settings(max_examples=25, deadline=None)
def test_both_csv_readers_agree_and_change_nothing(records: dict[str, list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), ".csv", records)
        by_duckdb, by_python = (
            rows(read({MAIN: Source(path, encoding=encoding)}, design=PURPOSIVE, missing=()).tables[MAIN])
            for encoding in (None, "utf-8")
        )
    assert by_duckdb == by_python
    assert [row[2] for row in by_duckdb] == [name or "" for name in records["name"]]
    assert [row[4] for row in by_duckdb] == records["code"]
