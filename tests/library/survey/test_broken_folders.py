"""Every broken survey folder gets clear messages that name place, value and remedy; exit 2; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import openpyxl
import pytest

from everycount.cli import WRONG_INPUT, main

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = """\
id,stratum,psu,w,sex,district,water,minutes
1,a,1,1.5,f,north,yes,10
2,a,1,1.5,m,north,no,25
3,a,2,2.0,f,south,yes,5
4,b,3,1.0,m,south,yes,40
5,b,3,1.0,f,north,no,15
6,b,4,2.5,m,south,,20
"""
MEMBERS = "parent,age\n1,30\n1,4\n2,51\n"
SURVEY = """\
[survey]
id = "small"
title = "A small survey"
period = "2026-03"
area = "BGD"
records = {main = "records.csv", key = "id"}

[design]
kind = "probability"
strata = ["stratum"]
clusters = ["psu"]
weights = "w"

[policy]
name = "open"

[[variable]]
id = "far"
cases = [{when = {question = "minutes", at_least = 30}, value = "far"}, {value = "near"}]

[[dimension]]
id = "sex"
question = "sex"
groups = {women = ["f"], men = ["m"]}

[[dimension]]
id = "district"
question = "district"

[[measure]]
id = "safe_water"
kind = "proportion"
question = "water"
in = ["yes"]
sdg = {indicator = "6.1.1", relation = "proxy"}

[[measure]]
id = "minutes"
kind = "mean"
question = "minutes"

