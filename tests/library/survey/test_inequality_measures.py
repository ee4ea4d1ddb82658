"""Poverty and inequality from the survey folder to every file of a release."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from everycount.cli import main
from everycount.formats.messages import languages

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = """\
[survey]
id = "invented"
title = "Invented incomes"
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
id = "poor"
kind = "at_risk_of_poverty"
at = 0.5
label = "Little money"
question = "income"
unit = "person"
better = "lower"
sdg = "10.2.1"

[[measure]]
id = "line"
kind = "poverty_threshold"
label = "Where little money begins"
question = "income"
number = "taka"

[[measure]]
id = "unequal"
kind = "gini"
question = "income"
unit = "person"
number = "taka"
sdg = {indicator = "10.2.1", relation = "context"}

[[measure]]
id = "fifths"
kind = "quintile_share"
label = "Top and bottom"
question = "income"
unit = "person"
"""
KINDS = {
    "poor": "at_risk_of_poverty",
    "line": "poverty_threshold",
    "unequal": "gini",
    "fifths": "quintile_share",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = ["id,village,w,side,income"]
    rows += [
        f"{number},{number % 40},{1 + number % 3},{('valley', 'hill')[number % 2]},"
        f"{50 + (number * 37 % 101) ** 2 // 20 + 30 * (number % 2)}"
        for number in range(400)
    ]
    (tmp_path / "survey.toml").write_text(SURVEY, encoding="utf-8")
    (tmp_path / "records.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def released(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    assert main(["release", str(folder), "--out", str(folder / "out")]) == 0
    with (folder / "out" / "cells.csv").open(encoding="utf-8", newline="") as lines:
        return {(cell["measure"], cell["side"]): cell for cell in csv.DictReader(lines)}


def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["release", str(folder), "--out", str(folder / "out")]) == 2
    assert not (folder / "out").exists()
    return capsys.readouterr().err


def change(folder: Path, old: str, new: str) -> None:
    plan = folder / "survey.toml"
    text = plan.read_text(encoding="utf-8")
    assert old in text
    plan.write_text(text.replace(old, new), encoding="utf-8")


def test_every_number_is_released_with_its_interval(folder: Path) -> None:
    cells = released(folder)
    assert {(measure, cell["kind"]) for (measure, _), cell in cells.items()} == set(KINDS.items())
    assert len(cells) == 4 * 3
    for cell in cells.values():
        assert cell["status"] == "shown"
        assert float(cell["ci_low"]) < float(cell["value"]) < float(cell["ci_high"])
        assert (cell["basis"], cell["df"] != "") == ("design", True)
    assert 0 < float(cells["unequal", ""]["value"]) < 1 < float(cells["fifths", ""]["value"])


def test_the_line_stands_at_six_tenths_unless_it_is_said(folder: Path) -> None:
    half = float(released(folder)["poor", ""]["value"])
    change(folder, "at = 0.5\n", "")
    assert float(released(folder)["poor", ""]["value"]) > half


def test_the_page_says_it_in_words(folder: Path) -> None:
    released(folder)
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "have less than 50% of the median" in page
    assert "taka, which is 60% of the median" in page
    assert "where 0 means that all have the same and 1 that one has everything" in page
    assert "times as much as the fifth with the least (people)" in page


@pytest.mark.parametrize("language", languages())
def test_the_page_says_it_in_every_language(folder: Path, language: str) -> None:
    change(folder, 'languages = ["en", "es"]', f'languages = ["{language}"]')
    released(folder)
    assert "{" not in (folder / "out" / "report.html").read_text(encoding="utf-8").split("</style>")[1]


def test_a_question_does_not_lend_its_name_to_how_unequal_people_are(folder: Path) -> None:
    released(folder)
    assert ">unequal<" in (folder / "out" / "report.html").read_text(encoding="utf-8")


def test_files_for_machines_know_the_units(folder: Path) -> None:
    released(folder)
    out = folder / "out"
    structure = (out / "structure.xml").read_text(encoding="utf-8")
    for word in ("Index, from 0 to 1", "Proportion, from 0 to 1", "Ratio", "taka", "Gini coefficient"):
        assert word in structure
    with (out / "cells.sdmx.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    units = {(row["MEASURE_KIND"], row["UNIT_MEASURE"]) for row in rows}
    assert units == {
        ("at_risk_of_poverty", "PROPORTION"),
        ("poverty_threshold", "taka"),
        ("gini", "INDEX"),
        ("quintile_share", "RATIO"),
    }
    with (out / "open-sdg" / "data" / "indicator_10-2-1.csv").open(encoding="utf-8", newline="") as lines:
        goals = list(csv.DictReader(lines))
    assert {row["Units"] for row in goals} == {"Percent", "Index"}
    share = float(released(folder)["poor", ""]["value"])
    total = next(row for row in goals if row["Units"] == "Percent" and not row["side"])
    assert float(total["Value"]) == pytest.approx(100 * share)


def test_a_cell_is_explained_with_its_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    released(folder)
    capsys.readouterr()
    assert main(["explain", str(folder / "out"), "poor", "side=hill"]) == 0
    said = capsys.readouterr().out
    assert "Kind: at_risk_of_poverty of persons" in said
    assert "Poverty line: 50 % of the median of everybody who answered" in said
    assert main(["explain", str(folder / "out"), "line"]) == 0
    assert "Poverty line: 60 % of the median of those looked at" in capsys.readouterr().out
    assert main(["explain", str(folder / "out"), "unequal"]) == 0
    assert "Poverty line" not in capsys.readouterr().out


@pytest.mark.parametrize("line", ["0", "1", "60", "-0.5"])
def test_a_line_is_a_part_of_the_median(folder: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    change(folder, "at = 0.5", f"at = {line}")
    said = refused(folder, capsys)
    assert f"No poverty line stands at {line} of the median." in said
    assert "0.6" in said


def test_an_unknown_key_or_kind_names_the_nearest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, 'kind = "gini"', 'kind = "ginni"')
    assert '"gini"' in refused(folder, capsys)
    change(folder, 'kind = "ginni"', 'kind = "gini"\nat = 0.5')
    assert "at" in refused(folder, capsys)


def test_less_than_nothing_is_refused_with_a_remedy(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = folder / "records.csv"
    records.write_text(records.read_text(encoding="utf-8") + "900,3,1,hill,-12\n", encoding="utf-8")
    said = refused(folder, capsys)
    assert 'measure "unequal"' in said
    assert 'measure "fifths"' in said
    assert 'An answer of "income" is -12' in said
    assert "among with at_least = 0" in said


def test_words_are_not_shared_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, 'kind = "gini"\nquestion = "income"', 'kind = "gini"\nquestion = "side"')
    assert "side" in refused(folder, capsys)


def test_where_counts_are_rounded_a_share_follows_from_the_rounded_ones(folder: Path) -> None:
    exact = float(released(folder)["poor", ""]["value"])
    change(folder, 'name = "public"', 'name = "own"\nmin_respondents = 10\nround_counts = 25')
    cells = released(folder)
    for cell in cells.values():
        assert cell["status"] == "shown"
        assert int(cell["n"]) % 25 == 0
        assert float(cell["ci_low"]) <= float(cell["value"]) <= float(cell["ci_high"])
    assert cells["poor", ""]["value"] != str(exact)


def test_few_people_beyond_a_quintile_are_hidden(folder: Path) -> None:
    """Ten people are enough for a share, but the top fifth of ten are two."""
    records = folder / "records.csv"
    rows = [f"{1000 + number},{number % 6},1,island,{90 + number}" for number in range(12)]
    records.write_text(records.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")
    assert released(folder)["fifths", "island"]["status"].startswith("suppressed")


def test_one_who_has_nearly_everything_hides_the_group(folder: Path) -> None:
    records = folder / "records.csv"
    rows = [f"{1000 + number},{number},1,island,{90 + number}" for number in range(30)]
    rows += ["2000,31,1,island,9000000"]
    records.write_text(records.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")
    change(
        folder,
        '[[measure]]\nid = "poor"',
        '[[measure]]\nid = "first"\nkind = "gini"\nquestion = "income"\n\n[[measure]]\nid = "poor"',
    )
    cells = released(folder)
    assert cells["first", "island"]["status"] == "suppressed_small"
    assert cells["first", "valley"]["value"] == cells["unequal", "valley"]["value"]


def test_a_small_group_without_anybody_at_risk_is_hidden(folder: Path) -> None:
    """0 % of few says of each of them that they are not: as for any share."""
    records = folder / "records.csv"
    rows = [f"{1000 + number},{number},1,island,{900 + number}" for number in range(16)]
    records.write_text(records.read_text(encoding="utf-8") + "\n".join(rows) + "\n", encoding="utf-8")
    plan = folder / "survey.toml"
    text = plan.read_text(encoding="utf-8")
    start, end = text.index('[[measure]]\nid = "line"'), len(text)
    plan.write_text(text[:start] + text[end:], encoding="utf-8")
    cells = released(folder)
    assert cells["poor", "island"]["status"] == "suppressed_small"
    assert cells["poor", "island"]["value"] == ""
