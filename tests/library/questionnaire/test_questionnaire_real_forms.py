"""Every example form of pyxform and onadata, and a real survey's, against pyxform's own reading."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import pytest

from everycount.faults import Fault, InputError
from everycount.questionnaire import Questionnaire, read_envelope, read_instance, read_xlsform, write_xform
from everycount.questionnaire.workbook import read_workbook
from everycount.questionnaire.xform import convert

if TYPE_CHECKING:
    from pathlib import Path

    from lxml.etree import _Element

pytestmark = pytest.mark.shared

FOLDERS = ("pyxform", "onadata", "humind-msna-2024")
NO_FORMS = {"fruits.csv"}  # choices that a form's pulldata() looks up
XFORMS = "{http://www.w3.org/2002/xforms}"

# Forms that are refused, and the fault that says why.
REFUSED = {
    "dummy_raw_data.xlsx": 'There is no sheet "survey".',
    "loa.xlsx": 'There is no sheet "survey".',
    "apps__main__tests__fixtures__bug_fixes__MCH_v1.xlsx": (
        'The question type "Select one from source" is not known.'
    ),
    "apps__main__tests__fixtures__bug_fixes__enumerator_weekly.xlsx": 'The column "label" stands twice.',
    "apps__main__tests__fixtures__cascading_selects__duplicate_choice_form.xlsx": (
        'The code "king" stands twice in the list "counties"; row 4 has it too.'
    ),
    "apps__main__tests__fixtures__group_names_must_be_unique.xlsx": (
        'The repeat "data" has the name of the form\'s root.'
    ),
    "apps__main__tests__fixtures__transportation__transportation.no_choices.xlsx": (
        'The choice list "transport_types" is not in the sheet choices.'
    ),
    "apps__main__tests__fixtures__transportation__transportation_export.xlsx": (
        "No value is stored for the formula in cells B3, D3, E3, F3, G3, H3, I3, J3, K3, B4 and 17 more."
    ),
    "apps__viewer__tests__fixtures__xlsx_output__xlsx_output.xlsx": (
        'The question type "set form title" is not known.'
    ),
    "libs__tests__utils__fixtures__double_image_field_form_data.xlsx": 'The column "type" is missing.',
    "libs__tests__utils__fixtures__good.xlsx": 'The column "type" is missing.',
    "gps.csv": 'The column "label" is missing.',
    "include.csv": 'The question type "include" is not known.',
    "include.xls": 'The question type "include" is not known.',
    "include.xlsx": 'The question type "include" is not known.',
    "include_json.csv": 'The question type "include" is not known.',
    "include_json.xls": 'The question type "include" is not known.',
    "include_json.xlsx": 'The question type "include" is not known.',
    "unknown_question_type.xls": 'The columns "bind:relevant" and "relevance" mean the same.',
}


def form_files(shared: Path) -> list[Path]:
    """The example forms: Excel files, and pyxform's CSV forms (onadata's CSV files are exports)."""
    root = shared / "data" / "xlsforms"
    excel = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.xls*"))]
    return [*excel, *(path for path in sorted((root / "pyxform").glob("*.csv")) if path.name not in NO_FORMS)]


@cache
def read(path: Path) -> Questionnaire:
    return read_xlsform(path.read_bytes(), path.name)


def test_all_forms_are_read_or_refused_with_a_place_and_a_remedy(shared: Path) -> None:
    outcome: Counter[str] = Counter()
    refused = {}
    faults: list[Fault] = []
    for path in form_files(shared):
        try:
            questionnaire = read(path)
        except InputError as error:
            refused[path.name] = error.faults[0].problem
            faults += error.faults
            outcome["refused"] += 1
        else:
            assert questionnaire.questions
            outcome["read"] += 1
    assert refused == REFUSED
    assert all(fault.place.startswith(tuple(REFUSED)) and fault.remedy for fault in faults)
    assert outcome == {"read": 141, "refused": 19}


def test_pyxform_refuses_the_same_forms(shared: Path) -> None:
    for path in form_files(shared):
        if path.name in REFUSED:
            with pytest.raises(InputError):
                convert(read_workbook(path.read_bytes(), path.name))


def test_questions_stand_where_pyxform_puts_them(shared: Path) -> None:
    for path in form_files(shared):
        if path.name in REFUSED:
            continue
        questionnaire = read(path)
        ours = places_of(questionnaire)
        theirs = {
            place
            for place in instance_places(write_xform(questionnaire))
            if place[0] != "meta" or place in ours
        }
        assert ours == theirs, path.name


def places_of(questionnaire: Questionnaire) -> set[tuple[str, ...]]:
    flat = questionnaire.is_flat
    groups = set() if flat else {group.full_path for group in questionnaire.groups}
    return groups | {each.full_path[-1:] if flat else each.full_path for each in questionnaire.questions}


def instance_places(xform: bytes) -> set[tuple[str, ...]]:
    """The places of all elements in an XForm's own instance."""
    root = parsed(xform)
    instance = root.find(f".//{XFORMS}instance")
    assert instance is not None
    return set(below(instance[0], ()))


