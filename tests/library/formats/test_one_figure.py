"""A figure by itself: on a page of its own, as a file, and with links where a site has more to read."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from browser import invented_releases as invented
from everycount.formats import cells_csv
from everycount.formats.messages import languages, messages
from everycount.formats.picture import picture
from everycount.formats.report import parts_of
from everycount.formats.report.one_figure import names, one_figure
from everycount.formats.report.view import Addresses, View

if TYPE_CHECKING:
    from everycount.protect.cells import Cell

SVG = "{http://www.w3.org/2000/svg}"


def address(cell: Cell) -> str:
    return "/numbers/" + "-".join([cell.measure, *(code for _, code in cell.cell)])


def view(language: str = "en", limit: int = 280_000) -> View:
    here = Addresses(address, "/figures/{}".format, "/numbers")
    return View(invented.probability(), messages(language), here, limit)


@pytest.mark.parametrize("language", languages())
def test_every_figure_becomes_a_file_that_needs_nothing_else(language: str) -> None:
    here = view(language)
    found = names(here)
    assert "distance" in found
    assert any(name.startswith("by.") for name in found)
    for name in found:
        figure = one_figure(here, name)
        assert figure is not None
        drawn = picture(figure.title, figure.drawn, ["A line below"], language)
        assert drawn is not None
        root = ET.fromstring(drawn)  # noqa: S314 - our own
        assert b"var(--" not in drawn
        assert b"http://www.w3.org/2000/svg" in drawn
        assert not any(
            "href" in key and not value.startswith("#") for one in root.iter() for key, value in one.items()
        )
        tall = float(root.get("height", "0"))
        assert all(float(one.get("y", "0")) < tall for one in root.findall(f"{SVG}svg"))


def test_the_rows_of_a_figure_are_rows_of_the_whole() -> None:
    here = view()
    whole = cells_csv.files(here.release)["cells.csv"].decode().splitlines()
    for name in names(here):
        figure = one_figure(here, name)
        assert figure is not None
        rows = cells_csv.rows_of(here.release, figure.cells).decode().splitlines()
        assert rows[0] == whole[0]
        assert set(rows) <= set(whole)
        assert len(list(csv.reader(io.StringIO("\n".join(rows))))) == len(figure.cells) + 1


def test_an_unknown_figure_is_none() -> None:
    for name in ("", "by.", "by.nothing", "map.nothing", "../distance"):
        assert one_figure(view(), name) is None


def test_numbers_lead_to_their_pages_only_where_there_are_some() -> None:
    with_links = "".join(part.source for _, part in parts_of(view()).sections)
    assert '<a href="/numbers/' in with_links
    assert '<a href="/figures/distance">' in with_links
    without = "".join(
        part.source for _, part in parts_of(View(invented.probability(), messages("en"))).sections
    )
    assert "/numbers" not in without
    assert "/figures" not in without


def test_the_limit_holds_for_the_body() -> None:
    parts = parts_of(view(limit=110_000))
    assert sum(len(part.source.encode()) for _, part in parts.sections) < 110_000