[[table]]
measures = "*"
by = [["sex"], ["sex", "district"]]
"""
FORM = {
    "survey": [
        ["type", "name", "label"],
        ["select_one sexes", "sex", "Sex"],
        ["select_one yn", "water", "Safe water?"],
        ["integer", "minutes", "Minutes"],
    ],
    "choices": [
        ["list_name", "name", "label"],
        ["sexes", "f", "Female"],
        ["sexes", "m", "Male"],
        ["yn", "yes", "Yes"],
        ["yn", "no", "No"],
    ],
}


@dataclass(frozen=True)
class Broken:
    """A change to the sound folder, and what the message must say."""

    name: str
    says: tuple[str, ...]
    change: tuple[tuple[str, str], ...] = ()
    records: tuple[tuple[str, str], ...] = ()
    extra: dict[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, int, int, str], ...] = ()  # sheet, row, column, new value


def swap(old: str, new: str) -> tuple[tuple[str, str], ...]:
    return ((old, new),)


WITH_FORM = ('area = "BGD"\n', 'area = "BGD"\nquestionnaire = "form.xlsx"\n')

CASES = [
    Broken("not toml", ("survey.toml, line 3", "TOML"), swap('title = "A small survey"', "title = A small survey")),
    Broken("no survey table", ("survey.toml", "[survey]"), swap("[survey]", "[surveys]")),
    Broken("no id", ("line 1", '"id"', "missing"), swap('id = "small"\n', "")),
    Broken("odd id", ("line 2", '"small one"', "letters"), swap('id = "small"\n', 'id = "small one"\n')),
    Broken("no period", ("line 1", '"period"'), swap('period = "2026-03"\n', "")),
    Broken("odd period", ("line 4", "March 2026", "ISO 8601"), swap('"2026-03"', '"March 2026"')),
    Broken("unknown area", ("line 5", '"BGG"', '"BG'), swap('"BGD"', '"BGG"')),
    Broken("area by its name", ("line 5", "Bangladesh", '"BGD"'), swap('"BGD"', '"Bangladesh"')),
    Broken("unknown key", ("line 3", '"titel"', '"title"'), swap("title = ", "titel = ")),
    Broken("unknown table", ("line 8", '"desing"', '"design"'), swap("[design]", "[desing]")),
    Broken("no records file", ("line 6", '"record.csv"', '"records.csv"'), swap('"records.csv"', '"record.csv"')),
    Broken("file outside", ("line 6", "outside", "Copy"), swap('"records.csv"', '"../secret.csv"')),
    Broken("unknown design", ("line 9", '"probabilty"', '"probability"'), swap('kind = "probability"', 'kind = "probabilty"')),
    Broken("unknown stratum", ("strat", "stratum"), swap('["stratum"]', '["strat"]')),
    Broken("unknown cluster", ("psuu", "psu"), swap('["psu"]', '["psuu"]')),
    Broken("unknown weight", ("weigt",), swap('weights = "w"', 'weights = "weigt"')),
    Broken("unknown lonely", ("lonely", '"adjusted"', '"adjust"'), swap('weights = "w"', 'weights = "w"\nlonely = "adjusted"')),
    Broken("population claim without basis", ("purposive", "population"), swap('kind = "probability"', 'kind = "purposive"\nscope = "population"')),
    Broken("unknown policy", ("line 15", '"pubic"', '"public"'), swap('name = "open"', 'name = "pubic"')),
    Broken("negative threshold", ("-3", "3 or more"), swap('name = "open"', 'name = "own"\nmin_respondents = -3')),
    Broken("unknown question of a measure", ("line 33", '"watr"', '"water"'), swap('question = "water"', 'question = "watr"')),
    Broken("unknown question of a dimension", ("sx", "sex"), swap('question = "sex"', 'question = "sxe"')),
    Broken("unknown kind", ("line 32", '"proportions"', '"proportion"'), swap('kind = "proportion"', 'kind = "proportions"')),
    Broken("a quantile of no share", ("line", '"at"', "missing"), swap('kind = "mean"', 'kind = "quantile"')),
    Broken("a quantile of an impossible share", ("25", "0.25"), swap('kind = "mean"', 'kind = "quantile"\nat = 25')),
    Broken("no condition", ("line 30", "in", "at_least"), swap('in = ["yes"]\n', "")),
    Broken("two conditions", ('"in"', '"answered"', "one"), swap('in = ["yes"]', 'in = ["yes"]\nanswered = true')),
    Broken("between the wrong way round", ("30", "5", "smaller"), swap("at_least = 30", "between = [30, 5]")),
    Broken("unknown indicator", ("6.1.9", "6.1.1"), swap('indicator = "6.1.1"', 'indicator = "6.1.9"')),
    Broken("unknown measure in a table", ("line 43", '"safe_watr"', '"safe_water"'), swap('measures = "*"', 'measures = ["safe_watr"]')),
    Broken("unknown dimension in a table", ("line 44", '"sexx"', '"sex"'), swap('[["sex"],', '[["sexx"],')),
    Broken("dimension twice in a breakdown", ("twice",), swap('["sex", "district"]', '["sex", "sex"]')),
    Broken("answer without a group", ('"m"', "drop"), swap('men = ["m"]', 'men = ["x"]')),
    Broken("answer in two groups", ('"f"', "women", "men"), swap('men = ["m"]', 'men = ["m", "f"]')),
    Broken("two measures of one name", ('"safe_water"', "twice"), swap('id = "minutes"\nkind', 'id = "safe_water"\nkind')),
    Broken("dimension called like a column", ('"value"', "cells.csv"), swap('id = "district"', 'id = "value"')),
    Broken("variable called like a question", ('"minutes"', "already"), swap('id = "far"', 'id = "minutes"')),
    Broken("variables in a circle", ('"far"', '"near"'), (('question = "minutes", at_least', 'question = "near", at_least'), ('[[dimension]]\nid = "sex"', '[[variable]]\nid = "near"\nquestion = "far"\n\n[[dimension]]\nid = "sex"'))),
    Broken("variable with an unknown question", ('"minuts"', '"minutes"'), swap('question = "minutes", at_least', 'question = "minuts", at_least')),
    Broken("level that is no share", ("95", "0.95"), swap("[[variable]]", "[estimate]\nlevel = 95\n\n[[variable]]")),
    Broken("no weights and no word of equal chances", ("weights",), swap('weights = "w"\n', "")),
    Broken("text in a weight", ("row 3", "heavy"), records=swap("3,a,2,2.0", "3,a,2,heavy")),
    Broken("missing weight", ("row 3",), records=swap("3,a,2,2.0", "3,a,2,")),
    Broken("negative weight", ("-2.0",), records=swap("3,a,2,2.0", "3,a,2,-2.0")),
    Broken("missing stratum", ("row 3", "stratum"), records=swap("3,a,2", "3,,2")),
    Broken("columns that differ by case only", ("Sex", "sex"), records=swap("id,stratum,psu,w,sex,district", "id,stratum,psu,w,sex,Sex")),
    Broken("column twice", ("sex",), records=swap("id,stratum,psu,w,sex,district", "id,stratum,psu,w,sex,sex")),
    Broken("ragged row", ("4", "records.csv"), records=swap("3,a,2,2.0,f,south,yes,5", "3,a,2,2.0,f,south,yes,5,surplus")),
    Broken("empty file", ("records.csv",), records=swap(RECORDS, "")),
    Broken("only headings", ("records.csv", "no record"), records=swap(RECORDS, RECORDS.splitlines()[0])),
    Broken("nobody agreed", ("records.csv", "Nobody agreed", "[consent]"), swap("[design]\n", '[consent]\nstatistics = {question = "water", in = ["maybe"]}\n\n[design]\n')),
    Broken("file name with a zero byte", ("line 6", "plain name"), swap('"records.csv"', '"rec\\u0000ords.csv"')),
    Broken("file name too long", ("line 6", "too long"), swap('"records.csv"', f'"{"a" * 5000}"')),
    Broken("mean of words", ("district",), swap('kind = "mean"\nquestion = "minutes"', 'kind = "mean"\nquestion = "district"')),
    Broken("roster without a parent key", ("parent_key",), swap('key = "id"}', 'key = "id", rosters = {members = {file = "members.csv"}}}'), extra={"members.csv": MEMBERS}),
    Broken("dimension of a roster for a measure of main", ("members",), (('key = "id"}', 'key = "id", rosters = {members = {file = "members.csv", parent_key = "parent"}}}'), ('question = "district"', 'question = "age"')), extra={"members.csv": MEMBERS}),
    Broken("form with an unknown type", ("form.xlsx", "row 2", "select_on", "select_one"), (WITH_FORM,), form=(("survey", 2, 1, "select_on sexes"),)),
    Broken("form with an unknown list", ("form.xlsx", "row 2", "sexs", "sexes"), (WITH_FORM,), form=(("survey", 2, 1, "select_one sexs"),)),
    Broken("form with a code twice", ("form.xlsx", "choices", "row 3", '"f"'), (WITH_FORM,), form=(("choices", 3, 2, "f"),)),
    Broken("form with a question twice", ("form.xlsx", "row 4", "water"), (WITH_FORM,), form=(("survey", 4, 2, "water"),)),
    Broken("answer that the form does not have", ('"yess"', '"yes"'), (WITH_FORM, ('in = ["yes"]', 'in = ["yess"]'))),
]  # fmt: skip


def write_folder(folder: Path, case: Broken) -> Path:
    survey, records = SURVEY, RECORDS
    for old, new in case.change:
        assert old in survey, f"{case.name}: {old!r} is not in the sound survey file"
        survey = survey.replace(old, new, 1)
    for old, new in case.records:
        assert old in records
        records = records.replace(old, new, 1)
    folder.mkdir()
    (folder / "survey.toml").write_text(survey, encoding="utf-8")
    (folder / "records.csv").write_text(records, encoding="utf-8")
    for name, content in case.extra.items():
        (folder / name).write_text(content, encoding="utf-8")
    if WITH_FORM in case.change:
        write_form(folder / "form.xlsx", case)
    return folder


def write_form(path: Path, case: Broken) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in FORM.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for name, row_number, column, value in case.form:
        book[name].cell(row_number, column).value = value
    book.save(path)


def test_the_sound_folder_is_released(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "sound", Broken("sound", ()))
    assert main(["release", str(folder), "--out", str(tmp_path / "out")]) == 0, capsys.readouterr().err
    assert (tmp_path / "out" / "report.html").is_file()


@pytest.mark.parametrize("case", CASES, ids=[case.name.replace(" ", "_") for case in CASES])
def test_broken_folder(case: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_folder(tmp_path / "broken", case)
    assert main(["release", str(folder), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    message = capsys.readouterr().err
    for words in case.says:
        assert words in message
    assert "Traceback" not in message
    assert len(message.splitlines()) <= 3, f"more than a few lines for one mistake:\n{message}"
    assert not (tmp_path / "out").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["broken"]


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 30
    assert len({case.name for case in CASES}) == len(CASES)