def below(element: _Element, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    places = []
    for child in element:
        place = (*path, str(child.tag).rsplit("}", maxsplit=1)[-1])
        places += [place, *below(child, place)]
    return places


def parsed(xml: bytes) -> _Element:
    from lxml import etree

    return etree.fromstring(xml, etree.XMLParser(remove_blank_text=True, remove_comments=True))


def test_an_xform_is_what_pyxform_makes_of_the_file_itself(shared: Path) -> None:
    from pyxform.xls2xform import convert as pyxforms_own

    for path in sorted((shared / "data" / "xlsforms" / "pyxform").glob("*.xls")):
        if path.name not in REFUSED:
            theirs = pyxforms_own(path.read_bytes(), form_name="data")
            ours = write_xform(read_xlsform(path.read_bytes(), "data.xls"), "data")
            assert ours.decode() == theirs.xform, path.name


# Its expected file was made when choices still had a wording per question; pyxform does not test it either.
STALE = {"table-list"}
NAMED_DATA = {"survey_no_name"}


def test_xforms_equal_those_that_pyxform_expects(shared: Path) -> None:
    folder = shared / "data" / "xlsforms" / "pyxform"
    compared = 0
    for expected in sorted((folder / "expected_xform").glob("*.xml")):
        if expected.stem in STALE:
            continue
        form = next(
            path for path in (folder / f"{expected.stem}{end}" for end in (".xlsx", ".xls")) if path.exists()
        )
        root = None if expected.stem in NAMED_DATA else expected.stem
        assert canonical(write_xform(read(form), root)) == canonical(expected.read_bytes()), expected.stem
        compared += 1
    assert compared == 10


def canonical(xml: bytes) -> bytes:
    """The document without white space around texts, and with those children sorted whose order is free."""
    from lxml import etree

    root = parsed(xml)
    for element in root.iter():
        element.text = (element.text or "").strip() or None
        element.tail = (element.tail or "").strip() or None
    for element in reversed(list(root.iter())):
        if etree.QName(element).localname in {"model", "itext", "translation", "text", "item"}:
            element[:] = sorted(element, key=lambda each: etree.tostring(each, method="c14n"))
    return etree.tostring(root, method="c14n")


def test_submissions_are_read_with_the_form_they_answer(shared: Path) -> None:
    folder = shared / "data" / "xlsforms" / "onadata"
    cases = {
        "libs__tests__utils__fixtures__nested_repeats__instances__nested_repeats_02.xml": (
            "libs__tests__utils__fixtures__nested_repeats__nested_repeats.xlsx",
            {"kids_details": 3, "kids_immunization": 6},
            0,
        ),
        "libs__tests__utils__fixtures__groups_in_repeats__instances__groups_in_repeats_01.xml": (
            "libs__tests__utils__fixtures__groups_in_repeats__groups_in_repeats.xlsx",
            {"children": 2},
            0,
        ),
        "apps__logger__fixtures__new_repeats__instances__multiple_nodes_error.xml": (
            "apps__logger__fixtures__new_repeats__new_repeats.xlsx",
            {"kids_details": 1},
            1,
        ),
        "apps__api__tests__fixtures__osm__instance_a.xml": (
            "apps__api__tests__fixtures__osm__osm.xlsx",
            {},
            0,
        ),
    }
    for instance, (form, rows, findings) in cases.items():
        record = read_instance((folder / instance).read_bytes(), read(folder / form), instance)
        assert {name: len(roster) for name, roster in record.rosters.items()} == rows, instance
        found = [each for each in record.findings if "another form" not in each.problem]
        assert len(found) == findings, found


def test_every_xml_file_has_an_envelope_or_is_refused(shared: Path) -> None:
    outcome: Counter[str] = Counter()
    for path in sorted((shared / "data" / "xlsforms" / "onadata").glob("*.xml")):
        try:
            outcome["read" if read_envelope(path.read_bytes(), path.name).form_id else "empty"] += 1
        except InputError:
            outcome["refused"] += 1
    assert set(outcome) == {"read", "refused"}
    assert outcome["read"] > 90


def test_a_large_real_form_is_read_whole(shared: Path) -> None:
    path = shared / "data" / "xlsforms" / "humind-msna-2024" / "REACH_2024_MSNA-kobo-tool_draft_v11.xlsx"
    questionnaire = read(path)
    assert questionnaire.languages == ("en", "fr")
    assert [roster.name for roster in questionnaire.rosters] == ["roster", "edu_ind", "health_ind", "nut_ind"]
    guessed = [each.name for each in questionnaire.questions if each.direct_identifier]
    assert guessed == ["deviceid", "household_geopoint"]


def test_hurt_files_of_old_excel_are_refused_in_silence(shared: Path) -> None:
    """In a process of its own, because what xlrd prints goes where standard output was at its import."""
    form = shared / "data" / "xlsforms" / "pyxform" / "tutorial.xls"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HURT, str(form)], check=True, capture_output=True, text=True
    )
    assert done.stdout == "refused some, read some\n"
    assert done.stderr == ""


HURT = """
import pathlib, random, sys
from everycount.faults import InputError
from everycount.questionnaire import read_xlsform

whole = pathlib.Path(sys.argv[1]).read_bytes()
dice = random.Random(1)
outcomes = set()
for _ in range(200):
    hurt = bytearray(whole)
    for _ in range(dice.randint(1, 20)):
        hurt[dice.randrange(8, len(hurt))] = dice.randrange(256)
    try:
        read_xlsform(bytes(hurt), "hurt.xls")
        outcomes.add("read some")
    except InputError:
        outcomes.add("refused some")
print(", ".join(sorted(outcomes, reverse=True)))
"""
