"""The example world as a stranger meets it: addresses, pages and files; nothing is looked up behind them."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lxml import html

from everycount.formats.cells_csv import read_back
from real_node import ask, free_port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = "ten-hotspots-housing-and-earnings"
FORM = "application/x-www-form-urlencoded"
Place = tuple[str, frozenset[tuple[str, str]]]  # measure, and groups by dimension


@dataclass
class ExampleWorld:
    """A node with the example world.

    Attributes:
        base: its address.
        receipt: the code of somebody who answered and is counted.
    """

    base: str
    receipt: str
    _known: dict[str, bytes] = field(default_factory=dict)

    def ask(self, path: str, **fields: str) -> tuple[int, bytes]:
        """Status and body; fields make it a button that is pressed."""
        body = urlencode(fields).encode() if fields else None
        return ask(f"{self.base}{path}", body, **({"Content-Type": FORM} if fields else {}))

    def read(self, path: str) -> bytes:
        """What is there."""
        status, body = self.ask(path)
        assert status == 200, (path, status)
        return body

    def page(self, path: str) -> Any:
        """A page as a tree."""
        return html.fromstring(self.read(path))

    def said(self, path: str) -> str:
        """The words of a page."""
        return re.sub(r"\s+", " ", str(self.page(path).text_content()))

    def file(self, number: int, name: str) -> bytes:
        """A file of a release."""
        return self.read(f"/releases/{PLAN}/{number}/files/{name}")

    def files(self, number: int) -> list[str]:
        """Their names, as the page lists them."""
        home = f"/releases/{PLAN}/{number}"
        links = self.page(home).xpath("//table[contains(@class,'files')]//a/@href")
        return [str(link).removeprefix(f"{home}/files/") for link in links]

    def figures(self, number: int) -> list[str]:
        """Names of the figures."""
        links = self.page(f"/releases/{PLAN}/{number}").xpath("//a[contains(@href,'/figures/')]/@href")
        return sorted({str(link).rsplit("/", 1)[1] for link in links})

    def document(self, number: int) -> dict[str, Any]:
        """``release.json``."""
        found: dict[str, Any] = json.loads(self.file(number, "release.json"))
        return found

    def rows(self, number: int, name: str = "cells.csv") -> dict[Place, dict[str, str]]:
        """The rows of a table of numbers, by where they stand."""
        dimensions = [one["id"] for one in self.document(number)["dimensions"]]
        rows = read_back(self.file(number, name))
        made = {place_of(row, dimensions): row for row in rows}
        assert len(made) == len(rows)
        return made

    def linked(self, number: int, query: str = "") -> Iterator[tuple[str, Any]]:
        """Each number of the searched table: the path of its page, and its row."""
        page, more = 1, True
        while more:
            seen = self.page(f"/releases/{PLAN}/{number}/numbers?{query}page={page}")
            for row in seen.xpath("//tbody/tr"):
                (link,) = row.xpath(".//a[starts-with(@href,'/numbers/')]/@href")
                yield str(link), row
            more = bool(seen.xpath("//a[@rel='next']"))
            page += 1

    def number(self, path: str) -> dict[str, Any]:
        """What the page of a number says to programs."""
        if path not in self._known:
            self._known[path] = self.read(f"{path}/provenance.jsonld")
        found: dict[str, Any] = json.loads(self._known[path])["@graph"][0]
        return found


def place_of(row: dict[str, str], dimensions: list[str]) -> Place:
    """Where a row of a table of ours stands."""
    return row["measure"], frozenset((name, row[name]) for name in dimensions if row[name])


def place_in(number: dict[str, Any]) -> Place:
    """Where a number stands that says it to programs."""
    groups = number.get("schema:additionalProperty", [])
    groups = groups if isinstance(groups, list) else [groups]
    key = frozenset((one["schema:propertyID"], one["schema:value"]) for one in groups)
    return number["schema:variableMeasured"], key


@contextmanager
def started(data: Path) -> Iterator[ExampleWorld]:
    """Serves as long as it is needed."""
    port = free_port()
    with running(data, port, "demo", "--data-dir", str(data), "--no-browser"):
        until = time.monotonic() + 300
        while not (data / "demo.json").exists():
            assert time.monotonic() < until
            time.sleep(0.2)
        told = json.loads((data / "demo.json").read_text())
        yield ExampleWorld(f"http://127.0.0.1:{port}", told["receipt"])
