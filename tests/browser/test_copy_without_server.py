"""A copy of the public site, read from a folder by a browser that may speak to nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from browser import copied_world
from browser.live_node import TESTS, environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of a node that nobody serves."""
    data, target = tmp_path_factory.mktemp("node"), tmp_path_factory.mktemp("stick") / "site"
    kept = environment(data, 1)
    kept |= {"PYTHONPATH": os.pathsep.join([str(TESTS), kept.get("PYTHONPATH", "")])}
    words = ["publish", "--static", str(target), "--language", "en", "--language", "ar", "--quiet"]
    for command in ([str(copied_world.__file__)], ["-m", "everycount", *words]):
        done = subprocess.run(
            [sys.executable, *command], env=kept, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    return target


@contextmanager
def opened(browser: Browser, file: Path, width: int = 1280, **options: object) -> Iterator[Page]:
    """The file in a window; fails where the browser complains or the page asks anybody for anything."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda asked: complaints.append(asked.url))
    page.on("request", lambda asked: complaints.append(asked.url) if asked.url.startswith("http") else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_one_walks_from_the_first_page_to_a_number_and_back(browser: Browser, copy: Path, width: int) -> None:
    with opened(browser, copy / "index.html", width, java_script_enabled=False) as page:
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
        page.locator("main a", has_text="Find numbers").click()
        page.locator("article.newest h2 a").first.click()
        page.locator("main .button", has_text="number").first.click()
        page.locator("tbody a").first.click()
        page.wait_for_url("**/numbers/*/index.html")
        assert page.locator("h1").inner_text()
        page.locator(".back a").click()
        page.locator("header a.home").click()
        assert page.url.startswith("file:")
        assert page.url.endswith("/site/index.html")
        assert page.locator("text=made on").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_same_page_in_another_language_is_one_step_away(browser: Browser, copy: Path) -> None:
    with opened(browser, copy / "index.html") as page:
        page.locator("footer nav a[lang=ar]").click()
        page.wait_for_url("**/site/ar/index.html")
        assert page.locator("html").get_attribute("dir") == "rtl"
        page.locator("footer nav a[lang=en]").click()
        page.wait_for_url("**/site/index.html")


def test_figures_are_drawn_and_files_are_there(browser: Browser, copy: Path) -> None:
    (at,) = (copy / "en" / "releases" / "invented-numbers").glob("1/index.html")
    with opened(browser, at) as page:
        drawn = page.locator("main svg.d").first.bounding_box()
        assert drawn is not None
        assert drawn["width"] > 100
        links = page.locator("table.files a").evaluate_all("all => all.map(one => one.href)")
        assert any(link.endswith("/cells.csv") for link in links)
        assert {link.partition(":")[0] for link in links} == {"file"}
