"""The report says what the release says, in this order, and never more."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from lxml import html

from browser import invented_releases as invented
from everycount.estimate.plan import Better
from everycount.formats.messages import languages, messages
from everycount.formats.report import report_html
from everycount.protect import restore
from everycount.protect.cells import Status
from everycount.release.official import Side
from everycount.sample.design import DesignKind, Scope
from library.release import samples

if TYPE_CHECKING:
    from everycount.release.model import Release

NAMES = tuple(invented.RELEASES)


@cache
def release(name: str) -> Release:
    return invented.RELEASES[name]()


@cache
def page(name: str, language: str | None = None) -> str:
    return report_html(release(name), language)


def tree(name: str, language: str | None = None) -> html.HtmlElement:
    return html.fromstring(page(name, language))


def text(of: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", of.text_content())


def section(name: str, key: str, language: str | None = None) -> html.HtmlElement:
    (found,) = tree(name, language).xpath(f"//section[h2/@id='{key}']")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_release_makes_a_light_page_without_script(name: str) -> None:
    made = page(name)
    assert len(made.encode()) < 300_000
    assert "<script" not in made
    assert not tree(name).xpath("//@*[starts-with(name(), 'on')] | //@style | //iframe | //img | //form")
    assert not tree(name).xpath("//link[@rel != 'icon']")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_release_makes_the_same_page(name: str) -> None:
    assert report_html(release(name)) == page(name)


@pytest.mark.parametrize("name", NAMES)
def test_headings_go_down_one_step_at_a_time(name: str) -> None:
    levels = [int(one.tag[1]) for one in tree(name).iter("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


@pytest.mark.parametrize("name", NAMES)
def test_every_table_has_a_caption_and_scopes(name: str) -> None:
    for table in tree(name).iter("table"):
        assert text(table.find("caption")).strip()
        assert all(cell.get("scope") in {"col", "row", "rowgroup"} for cell in table.iter("th"))


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_sentence_a_picture_a_table_and_a_source(name: str) -> None:
    for figure in tree(name).iter("figure"):
        assert figure.xpath(".//svg[@role='img']/title")
        assert figure.xpath("./p[@class='finding'] | .//div/p")
        assert figure.xpath("./p[@class='source']")
        assert figure.xpath(".//table[caption]")


@pytest.mark.parametrize("name", NAMES)
def test_names_of_places_in_the_page_are_unique_and_links_lead_somewhere(name: str) -> None:
    ids = tree(name).xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in tree(name).xpath("//@href") if link.startswith("#")} <= set(ids)
    assert set(re.findall(r"url\(#([\w-]+)\)", page(name))) <= set(ids)


def test_script_in_every_label_stays_words() -> None:
    root = tree("hostile")
    assert not list(root.iter("script", "img"))
    assert text(root).count("<script>") > 20
    assert "<script" not in page("hostile", "ar")


def test_the_page_tells_its_story_in_this_order() -> None:
    made = [one.get("id") for one in tree("probability").iter("h2")]
    assert made == [
        "found",
        "behind",
        "distance",
        "groups",
        "crossed",
        "how_sure",
        "hidden",
        "questions",
        "made",
    ]
    assert "map" in [one.get("id") for one in tree("purposive").iter("h2")]


def test_the_finding_comes_first_with_its_uncertainty() -> None:
    root = tree("probability")
    finding = r"Households with at least basic drinking water: about \d+ in 100 households\."
    assert re.fullmatch(finding, text(root.find(".//h1")))
    (sure,) = root.xpath("//h1/following-sibling::p[1]")
    words = r"If everyone had been asked, it would very likely be between \d+ and \d+ in 100\."
    assert re.match(words, text(sure))
    assert "1,200 answers" in text(sure)


def test_the_benchmark_and_the_goal_stand_beside_the_finding() -> None:
    said = text(tree("probability"))
    assert "the national survey of the year before72% (invented)" in said
    assert "Stands in for SDG indicator 6.1.1; not the same measure" in said


@pytest.mark.parametrize("language", languages())
def test_an_official_figure_that_is_unlike_has_its_reasons_first_and_no_place_on_the_axis(
    language: str,
) -> None:
    words = messages(language)
    release = samples.small_release()
    plain = html.fromstring(report_html(release, language))
    (said,) = [
        each for each in map(text, plain.xpath("//div[@class='quiet']")) if "An invented source" in each
    ]
    keys = ("unlike", "concept_unsaid", "population_unsaid", "place_unsaid", "period_unsaid", "ours")
    reasons = [words.plain(f"benchmark.{key}").replace("\xa0", " ") for key in keys]
    places = [said.index(each) for each in (*reasons, "An invented source")]
    assert places == sorted(places)
    assert not plain.xpath("//svg//line[@class='z']")
    first, *others = release.measures
    assert first.benchmark is not None
    alike = replace(first.benchmark, period="2024", area="BGD", same_concept=True, same_population=True)
    same = html.fromstring(
        report_html(replace(release, measures=(replace(first, benchmark=alike), *others)), language)
    )
    assert same.xpath("//svg//line[@class='z']")
    assert words.plain("benchmark.unlike") not in text(same)
    assert words.plain("benchmark.ours") not in map(text, same.iter("dt"))
    agreed = [words.plain(f"benchmark.of_{side}") for side in Side]
    (told,) = [each for each in map(text, same.iter("p")) if agreed[0] in each and agreed[1] in each]
    assert sorted(agreed, key=told.index) == agreed


def test_what_has_to_be_known_of_an_official_figure_and_its_licence_stand_with_it() -> None:
    release = samples.small_release()
    first, *others = release.measures
    assert first.benchmark is not None
    known = replace(first.benchmark, licence="CC-BY-4.0", note="Few were asked.", area="BGD")
    page = html.fromstring(report_html(replace(release, measures=(replace(first, benchmark=known), *others))))
    (said,) = [each for each in map(text, page.xpath("//div[@class='quiet']")) if "Few were asked." in each]
    assert "An invented source, CC-BY-4.0" in said
    assert "Alike in both: the place." in said


@pytest.mark.parametrize("language", languages())
def test_every_language_makes_a_whole_page(language: str) -> None:
    root = tree("probability", language)
    assert root.get("lang") == language
    assert root.get("dir") == ("rtl" if language == "ar" else "ltr")
    for key in ("found", "behind", "distance", "how_sure", "hidden", "made"):
        title = messages(language).plain(f"page.{key}")
        assert section("probability", key, language).findtext("h2") == title
    assert "{" not in text(root.find("body"))


def test_the_page_speaks_the_surveys_first_language() -> None:
    assert html.fromstring(report_html(invented.purposive("hi"))).get("lang") == "hi"
    assert html.fromstring(report_html(invented.purposive("hi"), "en")).get("lang") == "en"


def test_invented_data_are_called_so_at_the_top_and_under_every_figure() -> None:
    root = tree("probability")
    (notice,) = root.xpath("//main/div[@role='note']")
    assert "invented" in text(notice)
    assert root.find(".//main").index(notice) < root.find(".//main").index(root.find(".//h1"))
    assert all("Invented data" in text(one) for one in root.xpath("//figure/p[@class='source'][1]"))
    real = replace(release("probability"), survey=replace(release("probability").survey, invented=False))
    assert "Invented data" not in report_html(real)


def test_a_purposive_sample_makes_no_claim_about_others() -> None:
    said = text(tree("purposive"))
    assert "These numbers speak about the households that were asked, not about all households." in said
    assert "No interval: not a random sample." in said
    assert "Why: places and people were chosen on purpose" in said
    assert "very likely" not in said
    assert "can be chance" not in said
    assert not tree("purposive").xpath("//*[@class='w' or @class='i']")


@pytest.mark.parametrize("kind", [kind for kind in DesignKind if kind is not DesignKind.PROBABILITY])
def test_every_design_without_a_basis_says_why(kind: DesignKind) -> None:
    made = release("purposive")
    page_ = report_html(replace(made, design=replace(made.design, kind=kind)), "en")
    assert messages("en").plain(f"why.{kind}") in text(html.fromstring(page_))


@pytest.mark.parametrize("scope", list(Scope))
def test_every_scope_has_its_words(scope: Scope) -> None:
    made = release("probability")
    page_ = report_html(replace(made, design=replace(made.design, scope=scope)), "en")
    assert messages("en").plain(f"scope.{scope}", units="households") in text(html.fromstring(page_))


def test_how_sure_names_what_it_rests_on() -> None:
    said = text(section("probability", "how_sure"))
    for words in (
        "Drawn at random",
        "1,200 completed questionnaires in 64 clusters, 4 strata",
        "each answer counts for as many as it represents",
        "1 stratum had a single cluster",
        "logit; 95% intervals",
        "1,200 of 1,371 households",
        "value outside its range",
    ):
        assert words in said


def test_behind_is_sorted_and_says_what_chance_can_do() -> None:
    (table,) = section("probability", "behind").xpath("./div[1]//table")
    rows = [[text(cell) for cell in one.iter("th", "td")] for one in table.iter("tr")][1:]
    values = [int(re.match(r"(\d+)%", one[1]).group(1)) for one in rows]
    assert values == sorted(values)
    sure = [re.search(r"(clear|can be chance)?$", one[2].strip()) for one in rows]
    assert {one.group() for one in sure if one} <= {"clear", "can be chance", ""}
    assert "clear" in {one.group() for one in sure if one}
    assert "some stand out by chance alone" in text(section("probability", "behind"))


def test_nobody_is_behind_where_nobody_said_what_is_better() -> None:
    said = text(section("probability", "behind"))
    assert "with a pipe" not in said
    assert "For 1 measure nobody has said which direction is good" in said


def test_behind_turns_with_the_direction() -> None:
    made = release("probability")
    turned = replace(made, measures=(replace(made.measures[0], better=Better.LOWER), *made.measures[1:]))
    (table,) = html.fromstring(report_html(turned)).xpath("//section[h2/@id='behind']/div[1]//table")
    values = [int(re.match(r"(\d+)%", text(one)).group(1)) for one in table.xpath(".//td[1]")]
    assert values == sorted(values, reverse=True)


def test_a_group_is_clearly_behind_only_if_the_interval_says_so() -> None:
    made = release("probability")
    wide = [
        replace(one, difference_low=-0.9, difference_high=0.9) if one.difference_low is not None else one
        for one in made.cells.contrasts
    ]
    cells = restore(made.cells.policy, made.cells.level, made.cells.cells, tuple(wide))
    said = text(html.fromstring(report_html(replace(made, cells=cells))))
    assert "Clearly behind" not in said
    assert "No group is clearly behind." in said
    assert "too few were asked to tell these groups apart" in said


def test_a_group_is_clearly_behind_only_with_all_other_comparisons_thought_of() -> None:
    made = release("probability")
    design = replace(made.design, multiplicity="bh")
    for differs, lead in ((True, "Clearly behind"), (False, "No group is clearly behind.")):
        tested = tuple(replace(one, p_adjusted=0.04, differs=differs) for one in made.cells.contrasts)
        cells = restore(made.cells.policy, made.cells.level, made.cells.cells, tested)
        said = text(html.fromstring(report_html(replace(made, cells=cells, design=design))))
        assert lead in said
        assert "that is allowed for before a group is called clearly behind" in said
    assert "Clearly behind" not in said


def test_hidden_numbers_are_counted_by_reason() -> None:
    made = release("probability")
    hidden = [cell for cell in made.cells.cells if cell.status is not Status.SHOWN]
    said = text(section("probability", "hidden"))
    assert f"{len(hidden)} of {len(made.cells.cells)} numbers are not shown." in said
    for status in {cell.status for cell in hidden}:
        count = sum(cell.status is status for cell in hidden)
        words = messages("en").plain(f"hidden.{status}", count=made.cells.policy.min_respondents)
        assert f"{words}{count}" in said
    assert "It does not mean zero." in said


def test_no_answers_is_not_hidden() -> None:
    said = text(section("one_group", "hidden"))
    assert "We do not know." in said
    assert "Diagonal hatching" not in said
    assert tree("one_group").xpath("//rect[@class='e']")
    assert not tree("one_group").xpath("//rect[@class='h']")


def test_where_nothing_may_be_shown_the_page_says_so_and_stays_whole() -> None:
    root = tree("nothing_shown")
    said = text(root)
    assert "Nothing on this page could be shown" in said
    assert "hidden, to protect the people who answered" in said
    assert "There are no two groups that may be shown side by side." in said
    assert not re.search(r"\d%", text(root.find(".//main/section")))


def test_wording_is_given_as_it_was_asked() -> None:
    (asked,) = section("probability", "questions").xpath(".//q")
    assert asked.get("lang") == "bn"
    assert text(asked).startswith("আপনার পরিবার")
    assert "What is the main source of drinking water?" in text(section("probability", "questions"))


def test_how_it_was_made_can_be_checked() -> None:
    made = release("probability")
    said = text(section("probability", "made"))
    assert made.digest.removeprefix("sha256:")[:16] in said
    assert "records.csv.gz (180,234 bytes" in said
    assert "everycount verify ." in said


def test_sixty_tables_fit_and_the_rest_is_named() -> None:
    made = release("many")
    assert len(made.breakdowns) == 61
    said = text(section("many", "crossed"))
    assert "cells.csv" in said
    assert len(section("many", "crossed").xpath(".//table")) > 20
    assert "more tables are not printed here" in said


@pytest.mark.parametrize("name", ["many", "eighty_measures"])
def test_three_bytes_a_letter_do_not_make_the_page_heavy(name: str) -> None:
    assert len(page(name, "bn").encode()) < 300_000


def test_measures_without_room_are_named() -> None:
    said = text(section("eighty_measures", "found"))
    assert "invented thing number 79" in said or "…" in said
    assert "cells.csv" in said
    assert "cells.csv" in text(section("eighty_measures", "behind"))


def test_two_way_tables_hold_the_numbers_of_the_cells() -> None:
    made = release("probability")
    cell = next(
        one
        for one in made.cells.cells
        if one.cell == (("settlement", "slum"), ("wealth", "1")) and one.measure == "basic_water"
    )
    table = section("probability", "crossed").xpath(".//table")[0]
    assert f"{round((cell.value or 0) * 100)}%" in text(table.xpath(".//tr[th='Poorest fifth']/td[1]")[0])


def test_a_sensitive_dimension_is_on_no_map() -> None:
    made = release("purposive")
    hushed = [replace(one, sensitive=True) for one in made.dimensions]
    assert 'id="map"' in page("purposive")
    assert 'id="map"' not in report_html(replace(made, dimensions=tuple(hushed)))


def test_a_map_has_the_words_that_must_stand_beside_it() -> None:
    said = text(section("purposive", "map"))
    assert "do not imply any opinion about the legal status" in said


def test_everyone_asked_is_said_without_chance() -> None:
    made = release("probability")
    first = replace(made.cells.cells[0], ci_low=made.cells.cells[0].value, ci_high=made.cells.cells[0].value)
    cells = restore(made.cells.policy, made.cells.level, (first, *made.cells.cells[1:]), made.cells.contrasts)
    assert "Everyone was asked, so chance did not move this number." in report_html(
        replace(made, cells=cells)
    )


def test_no_number_of_the_page_is_one_that_no_cell_has() -> None:
    made = release("probability")
    written = {f"{round((cell.value or 0) * 100)}%" for cell in made.cells.cells if cell.value is not None}
    found = [text(one) for one in tree("probability").xpath("//section[h2/@id='groups']//tspan[@class='k']")]
    shares = {one for one in found if one.endswith("%")}
    assert shares
    assert shares <= written
