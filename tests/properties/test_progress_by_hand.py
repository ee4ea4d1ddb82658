"""Availability and splits of drawn databases, worked out a second time in plain Python."""

from __future__ import annotations

import csv
import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.progress import Rule, availability, disaggregation
from everycount.progress.loading import load

HEADS = ("indicator", "series", "area", "year", "value", "nature", "sex", "age")
COUNTRIES = ("4", "8", "404", "840")
PAIRS = (
    ("1.1.1", "SI_POV_DAY1"),
    ("1.1.1", "SI_POV_EMP1"),
    ("15.a.1", "DC_ODA_BDVL"),
    ("15.b.1", "DC_ODA_BDVL"),
)
ROW = st.tuples(
    st.sampled_from(PAIRS),
    st.sampled_from(COUNTRIES),
    st.integers(2012, 2018),
    st.sampled_from(["1", "0", "-3.5", "NA", "N", "NV", "NaN", "", ">95", "1e3"]),
    st.sampled_from(["C", "E", "N", "NA", ""]),
    st.sampled_from(["FEMALE", "MALE", "BOTHSEX", "", "_U"]),
    st.sampled_from(["15-24", "25+", "ALLAGE", ""]),
)
ANCHOR = ("1.1.1", "SI_POV_DAY1", "1", 2013, "7", "G", "", "")  # the world: one number there always is


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


@settings(max_examples=40)
@given(
    st.lists(ROW, max_size=30),
    st.integers(2012, 2017),
    st.integers(1, 3),
    st.sampled_from([(), ("C",), ("C", "E")]),
    st.sampled_from(["countries", "applicable"]),
    st.sampled_from(["indicator", "pooled"]),
    st.sampled_from(["numbers", "once"]),
)
def test_shares_and_splits(  # noqa: C901 - the whole rule in one place
    drawn: list[tuple[object, ...]],
    since: int,
    points: int,
    natures: tuple[str, ...],
    base: str,
    weighting: str,
    repeats: str,
) -> None:
    rows = [ANCHOR, *((*row[0], *row[1:]) for row in drawn)]  # type: ignore[misc]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drawn.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([HEADS, *rows])
        vintage = load(file)
    codes = tuple(code.zfill(3) for code in COUNTRIES)
    rule = Rule(since, points, natures, codes, base, weighting, repeats=repeats)  # type: ignore[arg-type]
    found = availability(vintage, rule)
    counted = [
        row for row in rows
        if is_number(str(row[4])) and (row[5] in natures if natures else row[5] != "N")
    ]  # fmt: skip
    # What a series measures is known from all rows, also from those without a number.
    measures: dict[str, set[str]] = {}
    for row in rows:
        measures.setdefault(str(row[1]), set()).add(str(row[0]))
    numbers = sorted(set().union(*measures.values()))

    def years(series: str, country: str) -> set[int]:
        return {int(r[3]) for r in counted if (r[1], r[2]) == (series, country) and int(r[3]) >= since}

    def has(number: str, country: str) -> bool:
        return any(len(years(one, country)) >= points for one, its in measures.items() if number in its)

    def asked(number: str, country: str) -> bool:
        if base == "countries" or has(number, country):
            return True
        series = {one for one, its in measures.items() if number in its}
        return not any(
            r[1] in series and r[2] == country and r[5] == "N" and int(r[3]) >= since for r in rows
        )

    assert list(found.indicators) == numbers
    for goal in ("1", "15"):
        mine = [number for number in numbers if number.startswith(f"{goal}.")]
        if repeats == "once" and "15.a.1" in mine and "15.b.1" in mine:
            mine.remove("15.b.1")
        if not mine:
            continue
        pairs = [
            (sum(has(n, c) and asked(n, c) for c in COUNTRIES), sum(asked(n, c) for c in COUNTRIES))
            for n in mine
        ]
        if weighting == "pooled":
            share = sum(a for a, _ in pairs) / total if (total := sum(b for _, b in pairs)) else math.nan
        else:
            shares = [a / b for a, b in pairs if b]
            share = sum(shares) / len(shares) if shares else math.nan
        assert found.by_goal()[goal] == pytest.approx(share, nan_ok=True)
    splits = disaggregation(vintage, rule)
    for i, number in enumerate(numbers):
        for j, country in enumerate(COUNTRIES):
            latest = [int(r[3]) for r in counted if number in measures[str(r[1])] and r[2] == country]
            assert found.latest[i, j] == max(latest, default=0)
            assert splits.has["sex", "age"][i, j] == any(
                len({r[6] for r in cell}) > 1 and len({r[7] for r in cell}) > 1
                for cell in (
                    [
                        r for r in counted
                        if (r[1], r[2], r[3]) == (one, country, year) and int(r[3]) >= since
                        and r[6] in {"FEMALE", "MALE"} and r[7] in {"15-24", "25+"}
                    ]
                    for one, its in measures.items() if number in its
                    for year in range(2012, 2019)
                )
            )  # fmt: skip
