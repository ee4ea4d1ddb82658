"""Broken forms: each fault says where, what and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.questionnaire import read_xlsform, read_xlsform_csv, validate, write_xform

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.questionnaire import Questionnaire

YES_NO = " / choices / list_name | name | label / yes_no | 1 | Yes / yes_no | 0 | No"

# (form with its rows between strokes, place, words of the problem, words of the remedy)
BROKEN = {
    "no survey sheet": (
        "surveys / type | name | label / text | a | A" + YES_NO,
        "form.csv",
        'no sheet "survey"',
        'Rename the sheet "surveys"',
    ),
    "no type column": (
        "survey / typ | name | label / text | a | A",
        "form.csv, sheet survey, row 1",
        'column "type" is missing',
        'Rename "typ" to "type"',
    ),
    "no name column": (
        "survey / type | label / text | A",
        "form.csv, sheet survey, row 1",
        'column "name" is missing',
        "Add it",
    ),
    "a column twice": (
        "survey / type | name | label | label / text | a | A | B",
        "form.csv, sheet survey, row 1",
        '"label" stands twice',
        "Rename or remove",
    ),
    "two names of one column": (
        "survey / type | name | label | relevant | bind::relevant / text | a | A | |",
        "form.csv, sheet survey, row 1, column bind::relevant",
        '"relevant" and "bind::relevant" mean the same',
        "Keep one",
    ),
    "an unknown type": (
        "survey / type | name | label / interger | a | A",
        "form.csv, sheet survey, row 2, column type",
        '"interger" is not known',
        'Did you mean "integer"?',
    ),
    "an unknown select": (
        "survey / type | name | label / selectone yes_no | a | A" + YES_NO,
        "form.csv, sheet survey, row 2, column type",
        '"selectone yes_no" is not known',
        'Did you mean "select_one list_name"?',
    ),
    "a type like no other": (
        "survey / type | name | label / zzzz | a | A",
        "form.csv, sheet survey, row 2, column type",
        '"zzzz" is not known',
        "xlsform.org",
    ),
    "a select without a list": (
        "survey / type | name | label / select_one | a | A",
        "form.csv, sheet survey, row 2, column type",
        "does not say which choices",
        '"select_one yes_no"',
    ),
    "a list that is not there": (
        "survey / type | name | label / select_one yesno | a | A" + YES_NO,
        "form.csv, sheet survey, row 2, column type",
        '"yesno" is not in the sheet choices',
        'Did you mean "yes_no"?',
    ),
    "no choices at all": (
        "survey / type | name | label / select_one colours | a | A",
        "form.csv, sheet survey, row 2, column type",
        '"colours" is not in the sheet choices',
        "Add the list",
    ),
    "no external choices": (
        "survey / type | name | label | choice_filter / select_one_external towns | a | A | x=1",
        "form.csv, sheet survey, row 2, column type",
        '"towns" is not in the sheet external_choices',
        "Add the list",
    ),
    "a file of no known kind": (
        "survey / type | name | label / select_one_from_file towns.txt | a | A",
        "form.csv, sheet survey, row 2, column type",
        'file "towns.txt"',
        ".csv",
    ),
    "a name twice": (
        "survey / type | name | label / text | a | A / text | a | B",
        "form.csv, sheet survey, row 3, column name",
        'The name "a" stands twice in the same group; row 2',
        "Rename one",
    ),
    "a name with a space": (
        "survey / type | name | label / text | water source | A",
        "form.csv, sheet survey, row 2, column name",
        '"water source" cannot be used',
        '"water_source" would do',
    ),
    "a name that begins with a digit": (
        "survey / type | name | label / text | 1st | A",
        "form.csv, sheet survey, row 2, column name",
        '"1st" cannot be used',
        '"q_1st" would do',
    ),
    "a reserved name": (
        "survey / type | name | label / text | meta | A",
        "form.csv, sheet survey, row 2, column name",
        '"meta" is reserved',
        "another name",
    ),
    "no name": (
        "survey / type | name | label / text | | A",
        "form.csv, sheet survey, row 2, column name",
        "The question has no name",
        "short name",
    ),
    "no type": (
        "survey / type | name | label / | a | A",
        "form.csv, sheet survey, row 2, column type",
        '"a" has no type',
        "Write its type",
    ),
    "no label": (
        "survey / type | name | label / text | a |",
        "form.csv, sheet survey, row 2, column label",
        '"a" has no label',
        "Write what people are asked",
    ),
    "no label column": (
        "survey / type | name | lable / text | a | A / text | b | B",
        "form.csv, sheet survey, row 1",
        'column "label" is missing',
        'Rename "lable" to "label"',
    ),
    "a column that wants to be ours": (
        "survey / type | name | label | everycount::identifer / text | a | A | yes",
        "form.csv, sheet survey, row 1, column everycount::identifer",
        '"everycount::identifer" is not known',
        'Did you mean "everycount::identifier"?',
    ),
    "a group that is not closed": (
        "survey / type | name | label / begin_group | g | G / text | a | A",
        "form.csv, sheet survey, row 2, column type",
        'group "g" is opened but never closed',
        '"end_group"',
    ),
    "a group closed as a repeat": (
        "survey / type | name | label / begin_group | g | G / text | a | A / end_repeat | |",
        "form.csv, sheet survey, row 4, column type",
        '"end_repeat" stands where the group "g" of row 2',
        'Write "end_group"',
    ),
    "an end without a begin": (
        "survey / type | name | label / text | a | A / end_group | |",
        "form.csv, sheet survey, row 3, column type",
        '"end_group" closes nothing',
        "begin_group",
    ),
    "two repeats of one name": (
        (
            "survey / type | name | label / begin_repeat | r | R / text | a | A / end_repeat | | / "
            "begin_group | g | G / begin_repeat | r | R / text | b | B / end_repeat | | / end_group | |"
        ),
        "form.csv, sheet survey, row 6, column name",
        'Two repeats are named "r"',
        "Rename",
    ),
    "a repeat named like the root": (
        "survey / type | name | label / begin_repeat | data | R / text | a | A / end_repeat | |",
        "form.csv, sheet survey, row 2, column name",
        '"data" has the name of the form\'s root',
        "another name",
    ),
    "a loop over nothing": (
        "survey / type | name | label / begin_loop | l | L / text | a | A / end_loop | |",
        "form.csv, sheet survey, row 2, column type",
        '"l" goes over no list',
        "begin_loop over list_name",
    ),
    "a reference to nothing": (
        "survey / type | name | label | relevant / text | colour | A | / text | b | B | ${color} = 1",
        "form.csv, sheet survey, row 3, column relevant",
        '"${color}" names a question that is not in the form',
        'Did you mean "${colour}"?',
    ),
    "a reference that is not closed": (
        "survey / type | name | label | relevant / text | a | A | ${a = 1",
        "form.csv, sheet survey, row 2, column relevant",
        '"${a = 1" is no reference',
        "without spaces",
    ),
    "a reference to two questions": (
        (
            "survey / type | name | label | relevant / text | b | B | ${a} = 1 / begin_group | g | G | / "
            "text | a | A | / end_group | | | / begin_group | h | H | / text | a | A | / end_group | | |"
        ),
        "form.csv, sheet survey, row 2, column relevant",
        '"${a}" could mean 2 questions',
        "Rename",
    ),
    "a reference in a choice": (
        (
            "survey / type | name | label / select_one c | a | A / choices / list_name | name | label / "
            "c | 1 | Like ${b}"
        ),
        "form.csv, sheet choices, row 2, column label",
        '"${b}" names a question',
        "Name a question",
    ),
    "a code twice": (
        (
            "survey / type | name | label / select_one c | a | A / choices / list_name | name | label / "
            "c | 1 | One / c | 1 | Two"
        ),
        "form.csv, sheet choices, row 3, column name",
        '"1" stands twice in the list "c"; row 2',
        "allow_choice_duplicates",
    ),
    "a choice without a code": (
        "survey / type | name | label / select_one c | a | A / choices / list_name | name | label / c | | 1",
        "form.csv, sheet choices, row 2, column name",
        'list "c" has no code',
        "short code",
    ),
    "choices without lists": (
        "survey / type | name | label / text | a | A / choices / list_nam | name | label / c | 1 | One",
        "form.csv, sheet choices, row 1",
        '"list_name" is missing',
        'Rename "list_nam"',
    ),
    "a code with a space": (
        (
            "survey / type | name | label / select_multiple c | a | A / choices / list_name | name | label / "
            "c | tube well | One"
        ),
        "form.csv, sheet survey, row 2, column type",
        '"tube well" of the list "c" has a space',
        '"tube_well"',
    ),
    "a sensitivity of its own": (
        "survey / type | name | label | everycount::sensitivity / text | a | A | high",
        "form.csv, sheet survey, row 2, column everycount::sensitivity",
        '"high" cannot be understood',
        "0, 1, 2 or 3",
    ),
    "an identifier that is neither": (
        "survey / type | name | label | ec_identifier / text | a | A | perhaps",
        "form.csv, sheet survey, row 2, column ec_identifier",
        '"perhaps" cannot be understood',
        "yes or no",
    ),
    "a named audit": (
        "survey / type | name | label / audit | log | / text | a | A",
        "form.csv, sheet survey, row 2, column name",
        'audit is named "log"',
        "Leave its name empty",
    ),
    "groups without end": (
        "survey / type | name | label / " + " / ".join(f"begin_group | g{n} | G" for n in range(3000)),
        "form.csv, sheet survey, row 52, column type",
        "50 groups stand inside each other",
        "Close some",
    ),
}


def _rows(text: str) -> str:
    """Rows between strokes as lines between bars."""
    return "\n".join(f"| {row} |" if "|" in row else row for row in text.split(" / "))


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_form_says_where_what_and_how(name: str, draw: Callable[[str], bytes]) -> None:
    text, place, problem, remedy = BROKEN[name]
    with pytest.raises(InputError) as caught:
        read_xlsform(draw(_rows(text)), "form.csv")
    told = [fault for fault in caught.value.faults if fault.place == place and problem in fault.problem]
    assert told, str(caught.value)
    assert remedy in told[0].remedy


def test_all_faults_are_told_at_once(form: Callable[[str], Questionnaire]) -> None:
    with pytest.raises(InputError) as caught:
        form("""
            survey
            | type             | name | label | relevant  |
            | integr           | a    | A     |           |
            | select_one yesno | b    |       | ${z} = 1  |
            | text             | b    | B     |           |
            choices
            | list_name | name | label |
            | c         | 1    | One   |
            | c         | 1    | One   |
        """)
    assert [fault.place.removeprefix("form.csv, sheet ") for fault in caught.value.faults] == [
        "choices, row 3, column name",
        "survey, row 2, column type",
        "survey, row 4, column name",
        "survey, row 3, column type",
        "survey, row 3, column relevant",
        "survey, row 3, column label",
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither an Excel file nor a CSV form"),
        (b"nonsense", "neither an Excel file nor a CSV form"),
        (b"PK\x03\x04 no zip", "cannot be opened"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no workbook", "cannot be opened"),
        ("survey,\n,ty\xe9".encode("latin-1"), "line 2: The byte 0xE9 is not UTF-8."),
        (b'survey,\n,"' + b"x" * 200_000 + b'"', "field larger than field limit"),
    ],
)
def test_what_is_no_form_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_xlsform(data, "form.xlsx")


def test_csv_sheets_name_their_own_file() -> None:
    with pytest.raises(InputError) as caught:
        read_xlsform_csv(b"type,name,label\nselect_one x,a,A\n", b"list_name,name,label\ny,1,One\n")
    assert caught.value.faults[0].place == "survey.csv, row 2, column type"


def test_allowed_duplicates_are_read(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type         | name | label |
        | select_one c | a    | A     |
        choices
        | list_name | name | label |
        | c         | 1    | One   |
        | c         | 1    | Uno   |
        settings
        | allow_choice_duplicates |
        | yes                     |
    """)
    assert q.question("a").codes == ("1", "1")


