"""A release beside all earlier ones of the initiative: what they printed, and by which cuts, counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.protect import Status, of_breakdown, of_measure
from everycount.release import digest, release_from_json, to_bytes
from everycount.survey import make_release, read_folder, release_folder

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.release import Release

HEAD = """
[survey]
id = "ID"
title = "An invented survey"
period = "2026"
area = "BGD"
invented = true
records = {main = "records.csv", key = "uuid"}
[design]
kind = "purposive"
[policy]
name = "public"
suppress_unreliable = false
"""
AGE_18 = '[[dimension]]\nid = "age"\nquestion = "band"\ngroups = {young = ["17"], old = ["18", "19"]}\n'
AGE_19 = '[[dimension]]\nid = "age"\nquestion = "band"\ngroups = {young = ["17", "18"], old = ["19"]}\n'
SEX = '[[dimension]]\nid = "sex"\nquestion = "sex"\n'
WATER = '[[measure]]\nid = "water"\nkind = "proportion"\nquestion = "water"\nin = ["yes"]\n'


def table(*by: str, measures: str = "*") -> str:
    return f'[[table]]\nmeasures = "{measures}"\nby = [{", ".join(by)}]\n'


def records(aged_18: int = 3, more: int = 0) -> str:
    """Invented: 60 below 18, a few of 18, 60 and more above."""
    bands = ["17"] * 60 + ["18"] * aged_18 + ["19"] * (60 + more)
    rows = [
        f"u{at},{band},{'fm'[at % 2]},{'yes' if at % 3 else 'no'},{'yes' if at % 5 else 'no'}"
        for at, band in enumerate(bands)
    ]
    return "\n".join(("uuid,band,sex,water,school", *rows, ""))


def made(
    path: Path,
    *parts: str,
    given: tuple[Release, ...] = (),
    rows: str = "",
    name: str = "invented",
    **more: object,
) -> Release:
    path.mkdir()
    (path / "survey.toml").write_text(HEAD.replace("ID", name) + "\n".join(parts), encoding="utf-8")
    (path / "records.csv").write_text(rows or records(), encoding="utf-8")
    return release_folder(path, given=given, **more)[0]  # type: ignore[arg-type]


def shown(release: Release) -> set[tuple[str, tuple[str, ...]]]:
    return {
        (one.measure, tuple(code for _, code in one.cell)) for one in release.cells.cells if one.n is not None
    }


def test_another_cut_under_the_same_name_is_refused(tmp_path: Path) -> None:
    first = made(tmp_path / "first", AGE_18, WATER)
    with pytest.raises(InputError) as caught:
        made(tmp_path / "second", AGE_19, WATER, given=(first,))
    (fault,) = caught.value.faults
    assert fault.place == "survey.toml, line 14"
    assert 'The dimension "age" is not what it was' in fault.problem
    assert digest(first)[:19] in fault.problem
    assert 'Keep the dimension "age" as it was then; it needs no [[table]]' in fault.remedy


def test_another_cut_under_another_name_is_refused_unless_the_first_is_kept(tmp_path: Path) -> None:
    first = made(tmp_path / "first", AGE_18, WATER)
    other = AGE_19.replace('"age"', '"age_19"')
    with pytest.raises(InputError, match=r'numbers of the dimension "age", which is not here any more'):
        made(tmp_path / "second", other, WATER, given=(first,))
    asked = (AGE_18, other, WATER, table('["age_19"]'))
    alone = made(tmp_path / "alone", *asked)
    beside = made(tmp_path / "beside", *asked, given=(first,))
    assert ("water", ("young",)) in shown(alone)
    assert shown(beside) == {("water", ())}  # the three aged 18 are the difference of the two
    assert {one.cell for one in beside.cells.cells} == {one.cell for one in alone.cells.cells}


def test_both_cuts_are_shown_where_enough_stand_between(tmp_path: Path) -> None:
    rows = records(aged_18=30)
    first = made(tmp_path / "first", AGE_18, WATER, rows=rows)
    asked = (AGE_18, AGE_19.replace('"age"', '"age_19"'), WATER, table('["age_19"]'))
    beside = made(tmp_path / "beside", *asked, given=(first,), rows=rows)
    assert shown(beside) == {("water", ()), ("water", ("young",)), ("water", ("old",))}


@pytest.mark.parametrize(
    "changed",
    [
        WATER.replace('in = ["yes"]', 'in = ["no"]'),
        WATER + 'among = {question = "band", in = ["17", "18"]}\n',
        WATER.replace('question = "water"', 'question = "school"'),
        WATER.replace('"proportion"', '"count"'),
    ],
)
def test_a_measure_that_became_another_one_is_refused(tmp_path: Path, changed: str) -> None:
    first = made(tmp_path / "first", SEX, WATER)
    with pytest.raises(InputError, match=r'The measure "water" is not what it was'):
        made(tmp_path / "second", SEX, changed, given=(first,))


def test_words_and_order_are_no_other_meaning(tmp_path: Path) -> None:
    first = made(tmp_path / "first", AGE_18, WATER.replace('["yes"]', '["yes", "1"]'))
    words = AGE_18.replace('["18", "19"]', '["19", "18"]') + 'label = "Age"\n'
    again = WATER.replace('["yes"]', '["1", "yes"]') + 'label = "Water at home"\n'
    assert made(tmp_path / "second", words, again, given=(first,)).cells == first.cells


def test_a_variable_that_is_made_otherwise_is_another_question(tmp_path: Path) -> None:
    made_of = '[[variable]]\nid = "home"\nquestion = "water"\nrecode = {no = "none"}\n'
    measure = WATER.replace('question = "water"', 'question = "home"')
    first = made(tmp_path / "first", made_of, SEX, measure)
    with pytest.raises(InputError, match=r'The measure "water" is not what it was'):
        made(tmp_path / "second", made_of.replace("none", "yes"), SEX, measure, given=(first,))


def test_what_is_left_out_of_the_survey_file_is_asked_for(tmp_path: Path) -> None:
    school = WATER.replace("water", "school")
    first = made(tmp_path / "first", AGE_18, SEX, WATER, school)
    with pytest.raises(InputError) as caught:
        made(tmp_path / "second", SEX, WATER, given=(first,))
    assert sorted(fault.problem.split('"')[1] for fault in caught.value.faults) == ["age", "school"]


def test_what_the_records_do_not_have_any_more_cannot_be_kept(tmp_path: Path) -> None:
    first = made(tmp_path / "first", SEX, WATER, WATER.replace("water", "school"))
    rows = "\n".join(line.rsplit(",", 1)[0] for line in records().splitlines())
    assert made(tmp_path / "second", SEX, WATER, given=(first,), rows=rows).cells.cells


def test_a_release_that_does_not_say_what_it_counted_cannot_be_held(tmp_path: Path) -> None:
    first = made(tmp_path / "first", SEX, WATER)
    mute = replace(first, provenance=replace(first.provenance, plan={}))
    with pytest.raises(InputError, match="does not say how its dimensions and measures were made"):
        made(tmp_path / "second", SEX, WATER, given=(mute,))


def test_all_releases_are_named_and_the_newest_of_the_survey_is_revised(tmp_path: Path) -> None:
    first = made(tmp_path / "first", SEX, WATER)
    second = made(tmp_path / "second", SEX, WATER, given=(first,), rows=records(more=60))
    other = made(tmp_path / "other", SEX, WATER, given=(first, second), rows=records(more=120), name="other")
    third = made(tmp_path / "third", SEX, WATER, given=(first, second, other), rows=records(more=120))
    assert second.provenance.supersedes == digest(first)
    assert other.provenance.supersedes == ""
    assert third.provenance.supersedes == digest(second)
    assert third.provenance.given == tuple(map(digest, (first, second, other)))
    assert release_from_json(json.loads(to_bytes(third))) == third


def test_a_release_made_before_is_read_and_named_as_it_was(tmp_path: Path) -> None:
    document = json.loads(to_bytes(made(tmp_path / "first", SEX, WATER)))
    assert "given" not in document["provenance"]
    assert release_from_json(document).digest == document["digest"]


def test_a_third_release_is_held_against_the_first_as_well(tmp_path: Path) -> None:
    """Two went after the first and eleven came after the second: beside the second alone, enough changed."""
    first = made(tmp_path / "first", SEX, WATER, rows=records(aged_18=20))
    second = made(tmp_path / "second", SEX, WATER, given=(first,), rows=records(aged_18=20, more=-20))
    rows = records(aged_18=20, more=2)
    beside_second = made(tmp_path / "two", SEX, WATER, given=(second,), rows=rows)
    beside_both = made(tmp_path / "three", SEX, WATER, given=(first, second), rows=rows)
    assert ("water", ()) in shown(beside_second)
    assert ("water", ()) not in shown(beside_both)


def test_a_withheld_cell_has_no_number_and_none_follows(tmp_path: Path) -> None:
    key = (("age", "old"), ("sex", "f"))
    asked = (
        AGE_18,
        SEX,
        WATER,
        WATER.replace("water", "school"),
        table('["age"]', '["sex"]', '["sex", "age"]'),
    )
    found = made(tmp_path / "first", *asked, rows=records(30), withheld=[("water", key)])
    statuses = {
        tuple(code for _, code in sorted(one.cell)): one.status
        for one in found.cells.cells
        if one.measure == "water"
    }
    assert statuses["old", "f"] is Status.WITHHELD_BY_COMMUNITY
    hidden = {place for place, status in statuses.items() if status is not Status.SHOWN}
    assert hidden == {(age, sex) for age in ("old", "young") for sex in "fm"}


def test_what_is_to_be_withheld_must_be_there(tmp_path: Path) -> None:
    wrong = [("watr", ()), ("water", (("sex", "x"),))]
    with pytest.raises(InputError) as caught:
        made(tmp_path / "first", SEX, WATER, withheld=wrong)
    assert caught.value.faults[0].remedy == 'Did you mean "water"?'
    assert 'group of "water" "sex = x" is not known' in caught.value.faults[1].problem


def test_a_measure_withheld_whole_leaves_the_others(tmp_path: Path) -> None:
    parts = (
        SEX,
        WATER,
        WATER.replace("water", "school"),
        WATER.replace('id = "water"', 'id = "dry"').replace("yes", "no"),
    )
    draft = made(tmp_path / "draft", *parts)
    found = made(tmp_path / "final", *parts, withheld=of_measure(draft.cells.cells, "water"))
    status = {one.measure: set() for one in found.cells.cells}
    for one in found.cells.cells:
        status[one.measure].add(one.status)
    assert status == {
        "water": {Status.WITHHELD_BY_COMMUNITY},
        "dry": {Status.SUPPRESSED_COMPLEMENTARY},
        "school": {Status.SHOWN},
    }
    later = made(tmp_path / "later", *parts, given=(found,))
    assert later.cells == found.cells  # nobody asked for it again, and it stays as it was decided


def test_a_breakdown_can_be_withheld_whole(tmp_path: Path) -> None:
    parts = (AGE_18, SEX, WATER)
    draft = made(tmp_path / "draft", *parts, rows=records(30))
    withheld = of_breakdown(draft.cells.cells, ["age"])
    found = made(tmp_path / "final", *parts, rows=records(30), withheld=withheld)
    assert shown(found) == {("water", ()), ("water", ("f",)), ("water", ("m",))}
    with pytest.raises(InputError, match="Nothing is split by age x sex"):
        of_breakdown(draft.cells.cells, ["age", "sex"])
    with pytest.raises(InputError, match='The measure "watr" is not known'):
        of_measure(draft.cells.cells, "watr")


def test_the_door_takes_a_folder_as_well(tmp_path: Path) -> None:
    first = made(tmp_path / "first", SEX, WATER)
    assert make_release(read_folder(tmp_path / "first"), given=[first]).cells == first.cells
