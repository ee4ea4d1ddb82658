"""Whatever stands in the records, the checks give figures in whole sentences, and never fail."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everycount.quality import Battery, Benchmark, Roles, Split, assess
from everycount.sample import MAIN, Design, DesignKind, Source, read

if TYPE_CHECKING:
    from pathlib import Path

# A sentence that says nan (and not NAN) has counted what is no number.
ODD = ["1", "2", "30", "45", "-5", "7.5", "1e999", "NAN", "inf", "٣", "m", "f", "yes", "a;b"]
TIMES = [
    "2026-03-01T08:00:00Z",
    "2026-03-01T08:40:00+05:30",
    "2026-13-45",
    "2026-03-01",
    "0001-01-01T00:00:00+14:00",
]
WORDS = st.sampled_from(["", 'a "b"', "x" * 300, *ODD, *TIMES])
NAMES = ("a", "b", "c", "d", "e", "f")
NAME = st.sampled_from(["", *NAMES])
ROLES = st.builds(
    Roles,
    age=NAME,
    sex=NAME,
    male=st.just(("m", "1")),
    female=st.just(("f", "2")),
    interviewer=NAME,
    start=NAME,
    end=NAME,
    no_answer=st.sampled_from([(), ("1",), ("NAN", "yes")]),
    digits=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    ignore=st.lists(st.sampled_from(NAMES), max_size=1).map(tuple),
    batteries=st.sampled_from([(), (Battery("t", ("a", "b", "c")),)]),
    benchmarks=st.sampled_from([(), (Benchmark("s", (("1", 0.3), ("2", 0.7)), "invented"),)]),
    response_rate=st.sampled_from([None, 0.4]),
)
ROWS = st.lists(st.lists(WORDS, min_size=6, max_size=6), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anything")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from([1, 30, 130]), ROLES)
def test_anything(folder: Path, rows: list[list[str]], times: int, roles: Roles) -> None:
    path = folder / "anything.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NAMES, *rows * times])
    design = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})
    sample = read({MAIN: Source(path)}, design=design, missing=("",))
    report = assess(sample, None, [Split("s", "f"), Split("t", "a", (("x", ("1", "m")),))], roles=roles)
    assert list(report.lines(3))
    known = range(1, len(rows) * times + 1)
    for signal in report.signals:
        assert set(signal.rows) <= set(known)
        assert list(signal.rows) == sorted(set(signal.rows))
        assert "nan" not in signal.words
