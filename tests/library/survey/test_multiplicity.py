"""Many comparisons at once, from the survey folder to the release and its explanation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from everycount.cli import WRONG_INPUT, main
from everycount.release.explaining import explain
from everycount.survey.folder import read_folder
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
kind = "KIND"
clusters = ["village"]
weights = "w"

[estimate]
multiplicity = "RULE"

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
better = "lower"
"""


def write(folder: Path, rule: str, kind: str = "probability") -> Path:
    chance = np.random.default_rng(7)
    rows = ["id,village,w,side,minutes"]
    for number in range(600):
        side = "abcdefgh"[number % 8]
        minutes = int(chance.integers(0, 100)) + (30 if side == "a" else 0)
        rows.append(f"{number},{number // 15},{1 + number % 3},{side},{minutes}")
    folder.mkdir(exist_ok=True)
    (folder / "survey.toml").write_text(SURVEY.replace("RULE", rule).replace("KIND", kind), encoding="utf-8")
    (folder / "records.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("rule", ["bh", "by", "holm", "none"])
def test_comparisons_are_tested_together(tmp_path: Path, rule: str) -> None:
    assert (
        main(["release", str(write(tmp_path / rule, rule)), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    )
    release = json.loads((tmp_path / "out" / "release.json").read_text(encoding="utf-8"))
    assert release["design"]["multiplicity"] == rule
    p = [one["p_adjusted"] for one in release["cells"]["contrasts"]]
    assert len(p) == 8 * 3 - 1  # the best-off group is not held against itself
    assert all(0 <= one <= 1 and round(one, 4) == one for one in p)
    for one in release["cells"]["contrasts"]:
        assert one["differs"] is (one["p_adjusted"] <= 0.05)


def test_what_is_adjusted_is_never_surer(tmp_path: Path) -> None:
    found = {}
    for rule in ("none", "bh", "by", "holm"):
        release = make_release(read_folder(write(tmp_path / rule, rule)))
        found[rule] = [one.p_adjusted or 0.0 for one in release.cells.contrasts]
    for rule in ("bh", "by", "holm"):
        assert all(one >= other for one, other in zip(found[rule], found["none"], strict=True))
        assert found[rule] != found["none"]


def test_a_comparison_is_explained(tmp_path: Path) -> None:
    release = make_release(read_folder(write(tmp_path / "bh", "bh")))
    said = "\n".join(explain(release, "far", ["side=a"]))
    assert "Against rest: " in said
    assert "adjusted by bh over 23 comparisons" in said


def test_without_a_basis_nothing_is_tested(tmp_path: Path) -> None:
    release = make_release(read_folder(write(tmp_path / "bh", "bh", "purposive")))
    assert release.design.multiplicity == ""
    assert {one.p_adjusted for one in release.cells.contrasts} == {None}


def test_an_unknown_rule_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "x", "bonferoni")
    assert main(["release", str(folder), "--out", str(tmp_path / "out"), "--quiet"]) == WRONG_INPUT
    assert "bonferoni" in capsys.readouterr().err


def test_a_dimension_may_name_the_group_that_others_are_compared_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "s", "bh")
    text = (folder / "survey.toml").read_text(encoding="utf-8")
    for reference in ("c", "q"):
        named = text.replace('question = "side"', f'question = "side"\nreference = "{reference}"')
        (folder / "survey.toml").write_text(named, encoding="utf-8")
        code = main(["release", str(folder), "--out", str(tmp_path / reference), "--quiet"])
        assert code == (0 if reference == "c" else WRONG_INPUT)
    assert '"q"' in capsys.readouterr().err
    release = json.loads((tmp_path / "c" / "release.json").read_text(encoding="utf-8"))
    found = [one for one in release["cells"]["contrasts"] if one["against"] == "reference"]
    assert len(found) == 7
    assert {str(one["other"]) for one in found} == {"[['side', 'c']]"}


def test_all_groups_of_a_dimension_are_tested_together(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", "bh")
    assert main(["release", str(folder), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    release = json.loads((tmp_path / "out" / "release.json").read_text(encoding="utf-8"))
    (found,) = release["cells"]["associations"]
    assert (found["measure"], found["dimension"], found["differs"]) == ("far", "side", True)
    assert 0 < found["p_adjusted"] <= 0.05
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Beyond chance, the groups differ by:" in page
    said = "\n".join(explain(make_release(read_folder(folder)), "far", ["side=a"]))
    assert "The groups of side differ beyond chance, p at most 0.0" in said


def test_groups_that_are_not_all_shown_are_not_tested(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", "bh")
    text = (folder / "survey.toml").read_text(encoding="utf-8")
    hiding = text.replace('name = "open"', 'name = "partners"\nmin_respondents = 76')
    (folder / "survey.toml").write_text(hiding, encoding="utf-8")
    release = make_release(read_folder(folder))
    assert any(cell.value is None for cell in release.cells.cells)
    assert release.cells.associations == ()
