"""Noise from the survey file and the secret to the files of a release. People and answers are invented."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from everycount.cli import DONE, WRONG_INPUT, main

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

[policy]
noise = 4
noise_variance = 2.5
decimals = 6

[[dimension]]
id = "side"
question = "side"

[[measure]]
id = "water"
kind = "proportion"
question = "water"
in = ["y"]

[[measure]]
id = "people"
kind = "count"
question = "water"
in = ["y"]

[[measure]]
id = "hill_water"
kind = "proportion"
question = "water"
in = ["y"]
among = {question = "side", in = ["hill"]}

[[measure]]
id = "minutes"
kind = "mean"
question = "minutes"

[[table]]
measures = ["water", "people", "minutes"]
by = [["side"]]

[[table]]
measures = ["hill_water"]
by = []
"""
KEY, OTHER = "00112233445566778899aabbccddeeff", "ffeeddccbbaa99887766554433221100"
Rows = dict[tuple[str, str], dict[str, str]]


def write(folder: Path, survey: str = SURVEY, more: int = 0) -> Path:
    folder.mkdir()
    (folder / "survey.toml").write_text(survey, encoding="utf-8")
    with (folder / "records.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "village", "side", "w", "water", "minutes"])
        for place in range(240):
            side = ("hill", "river", "town")[place % 3]
            answer = "y" if place % 7 in {0, 2, 5} else "n"
            rows.writerow([f"r{place}", place % 24, side, 1 + place % 2 / 4, answer, place % 31])
        rows.writerows([f"n{place}", 1, "town", 1, "y", 5] for place in range(more))
    return folder


def release(folder: Path, out: Path, key: str = KEY, *more: str) -> Rows:
    secret = out.parent / f"{key[:4]}.key"
    secret.write_text(key + "\n", encoding="ascii")
    words = ["release", str(folder), "--out", str(out), "--quiet", "--noise-key", str(secret), *more]
    assert main(words) == DONE
    with (out / "cells.csv").open(encoding="utf-8", newline="") as file:
        return {(row["measure"], row["side"]): row for row in csv.DictReader(file)}


def policy(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "release.json").read_bytes())["cells"]["policy"]
    return found


def test_the_same_people_have_the_same_noise_in_every_table_and_release(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    first, later = release(folder, tmp_path / "a"), release(write(tmp_path / "t", more=40), tmp_path / "b")
    assert {place: row["n"] for place, row in first.items() if place[1] in {"hill", "river"}} == {
        place: row["n"] for place, row in later.items() if place[1] in {"hill", "river"}
    }
    assert first["water", "hill"]["n"] == first["hill_water", ""]["n"] == first["minutes", "hill"]["n"]
    assert first["water", "hill"]["value"] == first["hill_water", ""]["value"]
    assert first["water", ""] != later["water", ""]


def test_noise_changes_counts_by_little_and_shares_with_them(tmp_path: Path) -> None:
    found = release(write(tmp_path / "s"), tmp_path / "a")
    plain = release(
        write(tmp_path / "t", SURVEY.replace("noise = 4\nnoise_variance = 2.5\n", "")), tmp_path / "b"
    )
    changes = [int(found[place]["n"]) - int(plain[place]["n"]) for place in found]
    assert any(changes)
    assert max(map(abs, changes)) <= 4
    assert any(found[place]["value"] != plain[place]["value"] for place in found if place[0] == "water")
    assert {place: row["status"] for place, row in found.items()} == {
        place: row["status"] for place, row in plain.items()
    }


def test_another_secret_gives_other_noise_under_another_name(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    mine, theirs = release(folder, tmp_path / "a"), release(folder, tmp_path / "b", OTHER)
    assert mine != theirs
    assert policy(tmp_path / "a")["noise_key"] != policy(tmp_path / "b")["noise_key"]
    assert KEY not in (tmp_path / "a" / "release.json").read_text(encoding="utf-8")


def test_the_report_says_that_there_is_noise(tmp_path: Path) -> None:
    release(write(tmp_path / "s"), tmp_path / "a")
    assert "Counts carry a little noise (at most 4)" in (tmp_path / "a" / "report.html").read_text(
        encoding="utf-8"
    )


def test_random_rounding_prints_multiples(tmp_path: Path) -> None:
    rounded = SURVEY.replace("noise = 4\nnoise_variance = 2.5", "round_counts = 5\nround_at_random = true")
    found = release(write(tmp_path / "s", rounded), tmp_path / "a")
    assert all(int(row["n"]) % 5 == 0 for row in found.values())
    assert "rounded to multiples of 5" in (tmp_path / "a" / "report.html").read_text(encoding="utf-8")


def test_the_numbers_come_out_again_with_the_secret(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    release(folder, tmp_path / "a")
    secret = str(tmp_path / "0011.key")
    assert main(["verify", str(tmp_path / "a"), "--records", str(folder), "--noise-key", secret]) == DONE


def test_the_secret_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "s")
    release(folder, tmp_path / "a")
    monkeypatch.setenv("EVERYCOUNT_NOISE_KEY", KEY)
    assert main(["release", str(folder), "--out", str(tmp_path / "b"), "--quiet"]) == DONE
    assert (tmp_path / "a" / "cells.csv").read_bytes() == (tmp_path / "b" / "cells.csv").read_bytes()


def test_looking_without_releasing_needs_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(write(tmp_path / "s"))]) == DONE
    assert "shown" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (None, ["changes counts by a secret", "openssl rand -hex 32", "--noise-key"]),
        ("0011", ["2 bytes can be found by trying"]),
        ("not hexadecimal", ["hexadecimal signs"]),
        ("schlüssel", ["is not a noise key"]),
    ],
)
def test_a_missing_or_weak_secret_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], secret: str | None, words: list[str]
) -> None:
    folder, more = write(tmp_path / "s"), []
    if secret is not None:
        (tmp_path / "k").write_text(secret, encoding="utf-8")
        more = ["--noise-key", str(tmp_path / "k")]
    assert main(["release", str(folder), "--out", str(tmp_path / "out"), "--quiet", *more]) == WRONG_INPUT
    said = capsys.readouterr().err
    assert all(word in said for word in words)
    assert not (tmp_path / "out").exists()


def test_a_secret_in_the_survey_folder_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path / "s")
    (folder / "noise.key").write_text(KEY, encoding="ascii")
    words = ["release", str(folder), "--out", str(tmp_path / "out"), "--noise-key", str(folder / "noise.key")]
    assert main(words) == WRONG_INPUT
    assert "Keep it elsewhere" in capsys.readouterr().err


def test_a_revision_under_another_secret_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "s")
    release(folder, tmp_path / "a")
    (tmp_path / "k").write_text(OTHER, encoding="ascii")
    words = ["release", str(folder), "--out", str(tmp_path / "b"), "--given", str(tmp_path / "a")]
    assert main([*words, "--noise-key", str(tmp_path / "k")]) == WRONG_INPUT
    assert "averaged away" in capsys.readouterr().err


def test_a_revision_of_the_same_records_shows_the_same(tmp_path: Path) -> None:
    folder = write(tmp_path / "s")
    first = release(folder, tmp_path / "a")
    assert release(folder, tmp_path / "b", KEY, "--given", str(tmp_path / "a")) == first
