"""Submissions as clients send them, and the records they become."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from everycount.faults import InputError
from everycount.questionnaire import Envelope, Point, RosterRow, read_envelope, read_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from everycount.questionnaire import Questionnaire, Record

FORM = """
    survey
    | type                | name     | label |
    | start               | start    |       |
    | today               | today    |       |
    | deviceid            | device   |       |
    | audit               |          |       |
    | text                | words    | A     |
    | integer             | whole    | A     |
    | decimal             | broken   | A     |
    | range               | pain     | A     |
    | date                | day      | A     |
    | time                | hour     | A     |
    | dateTime            | moment   | A     |
    | select_one yn       | one      | A     |
    | select_multiple abc | many     | A     |
    | rank abc            | order    | A     |
    | geopoint            | place    | A     |
    | geotrace            | way      | A     |
    | image               | picture  | A     |
    | begin_group         | house    | A     |
    | begin_repeat        | member   | A     |
    | integer             | age      | A     |
    | begin_repeat        | illness  | A     |
    | text                | what     | A     |
    | end_repeat          |          |       |
    | end_repeat          |          |       |
    | end_group           |          |       |
    choices
    | list_name | name | label |
    | yn        | 1    | Yes   |
    | yn        | 0    | No    |
    | abc       | a    | A     |
    | abc       | b    | B     |
    | abc       | c    | C     |
    settings
    | form_id | version |
    | all     | 7       |
