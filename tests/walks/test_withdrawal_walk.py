"""The third walk of the architecture: a withdrawal, to every number that it feeds and to the revision."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from everycount.formats.cells_csv import read_back
from everycount.formats.sdmx_data import REVISED
from walks.example_world import PLAN, Place, place_in, place_of

if TYPE_CHECKING:
    from walks.example_world import ExampleWorld

pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]
FIRST, HOLDS = 1, 2
OLD, NEW = f"/releases/{PLAN}/{FIRST}", f"/releases/{PLAN}/{HOLDS}"
UNDER_REVISION = "These numbers are under revision."


@pytest.fixture(scope="module")
def changed(example: ExampleWorld) -> dict[Place, dict[str, str]]:
    """The rows of ``changes.csv``."""
    dimensions = [one["id"] for one in example.document(HOLDS)["dimensions"]]
    rows = read_back(example.file(HOLDS, "changes.csv"))
    return {place_of(row, dimensions): row for row in rows}


def test_what_changed_is_marked_alike_on_pages_in_sdmx_and_in_the_list_of_changes(
    example: ExampleWorld, changed: dict[Place, dict[str, str]]
) -> None:
    assert {row["change"] for row in changed.values()} >= {"changed", "hidden"}
    marked = {place_in(example.number(path)) for path, _ in example.linked(HOLDS, "changed=1&")}
    assert marked == set(changed)
    told = {
        place_in(example.number(path))
        for path, row in example.linked(HOLDS)
        if row.xpath(".//small[@class='care']")
    }
    assert told == set(changed)
    assert f"say something else than before: {len(changed)}." in example.said(NEW)
    tree = etree.fromstring(example.file(HOLDS, "cells.sdmx.xml"))
    revised = [one for one in tree.iter("Obs") if one.get("COMMENT_OBS", "").startswith(REVISED)]
    assert len(revised) == len(changed)  # none of these crosses a place with a group that no map shows
    text = example.file(HOLDS, "cells.sdmx.csv").decode()
    in_csv = [row for row in csv.DictReader(io.StringIO(text)) if row["COMMENT_OBS"].startswith(REVISED)]
    assert len(in_csv) == len(changed)


def test_each_number_says_whether_it_changed_and_what_it_was(
    example: ExampleWorld, changed: dict[Place, dict[str, str]]
) -> None:
    """The old value has its name for good, as long as the new release shows that number."""
    for path, _row in example.linked(HOLDS):
        place = place_in(example.number(path))
        said = example.said(path)
        assert ("It has changed." in said) is (place in changed)
        assert ("It has not changed." in said) is (place not in changed)
        before = example.number(path.replace(f"{PLAN}.{HOLDS}.", f"{PLAN}.{FIRST}.")).get("schema:value")
        now = example.number(path).get("schema:value")
        if now is None:
            assert before is None
        elif place in changed and changed[place]["change"] == "changed":
            assert (before, now) == tuple(float(changed[place][name]) for name in ("before", "value"))
        elif place not in changed:
            assert before == now


def test_what_was_replaced_is_gone_and_leads_to_what_holds(example: ExampleWorld) -> None:
    assert "These numbers do not hold any more." in example.said(OLD)
    paths = [f"{OLD}/numbers", *(f"{OLD}/files/{name}" for name in example.files(HOLDS))]
    for name in example.figures(HOLDS):
        paths += [f"{OLD}/figures/{name}{end}" for end in ("", "/embed", "/table.csv", "/picture.svg")]
    for path in paths:
        status, body = example.ask(path)
        if path.endswith("changes.csv"):
            assert status == 410
        assert (status, NEW.encode() in body or b"/embed" in path.encode()) == (410, True), path
        assert not re.search(rb"\d\s?%", re.sub(rb"<style.*?</style>", b"", body)), path
    feed = example.read(f"/releases/{PLAN}.atom").decode()
    assert "Replaced by a later one" in feed
    assert "It took the place of an earlier one." in feed


def test_a_withdrawal_marks_every_page_of_its_numbers_at_once_and_changes_none(
    example: ExampleWorld,
) -> None:
    """With the receipt alone; the last test of the module, since it is not undone."""
    (link, *_) = [path for path, _ in example.linked(HOLDS)]
    others = ("/releases/water-and-sanitation-in-dhaka/1", "/releases/water-and-sanitation-in-dhaka")
    pages = (NEW, f"{NEW}/numbers", link, f"{NEW}/figures/distance", "/releases")
    files = {name: example.file(HOLDS, name) for name in example.files(HOLDS)}
    was = {path: UNDER_REVISION in example.said(path) for path in pages}
    assert not any(was.values())
    code = example.receipt
    status, page = example.ask("/receipt", code=code)
    assert (status, f"/releases/{PLAN}/{HOLDS}" in page.decode()) == (200, True)
    (token,) = set(re.findall(r'name="token" value="([^"]+)"', page.decode()))
    status, _ = example.ask("/receipt/back", token=token, what="statistics", sure="yes")
    assert status == 200
    assert all(UNDER_REVISION in example.said(path) for path in pages)
    assert {name: example.file(HOLDS, name) for name in files} == files
    for path in others:
        status, body = example.ask(path)
        assert UNDER_REVISION not in body.decode()
