"""The journey of a number: from a plan by click to the public, and on to what replaces it.

Inside the initiative everybody goes by the keyboard alone; readers have a phone, and no account. With the
pages' scripts, where every page is held to axe at both widths, in the dark and on paper, and without.
"""

from __future__ import annotations

import csv
import io
import re
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from browser import release_world
from browser.by_keyboard import Hands
from browser.live_node import Node
from browser.looked_at import DESKTOP, PHONE, everywhere, keep
from everycount.site.demo import phones

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
_LOOKS = count(1)
PATIENCE = 180_000  # milliseconds that something in the background may take on a slow machine
READER, FEEDBACK = "reader@example.org", "A meeting in each village, after the harvest."
WITHHELD = "On the hill everybody knows who has no light."
DISSENT = "I would wait until the harvest is over."
# Until what people allow is read of everything that came.
READ = """
import time
from everycount.site.collection.models import Submission
end = time.monotonic() + 120
while time.monotonic() < end and Submission.objects.filter(awaits_consent=True).exists():
    time.sleep(0.2)
print(Submission.objects.filter(awaits_consent=True).count())
"""
# What stands in the mails to an address; read until one has the words.
MAILED = """
import time
from everycount.site.running import set_up
from django.conf import settings
folder = settings.ENVIRONMENT.data / "mail"
end, found = time.monotonic() + 120, ""
while time.monotonic() < end and not found:
    said = [file.read_text() for file in folder.iterdir()]
    found = next((each for each in said if "To: {to}" in each and "{words}" in each), "")
    time.sleep(0.2)
print(found)
"""
# What a page about a number answers, for whoever reads that number.
ANSWERS = ("Of whom", "What was asked", "From how many", "Who agreed", "What may not be concluded")
CLICKS = 2


