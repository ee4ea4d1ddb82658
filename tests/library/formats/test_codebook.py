"""The codebook as a reader and as a browser meet it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from everycount.formats.codebook import BESIDE, KINDS, codebook_html
from everycount.questionnaire import Kind, read_xlsform_csv

if TYPE_CHECKING:
    from pathlib import Path

    from everycount.questionnaire import Questionnaire

EN, AR = "label::English (en)", "label::العربية (ar)"
SURVEY = f"""\
type,name,{EN},{AR},hint::English (en),required,relevant,constraint,constraint_message::English (en),\
ec_concept,ec_standard,ec_consent,ec_sensitivity
start,start,,,,,,,,,,,
select_one yn,agreed,May we publish?,هل يمكننا النشر؟,,yes,,,,,,statistics,1
begin_group,home,Your home,بيتك,,,${{agreed}} = 1,,,,,,
integer,people,How many <people>?,كم؟,Count yourself,,,. > 0,More than none,household_size,un-phc-2020,,
begin_repeat,member,Person,شخص,,,,,,,,,
text,full_name,Name,الاسم,,,,,,,,,2
select_one towns,town,Town,المدينة,,,${{people}} > 1,,,,,,
end_repeat,,,,,,,,,,,,
end_group,,,,,,,,,,,,
text,remark,Anything else?,,,,,,,,,,
"""
CHOICES = f"list_name,name,{EN},{AR}\nyn,1,Yes,نعم\nyn,0,No,لا\n" + "".join(
    f"towns,t{number},Town {number},\n" for number in range(BESIDE + 1)
)
SETTINGS = "form_title,form_id,version,default_language\nHomes & people,homes,7,English (en)\n"
VOID = {"meta", "link", "br"}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return read_xlsform_csv(SURVEY.encode(), CHOICES.encode(), SETTINGS.encode())


@pytest.fixture(scope="module")
def html(questionnaire: Questionnaire) -> str:
    return codebook_html(questionnaire)


class Outline(HTMLParser):
    """What the tests ask of a page: its elements, ids, links and the words in each language."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: dict[str, list[str]] = {}
        self.directions: set[tuple[str, str]] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a":
            self.links.append(str(found["href"]))
        if found.get("lang") and found.get("dir"):
            self.directions.add((str(found["lang"]), str(found["dir"])))
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        language = next((str(found["lang"]) for _, found in reversed(self.open) if "lang" in found), "")
        self.words.setdefault(language, []).append(data)

    def said(self, language: str) -> str:
        return " ".join(self.words.get(language, []))


def test_every_question_stands_there_in_every_language(html: str, questionnaire: Questionnaire) -> None:
    page = Outline(html)
    for question in questionnaire.questions:
        assert f"q-{'/'.join(question.full_path)}" in page.ids
        for language, words in question.labels.versions:
            assert words in page.said(language)
    assert ("ar", "rtl") in page.directions
    assert ("en", "ltr") in page.directions


def test_every_code_stands_beside_its_label(html: str) -> None:
    for code, label in (("1", "Yes"), ("0", "No")):
        assert f'<code>{code}</code></th><td lang="en" dir="ltr">{label}</td>' in html


def test_a_long_list_stands_once_and_is_linked(html: str) -> None:
    page = Outline(html)
    assert f"{BESIDE + 1} choices, in the list" in html
    assert page.ids.count("list-towns") == 1
    assert "#list-towns" in page.links
    assert html.count("Town 3") == 1


def test_conditions_stand_as_written_and_link_to_what_they_name(html: str) -> None:
    assert '<code dir="ltr"><a href="#q-agreed">${agreed}</a> = 1</code>' in html
    assert '<code dir="ltr">. &gt; 0</code>' in html
    assert "More than none" in html