"""


@pytest.fixture(scope="module")
def questionnaire(form: Callable[[str], Questionnaire]) -> Questionnaire:
    return form(FORM)


@pytest.fixture
def read(questionnaire: Questionnaire) -> Callable[[str], Record]:
    return lambda inside: read_instance(f'<data id="all" version="7">{inside}</data>'.encode(), questionnaire)


def test_an_envelope_knows_the_form_and_the_submission() -> None:
    xml = b"""<?xml version='1.0' ?>
        <data id="all" version="7" xmlns:orx="http://openrosa.org/xforms"><words>secret</words>
        <orx:meta><orx:instanceID>uuid:2</orx:instanceID><orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta>
        </data>"""
    assert read_envelope(xml) == Envelope("all", "7", "uuid:2", "uuid:1")
    assert "secret" not in repr(read_envelope(xml))


@pytest.mark.parametrize(
    ("xml", "envelope"),
    [
        (b'<data id="f"/>', Envelope("f", "", None, None)),
        (
            b'<data xmlns="http://example.org/my-form"/>',
            Envelope("http://example.org/my-form", "", None, None),
        ),
        (b'<data id="f" instanceID="uuid:3"/>', Envelope("f", "", "uuid:3", None)),
        (b'<data id="f" encrypted="yes"/>', Envelope("f", "", None, None, encrypted=True)),
    ],
)
def test_envelopes_of_older_and_other_clients(xml: bytes, envelope: Envelope) -> None:
    assert read_envelope(xml) == envelope


LAUGH = (
    b'<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<data id="all"><words>&b;</words></data>'
)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"", "broken"),
        (b"<data id='all'>", "broken"),
        (b"<data id='all'><a></data>", "broken"),
        (b"<data id='all'>\x00</data>", "broken"),
        ("<data id='all'>\xe9</data>".encode("latin-1"), "broken"),
        (b"<data/>", "names no form"),
        (b'<h:html xmlns:h="http://www.w3.org/1999/xhtml"/>', "names no form"),
        (LAUGH, "DOCTYPE"),
        (b'<!DOCTYPE data SYSTEM "file:///etc/passwd"><data id="all"/>', "DOCTYPE"),
        (
            b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="all"><words>&x;</words></data>',
            "DOCTYPE",
        ),
        (b"<data id='all'>" + b"<g>" * 20_000 + b"</g>" * 20_000 + b"</data>", "broken"),
        (b"<data id='all'>" + b" " * 50_000_000 + b"</data>", "larger than 50 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_broken_and_dangerous_xml_is_refused(xml: bytes, words: str, questionnaire: Questionnaire) -> None:
    for reading in (lambda: read_envelope(xml, "s.xml"), lambda: read_instance(xml, questionnaire, "s.xml")):
        with pytest.raises(InputError, match=words) as caught:
            reading()
        assert caught.value.faults[0].place == "s.xml"


def test_encrypted_answers_are_refused_but_their_envelope_is_not(questionnaire: Questionnaire) -> None:
    xml = b'<data id="all" encrypted="yes"><meta><instanceID>uuid:1</instanceID></meta></data>'
    assert read_envelope(xml).instance_id == "uuid:1"
    with pytest.raises(InputError, match="encrypted"):
        read_instance(xml, questionnaire)


@pytest.mark.parametrize(
    ("name", "text", "answer"),
    [
        ("words", " as  said ", " as  said "),
        ("words", "   ", None),
        ("whole", "-12", -12),
        ("broken", "2.50", 2.5),
        ("broken", "1e3", 1000.0),
        ("pain", "7", 7),
        ("pain", "7.5", 7.5),
        ("day", "2024-02-29", dt.date(2024, 2, 29)),
        ("today", "2024-02-29", dt.date(2024, 2, 29)),
        ("hour", "09:30:00.000+05:30", dt.time(9, 30, tzinfo=dt.timezone(dt.timedelta(hours=5.5)))),
        ("hour", "09:30", dt.time(9, 30)),
        (
            "moment",
            "2015-02-19T04:18:21.427+03",
            dt.datetime(2015, 2, 19, 4, 18, 21, 427000, dt.timezone(dt.timedelta(hours=3))),
        ),
        ("start", "2015-02-19T04:18:21Z", dt.datetime(2015, 2, 19, 4, 18, 21, tzinfo=dt.UTC)),
        ("device", "collect:x", "collect:x"),
        ("one", " 1 ", "1"),
        ("many", "c a", ("c", "a")),
        ("order", "b a c", ("b", "a", "c")),
        ("place", "25.1 55.2 0 4.5", Point(25.1, 55.2, 0.0, 4.5)),
        ("place", "25.1 55.2", Point(25.1, 55.2)),
        ("way", "1 2 0 0; 3 4 0 0;", (Point(1, 2, 0, 0), Point(3, 4, 0, 0))),
        ("picture", "1424308569120.jpg", "1424308569120.jpg"),
    ],
)
def test_answers_get_their_type(read: Callable[[str], Record], name: str, text: str, answer: object) -> None:
    record = read(f"<{name}>{text}</{name}>")
    assert record.answers[name] == answer
    assert type(record.answers[name]) is type(answer)
    assert record.findings == ()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("whole", "12.0", "It is no whole number."),
        ("whole", "twelve", "It is no whole number."),
        ("whole", "१२", "It is no whole number."),
        ("whole", "9" * 5000, "It is no whole number."),
        ("broken", "NaN", "It is no number."),
        ("broken", "1,5", "It is no number."),
        ("broken", "1e999", "It is no number."),
        ("pain", "bad", "It is no number."),
        ("day", "2023-02-29", "It is no date."),
        ("day", "20230228", "It is no date."),
        ("hour", "25:00", "It is no time of day."),
        ("moment", "2015-02-19", "It is no date with a time."),
        ("moment", "2015-02-30T00:00", "It is no date with a time."),
        ("place", "25.1", "It is no place: latitude and longitude are expected."),
        ("place", "95 0 0 0", "It is no place on earth."),
        ("way", "1 2; x", "It is no place: latitude and longitude are expected."),
        ("picture", "../../etc/passwd", "It is no file name but a path."),
        ("words", "a<b>c</b>", "Other elements stand in this answer."),
    ],
)
def test_a_wrong_type_is_no_answer_but_a_finding(
    read: Callable[[str], Record], name: str, text: str, problem: str
) -> None:
    record = read(f"<{name}>{text}</{name}>")
    assert record.answers[name] is None
    assert [(each.path, each.problem) for each in record.findings] == [(name, problem)]
    assert record.findings[0].value == text[:200].replace("<b>", " ").replace("</b>", "")


def test_unknown_codes_are_kept_and_named(read: Callable[[str], Record]) -> None:
    record = read("<one>9</one><many>a z a</many>")
    assert (record.answers["one"], record.answers["many"]) == ("9", ("a", "z"))
    assert [each.problem for each in record.findings] == [
        'The code "9" is not in the list "yn".',
        'The code "z" is not in the list "abc".',
        'The code "a" is chosen twice.',
    ]


def test_rosters_are_rows_that_know_the_row_above(read: Callable[[str], Record]) -> None:
    record = read("""
        <house>
          <member><age>70</age><illness><what>a</what></illness><illness><what>b</what></illness></member>
          <member><age>7</age></member>
          <member><age/><illness><what>c</what></illness></member>
        </house>""")
    assert record.rosters["member"] == tuple(RosterRow({"house/member/age": age}) for age in (70, 7, None))
    assert [(row.answers["house/member/illness/what"], row.parent) for row in record.rosters["illness"]] == [
        ("a", 0),
        ("b", 0),
        ("c", 2),
    ]
    assert record.findings == ()


def test_every_question_is_there_answered_or_not(
    read: Callable[[str], Record], questionnaire: Questionnaire
) -> None:
    record = read("")
    assert set(record.answers) == {"/".join(each.full_path) for each in questionnaire.questions_of(None)}
    assert set(record.answers.values()) == {None}
    assert record.rosters == {"member": (), "illness": ()}


def test_templates_and_the_servers_own_elements_are_passed_over(read: Callable[[str], Record]) -> None:
    record = read(
        '<formhub><uuid>x</uuid></formhub><house><member xmlns:jr="http://openrosa.org/javarosa" '
        'jr:template=""><age/></member></house><meta><instanceID>uuid:1</instanceID>'
        "<instanceName>A</instanceName><audit>audit.csv</audit><entity/></meta>"
    )
    assert record.rosters["member"] == ()
    assert record.meta == {"instanceID": "uuid:1", "instanceName": "A", "audit": "audit.csv"}
    assert record.answers["meta/audit"] == "audit.csv"
    assert record.findings == ()


def test_what_the_form_does_not_know_is_a_finding(read: Callable[[str], Record]) -> None:
    record = read(
        "<shoe>43</shoe><words>a</words><words>b</words><house>and <member><hat> 7 </hat></member></house>"
    )
    assert record.answers["words"] == "a"
    assert [(each.path, each.value, each.problem) for each in record.findings] == [
        ("shoe", "43", "The form has no such question."),
        ("words", "b", "It stands more than once."),
        ("house", "and 7", "Words stand between the answers."),
        ("house/member[1]/hat", "7", "The form has no such question."),
    ]


def test_another_form_is_a_finding(questionnaire: Questionnaire) -> None:
    record = read_instance(b'<data id="other"/>', questionnaire)
    assert [(each.value, each.problem) for each in record.findings] == [
        ("other", 'The submission answers another form than "all".')
    ]


def test_flat_instances_leave_groups_out(form: Callable[[str], Questionnaire]) -> None:
    q = form("""
        survey
        | type        | name | label |
        | begin_group | g    | G     |
        | integer     | a    | A     |
        | end_group   |      |       |
        settings
        | form_id | flat |
        | f       | yes  |
    """)
    assert read_instance(b'<data id="f"><a>1</a></data>', q).answers == {"g/a": 1}
