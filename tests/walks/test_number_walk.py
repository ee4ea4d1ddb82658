"""The second walk of the architecture: a published number, from its page to every file and back.

What stands where is asked over HTTP alone. A format that is new is met by no test here, so its name fails.
"""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree, html

from everycount.formats.cells_csv import read_back
from walks.example_world import PLAN, place_in, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from walks.example_world import ExampleWorld, Place

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
HOLDS = 2  # the release that holds
HOME = f"/releases/{PLAN}/{HOLDS}"
TABLES = {"cells.csv", "release.json", "cells.sdmx.csv", "cells.sdmx.xml"}
OPEN_SDG = "open-sdg/data/"
OF_NO_NUMBER = {
    *("cells.csv-metadata.json", "structure.xml", "codebook.html", "codebook.xml"),
    *("provenance.jsonld", "ro-crate-metadata.json"),
}
# Figures that are no number of the release: ends and ticks of an axis.
_TICKS = {f"{tick}%" for tick in range(0, 101, 10)} | {f"{tick}%" for tick in range(0, 101, 25)}
_PERCENT = re.compile(r"\d+(?:\.\d+)?\s?%")


def numeric(text: str) -> float | None:
    return float(text) if text else None


def of_page(world: ExampleWorld) -> dict[Place, float | None]:
    """Every number as its own page says it."""
    return {place: number.get("schema:value") for place, number, _row in numbers_of(world)}


def numbers_of(world: ExampleWorld) -> Iterator[tuple[Place, dict[str, Any], Any]]:
    for path, row in world.linked(HOLDS):
        number = world.number(path)
        yield place_in(number), number, row


@pytest.fixture(scope="module")
def pages(example: ExampleWorld) -> dict[Place, float | None]:
    return of_page(example)


def test_every_file_is_one_that_these_walks_know(example: ExampleWorld) -> None:
    known = TABLES | OF_NO_NUMBER | {"changes.csv", "report.html", "report.hi.html"}
    others = set(example.files(HOLDS)) - known
    assert all(name.startswith("open-sdg/") for name in others), others
    assert {*TABLES, "changes.csv", "report.html"} <= set(example.files(HOLDS))


def test_each_number_of_a_page_is_in_each_table_and_the_reverse(
    example: ExampleWorld, pages: dict[Place, float | None]
) -> None:
    rows = {place: numeric(row["value"]) for place, row in example.rows(HOLDS).items()}
    assert rows == pages
    document = {
        (one["measure"], frozenset((name, code) for name, code in one["cell"])): one["value"]
        for one in example.document(HOLDS)["cells"]["cells"]
    }
    assert document == pages
    assert any(value is None for value in pages.values())
    assert any(value is not None for value in pages.values())


def test_sdmx_says_the_same_at_each_place_that_may_be_drawn(
    example: ExampleWorld, pages: dict[Place, float | None]
) -> None:
    """Values by series; what crosses a place with a group that no map shows is left out whole."""
    text = example.file(HOLDS, "cells.sdmx.csv").decode()
    as_csv = sorted((row["SERIES"], row["OBS_VALUE"]) for row in csv.DictReader(io.StringIO(text)))
    tree = etree.fromstring(example.file(HOLDS, "cells.sdmx.xml"))
    as_xml = sorted((one.get("SERIES"), one.get("OBS_VALUE") or "") for one in tree.iter("Obs"))
    assert as_csv == as_xml
    document = example.document(HOLDS)
    places = {one["id"] for one in document["dimensions"] if one["area"]}
    hushed = {one["id"] for one in document["dimensions"] if one["do_not_map"]}
    assert places
    assert hushed

    def may_be_drawn(place: Place) -> bool:
        names = {name for name, _ in place[1]}
        return not (names & places and names & hushed)

    expected = sorted((place[0], value) for place, value in pages.items() if may_be_drawn(place) and value)
    assert sorted((series, float(value)) for series, value in as_csv if value) == expected


