"""Sensitive groups from the survey file to the files of a release. People and answers are invented."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from everycount.cli import DONE, WRONG_INPUT, main

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = """\
[survey]
id = "invented"
title = "Invented answers"
period = "2026-03"
area = "IND"
invented = true
records = "records.csv"

[design]
kind = "census_place"

[[dimension]]
id = "community"
question = "community"
{more}

[[dimension]]
id = "state"
question = "state"
area = "{area}"

[[measure]]
id = "water"
kind = "proportion"
question = "water"
in = ["y"]
sdg = "6.1.1"

[[table]]
measures = "*"
by = [["community"], ["state"], ["community", "state"]]
"""
BEFORE = {("hijra", "IN-BR"): 60, ("hijra", "IN-UP"): 60, ("farmer", "IN-BR"): 80, ("farmer", "IN-UP"): 80}


def write(folder: Path, more: str = "", area: str = "IND-states") -> Path:
    folder.mkdir()
    (folder / "survey.toml").write_text(SURVEY.format(more=more, area=area), encoding="utf-8")
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["community", "state", "water"])
        for (community, state), number in BEFORE.items():
            rows.writerows([community, state, "y" if place % 3 else "n"] for place in range(number))
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def release(folder: Path) -> Path:
    assert main(["release", str(folder), "--out", str(folder / "out"), "--quiet"]) == DONE
    return folder / "out"


def test_a_recognised_group_stands_in_the_tables_and_in_no_file_that_maps_are_drawn_from(
    tmp_path: Path,
) -> None:
    out = release(write(tmp_path / "s"))
    rows = table(out / "cells.csv")
    assert any(row["community"] == "hijra" and row["state"] == "IN-BR" and row["value"] for row in rows)
    codes = {row["CUST_BREAKDOWN"].upper() for row in table(out / "cells.sdmx.csv")}
    assert any("HIJRA" in code for code in codes)
    assert any("STATE" in code for code in codes)
    assert not any("HIJRA" in code and "STATE" in code for code in codes)
    (file,) = (out / "open-sdg").rglob("*.csv")
    assert any("hijra" in row.values() for row in table(file))
    assert not any("hijra" in row.values() and row["state"] for row in table(file))
    facts = {one["id"]: one for one in json.loads((out / "release.json").read_bytes())["dimensions"]}
    assert facts["community"]["do_not_map"] is True
    assert [guard["group"] for guard in facts["community"]["guards"]] == ["transgender"]
    assert facts["state"]["do_not_map"] is False
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "No map and no code of a place" in page


def test_lowering_wants_a_reason_and_the_reason_is_printed(tmp_path: Path) -> None:
    reason = "The assembly of 3 March wants to be seen."
    out = release(write(tmp_path / "s", f'lowered = {{hijra = "{reason}"}}'))
    assert reason in (out / "report.html").read_text(encoding="utf-8")
    facts = {one["id"]: one for one in json.loads((out / "release.json").read_bytes())["dimensions"]}
    assert facts["community"]["sensitive"] is False
    assert facts["community"]["guards"][0]["lowered"] == reason


def test_a_silent_no_lowers_nothing(tmp_path: Path) -> None:
    out = release(write(tmp_path / "s", "sensitive = false\ndo_not_map = false"))
    facts = {one["id"]: one for one in json.loads((out / "release.json").read_bytes())["dimensions"]}
    assert facts["community"]["sensitive"] is True


@pytest.mark.parametrize(
    ("more", "area", "words"),
    [
        ("", "our-villages", ["survey.toml, line", '"community" by "state"', "Take the breakdown out"]),
        (
            'catalogue = "transgendered"',
            "IND-states",
            ["survey.toml, line 15", 'Did you mean "transgender"?'],
        ),
        ("catalogue = 3", "IND-states", ["survey.toml, line 15", "a text in quotes"]),
        ('lowered = {hijra = ""}\ngroups = {other = ["hijra", "farmer"]}', "IND-states", ['group "hijra"']),
    ],
)
def test_what_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: str, area: str, words: list[str]
) -> None:
    folder = write(tmp_path / "s", more, area)
    assert main(["release", str(folder), "--out", str(folder / "out"), "--quiet"]) == WRONG_INPUT
    said = capsys.readouterr().err
    for word in words:
        assert word in said
    assert not (folder / "out").exists()


def test_the_check_refuses_small_places_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(write(tmp_path / "s", area="our-villages"))]) == WRONG_INPUT
    assert "Take the breakdown out" in capsys.readouterr().err
