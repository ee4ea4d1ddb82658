"""Replicate weights from the survey folder to the released numbers."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount.cli import WRONG_INPUT, main

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = """\
[survey]
id = "invented"
title = "Invented answers"
period = "2026-03"
area = "BGD"
invented = true
records = {main = "records.csv", key = "id"}

[design]
kind = "probability"
DESIGN

[policy]
name = "open"

[[dimension]]
id = "side"
question = "side"

[[measure]]
id = "far"
kind = "proportion"
question = "minutes"
at_least = 50

[[measure]]
id = "minutes"
kind = "mean"
question = "minutes"

[[measure]]
id = "usual"
kind = "median"
question = "minutes"
"""
VILLAGES = 12  # two in each of six strata
WITHOUT = 'strata = ["stratum"]\nclusters = ["village"]\nweights = "w"'
MADE = WITHOUT.replace('"w"', '{weights = "w", method = "METHOD"}')
COLUMNS = 'weights = {weights = "w", replicates = "rep_*", method = "jkn", rscales = [RSCALES]}'
READ = COLUMNS.replace("RSCALES", ", ".join(["0.5"] * VILLAGES))


def records() -> list[str]:
    """Each replicate leaves a village out and counts the other one of its stratum twice."""
    rows = [",".join(["id,stratum,village,w,side,minutes", *(f"rep_{n}" for n in range(1, VILLAGES + 1))])]
    for number in range(240):
        village, w = number % VILLAGES, 1 + number % 3
        factors = [
            0 if village == left else 2 if village // 2 == left // 2 else 1 for left in range(VILLAGES)
        ]
        answers = f"{number},{village // 2},{village},{w},{'hill' if number % 5 else 'valley'}"
        rows.append(
            ",".join([answers, str(number * 37 % 101 + village), *(str(w * factor) for factor in factors)])
        )
    return rows


def released(folder: Path, design: str) -> dict[tuple[str, str], dict[str, str]]:
    folder.mkdir()
    (folder / "survey.toml").write_text(SURVEY.replace("DESIGN", design), encoding="utf-8")
    (folder / "records.csv").write_text("\n".join(records()) + "\n", encoding="utf-8")
    assert main(["release", str(folder), "--out", str(folder / "out")]) == 0
    with (folder / "out" / "cells.csv").open(encoding="utf-8", newline="") as lines:
        return {(cell["measure"], cell["side"]): cell for cell in csv.DictReader(lines)}


def test_weights_read_and_weights_made_give_the_same_errors(tmp_path: Path) -> None:
    read = released(tmp_path / "read", READ)
    made = released(tmp_path / "made", MADE.replace("METHOD", "jkn"))
    once = released(tmp_path / "once", WITHOUT)
    for key, cell in read.items():
        for name in ("value", "se", "ci_low", "ci_high"):
            assert float(cell[name] or "nan") == pytest.approx(
                float(made[key][name] or "nan"), rel=1e-9, nan_ok=True
            )
        assert cell["df"] == made[key]["df"]
        assert cell["value"] == once[key]["value"]
    errors = [(float(made[key]["se"]), float(once[key]["se"])) for key in made if key[0] != "usual"]
    assert all(ours == pytest.approx(theirs, rel=0.2) for ours, theirs in errors)
    assert any(ours != theirs for ours, theirs in errors)


def test_half_samples_give_the_error_of_a_median_directly(tmp_path: Path) -> None:
    cells = released(tmp_path / "brr", MADE.replace("METHOD", "brr"))
    assert {cell["interval"] for (measure, _), cell in cells.items() if measure == "usual"} == {"t"}


def test_the_report_says_that_errors_come_from_replicates(tmp_path: Path) -> None:
    released(tmp_path / "read", READ)
    assert "jkn: rep_1 ... rep_12" in (tmp_path / "read" / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("design", "says"),
    [
        (READ.replace("rep_*", "repw_*"), ("repw_*", "columns")),
        (READ.replace("rep_*", "rep_99"), ("rep_99", "rep_9")),
        (READ.replace("jkn", "jackknife"), ("jackknife", "jkn")),
        (COLUMNS.replace(", rscales = [RSCALES]", ""), ("rscales",)),
        (COLUMNS.replace("RSCALES", "0.5"), ("12 replicates", "1 number")),
        (MADE.replace("METHOD", "jk1"), ("without strata", "jkn")),
        (MADE.replace("METHOD", "fay"), ("rho",)),
        (READ.replace('"rep_*"', '["rep_1", "side"]'), ("side", "hill")),
    ],
)
def test_what_cannot_be_is_said_once(
    design: str, says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "survey.toml").write_text(SURVEY.replace("DESIGN", design), encoding="utf-8")
    (tmp_path / "records.csv").write_text("\n".join(records()) + "\n", encoding="utf-8")
    assert main(["release", str(tmp_path), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    message = capsys.readouterr().err
    assert all(word in message for word in says), message
    assert "Traceback" not in message