# Faults that only the conversion finds; they come back in the same form.
ONLY_PYXFORM = {
    "parameters": (
        "survey / type | name | label | parameters / range | a | A | start=x",
        "form.csv, sheet survey, row 2, column parameters",
        "start",
    ),
    "a calculation that is missing": (
        "survey / type | name | label / calculate | a | / text | b | B",
        "form.csv, sheet survey, row 2",
        "calculation",
    ),
    "a trigger of nobody": (
        "survey / type | name | label | trigger | calculation / text | a | A | | / text | b | | ${z} | 1",
        "form.csv, sheet survey, row 3, column trigger",
        "z",
    ),
    "a percent sign in a loop": (
        (
            "survey / type | name | label / begin_loop over c | l | L / text | a | 100 % (of it) / "
            "end_loop | | / choices / list_name | name | label / c | 1st | One"
        ),
        "form.csv",
        "",
    ),
}


@pytest.mark.parametrize("name", ONLY_PYXFORM)
def test_faults_of_the_conversion_are_told_alike(name: str, draw: Callable[[str], bytes]) -> None:
    text, place, words = ONLY_PYXFORM[name]
    data = draw(_rows(text))
    with pytest.raises(InputError) as caught:
        validate(data, "form.csv")
    fault = caught.value.faults[0]
    assert fault.place == place, str(fault)
    assert words in f"{fault.problem} {fault.remedy}"
    assert fault.problem.endswith(".")
    assert fault.remedy.endswith((".", "?", "'", '"'))


def test_a_valid_form_is_validated(draw: Callable[[str], bytes]) -> None:
    q = validate(draw(_rows("survey / type | name | label | ec_concept / text | a | A | x")), "form.csv")
    assert q.question("a").concept == "x"
    assert b"ec_concept" not in write_xform(q)
