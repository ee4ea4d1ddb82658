"""Known totals from the survey folder to the released numbers."""

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
clusters = ["village"]
weights = "w"

CALIBRATE

[policy]
name = "open"

[[dimension]]
id = "side"
question = "side"

[[measure]]
id = "people"
kind = "count"
question = "minutes"
answered = true

[[measure]]
id = "minutes"
kind = "mean"
question = "minutes"
better = "lower"

[[measure]]
id = "usual"
kind = "median"
question = "minutes"
"""
SIDES = '{by = ["side"], counts = {hill = 300, valley = 700}}'
RAKED = f"[calibrate]\nmargins = [{SIDES}, {{by = ['sex'], file = 'sexes.csv'}}]"
SEXES = "sex,population\nf,520\nm,480\n"


def write(folder: Path, calibrate: str) -> Path:
    rows = ["id,village,w,side,sex,age,minutes"]
    for number in range(240):
        side, sex = "valley" if number % 5 < 2 else "hill", "m" if number % 7 < 3 else "f"
        minutes = number * 37 % 101 + (40 if side == "valley" else 0)
        rows.append(f"{number},{number % 40},{1 + number % 3},{side},{sex},{number % 60},{minutes}")
    folder.mkdir(exist_ok=True)
    (folder / "survey.toml").write_text(SURVEY.replace("CALIBRATE", calibrate), encoding="utf-8")
    (folder / "records.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "sexes.csv").write_text(SEXES, encoding="utf-8")
    return folder


def released(folder: Path, calibrate: str) -> dict[tuple[str, str], dict[str, str]]:
    write(folder, calibrate)
    assert main(["release", str(folder), "--out", str(folder / "out")]) == 0
    with (folder / "out" / "cells.csv").open(encoding="utf-8", newline="") as lines:
        return {(cell["measure"], cell["side"]): cell for cell in csv.DictReader(lines)}


@pytest.mark.parametrize("method", ["raking", "linear", "logit"])
def test_groups_count_what_is_known_of_them_and_errors_shrink(method: str, tmp_path: Path) -> None:
    bounds = "\nbounds = [0.1, 9]" if method == "logit" else ""
    cells = released(tmp_path / "to", f'{RAKED}\nmethod = "{method}"{bounds}')
    plain = released(tmp_path / "from", "")
    assert float(cells["people", "hill"]["value"]) == pytest.approx(300, rel=1e-8)
    assert float(cells["people", "valley"]["value"]) == pytest.approx(700, rel=1e-8)
    assert cells["people", "hill"]["se"] == ""  # it is known, not estimated
    overall = next(key for key in cells if key[0] == "minutes" and key[1] not in {"hill", "valley"})
    assert float(cells[overall]["se"]) < float(plain[overall]["se"])
    assert float(cells[overall]["value"]) > float(plain[overall]["value"])  # valleys are far, and were missed


def test_the_report_says_how_far_the_weights_were_moved(tmp_path: Path) -> None:
    released(tmp_path / "to", RAKED)
    page = (tmp_path / "to" / "out" / "report.html").read_text(encoding="utf-8")
    assert "weights x " in page


def test_weights_are_held_within_limits(tmp_path: Path) -> None:
    cells = released(tmp_path / "to", f"{RAKED}\ntrim = [1, 9]\nstrict = true")
    total = sum(float(cells["people", side]["value"]) for side in ("hill", "valley"))
    assert total == pytest.approx(1000, rel=1e-8)


@pytest.mark.parametrize(
    ("calibrate", "says"),
    [
        ("[calibrate]", ("no margin", "counts")),
        (RAKED.replace("hill = 300, ", ""), ('side "hill"', "No number")),
        (RAKED.replace("hill = 300", "hill = 300, coast = 5"), ('side "coast"', "Nobody")),
        (RAKED.replace("hill = 300", "hill = -3"), ("hill", "-3", "above 0")),
        (RAKED.replace('["side"]', '["sied"]'), ("sied", "side")),
        (RAKED.replace("sexes.csv", "sexs.csv"), ("sexs.csv", "sexes.csv")),
        (RAKED.replace("['sex']", "['age']"), ("age", "sexes.csv", "population")),
        (RAKED.replace("300", "400"), ("No weights were found", "instead of")),
        (f'{RAKED}\nmethod = "logit"', ("needs bounds",)),
        (f'{RAKED}\nmethod = "rakeing"', ("rakeing", "raking")),
        (f"{RAKED}\nbounds = [0.5, 2]", ("Raking has no bounds",)),
        (f'{RAKED}\nmethod = "linear"\nbounds = [2, 3]', ("leave 1 out",)),
        (f'{RAKED}\nmethod = "linear"\nbounds = [0.99, 1.01]', ("No weights were found", "wider bounds")),
        (f"{RAKED}\ntrim = [100, 200]", ("mean weight", "100")),
    ],
)
def test_what_cannot_be_is_said(
    calibrate: str, says: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, calibrate)
    assert main(["release", str(folder), "--out", str(folder / "out")]) == WRONG_INPUT
    message = capsys.readouterr().err
    assert all(word in message for word in says), message
    assert "Traceback" not in message
