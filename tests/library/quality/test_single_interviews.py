"""What is taken of a record to be looked at, and whether answers keep to what their form says."""

from __future__ import annotations

import math
from io import BytesIO

import openpyxl
import pytest

from everycount.quality.collectors import compared, interval, shared
from everycount.quality.holding import broken, unread
from everycount.quality.odd import distance, roughly
from everycount.quality.traits import Traits, traits_of
from everycount.questionnaire import Questionnaire, Record, read_instance, read_xlsform, write_xlsform

SURVEY = [
    ("type", "name", "label", "constraint", "everycount::consent", "everycount::identifier"),
    ("start", "start", "", "", "", ""),
    ("end", "end", "", "", "", ""),
    ("deviceid", "deviceid", "", "", "", ""),
    ("select_one yn", "agrees", "May we count it?", "", "statistics", ""),
    ("text", "name", "Your name", "", "", "yes"),
    ("geopoint", "where", "Where?", "", "", ""),
    ("select_one yn", "water", "Is there water?", "", "", ""),
    ("date", "born", "When born?", ". <= today()", "", ""),
    ("integer", "age", "How old?", ". >= 0 and . <= 120", "", ""),
    ("integer", "children", "How many children?", ". <= ${age}", "", ""),
    ("text", "note", "Anything else?", "regex(., '^a')", "", ""),
    ("begin repeat", "member", "Member", "", "", ""),
    ("integer", "arm", "Arm", ". > 50", "", ""),
    ("end repeat", "", "", "", "", ""),
]
CHOICES = [("list_name", "name", "label"), ("yn", "yes", "Yes"), ("yn", "no", "No")]


@pytest.fixture(scope="module")
def form() -> Questionnaire:
    book = openpyxl.Workbook()
    book.remove(book.active)
    settings = [("form_title", "form_id", "version"), ("Invented", "invented", "1")]
    for name, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = BytesIO()
    book.save(file)
    return read_xlsform(file.getvalue(), "form.xlsx")


def record(form: Questionnaire, **given: str) -> Record:
    plain = {
        "start": "2026-11-02T09:00:00.000+03:00",
        "end": "2026-11-02T09:25:00.000+03:00",
        "deviceid": "collect:heron",
        "agrees": "yes",
        "name": "Invented Person",
        "where": "10.5 40.25 0 12",
        "water": "yes",
        "age": "40",
        "children": "2",
        "note": "",
    } | given
    rows = "".join(f"<member><arm>{each}</arm></member>" for each in ("151", "140"))
    body = "".join(f"<{name}>{words}</{name}>" for name, words in plain.items())
    return read_instance(f'<data id="invented" version="1">{body}{rows}</data>'.encode(), form)


def test_traits_hold_what_is_compared_and_nobodys_name(form: Questionnaire) -> None:
    found = traits_of(record(form), form, "water")
    assert found.answers == {"water": "yes", "age": "40", "children": "2"}
    assert found.numbers == {"age": ("40",), "children": ("2",), "member/arm": ("151", "140")}
    assert found.finish is not None
    assert found.begin is not None
    assert found.finish - found.begin == pytest.approx(25)
    assert (found.point, found.device, found.place) == ((10.5, 40.25, 12.0), "collect:heron", "yes")
    assert found.is_named
    assert b"Invented Person" not in found.to_bytes()
    assert Traits.from_bytes(found.to_bytes()) == found


def test_a_name_makes_another_digest_and_a_moment_does_not(form: Questionnaire) -> None:
    one = traits_of(record(form), form)
    assert traits_of(record(form, start="2026-11-03T09:00:00.000+03:00"), form).digest == one.digest
    assert traits_of(record(form, name="Somebody else"), form).digest != one.digest


def test_open_questions_and_open_consents_are_counted(form: Questionnaire) -> None:
    found = traits_of(record(form, agrees="", water=""), form)
    assert found.consents_open == 1
    assert found.left_open == traits_of(record(form), form).left_open + 2


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ({}, ()),
        ({"age": "203"}, ("age",)),
        ({"age": "-1", "children": "0"}, ("age", "children")),
        ({"age": "10", "children": "12"}, ("children",)),
        ({"age": "many"}, ("age",)),
        ({"water": "perhaps"}, ("water",)),
        ({"note": "begins otherwise"}, ()),
    ],
)
def test_broken_constraints(form: Questionnaire, given: dict[str, str], places: tuple[str, ...]) -> None:
    assert broken(record(form, **given), form) == places


@pytest.mark.parametrize(
    ("start", "end", "born", "places"),
    [
        ("2026-11-20T23:50:00.000+03:00", "2026-11-21T00:20:00.000+03:00", "2026-11-21", ()),
        ("2026-11-20T23:50:00.000+03:00", "2026-11-21T00:20:00.000+03:00", "2026-11-22", ("born",)),
        ("2026-11-20T08:00:00.000+03:00", "", "2026-11-21", ("born",)),
        ("", "", "2999-01-01", ()),  # nobody knows what day it was
    ],
)
def test_today_is_the_day_of_the_interview(
    form: Questionnaire, start: str, end: str, born: str, places: tuple[str, ...]
) -> None:
    assert broken(record(form, start=start, end=end, born=born), form) == places


def test_constraints_that_cannot_be_judged_are_named(form: Questionnaire) -> None:
    assert unread(form) == ("note",)
    untimed = [row for row in SURVEY if row[0] not in {"start", "end"}]
    settings = [("form_title", "form_id"), ("Invented", "invented")]
    sheets = {"survey": untimed, "choices": CHOICES, "settings": settings}
    assert unread(read_xlsform(write_xlsform(sheets))) == ("born", "note")


def test_distance_of_a_degree_and_rough_numbers() -> None:
    assert distance(0, 0, 1, 0) == pytest.approx(math.pi * 6371.0088 / 180)
    assert distance(60, 10, 60, 11) == pytest.approx(55.6, abs=0.1)
    assert [roughly(each) for each in (0, 0.0432, 7.6, 12.2, 187)] == [0, 0.04, 8, 10, 200]


def test_exact_intervals_against_published_ones() -> None:
    """Clopper and Pearson of 1 in 20 and 0 in 20 as binom.test of R 4.3 prints them."""
    assert interval(1, 20) == pytest.approx((0.001265089, 0.248732763), abs=1e-6)
    assert interval(0, 20) == pytest.approx((0, 0.168433447), abs=1e-6)


def test_small_numbers_are_not_compared() -> None:
    found = compared({0: (15, 20), 1: (2, 40), 2: (3, 40), 3: (19, 19)})
    assert [each.collector for each in found] == [0, 1, 2]
    assert found[0].differs
    assert not compared({0: (3, 19), 1: (4, 15)})


def test_how_far_collectors_and_places_are_one() -> None:
    import numpy as np

    who = np.array([0, 0, 1, 1] * 10, dtype=np.int32)
    assert shared(who, who) == pytest.approx(1)
    assert shared(who, np.array([0, 1] * 20, dtype=np.int32)) == pytest.approx(0)
    assert shared(who, np.full(40, -1, dtype=np.int32)) == 0
