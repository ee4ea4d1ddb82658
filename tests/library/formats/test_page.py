"""The shell of every page: nothing runs, nothing loads, everything is escaped and can be read."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re

import pytest

from everycount.formats.page import NOTHING, TOKENS, escape, join, mark, number, page, spoken, stylesheet, tag
from everycount.text import Text

HOSTILE = '<script>alert("x")</script>&\''
MARKS = ("edge", "accent", "clay", "bar", "ink")
WORDS = ("ink", "quiet", "accent", "clay")


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "raised"])
@pytest.mark.parametrize("token", WORDS)
def test_words_stand_out_from_their_ground(token: str, ground: str, shade: int) -> None:
    assert contrast(TOKENS[token][shade], TOKENS[ground][shade]) >= 4.5


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("token", MARKS)
def test_marks_stand_out_from_paper(token: str, shade: int) -> None:
    assert contrast(TOKENS[token][shade], TOKENS["paper"][shade]) >= 3


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
def test_classes_of_a_map_go_one_way_in_lightness(shade: int) -> None:
    steps = [contrast(TOKENS[f"class-{i}"][shade], TOKENS["paper"][shade]) for i in range(1, 6)]
    assert steps == sorted(steps)
    assert all(later / earlier > 1.3 for earlier, later in itertools.pairwise(steps))


def test_text_and_attributes_are_escaped() -> None:
    drawn = tag("p", HOSTILE, title=HOSTILE).source
    assert "<script" not in drawn
    escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;"
    assert drawn == f'<p title="{escaped}">{escaped}</p>'


def test_characters_that_html_forbids_are_left_out() -> None:
    assert escape("a\x00b\u202ec\ud800d\ne").source == "abcd\ne"


def test_children_join_and_none_is_nothing() -> None:
    assert tag("p", None, "a", 3, NOTHING, join(["<", tag("br")], ", ")).source == "<p>a3&lt;, <br></p>"


def test_attributes_are_written_as_html_has_them() -> None:
    written = tag("td", class_="n", aria_label="x", hidden=True, title=None, lang=False, colspan=2, x=1.5)
    assert written.source == '<td class="n" aria-label="x" hidden colspan="2" x="1.5"></td>'


@pytest.mark.parametrize("name", ["on", "onclick", "ONLOAD"])
def test_attributes_that_run_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not an attribute"):
        tag("p", **{name: "x"})


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " javascript:x", "data:text/html,x", "vbscript:x"]
)
def test_addresses_that_run_are_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        tag("a", "x", href=address)


@pytest.mark.parametrize("address", ["#here", "https://example.org/a:b", "cells.csv", "mailto:a@example.org"])
def test_addresses_that_point_are_kept(address: str) -> None:
    assert f'href="{address}"' in tag("a", "x", href=address).source


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not the name"):
        tag("p onclick=x")


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0"), (-0.001, "0"), (100.0, "100"), (33.333, "33.33"), (-2.5, "-2.5")]
)
def test_coordinates_are_short(value: float, written: str) -> None:
    assert number(value) == written


def test_the_page_allows_its_own_style_and_nothing_else() -> None:
    made = page("Title", tag("h1", "Title"), "en", styles=".x{color:red}")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', made)
    assert policy is not None
    sheet = re.search(r"<style>(.*?)</style>", made, re.DOTALL)
    assert sheet is not None
    digest = base64.b64encode(hashlib.sha256(sheet[1].encode()).digest()).decode()
    assert f"style-src &#39;sha256-{digest}&#39;" in policy[1]
    assert "default-src &#39;none&#39;" in policy[1]
    assert "script" not in policy[1]
    assert "<script" not in made
    assert " style=" not in made


def test_the_page_says_language_and_direction() -> None:
    assert '<html lang="ar" dir="rtl">' in page("x", NOTHING, "ar")
    assert '<html lang="bn" dir="ltr">' in page("x", NOTHING, "bn")
    assert '<html lang="und" dir="rtl">' in page("x", NOTHING, "und", direction="rtl")


def test_the_title_and_description_are_escaped() -> None:
    made = page(HOSTILE, NOTHING, "en", description=HOSTILE)
    assert "<script" not in made


def test_styles_know_no_left_and_no_right() -> None:
    physical = r"(?<![a-z-])(left|right)(?![a-z])|(margin|padding|border)-(top|bottom|left|right)"
    assert re.findall(physical, stylesheet()) == []
    four_sides = r"(?:margin|padding|inset):(?:[^\s;}]+ ){3}[^\s;}]+"  # one of them is left, one is right
    assert re.findall(four_sides, stylesheet()) == []


def test_styles_use_only_tokens_that_exist() -> None:
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", stylesheet())) <= set(TOKENS)


def test_paper_is_always_light() -> None:
    assert "@media screen and (prefers-color-scheme:dark)" in stylesheet()


def test_the_mark_is_four_strokes_and_a_dot() -> None:
    assert mark().source.count("v14") == 4
    assert mark().source.count("<circle") == 1


def test_words_in_another_language_say_so() -> None:
    words = Text.of({"bn": "বস্তি", "en": "slum"})
    assert spoken(words, "en").source == "<bdi>slum</bdi>"
    assert spoken(words, "en-GB").source == "<bdi>slum</bdi>"
    assert spoken(words, "fr").source == '<bdi lang="bn">বস্তি</bdi>'
    assert spoken(Text.of("slum"), "fr").source == '<bdi lang="">slum</bdi>'
    assert spoken(Text(), "fr", "code").source == "<bdi>code</bdi>"