@dataclass
class Story:
    """One way of going: its browser, its initiative, and the receipts of those who answered."""

    browser: Browser
    node: Node
    way: str
    world: dict[str, Any]
    receipts: list[str] = field(default_factory=list)
    open: list[BrowserContext] = field(default_factory=list)

    @property
    def here(self) -> str:
        return f"/initiatives/{self.world['slug']}"

    def page(self, who: str, size: dict[str, int]) -> Page:
        """Somebody's own browser."""
        context = self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="en",
            java_script_enabled=self.way == "script",
        )
        self.open.append(context)
        context.set_default_timeout(30_000)
        if who:
            session = {"name": "sessionid", "value": self.world["sessions"][who], "url": self.node.url}
            context.add_cookies([session])  # type: ignore[list-item]
        return context.new_page()

    def sits_down(self, who: str, path: str) -> Hands:
        """Somebody with a role, at a desk, by keyboard."""
        page = self.page(who, DESKTOP)
        page.goto(f"{self.node.url}{self.here}{path}")
        return Hands(page, self.way == "script")

    def looks(self, at: Page | Hands) -> None:
        """Nothing is wrong with the page as it stands there; by keyboard everything on it is reached."""
        if self.way != "script":
            return
        page = at.page if isinstance(at, Hands) else at
        size = page.viewport_size
        if isinstance(at, Hands):
            at.goes_round()
        assert everywhere(page) == [], page.url
        keep(page, f"release-{next(_LOOKS):02}-{page.url.rpartition('/')[2][:20]}")
        page.set_viewport_size(size)  # type: ignore[arg-type]

    def reads(self, path: str) -> Page:
        """Somebody without an account, on a phone."""
        page = self.page("", PHONE)
        page.goto(f"{self.node.url}{path}")
        return page

    def answer(self) -> None:
        """Everybody answers, and what they allow is read."""
        base = f"{self.node.url}/key/{self.world['phone']}"
        for number in range(release_world.PEOPLE):
            self.receipts.append(phones.send(base, release_world.answers(self.world["form_id"], number)))
        assert self.node.run(READ).split() == ["0"]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("releases"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def worlds(node: Node) -> dict[str, Any]:
    return node.world(release_world)


@pytest.mark.parametrize("way", release_world.WAYS)
def test_a_number_goes_from_its_plan_to_the_public_and_is_replaced(
    browser: Browser, node: Node, worlds: dict[str, Any], way: str, tmp_path: Path
) -> None:
    story = Story(browser, node, way, worlds[way])
    try:
        story.answer()
        where = a_draft_is_made(story)
        where = one_number_is_withheld(story, where)
        the_community_agrees(story, where)
        it_is_published(story, where)
        release = a_reader_finds_where_a_number_comes_from(story)
        a_figure_is_taken_along(story, release, tmp_path)
        secret = somebody_follows(story, release)
        somebody_takes_consent_back(story, release)
        others_take_consent_back(story)
        it_is_made_anew(story)
        what_was_replaced_leads_on(story, release)
        assert secret in the_mail(story, "/releases/")
    finally:
        for context in story.open:
            context.close()


def a_draft_is_made(story: Story) -> str:
    """The analyst takes a plan that is proposed, adds the villages, tries it, and asks for a draft."""
    hands = story.sits_down("analyst", "/plans")
    story.looks(hands)
    hands.goes_to(hands.page.get_by_label("Country or area"))
    hands.page.keyboard.type("India")
    hands.presses("Propose a plan")
    assert hands.page.get_by_text("The plan is kept.").count() == 1
    story.looks(hands)
    hands.follows("Add groups of people")
    hands.chooses(hands.page.locator("input[name=question][value=village]"))
    story.looks(hands)
    hands.presses("Go on")
    hands.presses("Keep")
    hands.follows("Try it: what would be hidden?")
    story.looks(hands)
    hands.presses("Compute a draft")
    return is_computed(story, hands)


def is_computed(story: Story, hands: Hands) -> str:
    """The page looks by itself until the draft is there, without a script, too; its path."""
    hands.page.locator(".status b", has_text=re.compile("^Draft$")).wait_for(timeout=PATIENCE)
    return hands.page.url.partition("?")[0].removeprefix(f"{story.node.url}{story.here}")


def proposed_and_approved(story: Story, where: str) -> None:
    """What comes back is said by the analyst; the reviewer looks at the checks and approves."""
    hands = story.sits_down("analyst", where)
    story.looks(hands)
    hands.types(hands.page.get_by_label("What comes back to the people who answered"), FEEDBACK)
    hands.presses("Propose it")
    hands = story.sits_down("reviewer", where)
    hands.follows("Checks")
    story.looks(hands)
    assert hands.page.get_by_text("It stops here").count() == 0
    hands.page.go_back()
    hands.presses("Approve it")
    assert hands.page.locator(".status").get_by_text("With the community body").count() == 1


def one_number_is_withheld(story: Story, where: str) -> str:
    """A member does not want one number shown; the release is computed again without it."""
    proposed_and_approved(story, where)
    hands = story.sits_down("anna", where)
    story.looks(hands)
    hands.follows("Say what should not be shown")
    story.looks(hands)
    link = hands.page.get_by_role("link", name=re.compile(r"Not this.*light at night.*Hill"))
    hands.goes_to(link)
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")
    hands.types(hands.page.get_by_label("Why should it not be shown?"), WITHHELD)
    story.looks(hands)
    hands.presses("I do not want this shown")
    hands.page.goto(f"{story.node.url}{story.here}{where}")
    hands.presses("Compute it again without what shall not be shown")
    return is_computed(story, hands)


def the_community_agrees(story: Story, where: str) -> None:
    """One objects and has to say why; two agree, which the rule asks for, and one of them closes it."""
    proposed_and_approved(story, where)
    hands = story.sits_down("omar", where)
    hands.chooses(hands.page.locator("#speak input[name=stance][value=object]"))
    hands.presses("Keep my word")
    assert hands.page.locator("#speak [aria-invalid=true]").count() == 1, "a reason is missing"
    story.looks(hands)
    hands.chooses(hands.page.locator("#speak input[name=stance][value=object]"))
    hands.types(hands.page.get_by_label("In your words"), DISSENT)
    hands.presses("Keep my word")
    assert hands.page.get_by_text("Your word counts.").count() == 1
    for who in ("anna", "rosa"):
        hands = story.sits_down(who, where)
        hands.chooses(hands.page.locator("#speak input[name=stance][value=agree]"))
        hands.presses("Keep my word")
    assert hands.page.get_by_text("2 of 2 agree").count() == 1
    assert hands.page.get_by_text("1 person does not agree").count() == 1
    story.looks(hands)
    hands.presses("Close the decision: we agree")
    assert hands.page.locator(".status").get_by_text("Agreed, not yet public").count() == 1


def it_is_published(story: Story, where: str) -> None:
    hands = story.sits_down("steward", where)
    story.looks(hands)
    hands.presses("Publish it")
    assert hands.page.locator(".status").get_by_text("Public", exact=True).count() == 1
    story.looks(hands)


def a_reader_finds_where_a_number_comes_from(story: Story) -> str:
    """From wherever a number is read, its own page is at most two clicks away, and answers; the release."""
    page = story.reads("/")
    story.looks(page)
    found = page.locator("article", has_text=f"Invented villages ({story.way})")
    found.get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/releases/[^/]+/\d+$"))
    release = page.url.removeprefix(story.node.url)
    story.looks(page)
    assert page.get_by_text(DISSENT).count() == 1, "dissent is public where whoever spoke wants it"
    page.locator("h1 ~ .sure a").first.click()
    page.wait_for_url(re.compile("/numbers/"))
    number = page.url.removeprefix(story.node.url)
    story.looks(page)
    said = page.locator("main").inner_text()
    assert not [each for each in ANSWERS if each not in said]
    assert "Is there a tap at your home?" in said or "Is there light at night?" in said
    assert "2 members of the community body agreed. 2 were needed. 1 did not agree." in said
    assert "It must not be used to find, name or judge a person or a household." in said
    figures = [each for each in links(story, release) if "/figures/" in each]
    assert figures
    plan = release.rpartition("/")[0]
    for start in ("/", "/releases", plan, story.here, release, f"{release}/numbers"):
        assert clicks(story, start, number) <= CLICKS, start
    for each in figures:
        assert numbers_on(story, each)
    for shown in numbers_on(story, release):
        assert clicks(story, release, shown) == 1
    return release


def clicks(story: Story, start: str, wanted: str) -> int:
    """How many links a reader follows in the middle of pages, at the fewest; more than enough for never."""
    at, seen = {start}, {start}
    for steps in range(1, CLICKS + 1):
        at = {link for path in at for link in links(story, path)} - seen
        if wanted in at:
            return steps
        seen |= at
        at = {path for path in at if path.startswith(("/releases", "/numbers", "/initiatives"))}
    return CLICKS + 1


def links(story: Story, path: str) -> list[str]:
    """Where the middle of a page leads to, on this node; a link that leads nowhere fails."""
    status, body = phones.ask(story.node.url, "GET", path)
    assert status == 200, (status, path)
    middle = body.decode(errors="replace").partition("<main")[2].partition("</main>")[0]
    return [each.partition("#")[0] for each in re.findall(r'<a [^>]*href="(/[^"]*)"', middle)]


def numbers_on(story: Story, release: str) -> set[str]:
    return {link for link in links(story, release) if link.startswith("/numbers/")}


def a_figure_is_taken_along(story: Story, release: str, folder: Path) -> None:
    """Its table has the value that its page shows, and its picture is drawn."""
    page = story.reads(release)
    page.get_by_role("link", name="This figure: table, files, how to cite it").first.click()
    page.wait_for_url(re.compile("/figures/"))
    story.looks(page)
    table = taken(page, "Its numbers (CSV)", folder)
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    shown = {f"{round(100 * float(row['value']))}%" for row in rows if row["value"]}
    page.locator("summary", has_text="The numbers as a table").first.click()
    cells = page.locator("figure table td a").all_inner_texts()
    assert shown
    assert shown == {each.strip() for each in cells if each.strip().endswith("%")}
    drawing = ET.fromstring(taken(page, "Its picture (SVG)", folder))  # noqa: S314 - our own node made it
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"


def taken(page: Page, name: str, folder: Path) -> bytes:
    """The file behind a link."""
    with page.expect_download() as waited:
        page.get_by_role("link", name=name).click()
    where = folder / waited.value.suggested_filename
    waited.value.save_as(where)
    return where.read_bytes()


def somebody_follows(story: Story, release: str) -> str:
    """An address is asked whether it wants to be told, and says yes; the secret of its mails."""
    page = story.reads(release)
    page.get_by_role("link", name="Be told when these numbers change").click()
    page.get_by_label("Your email address").fill(f"{story.way}-{READER}")
    story.looks(page)
    page.get_by_role("button", name="Write to me").click()
    page.get_by_text("a mail is on its way").wait_for()
    found = re.search(r"/following/(\S+)", the_mail(story, "/following/"))
    assert found
    page.goto(f"{story.node.url}{found.group()}")
    story.looks(page)
    page.get_by_role("button", name="Yes, write to me").click()
    page.get_by_text("You will be told when these numbers change.").wait_for()
    return found.group(1)


def the_mail(story: Story, words: str) -> str:
    """The mail to the reader that has these words in it; waits for it."""
    said = story.node.run(MAILED.format(to=f"{story.way}-{READER}", words=words))
    assert said.strip(), "no mail came"
    return said


def somebody_takes_consent_back(story: Story, release: str) -> None:
    """With the code on the slip; every page of the numbers says so from then on."""
    number = min(numbers_on(story, release))
    for path in (release, number):
        assert story.reads(path).get_by_text("These numbers are under revision.").count() == 0
    page = story.reads("/receipt")
    page.locator("input[name=code]").fill(story.receipts[0].lower())
    page.get_by_role("button", name="Show me").click()
    page.get_by_role("heading", name="What is held of you").wait_for()
    assert page.get_by_role("main").locator(f"a[href='{release}']").count() == 1, "it says what came of it"
    page.get_by_role("button", name="Take something back").click()
    page.locator("input[name=what][value=statistics]").check()
    page.get_by_role("button", name="Go on").click()
    page.locator("button[name=sure]").click()
    page.get_by_text("Your answers are erased").wait_for()  # nothing else was allowed
    for path in (release, number, release.rpartition("/")[0]):
        page = story.reads(path)
        assert page.get_by_text("These numbers are under revision.").count() == 1
        story.looks(page)


def others_take_consent_back(story: Story) -> None:
    """As many as a revision waits for, so that it tells of nobody alone."""
    from everycount.site.publication.queries.revision import FEWEST

    for code in story.receipts[1 : FEWEST + 2]:
        assert phones.take_back(story.node.url, code, "statistics")


def it_is_made_anew(story: Story) -> None:
    """Computed, checked, agreed to and published as the first was."""
    hands = story.sits_down("analyst", "/releases")
    story.looks(hands)
    hands.goes_to(hands.page.get_by_role("button", name=re.compile("^Compute a release")))
    with hands.page.expect_navigation():
        hands.page.keyboard.press("Enter")
    where = is_computed(story, hands)
    hands.follows("Beside release 1")
    story.looks(hands)
    proposed_and_approved(story, where)
    for who in ("anna", "rosa"):
        hands = story.sits_down(who, where)
        hands.chooses(hands.page.locator("#speak input[name=stance][value=agree]"))
        hands.presses("Keep my word")
    hands.presses("Close the decision: we agree")
    it_is_published(story, where)


def what_was_replaced_leads_on(story: Story, release: str) -> None:
    """Files answer 410 and say where to go; pages say so in words; a number leads to what replaced it."""
    fresh = f"{release.rpartition('/')[0]}/2"
    for path in ("files/cells.csv", "figures/distance/table.csv", "figures/distance"):
        with pytest.raises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(f"{story.node.url}{release}/{path}", timeout=60)  # noqa: S310 - our own node
        assert gone.value.code == 410
        assert gone.value.headers["Link"] == f'<{story.node.url}{fresh}>; rel="successor-version"'
    page = story.reads(f"{release}/figures/distance")
    story.looks(page)
    page.get_by_role("link", name="Go to release 2, which holds").click()
    page.wait_for_url(f"**{fresh}")
    assert page.get_by_text("These numbers are under revision.").count() == 0
    story.looks(page)
    page.goto(f"{story.node.url}{release}")
    page.get_by_text("These numbers do not hold any more.").first.wait_for()
    story.looks(page)
    old = story.reads(min(numbers_on(story, fresh)).replace(".2.", ".1."))
    old.get_by_text("What replaced it").wait_for()
    story.looks(old)
