from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from everycount.faults import InputError
from everycount.questionnaire import Questionnaire, read_xlsform_csv
from everycount.sample import MAIN, ColumnKind, Design, DesignKind, Finding, Sample, Source, check, read, rows

if TYPE_CHECKING:
    from pathlib import Path

PURPOSIVE = Design(DesignKind.PURPOSIVE, notes={"selection": "invented"})
SURVEY = """\
type,name,label::English (en),label::French (fr)
begin_group,hh,Household,Ménage
select_one water,source,Where is water from?,
select_multiple items,owns,What do you own?,
integer,size,How many live here?,
end_group,,,
date,day,Which day?,
geopoint,place,Where?,
text,remark,Anything else?,
begin_repeat,member,Member,
text,name,Name,
integer,age,Age,
select_one sex,sex,Sex,
end_repeat,,,
"""
CHOICES = """\
list_name,name,label::English (en),label::French (fr)
water,1,Piped water,Eau courante
water,2,Well,Puits
water,None,No water,Pas d'eau
items,radio,Radio,Radio
items,bed_net,Bed net,Moustiquaire
items,bike,Bike,Vélo
sex,f,Female,Femme
sex,m,Male,Homme
"""


@pytest.fixture(scope="module")
def form() -> Questionnaire:
    return read_xlsform_csv(SURVEY.encode(), CHOICES.encode())


def sample_of(
    folder: Path, form: Questionnaire, lines: list[list[Any]], **rosters: list[list[Any]]
) -> Sample:
    sources = {MAIN: Source(written(folder / "main.csv", lines))}
    for name, roster in rosters.items():
        sources[name] = Source(written(folder / f"{name}.csv", roster), parent_key="_parent_index")
    return read(sources, design=PURPOSIVE, missing=("", "n/a"), questionnaire=form)


def written(path: Path, lines: list[list[Any]]) -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    path.write_text(stream.getvalue(), encoding="utf-8")
    return path


def table(sample: Sample, *columns: str, name: str = MAIN) -> list[tuple[Any, ...]]:
    return rows(sample.tables[name].order_by("_row").select(*columns))


def problems(found: tuple[Finding, ...]) -> list[tuple[Any, ...]]:
    return [(f.table, f.row, f.column, f.value) for f in found if "no column" not in f.problem]


@pytest.mark.parametrize("separator", ["/", "-", ".", ":"])
def test_groups_are_left_out_of_names_and_kinds_follow_the_questions(
    tmp_path: Path, form: Questionnaire, separator: str
) -> None:
    names = ["source", "owns", "size"]
    header = [f"hh{separator}{name}" for name in names] + ["day", "place", "remark", "_uuid", "deviceid"]
    sample = sample_of(
        tmp_path, form, [header, ["1", "radio bike", "4", "2020-01-01", "1 2 0 0", "x", "u", "d"]]
    )
    columns = sample.columns[MAIN]
    assert {name: column.kind for name, column in columns.items()} == {
        "source": ColumnKind.CODE,
        "owns": ColumnKind.CODES,
        "size": ColumnKind.NUMBER,
        "day": ColumnKind.DATE,
        "place": ColumnKind.PLACE,
        "remark": ColumnKind.TEXT,
        "_uuid": ColumnKind.TEXT,
        "deviceid": ColumnKind.TEXT,
    }
    assert columns["source"].labels.say("en") == "Where is water from?"
    assert [(code, words.say("fr")) for code, words in columns["source"].choices] == [
        ("1", "Eau courante"),
        ("2", "Puits"),
        ("None", "Pas d'eau"),
    ]
    assert columns["deviceid"].identifier
    assert not columns["source"].identifier


