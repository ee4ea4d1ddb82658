"""From a questionnaire to an erased answer, as people go: with script and without, in Arabic, by keyboard.

Each page on the way is held to what every page is held to (axe, the width of a phone, room for thumbs).
"""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from browser import journey_world
from browser.live_node import Node
from browser.looked_at import ALL, OVERFLOWS, PAPER, PHONE, PHONE_ONLY, everywhere, keep, on_a_phone
from browser.spoken import Spoken
from everycount.questionnaire import write_xlsform
from site_node import multipart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
_LOOKS = count(1)
WAYS = ("script", "plain", "arabic")
CHOICES = [
    ["list_name", "name", "label"],
    ["groups", "fishers", "Fishers"],
    ["groups", "settlers", "People of the new settlement"],
]
BROKEN = [["type", "name", "label"], ["select_one group", "who we", "Who are you?"]]
MENDED = [
    ["type", "name", "label", "everycount::sensitivity"],
    ["select_multiple groups", "group", "With which of these groups do you identify?", "3"],
    ["text", "own", "What do you call your community yourself?", ""],
]


def workbook(survey: list[list[str]], form_id: str) -> dict[str, Any]:
    settings = [["form_title", "form_id", "version"], ["Who we are", form_id, "1"]]
    made = write_xlsform({"survey": survey, "choices": CHOICES, "settings": settings})
    return {"name": "who-we-are.xlsx", "mimeType": "application/octet-stream", "buffer": made}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("journeys"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def worlds(node: Node) -> dict[str, Any]:
    return node.world(journey_world)


@dataclass
class Going:
    """One way of going: its browser, its words, its initiative."""

    node: Node
    browser: Browser
    way: str
    world: dict[str, Any]

    def __post_init__(self) -> None:
        self.say = Spoken("ar" if self.way == "arabic" else "en")
        self.open: list[BrowserContext] = []

    def as_person(self, who: str | None) -> Page:
        """A page of somebody's own browser; without a name, of somebody without an account."""
        context = self.browser.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            locale=self.say.language,
            java_script_enabled=self.way != "plain",
        )
        self.open.append(context)
        context.set_default_timeout(20_000)
        cookies = [{"name": "django_language", "value": self.say.language, "url": self.node.url}]
        if who:
            cookies.append({"name": "sessionid", "value": self.world["sessions"][who], "url": self.node.url})
        context.add_cookies(cookies)  # type: ignore[arg-type]
        return context.new_page()

    def at(self, page: Page, path: str) -> Page:
        page.goto(f"{self.node.url}{path}")
        return page

    @property
    def here(self) -> str:
        return f"/initiatives/{self.world['slug']}"

    def press(self, page: Page, words: str, **given: object) -> None:
        """Presses the button of that name, or follows the link, and looks at what comes."""
        said = self.say(words, **given)
        found = page.get_by_role("button", name=said, exact=True)
        (found if found.count() else page.get_by_role("link", name=said, exact=True)).first.click()
        self.look(page)

    def look(self, page: Page) -> None:
        """Nothing may be wrong; without script nobody can measure."""
        page.wait_for_load_state()
        if self.way != "plain":
            wrong = everywhere(page) if self.way == "script" else on_a_phone(page)
            assert wrong == [], page.url
            keep(page, f"journey-{next(_LOOKS):03}-{self.way}", ALL if self.way == "script" else PHONE_ONLY)

    def sees(self, page: Page, words: str, **given: object) -> Locator:
        found = page.get_by_text(self.say(words, **given)).first
        found.wait_for()
        return found

    def sent(self, instance: str) -> str:
        """What a phone does; the receipt code that it is told, "" where nothing is kept."""
        answers = (
            f'<data id="{self.world["form_id"]}" version="1"><counted>yes</counted><again>yes</again>'
            f"<answer>My daughter</answer><meta><instanceID>{instance}</instanceID></meta></data>"
        )
        request = urllib.request.Request(  # noqa: S310 - our own node
            f"{self.node.url}/key/{self.world['phone']}/submission",
            multipart(answers.encode()),
            {"Content-Type": "multipart/form-data; boundary=xxBOUNDxx"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            found = re.search(r"Receipt: ([A-Z2-7-]+)\.", answer.read().decode())
        return found.group(1) if found else ""


@pytest.fixture
def going(node: Node, browser: Browser, worlds: dict[str, Any]) -> Iterator[Callable[[str], Going]]:
    made: list[Going] = []

    def start(way: str) -> Going:
        made.append(Going(node, browser, way, worlds[way]))
        return made[-1]

    yield start
    for each in made:
        for context in each.open:
            context.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_questionnaire_goes_from_its_faults_to_the_phones(going: Callable[[str], Going], way: str) -> None:
    go = going(way)
    page = go.at(go.as_person("coordinator"), f"{go.here}/questionnaires")
    go.press(page, "Upload an XLSForm")
    version = upload(go, page)
    preview(go, page, version)
    try_it(go, page, version)
    review(go, page, version)
    go.press(page, "Publish this version")
    go.sees(page, "Phones get this version from now on.")
    assert page.get_by_role("button", name=go.say("Publish this version")).count() == 0
    listed = urllib.request.urlopen(f"{go.node.url}/key/{go.world['phone']}/formList", timeout=30).read()  # noqa: S310 - our own node
    assert f"who_{way}".encode() in listed


def upload(go: Going, page: Page) -> str:
    """First with faults, which are named with their place; then mended."""
    page.locator("input[type=file]").set_input_files(workbook(BROKEN, f"who_{go.way}"))
    go.press(page, "Check and keep as a draft")
    faults = page.get_by_role("alert")
    assert faults.locator("li").count() == 2
    assert "row 2, column name" in faults.inner_text()
    assert "who_we" in faults.inner_text(), "the remedy names what would do"
    page.locator("input[type=file]").set_input_files(workbook(MENDED, f"who_{go.way}"))
    go.press(page, "Check and keep as a draft")
    go.sees(page, "The form has no faults. Look at it as people will see it.")
    return page.url


def preview(go: Going, page: Page, version: str) -> None:
    go.press(page, "See all questions")
    assert page.get_by_text("People of the new settlement").is_visible()
    go.sees(page, "can endanger people")
    page.goto(version)


def try_it(go: Going, page: Page, version: str) -> None:
    """A code that is shown once; what is sent with it is a test."""
    go.press(page, "Make a code to try it")
    assert page.locator(".card").count() == 1
    assert page.locator(".card svg").first.is_visible()
    go.sees(page, "What you send is a test and is never counted.")
    page.goto(version)


def review(go: Going, page: Page, version: str) -> None:
    """Two members speak on question and categories, one objects, the coordinator answers and closes."""
    go.press(page, "Send it to review")
    for who in ("anna", "omar"):
        speak(go, go.at(go.as_person(who), version.removeprefix(go.node.url)), objects=who == "omar")
    page.goto(version)
    go.sees(page, "not right for us")
    open_one = page.locator("details[open]").first  # what is objected to waits open for its answer
    open_one.locator("textarea").fill("We will write Old Quay in the next version.")
    open_one.locator("button").click()
    go.look(page)
    go.sees(page, "Your answer stands beside the words.")
    go.press(page, "Close the review")


def speak(go: Going, page: Page, *, objects: bool) -> None:
    go.press(page, "Speak on it, question by question")
    things = page.locator("section.thing")
    assert things.count() == 3
    things.nth(0).get_by_label(go.say("Right for us"), exact=True).check()
    things.nth(1).get_by_label(go.say("I want to add something"), exact=True).check()
    things.nth(1).locator("textarea").fill("Those of the river say it otherwise.")
    if objects:
        things.nth(2).get_by_label(go.say("Not right for us"), exact=True).check()
        go.press(page, "Keep and go on")  # without a reason it is not kept, and says so
        go.sees(page, "Say in a sentence what is not right, or what is missing.")
        page.locator("section.thing").nth(2).locator("textarea").fill("We are the people of Old Quay.")
    go.press(page, "Keep and go on")
    things.nth(0).get_by_label(go.say("Right for us"), exact=True).check()
    go.press(page, "Keep and finish")


@pytest.mark.parametrize("way", WAYS)
def test_codes_are_given_printed_and_taken_back(going: Callable[[str], Going], way: str) -> None:
    go = going(way)
    page = go.at(go.as_person("coordinator"), f"{go.here}/keys")
    go.press(page, "Give keys")  # without names
    assert page.locator("[aria-invalid=true]").count() >= 1 or page.locator("textarea:invalid").count() == 1
    page.locator("textarea").fill("\n".join(f"Collector {number}, {way}" for number in range(1, 4)))
    go.press(page, "Give keys")
    assert page.locator(".card").count() == 3
    assert page.locator(".card").filter(has=page.locator("svg")).count() == 3
    page.emulate_media(media="print")
    assert not page.locator("header nav").is_visible()
    assert not page.get_by_role("link", name=go.say("I have them; back to the keys")).is_visible()
    if way != "plain":
        page.set_viewport_size(PAPER)  # type: ignore[arg-type]
        assert page.evaluate(OVERFLOWS) == []
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")
    go.press(page, "I have them; back to the keys")
    name = f"Collector 2, {way}"
    go.press(page, "A password for %(name)s", name=name)
    assert page.locator("dd.address").count() == 3
    go.press(page, "I have it; back to the keys")
    go.press(page, "Take back the key of %(name)s", name=name)
    go.sees(page, "The key of “%(name)s” opens nothing any more.", name=name)


@pytest.mark.parametrize("way", WAYS)
def test_a_receipt_shows_what_is_held_and_takes_it_back(going: Callable[[str], Going], way: str) -> None:
    go = going(way)
    code = go.sent(f"uuid:journey-{way}")
    page = go.at(go.as_person(None), "/receipt")
    page.locator("input[name=code]").fill("NOT-A-CODE")
    go.press(page, "Show me")
    assert page.locator("[aria-invalid=true]").count() == 1
    show(go, page, code)
    go.press(page, "See my answers")
    assert page.get_by_text("My daughter").is_visible()
    go.press(page, "Back to your receipt")
    write(go, page)
    take_back(go, page, "statistics")
    go.sees(page, "It is taken back")
    go.press(page, "Back to your receipt")
    take_back(go, page, "collection")
    go.sees(page, "Your answers are erased")
    show(go, go.at(page, "/receipt"), code)
    go.sees(page, "Nothing is held under this code. Either a letter is wrong, or everything was erased.")
    assert go.sent(f"uuid:journey-{way}") == ""
    cookies = {str(each.get("name")) for each in page.context.cookies()}
    assert cookies <= {"django_language", "csrftoken"}, "nobody is known again by a receipt"


def show(go: Going, page: Page, code: str) -> None:
    page.locator("input[name=code]").fill(code.lower())
    go.press(page, "Show me")


def write(go: Going, page: Page) -> None:
    """A word to the steward, who opens it."""
    go.press(page, "Write to the steward")
    page.locator("textarea").fill("Please tell us what came of it.")
    go.press(page, "Send")
    go.sees(page, "Your message is with the steward. Thank you.")
    go.press(page, "Back to your receipt")
    steward = go.at(go.as_person("steward"), f"{go.here}/consent/messages")
    steward.locator("main form button").first.click()
    assert steward.get_by_text("Please tell us what came of it.").is_visible()
    go.look(steward)


def take_back(go: Going, page: Page, purpose: str) -> None:
    """Chosen, asked once more, done."""
    go.press(page, "Take something back")
    page.locator(f"input[name=what][value={purpose}]").check()
    go.press(page, "Go on")
    assert page.get_by_role("heading", level=1).inner_text() == go.say("Are you sure?")
    page.locator("button[name=sure]").click()
    go.look(page)


def reach(page: Page, selector: str) -> None:
    """Goes on by the tab key until the focus is there, and sees that it can be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"the tab key does not come to {selector}")


def test_a_receipt_is_used_by_keyboard_alone(going: Callable[[str], Going]) -> None:
    go = going("keyboard")
    code = go.sent("uuid:journey-keys")
    page = go.at(go.as_person(None), "/receipt")
    page.keyboard.press("Tab")
    assert page.locator(".skip").is_visible()
    page.keyboard.press("Enter")
    reach(page, "input[name=code]")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.get_by_text("came on").wait_for()
    reach(page, "button.care")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Take back").wait_for()
    reach(page, "input[name=what]")
    page.keyboard.press("Space")
    for _ in range(5):  # the arrow goes round; the last one is everything
        if page.locator("input[value=collection]").is_checked():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Are you sure?").wait_for()
    reach(page, "button[name=sure]")
    page.keyboard.press("Enter")
    page.get_by_text("Your answers are erased").wait_for()


def test_the_review_is_done_by_keyboard_alone(going: Callable[[str], Going]) -> None:
    go = going("keyboard")
    coordinator = go.at(go.as_person("coordinator"), f"{go.here}/questionnaires/upload")
    coordinator.locator("input[type=file]").set_input_files(workbook(MENDED, "who_keyboard"))
    go.press(coordinator, "Check and keep as a draft")
    go.press(coordinator, "Send it to review")
    page = go.at(go.as_person("anna"), f"{coordinator.url.removeprefix(go.node.url)}/review/1")
    reach(page, "section.thing input[type=radio]")
    page.keyboard.press("ArrowDown")
    assert page.locator("section.thing").first.get_by_label("Not right for us", exact=True).is_checked()
    reach(page, "section.thing textarea")
    page.keyboard.type("Nobody asks us so.")
    reach(page, "main form .actions button")
    page.keyboard.press("Enter")
    page.get_by_text("Question 2 of 2").wait_for()
