"""Computed evidence: each figure against a second way to it, and what is not known said as such."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.faults import InputError
from everycount.framework import Known, as_plain, evidence, from_plain
from everycount.framework.known import Body, Checked
from everycount.framework.rules.months import months_between
from everycount.quality.public import QualityFigure
from everycount.quality.report import Check, Grade
from everycount.sample.design import DesignKind
from library.release.samples import SAFE_WATER, small_release

if TYPE_CHECKING:
    from everycount.framework import Evidence
    from everycount.release import Release

KNOWN = Known(
    published=date(2024, 9, 1),
    consented=400,
    body=Body(5, 1, 3),
    endorsed=12,
    objected=2,
    checked=Checked(20, 15, 2, 2, 1),
    promised=True,
    returned=0,
    languages=2,
    rounds=1,
)


def rows(known: Known = KNOWN, release: Release | None = None) -> dict[str, Evidence]:
    found = evidence(release or small_release(), "safe_water", known)
    return {row.criterion: row for row in found}


def with_quality(*figures: QualityFigure) -> Release:
    release = small_release()
    return replace(release, provenance=replace(release.provenance, quality=figures))


def test_what_the_node_knows_is_told_with_its_figures() -> None:
    found = rows()
    assert found["I3"].value("consented", "records") == 400
    assert found["I5"].value("body", "object") == 1
    assert found["P1"].value("voices", "endorsed") == 12
    assert found["M5"].value("checked", "done") == 17
    assert found["O2"].value("checked_again", "agrees") == 15
    assert found["P4"].value("returned", "times") == 0
    assert found["P4"].names == {"promised", "returned"}


def test_what_nobody_knows_is_no_zero() -> None:
    found = rows(Known())
    unknown = {name: row.unknown for name, row in found.items() if row.unknown}
    assert unknown["I3"] == ("consented",)
    assert unknown["O2"] == ("missing", "duplicates", "checked_again")
    assert unknown["O3"] == ("margin",)
    assert unknown["O4"] == ("months",)
    assert unknown["P4"] == ("returned",)
    assert not found["I3"].figures


def test_quality_figures_of_the_release_are_found_again() -> None:
    told = (
        QualityFigure(Check.MISSING, "", 4.0, "%", Grade.FINE, "5 %", "somebody"),
        QualityFigure(Check.DUPLICATES, "", 1.0, "%", Grade.FINE, "1 %", "somebody"),
        QualityFigure(Check.COVERAGE, "sex_of_head", 7.0, "%", Grade.FINE, "10 %", "somebody"),
    )
    found = rows(release=with_quality(*told))
    assert found["O2"].value("missing", "percent") == 4
    assert found["O2"].value("duplicates", "percent") == 1
    assert found["O3"].value("margin", "about") == "sex_of_head"
    assert not found["O3"].unknown


def test_cells_with_enough_people_are_counted_as_they_stand_in_the_release() -> None:
    release = small_release()
    split = [cell for cell in release.cells.cells if cell.measure == "safe_water" and cell.cell]
    enough = [cell for cell in split if cell.value is not None]
    found = rows(release=release)["O8"]
    assert (found.value("enough", "enough"), found.value("enough", "all")) == (len(enough), len(split))


def test_the_official_figure_is_held_against_the_number() -> None:
    release = small_release()
    overall = next(cell for cell in release.cells.cells if cell.measure == "safe_water" and not cell.cell)
    assert SAFE_WATER.benchmark is not None
    assert overall.value is not None
    found = rows(release=release)["O6"]
    wanted = overall.value - SAFE_WATER.benchmark.value
    assert found.value("official", "difference") == pytest.approx(wanted)
    assert "unlike" in found.names  # nobody said that the concept is the same


def test_metadata_names_what_is_missing() -> None:
    found = rows()["O9"]
    missing = {dict(one.values)["field"] for one in found.figures if one.name == "field_missing"}
    filled, total = found.value("fields", "filled"), found.value("fields", "all")
    assert isinstance(filled, int)
    assert isinstance(total, int)
    assert len(missing) == total - filled
    assert {"asked_by", "wording"} <= missing
    assert found.value("fields", "percent") == 100 * filled // total


@pytest.mark.parametrize(
    ("kind", "proposed"),
    [
        (DesignKind.PROBABILITY, "3"),
        (DesignKind.RESPONDENT_DRIVEN, "2"),
        (DesignKind.CENSUS_PLACE, "2"),
        (DesignKind.PURPOSIVE, "1"),
        (DesignKind.OPT_IN, "1"),
    ],
)
def test_the_design_proposes_its_answer(kind: DesignKind, proposed: str) -> None:
    release = small_release()
    other = replace(release, design=replace(release.design, kind=kind))
    assert rows(release=other)["M3"].proposed == proposed


def test_a_proxy_is_proposed_as_one_and_nothing_else_is_proposed() -> None:
    proposed = {name: row.proposed for name, row in rows().items() if row.proposed}
    assert proposed == {"M1": "1", "M3": "3"}


def test_evidence_is_kept_as_plain_values_and_comes_back() -> None:
    made = evidence(small_release(), "safe_water", KNOWN)
    assert from_plain(json.loads(json.dumps(as_plain(made)))) == made


def test_another_measure_is_refused() -> None:
    with pytest.raises(InputError, match="safe_water"):
        evidence(small_release(), "safe_watr")


@pytest.mark.parametrize(
    ("period", "day", "months"),
    [
        ("2017-03", date(2017, 4, 29), 0),
        ("2017-03", date(2017, 4, 30), 1),
        ("2017", date(2018, 12, 31), 12),
        ("2024-03/2024-05", date(2024, 9, 1), 3),
        ("2024-03-15", date(2024, 4, 14), 0),
        ("2024-03-15", date(2024, 4, 15), 1),
        ("2030-01", date(2024, 1, 1), 0),
    ],
)
def test_months_are_whole(period: str, day: date, months: int) -> None:
    assert months_between(period, day) == months


@settings(max_examples=60, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 4000))
def test_months_never_run_backwards(ends: date, later: int) -> None:
    day = ends + timedelta(days=later)
    found = months_between(ends.isoformat(), day)
    assert later // 31 - 1 <= found <= later // 28 + 1
    assert found <= months_between(ends.isoformat(), day + timedelta(days=1)) <= found + 1
