"""Reading at a glance gives what parsing gives, and never takes what it does not understand for something."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycount.questionnaire import read_instance, read_xlsform
from everycount.questionnaire.glance import Glance, Taken

SURVEY = [
    ("type", "name", "label"),
    ("start", "start", ""),
    ("text", "first", "First"),
    ("begin_group", "outer", "Outer"),
    ("text", "before", "Before"),
    ("begin_repeat", "member", "Member"),
    ("text", "m_name", "Name"),
    ("begin_group", "inner", "Inner"),
    ("integer", "m_age", "Age"),
    ("end_group", "", ""),
    ("begin_repeat", "visit", "Visit"),
    ("text", "v_what", "What"),
    ("end_repeat", "", ""),
    ("end_repeat", "", ""),
    ("text", "after", "After"),
    ("end_group", "", ""),
    ("begin_group", "closing", "Closing"),
    ("text", "last.one", "Last"),
    ("end_group", "", ""),
]


def form() -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in {
        "survey": SURVEY,
        "settings": [("form_title", "form_id"), ("Shapes", "shapes")],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORM = read_xlsform(form(), "form.xlsx")
ALL = Glance(FORM, {"/".join(each.full_path) for each in FORM.questions if each.path != ("meta",)})


def plain(taken: Taken | None) -> object:
    """An answer that was left empty is none."""
    if taken is None:
        return None
    return [[tuple(text or None for text in row) for row in table] for table in taken.rows], taken.above


def document(
    inside: str, head: str = "<?xml version='1.0' ?>", meta: str = "<meta><instanceID>u</instanceID></meta>"
) -> bytes:
    return f'{head}<data id="shapes" version="1">{inside}{meta}</data>'.encode()


USUAL = (
    "<start>s</start><first>a &amp; b</first><outer><before>x</before>"
    "<member><m_name>A</m_name><inner><m_age>3</m_age></inner><visit><v_what>w</v_what></visit><visit></visit></member>"
    "<member><m_name/><inner/></member><after/></outer><closing><last.one>&lt;z&gt;</last.one></closing>"
)


def test_what_phones_write_is_read_at_a_glance() -> None:
    taken = ALL._at_a_glance(document(USUAL))
    assert taken is not None
    assert ALL.tables == ("", "outer/member", "outer/member/visit")
    assert taken.rows[0] == [("s", "a & b", "x", None, "<z>")]
    assert taken.rows[1] == [("A", "3"), (None, None)]
    assert taken.rows[2] == [("w",), (None,)]
    assert taken.above[2] == [0, 0]


@pytest.mark.parametrize(
    "xml",
    [
        document(USUAL),
        document(""),
        document("<outer/>"),
        document("<first>a</first><closing/>"),
        document("\n  <first>a</first>\n  <outer>\n <member> <m_name>x</m_name> </member> </outer>\n"),
        document("<first><![CDATA[a<b]]></first>"),
        document("<first>a<!-- c -->b</first>"),
        document("<first>a&#65;&#xe9;</first>"),
        document("<first>a\r\nb</first>"),
        document('<first x="1">a</first>'),
        document("<outer><after>2</after><before>1</before></outer>"),
        document("<first>a</first><first>b</first>"),
        document("<stranger>x</stranger><first>a</first>"),
        document("<first><b>x</b></first>"),
        document('<outer><member xmlns:jr="http://openrosa.org/javarosa" jr:template=""/></outer>'),
        document("<outer><before>1</before>words<after>2</after></outer>"),
        document("<first>é漢🙂</first>", head="<?xml version='1.0' encoding='UTF-8'?>"),
        document("<first>\u00e9</first>", head="<?xml version='1.0' encoding='utf-8' standalone='yes'?>"),
        '<?xml version="1.0" encoding="ISO-8859-1"?><data id="shapes"><first>\xe9</first></data>'.encode(
            "latin-1"
        ),
        b'\xef\xbb\xbf<data id="shapes"><first>a</first></data>',
        b'<data id="shapes"><first>a</first></data>',
        b'<x:data xmlns:x="http://x" id="shapes"><first>a</first><x:meta><x:a>u</x:a></x:meta></x:data>',
        b'<data xmlns="http://x" a=">" id="shapes"><first>a</first></data>',
    ],
)
def test_both_ways_give_the_same(xml: bytes) -> None:
    at_a_glance = plain(ALL._at_a_glance(xml))
    assert at_a_glance is None or at_a_glance == plain(ALL.parsed(xml))
    assert plain(ALL.read(xml)) == plain(ALL.parsed(xml))


def test_it_reads_the_answers_that_records_have() -> None:
    record = read_instance(document(USUAL), FORM)
    taken = ALL.read(document(USUAL))
    answers = dict(zip(ALL.places[0], taken.rows[0][0], strict=True))
    assert {place: record.answers[place] for place in ("first", "outer/before", "closing/last.one")} == {
        place: answers[place] for place in ("first", "outer/before", "closing/last.one")
    }
    assert [row.answers["outer/member/m_name"] for row in record.rosters["member"]] == ["A", None]
    assert [row.parent for row in record.rosters["visit"]] == taken.above[2]


def test_what_is_not_wanted_is_passed_over() -> None:
    glance = Glance(FORM, {"outer/after", "outer/member/inner/m_age"})
    taken = glance._at_a_glance(document(USUAL))
    assert taken is not None
    assert taken.rows[:2] == ([(None,)], [("3",), (None,)])


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6).map(escape)


@st.composite
def odd(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    """Answers in any order, some twice, some with attributes, some with children."""
    parts = []
    for name in draw(st.lists(st.sampled_from(names), max_size=4)):
        text = draw(TEXTS)
        shape = draw(
            st.sampled_from(
                ["<{n}>{t}</{n}>", "<{n}/>", '<{n} a="1">{t}</{n}>', " <{n}>{t}</{n}>\n", "<{n}><u/></{n}>"]
            )
        )
        parts.append(shape.format(n=name, t=text))
    return "".join(parts)


@st.composite
def member(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return "<member/>"
    visits = draw(st.lists(odd(("v_what",)), max_size=2))
    inside = "".join(f"<visit>{each}</visit>" for each in visits)
    return (
        "<member>" + draw(odd(("m_name",))) + "<inner>" + draw(odd(("m_age",))) + f"</inner>{inside}</member>"
    )


@st.composite
def instances(draw: st.DrawFn) -> bytes:
    members = "".join(draw(st.lists(member(), max_size=3)))
    outer = "<outer>" + draw(odd(("before",))) + members + draw(odd(("after",))) + "</outer>"
    closing = "<closing>" + draw(odd(("last.one",))) + "</closing>"
    return document(draw(odd(("first", "start"))) + (outer if draw(st.booleans()) else "") + closing)


@settings(max_examples=200, deadline=None)
@given(xml=instances())
def test_whatever_comes_both_ways_give_the_same(xml: bytes) -> None:
    at_a_glance = plain(ALL._at_a_glance(xml))
    assert at_a_glance is None or at_a_glance == plain(ALL.parsed(xml))
