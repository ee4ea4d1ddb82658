"""What a form says and what becomes of it; each test draws a form."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from everycount.questionnaire import Kind, Questionnaire, read_xlsform_csv
from everycount.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

Form = "Callable[[str], Questionnaire]"

HOUSEHOLD = """
    survey
    | type                | name        | label::English (en) | label::हिन्दी (hi) | hint::English (en) | required | relevant      | constraint       | constraint_message::English (en) | calculation | appearance | default | everycount::concept | everycount::standard | everycount::identifier | everycount::consent | everycount::sensitivity |
    | start               | start       |                     |                   |                    |          |               |                  |                                  |             |            |         |                     |                      |                        |                     |                         |
    | select_one yes_no   | agreed      | May we publish?     | क्या हम छाप सकते हैं?   |                    | yes      |               |                  |                                  |             | minimal    |         |                     |                      |                        | statistics          | 1                       |
    | begin_group         | household   | Your household      | आपका परिवार        |                    |          | ${agreed} = 1 |                  |                                  |             | field-list |         |                     |                      |                        |                     |                         |
    | integer             | people      | How many people?    | कितने लोग?          | Count yourself     | ${agreed} = 1 |          | . > 0 and . < 50 | Between 1 and 49                 |             |            | 4       | household_size      | un-phc-2020          |                        |                     |                         |
    | begin_repeat        | member      | Person              | व्यक्ति              |                    |          |               |                  |                                  |             |            |         |                     |                      |                        |                     |                         |
    | text                | calls       | Called              |                   |                    |          |               |                  |                                  |             |            |         |                     |                      | yes                    |                     | 2                       |
    | select_multiple aid | seeing      | Uses                |                   |                    |          |               |                  |                                  |             |            |         |                     |                      |                        |                     | 3                       |
    | end_repeat          |             |                     |                   |                    |          |               |                  |                                  |             |            |         |                     |                      |                        |                     |                         |
    | end_group           |             |                     |                   |                    |          |               |                  |                                  |             |            |         |                     |                      |                        |                     |                         |
    | calculate           | double      |                     |                   |                    |          |               |                  |                                  | ${people}*2 |            |         |                     |                      |                        |                     |                         |
    choices
    | list_name | name    | label::English (en) | label::हिन्दी (hi) | region |
    | yes_no    | 1       | Yes                 | हाँ                |        |
    | yes_no    | 0       | No                  | नहीं               |        |
    | aid       | glasses | Glasses             | चश्मा              | north  |
    | aid       | cane    | White cane          | छड़ी               |        |
    settings
    | form_title    | form_id   | version | default_language |
    | Our household | household | 3       | English (en)     |
"""  # noqa: E501 - a sheet is as wide as its columns


@pytest.fixture(scope="module")
def household(form: Callable[[str], Questionnaire]) -> Questionnaire:
    return form(HOUSEHOLD)


def test_the_form_says_what_it_is(household: Questionnaire) -> None:
    assert (household.id, household.version, str(household.title)) == ("household", "3", "Our household")
    assert household.languages == ("en", "hi")
    assert household.default_language == "en"
    assert household.language_names == {"en": "English (en)", "hi": "हिन्दी (hi)"}


def test_questions_keep_their_order_and_their_place(household: Questionnaire) -> None:
    assert ["/".join(each.full_path) for each in household.questions] == [
        "start",
        "agreed",
        "household/people",
        "household/member/calls",
        "household/member/seeing",
        "double",
    ]
    assert [each.roster for each in household.questions] == [None, None, None, "member", "member", None]
    assert [(each.name, each.repeat) for each in household.groups] == [("household", False), ("member", True)]
    assert [each.name for each in household.rosters] == ["member"]
    assert household.groups[0].relevance == "${agreed} = 1"


def test_a_question_says_all_that_its_row_says(household: Questionnaire) -> None:
    people = household.question("people")
    assert people.kind is Kind.INTEGER
    assert people.labels == Text((("en", "How many people?"), ("hi", "कितने लोग?")))
    assert people.hints.as_dict() == {"en": "Count yourself"}
    assert (people.required, people.required_if) == (False, "${agreed} = 1")
    assert people.constraint == ". > 0 and . < 50"
    assert str(people.constraint_message) == "Between 1 and 49"
    assert (people.default, people.concept, people.standard) == ("4", "household_size", "un-phc-2020")
    assert household.question("double").calculation == "${people}*2"


def test_choices_keep_codes_labels_and_filter_columns(household: Questionnaire) -> None:
    seeing = household.question("seeing")
    assert seeing.codes == ("glasses", "cane")
    assert seeing.choices[0].labels.say("hi") == "चश्मा"
    assert seeing.choices[0].columns == (("region", "north"),)
    assert household.choice_list("yes_no").codes == ("1", "0")
    with pytest.raises(KeyError):
        household.choice_list("no_such")


def test_our_columns_mark_consent_identifiers_and_sensitivity(household: Questionnaire) -> None:
    agreed, calls = household.question("agreed"), household.question("calls")
    assert (agreed.required, agreed.consent_purpose, agreed.sensitivity) == (True, "statistics", 1)
    assert (calls.direct_identifier, calls.identifier_guessed, calls.sensitivity) == (True, False, 2)
    assert household.question("people").sensitivity is None


def test_a_questionnaire_is_frozen(household: Questionnaire) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        household.id = "other"  # type: ignore[misc]


def test_short_headers_of_ours_mean_the_same(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type | name | label | ec_concept | EC_Identifier | everycount:sensitivity |
        | text | a    | A     | thing      | yes           | 3                      |
    """)
    a = q.question("a")
    assert (a.concept, a.direct_identifier, a.sensitivity) == ("thing", True, 3)