def test_marks_and_standards_are_said(html: str) -> None:
    said = Outline(html).said("en")
    for words in (
        "Consent: ",
        "statistics",
        "Sensitivity 2 of 3",
        "Required",
        "household_size",
        "un-phc-2020",
    ):
        assert words in said
    assert "Names or finds a person (guessed)" in said
    assert '<a href="#q-home/member/full_name"><code>full_name</code></a>' in html
    assert "asked once for each row of “member”" in said


def test_every_link_of_the_page_leads_somewhere(html: str) -> None:
    page = Outline(html)
    assert page.links
    assert not {link.removeprefix("#") for link in page.links} - set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_contents_follow_the_groups(html: str) -> None:
    contents = html[html.index("<nav") : html.index("</nav>")]
    for heading in (
        "Outside groups",
        "Your home",
        "Person",
        "Outside groups (continued)",
        "Lists of choices",
    ):
        assert heading in contents.replace("</bdi>", "").replace('<bdi lang="en" dir="ltr">', "")
    assert 'aria-label="Contents"' in contents
    assert "2 questions" in contents


def test_headings_go_down_one_step_at_a_time(html: str) -> None:
    levels = [int(tag[1]) for tag in Outline(html).tags if tag in {"h1", "h2", "h3"}]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_page_loads_nothing_and_runs_nothing(html: str) -> None:
    assert "script" not in Outline(html).tags
    assert "default-src &#39;none&#39;" in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html


def test_the_words_of_a_form_are_only_words(html: str) -> None:
    assert "How many &lt;people&gt;?" in html
    assert "Homes &amp; people" in html


def test_another_language_can_lead(questionnaire: Questionnaire) -> None:
    html = codebook_html(questionnaire, "ar")
    assert html.index("هل يمكننا النشر؟") < html.index("May we publish?")
    assert '<bdi lang="ar" dir="rtl">بيتك</bdi>' in html


def test_a_form_of_one_language_names_none() -> None:
    html = codebook_html(read_xlsform_csv(b"type,name,label\ntext,a,Alpha\n"))
    assert "language not stated" not in html
    assert '<p class="said first" lang="" dir="ltr">Alpha</p>' in html
    assert "notice" not in html.split("</style>")[1]


PEOPLE = (
    """\
type,name,label,everycount::identifier
select_one heads,household,Which household?,yes
select_one team,enumerator,Who asks?,
select_one sexes,enumerator_sex,Of which sex?,
""",
    """\
list_name,name,label
heads,h1,Head One
heads,h2,Head Two
team,e1,Enumerator One
sexes,f,Female
""",
)


@pytest.mark.parametrize("longer", [False, True])
def test_choices_that_are_people_are_not_published(longer: bool) -> None:  # noqa: FBT001 - a parameter
    more = "".join(f"heads,h{number},Head {number}\n" for number in range(3, 20)) if longer else ""
    html = codebook_html(read_xlsform_csv(PEOPLE[0].encode(), (PEOPLE[1] + more).encode()))
    assert "Head" not in html
    assert "h1" not in re.findall(r"<code>([^<]*)</code>", html)
    assert "Enumerator One" not in html
    assert html.count("The choices are people, and are not published.") == 2
    assert "Female" in html  # what is asked about who asks is no name


def test_every_kind_of_answer_has_words() -> None:
    assert set(KINDS) == set(Kind) - {Kind.XML_EXTERNAL, Kind.CSV_EXTERNAL}


@pytest.mark.shared
def test_a_large_real_form_is_printed_whole(shared: Path) -> None:
    from everycount.questionnaire import read_xlsform

    path = shared / "data/xlsforms/humind-msna-2024/REACH_2024_MSNA-kobo-tool_draft_v11.xlsx"
    questionnaire = read_xlsform(path.read_bytes(), path.name)
    page = Outline(codebook_html(questionnaire))
    assert {f"q-{'/'.join(each.full_path)}" for each in questionnaire.questions} <= set(page.ids)
    assert not {link.removeprefix("#") for link in page.links} - set(page.ids)
