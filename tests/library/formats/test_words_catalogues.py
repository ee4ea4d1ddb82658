"""Every language says the same things, in its own plural forms and numbers."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest

from everycount.estimate.intervals import EXACT, KORN_GRAUBARD, STUDENT
from everycount.estimate.plan import WOODRUFF, IntervalRule, MeasureKind, QuantileInterval
from everycount.formats.messages import PLURALS, chosen, isolate, languages, messages
from everycount.formats.page import tag
from everycount.formats.words import Phrase
from everycount.protect.cells import Status
from everycount.quality.report import Grade
from everycount.release.official import Aspect, Side, Standing
from everycount.sample.design import Basis, DesignKind, Lonely, Scope

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("ar", "bn", "en", "es", "fr", "hi")
UNCOUNTED = {"zero", "one", "two"}  # forms that may name the number in a word
SENTENCES = [name for name in messages("en").data if name not in {"catalogue", "numbers", "units"}]


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def forms(value: str | dict[str, str]) -> dict[str, str]:
    return {"other": value} if isinstance(value, str) else value


def test_the_six_languages_are_there() -> None:
    assert languages() == LANGUAGES
    assert set(PLURALS) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_keys_of_english(language: str) -> None:
    english, other = messages("en").data, messages(language).data
    assert set(other) == set(english)
    for section in english:
        missing = set(english[section]) ^ set(other[section])
        assert not missing, f"{section}: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SENTENCES)
def test_every_sentence_has_the_slots_of_english(language: str, section: str) -> None:
    for key, english in messages("en").data[section].items():
        wanted = slots(forms(english)["other"])
        for form, template in forms(messages(language).data[section][key]).items():
            left_out = wanted - slots(template)
            allowed = {"count"} if form in UNCOUNTED else set()
            assert slots(template) <= wanted, f"{section}.{key} ({form})"
            assert left_out <= allowed, f"{section}.{key} ({form}) lacks {left_out}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_sentences_and_units_have_every_form_of_their_language(language: str) -> None:
    wanted = PLURALS[language][1]
    data = messages(language).data
    for section in SENTENCES:
        for key, value in data[section].items():
            if isinstance(value, dict):
                assert set(value) == wanted, f"{section}.{key}"
    for unit, value in data["units"].items():
        assert set(value) == wanted | {"all"}, unit


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_says_who_has_read_it(language: str) -> None:
    head = messages(language).data["catalogue"]
    assert head["language"] == language
    assert isinstance(head["read_by"], str)
    assert len(head["months"]) == 12
    assert head["unit_agrees_with"] in {"base", "share"}


def test_no_sentence_is_kept_that_nobody_says(root: Path) -> None:
    code = "".join(file.read_text() for file in (root / "src/everycount/formats").rglob("*.py"))
    enums = (Basis, DesignKind, Grade, Lonely, MeasureKind, Phrase, Scope, Status, Aspect, Standing)
    by_value = {str(one) for enum in enums for one in enum} | {"measures", "proxy", "context"}
    by_value |= {f"of_{side}" for side in Side}
    for section in set(SENTENCES) - {"method"}:
        for key in messages("en").data[section]:
            said = f"{section}.{key}" in code or f'"{key}"' in code or key in by_value
            assert said, f"{section}.{key}"


# The Unicode CLDR gives sample numbers for each category.
@pytest.mark.parametrize(
    ("language", "form", "numbers"),
    [
        ("en", "one", [1]),
        ("en", "other", [0, 2, 21, 101]),
        ("fr", "one", [0, 1]),
        ("fr", "many", [1_000_000, 3_000_000]),
        ("fr", "other", [2, 17, 1_000_001]),
        ("es", "one", [1]),
        ("es", "many", [1_000_000]),
        ("es", "other", [0, 2, 1_000_001]),
        ("hi", "one", [0, 1]),
        ("hi", "other", [2, 100]),
        ("bn", "one", [0, 1]),
        ("bn", "other", [2, 100]),
        ("ar", "zero", [0]),
        ("ar", "one", [1]),
        ("ar", "two", [2]),
        ("ar", "few", [3, 10, 103, 110, 1003]),
        ("ar", "many", [11, 26, 99, 111, 1011]),
        ("ar", "other", [100, 102, 200, 1000, 1_000_000]),
    ],
)
def test_plural_forms_are_those_of_the_cldr(language: str, form: str, numbers: list[int]) -> None:
    assert [messages(language).plural(n) for n in numbers] == [form] * len(numbers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_rules_give_only_their_forms(language: str) -> None:
    rule, possible = PLURALS[language]
    assert {rule(n) for n in [*range(1200), 1_000_000]} == possible


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "1,234,567.5"),
        ("fr", "1\u202f234\u202f567,5"),
        ("es", "1.234.567,5"),
        ("ar", "1,234,567.5"),
        ("hi", "12,34,567.5"),
        ("bn", "১২,৩৪,৫৬৭.৫"),
    ],
)
def test_numbers_are_grouped_as_the_language_does(language: str, written: str) -> None:
    assert messages(language).number(1_234_567.5, 1) == written


def test_spanish_leaves_four_digits_together() -> None:
    assert messages("es").number(1234) == "1234"
    assert messages("en").number(1234) == "1,234"


def test_less_than_nothing_has_a_minus_and_nothing_has_none() -> None:
    assert messages("en").number(-12.3, 1) == "\N{MINUS SIGN}12.3"
    assert messages("en").number(-0.04, 1) == "0.0"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0%"),
        (0.001, "<1%"),
        (0.005, "<1%"),
        (0.0051, "1%"),
        (0.32, "32%"),
        (0.996, ">99%"),
        (1.0, "100%"),
    ],
)
def test_a_share_reads_none_or_all_only_when_it_is(value: float, written: str) -> None:
    assert messages("en").percent(value) == written


def test_dates_are_said_in_words() -> None:
    assert messages("en").date("2017-03") == "March 2017"
    assert messages("fr").date("2017") == "2017"
    assert messages("en").date("2017-03-09") == "9 March 2017"
    assert messages("en").date("2017-03/2017-05") == "March 2017 to May 2017"
    assert messages("bn").date("2017-03") == "মার্চ ২০১৭"
    assert messages("en").date("2017-13") == "2017-13"
    assert messages("en").date("spring") == "spring"


def test_things_are_listed_with_a_last_and() -> None:
    listed = messages("en").listed([tag("b", "a"), tag("b", "b"), tag("b", "c")])
    assert listed.source == "<b>a</b>, <b>b</b> and <b>c</b>"
    assert (
        messages("ar").listed([tag("b", "a"), tag("b", "b"), tag("b", "c")]).source.startswith("<b>a</b>، ")
    )
    assert messages("en").listed([]).source == ""


def test_slots_are_escaped_and_markup_stays() -> None:
    said = messages("en").say("finding.shown", measure=tag("bdi", "a<b"), value="<i>")
    assert said.source == "<bdi>a&lt;b</bdi>: &lt;i&gt;."


def test_a_slot_that_looks_like_a_template_stays_a_word() -> None:
    assert messages("en").plain("finding.shown", measure="{value}", value="{0}") == "{value}: {0}."
    assert "{value}" in messages("en").say("finding.shown", measure="{value}", value="x").source


def test_an_empty_slot_leaves_no_gap() -> None:
    assert messages("en").plain("value.total", value="3", number="") == "3 in all"


@pytest.mark.parametrize(
    ("wanted", "survey", "language"),
    [
        (None, ("bn", "en"), "bn"),
        (None, ("bn-BD",), "bn"),
        (None, ("sw", "fr"), "en"),
        (None, (), "en"),
        ("fr", ("bn",), "fr"),
        ("fr-CA", ("bn",), "fr"),
        ("sw", ("bn",), "bn"),
    ],
)
def test_the_language_is_the_one_wanted_or_the_surveys_or_english(
    wanted: str | None, survey: tuple[str, ...], language: str
) -> None:
    assert chosen(wanted, survey) == language


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(KeyError):
        messages("tlh")


@pytest.mark.parametrize("name", ["household", "Households", " hh "])
def test_units_are_known_by_their_usual_names(name: str) -> None:
    assert messages("en").unit(name, k=3, base=10) == "households"
    assert messages("en").units(name) == "households"


def test_a_unit_nobody_knows_is_a_respondent() -> None:
    assert messages("en").units("thing") == "respondents"


def test_the_noun_agrees_as_the_language_wants() -> None:
    assert messages("fr").unit("household", k=1, base=10) == "ménage"
    assert messages("en").unit("household", k=1, base=10) == "households"
    assert messages("ar").unit("household", k=1, base=10) == "أسر"
    assert messages("ar").unit("household", k=1, base=100) == "أسرة"


def test_words_are_isolated_by_marks() -> None:
    assert isolate("x") == "\u2068x\u2069"


def test_every_way_to_make_an_interval_has_a_name() -> None:
    made = {str(rule) for rule in IntervalRule if rule is not IntervalRule.AUTO} | {
        KORN_GRAUBARD,
        STUDENT,
        EXACT,
        QuantileInterval.SCORE,
        WOODRUFF.removesuffix("_"),
    }
    assert set(messages("en").data["method"]) == made