def test_a_form_of_one_language_speaks_an_undetermined_one(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type | name | label |
        | text | a    | A     |
    """)
    assert q.languages == ("und",)
    assert q.question("a").labels == Text((("und", "A"),))
    assert (q.id, q.version, str(q.title)) == ("form", "", "form")


def test_a_column_without_a_language_speaks_the_default_one(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type | name | label::French | label |
        | text | a    | Bonjour       | Hello |
        settings
        | default_language |
        | English          |
    """)
    assert q.languages == ("en", "fr")
    assert q.question("a").labels == Text((("en", "Hello"), ("fr", "Bonjour")))


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("English (en)", "en"),
        ("Português (pt_br)", "pt-BR"),
        ("中文 (zh-hans)", "zh-Hans"),
        ("french", "fr"),
        ("हिन्दी", "hi"),
        ("sw", "sw"),
        ("pt-BR", "pt-BR"),
        ("default", "und"),
        ("", "und"),
        ("Rajasthani dialect", "x-rajastha-ni-dialect"),
    ],
)
def test_languages_get_their_tag(name: str, tag: str) -> None:
    from everycount.questionnaire.languages import tag_of

    assert tag_of(name) == tag


def test_names_in_another_script_get_a_tag_of_their_own() -> None:
    from everycount.questionnaire.languages import tag_of

    tags = {tag_of("ᱥᱟᱱᱛᱟᱲᱤ"), tag_of("ꤊꤢꤛꤢ꤭")}
    assert len(tags) == 2
    assert all(tag.startswith("x-") and len(tag) == 10 for tag in tags)


def test_older_spellings_of_types_are_read(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type                       | name | label |
        | add select one prompt using yes_no | a | A |
        | select all that apply from yes_no  | b | B |
        | gps                        | c    | C     |
        | photo                      | d    | D     |
        | number of days in last year | e   | E     |
        | imei                       | f    |       |
        | begin group                | g    | G     |
        | string                     | h    | H     |
        | end group                  |      |       |
        choices
        | list name | name | label |
        | yes_no    | y    | Yes   |
    """)
    assert [each.kind.value for each in q.questions] == [
        "select_one",
        "select_multiple",
        "geopoint",
        "image",
        "integer",
        "deviceid",
        "text",
    ]


def test_or_other_adds_a_choice_and_a_question(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type                       | name | label |
        | select_one water or_other  | src  | Water |
        | select_one water           | dry  | Water in the dry season |
        choices
        | list_name | name | label::English (en) |
        | water     | well | Well                |
    """)
    assert [each.name for each in q.questions] == ["src", "src_other", "dry"]
    assert q.question("src").codes == q.question("dry").codes == ("well", "other")
    other = q.question("src_other")
    assert (other.kind, other.generated, other.relevance) == (Kind.TEXT, True, "selected(../src, 'other')")


def test_a_counted_repeat_records_its_count(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type         | name   | label  | repeat_count  |
        | integer      | people | People |               |
        | begin_repeat | member | Person | ${people} + 1 |
        | integer      | age    | Age    |               |
        | end_repeat   |        |        |               |
        | begin_repeat | goat   | Goat   | ${people}     |
        | integer      | years  | Years  |               |
        | end_repeat   |        |        |               |
    """)
    assert [each.name for each in q.questions] == ["people", "member_count", "age", "years"]
    assert q.question("member_count").calculation == "${people} + 1"
    assert [each.count for each in q.rosters] == ["${people} + 1", "${people}"]


def test_a_loop_asks_once_for_each_choice(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type                 | name  | label::English (en)    |
        | begin_loop over rooms | loop | Rooms                  |
        | integer              | lamps | Lamps in the %(label)s |
        | end_loop             |       |                        |
        choices
        | list_name | name    | label::English (en) |
        | rooms     | kitchen | kitchen             |
        | rooms     | hall    | great hall          |
        | rooms     | none    | none                |
    """)
    assert ["/".join(each.full_path) for each in q.questions] == ["loop/kitchen/lamps", "loop/hall/lamps"]
    assert str(q.question("loop/hall/lamps").labels) == "Lamps in the great hall"


