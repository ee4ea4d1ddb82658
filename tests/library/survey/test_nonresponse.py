"""Those who stand in for others, from the survey folder to the released numbers."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from everycount.cli import WRONG_INPUT, main
from everycount.release.explaining import explain
from everycount.survey.folder import read_folder
from everycount.survey.inspect import inspect
from everycount.survey.river import make_release

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
weights = WEIGHTS

RESPONSE

[policy]
name = "open"

[[variable]]
id = "region"
question = "side"
recode = {far = "valley"}

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

[[measure]]
id = "usual"
kind = "median"
question = "minutes"
"""
RESPONDED = '[nonresponse]\nresponded = {question = "result", in = ["done"]}'
CLASSES = f'{RESPONDED}\nclasses = ["region"]'
TOTALS = '[calibrate]\nmargins = [{by = ["sex"], counts = {f = 700, m = 800}}]'
MADE = '{weights = "w", method = "jkn"}'


def records() -> list[dict[str, Any]]:
    """Of the hill people 9 in 10 answer, of the others half; the others walk farther."""
    rng = np.random.default_rng(5)
    made = []
    for number in range(600):
        side = ("hill", "valley", "far")[number % 3]
        done = rng.random() < (0.9 if side == "hill" else 0.5)
        made.append(
            {
                "id": number,
                "village": number // 20,
                "w": 1 + number % 4,
                "side": side,
                "result": "done" if done else "refused",
                "agreed": "no" if number % 25 == 0 else "yes" if done else "",
                "sex": "fm"[number % 2] if done else "",
                "minutes": 30 + number * 37 % 50 + (0 if side == "hill" else 40) if done else "",
            }
        )
    return made


