"""Medians and quantiles from the survey folder to the released page."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SIDES = ("valley", "hill")
SURVEY = """\
[survey]
id = "invented"
title = "Invented answers"
period = "2026-03"
area = "BGD"
invented = true
languages = ["en", "es"]
records = {main = "records.csv", key = "id"}

[design]
kind = "probability"
clusters = ["village"]
weights = "w"

[policy]
name = "public"

[[dimension]]
id = "side"
question = "side"

[[measure]]
id = "usual"
kind = "median"
label = "Time to the well"
question = "minutes"
number = "minutes"
unit = "household"
better = "lower"

[[measure]]
id = "long"
kind = "quantile"
at = 0.75
label = "Time to the well for most"
question = "minutes"
number = "minutes"
unit = "household"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["id,village,w,side,minutes"]
    rows += [
        f"{number},{number % 40},{1 + number % 3},{SIDES[number % 2]},{number * 37 % 101 + 0.5}"
        for number in range(400)
    ]
    (tmp_path / "survey.toml").write_text(SURVEY, encoding="utf-8")
    (tmp_path / "records.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def released(folder: Path) -> list[dict[str, str]]:
    assert main(["release", str(folder), "--out", str(folder / "out")]) == 0
    with (folder / "out" / "cells.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_medians_and_quantiles_are_released(folder: Path) -> None:
    cells = released(folder)
    assert {(cell["measure"], cell["kind"]) for cell in cells} == {("usual", "median"), ("long", "quantile")}
    for cell in cells:
        assert cell["status"] == "shown"
        assert float(cell["ci_low"]) < float(cell["value"]) < float(cell["ci_high"])
        assert cell["interval"].startswith("woodruff_")
    usual, long = (next(cell for cell in cells if cell["measure"] == name) for name in ("usual", "long"))
    assert float(usual["value"]) < float(long["value"])


def test_the_page_says_what_a_median_is_and_how_its_interval_was_made(folder: Path) -> None:
    released(folder)
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "for half of the households, " in page
    assert "for 75% of the households, " in page
    assert "Woodruff" in page


def test_the_rule_and_the_interval_can_be_chosen(folder: Path) -> None:
    plan = folder / "survey.toml"
    chosen = '\n[estimate]\nquantile = "hf7"\nquantile_interval = "score"\n'
    plan.write_text(plan.read_text(encoding="utf-8") + chosen, encoding="utf-8")
    assert {cell["interval"] for cell in released(folder)} == {"score"}


def test_a_quantile_that_is_nearly_one_answer_is_hidden(folder: Path) -> None:
    plan = folder / "survey.toml"
    plan.write_text(SURVEY.replace("at = 0.75", "at = 0.995"), encoding="utf-8")
    found = {cell["status"] for cell in released(folder) if cell["measure"] == "long"}
    assert "shown" not in found
