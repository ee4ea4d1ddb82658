"""The table [quality] of a survey file, and what `everycount check` prints."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from everycount.cli import main
from everycount.faults import InputError
from everycount.quality import Benchmark, Roles
from everycount.release import read
from everycount.survey.folder import read_folder
from everycount.survey.inspect import inspect

if TYPE_CHECKING:
    from pathlib import Path

SURVEY = """\
[survey]
id = "small"
title = "A small invented survey"
period = "2026-03"
area = "BGD"
records = "records.csv"

[design]
kind = "purposive"
notes = {selection = "invented"}

[[variable]]
id = "years"
question = "age"

[[dimension]]
id = "sex"
question = "sex"
groups = {women = ["f"], men = ["m"]}

[[measure]]
id = "water"
kind = "proportion"
question = "water"
in = ["yes"]
"""
QUALITY = """
[quality]
age = "years"
sex = "sex"
male = ["m"]
female = ["f"]
interviewer = "who"
start = "begun"
end = "done"
shortest = 10
longest = 90.5
no_answer = ["dk", 99]
digits = ["minutes"]
ignore = ["village"]
response_rate = 0.8
batteries = {mood = ["m1", "m2", "m3"]}

[[quality.benchmarks]]
dimension = "sex"
shares = {women = 0.51, men = 0.49}
source = "Census"
"""
ROLES = Roles(
    age="years",
    sex="sex",
    male=("m",),
    female=("f",),
    interviewer="who",
    start="begun",
    end="done",
    shortest=10,
    longest=90.5,
    no_answer=("dk", "99"),
    digits=("minutes",),
    ignore=("village",),
    benchmarks=(Benchmark("sex", (("women", 0.51), ("men", 0.49)), "Census"),),
    response_rate=0.8,
)


def folder(path: Path, quality: str) -> Path:
    header = "sex,age,who,begun,done,minutes,village,m1,m2,m3,water"
    rows = [
        f"{'fm'[place % 4 > 0]},{20 + 5 * (place % 9)},i{place % 6},2026-03-01T08:00:00Z,"
        f"2026-03-01T08:{4 if place == 7 else 30 + place % 20:02}:00Z,{10 * (1 + place % 5)},"
        f"v,a,b,{'ab'[place % 2]},{'yes' if place % 3 else 'no'}"
        for place in range(120)
    ]
    (path / "records.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    (path / "survey.toml").write_text(SURVEY + quality, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, QUALITY)).quality
    assert found is not None
    (battery,) = found.batteries
    assert (battery.name, battery.questions) == ("mood", ("m1", "m2", "m3"))
    assert {each.name: getattr(found, each.name) for each in fields(Roles) if each.name != "batteries"} == {
        each.name: getattr(ROLES, each.name) for each in fields(Roles) if each.name != "batteries"
    }


def test_every_key_is_documented(root: Path) -> None:
    page = (root / "docs" / "reference" / "survey-folder.md").read_text(encoding="utf-8")
    section = page.partition("## `[quality]`")[2].partition("\n## ")[0]
    keys = [*(each.name for each in fields(Roles)), "dimension", "shares", "source"]
    assert [key for key in keys if not re.search(rf"`{key}`", section)] == []


def test_without_the_table_nothing_is_said(tmp_path: Path) -> None:
    assert read_folder(folder(tmp_path, "")).quality is None


@pytest.mark.parametrize(
    ("quality", "problem", "remedy"),
    [
        ('ages = "age"', 'The key "ages" is not known.', 'Did you mean "age"?'),
        ("age = 5", '"age" is 5.', "a text"),
        ("shortest = 60\nlongest = 30", '"longest" is 30.', "more than 60 minutes"),
        ("response_rate = 62", '"response_rate" is 62.', "0.62"),
        (
            'batteries = {mood = ["m1", "m2"]}',
            'The battery "mood" has fewer than three questions.',
            "Name three",
        ),
        ('[[quality.benchmarks]]\ndimension = "sex"\nsource = "C"', "The shares are missing.", "shares ="),
        (
            '[[quality.benchmarks]]\ndimension = "sexes"\nsource = "C"\nshares = {women = 0.5, men = 0.5}',
            'The dimension "sexes" is not known.',
            'Did you mean "sex"?',
        ),
        (
            '[[quality.benchmarks]]\ndimension = "sex"\nsource = "C"\nshares = {woman = 0.5, men = 0.5}',
            'The group of "sex" "woman" is not known.',
            'Did you mean "women"?',
        ),
        (
            '[[quality.benchmarks]]\ndimension = "sex"\nsource = "C"\nshares = {women = 0.5, men = 0.7}',
            "The shares are women = 0.5, men = 0.7.",
            "add up to 1",
        ),
        (
            '[[quality.benchmarks]]\ndimension = "sex"\nshares = {women = 0.5, men = 0.5}',
            'The key "source" is missing.',
            "Add",
        ),
        (
            (
                '[[quality.benchmarks]]\ndimension = "sex"\nsource = "C"\nyear = 2\n'
                "shares = {women = 0.5, men = 0.5}"
            ),
            'The key "year" is not known.',
            "Known",
        ),
    ],
)
def test_faults(tmp_path: Path, quality: str, problem: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        read_folder(folder(tmp_path, f"[quality]\n{quality}\n"))
    (fault,) = caught.value.faults
    assert fault.place.startswith("survey.toml, line ")
    assert problem in fault.problem
    assert remedy in fault.remedy


def test_a_column_that_is_not_there_is_named_when_the_records_are_open(tmp_path: Path) -> None:
    path = folder(
        tmp_path, '[quality]\nage = "yeers"\ndigits = ["minute"]\nbatteries = {mood = ["m1", "m2", "m4"]}'
    )
    with pytest.raises(InputError) as caught:
        list(inspect(path))
    problems = {fault.problem for fault in caught.value.faults}
    assert problems == {f'The question "{name}" is not known.' for name in ("yeers", "minute", "m4")}
    assert all(fault.place != "survey.toml" for fault in caught.value.faults)


def test_check_prints_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder(tmp_path, QUALITY))]) == 0
    printed = capsys.readouterr().out
    assert "Quality of the records: " in printed
    # Ages end on 0 and 5 only, minutes on 0; row 8 took four minutes; a quarter are women.
    assert 'Ages ("years") have a Whipple index of 500.0 (very rough)' in printed
    assert "100 % of 120 end on 0" in printed
    assert "less than 10 minutes" in printed
    assert "Rows of main: 8." in printed
    assert "to agree with Census; women is reached 0.49 times" in printed
    assert printed.index("findings.") < printed.index("Quality") < printed.index("Nothing was written.")


def test_variables_are_no_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(folder(tmp_path, QUALITY))])
    # Of eleven columns who, begun, done and village are about the interview; years is made of age.
    assert re.search(r"in all of 7 columns", capsys.readouterr().out)


def test_a_release_tells_figures_of_all_and_names_nobody(tmp_path: Path) -> None:
    assert main(["release", str(folder(tmp_path, QUALITY)), "--out", str(tmp_path / "out"), "--quiet"]) == 0
    told = read(tmp_path / "out").provenance.quality
    assert {str(each.check) for each in told} >= {
        "interview length",
        "last digits",
        "Whipple's index",
        "coverage",
    }
    interviewers = {f"i{number}" for number in range(6)}
    assert not [each for each in told if interviewers & set(f"{each.about} {each.threshold}".split())]
    assert "Whipple" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