@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("True", "False"), ("TRUE", "FALSE"), ("radio", "n/a")])
@pytest.mark.parametrize("option", ["hh/owns/{}", "owns/{}", "owns.{}", "hh.owns.{}"])
def test_options_in_columns_of_their_own_become_one_answer(
    tmp_path: Path, form: Questionnaire, yes: str, no: str, option: str
) -> None:
    header = ["size", *(option.format(code) for code in ("radio", "bed_net", "bike"))]
    lines = [["1", yes, no, no], ["2", no, no, no], ["3", "", "", ""], ["4", yes, no, "bike"]]
    sample = sample_of(tmp_path, form, [header, *lines])
    assert list(sample.columns[MAIN]) == ["size", "owns"]
    assert table(sample, "owns") == [("radio",), (None,), (None,), ("radio bike",)]
    assert problems(check(sample, form)) == []


def test_options_beside_the_whole_answer_say_it_once_more(tmp_path: Path, form: Questionnaire) -> None:
    header = ["hh/owns", "hh/owns/radio", "hh/owns/bed_net", "hh/owns/bike"]
    sample = sample_of(tmp_path, form, [header, ["bike radio", "1", "0", "1"]])
    assert list(sample.columns[MAIN]) == ["owns"]
    assert table(sample, "owns") == [("bike radio",)]


def test_an_option_that_says_neither_yes_nor_no_is_found(tmp_path: Path, form: Questionnaire) -> None:
    sample = sample_of(tmp_path, form, [["owns/radio", "owns/bike"], ["perhaps so", "1"]])
    assert problems(check(sample)) == [(MAIN, 1, "owns", "radio=perhaps_so bike")]


class TestLabels:
    def test_labels_in_any_language_become_codes(self, tmp_path: Path, form: Questionnaire) -> None:
        lines = [
            ["source", "owns"],
            ["Piped water", "Bed net Radio"],
            ["Puits", "bike"],
            ["No water", ""],
            ["2", "Vélo"],
        ]
        sample = sample_of(tmp_path, form, lines)
        assert table(sample, "source", "owns") == [
            ("1", "bed_net radio"),
            ("2", "bike"),
            ("None", None),
            ("2", "bike"),
        ]
        assert problems(check(sample, form)) == []

    def test_headings_may_be_labels_too(self, tmp_path: Path, form: Questionnaire) -> None:
        lines = [
            ["Where is water from?", "What do you own?/Bed net", "What do you own?/Radio"],
            ["Well", "1", "0"],
        ]
        assert table(sample_of(tmp_path, form, lines), "source", "owns") == [("2", "bed_net")]

    def test_what_is_neither_stays_and_is_found(self, tmp_path: Path, form: Questionnaire) -> None:
        lines = [["source", "owns"], ["Well", "Radio boat"], ["River", "Bike"]]
        sample = sample_of(tmp_path, form, lines)
        assert table(sample, "source", "owns") == [("2", "Radio boat"), ("River", "bike")]
        assert problems(check(sample, form)) == [
            (MAIN, 2, "source", "River"),
            (MAIN, 1, "owns", "Radio boat"),
        ]

    def test_a_label_of_two_choices_is_a_fault(self, tmp_path: Path) -> None:
        choices = CHOICES.replace("water,2,Well,Puits", "water,2,Piped water,Puits")
        form = read_xlsform_csv(SURVEY.encode(), choices.encode())
        with pytest.raises(InputError, match='"Piped water" is the label of several choices: "1", "2"'):
            sample_of(tmp_path, form, [["source"], ["Piped water"]])
        assert table(sample_of(tmp_path, form, [["source"], ["1"]]), "source") == [("1",)]