def write(folder: Path, response: str, weights: str = '"w"') -> Path:
    folder.mkdir(exist_ok=True)
    survey = SURVEY.replace("RESPONSE", response).replace("WEIGHTS", weights)
    (folder / "survey.toml").write_text(survey, encoding="utf-8")
    with (folder / "records.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(records()[0]))
        table.writeheader()
        table.writerows(records())
    return folder


def cells(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    assert main(["release", str(folder), "--out", str(folder / "out"), "--quiet"]) == 0
    with (folder / "out" / "cells.csv").open(encoding="utf-8", newline="") as file:
        return {(row["measure"], row["side"]): row for row in csv.DictReader(file)}


def notes(folder: Path) -> dict[str, str]:
    release = json.loads((folder / "out" / "release.json").read_text(encoding="utf-8"))
    return dict(release["design"]["notes"])


def expected(*, agreed: bool = False) -> dict[str, float]:
    """By hand: people, and their mean."""
    rows = records()
    region = {row["id"]: "hill" if row["side"] == "hill" else "valley" for row in rows}
    there = [row for row in rows if row["result"] == "done" and (not agreed or row["agreed"] == "yes")]
    total = above = 0.0
    for name in ("hill", "valley"):
        w = sum(row["w"] for row in rows if region[row["id"]] == name)
        here = [row for row in there if region[row["id"]] == name]
        reached = sum(row["w"] for row in here)
        total += w
        above += w / reached * sum(row["w"] * row["minutes"] for row in here)
    return {"people": total, "minutes": above / total, "n": len(there)}


def test_those_who_answered_stand_in_for_the_others(tmp_path: Path) -> None:
    found, truth = cells(write(tmp_path / "s", CLASSES)), expected()
    assert float(found["people", ""]["value"]) == pytest.approx(truth["people"])
    assert float(found["minutes", ""]["value"]) == pytest.approx(truth["minutes"])
    assert int(found["minutes", ""]["n"]) == truth["n"]
    plain = cells(write(tmp_path / "plain", RESPONDED))
    assert float(plain["minutes", ""]["value"]) < truth["minutes"]
    said = notes(tmp_path / "s")["non-response"]
    assert said.startswith(f"{truth['n']} of 600 approached answered; weights x 1.1")
    assert said.endswith("in 2 classes of region; errors allow for it")
    assert f"non-response: {said}" in "\n".join(
        line.strip() for line in explain(make_release(read_folder(tmp_path / "s")), "minutes")
    )
    assert "non-response" in (tmp_path / "s" / "out" / "report.html").read_text(encoding="utf-8")


def test_who_did_not_agree_did_not_answer(tmp_path: Path) -> None:
    consent = f'{CLASSES}\n\n[consent]\nstatistics = {{question = "agreed", in = ["yes"]}}'
    found, truth = cells(write(tmp_path / "s", consent)), expected(agreed=True)
    assert truth["n"] < expected()["n"]
    assert int(found["minutes", ""]["n"]) == truth["n"]
    assert float(found["people", ""]["value"]) == pytest.approx(truth["people"])
    assert float(found["minutes", ""]["value"]) == pytest.approx(truth["minutes"])


def test_totals_are_met_after_non_response(tmp_path: Path) -> None:
    found = cells(write(tmp_path / "s", f"{CLASSES}\n\n{TOTALS}"))
    assert float(found["people", ""]["value"]) == pytest.approx(1500)
    assert found["people", ""]["se"] == ""
    assert {"non-response", "calibration"} <= notes(tmp_path / "s").keys()
    assert "found in" in notes(tmp_path / "s")["calibration"]


def test_replicates_come_near_linearisation(tmp_path: Path) -> None:
    once = cells(write(tmp_path / "once", f"{CLASSES}\n\n{TOTALS}"))
    again = cells(write(tmp_path / "again", f"{CLASSES}\n\n{TOTALS}", MADE))
    for key in (("minutes", ""), ("minutes", "hill"), ("people", "far"), ("usual", "")):
        assert float(again[key]["value"]) == pytest.approx(float(once[key]["value"]))
        assert float(again[key]["se"]) == pytest.approx(float(once[key]["se"]), rel=0.15)
        assert again[key]["df"] == once[key]["df"]
    assert again["people", ""]["se"] == ""
    assert notes(tmp_path / "again")["replicates weighted"].startswith("each of the 30 by itself")


def test_weak_classes_are_counted_for_readers_and_named_for_the_keeper(tmp_path: Path) -> None:
    strict = CLASSES + "\nlargest = 1.5"
    cells(write(tmp_path / "s", strict))
    told = "\n".join(inspect(tmp_path / "s"))
    assert 'The class region "valley" has ' in told
    assert "hill" not in "".join(line for line in told.splitlines() if "The class" in line)
    assert "valley" not in notes(tmp_path / "s")["non-response"]
    assert "1 with fewer than 20 answers or a factor above 1.5" in notes(tmp_path / "s")["non-response"]


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ('[nonresponse]\nclasses = ["region"]', "It is not said who answered."),
        (f'{RESPONDED}\nclasses = ["regoin"]', "regoin"),
        (f'{RESPONDED}\nclasses = ["sex"]', "must be known of everybody who was approached"),
        (f'{RESPONDED}\nclasses = ["result"]', 'Nobody with result "refused" answered'),
        (RESPONDED.replace("result", "reslut"), "reslut"),
        (RESPONDED.replace("done", "finished"), "Nobody responded."),
        (f"{RESPONDED}\nlargest = 0.5", "A factor of 0.5 lowers weights."),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, response: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "s", response)
    assert main(["release", str(folder), "--out", str(tmp_path / "out"), "--quiet"]) == WRONG_INPUT
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_where_nobody_knows_who_was_approached_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "s", CLASSES)
    text = (folder / "survey.toml").read_text(encoding="utf-8").replace("probability", "convenience")
    (folder / "survey.toml").write_text(text, encoding="utf-8")
    assert main(["release", str(folder), "--out", str(tmp_path / "out"), "--quiet"]) == WRONG_INPUT
    assert 'found by "convenience"' in capsys.readouterr().err
