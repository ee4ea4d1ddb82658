"""Decisions about the use of numbers in the SDMX files beside a release, read back by two libraries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from everycount.formats import sdmx
from everycount.framework import Said, UseDecision
from library.release.samples import small_release

DECIDED = UseDecision(
    measure="safe_water",
    indicator="6.1.1",
    use="",
    outcome="U2",
    office="Invented Statistical Office",
    decided=date(2026, 11, 22),
    until=date(2027, 11, 22),
    reason="It fills a gap,\nand says so.",
    conditions='Only with the note "not national".',
    address="https://node.example/decisions/1",
    replies=(Said("Invented initiative", date(2026, 11, 23), "We agree, but <not> to the last word."),),
)
EARLIER = replace(DECIDED, outcome="U4", decided=date(2026, 1, 1), address="https://node.example/decisions/0")


def read(*decisions: UseDecision, name: str = "cells.sdmx.xml") -> list[dict[str, Any]]:
    pysdmx = pytest.importorskip("pysdmx.io")
    made = sdmx.files(small_release(), None, decisions)
    (dataset,) = pysdmx.get_datasets(BytesIO(made[name]), BytesIO(made["structure.xml"]), validate=False)
    rows: list[dict[str, Any]] = dataset.data.astype(object).to_dict("records")
    return rows


@pytest.mark.parametrize("name", ["cells.sdmx.csv", "cells.sdmx.xml"])
def test_every_observation_of_the_series_tells_decision_and_reply(name: str) -> None:
    rows = [row for row in read(DECIDED, EARLIER, name=name) if row["SERIES"] == "safe_water"]
    assert rows
    for row in rows:
        assert row["USE_DECISION"] == "U2"  # the newest
        assert row["USE_DECISION_BY"] == "Invented Statistical Office"
        assert row["USE_REASON"] == "It fills a gap, and says so."
        assert row["USE_CONDITIONS"] == 'Only with the note "not national".'
        assert row["USE_DECISION_UNTIL"] == "2027-11-22"
        said = "Invented initiative, 2026-11-23: We agree, but <not> to the last word."
        assert row["USE_REPLY"] == said
        assert row["USE_DECISION_REF"] == "https://node.example/decisions/1 https://node.example/decisions/0"
        assert row["REPORTING_TYPE"] == "C"


def test_other_series_say_nothing_of_it() -> None:
    others = [row for row in read(DECIDED) if row["SERIES"] != "safe_water"]
    assert others
    assert all(str(row.get("USE_DECISION")) in {"", "nan", "None"} for row in others)


def test_a_national_figure_needs_an_endorsement() -> None:
    compiled = replace(DECIDED, outcome="U1", endorsed=True)
    types = {row["SERIES"]: row["REPORTING_TYPE"] for row in read(compiled)}
    assert types.pop("safe_water") == "N"
    assert set(types.values()) == {"C"}
    assert {row["REPORTING_TYPE"] for row in read(replace(DECIDED, outcome="U1"))} == {"C"}
    with pytest.raises(ValueError, match="endorsed"):
        replace(DECIDED, endorsed=True)


def test_the_files_of_the_release_itself_know_no_decision() -> None:
    plain, beside = sdmx.files(small_release()), sdmx.files(small_release(), None, [DECIDED])
    assert b"USE_" not in b"".join(plain.values())
    assert b"_DECIDED" not in plain["structure.xml"]
    assert b"_DECIDED(1.0)" in beside["cells.sdmx.csv"]


def test_a_second_library_reads_it_with_its_structure() -> None:
    reader = pytest.importorskip("sdmx")
    files = sdmx.files(small_release(), None, [replace(DECIDED, outcome="U1", endorsed=True)])
    structure = reader.read_sdmx(BytesIO(files["structure.xml"]))
    (definition,) = structure.structure.values()
    (dataset,) = reader.read_sdmx(BytesIO(files["cells.sdmx.xml"]), structure=definition).data
    first = next(each for each in dataset.obs if each.dimension["SERIES"].value == "safe_water")
    assert str(first.attached_attribute["USE_DECISION"].value) == "U1"
    assert first.dimension["REPORTING_TYPE"].value == "N"
    names = {code.id for code in structure.codelist["CL_USE_DECISION"]}
    assert names == {f"U{number}" for number in range(1, 7)}


def test_it_is_valid_against_the_schemas() -> None:
    pysdmx = pytest.importorskip("pysdmx.io")
    made = sdmx.files(small_release(), None, [DECIDED])
    assert pysdmx.read_sdmx(BytesIO(made["structure.xml"]), validate=True)