def test_sdg_files_hold_the_numbers_of_linked_measures_alone(
    example: ExampleWorld, pages: dict[Place, float | None]
) -> None:
    document = example.document(HOLDS)
    linked: dict[str, set[str]] = {}
    for one in document["measures"]:
        if one["sdg"]:
            linked.setdefault(one["sdg"]["indicator"], set()).add(one["id"])
    names = [name for name in example.files(HOLDS) if name.startswith(OPEN_SDG)]
    assert {name.removeprefix(f"{OPEN_SDG}indicator_") for name in names} == {
        f"{number.replace('.', '-')}.csv" for number in linked
    }
    for number, measures in linked.items():
        name = f"{OPEN_SDG}indicator_{number.replace('.', '-')}.csv"
        rows = list(csv.DictReader(io.StringIO(example.file(HOLDS, name).decode())))
        found = sorted(round(float(row["Value"]) / 100, 9) for row in rows if row["Value"])
        own = [value for (measure, _), value in pages.items() if measure in measures and value is not None]
        assert found
        assert set(found) <= {round(value, 9) for value in own}
        if not any(one["area"] for one in document["dimensions"]):
            assert found == sorted(round(value, 9) for value in own)


def figures_in_words(example: ExampleWorld) -> dict[str, set[str]]:
    """What stands in the table that is searched: figures of shown numbers by measure, as people read them."""
    found: dict[str, set[str]] = {}
    for place, number, row in numbers_of(example):
        said = {one for cell in row.xpath("./td") for one in _PERCENT.findall(cell.text_content())}
        assert bool(said) is (number.get("schema:value") is not None)
        found.setdefault(place[0], set()).update(said)
    return found


@pytest.mark.parametrize("name", ["report.html", "report.hi.html"])
def test_the_report_says_no_other_number_and_leaves_none_of_its_tables_out(
    example: ExampleWorld, name: str
) -> None:
    known = set().union(*figures_in_words(example).values())
    tree = html.fromstring(example.file(HOLDS, name))
    in_tables = {
        said
        for cell in tree.xpath("//td[contains(@class,'n')]")
        for said in _PERCENT.findall(cell.text_content())
    }
    assert in_tables
    assert in_tables <= known
    if name == "report.html":
        assert known <= set(_PERCENT.findall(tree.text_content()))


def test_figures_and_their_tables_pictures_and_frames_say_what_the_pages_say(example: ExampleWorld) -> None:
    known = set().union(*figures_in_words(example).values())
    cells = example.rows(HOLDS)
    dimensions = [one["id"] for one in example.document(HOLDS)["dimensions"]]
    names = example.figures(HOLDS)
    assert any(name.startswith("map.") for name in names)
    for name in names:
        rows = read_back(example.read(f"{HOME}/figures/{name}/table.csv"))
        assert rows
        assert all(cells[place_of(row, dimensions)] == row for row in rows)
        own = [row for row in rows if row["status"] == "shown"]
        drawn = etree.fromstring(example.read(f"{HOME}/figures/{name}/picture.svg"))
        framed = html.fromstring(example.read(f"{HOME}/figures/{name}/embed"))
        for tree in (drawn, framed):
            for style in tree.xpath("//*[local-name()='style']"):
                style.getparent().remove(style)
            said = set(_PERCENT.findall("".join(tree.itertext())))
            said |= {found for one in tree.iter() for found in _PERCENT.findall(str(one.get("aria-label")))}
            assert said <= known | _TICKS, name
        table = framed.xpath("//td[contains(@class,'n')]//text()")
        shown = [said for text in table for said in _PERCENT.findall(str(text))]
        assert len(shown) >= len({place_of(row, dimensions) for row in own}) if table else True


def test_the_data_of_indicators_link_to_the_same_numbers(
    example: ExampleWorld, pages: dict[Place, float | None]
) -> None:
    for one in example.document(HOLDS)["measures"]:
        if not one["sdg"]:
            continue
        page = example.page(f"/indicators/{one['sdg']['indicator']}")
        links = [str(link) for link in page.xpath("//a[starts-with(@href,'/numbers/')]/@href")]
        mine = [link for link in links if link.startswith(f"/numbers/{PLAN}.{HOLDS}.")]
        assert mine
        for link in mine:
            number = example.number(link)
            assert pages[place_in(number)] == number.get("schema:value")


def test_within_two_clicks_of_a_number_stands_who_was_asked_and_who_decided(example: ExampleWorld) -> None:
    """From the page of the release: one click to the number, and everything is there."""
    measures = example.document(HOLDS)["measures"]
    asked = next(one["id"] for one in measures if one["wording"])
    links = [str(one) for one in example.page(HOME).xpath("//a[starts-with(@href,'/numbers/')]/@href")]
    link = next(one for one in links if example.number(one)["schema:variableMeasured"] == asked)
    said = example.said(link)
    for words in ("What was asked", "From how many", "Who agreed", "What may not be concluded", "Consent"):
        assert words in said
    assert json.loads(example.read(f"{link}/provenance.jsonld"))
