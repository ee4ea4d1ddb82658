"""Which purposes answers allow: a plain yes, and nothing else."""

from __future__ import annotations

from io import BytesIO
from itertools import product

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycount.questionnaire import Questionnaire, read_instance, read_xlsform
from everycount.site.consent.models import Purpose
from everycount.site.consent.rules import USES, allowed, asked, remaining, unknown, yes_of

KEPT = {Purpose.COLLECTION}
COUNTED = {Purpose.COLLECTION, Purpose.STATISTICS, Purpose.REVIEW}
ANSWERS = ("yes", "no", "", "maybe")


def form(*rows: tuple[str, str, str, str], choices: tuple[tuple[str, str], ...] = ()) -> Questionnaire:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in [("type", "name", "label", "everycount::consent"), *rows]:
        sheet.append(row)
    sheet = book.create_sheet("choices")
    for code, label in (("name", "label"), *(choices or (("yes", "Yes"), ("no", "No")))):
        sheet.append(("list_name" if code == "name" else "yn", code, label))
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id"))
    settings.append(("Invented", "invented"))
    file = BytesIO()
    book.save(file)
    return read_xlsform(file.getvalue(), "invented.xlsx")


def ask(name: str, purpose: str, kind: str = "select_one yn") -> tuple[str, str, str, str]:
    return kind, name, "May we?", purpose


def given_by(of: Questionnaire, inside: str) -> frozenset[Purpose]:
    return allowed(of, read_instance(f'<data id="invented">{inside}</data>'.encode(), of))


@pytest.mark.parametrize("answer", ANSWERS)
def test_only_a_yes_opens_and_silence_is_refusal(answer: str) -> None:
    of = form(ask("a", "statistics"))
    assert given_by(of, f"<a>{answer}</a>") == (COUNTED if answer == "yes" else KEPT)
    assert given_by(of, "") == KEPT


def test_a_form_that_asks_nothing_allows_nothing_but_keeping() -> None:
    assert given_by(form(("text", "a", "Tell us", "")), "<a>yes</a>") == KEPT


@pytest.mark.parametrize(("kept", "counted"), [*product(ANSWERS, ANSWERS)])
def test_where_keeping_is_asked_for_nothing_goes_without_it(kept: str, counted: str) -> None:
    of = form(ask("k", "collection"), ask("a", "statistics"))
    if kept != "yes":
        expected: set[Purpose] = set()
    else:
        expected = COUNTED if counted == "yes" else KEPT
    assert given_by(of, f"<k>{kept}</k><a>{counted}</a>") == expected


def test_a_question_about_review_decides_for_itself() -> None:
    of = form(ask("a", "statistics"), ask("r", "review"))
    assert given_by(of, "<a>yes</a><r>no</r>") == COUNTED - {Purpose.REVIEW}
    assert given_by(of, "<a>no</a><r>yes</r>") == {Purpose.COLLECTION, Purpose.REVIEW}


def test_all_questions_of_a_purpose_must_say_yes() -> None:
    of = form(ask("a", "statistics"), ask("b", "statistics"))
    assert given_by(of, "<a>yes</a><b>yes</b>") == COUNTED
    for a, b in (("yes", "no"), ("no", "yes"), ("yes", "")):
        assert given_by(of, f"<a>{a}</a><b>{b}</b>") == KEPT


def test_in_a_roster_everybody_must_say_yes() -> None:
    of = form(("begin_repeat", "m", "Member", ""), ask("a", "statistics"), ("end_repeat", "", "", ""))
    assert given_by(of, "<m><a>yes</a></m><m><a>yes</a></m>") == COUNTED
    assert given_by(of, "<m><a>yes</a></m><m><a/></m>") == KEPT
    assert given_by(of, "") == KEPT


def test_a_ticked_box_is_a_yes() -> None:
    of = form(ask("a", "contact", "acknowledge"))
    assert given_by(of, "<a>OK</a>") == KEPT | {Purpose.CONTACT}
    assert given_by(of, "<a/>") == KEPT


@pytest.mark.parametrize(
    ("choices", "yes"),
    [
        ((("yes", "Yes"), ("no", "No")), ("yes",)),
        ((("1", "Yes."), ("2", "No")), ("1",)),
        ((("1", "نعم"), ("0", "لا")), ("1",)),
        ((("1", "Yes, but not my name"), ("2", "No")), ()),
        ((("agree", "Yes"), ("refuse", "No")), ()),
    ],
)
def test_what_counts_as_a_yes(choices: tuple[tuple[str, str], ...], yes: tuple[str, ...]) -> None:
    (question,) = asked(form(ask("a", "statistics"), choices=choices))[Purpose.STATISTICS]
    assert yes_of(question) == yes


def test_a_text_or_several_choices_never_allow() -> None:
    of = form(ask("a", "statistics", "text"), ask("b", "sharing", "select_multiple yn"))
    assert given_by(of, "<a>yes</a><b>yes</b>") == KEPT


def test_a_purpose_that_nobody_knows_is_named_and_allows_nothing() -> None:
    of = form(ask("a", "marketing"))
    assert [each.name for each in unknown(of)] == ["a"]
    assert given_by(of, "<a>yes</a>") == KEPT


@given(st.sets(st.sampled_from(list(Purpose))))
def test_what_remains_is_for_something(still: set[Purpose]) -> None:
    left = remaining(still)
    assert left <= still
    assert not left or (Purpose.COLLECTION in left and left & set(USES))
    if Purpose.REVIEW in left:
        assert left & {Purpose.STATISTICS, Purpose.SHARING}
    assert remaining(left) == left
