"""Every page of the site, for every role: phone and desk, light and dark, both directions of writing, paper.

With ``EVERYCOUNT_PICTURES=folder`` each page is also kept there as pictures, to be looked at by people.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import NoReverseMatch, reverse

from browser import walked_world
from browser.live_node import Node
from browser.looked_at import DESKTOP, PAPER, PHONE, everywhere, on_a_phone
from site_addresses import ANONYMOUS, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
PICTURES = os.environ.get("EVERYCOUNT_PICTURES", "")
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
    for name, row in ROWS.items():
        if row.takes_get and set(row.where) <= set(names) and "secret" not in row.where:
            try:
                yield name, reverse(name, args=[names[each] for each in row.where])
            except NoReverseMatch:  # pragma: no cover - a row whose address went
                pytest.fail(f"{name} has no address")


def inside(browser: Browser, node: Node, session: str | None) -> BrowserContext:
    context = browser.new_context(locale="en", viewport=PHONE)  # type: ignore[arg-type]
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": node.url}])
    return context


def distinct(
    context: BrowserContext, node: Node, names: dict[str, str], seen: set[str]
) -> list[tuple[str, str]]:
    """The pages that nobody before had in this form."""
    found = []
    for name, path in paths(names):
        answer = context.request.get(f"{node.url}{path}")
        assert answer.status < 500, path
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        form = _OWN.sub("", answer.text())
        if form not in seen:
            seen.add(form)
            found.append((name, path))
    return found


def looked(page: Page, node: Node, path: str, language: str) -> list[tuple[str, ...]]:
    cookie = {"name": "django_language", "value": language, "url": node.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto(f"{node.url}{path}")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    return on_a_phone(page) if language == "ar" else everywhere(page)


ALL = (
    ("phone", PHONE, {"color_scheme": "light"}),
    ("desk", DESKTOP, {"color_scheme": "light"}),
    ("dark", PHONE, {"color_scheme": "dark"}),
    ("print", PAPER, {"media": "print"}),
)
PHONE_ONLY = ALL[:1]


def keep(page: Page, name: str, kinds: tuple[Any, ...]) -> None:
    """Pictures for people: phone, desk, dark, paper."""
    for kind, size, media in kinds:
        page.emulate_media(**media)
        page.set_viewport_size(size)
        page.screenshot(path=f"{PICTURES}/{name}-{kind}.png", full_page=True)
    page.emulate_media(media="screen", color_scheme="light")


def test_nothing_is_wrong_with_any_page(browser: Browser, node: Node, world: dict[str, Any]) -> None:
    seen: set[str] = set()
    wrong, count = [], 0
    for who in (ANONYMOUS, *world["sessions"]):
        context = inside(browser, node, world["sessions"].get(who))
        names = world["names"]["empty" if who == "empty" else "full"]
        page = context.new_page()
        for name, path in distinct(context, node, names, seen):
            count += 1
            for language in ("en", "ar"):
                wrong += [(who, name, language, *each) for each in looked(page, node, path, language)]
                if PICTURES:
                    keep(page, f"{name}-{who}-{language}", PHONE_ONLY if language == "ar" else ALL)
            context.add_cookies([{"name": "django_language", "value": "en", "url": node.url}])
        context.close()
    assert not wrong, "\n".join(map(str, wrong))
    assert count > len(list(paths(world["names"]["full"]))) / 2
