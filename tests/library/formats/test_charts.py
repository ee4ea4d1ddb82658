"""Drawings: honest scales, names that do not cover each other, and readable without colour."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from everycount.formats import charts, shapes, svg
from everycount.formats.charts import Mark, Row, Side, arrange
from everycount.formats.page import TOKENS, Html
from everycount.formats.svg import NARROW, Scale
from everycount.protect.cells import Status

WHOLE = Scale(0, 1)
ENDS = ("0%", "100%")


def drawn(picture: Html) -> etree._Element:
    return etree.fromstring(picture.source.encode())


def shown(label: str, value: float, **more: object) -> Mark:
    return Mark(label, f"{value:.0%}", value=value, **more)  # type: ignore[arg-type]


def classes(picture: Html) -> list[str]:
    return [one.get("class", "") for one in drawn(picture).iter() if one.tag in {"rect", "use"}]


def test_a_bar_begins_at_zero_and_is_as_long_as_its_value() -> None:
    picture = charts.bars([shown("a", 0.25), shown("b", 0.5)], WHOLE, "t", "", ENDS)
    bars = drawn(picture).findall("rect")
    assert [(bar.get("x"), bar.get("width")) for bar in bars] == [("0%", "25%"), ("0%", "50%")]


def test_a_negative_bar_ends_at_zero() -> None:
    bar = drawn(charts.bars([shown("a", -5)], Scale(-10, 10), "t", "", ENDS)).find("rect")
    assert bar is not None
    assert (bar.get("x"), bar.get("width")) == ("25%", "25%")


def test_from_right_to_left_the_line_begins_at_the_right() -> None:
    bar = drawn(charts.bars([shown("a", 0.25)], Scale(0, 1, rtl=True), "t", "", ENDS)).find("rect")
    assert bar is not None
    assert (bar.get("x"), bar.get("width")) == ("75%", "25%")


def test_an_interval_is_drawn_where_there_is_one_and_only_there() -> None:
    both = [shown("a", 0.5, low=0.4, high=0.7), shown("b", 0.5)]
    lines = [
        one
        for one in drawn(charts.bars(both, WHOLE, "t", "", ENDS)).findall("rect")
        if one.get("class") == "w"
    ]
    assert [(one.get("x"), one.get("width")) for one in lines] == [("40%", "30%")]


def test_hidden_is_hatched_no_answers_is_an_empty_outline_and_uncertain_is_faint() -> None:
    marks = [
        Mark("a", "hidden", status=Status.SUPPRESSED_SMALL),
        Mark("b", "hidden", status=Status.SUPPRESSED_COMPLEMENTARY),
        Mark("c", "no answers", status=Status.NO_ANSWERS),
        shown("d", 0.5, uncertain=True),
        shown("e", 0.5, focus=True),
        shown("f", 0.5),
    ]
    assert classes(charts.bars(marks, WHOLE, "t", "", ENDS)) == ["h", "h", "e", "u", "f", "b"]
    assert ".h{fill:url(#hatch)" in shapes.STYLES
    assert ".e{fill:none" in shapes.STYLES
    assert 'id="hatch"' in shapes.definitions().source


def test_a_hidden_mark_tells_no_number() -> None:
    picture = charts.bars([Mark("a", "hidden", status=Status.SUPPRESSED_SMALL)], WHOLE, "t", "", ("", ""))
    assert "".join(drawn(picture).itertext()) == "tahidden"


def test_a_picture_has_a_name_and_a_role() -> None:
    picture = drawn(charts.bars([shown("a", 0.5)], WHOLE, "<t>", "d", ENDS))
    assert picture.get("role") == "img"
    assert picture.findtext("title") == "<t>"
    assert picture.findtext("desc") == "d"


def test_groups_differ_in_shape_before_they_differ_in_colour() -> None:
    marks = tuple(shown(f"g{i}", i / 10, shape=i) for i in range(shapes.SHAPES))
    picture = charts.equiplot([Row("d", "gap", marks)], WHOLE, "t", "", ENDS)
    used = [one.get("href") for one in drawn(picture).iter("use")]
    assert len(set(used)) == shapes.SHAPES
    paths = re.findall(r'id="s\d"', shapes.definitions().source)
    assert len(paths) == shapes.SHAPES
    bodies = re.findall(r'<(?:path|circle) (?:d|r)="([^"]*)" id="s\d"', shapes.definitions().source)
    assert len(set(bodies)) == shapes.SHAPES


def test_every_mark_has_an_outline_of_ink() -> None:
    assert ".d use{stroke:var(--ink)" in shapes.STYLES
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", shapes.STYLES)) <= set(TOKENS)


def test_the_gap_goes_from_the_lowest_to_the_highest() -> None:
    marks = (shown("a", 0.2), shown("b", 0.9), shown("c", 0.5))
    picture = drawn(charts.equiplot([Row("d", "gap 70 points", marks)], WHOLE, "t", "", ENDS))
    gap = next(one for one in picture.findall("rect") if one.get("class") == "g")
    assert (gap.get("x"), gap.get("width")) == ("20%", "70%")
    assert "gap 70 points" in "".join(picture.itertext())


@pytest.mark.parametrize(("groups", "named"), [(6, 6), (7, 2), (12, 2)])
def test_few_groups_are_all_named_and_of_many_the_ends(groups: int, named: int) -> None:
    marks = tuple(shown(f"group-{i:02}", i / groups) for i in range(groups))
    text = "".join(drawn(charts.equiplot([Row("d", "", marks)], WHOLE, "t", "", ENDS)).itertext())
    assert sum(f"group-{i:02}" in text for i in range(groups)) == named


def test_no_line_of_names_is_wider_than_a_narrow_screen() -> None:
    label = "A very long name of a group that goes on and on " * 3
    marks = tuple(shown(label, value) for value in (0.1, 0.5, 0.52, 0.9))
    picture = drawn(charts.equiplot([Row(label, "gap", marks)], WHOLE, "t", "", ENDS))
    for one in picture.iter("text"):
        assert svg.width("".join(one.itertext())) <= NARROW


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(20, 235)), min_size=1, max_size=6),
    st.floats(1, 4),
)
def test_names_never_cover_each_other_at_any_width(names: list[tuple[float, float]], wider: float) -> None:
    places = arrange(names)
    spans = []
    for (at, width), place in zip(names, places, strict=True):
        x = at * NARROW * wider
        start = {Side.AFTER: x, Side.BEFORE: x - width, Side.OVER: x + place.dx}[place.side]
        assert start >= -0.001
        assert start + width <= NARROW * wider + 0.001
        spans.append((place.lane, start, start + width))
    for i, (lane, start, end) in enumerate(spans):
        for other, begins, stops in spans[i + 1 :]:
            assert lane != other or end <= begins + 0.001 or stops <= start + 0.001


def test_threads_do_not_cross_names_where_that_can_be() -> None:
    places = arrange([(0.2, 80.0), (0.3, 80.0), (0.7, 80.0), (0.8, 80.0)])
    spots = [0.2, 0.3, 0.7, 0.8]
    for i, place in enumerate(places):
        x = spots[i] * NARROW
        low, high = (x - 80, x) if place.side is Side.BEFORE else (x, x + 80)
        for j, other in enumerate(places):
            crossed = low < spots[j] * NARROW < high and other.lane > place.lane
            assert i == j or not crossed


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("two words", ["two", "words"]),
        ("a b c d e f g h i j k l m n", ["a b c", "d e f g", "h i j…"]),
    ],
)
def test_words_are_broken_into_lines(words: str, lines: list[str]) -> None:
    assert svg.wrap(words, 48) == lines


def test_an_endless_word_is_cut() -> None:
    (line,) = svg.wrap("w" * 80, 100)
    assert line.endswith("…")
    assert svg.width(line) <= 100


def test_marks_that_combine_take_no_room() -> None:
    assert svg.width("\u2068a\u2069") == svg.width("a")
    assert svg.width("क्षि") < svg.width("abcd")
    assert svg.width("水") > svg.width("i")


def test_a_value_on_a_line_has_its_interval_and_its_ends() -> None:
    picture = drawn(charts.line(shown("", 0.6, low=0.5, high=0.7, between="50–70%"), WHOLE, "t", "", ENDS))
    text = "".join(picture.itertext())
    assert "60%" in text
    assert "50–70%" in text
    assert "0%" in text
    assert charts.line(Mark("", "hidden"), WHOLE, "t", "", ENDS).source == ""


def test_a_figure_from_elsewhere_is_a_stroke_at_its_place() -> None:
    plain = charts.line(shown("", 0.6), WHOLE, "t", "", ENDS)
    assert not drawn(plain).findall("line")
    (found,) = drawn(charts.line(shown("", 0.6), WHOLE, "t", "", ENDS, beside=0.72)).findall("line")
    assert (found.get("x1"), found.get("class")) == ("72%", "z")
    assert 'class="z"' in charts.stroke().source
