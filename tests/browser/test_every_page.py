"""Every page of the site, for every role: phone and desk, light and dark, both directions of writing, paper.

With ``EVERYCOUNT_PICTURES=folder`` each page is also kept there as pictures, to be looked at by people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import NoReverseMatch, reverse

from browser import walked_world
from browser.live_node import Node
from browser.looked_at import ALL, PHONE, PHONE_ONLY, everywhere, keep, on_a_phone
from site_addresses import ANONYMOUS, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
# What makes two answers to two people differ without making them two pages.
_OWN = re.compile(r'value="(?:/|[A-Za-z0-9]{64})[^"]*"|token=[^"]*"|[?]next=[^"]*"|[0-9a-f-]{32,}')


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("walked"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def world(node: Node) -> dict[str, Any]:
    return node.world(walked_world)


def paths(names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Name and path of every address that answers a safe request and whose things are in that world."""
    yield "nothing", "/nothing"
    for name, row in ROWS.items():
        if row.takes_get and set(row.where) <= set(names):
            try:
                yield name, reverse(name, args=[names[each] for each in row.where])
            except NoReverseMatch:  # pragma: no cover - a row whose address went
                pytest.fail(f"{name} has no address")


def inside(browser: Browser, node: Node, session: str | None, language: str = "en") -> BrowserContext:
    """A browser that asks for a language in both ways: by itself, and as the reader chose."""
    context = browser.new_context(locale=language, viewport=PHONE)  # type: ignore[arg-type]
    cookies = [{"name": "django_language", "value": language, "url": node.url}]
    if session:
        cookies.append({"name": "sessionid", "value": session, "url": node.url})
    context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


def distinct(
    context: BrowserContext, node: Node, names: dict[str, str], seen: set[str]
) -> list[tuple[str, str]]:
    """The pages that nobody before had in this form."""
    found = []
    for name, path in paths(names):
        answer = context.request.get(f"{node.url}{path}")
        assert answer.status < 500, path
        if "text/html" not in answer.headers.get("content-type", "") or not answer.body():
            continue  # what phones and feed readers ask for
        form = _OWN.sub("", answer.text())
        if form not in seen:
            seen.add(form)
            found.append((name, path))
    return found


def looked(page: Page, node: Node, path: str, language: str) -> list[tuple[str, ...]]:
    page.goto(f"{node.url}{path}")
    direction = "rtl" if language == "ar" else "ltr"
    page.locator(f"html[dir={direction}]").wait_for()
    return on_a_phone(page) if language == "ar" else everywhere(page)


def test_nothing_is_wrong_with_any_page(browser: Browser, node: Node, world: dict[str, Any]) -> None:
    seen: set[str] = set()
    wrong, count = [], 0
    for who in (ANONYMOUS, *world["sessions"]):
        session = world["sessions"].get(who)
        pages = {each: inside(browser, node, session, each).new_page() for each in ("en", "ar")}
        names = world["names"]["empty" if who == "empty" else "full"]
        for name, path in distinct(pages["en"].context, node, names, seen):
            count += 1
            for language, page in pages.items():
                wrong += [(who, name, language, *each) for each in looked(page, node, path, language)]
                keep(page, f"{name}-{who}-{language}", PHONE_ONLY if language == "ar" else ALL)
        for page in pages.values():
            page.context.close()
    assert not wrong, "\n".join(map(str, wrong))
    assert count > len(list(paths(world["names"]["full"]))) / 2
