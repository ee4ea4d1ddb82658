"""Typing in from paper: what is asked, what is understood, what is kept, and under whose hand."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from everycount.questionnaire import read_instance, read_xlsform, write_xlsform
from everycount.site.collection import actions
from everycount.site.collection.models import Edition, Key, Receipt, Submission
from everycount.site.collection.queries import form as form_of
from everycount.site.collection.receiving import marks_of_code
from everycount.site.consent.actions.erasing import erase
from everycount.site.keying.fields import Table, typing
from everycount.site.keying.skips import all_hold
from everycount.site.keying.typed import read
from everycount.site.ledger.models import Event
from everycount.site.people.models import Role
from everycount.site.vault.queries import open_item
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from everycount.questionnaire import Questionnaire
    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written_at_once")]
SURVEY = [
    ["type", "name", "label", "relevant", "required", "constraint", "appearance", "everycount::consent"],
    ["date", "day", "Day", "", "", "", "", ""],
    ["select_one yn", "keep", "May we keep it?", "", "yes", "", "", "collection"],
    ["integer", "age", "Age", "", "yes", ". >= 15 and . <= 99", "", ""],
    ["select_one yn", "works", "Works?", "${age} < 70", "yes", "", "", ""],
    ["text", "work", "As what?", "${works} = 'yes'", "", "", "", ""],
    ["select_multiple tools", "tools", "Tools", "", "", "", "", ""],
    ["geopoint", "place", "Place", "", "", "", "", ""],
    ["image", "photo", "A picture", "", "", "", "", ""],
    ["begin repeat", "people", "People", "", "", "", "", ""],
    ["integer", "years", "Years", "", "yes", "", "", ""],
    ["select_one yn", "school", "In school?", "${years} < 18", "", "", "", ""],
    ["end repeat", "", "", "", "", "", "", ""],
    ["time", "hour", "Hour", "", "", "", "", ""],
]
CHOICES = [
    ["list_name", "name", "label"],
    *(["yn", code, code] for code in ("yes", "no")),
    *(["tools", code, code] for code in ("net", "needle", "boat")),
]
# By the numbers that stand on paper: consent is asked first on the page, and keeps its number.
SHEET = {
    "sheet": "h7k2qm4x",
    "q1": "05112026",
    "q2": "y",
    "q3": "34",
    "q4": "n",
    "q6": "boat net",
    "q7": "23.81 90.41",
    "n9": "2",
    "q9.1": "40",
    "q9.2": "9",
    "q10.2": "yes",
    "q11": "0930",
}


def workbook(survey: list[list[str]] = SURVEY) -> bytes:
    settings = [["form_title", "form_id", "version"], ["On paper", "on_paper", "1"]]
    return write_xlsform({"survey": survey, "choices": CHOICES, "settings": settings})


def form() -> Questionnaire:
    return read_xlsform(workbook(), "form.xlsx")


def published(survey: list[list[str]] = SURVEY) -> tuple[Version, Person]:
    where = initiative()
    by = person(Role.COORDINATOR, where)
    made = actions.upload(initiative=where, xlsform=workbook(survey), name="f.xlsx", by=by, at=AT)
    actions.publish(version=made, by=by, at=AT)
    return made, person(Role.COLLECTOR, where)


class Desk:
    """Somebody who types sheets of a version."""

    def __init__(self, survey: list[list[str]] = SURVEY) -> None:
        self.version, self.typist = published(survey)
        self.url = reverse("type_in", args=[self.version.questionnaire.initiative.slug, self.version.id])
        self.client = Client()
        self.client.force_login(self.typist, backend="allauth.account.auth_backends.AuthenticationBackend")

    def types(self, status: int = 200, **more: str) -> str:
        given = {**SHEET, **{name.replace("_", "."): text for name, text in more.items()}}
        answer = self.client.post(self.url, given)
        assert answer.status_code == status, answer.content.decode()
        return answer.content.decode()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_sheet_becomes_a_submission_with_a_receipt(desk: Desk) -> None:
    page = desk.types()
    submission = Submission.objects.get()
    assert (submission.root, submission.is_test, submission.is_held) == ("paper:H7K2-QM4X", False, False)
    (code,) = re.findall(r"[A-Z2-7]{5}(?:-[A-Z2-7]{5}){4}-[A-Z2-7]", page)
    assert Receipt.objects.get().code_mark in marks_of_code(code)
    record = read_instance(open_item(Edition.objects.get().item), form_of(desk.version.id))
    answers = {name: str(value) for name, value in record.answers.items() if value is not None}
    assert answers["day"] == "2026-11-05"
    assert (answers["keep"], answers["age"], answers["works"]) == ("yes", "34", "no")
    assert "work" not in answers
    assert record.answers["tools"] == ("boat", "net")
    assert answers["hour"].startswith("09:30")
    assert [each.answers["people/years"] for each in record.rosters["people"]] == [40, 9]
    assert [each.answers["people/school"] for each in record.rosters["people"]] == [None, "yes"]
    assert record.findings == ()


def test_it_comes_under_the_hand_of_whoever_types(desk: Desk) -> None:
    desk.types()
    desk.types(sheet="2222-2222")
    key = Key.objects.get()
    assert (key.person, key.kind) == (desk.typist, "person")
    assert {each.sent_by for each in Submission.objects.all()} == {key}
    assert list(Event.objects.filter(verb="key.given").values_list("actor", flat=True)) == [desk.typist.ref]
    assert Event.objects.filter(verb="submission.received", actor=key.ref).count() == 2
    actions.revoke_key(key=key, by=desk.typist, at=AT)
    assert "taken back" in desk.types(422, sheet="2222-2222", q3="35", corrects="on")
    assert Submission.objects.count() == 2


def test_what_cannot_be_right_is_told_at_its_place(desk: Desk) -> None:
    page = desk.types(
        422,
        sheet="H7K2-QM4Y",
        q1="31022026",
        q3="7",
        q4="m",
        q6="net sail",
        q7="by the well",
        n9="13",
        q11="25",
    )
    for name in ("sheet", "q1", "q3", "q4", "q6", "q7", "n9", "q11"):
        assert f'id="{name}_error"' in page, name
    assert 'id="q2_error"' not in page
    assert not Submission.objects.exists()


def test_skips_are_held(desk: Desk) -> None:
    assert 'id="q4_error"' in desk.types(422, q3="71", q4="yes")  # not asked of the old
    assert 'id="q5_error"' in desk.types(422, q5="teacher")  # does not work
    assert 'id="q10.1_error"' in desk.types(422, q10_1="yes")  # forty years old
    assert 'id="q9.3_error"' in desk.types(422, q9_3="5")  # only two rows are filled
    assert 'id="q4_error"' in desk.types(422, q4="")  # required, and nothing is typed
    desk.types(q4="-")  # required, and nothing stands on the sheet


def test_without_consent_nothing_is_kept(desk: Desk) -> None:
    for answer in ("no", "-"):
        assert "did not agree" in desk.types(422, q2=answer)
    assert not Submission.objects.exists()
    assert not Key.objects.exists()


def test_a_sheet_that_is_typed_twice_is_one(desk: Desk) -> None:
    desk.types()
    assert "is the same" in desk.types()
    assert "typed before, otherwise" in desk.types(422, q3="35")
    assert Edition.objects.count() == 1
    assert "correction of sheet" in desk.types(q3="35", corrects="on")
    assert "is the same" in desk.types(q3="35")
    assert "typed before, otherwise" in desk.types(422)
    assert [each.instance for each in Edition.objects.order_by("number")] == [
        "paper:H7K2-QM4X",
        "paper:H7K2-QM4X:2",
    ]


def test_what_was_taken_back_is_not_typed_again(desk: Desk) -> None:
    desk.types()
    erase(submission=Submission.objects.get().pk, by="respondent", at=AT, how="receipt")
    assert "was taken back" in desk.types()
    assert not Submission.objects.exists()


def test_drafts_and_closed_questionnaires_take_no_sheets(desk: Desk) -> None:
    coordinator = person(Role.COORDINATOR, desk.version.questionnaire.initiative)
    actions.close(questionnaire=desk.version.questionnaire, by=coordinator, at=AT)
    assert desk.client.post(desk.url, SHEET).status_code == 404
    assert not Submission.objects.exists()


def test_consent_comes_first_and_numbers_stay() -> None:
    laid = typing(form(), "en")
    first, second, *_rest = laid.parts
    assert [part.name for part in (first, second)] == ["q2", "q1"]
    (table,) = [part for part in laid.parts if isinstance(part, Table)]
    assert [each.name for each in table.fields] == ["q9", "q10"]
    assert (laid.left, laid.is_too_deep) == ((8,), False)
    deep = [
        *SURVEY[:9],
        ["begin repeat", "inner", "In", *[""] * 5],
        *SURVEY[10:12],
        ["end repeat", *[""] * 7],
    ]
    nested = [*deep[:9], ["begin repeat", "outer", "Out", *[""] * 5], *deep[9:], ["end repeat", *[""] * 7]]
    assert typing(read_xlsform(workbook(nested), "f.xlsx"), "en").is_too_deep


def test_a_rule_is_said_in_words() -> None:
    laid = typing(form(), "en")
    problem = read(laid, SHEET | {"q3": "7"}).problems["q3"]
    assert problem.startswith("The form does not allow this answer: ")
    assert "<=" not in problem
    assert "15" in problem
    own = [*SURVEY[0], "constraint_message"]
    rows = [own, *([*row, "Older than 14" if row[1] == "age" else ""] for row in SURVEY[1:])]
    laid = typing(read_xlsform(workbook(rows), "f.xlsx"), "en")
    assert read(laid, SHEET | {"q3": "7"}).problems["q3"] == "Older than 14"


NESTED = [
    ["type", "name", "label", "relevant", "required", "calculation"],
    ["integer", "rooms", "Rooms", "", "", ""],
    ["begin repeat", "people", "People", "", "", ""],
    ["integer", "years", "Years", "", "yes", ""],
    ["begin repeat", "trips", "Trips", "", "", ""],
    ["integer", "minutes", "Minutes", "${years} > 5", "yes", ""],
    ["calculate", "hours", "", "", "", "round(${minutes} div 60, 1)"],
    ["end repeat", "", "", "", "", ""],
    ["calculate", "all_minutes", "", "", "", "sum(${minutes})"],
    ["end repeat", "", "", "", "", ""],
    ["calculate", "each", "", "", "", "count(${people}) div ${rooms}"],
    ["calculate", "day", "", "", "", "today()"],
]
# Two people; the first trip is of the second of them, the second and third of the first.
TRIPS = {
    "sheet": "h7k2qm4x",
    "q1": "4",
    "n2": "2",
    "q2.1": "40",
    "q2.2": "9",
    "n3": "3",
    "w3.1": "2",
    "q3.1": "90",
    "w3.2": "1",
    "q3.2": "30",
    "w3.3": "1",
    "q3.3": "15",
}


def test_tables_within_tables_and_what_the_form_works_out() -> None:
    desk = Desk(NESTED)
    assert "is kept" in desk.client.post(desk.url, TRIPS).content.decode()
    item = Edition.objects.get().item
    record = read_instance(open_item(item), form_of(desk.version.id))
    assert record.answers["each"] == "0.5"
    assert record.answers.get("day") is None
    people = [row.answers for row in record.rosters["people"]]
    assert [each["people/all_minutes"] for each in people] == ["45", "90"]
    trips = [row.answers for row in record.rosters["trips"]]
    assert [(each["people/trips/minutes"], each["people/trips/hours"]) for each in trips] == [
        (30, "0.5"),
        (15, "0.3"),
        (90, "1.5"),
    ]
    page = unescape(desk.client.get(desk.url).content.decode())
    assert "Row of “People” to which it belongs" in page
    assert 'worked out here, too, but for: <bdi dir="ltr">day</bdi>' in page


@pytest.mark.parametrize(
    ("given", "name"),
    [({"w3.1": ""}, "w3.1"), ({"w3.1": "3"}, "w3.1"), ({"w3.4": "1"}, "w3.4"), ({"q3.2": ""}, "q3.2")],
)
def test_a_row_says_whose_it_is(given: dict[str, str], name: str) -> None:
    laid = typing(read_xlsform(workbook(NESTED), "f.xlsx"), "en")
    assert set(read(laid, TRIPS | given).problems) == {name}
    assert not read(laid, TRIPS).problems
    assert not read(laid, TRIPS | {"q2.2": "4", "q3.1": ""}).problems, "the rule is that of the own person"


@pytest.mark.parametrize(
    ("expression", "answers", "asked"),
    [
        ("${a} = 'yes'", {"a": "yes"}, True),
        ("${a} = 'yes'", {"a": ""}, False),
        ("${a} != 'yes'", {"a": ""}, True),
        ("${a} > 5", {"a": "6"}, True),
        ("${a} > 5", {"a": ""}, False),
        ("${a} != 5", {"a": ""}, True),  # no number is not 5
        ("not(${a} > 5)", {"a": "4"}, True),
        ("selected(${a}, 'x') and ${b} = '1'", {"a": "y x", "b": "1"}, True),
        ("selected(${a}, 'x') and ${b} = '1'", {"a": "y"}, False),  # one part decides
        ("selected(${a}, 'x') or ${b} = '1'", {"a": "y"}, None),
        ("${a} = ${b}", {"a": "1", "b": "1"}, True),
        ("${a} > today()", {"a": "2026-01-01"}, None),
        ("count(${a}) > 1", {"a": "1"}, None),
        ("${a} = '1'", {}, None),
    ],
)
def test_conditions_hold_as_in_xpath(expression: str, answers: dict[str, str], asked: object) -> None:
    assert all_hold([expression], answers.get) is asked


def test_whatever_is_typed_is_answers_or_a_problem() -> None:
    laid = typing(form(), "en")
    for text in ("", "-", "\0", "x" * 20_000, "9" * 30, "∞", "-0", "1e9", "00000000", "99999999", "²"):
        names = [*(f"q{n}" for n in range(1, 12)), "n9", *(f"q9.{n}" for n in range(1, 13))]
        typed = read(laid, dict.fromkeys(names, text))
        assert set(typed.problems) <= {*names, *(f"q10.{n}" for n in range(1, 13))}
