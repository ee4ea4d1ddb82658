"""Maps: only what has a number is shaded, and never what must not be drawn."""

from __future__ import annotations

from lxml import etree

from browser.invented_releases import dimension
from everycount import catalogue
from everycount.formats import maps
from everycount.formats.maps import Place
from everycount.formats.page import TOKENS
from everycount.formats.report.places import known_boundaries
from everycount.protect.cells import Status

INDIA = catalogue.boundaries("IND-states")


def drawn(places: list[Place]) -> etree._Element:
    return etree.fromstring(maps.choropleth(INDIA, places, "Title", "").source.encode())


def test_areas_are_shaded_hatched_or_empty() -> None:
    places = [
        Place("IN-RJ", 0.05, "5%"),
        Place("IN-MH", 0.95, "95%"),
        Place("IN-BR", None, "hidden", Status.SUPPRESSED_SMALL),
        Place("IN-KA", None, "", Status.NO_ANSWERS),
    ]
    classes = [one.get("class") for one in drawn(places).iter("path")]
    assert classes.count("a") == len(INDIA.paths) - 4
    assert [name for name in classes if name != "a"] == ["c1", "c5", "h", "e"]


def test_the_value_is_printed_on_its_area() -> None:
    picture = drawn([Place("IN-RJ", 0.5, "50%")])
    text = picture.find("text")
    assert text is not None
    assert text.text == "50%"
    assert (int(text.get("x", "")), int(text.get("y", ""))) == INDIA.labels["IN-RJ"]


def test_classes_have_textures_besides_their_lightness() -> None:
    for along, kinds in [
        (0.0, ["c1"]),
        (0.3, ["c2", "o2"]),
        (0.5, ["c3", "o3"]),
        (0.7, ["c4", "o4"]),
        (1.0, ["c5"]),
    ]:
        found = [one.get("class") for one in drawn([Place("IN-RJ", along, "x")]).iter("path")]
        assert [name for name in found if name != "a"] == kinds
    for step in (2, 3, 4):
        assert f".o{step}{{fill:url(#tone{step})}}" in maps.STYLES


def test_five_classes_share_the_scale() -> None:
    assert [maps.tone(along) for along in (0, 0.19, 0.2, 0.59, 0.8, 1)] == [1, 1, 2, 3, 5, 5]


def test_a_map_that_would_leave_areas_out_is_not_drawn() -> None:
    assert maps.drawable(INDIA, ["IN-RJ"])
    assert not maps.drawable(INDIA, ["IN-RJ", "nowhere"])
    assert not maps.drawable(INDIA, [])


def test_a_sensitive_dimension_has_no_map() -> None:
    groups = {"IN-RJ": "Rajasthan"}
    assert known_boundaries(dimension("d", "State", groups, area="IND-states")) is INDIA
    assert known_boundaries(dimension("d", "State", groups, area="IND-states", sensitive=True)) is None
    assert known_boundaries(dimension("d", "State", groups, area="of-our-own")) is None
    assert known_boundaries(dimension("d", "State", groups)) is None


def test_styles_use_only_tokens_that_exist() -> None:
    import re

    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", maps.STYLES)) <= set(TOKENS)
