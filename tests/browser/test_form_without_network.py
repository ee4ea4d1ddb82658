"""The form in a browser as phones meet the world: no network, closed pages, killed browsers, full storage."""

from __future__ import annotations

import json
import os
import shutil
import signal
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error

from browser.chromium import FLAGS
from browser.live_node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
PHONE = {"width": 360, "height": 740}
MAKE = """
import json, sys
sys.path.insert(0, {tests!r})
from site_world import initiative, key, published
where = initiative()
made = published(where, "invented_form")
print(json.dumps({{"key": key(where)[1]}}))
"""
COUNT = """
from everycount.site.collection.models import Edition, Receipt, Submission
print(Submission.objects.count(), Edition.objects.count(), Receipt.objects.count())
"""
HELD = """
from everycount.site.consent.queries.receipts import by_code
print(by_code({code!r}) is not None)
"""
READ = """async (store) => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("everycount");
    asked.onsuccess = () => done(asked.result);
  });
  const all = await new Promise((done) => {
    const asked = db.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  db.close();
  return all.map(({ id, code, refused, sentAt }) => ({ id, code, refused, sentAt }));
}"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("node"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def link(node: Node) -> str:
    made = json.loads(node.run(MAKE.format(tests=str(Path(__file__).parents[1]))))
    return f"{node.url}/fill/#{made['key']}"


def opened(where: BrowserContext, link: str) -> Page:
    where.set_default_timeout(60_000)
    page = where.new_page()
    page.goto(link)
    page.get_by_role("button", name="Fill in").wait_for()
    page.get_by_text("This page works without network.").wait_for()
    return page


def begin(page: Page, answer: str | None) -> None:
    page.get_by_role("button", name="Fill in").click()
    page.get_by_text("May your answers be counted?").wait_for()
    page.get_by_text("Yes", exact=True).click()
    if answer is not None:
        page.get_by_label("Tell us").fill(answer)


def done(page: Page) -> None:
    page.get_by_role("button", name="Done").click()
    page.get_by_role("heading", name="Receipts").wait_for()


def stored(page: Page, store: str) -> list[dict[str, Any]]:
    return page.evaluate(READ, store)  # type: ignore[no-any-return] # JSON of our own making


def until_sent(page: Page) -> None:
    page.get_by_text("Everything is sent.").wait_for(timeout=90_000)  # it is tried again once a minute


def counted(node: Node) -> tuple[int, int, int]:
    submissions, editions, receipts = map(int, node.run(COUNT).split())
    return submissions, editions, receipts


@contextmanager
def adding(node: Node, count: int) -> Iterator[None]:
    """Asserts that so many submissions come, each with one edition and one receipt."""
    before = counted(node)
    yield
    assert tuple(now - old for now, old in zip(counted(node), before, strict=True)) == (count,) * 3


@contextmanager
def phone(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser with a memory of its own on the disk."""
    made = browser.browser_type.launch_persistent_context(
        str(profile), executable_path=shutil.which("chromium"), args=FLAGS, viewport=PHONE
    )
    yield made
    with suppress(Error):  # a browser that a test has killed is closed already
        made.close()


def test_lists_that_come_anew_do_not_take_away_a_form_that_is_opening(
    browser: Browser, node: Node, link: str
) -> None:
    where = browser.new_context(viewport=PHONE, service_workers="block")
    where.set_default_timeout(60_000)
    page = where.new_page()
    slow: list[Route] = []
    page.route("**/assets/filling-*.js", lambda route: slow.append(route))  # noqa: PLW0108 # it asks how many arguments it takes
    page.goto(link)
    page.get_by_role("button", name="Fill in").click()
    page.get_by_text("Opening").wait_for()
    page.evaluate("for (let each = 0; each < 3; each++) window.dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(300)
    for each in slow:
        each.continue_()
    page.get_by_text("May your answers be counted?").wait_for()
    where.close()


def test_what_is_filled_in_without_network_goes_out_with_its_receipt(
    browser: Browser, node: Node, link: str
) -> None:
    where = browser.new_context(viewport=PHONE)
    page = opened(where, link)
    assert "#" not in page.url, "the key must not stay in the history"
    with adding(node, 1):
        where.set_offline(True)
        page.reload()
        begin(page, "by the river")
        done(page)
        assert page.get_by_text("Waiting to be sent: 1").is_visible()
        code = page.locator(".receipt code").inner_text()
        where.set_offline(False)
        until_sent(page)
    assert node.run(HELD.format(code=code)).strip() == "True", "the code drawn on the phone opens the answers"
    where.close()


def test_what_is_begun_survives_a_closed_page(browser: Browser, node: Node, link: str) -> None:
    where = browser.new_context(viewport=PHONE)
    page = opened(where, link)
    with adding(node, 1):
        begin(page, "half a sentence")
        page.wait_for_timeout(4000)  # the page looks every three seconds
        page.close(run_before_unload=False)
        page = where.new_page()
        page.goto(link.partition("#")[0])
        page.get_by_role("button", name="Go on").click()
        page.get_by_label("Tell us").wait_for()
        assert page.get_by_label("Tell us").input_value() == "half a sentence"
        done(page)
        until_sent(page)
    assert stored(page, "drafts") == []
    where.close()


def test_a_killed_browser_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, browser: Browser, node: Node, link: str
) -> None:
    with adding(node, 1):
        with phone(browser, tmp_path) as where:
            page = opened(where, link)
            where.set_offline(True)
            begin(page, "before the end")
            done(page)
            kill_browser_of(tmp_path)
        with phone(browser, tmp_path) as where:
            page = where.new_page()
            page.goto(link.partition("#")[0])
            until_sent(page)
            assert stored(page, "waiting") == []