def test_a_name_in_two_groups_needs_its_place(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type        | name | label |
        | begin_group | head | Head  |
        | integer     | age  | Age   |
        | end_group   |      |       |
        | begin_group | self | You   |
        | integer     | age  | Age   |
        | end_group   |      |       |
    """)
    assert q.find("age") is None
    assert q.question("self/age").path == ("self",)
    with pytest.raises(KeyError, match="head/age, self/age"):
        q.question("age")
    with pytest.raises(KeyError):
        q.question("shoe_size")
    assert q.names == ("age",)


def test_rows_that_ask_nothing_are_left_out(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type    | name | label        | disabled | remark       |
        | integer | a    | A            |          |              |
        | integer | b    | B            | yes      |              |
        |         |      |              |          | see page two |
        | note    |      | Thank you    |          |              |
        | csv-external | towns |        |          |              |
        | form_id | my_form |           |          |              |
    """)
    assert [each.name for each in q.questions] == ["a", "generated_note_name_5"]
    assert q.id == "my_form"


def test_choices_from_files_and_earlier_answers_have_no_known_codes(
    form: Callable[[str], Questionnaire],
) -> None:
    q = form("""
        survey
        | type                           | name   | label | parameters |
        | begin_repeat                   | member | Person |           |
        | text                           | called | Called |           |
        | end_repeat                     |        |       |            |
        | select_one ${called}           | head   | Head  |            |
        | select_one_from_file towns.csv | town   | Town  | value=id   |
        | range                          | pain   | Pain  | start=0 end=10 |
    """)
    assert [q.question(name).codes for name in ("head", "town")] == [(), ()]
    assert q.question("town").list_name == "towns.csv"
    assert q.question("pain").parameters == "start=0 end=10"


def test_three_csv_files_are_one_form() -> None:
    q = read_xlsform_csv(
        b"type,name,label\nselect_one yn,a,A\n",
        b"list_name,name,label\nyn,1,Yes\n",
        b"form_id,version\nthree,2\n",
        names=("s.csv", "c.csv", "set.csv"),
    )
    assert (q.id, q.version, q.question("a").codes) == ("three", "2", ("1",))
    assert read_xlsform_csv(b"type,name,label\ntext,a,A\n", names=("my.csv", "", "")).id == "my"


def test_a_choice_without_words_is_only_noticed(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type          | name | label |
        | select_one yn | a    | A     |
        choices
        | list_name | name | label |
        | yn        | 1    |       |
    """)
    assert [(each.place, each.problem) for each in q.notices] == [
        ("form.csv, sheet choices, row 2, column label", 'The choice "1" of the list "yn" has no label.')
    ]


def test_a_misspelt_column_is_noticed_and_no_wording_is_lost(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type | name | label::English | label::English (en) | relevent | theme |
        | text | a    | A              |                     | 1 = 2    | water |
        | text | b    |                | B                   |          |       |
    """)
    assert [(each.place, each.remedy) for each in q.notices] == [
        ("form.csv, sheet survey, row 1, column relevent", 'Did you mean "relevant"?'),
        (
            "form.csv, sheet survey, row 1, column label::English (en)",
            "Keep one of them, or give the other its own language.",
        ),
    ]
    assert [str(each.labels) for each in q.questions] == ["A", "B"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("respondent_name", Kind.TEXT),
        ("firstName", Kind.TEXT),
        ("childs_name", Kind.TEXT),
        ("phone", Kind.TEXT),
        ("phone_number", Kind.INTEGER),
        ("mobile_no", Kind.TEXT),
        ("email_address", Kind.TEXT),
        ("national_id", Kind.INTEGER),
        ("home_address", Kind.TEXT),
        ("anything", Kind.GEOPOINT),
        ("anything", Kind.GEOSHAPE),
        ("deviceid", Kind.DEVICEID),
        ("anything", Kind.IMAGE),
    ],
)
def test_likely_identifiers_are_guessed(name: str, kind: Kind) -> None:
    from everycount.questionnaire.identifiers import is_identifier

    assert is_identifier(name, kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("village_name", Kind.TEXT),
        ("school_name", Kind.TEXT),
        ("phones", Kind.INTEGER),
        ("has_mobile_phone", Kind.TEXT),
        ("phone", Kind.SELECT_ONE),
        ("name", Kind.SELECT_ONE),
        ("age", Kind.INTEGER),
        ("instance_name", Kind.CALCULATE),
        ("today", Kind.TODAY),
    ],
)
def test_what_finds_nobody_is_not_guessed(name: str, kind: Kind) -> None:
    from everycount.questionnaire.identifiers import is_identifier

    assert not is_identifier(name, kind)


def test_a_guess_is_marked_and_can_be_overruled(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type     | name    | label | everycount::identifier |
        | text     | surname | A     |                        |
        | geopoint | pump    | B     | no                     |
    """)
    surname, pump = q.questions
    assert (surname.direct_identifier, surname.identifier_guessed) == (True, True)
    assert (pump.direct_identifier, pump.identifier_guessed) == (False, False)
