from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from everycount.faults import InputError
from everycount.survey import make_release, read_folder
from everycount.survey.proposal import quoted
from everycount.survey.propose import Files, propose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TODAY = dt.date(2026, 11, 22)


def table(path: Path, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    lines = [",".join(heading), *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def form(path: Path, survey: Sequence[Sequence[str]], choices: Sequence[Sequence[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def proposed(files: Files, out: Path) -> dict[str, Any]:
    """The proposal, which must be one that can be released."""
    made = propose(files, out, area="BGD", today=TODAY)
    release = make_release(read_folder(out))
    assert any(cell.value is not None for cell in release.cells.cells if not cell.cell)
    return tomllib.loads(made.path.read_text(encoding="utf-8"))


def measure(plan: dict[str, Any], question: str) -> dict[str, Any] | None:
    return next((each for each in plan["measure"] if each["question"] == question), None)


def test_a_scale_of_difficulty_is_not_read_as_yes_and_no(tmp_path: Path) -> None:
    asked = form(
        tmp_path / "form.xlsx",
        [
            ["type", "name", "label"],
            ["select_one wg", "seeing", "Difficulty seeing?"],
            ["select_one yn", "tap", "Tap?"],
        ],
        [
            ["list_name", "name", "label"],
            *(
                ["wg", str(code), words]
                for code, words in enumerate(["No difficulty", "Some", "A lot", "Cannot"], 1)
            ),
            ["yn", "1", "Yes"],
            ["yn", "2", "No"],
        ],
    )
    records = table(
        tmp_path / "a.csv", ["seeing", "tap"], [(1 + i % 4 % 3, 1 + i % 3 % 2) for i in range(80)]
    )
    plan = proposed(Files(records, asked), tmp_path / "out")
    seeing, tap = measure(plan, "seeing"), measure(plan, "tap")
    assert seeing is not None
    assert seeing["label"] == "Difficulty seeing? – No difficulty"
    assert tap is not None
    assert tap["in"] == ["1"]
    assert tap["label"] == "Tap?"


def test_the_weight_of_a_child_is_no_weight_of_the_survey(tmp_path: Path) -> None:
    asked = form(
        tmp_path / "form.xlsx",
        [["type", "name", "label"], ["decimal", "weight", "Weight of the child in kg"]],
        [["list_name", "name", "label"]],
    )
    records = table(tmp_path / "a.csv", ["weight"], [(10 + i / 10,) for i in range(60)])
    plan = proposed(Files(records, asked), tmp_path / "out")
    assert plan["design"]["kind"] == "convenience"
    assert "weights" not in plan["design"]


@pytest.mark.parametrize("hole", ["", "0", "-1"])
def test_weights_with_a_hole_are_not_used(tmp_path: Path, hole: str) -> None:
    rows = [(hole if i == 7 else 1.5, i % 4, ("yes", "no")[i % 3 == 0]) for i in range(60)]
    records = table(tmp_path / "a.csv", ["weight", "psu", "water"], rows)
    plan = proposed(Files(records), tmp_path / "out")
    assert plan["design"]["kind"] == "convenience"


def test_who_agreed_is_asked_even_where_no_form_marks_it(tmp_path: Path) -> None:
    rows = [("no" if i == 5 else "yes", ("yes", "no")[i % 2], ("yes", "no")[i % 3 == 0]) for i in range(60)]
    records = table(tmp_path / "a.csv", ["consent", "consent_share_location", "water"], rows)
    plan = proposed(Files(records), tmp_path / "out")
    assert plan["consent"] == {"statistics": {"question": "consent", "in": ["yes"]}}
    assert [each["question"] for each in plan["measure"]] == ["water"]


def test_nothing_that_finds_a_person_is_written_down(tmp_path: Path) -> None:
    heading = ["name", "phone", "latitude", "longitude", "why", "sex", "district", "other_reason", "water"]
    rows = [
        (
            f"Asha{i}", 9000000000 + i, 23.5 + i / 1e4, 90.1 + i / 1e4, f"because {i}", "fm"[i % 2],
            "secretplace" if i == 3 else ("north", "south")[i % 2],
            "my neighbour Ravi" if i == 4 else "none", ("yes", "no")[i % 3 == 0],
        )
        for i in range(60)
    ]  # fmt: skip
    records = table(tmp_path / "a.csv", heading, rows)
    plan = proposed(Files(records), tmp_path / "out")
    written = (tmp_path / "out" / "survey.toml").read_text(encoding="utf-8")
    for secret in ("Asha", "phone", "latitude", "because", "secretplace", "Ravi"):
        assert secret not in written
    assert [each["question"] for each in plan["dimension"]] == ["sex"]


def test_free_text_of_a_form_is_never_proposed(tmp_path: Path) -> None:
    asked = form(
        tmp_path / "form.xlsx",
        [["type", "name", "label"], ["text", "religion", "Your religion?"], ["integer", "rooms", "Rooms?"]],
        [["list_name", "name", "label"]],
    )
    records = table(tmp_path / "a.csv", ["religion", "rooms"], [("xy"[i % 2], i % 5) for i in range(60)])
    plan = proposed(Files(records, asked), tmp_path / "out")
    assert "religion" not in str(plan)


def test_the_asker_is_nobody_whom_the_survey_is_about(tmp_path: Path) -> None:
    rows = [("fm"[i % 2], 20 + i % 9, "fm"[i % 3 == 0], i % 7) for i in range(60)]
    records = table(tmp_path / "a.csv", ["enum_gender", "enum_age", "resp_gender", "rooms"], rows)
    plan = proposed(Files(records), tmp_path / "out")
    assert "enum" not in str(plan)
    assert [each["id"] for each in plan["dimension"]] == ["resp_gender"]


def test_a_number_that_stands_for_not_knowing_is_not_averaged(tmp_path: Path) -> None:
    rows = [(999 if i == 9 else i % 30, 999 - i % 40) for i in range(60)]
    records = table(tmp_path / "a.csv", ["minutes", "litres"], rows)
    plan = proposed(Files(records), tmp_path / "out")
    assert measure(plan, "minutes") is None
    written = (tmp_path / "out" / "survey.toml").read_text(encoding="utf-8")
    assert '#   "minutes": 999' in written


def test_what_programs_write_for_nothing_is_missing(tmp_path: Path) -> None:
    rows = [
        ("NA" if i % 7 == 0 else i % 20, "NA" if i % 9 == 0 else ("yes", "no")[i % 2], i % 11)
        for i in range(99)
    ]
    plan = proposed(Files(table(tmp_path / "a.csv", ["minutes", "water", "rooms"], rows)), tmp_path / "out")
    assert plan["survey"]["missing"] == ["", "NA"]
    minutes = measure(plan, "minutes")
    assert minutes is not None
    assert minutes["kind"] == "mean"


@pytest.mark.parametrize(
    ("days", "period"),
    [
        (("2025-03-30T08:00:00Z", "2025-04-02T08:00:00Z"), "2025-03/2025-04"),
        (("2025-03-30", "2025-03-31"), "2025-03"),
        (("03/04/2019", "28/12/2018"), "2018/2019"),
        (("yesterday", "today"), "2026"),
        (("1066-03-30", "2025-03-31"), "2026"),
    ],
)
def test_the_period_is_that_of_the_interviews(tmp_path: Path, days: tuple[str, str], period: str) -> None:
    rows = [(days[i % 2], ("yes", "no")[i % 3 == 0]) for i in range(60)]
    plan = proposed(Files(table(tmp_path / "a.csv", ["today", "water"], rows)), tmp_path / "out")
    assert plan["survey"]["period"] == period


def test_columns_of_single_choices_get_plain_ids(tmp_path: Path) -> None:
    rows = [(i % 2, (i + 1) % 3 % 2, "fm"[i % 2]) for i in range(60)]
    records = table(tmp_path / "a.csv", ["challenge/water", "challenge.education", "sex"], rows)
    plan = proposed(Files(records), tmp_path / "out")
    assert [each["id"] for each in plan["measure"]] == ["water", "challenge_education"]


def test_a_roster_in_a_second_file_finds_its_households(tmp_path: Path) -> None:
    main = table(
        tmp_path / "h.csv", ["hid", "water"], [(f"h{i}", ("yes", "no")[i % 3 == 0]) for i in range(60)]
    )
    rows = [(f"h{i % 60}", i % 90, "fm"[i % 2], ("yes", "no")[i % 5 == 0]) for i in range(200)]
    people = table(tmp_path / "people.csv", ["hid", "age", "sex", "literate"], rows)
    plan = proposed(Files(main, rosters=(people,)), tmp_path / "out")
    assert plan["survey"]["records"]["rosters"] == {"people": {"file": "people.csv", "parent_key": "hid"}}
    by_table = {tuple(each["measures"]): each["by"] for each in plan["table"]}
    assert by_table["age", "literate"] == [["sex"], ["age_group"]]
    assert {each["unit"] for each in plan["measure"] if each["id"] == "literate"} == {"person"}


def test_a_roster_that_finds_nobody_is_refused(tmp_path: Path) -> None:
    main = table(tmp_path / "h.csv", ["hid", "water"], [(f"h{i}", "yes") for i in range(9)])
    people = table(tmp_path / "people.csv", ["household", "age"], [(f"h{i}", i) for i in range(9)])
    with pytest.raises(InputError, match=r'people.csv: It has no column .* "hid"'):
        propose(Files(main, rosters=(people,)), tmp_path / "out", area="BGD", today=TODAY)
    assert not (tmp_path / "out").exists()


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    one = table(tmp_path / "a.csv", ["x"], [(1,)])
    two = table(tmp_path / "x" / "a.csv", ["x"], [(1,)])
    with pytest.raises(InputError, match="Two files"):
        propose(Files(one, rosters=(two,)), tmp_path / "out", area="BGD", today=TODAY)


def test_every_string_survives_toml() -> None:
    for words in ('a "b" \\ c', "tab\tline\n", "\x7f\x00\x1b", "\u202eabc\u2069", "हिन्दी 𝄞"):
        assert tomllib.loads(f"x = {quoted(words)}") == {"x": words}


def test_a_roster_does_not_repeat_what_its_records_say(tmp_path: Path) -> None:
    heading = ["hid", "region", "water"]
    rows = [(f"h{i}", ("north", "south")[i % 2], ("yes", "no")[i % 3 == 0]) for i in range(60)]
    main = table(tmp_path / "h.csv", heading, rows)
    members = [(f"h{i % 60}", ("north", "south")[i % 2], "fm"[i % 3 == 0], i % 7) for i in range(180)]
    people = table(tmp_path / "people.csv", ["hid", "region", "sex", "years"], members)
    plan = proposed(Files(main, rosters=(people,)), tmp_path / "out")
    assert [each["id"] for each in plan["dimension"]] == ["region", "sex"]
    by_table = {tuple(each["measures"]): each["by"] for each in plan["table"]}
    assert by_table[("years",)] == [["sex"], ["region"]]


def test_groups_that_stand_in_an_order_are_proposed_in_it(tmp_path: Path) -> None:
    fifths = ("Rich", "Poorest", "Middle", "Richest", "Poor")
    rows = [(fifths[i % 5], f"Q{1 + i * 3 % 4}", ("yes", "no")[i % 3 == 0]) for i in range(100)]
    records = table(tmp_path / "a.csv", ["wealth", "quintile", "water"], rows)
    wealth, quarters = proposed(Files(records), tmp_path / "out")["dimension"]
    assert list(wealth["groups"]) == ["Poorest", "Poor", "Middle", "Rich", "Richest"]
    assert list(quarters["groups"]) == ["Q1", "Q2", "Q3", "Q4"]
    assert wealth["ordered"] is quarters["ordered"] is True


def test_places_with_hardly_anybody_are_put_together(tmp_path: Path) -> None:
    large, small = ("Alta", "Bassa", "Corta", "Dura"), ("Erta", "Fina", "Gota", "Hora")
    places = [place for place in large for _ in range(120)] + [place for place in small for _ in range(9)]
    rows = [(place, ("yes", "no")[i % 3 == 0]) for i, place in enumerate(places)]
    plan = proposed(Files(table(tmp_path / "a.csv", ["district", "water"], rows)), tmp_path / "out")
    (district,) = plan["dimension"]
    assert district["groups"] == {**{place: [place] for place in large}, "elsewhere": list(small)}
    release = make_release(read_folder(tmp_path / "out"))
    assert all(cell.value is not None for cell in release.cells.cells)


def test_small_places_alone_stay_apart(tmp_path: Path) -> None:
    rows = [("ABCD"[i % 4], ("yes", "no")[i % 3 == 0]) for i in range(80)]
    plan = proposed(Files(table(tmp_path / "a.csv", ["district", "water"], rows)), tmp_path / "out")
    (district,) = plan["dimension"]
    assert list(district["groups"]) == ["A", "B", "C", "D"]


def test_a_folder_is_called_as_its_form_or_as_itself(tmp_path: Path) -> None:
    asked = [["type", "name", "label"], ["integer", "rooms", "Rooms?"]]
    records = table(tmp_path / "a.csv", ["rooms"], [(i % 5,) for i in range(60)])
    unnamed = form(tmp_path / "form.xlsx", asked, [["list_name", "name", "label"]])
    assert proposed(Files(records, unnamed), tmp_path / "homes")["survey"]["title"] == "homes"
    book = openpyxl.load_workbook(unnamed)
    for row in (["form_title", "form_id"], ["Homes and rooms", "homes1"]):
        (book["settings"] if "settings" in book.sheetnames else book.create_sheet("settings")).append(row)
    book.save(unnamed)
    assert proposed(Files(records, unnamed), tmp_path / "named")["survey"]["title"] == "Homes and rooms"


def test_faults_of_a_form_in_two_files_name_the_files(tmp_path: Path) -> None:
    asked = table(
        tmp_path / "asked.csv", ["type", "name", "label"], [("select_one yesno", "water", "Water?")]
    )
    lists = table(tmp_path / "lists.csv", ["list_name", "name", "label"], [("other", "yes", "Yes")])
    records = table(tmp_path / "a.csv", ["water"], [("yes",)])
    with pytest.raises(InputError, match=r"asked\.csv"):
        propose(Files(records, asked, lists), tmp_path / "out", area="BGD", today=TODAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            '<?xml version="1.0"?>\n<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="h">',
            "an XForm, made",
        ),
        ('<data id="water" version="1"><water>yes</water></data>', "one person's answers"),
        ("<!DOCTYPE html>\n<html><title>Sign in</title></html>", "a web page"),
        ('\ufeff {"content": {"survey": []}}', "JSON"),
    ],
)
def test_what_is_no_xlsform_is_called_by_its_name(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "form.xml"
    path.write_text(text, encoding="utf-8")
    records = table(tmp_path / "a.csv", ["water"], [("yes",)])
    with pytest.raises(InputError, match=words) as refused:
        propose(Files(records, path), tmp_path / "out", area="BGD", today=TODAY)
    (fault,) = refused.value.faults
    assert fault.place == "form.xml"
    assert "download" in fault.remedy.lower()
    assert not (tmp_path / "out").exists()


def test_the_checks_of_quality_are_told_where_to_look(tmp_path: Path) -> None:
    rows = [(f"h{i}", 100 + i % 4, "fm"[i % 2], 20 + i % 9, ("yes", "no")[i % 3 == 0]) for i in range(80)]
    main = table(tmp_path / "h.csv", ["hid", "enumerator_no", "enum_sex", "enum_age", "water"], rows)
    members = [(f"h{i % 80}", i % 90, ("Homme", "Femme")[i % 2]) for i in range(200)]
    people = table(tmp_path / "people.csv", ["hid", "age", "sexe"], members)
    plan = proposed(Files(main, rosters=(people,)), tmp_path / "out")
    assert plan["quality"] == {
        "age": "age", "sex": "sexe", "male": ["Homme"], "female": ["Femme"], "interviewer": "enumerator_no",
    }  # fmt: skip


def test_numbers_of_sexes_are_not_guessed(tmp_path: Path) -> None:
    rows = [(1 + i % 2, i % 90, ("yes", "no")[i % 3 == 0]) for i in range(80)]
    plan = proposed(Files(table(tmp_path / "a.csv", ["sex", "age", "water"], rows)), tmp_path / "out")
    assert plan["quality"] == {"age": "age"}