class TestChecks:
    def test_each_oddity_is_found_where_it_stands(self, tmp_path: Path, form: Questionnaire) -> None:
        lines = [
            ["_index", "_uuid", "source", "owns", "size", "day"],
            ["1", "u1", "1", "radio", "4", "2020-01-01"],
            ["2", "u2", "7", "radio tv", "four", "1/2/2020"],
            ["3", "u1", "None", "radio  bike", "1e3", "2020-01-01T10:00:00.000+05:30"],
            ["4", "u4", "", "", "n/a", ""],
        ]
        members = [
            ["member/age", "member/sex", "_parent_index"],
            ["30", "f", "1"],
            ["old", "x", "3"],
            ["4", "m", "9"],
        ]
        sample = sample_of(tmp_path, form, lines, member=members)
        assert problems(check(sample, form)) == [
            (MAIN, 3, "_uuid", "u1"),
            (MAIN, 4, "", ""),
            (MAIN, 2, "source", "7"),
            (MAIN, 2, "owns", "radio tv"),
            (MAIN, 2, "size", "four"),
            (MAIN, 2, "day", "1/2/2020"),
            ("member", 3, "", ""),
            ("member", 2, "age", "old"),
            ("member", 2, "sex", "x"),
        ]

    def test_clean_records_have_no_findings(self, tmp_path: Path, form: Questionnaire) -> None:
        header = ["source", "owns", "size", "day", "place", "remark"]
        sample = sample_of(tmp_path, form, [header, ["1", "radio", "4", "2020-01-01", "1 2 0 0", "x"]])
        assert problems(check(sample, form)) == []

    def test_questions_without_a_column_are_named(self, tmp_path: Path, form: Questionnaire) -> None:
        sample = sample_of(tmp_path, form, [["source"], ["1"]])
        assert [finding.column for finding in check(sample, form)] == [
            "owns", "size", "day", "place", "remark", "name", "age", "sex",
        ]  # fmt: skip

    def test_many_rows_are_counted_and_not_all_listed(self, tmp_path: Path, form: Questionnaire) -> None:
        sample = sample_of(tmp_path, form, [["source"], *([["9"]] * 130)])
        found = [finding for finding in check(sample) if finding.column == "source"]
        assert len(found) == 101
        assert found[-1].problem == "30 more rows have the same problem."

    def test_names_of_persons_are_not_repeated(self, tmp_path: Path) -> None:
        survey = "type,name,label\ninteger,phone_number,Phone number?\n"
        form = read_xlsform_csv(survey.encode())
        sample = sample_of(tmp_path, form, [["phone_number"], ["+1 secret"]])
        assert sample.columns[MAIN]["phone_number"].identifier
        assert problems(check(sample)) == [(MAIN, 1, "phone_number", "")]


def test_the_numbers_of_a_point_become_one_answer(tmp_path: Path, form: Questionnaire) -> None:
    header = ["size", *(f"place-{number}" for number in ("Latitude", "Longitude", "Altitude", "Accuracy"))]
    sample = sample_of(tmp_path, form, [header, ["1", "-1.5", "36.25", "10", "5"], ["2", "", "", "", ""]])
    assert list(sample.columns[MAIN]) == ["size", "place"]
    assert table(sample, "place") == [("-1.5 36.25 10 5",), (None,)]
    assert sample.columns[MAIN]["place"].identifier


def test_the_same_name_in_two_groups_keeps_its_place(tmp_path: Path) -> None:
    survey = (
        "type,name,label\nbegin_group,a,A\ninteger,age,Age?\nend_group,,\n"
        "begin_group,b,B\ninteger,age,Age?\nend_group,,\n"
    )
    form = read_xlsform_csv(survey.encode())
    sample = sample_of(tmp_path, form, [["a-age", "b-age"], ["1", "2"]])
    assert list(sample.columns[MAIN]) == ["a/age", "b/age"]


def test_rosters_in_json_and_codes_as_numbers(tmp_path: Path, form: Questionnaire) -> None:
    path = tmp_path / "main.json"
    members = [{"member/name": "x", "member/age": 30, "member/sex": "f"}, {"member/age": 4}]
    path.write_text(json.dumps([{"hh/source": 1, "hh/size": 4, "member": members}, {"hh/source": 2}]))
    sample = read({MAIN: Source(path)}, design=PURPOSIVE, questionnaire=form)
    assert table(sample, "source", "size") == [("1", "4"), ("2", None)]
    assert table(sample, "_record", "age", "sex", name="member") == [(1, "30", "f"), (1, "4", None)]
    assert sample.columns["member"]["age"].kind is ColumnKind.NUMBER
    assert problems(check(sample, form)) == []
