"""A version on paper: every question, choice and condition stands there, and nothing in it runs."""

from __future__ import annotations

import itertools
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils.translation import override

from everycount.questionnaire import Kind, Question, read_xlsform, write_xlsform
from everycount.questionnaire.kinds import SPOKEN
from everycount.site.collection import actions as collection
from everycount.site.collection.queries import form as form_of
from everycount.site.consent.actions import write_text
from everycount.site.consent.models import Basis, Promise, Purpose
from everycount.site.consent.queries.sheets import SIGNERS
from everycount.site.consent.words import AGREED
from everycount.site.people.models import Role
from everycount.site.questionnaires.paper import fresh, is_whole, printed
from everycount.site.questionnaires.paper.answers import space_of
from everycount.site.questionnaires.paper.ids import LETTERS
from everycount.site.questionnaires.things import shown
from everycount.text import Text
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.questionnaire import Questionnaire
    from everycount.site.collection.models import Version
    from everycount.site.people.models import Person
    from everycount.site.registry.models import Initiative

XSS = "<script>alert(1)</script>"
SURVEY = [
    (
        "type",
        "name",
        "label::English (en)",
        "label::Arabic (ar)",
        "hint::English (en)",
        "relevant",
        "constraint",
    ),
    ("note", "hello", "Good day", "مرحبا", "", "", ""),
    ("select_one yn", "agree", "Do you agree?", "هل توافق؟", "Read it aloud", "", ""),
    ("begin_group", "you", "About you", "عنك", "", "${agree} = 'yes'", ""),
    ("integer", "age", "Your age", "عمرك", "", "", ". >= 18 and . <= 110"),
    ("select_multiple docs", "docs", "What do you have?", "ماذا لديك؟", "", "${age} >= 18", ""),
    ("text", "why", "Why not? You said ${age}.", "لماذا؟", "", "not(selected(${docs}, 'id'))", ""),
    ("date", "since", "Since when?", "منذ متى؟", "", "string-length(${why}) > 3", ". <= today()"),
    ("calculate", "double", "", "", "", "", ""),
    ("end_group", "", "", "", "", "", ""),
    ("begin_repeat", "people", "People here", "الناس هنا", "", "", ""),
    ("text", "first", "First name", "الاسم", "", "", ""),
    ("select_one yn", "school", "At school?", "في المدرسة؟", "", "${first} != ''", ""),
    ("end_repeat", "", "", "", "", "", ""),
]
CHOICES = [
    ("list_name", "name", "label::English (en)", "label::Arabic (ar)"),
    ("yn", "yes", "Yes", "نعم"),
    ("yn", "no", "No", "لا"),
    ("docs", "id", "Identity card", "بطاقة"),
    ("docs", "none", "Nothing of it", "لا شيء"),
]


def workbook(survey: list[Any] = SURVEY, choices: list[Any] = CHOICES, title: str = "Invented form") -> bytes:
    survey = [
        (*row, "calculation" if not number else "1" if row[0] == "calculate" else "")
        for number, row in enumerate(survey)
    ]
    settings = [["form_title", "form_id", "version"], [title, "invented_form", "1"]]
    return write_xlsform({"survey": survey, "choices": choices, "settings": settings})


def form(survey: list[Any] = SURVEY, choices: list[Any] = CHOICES) -> Questionnaire:
    return read_xlsform(workbook(survey, choices), "form.xlsx")


def drafted(where: Initiative, by: Person, data: bytes) -> Version:
    return collection.upload(initiative=where, xlsform=data, name="form.xlsx", by=by, at=AT)


