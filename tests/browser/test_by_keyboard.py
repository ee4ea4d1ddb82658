"""The journeys of fieldwork, exports, follow-up, keyed entry and review by the keyboard alone.

Each with the page's script and without; with it every page is held to axe, too, and the tab key goes through
everything on it and out again. Focus is seen wherever it goes, and is on what is wrong when something is.
"""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from browser import keyboard_world
from browser.by_keyboard import Hands
from browser.live_node import Node
from browser.looked_at import DESKTOP, everywhere, keep
from site_node import multipart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
WAYS = ("script", "plain")
# Until everything that came is read and looked at; then it tells what the flag stands on.
LOOKED_AT = """
import time
from everycount.site.collection.models import Submission
from everycount.site.fieldwork.models import Flag, Look
end = time.monotonic() + 90
while time.monotonic() < end and not (Look.objects.count() == {count} and Flag.objects.exists()):
    time.sleep(0.2)
print(Look.objects.count(), Flag.objects.count())
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("keys"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def world(node: Node) -> dict[str, Any]:
    made = node.world(keyboard_world)
    for number in range(len(keyboard_world.NAMES)):
        request = urllib.request.Request(  # noqa: S310 - our own node
            f"{node.url}/key/{made['phone']}/submission",
            multipart(keyboard_world.answers(number).encode()),
            {"Content-Type": "multipart/form-data; boundary=xxBOUNDxx"},
        )
        urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 - the same
    looked = node.run(LOOKED_AT.format(count=len(keyboard_world.NAMES))).split()
    assert looked == [str(len(keyboard_world.NAMES)), "1"]
    return made


class Desk:
    """A browser of somebody in the world."""

    def __init__(self, browser: Browser, node: Node, world: dict[str, Any], way: str) -> None:
        self.browser, self.node, self.world, self.way = browser, node, world, way
        self.open: list[BrowserContext] = []
        self.kept = 0

    def sits_down(self, who: str, path: str) -> Hands:
        """Opens a page of the initiative."""
        context = self.browser.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]
            locale="en",
            java_script_enabled=self.way != "plain",
        )
        self.open.append(context)
        context.set_default_timeout(30_000)
        context.add_cookies(
            [{"name": "sessionid", "value": self.world["sessions"][who], "url": self.node.url}]
        )
        page = context.new_page()
        page.goto(f"{self.node.url}/initiatives/{self.world['slug']}/{path}")
        return Hands(page, self.way != "plain")

    def looks(self, at: Hands) -> None:
        """The page as it stands there is faultless, and the tab key goes through it."""
        if at.is_scripted:
            at.goes_round()
            assert everywhere(at.page) == [], at.page.url
            self.kept += 1
            keep(at.page, f"keys-{self.kept:02}-{at.page.url.rpartition('/')[2][:20]}")
            at.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.fixture
def sits(browser: Browser, node: Node, world: dict[str, Any]) -> Iterator[Callable[[str], Desk]]:
    made: list[Desk] = []

    def start(way: str) -> Desk:
        made.append(Desk(browser, node, world, way))
        return made[-1]

    yield start
    for each in made:
        for context in each.open:
            context.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_plan_is_made_and_progress_read(sits: Callable[[str], Desk], way: str) -> None:
    desk = sits(way)
    hands = desk.sits_down("coordinator", "fieldwork")
    desk.looks(hands)
    hands.follows("Wells at home")
    desk.looks(hands)
    hands.follows("Plan it" if hands.page.get_by_role("link", name="Plan it").count() else "Change the plan")
    table = hands.page.get_by_label("Targets")
    hands.types(table, "place,goal\nriver,9\n")
    assert hands.page.locator("textarea").input_value().startswith("place,goal"), "Enter makes a line here"
    hands.presses("Keep the plan")
    assert hands.focus.get_attribute("role") == "alert", "the focus is on what is wrong"
    desk.looks(hands)
    hands.goes_to(hands.page.get_by_label("Which question holds the place"))
    hands.page.keyboard.type("Which v")
    hands.types(hands.page.get_by_label("Targets"), "place,name,target\nriver,Riverside,9\n")
    hands.presses("Keep the plan")
    assert hands.page.get_by_role("status").get_by_text("The plan holds from now on.").count() == 1
    assert hands.page.get_by_text("Riverside").count() == 1
    desk.looks(hands)


def test_a_flag_is_dismissed_with_a_reason(sits: Callable[[str], Desk]) -> None:
    """There is one only, so the way without a script looks at it first."""
    plain = sits("plain").sits_down("coordinator", "flags")
    summary = plain.page.locator("summary").filter(has_text="Dismiss")
    plain.goes_to(summary)
    plain.page.keyboard.press("Enter")
    plain.goes_to(plain.page.get_by_label("Why it is no reason to do anything"))
    desk = sits("script")
    hands = desk.sits_down("coordinator", "flags")
    desk.looks(hands)
    hands.goes_to(hands.page.locator("summary").filter(has_text="Dismiss"))
    hands.page.keyboard.press("Enter")
    hands.goes_to(hands.page.get_by_label("Why it is no reason to do anything"))
    hands.page.keyboard.type("It is like")
    hands.presses("Dismiss it")
    hands.page.get_by_text("The flag is dismissed, and why is kept beside it.").wait_for()
    desk.looks(hands)
    hands.goes_to(hands.page.locator("summary").filter(has_text="Show only some"))
    hands.page.keyboard.press("Enter")
    hands.goes_to(hands.page.locator("select[name=state]"))
    hands.page.keyboard.type("those that were")
    hands.presses("Show")
    assert hands.page.get_by_text("It is like that here").count() == 1
    desk.looks(hands)


@pytest.mark.parametrize("way", WAYS)
def test_records_are_taken_out_for_a_purpose(sits: Callable[[str], Desk], way: str) -> None:
    desk = sits(way)
    hands = desk.sits_down("analyst", "exports")
    desk.looks(hands)
    hands.goes_to(hands.page.get_by_label("Questionnaire"))
    hands.page.keyboard.type("Wells")
    hands.chooses(hands.page.locator("input[name=purpose][value=statistics]"))
    hands.presses("Look at what would go along")
    desk.looks(hands)
    hands.goes_to(hands.page.get_by_role("button", name="Take it"))
    with hands.page.expect_download() as waited:
        hands.page.keyboard.press("Enter")
    content = waited.value.path().read_bytes()
    assert b"Invented Aba" not in content
    assert waited.value.suggested_filename.startswith(f"{keyboard_world.FORM_ID}-statistics-")


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_opened_and_rounds_are_read(sits: Callable[[str], Desk], way: str) -> None:
    desk = sits(way)
    hands = desk.sits_down("coordinator", "follow-up")
    desk.looks(hands)
    hands.presses("Open households")
    assert hands.page.get_by_role("rowheader", name="Invented Aba").count() == 1
    desk.looks(hands)
    hands.follows("Follow-up")
    assert hands.page.get_by_role("heading", name="Found again").count() == 1


def test_a_correction_is_asked_for_and_the_collector_answers(sits: Callable[[str], Desk]) -> None:
    desk = sits("script")
    hands = desk.sits_down("coordinator", "submissions")
    desk.looks(hands)
    link = hands.page.locator(".line .entry a").last  # the one that came first
    hands.goes_to(link)
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")
    desk.looks(hands)
    hands.chooses(hands.page.locator("input[name=state][value=returned]"))
    hands.presses("Keep it and go on to the next")
    assert hands.focus.get_attribute("role") == "alert", "a reason is missing, and the focus says so"
    desk.looks(hands)
    hands.chooses(hands.page.locator("input[name=state][value=returned]"))
    hands.goes_to(hands.page.get_by_label("Reason"))
    hands.page.keyboard.type("An answer can")
    hands.types(hands.page.get_by_label("In your words"), "Is it the head who was asked?")
    hands.goes_to(hands.page.locator("summary").filter(has_text="Which questions it is about"))
    hands.page.keyboard.press("Enter")
    hands.goes_to(hands.page.get_by_label("How old is the head?"))
    hands.page.keyboard.press("Space")
    hands.presses("Keep it and go on to the next")
    assert hands.page.get_by_text("Kept: Returned.").count() == 1
    for way in ("plain", "script"):
        other = sits(way)
        mine = other.sits_down("collector", "submissions/mine?state=returned")
        assert mine.page.get_by_text("Is it the head who was asked?").count() == 1
        other.looks(mine)
        mine.goes_to(mine.page.locator("a.button").filter(has_text="Answer"))
        with mine.page.expect_navigation():
            mine.page.keyboard.press("Enter")
        other.looks(mine)
        mine.types(mine.page.get_by_label("Your answer"), f"It was the head, {way}.")
        mine.presses("Send")
        assert mine.page.get_by_text("Your answer is with the reviewers.").count() == 1
        mine.page.goto(f"{mine.page.url}?state=returned")
        assert mine.page.get_by_text(f"It was the head, {way}.").count() == 1
    reader = desk.sits_down("coordinator", "submissions?state=answered")
    desk.looks(reader)
    reader.goes_to(reader.page.locator(".line .entry a"))
    with reader.page.expect_navigation():
        reader.page.keyboard.press("Enter")
    assert reader.page.get_by_text("It was the head, script.").count() == 1


def test_some_are_accepted_drawn_and_checked_again(sits: Callable[[str], Desk]) -> None:
    desk = sits("script")
    hands = desk.sits_down("coordinator", "submissions?state=received")
    hands.goes_to(hands.page.locator("input[name=chosen]").nth(0))
    hands.page.keyboard.press("Space")
    hands.goes_to(hands.page.locator("input[name=chosen]").nth(1))
    hands.page.keyboard.press("Space")
    hands.presses("Accept the ticked ones")
    assert hands.page.get_by_text("2 were accepted.").count() == 1
    hands.page.goto(f"{desk.node.url}/initiatives/{desk.world['slug']}/fieldwork")
    hands.follows("Wells at home")
    hands.follows("Check again")
    desk.looks(hands)
    most = hands.page.get_by_label("How many of each collector, at most")
    for way in WAYS:
        other = hands if way == "script" else sits("plain").sits_down("coordinator", "fieldwork")
        if way == "plain":
            other.page.goto(hands.page.url)
            most = other.page.get_by_label("How many of each collector, at most")
        other.types(most, "1")
        other.presses("Draw by lot")
        assert other.page.get_by_text("They are drawn.").count() == 1
        waiting = other.page.locator("main > .line a").first
        other.goes_to(waiting)
        with other.page.expect_navigation():
            other.page.keyboard.press("Enter")
        assert other.page.get_by_role("heading", name="Whom to ask").count() == 1
        if way == "script":
            desk.looks(other)
        other.goes_to(other.page.get_by_role("button", name="Keep it"))
        other.page.keyboard.press("Enter")  # the browser itself says that nothing was chosen
        assert other.focus.get_attribute("name") == "result"
        other.page.keyboard.press("Shift+Tab")
        other.chooses(other.page.locator("input[name=result][value=agrees]"))
        other.presses("Keep it")
        assert other.page.get_by_text("Kept.", exact=True).count() == 1
    desk.looks(hands)


@pytest.mark.parametrize("way", WAYS)
def test_a_sheet_is_typed_in_with_what_was_wrong_mended(sits: Callable[[str], Desk], way: str) -> None:
    from everycount.site.questionnaires.paper.ids import LETTERS, is_whole

    desk = sits(way)
    begin = "H7K2-QM4" if way == "script" else "H7K3-QM4"
    sheet = next(f"{begin}{each}" for each in LETTERS if is_whole(f"{begin}{each}"))
    version = desk.world["version"]
    hands = desk.sits_down("collector", f"questionnaires/versions/{version}/type-in")
    hands.has_focus("sheet")
    desk.looks(hands)
    hands.page.reload()
    hands.has_focus("sheet")
    hands.page.keyboard.type(sheet)
    codes = ("y", "n", "r") if way == "script" else ("yes", "no", "river")  # a beginning is enough there
    for number, answer in enumerate((*codes, "Invented Eli", "203"), 1):
        if hands.focus.get_attribute("id") != f"q{number}":
            hands.page.keyboard.press("Tab")
        assert hands.focus.get_attribute("id") == f"q{number}"
        hands.page.keyboard.type(answer)
    hands.presses("Keep this sheet")
    hands.has_focus("q5")  # on what is wrong
    desk.looks(hands)
    if way == "script":
        hands.page.reload()
        hands.has_focus("q5")
    hands.page.keyboard.press("ControlOrMeta+A")
    hands.page.keyboard.type("41")
    hands.presses("Keep this sheet")
    assert hands.page.get_by_text(f"Sheet {sheet} is kept.").count() == 1
    desk.looks(hands)
