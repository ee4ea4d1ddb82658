"""What the keeper of the records is told of a hidden number, and everybody else is not. Invented people."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from everycount.cli import DONE, WRONG_INPUT, main
from everycount.protect.reasons import Rule
from everycount.survey.owning import WHY

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = """\
[survey]
id = "invented"
title = "Invented answers"
period = "2026-03"
area = "BGD"
invented = true
records = "records.csv"

[design]
kind = "census_place"

[[dimension]]
id = "age"
question = "age"
label = "Age"
groups = {"50-59" = ["50"], "60-69" = ["60"], "70+" = ["70"]}
ordered = true

[[dimension]]
id = "sex"
question = "sex"
groups = {women = ["f"], men = ["m"]}

[[measure]]
id = "water"
label = "Water at home"
kind = "proportion"
question = "water"
in = ["y"]

[[table]]
measures = "*"
by = [["age"], ["sex"], ["age", "sex"]]
"""
PEOPLE = {("50", "f"): 40, ("50", "m"): 41, ("60", "f"): 42, ("60", "m"): 43, ("70", "f"): 3, ("70", "m"): 44}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "s"
    made.mkdir()
    (made / "survey.toml").write_text(SURVEY, encoding="utf-8")
    with (made / "records.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["age", "sex", "water"])
        for (age, sex), number in PEOPLE.items():
            rows.writerows([age, sex, "ny"[place % 3 > 0]] for place in range(number))
    return made


def told(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([str(word) for word in words]) == DONE
    return capsys.readouterr().out


def test_the_owner_is_told_the_rule_the_figures_and_the_cures(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "explain", folder, "water", "age=70+", "sex=women", "--owner")
    for words in (
        "Water at home: Age = 70+, sex = women",
        "66.7 %, from 3 answers.",
        'Hidden under the policy "public" (suppressed_small).',
        "3 answers; the policy asks for 10 (min_respondents).",
        "collect 7 more",
        "merge 70+ and 60-69 of Age: 45 answers together",
        "release without sex here: 47 answers",
        "keeper of the records alone",
    ):
        assert words in said


def test_a_partner_is_told_whom_it_protects(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = told(capsys, "explain", folder, "water", "sex=men", "age=70+", "--owner")
    assert "could work out Age = 70+, sex = women (3 of 10, Water at home)." in said


def test_what_is_shown_is_said_to_be_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 'Shown under the policy "public".' in told(capsys, "explain", folder, "water", "--owner")
    words = ("explain", folder, "water", "age=70+", "sex=women", "--owner", "--policy", "open")
    assert 'Shown under the policy "open".' in told(capsys, *words)


def test_the_owner_is_told_why_nothing_of_a_breakdown_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["age", "sex", "water"])
        for age in ("50", "60", "70"):
            rows.writerows([age, "fm"[place % 2], "ny"[place % 3 > 0]] for place in range(12))
    why = (
        "6 of 6 cells of age x sex have fewer than 10 answers; "
        "merge groups of age (3) or leave out sex (then 0 of 3 have)."
    )
    assert f"Nothing of it can be shown: {why}" in told(capsys, "check", folder)
    said = told(capsys, "explain", folder, "water", "age=70+", "sex=women", "--owner")
    assert f"Nothing of this breakdown is shown: {why}" in said


def test_everybody_else_is_told_why_and_no_figure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out"
    assert main(["release", str(folder), "--out", str(out), "--quiet"]) == DONE
    for groups in (("age=70+", "sex=women"), ("age=70+", "sex=men")):
        said = told(capsys, "explain", out, "water", *groups)
        assert "Not shown" in said
        head = said.split("Asked:")[0].split("Counts:")[0]
        assert not re.findall(r"\d", head.replace("70+", ""))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("watr",), 'Did you mean "water"?'),
        (("water", "aeg=70+"), 'Did you mean "age"?'),
        (("water", "age=80+"), 'group of "age"'),
    ],
)
def test_a_wrong_name_gets_the_nearest(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert main(["explain", str(folder), *words, "--owner"]) == WRONG_INPUT
    assert said in capsys.readouterr().err


def test_a_release_is_no_survey_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder.parent / "out"
    assert main(["release", str(folder), "--out", str(out), "--quiet"]) == DONE
    assert main(["explain", str(out), "water", "--owner"]) == WRONG_INPUT
    assert "survey.toml" in capsys.readouterr().err


def test_every_rule_has_words() -> None:
    assert set(WHY) == set(Rule)