def kill_browser_of(profile: Path) -> None:
    """Ends every process that names the profile, at once and without a word."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if str(profile).encode() in line and b"chrom" in line:
            os.kill(int(folder.name), signal.SIGKILL)


def test_an_answer_that_is_lost_on_the_way_back_makes_no_double(
    browser: Browser, node: Node, link: str
) -> None:
    where = browser.new_context(viewport=PHONE, service_workers="allow")
    page = opened(where, link)
    lost = []

    def lose(route: Any) -> None:
        if not lost:
            lost.append(route.fetch().status)  # the node has it; the phone never hears of it
            return route.abort()
        return route.continue_()

    where.route("**/submission", lose)  # whether the page sends it or its worker
    with adding(node, 1):
        begin(page, "once")
        done(page)
        until_sent(page)  # the worker tries again by itself, and the page once a minute
    assert lost == [201]
    where.close()


def test_two_tabs_send_each_thing_once(browser: Browser, node: Node, link: str) -> None:
    where = browser.new_context(viewport=PHONE)
    page = opened(where, link)
    with adding(node, 3):
        where.set_offline(True)
        for number in range(3):
            begin(page, f"answer {number}")
            done(page)
        other = where.new_page()
        other.goto(link.partition("#")[0])
        other.get_by_text("Waiting to be sent: 3").wait_for()
        where.set_offline(False)
        until_sent(page)
        until_sent(other)
    where.close()


def test_one_unfinished_form_is_open_in_one_tab(browser: Browser, link: str) -> None:
    where = browser.new_context(viewport=PHONE)
    page = opened(where, link)
    begin(page, "here")
    page.wait_for_timeout(4000)
    other = where.new_page()
    other.goto(link.partition("#")[0])
    other.get_by_role("button", name="Go on").click()
    other.get_by_text("open in another tab").wait_for()
    where.close()


def test_a_full_phone_says_so_and_keeps_the_form_on_the_screen(
    tmp_path: Path, browser: Browser, node: Node, link: str
) -> None:
    with phone(browser, tmp_path) as where, adding(node, 1):
        opened(where, link).close()
        other = where.new_page()
        other.goto(f"{node.url}/style")
        # Chromium remembers for a while how much room there is, as long as the page is open.
        devtools = where.new_cdp_session(other)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": node.url, "quotaSize": 1})
        other.wait_for_timeout(3000)
        page = where.new_page()
        page.goto(link.partition("#")[0])
        begin(page, "x" * 3000)
        page.get_by_role("button", name="Done").click()
        page.get_by_text("The phone is full").wait_for()
        assert page.get_by_label("Tell us").input_value() == "x" * 3000
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": node.url})
        until_kept(page)
        until_sent(page)


def until_kept(page: Page) -> None:
    """Presses the button until there is room."""
    for _ in range(20):
        page.get_by_role("button", name="Done").click()
        page.wait_for_timeout(3000)
        if page.get_by_role("heading", name="Receipts").count():
            return
    raise AssertionError(page.inner_text("main"))


def test_a_key_that_was_taken_back_is_told_and_nothing_is_thrown_away(
    browser: Browser, node: Node, tmp_path: Path
) -> None:
    assert tmp_path
    made = json.loads(
        node.run(MAKE.format(tests=str(Path(__file__).parents[1])).replace("invented_form", "second_form"))
    )
    where = browser.new_context(viewport=PHONE)
    page = opened(where, f"{node.url}/fill/#{made['key']}")
    where.set_offline(True)
    begin(page, "too late")
    done(page)
    node.run(
        "from django.utils import timezone\nfrom everycount.site.collection.models import Key\n"
        "from everycount.site.collection.keys import hashed\n"
        f"Key.objects.filter(secret_hash=hashed({made['key']!r})).update(revoked_at=timezone.now())"
    )
    page.wait_for_timeout(2500)  # the node remembers a key for two seconds
    where.set_offline(False)
    page.get_by_text("This key is not valid any more").first.wait_for()
    assert [each["refused"] is not None for each in stored(page, "waiting")] == [True]
    assert page.get_by_role("button", name="Save a copy for the office").is_visible()
    where.close()


def test_the_page_speaks_the_language_of_its_reader(browser: Browser, link: str) -> None:
    where = browser.new_context(viewport=PHONE, locale="ar-EG")
    page = where.new_page()
    page.goto(link)
    page.locator("ul.doors button").wait_for()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.get_by_label("اللغة").select_option("fr")
    page.locator("html[lang=fr]").wait_for()  # no function: the page is loaded anew
    assert page.evaluate("document.documentElement.dir") == "ltr"
    where.close()
