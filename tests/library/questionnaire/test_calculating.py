"""Values that forms calculate, held against the examples of the ODK XForms specification."""

from __future__ import annotations

import pytest
from lxml import etree

from everycount.questionnaire import Questionnaire, read_xlsform, write_xlsform
from everycount.questionnaire.calculating import calculate
from everycount.questionnaire.filling import write_instance

ASKED = [
    ["integer", "a", "A", "", ""],
    ["integer", "b", "B", "", ""],
    ["select_multiple tools", "tools", "Tools", "", ""],
    ["text", "words", "Words", "", ""],
    ["begin repeat", "people", "People", "", ""],
    ["integer", "years", "Years", "", ""],
    ["calculate", "older", "", "${years} + ${a}", ""],
    ["calculate", "grown", "", "${years} >= 18", "${years} != 40"],
    ["end repeat", "", "", "", ""],
]
ANSWERS = {"a": "34", "b": "5", "tools": "net boat", "words": "round(1)"}


def form(*calculated: tuple[str, str, str]) -> Questionnaire:
    head = ["type", "name", "label", "calculation", "relevant"]
    rows = [["calculate", name, "", expression, relevant] for name, expression, relevant in calculated]
    choices = [["list_name", "name", "label"], *(["tools", code, code] for code in ("net", "boat"))]
    settings = [["form_title", "form_id"], ["Invented", "invented"]]
    return read_xlsform(
        write_xlsform({"survey": [head, *ASKED, *rows], "choices": choices, "settings": settings})
    )


def worked_out(made: Questionnaire, **given: str) -> tuple[dict[str, str], tuple[str, ...]]:
    people = [{"years": each} for each in ("4", "40", "")]
    root = etree.fromstring(write_instance(made, "uuid:1", ANSWERS | given, {"people": people}))
    left = calculate(root, made)
    return {each.tag: each.text or "" for each in root}, left


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("${a} + ${b}", "39"),
        ("round(${a} div ${b}, 1)", "6.8"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(21.665, 2)", "21.67"),
        ("int(${a} div ${b})", "6"),
        ("if(${a} > 18 and ${b} = 5, 'grown', 'young')", "grown"),
        ("if(selected(${tools}, 'boat'), 1, 0)", "1"),
        ("if(selected(${tools}, 'bo'), 1, 0)", "0"),
        ("count-selected(${tools})", "2"),
        ("selected-at(${tools}, 1)", "boat"),
        ("concat(${words}, ' selected(x)')", "round(1) selected(x)"),
        ("coalesce(${words}, 'none')", "round(1)"),
        ("substr(${words}, 0, 5)", "round"),
        ("count(${people})", "3"),
        ("sum(${years})", "44"),
        ("max(${years})", "40"),
        ("min(${years})", "4"),
        ("count-non-empty(${years})", "2"),
        ("join(', ', ${years})", "4, 40, "),
        ("${a} = 34", "true"),
        ("pow(2, 3)", "8"),
        ("string-length(${words})", "8"),
        ("sum(${a}, ${b})", "39"),
    ],
)
def test_what_is_calculated(expression: str, value: str) -> None:
    found, left = worked_out(form(("it", expression, "")))
    assert (found["it"], left) == (value, ())


def test_values_follow_from_values_in_any_order() -> None:
    found, _ = worked_out(
        form(("third", "${second} * 2", ""), ("second", "${first} + 1", ""), ("first", "${a}", ""))
    )
    assert (found["first"], found["second"], found["third"]) == ("34", "35", "70")


def test_a_value_of_nothing_and_one_that_is_not_asked_for_are_empty() -> None:
    made = form(("it", "${a} + ${b}", ""), ("not", "1", "${a} > 100"), ("deep", "${it} * 2", "${b} = 5"))
    found, left = worked_out(made, b="")
    assert (found["it"], found["not"], found["deep"], left) == ("", "", "", ())


def test_rows_have_values_of_their_own() -> None:
    made = form()
    people = [{"years": each} for each in ("4", "40")]
    root = etree.fromstring(write_instance(made, "uuid:1", ANSWERS, {"people": people}))
    assert calculate(root, made) == ()
    assert [(row.findtext("older"), row.findtext("grown")) for row in root.findall("people")] == [
        ("38", "false"),
        ("74", ""),
    ]


@pytest.mark.parametrize(
    "expression",
    [
        "today()",
        "once(random())",
        "pulldata('a', 'b', 'c', ${a})",
        "jr:choice-name(${tools}, 'x')",
        "uuid()",
        "nothing(1)",
    ],
)
def test_what_cannot_be_worked_out_is_left_and_named(expression: str) -> None:
    found, left = worked_out(form(("it", expression, ""), ("other", "${a}", "")))
    assert (found["it"], left, found["other"]) == ("", ("it",), "34")


def test_what_goes_round_ends() -> None:
    made = form(("one", "${two} + 1", ""), ("two", "${one} + 1", ""))
    assert worked_out(made)[1] == ()
