"""The answers of a table, read in one query or, of wide tables, laid out once and read in parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.quality import answers
from everycount.quality.answers import read_answers
from everycount.sample import Design, DesignKind, Source, read
from everycount.sample.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.quality.answers import Answers
    from everycount.sample import Sample

COLUMNS, ROWS = 23, 60


@pytest.fixture
def sample(tmp_path: Path) -> Sample:
    """Invented answers: words, numbers with and without a point, gaps."""
    drawn = np.random.default_rng(7)
    kinds = (["yes", "no", "", "peut-être"], ["1", "2", "10", ""], ["0.5", "2.0", "-3", ""])
    lines = [",".join(f"q{place}" for place in range(COLUMNS))]
    lines += [",".join(str(drawn.choice(kinds[place % 3])) for place in range(COLUMNS)) for _ in range(ROWS)]
    file = tmp_path / "answers.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read({"main": Source(file)}, design=Design(DesignKind.CONVENIENCE))


def plain(found: Answers) -> dict[str, list[str | None]]:
    """The answers as words."""
    return {
        name: [None if code < 0 else one.words[code] for code in one.codes.tolist()]
        for name, one in found.columns.items()
    }


@pytest.mark.parametrize("at_once", [1, 5, 22])
def test_a_wide_table_gives_what_a_narrow_one_gives(
    sample: Sample, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name in sample.columns["main"] if not name.startswith("_")]
    narrow = read_answers(sample, "main", names)
    store = Store.of(sample.tables["main"])
    tables = store.run("SELECT table_name FROM duckdb_tables() ORDER BY ALL")
    monkeypatch.setattr(answers, "_AT_ONCE", at_once)
    wide = read_answers(sample, "main", names)
    assert list(wide.columns) == list(narrow.columns) == names
    assert plain(wide) == plain(narrow)
    assert all(wide.columns[name].words == narrow.columns[name].words for name in names)
    assert np.array_equal(wide.rows, narrow.rows)
    assert np.array_equal(wide.records, narrow.records)
    assert set(plain(wide)["q2"]) == {"0.5", "2.0", "-3", None}
    assert store.run("SELECT table_name FROM duckdb_tables() ORDER BY ALL") == tables


def test_without_columns_there_are_still_rows(sample: Sample) -> None:
    assert len(read_answers(sample, "main", [])) == ROWS


def test_a_table_that_cannot_be_laid_out_leaves_the_engine_as_it_was(sample: Sample) -> None:
    store = Store.of(sample.tables["main"])
    with (
        pytest.raises(Exception, match="nowhere"),
        answers._laid_out(store, "SELECT 1 AS _row FROM nowhere", wide=True),
    ):
        pass
    plan = "EXPLAIN SELECT a FROM (SELECT 1 AS a, 2 AS b) WHERE a = 1 AND 1 = 1"
    fresh = Store()
    assert store.run(plan) == fresh.run(plan)
    fresh.run("PRAGMA disable_optimizer")
    assert store.run(plan) != fresh.run(plan)
