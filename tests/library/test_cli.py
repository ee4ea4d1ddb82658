from __future__ import annotations

import csv
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from everycount.cli import DIFFERENT, DONE, STOPPED, WRONG_INPUT, main

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = ("release", "verify", "compare", "codebook", "init", "check", "completion")
NUMBERS = ["value", "se", "ci_low", "ci_high", "ci_level", "df", "n", "n_effective", "cv"]
CONTRACT = ["measure", "kind", *NUMBERS, "basis", "scope", "status", "note"]


@pytest.fixture(scope="module")
def examples(root: Path) -> Path:
    return root / "src" / "everycount" / "example"


@pytest.fixture(scope="module")
def released(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("release") / "dhaka"
    assert main(["release", str(examples / "dhaka"), "--out", str(out), "--quiet"]) == DONE
    return out


def test_release_writes_what_the_contract_names(released: Path) -> None:
    names = {path.name for path in released.iterdir()}
    assert {
        "cells.csv",
        "release.json",
        "report.html",
        "cells.sdmx.csv",
        "cells.sdmx.xml",
        "structure.xml",
    } <= names
    with (released / "cells.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [name for name in rows[0] if name in CONTRACT] == CONTRACT
    assert len(rows) == 207


def test_the_same_input_gives_the_same_bytes(released: Path, examples: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert main(["release", str(examples / "dhaka"), "--out", str(again), "--quiet"]) == DONE
    digests = [json.loads((folder / "release.json").read_text())["digest"] for folder in (released, again)]
    assert digests[0] == digests[1]
    assert (again / "report.html").read_bytes() == (released / "report.html").read_bytes()


def test_verify_finds_a_changed_number(
    released: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(released, copy)
    assert main(["verify", str(copy)]) == DONE
    cells = copy / "cells.csv"
    cells.write_text(
        cells.read_text(encoding="utf-8").replace("basic_water", "basic_wader", 1), encoding="utf-8"
    )
    capsys.readouterr()
    assert main(["verify", str(copy)]) == DIFFERENT
    assert "cells.csv" in capsys.readouterr().out


def test_verify_recomputes_every_number(
    released: Path, examples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(released), "--records", str(examples / "dhaka")]) == DONE
    assert "came out again" in capsys.readouterr().out


def test_compare_names_what_changed(
    released: Path, examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(released), str(released)]) == DONE
    other = tmp_path / "public"
    assert main(["release", str(examples / "dhaka"), "--out", str(other), "--policy", "public"]) == DONE
    capsys.readouterr()
    assert main(["compare", str(released), str(other)]) == DIFFERENT
    assert "basic_sanitation" in capsys.readouterr().out


def test_a_revision_names_what_it_supersedes(released: Path, examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "revised"
    command = ["release", str(examples / "dhaka"), "--given", str(released), "--out", str(out), "--quiet"]
    assert main(command) == DONE
    document = json.loads((out / "release.json").read_text(encoding="utf-8"))
    before = json.loads((released / "release.json").read_text(encoding="utf-8"))
    assert document["provenance"]["supersedes"] == before["digest"]


def test_check_shows_findings_and_writes_nothing(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", str(examples / "hotspots")]) == DONE
    shown = capsys.readouterr().out
    assert "Design purposive: basis none" in shown
    assert "suppressed" in shown
    assert list(tmp_path.iterdir()) == []


def test_codebook_of_a_form(examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = examples / "hotspots" / "form.xlsx"
    page = tmp_path / "codebook.html"
    assert main(["codebook", str(form), "--out", str(page)]) == DONE
    assert "पकी ईंट" in page.read_text(encoding="utf-8")
    assert main(["codebook", str(form)]) == DONE
    assert "<html" in capsys.readouterr().out


def test_init_proposes_what_can_be_released(examples: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "mine", tmp_path / "out"
    records, form = examples / "hotspots" / "submissions.zip", examples / "hotspots" / "form.xlsx"
    assert main(["init", str(records), "--form", str(form), "--area", "IND", "--out", str(folder)]) == DONE
    proposed = (folder / "survey.toml").read_text(encoding="utf-8")
    assert 'question = "consent_statistics"' in proposed
    assert 'question = "sex"' in proposed
    assert "phone" not in proposed, "direct identifiers are never proposed"
    assert main(["release", str(folder), "--out", str(out), "--quiet"]) == DONE


def test_init_finds_a_design_in_the_columns(tmp_path: Path) -> None:
    records = tmp_path / "answers.csv"
    lines = ["stratum,psu,weight,sex,water,minutes"]
    lines += [f"{i % 2},{i % 6},1.5,{'fm'[i % 2]},{('yes', 'no')[i % 3 == 0]},{i}" for i in range(60)]
    records.write_text("\n".join(lines), encoding="utf-8")
    assert main(["init", str(records), "--area", "BGD", "--out", str(tmp_path / "folder")]) == DONE
    proposed = (tmp_path / "folder" / "survey.toml").read_text(encoding="utf-8")
    for line in ('strata = ["stratum"]', 'clusters = ["psu"]', 'weights = "weight"', 'in = ["yes"]'):
        assert line in proposed
    assert main(["check", str(tmp_path / "folder")]) == DONE


def test_init_writes_nothing_into_a_folder_in_use(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    records = examples / "dhaka" / "population.csv"
    assert main(["init", str(records), "--area", "BGD", "--out", str(tmp_path)]) == WRONG_INPUT
    assert "not empty" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    assert len(capsys.readouterr().out.splitlines()) >= 5


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_the_commands(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == DONE
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)


def test_an_interruption_leaves_nothing_behind(
    examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("everycount.survey.river.estimate", interrupted)
    assert main(["release", str(examples / "dhaka"), "--out", str(tmp_path / "out")]) == STOPPED
    assert "nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_module_runs_as_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "everycount",
            "release",
            str(tmp_path / "nowhere"),
            "--out",
            str(tmp_path / "o"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == WRONG_INPUT
    assert "There is no such folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [["codebook", "nowhere.xlsx"], ["codebook", "."]])
def test_a_file_that_is_not_there_is_said_in_one_line(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == WRONG_INPUT
    said = capsys.readouterr().err
    assert said.startswith(words[1])
    assert len(said.splitlines()) == 1


def test_init_into_a_file_says_so(examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    records = str(examples / "dhaka" / "population.csv")
    assert main(["init", records, "--area", "BGD", "--out", str(tmp_path / "file" / "x")]) == WRONG_INPUT
    assert "Not a directory" in capsys.readouterr().err


def test_one_bad_column_does_not_hide_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.worksheets[0].title = "survey"
    for row in (
        ["type", "name", "label"],
        ["select_one yn", "water", "Water?"],
        ["integer", "rooms", "Rooms?"],
    ):
        book["survey"].append(row)
    book.create_sheet("choices")
    for row in (["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]):
        book["choices"].append(row)
    book.save(tmp_path / "form.xlsx")
    rows = [
        f"{'maybe' if i < 30 else ('yes', 'no')[i % 2]},{'many' if i == 40 else i % 5}" for i in range(60)
    ]
    (tmp_path / "a.csv").write_text("water,rooms\n" + "\n".join(rows), encoding="utf-8")
    (tmp_path / "survey.toml").write_text(
        '[survey]\nid = "a"\ntitle = "A"\nperiod = "2026"\narea = "BGD"\nquestionnaire = "form.xlsx"\n'
        'records = "a.csv"\n[design]\nkind = "purposive"\n[[measure]]\nid = "water"\nkind = "proportion"\n'
        'question = "water"\nin = ["yes"]\n',
        encoding="utf-8",
    )
    assert main(["check", str(tmp_path)]) == DONE
    said = capsys.readouterr().out
    assert said.count("maybe") == 3
    assert "27 more like these in water" in said
    assert "row 41, rooms: 'many'" in said
    assert "clusters" not in said