def at(version: Version, rest: str) -> str:
    slug = version.questionnaire.initiative.slug
    return f"/initiatives/{slug}/questionnaires/versions/{version.id}/{rest}"


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def words(page: str) -> str:
    """What stands on a page, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture
def here() -> Initiative:
    return initiative()


@pytest.fixture
def steward(here: Initiative) -> Person:
    return person(Role.STEWARD, here)


@pytest.mark.django_db
def test_every_question_choice_and_condition_stands_on_paper(here: Initiative, steward: Person) -> None:
    version = drafted(here, steward, workbook())
    said = words(signed(steward).get(at(version, "paper")).content.decode())
    for each in shown(form_of(version.id), "en").questions:
        assert f" {each.number} {each.label.split(' You said')[0]}" in said
        for category in each.categories:
            assert f"{category.label} {category.code}" in said
    for expected in (
        "Invented form",
        "About you Only if 2 = Yes",
        "Your age from 18 to 110",
        "What do you have? Only if 3 is 18 or more",
        "You said [3]. Only if Identity card is not among the answers to 4",
        "Only if string-length([5]) > 3 not after the day of the conversation",
        "At school? Only if 7 has an answer",
        "Read it aloud",
        "People here 1 2 3 4 5",
    ):
        assert expected in said, expected
    assert "double" not in said
    assert said.count("These people and answers are invented.") == 2  # on the screen, and on paper


@pytest.mark.django_db
def test_a_sheet_speaks_its_own_language_from_right_to_left(here: Initiative, steward: Person) -> None:
    version = drafted(here, steward, workbook())
    page = signed(steward).get(at(version, "paper") + "?language=ar").content.decode()
    assert '<html lang="en" dir="ltr">' in page
    (leaf,) = re.findall(r'<table class="leaf"[^>]*>.*', page, re.DOTALL)
    assert leaf.startswith('<table class="leaf" role="presentation" lang="ar" dir="rtl">')
    with override("ar"):
        assert printed(form(), "ar", 5).parts[2].when.words == "2 = نعم"  # type: ignore[union-attr]
    said = words(leaf)
    assert "فقط إذا 2 = نعم" in said
    assert "من 18 إلى 110" in said
    assert "Only if" not in said.split("Français")[0]


@pytest.mark.django_db
def test_sheets_are_numbered_or_have_a_place_for_an_id(here: Initiative, steward: Person) -> None:
    client = signed(steward)
    version = drafted(here, steward, workbook())
    ids = re.findall(
        r'<b dir="ltr">([^<]+)</b>', client.get(at(version, "paper") + "?sheets=50").content.decode()
    )
    assert len(set(ids)) == 50
    assert all(map(is_whole, ids))
    blank = client.get(at(version, "paper")).content.decode()
    assert blank.count('class="leaf"') == 1
    assert '<b dir="ltr">' not in blank
    for wrong in ("sheets=0", "sheets=51", "sheets=x", "people=31", "language=xx"):
        answer = client.get(at(version, f"paper?{wrong}"))
        assert answer.status_code == 422
        assert b'class="leaf"' not in answer.content


def test_a_wrong_letter_or_two_exchanged_ones_always_show() -> None:
    for whole in fresh(5):
        letters = whole.replace("-", "")
        for place, letter in itertools.product(range(len(letters)), LETTERS):
            other = letters[:place] + letter + letters[place + 1 :]
            assert is_whole(other) == (other == letters)
        for one, two in itertools.combinations(range(len(letters)), 2):
            turned = list(letters)
            turned[one], turned[two] = turned[two], turned[one]
            assert is_whole("".join(turned)) == (letters[one] == letters[two])


def test_ids_tell_nothing_of_each_other() -> None:
    assert len(set(fresh(2000))) == 2000
    assert not set("01ILO") & set(LETTERS)


@pytest.mark.django_db
def test_words_of_a_form_never_run_on_paper(here: Initiative, steward: Person) -> None:
    bad = "'\"><img src=x onerror=alert(1)>{{ settings.SECRET_KEY }}"
    survey = [
        SURVEY[0],
        ("select_one yn", "agree", XSS, bad, XSS, "", ""),
        ("begin_repeat", "people", bad, XSS, "", f"${{agree}} = '{XSS}'", ""),
        ("text", "first", bad, XSS, bad, "string-length('<b>') > 1", ""),
        ("select_one yn", "second", XSS, bad, bad, "${agree} = 'yes'", ". != '<i>'"),
        ("end_repeat", "", "", "", "", "", ""),
    ]
    choices = [CHOICES[0], ("yn", "yes", XSS, bad), ("yn", "no", bad, XSS)]
    version = drafted(here, steward, workbook(survey, choices, XSS))
    told = dict.fromkeys(map(str, Promise), XSS + bad)
    write_text(initiative=here, language="en", promises=told, basis=Basis.SPOKEN, by=steward, at=AT)
    for rest in ("paper", "paper?language=ar&sheets=2", "consent-sheet"):
        page = signed(steward).get(at(version, rest)).content.decode()
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert django_settings.SECRET_KEY not in page
        assert " style=" not in page


@pytest.mark.parametrize("kind", sorted(SPOKEN))
def test_every_kind_of_question_has_its_place(kind: Kind) -> None:
    question = Question("q", kind, labels=Text.of("Asked", "en"))
    space = space_of(question, form(), "en")
    assert space.kind in {"none", "line", "boxes", "one", "many", "rank", "code"}
    assert (space.kind == "none") == (kind is Kind.NOTE)


@pytest.mark.parametrize(
    ("kind", "given", "boxes", "signed_"),
    [
        (Kind.INTEGER, {"constraint": ". >= 0 and . <= 110"}, [3], False),
        (Kind.INTEGER, {"constraint": ". >= -20 and . <= 9"}, [2], True),
        (Kind.INTEGER, {"constraint": ". > 0"}, [], False),
        (Kind.INTEGER, {}, [], False),
        (Kind.RANGE, {"parameters": "start=0 end=10 step=1"}, [2], False),
        (Kind.RANGE, {"parameters": "start=0 end=1 step=0.1"}, [], False),
        (Kind.DECIMAL, {"constraint": ". <= 110"}, [], False),
        (Kind.DATE, {}, [2, 2, 4], False),
        (Kind.DATE, {"appearance": "month-year"}, [2, 4], False),
        (Kind.DATE, {"appearance": "year"}, [4], False),
        (Kind.TIME, {}, [2, 2], False),
        (Kind.DATETIME, {}, [2, 2, 4, 2, 2], False),
    ],
)
def test_boxes_are_as_many_as_the_answer_has_digits(
    kind: Kind,
    given: dict[str, str],
    boxes: list[int],
    signed_: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    space = space_of(Question("q", kind, **given), form(), "en")  # type: ignore[arg-type]
    assert [each.digits for each in space.boxes] == boxes
    assert space.signed is signed_


def test_choices_stand_under_the_answer_that_they_go_with() -> None:
    survey = [
        ("type", "name", "label::English (en)", "choice_filter"),
        ("select_one district", "district", "District", ""),
        ("select_one ward", "ward", "Ward", "district = ${district}"),
    ]
    choices = [
        ("list_name", "name", "label::English (en)", "district"),
        ("district", "n", "North", ""),
        ("district", "s", "South", ""),
        *(("ward", f"{side}{number}", f"Ward {side}{number}", side) for side in "ns" for number in (1, 2)),
    ]
    settings = [["form_title", "form_id", "version"], ["Invented", "invented_form", "1"]]
    data = write_xlsform({"survey": survey, "choices": choices, "settings": settings})
    ward = printed(read_xlsform(data, "form.xlsx"), "en", 5).parts[1]
    found = {block.under: [each.code for each in block.options] for block in ward.space.blocks}  # type: ignore[union-attr]
    assert found == {"North": ["n1", "n2"], "South": ["s1", "s2"]}


def test_a_long_list_stands_once_after_the_questions() -> None:
    many = [("docs", f"c{number}", f"Village {number}", "قرية") for number in range(2100)]
    paper = printed(form(choices=[*CHOICES[:3], ("docs", "id", "Identity card", "بطاقة"), *many]), "en", 5)
    (listed,) = paper.lists
    assert (listed.name, listed.more) == ("docs", 101)
    assert len(listed.blocks[0].options) == 2000


def test_a_table_in_a_table_says_whose_it_is() -> None:
    survey = [
        SURVEY[0],
        ("begin_repeat", "house", "House", "بيت", "", "", ""),
        ("text", "street", "Street", "شارع", "", "", ""),
        ("begin_repeat", "person", "Person", "شخص", "", "", ""),
        ("begin_group", "work", "Work", "عمل", "", "${street} = 'x'", ""),
        ("text", "job", "Job", "وظيفة", "", "", ""),
        ("end_group", "", "", "", "", "", ""),
        ("end_repeat", "", "", "", "", "", ""),
        ("end_repeat", "", "", "", "", "", ""),
    ]
    outer, inner = printed(form(survey), "en", 7).parts
    assert outer.blocks == ((1, 2, 3, 4, 5), (6, 7))  # type: ignore[union-attr]
    assert (outer.within, inner.within) == ("", "House")  # type: ignore[union-attr]
    heading, job = inner.rows  # type: ignore[union-attr]
    assert (heading.label, heading.when.words) == ("Work", "1 = x")  # type: ignore[union-attr]
    assert job.label == "Job"


@pytest.mark.shared
def test_the_household_form_stands_whole_on_paper(shared: Path) -> None:
    whole = read_xlsform((shared / "bench" / "household.xlsx").read_bytes(), "household.xlsx")
    for language in whole.languages:
        paper = printed(whole, language, 5)
        assert sorted(_numbers(paper.parts)) == list(range(1, 1 + len(shown(whole).questions)))


def _numbers(parts: Any) -> list[int]:
    """The numbers of all questions on a paper."""
    found: list[int] = []
    for part in parts:
        inner = getattr(part, "parts", ()) or getattr(part, "rows", ())
        found += _numbers(inner) if inner else [part.number] if hasattr(part, "number") else []
    return found


def promises(language: str) -> dict[str, str]:
    return {each.value: f"Invented words of {each.value} in {language}" for each in Promise}


@pytest.mark.django_db
@pytest.mark.parametrize("basis", list(Basis))
def test_a_consent_sheet_has_promises_purposes_and_places_to_sign(
    here: Initiative, steward: Person, basis: Basis
) -> None:
    for number, language in enumerate(("en", "ar")):
        write_text(
            initiative=here,
            language=language,
            promises=promises(language),
            basis=basis,
            by=steward,
            at=AT,
            version=1 if number else None,
        )
    survey = [(*SURVEY[0], "everycount::consent"), (*SURVEY[2], "statistics")]
    settings = [["form_title", "form_id", "version"], ["Invented form", "invented_form", "1"]]
    data = write_xlsform({"survey": survey, "choices": CHOICES, "settings": settings})
    version = drafted(here, steward, data)
    page = signed(steward).get(at(version, "consent-sheet")).content.decode()
    said = words(page)
    for each in Promise:
        assert f"Invented words of {each.value} in en" in said
    assert said.count("Do you agree?") == 2
    assert "they are counted in tables" in said
    assert f"{django_settings.ENVIRONMENT.public_url}/receipt" in said
    assert said.count("Name or mark") + said.count("name or mark") == len(SIGNERS[basis])
    arabic = signed(steward).get(at(version, "consent-sheet") + "?language=ar").content.decode()
    assert 'lang="ar" dir="rtl"' in arabic
    assert "هل توافق؟" in words(arabic)
    with override("ar"):
        assert str(AGREED[Purpose.STATISTICS]) in words(arabic)


@pytest.mark.django_db
def test_without_promises_there_is_no_consent_sheet(here: Initiative, steward: Person) -> None:
    version = drafted(here, steward, workbook())
    page = signed(steward).get(at(version, "consent-sheet")).content.decode()
    assert "The promises are not written yet." in page
    assert 'class="leaf' not in page


@pytest.mark.django_db
def test_a_published_version_keeps_the_promises_that_phones_had(here: Initiative, steward: Person) -> None:
    version = drafted(here, steward, workbook())
    write_text(initiative=here, language="en", promises=promises("en"), basis=Basis.SPOKEN, by=steward, at=AT)
    collection.publish(version=version, by=steward, at=AT)
    later = AT.replace(year=2027)
    write_text(
        initiative=here, language="fr", promises=promises("fr"), basis=Basis.SPOKEN, by=steward, at=later
    )
    said = words(signed(steward).get(at(version, "consent-sheet") + "?language=fr").content.decode())
    assert "Invented words of why in en" in said
    assert "Invented words of why in fr" not in said
