"""What differs between versions of a form, and forms made from the question bank."""

from __future__ import annotations

import io

import openpyxl
import pytest

from everycount.catalogue import concept, question_bank
from everycount.faults import InputError
from everycount.questionnaire import (
    Change,
    Difference,
    Kind,
    Picked,
    Questionnaire,
    changes,
    from_bank,
    read_xlsform,
    refusals,
    validate,
    write_xlsform,
)
from everycount.questionnaire.question import Choice
from everycount.text import Text

Rows = list[list[str]]
SURVEY = [
    ["type", "name", "label", "everycount::consent"],
    ["select_one yn", "counted", "May we count you?", "statistics"],
    ["begin_group", "home", "Home", ""],
    ["integer", "rooms", "How many rooms?", ""],
    ["end_group", "", "", ""],
    ["begin_repeat", "people", "People", ""],
    ["integer", "age", "How old?", ""],
    ["end_repeat", "", "", ""],
]
CHOICES = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]
LANGUAGES = {"English": "en", "Kiswahili": "sw"}


def form(survey: Rows = SURVEY, choices: Rows = CHOICES, version: str = "1") -> Questionnaire:
    settings = [["form_id", "version"], ["f", version]]
    return read_xlsform(write_xlsform({"survey": survey, "choices": choices, "settings": settings}))


def edited(rows: Rows, old: str, new: str) -> Rows:
    """The rows with one cell changed."""
    assert any(old in row for row in rows)
    return [[new if cell == old else cell for cell in row] for row in rows]


def test_the_same_form_has_no_changes() -> None:
    assert changes(form(), form(version="2")) == ()
    assert refusals(form(), form(version="2")) == ()


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("select_one yn", "text", "select_one and is now text"),
        ("select_one yn", "select_multiple yn", "select_one and is now select_multiple"),
        ("select_one yn", "select_one yesno", 'the list "yn" and are now "yesno"'),
        ("integer", "decimal", "integer and is now decimal"),
    ],
)
def test_a_changed_type_is_refused(was: str, now: str, said: str) -> None:
    choices = edited(CHOICES, "yn", "yesno") if "yesno" in now else CHOICES
    found = refusals(form(), form(edited(SURVEY, was, now), choices))
    assert said in found[0].problem
    assert "sheet survey, row" in found[0].place
    assert found[0].remedy


def test_a_question_that_leaves_its_roster_is_refused() -> None:
    moved = [row for row in SURVEY if row[0] not in {"begin_repeat", "end_repeat"}]
    (fault,) = refusals(form(), form(moved))
    assert 'in the roster "people" and is now asked once' in fault.problem


def test_every_harmless_difference_is_listed() -> None:
    survey = [row for row in SURVEY if row[1] != "age"]
    survey = [["text", "village", "Which village?", ""] if row[1] == "rooms" else row for row in survey]
    survey = [*edited(edited(survey, "May we count you?", "Shall we count you?"), "statistics", "sharing")]
    survey = [*survey[:1], ["note", "hello", "Hello", ""], *survey[1:]]
    survey[6:6] = [
        ["begin_repeat", "again", "x", ""],
        ["text", "dog", "A dog?", ""],
        ["end_repeat", "", "", ""],
    ]
    survey = [row for row in survey if row[1] != "people" and row[0] != "end_repeat"] + [
        ["end_repeat", "", "", ""]
    ]
    choices = [*edited(CHOICES, "Yes", "Yes, gladly")[:2], ["yn", "later", "Later"]]
    found = changes(form(), form(survey, choices))
    assert {
        Change(Difference.QUESTION_ADDED, "hello", now="Hello"),
        Change(Difference.QUESTION_ADDED, "village", now="Which village?"),
        Change(Difference.QUESTION_REMOVED, "rooms", was="How many rooms?"),
        Change(Difference.QUESTION_REMOVED, "age", was="How old?"),
        Change(Difference.QUESTION_REWORDED, "counted", was="May we count you?", now="Shall we count you?"),
        Change(Difference.CONSENT_CHANGED, "counted", was="statistics", now="sharing"),
        Change(Difference.CHOICE_ADDED, choice="yn/later", now="Later"),
        Change(Difference.CHOICE_REMOVED, choice="yn/no", was="No"),
        Change(Difference.CHOICE_REWORDED, choice="yn/yes", was="Yes", now="Yes, gladly"),
    } <= set(found)


def test_a_question_that_moves_between_groups_is_listed() -> None:
    out = [SURVEY[0], SURVEY[1], SURVEY[3], *SURVEY[5:]]
    assert changes(form(), form(out)) == (Change(Difference.QUESTION_MOVED, "rooms", was="home", now=""),)


def test_every_cell_is_text() -> None:
    data = write_xlsform({"survey": [["type", "=1+1", "\x07bell"], ["+1", "@x", ""]]})
    rows = openpyxl.load_workbook(io.BytesIO(data))["survey"]
    cells = [cell for row in rows.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == ["type", "=1+1", "bell", "+1", "@x"]


def test_the_whole_bank_makes_a_form() -> None:
    own = (
        Choice("herders", Text.of({"en": "Herders", "sw": "Wafugaji"})),
        Choice("fishers", Text.of("Fishers", "en")),
    )
    mine = {each.id: own for each in question_bank() if each.kind.startswith("select") and not each.answers}
    assert mine
    picked = Picked(
        "all", "1", "Everything", LANGUAGES, question_bank(), mine, Text.of("May we count you?", "en")
    )
    made = validate(from_bank(picked))
    assert made.languages == ("en", "sw")
    assert made.question("consent").consent_purpose == "statistics"
    assert len(made.questions) == len(question_bank()) + 1
    for each in question_bank():
        asked = next(question for question in made.questions if question.concept == each.id)
        assert str(asked.kind) == {"geo": "geopoint"}.get(each.kind, each.kind)
        assert asked.labels.say("en") == each.labels.say("en")
        assert asked.sensitivity == each.sensitivity
        assert asked.codes == (("herders", "fishers") if each.id in mine else tuple(each.answers))
    assert made.question("identity_group").choices[0].labels.say("sw") == "Wafugaji"


def test_what_keeps_it_from_being_a_form_is_said_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Picked("1 form", "1", "T", {"Klingon": "?"}, (concept("identity-group"),))
    assert [fault.place for fault in caught.value.faults] == ["form_id", "languages", "identity-group"]
    with pytest.raises(InputError, match="No question is chosen"):
        Picked("form", "1", "T", LANGUAGES, ())


def test_a_name_that_looks_like_a_formula_stays_a_word() -> None:
    own = {"identity-group": (Choice("a", Text.of("=HYPERLINK(1)", "en")), Choice("b", Text.of("B", "en")))}
    made = read_xlsform(
        from_bank(Picked("f", "1", "=T()", {"English": "en"}, (concept("identity-group"),), own))
    )
    assert made.question("identity_group").kind is Kind.SELECT_MULTIPLE
    assert made.question("identity_group").choices[0].labels.say("en") == "=HYPERLINK(1)"
