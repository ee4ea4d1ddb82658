"""What goes back to the people: on paper, read aloud, on a cheap phone; the numbers of the release alone."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import pytest
from lxml import html

from everycount.faults import Fault, InputError
from everycount.formats.brief import Given, files, languages_of, names_of
from everycount.formats.brief.content import brief_of
from everycount.formats.brief.phone import LIMIT, phone_page
from everycount.formats.brief.sheets import brief_pdf, poster_pdf
from everycount.formats.brief.spoken import sounding, spoken
from everycount.formats.messages import languages, messages
from everycount.formats.report.view import View
from library.release.samples import small_release

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")

GIVEN = Given(
    "https://example.org/releases/invented/1",
    3,
    1,
    ("We would rather wait.",),
    "The invented steward",
    "A meeting in April.",
)
ISOLATES = re.compile("[\u2066-\u2069\u200e\u200f]")


def view_of(language: str) -> View:
    return View(small_release(), messages(language))


def words_in(pdf: bytes) -> set[str]:
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    return set(re.findall(r"\w+", unicodedata.normalize("NFKC", ISOLATES.sub("", said))))


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_brief_has_two_tagged_pages_in_its_language_and_little_weight(language: str) -> None:
    brief = brief_of(view_of(language), GIVEN)
    assert brief is not None
    made = brief_pdf(brief)
    assert len(made) < 300_000
    read = pypdf.PdfReader(io.BytesIO(made))
    catalogue = read.trailer["/Root"]
    assert len(read.pages) <= 2
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == language
    assert "/StructTreeRoot" in catalogue
    assert b"pdfuaid" in catalogue["/Metadata"].get_data()
    assert read.metadata is not None
    assert read.metadata.title == brief.title


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", {"المجتمع", "تسأل", "الغائب", "الأرقام"}),
        ("hi", {"संख्याएँ", "समुदाय", "किससे", "दिखाएँ"}),
        ("bn", {"সম্প্রদায়", "সংখ্যা", "জিজ্ঞাসা"}),
        ("fr", {"communauté", "interrogé", "personne"}),
    ],
)
def test_words_can_be_taken_out_of_the_pdf_again(language: str, words: set[str]) -> None:
    brief = brief_of(view_of(language), GIVEN)
    assert brief is not None
    found = " ".join(words_in(brief_pdf(brief)))
    for word in words:
        wanted = unicodedata.normalize("NFKC", word)
        assert all(part in found for part in re.findall(r"\w+", wanted)), word


def test_the_same_release_gives_the_same_bytes() -> None:
    first, second = (dict(files(small_release(), GIVEN)) for _ in range(2))
    assert first == second
    assert {name.rsplit(".", 1)[1] for name in first} == {"pdf", "txt", "html"}


def test_every_group_that_shows_a_number_has_its_sheets_in_each_language() -> None:
    release = small_release()
    made = dict(files(release, GIVEN))
    for name, within in names_of(release).items():
        for language in languages_of(release):
            brief = brief_of(View(release, messages(language)), GIVEN, within)
            end = f"{name}.{language}" if name else language
            assert (brief is not None) == (f"brief.{end}.pdf" in made)
    assert not [each for each in made.values() if isinstance(each, Fault)]


def test_briefs_are_made_by_the_dimension_that_was_asked_for() -> None:
    release = small_release()
    last = release.dimensions[-1]
    assert {part[0][0] for part in names_of(release, last.id).values() if part} == {last.id}
    with pytest.raises(InputError, match="not known"):
        names_of(release, "nothing")


def test_what_is_hidden_is_said_and_never_shown() -> None:
    """Every number of a brief is one of the release's words for it; a hidden cell has none."""
    view = view_of("en")
    brief = brief_of(view, GIVEN)
    assert brief is not None
    told = [each.said for each in (brief.head, *brief.findings)]
    for measure in view.release.measures:
        cell = view.overall(measure)
        if cell is not None and cell.value is not None:
            assert view.finding_plain(measure, cell) in told
        elif cell is not None:
            assert any("hidden" in said or "do not know" in said for said in told)


def test_dissent_stands_in_the_brief() -> None:
    brief = brief_of(view_of("en"), GIVEN)
    assert brief is not None
    decided = next(part for part in brief.sections if part.heading == "What the community decided")
    assert "3 agreed" in decided.lines[0]
    assert "1 did not" in decided.lines[0]
    assert "We would rather wait." in decided.quotes[0]
    unknown = brief_of(view_of("en"), Given())
    assert unknown is not None
    assert any("No community body" in line for part in unknown.sections for line in part.lines)


def test_invented_people_are_called_invented_in_every_form() -> None:
    for language in languages():
        view = view_of(language)
        brief = brief_of(view, GIVEN)
        assert brief is not None
        said = view.words.plain("invented.text")
        assert said in html.fromstring(phone_page(brief)).text_content()
        assert said[:20] in spoken(brief, view.words)
        assert b"%PDF" in poster_pdf(brief)[:8]


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_phones_page_is_small_and_loads_nothing(language: str) -> None:
    brief = brief_of(view_of(language), GIVEN)
    assert brief is not None
    page = phone_page(brief)
    assert len(page) < LIMIT
    seen = html.fromstring(page)
    assert not seen.xpath("//script | //img | //svg | //link")
    assert seen.xpath("//html/@dir | /html/@dir") == ["rtl" if language == "ar" else "ltr"]
    assert seen.xpath("//a/@href") == [GIVEN.address]


@pytest.mark.parametrize("language", sorted(languages()))
def test_what_is_read_aloud_has_no_sign_without_a_sound(language: str) -> None:
    view = view_of(language)
    brief = brief_of(view, GIVEN)
    assert brief is not None
    said = spoken(brief, view.words)
    assert not re.search(r"[()\[\]%·*“”\u2066-\u2069]", said)
    for line in said.splitlines():
        assert not line or line.endswith((".", "।", ":", "?", "!")), line


@pytest.mark.parametrize(
    ("language", "line", "heard"),
    [
        ("en", "about 3 in 10 households", "about three in ten households."),
        ("en", "52nd round (NSS), 977 in 2026: 26%", "52nd round, NSS, 977 in 2026: twenty-six percent."),
        ("fr", "21 ménages sur 100", "21 ménages sur cent."),
        ("hi", "हर 100 में से 77", "हर सौ में से सतहत्तर।"),
        ("bn", "১০০টির মধ্যে ২১টি", "একশোটির মধ্যে একুশটি।"),
        ("ar", "نحو 6 من كل 10 أسر", "نحو 6 من كل 10 أسر."),
    ],
)
def test_numbers_are_written_as_one_says_them(language: str, line: str, heard: str) -> None:
    assert sounding(line, messages(language)) == heard


def test_a_brief_of_many_findings_stays_within_its_pages() -> None:
    brief = brief_of(view_of("hi"), GIVEN)
    assert brief is not None
    long = replace(brief, findings=brief.findings * 30 or (brief.head,) * 60)
    assert len(pypdf.PdfReader(io.BytesIO(brief_pdf(long))).pages) <= 2
    assert len(phone_page(long)) < LIMIT


def test_names_that_no_font_draws_leave_the_words_and_tell_why() -> None:
    release = small_release()
    khmer = replace(
        release,
        survey=replace(release.survey, asked_by=replace(release.survey.title, versions=(("km", "\u1780"),))),
    )
    made = dict(files(khmer, GIVEN))
    assert isinstance(made["brief.en.pdf"], Fault)
    assert isinstance(made["read-aloud.en.txt"], bytes)
