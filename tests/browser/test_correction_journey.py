"""What came back is mended on the phone that sent it: opened, left, gone on with, sent, and answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser.live_node import Node
from browser.looked_at import everywhere, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
PHONE = {"width": 360, "height": 740}
WORDS = "The bird must be a grown one. Ask again."
MAKE = """
import json, sys
sys.path.insert(0, {tests!r})
from site_world import initiative, key, person, published
from everycount.site.people.models import Role
where = initiative()
published(where, "invented_form")
reviewer = person(Role.REVIEWER, where)
collector = person(Role.COLLECTOR, where)
made, secret = key(where)
made.person = collector
made.save()
print(json.dumps({{"key": secret, "slug": where.slug, "reviewer": reviewer.email}}))
"""
RETURN = """
from datetime import UTC, datetime
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import read_waiting
from everycount.site.people.models import Person
from everycount.site.review.actions import decide
from everycount.site.review.models import Reason, State
now = datetime.now(UTC)
while read_waiting(at=now): pass
one = Submission.objects.latest("received_at")
by = Person.objects.get(email={reviewer!r})
decide(submission=one.pk, state=State.RETURNED, edition=one.editions.count(), by=by, at=now,
       reason=Reason.IMPLAUSIBLE, words={words!r}, questions=["answer"])
"""
SEEN = """
import json
from datetime import UTC, datetime
from everycount.questionnaire import read_envelope
from everycount.site.collection.models import Attachment, Submission
from everycount.site.consent.actions import read_waiting
from everycount.site.people.models import Person
from everycount.site.consent import gate
from everycount.site.review.actions import open_changes
from everycount.site.review.queries.remarks import words_of
now = datetime.now(UTC)
while read_waiting(at=now): pass
by = Person.objects.get(email={reviewer!r})
one = Submission.objects.latest("received_at")
changes = open_changes(submission=one, language="en", by=by, at=now)
print(json.dumps({{
    "editions": one.editions.count(),
    "submissions": Submission.objects.count(),
    "changes": [[each.asked, each.old, each.new] for each in changes[0].differences] if changes else [],
    "replies": list(words_of(one.replies.all()).values()),
    "files": Attachment.objects.filter(submission=one).exclude(item=None).count(),
    "missing": Attachment.objects.filter(submission=one, item=None).count(),
}}))
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("node"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def made(node: Node) -> dict[str, str]:
    found: dict[str, str] = json.loads(node.run(MAKE.format(tests=str(Path(__file__).parents[1]))))
    return found


def looked_at(page: Page, name: str) -> None:
    """As it stands there: light and dark, on a phone and on a desk."""
    assert everywhere(page) == []
    keep(page, name)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def seen(node: Node, made: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(node.run(SEEN.format(reviewer=made["reviewer"])))
    return found


def until_sent(page: Page) -> None:
    page.get_by_text("Everything is sent.").wait_for(timeout=90_000)


def sent(where: BrowserContext, node: Node, made: dict[str, str]) -> Page:
    """A page on which a form was filled in and sent, with a picture."""
    where.set_default_timeout(60_000)
    page = where.new_page()
    page.goto(f"{node.url}/fill/#{made['key']}")
    page.get_by_role("button", name="Fill in").click()
    page.get_by_text("May your answers be counted?").wait_for()
    page.get_by_text("Yes", exact=True).click()
    page.get_by_label("Tell us").fill("a chick")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "bird.png", "mimeType": "image/png", "buffer": _PICTURE}
    )
    page.get_by_role("button", name="Done").click()
    page.get_by_role("heading", name="Receipts").wait_for()
    until_sent(page)
    return page


_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)


def test_what_came_back_is_mended_and_answered(browser: Browser, node: Node, made: dict[str, str]) -> None:
    where = browser.new_context(viewport=PHONE)
    page = sent(where, node, made)
    receipts = page.locator(".receipt code").count()
    node.run(RETURN.format(reviewer=made["reviewer"], words=WORDS))
    page.reload()
    section = page.get_by_role("region", name="What came back")
    section.get_by_text("An answer can hardly be right").wait_for()
    assert section.get_by_text(WORDS).is_visible()
    assert section.get_by_role("listitem").filter(has_text="Tell us").count()
    looked_at(page, "returned")

    # A word to the reviewers, by keyboard.
    section.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your answer to the reviewers").focus()
    page.keyboard.type("It was a chick indeed, and then a grown one came.")
    page.evaluate("for (let each = 0; each < 3; each++) window.dispatchEvent(new Event('offline'))")
    page.wait_for_timeout(300)
    looked_at(page, "returned-answer")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Your answer is with the reviewers.").wait_for()
    page.get_by_text("You have answered.").wait_for()

    # Opened for editing with what was answered; left, and gone on with after the page was closed.
    page.get_by_role("button", name="Mend it").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Tell us").wait_for()
    assert page.get_by_label("Tell us").input_value() == "a chick"
    page.get_by_label("Tell us").fill("a heron")
    page.wait_for_timeout(4000)  # the page looks every three seconds
    page.close(run_before_unload=False)
    page = where.new_page()
    page.goto(f"{node.url}/fill/")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Tell us").wait_for()
    assert page.get_by_label("Tell us").input_value() == "a heron"
    where.set_offline(True)
    page.get_by_role("button", name="Done").click()
    page.get_by_text("Waiting to be sent: 1").wait_for()
    assert page.get_by_role("button", name="Mend it").count() == 0
    where.set_offline(False)
    until_sent(page)
    assert page.locator(".receipt code").count() == receipts, "the person has a code already"

    assert seen(node, made) == {
        "editions": 2,
        "submissions": 1,
        "changes": [["Tell us", "a chick", "a heron"]],
        "replies": ["It was a chick indeed, and then a grown one came."],
        "files": 1,
        "missing": 0,
    }
    where.close()


# The node itself looks at what came, and takes back a flag that it did not raise: so it is let look first.
FLAG = """
import time
from datetime import UTC, datetime
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import read_waiting
from everycount.site.fieldwork.models import Flag, Look
now = datetime.now(UTC)
while read_waiting(at=now): pass
one = Submission.objects.latest("received_at")
end = time.monotonic() + 90
while not Look.objects.filter(submission=one).exclude(instance="").exists():
    assert time.monotonic() < end, "the node does not look at what came"
    time.sleep(0.2)
here = Flag.objects.filter(submission=one, kind="long")
while not here.exists():
    assert time.monotonic() < end, "the node takes the flag back each time"
    Flag.objects.create(questionnaire=one.questionnaire, submission=one, kind="long", since=now)
    time.sleep(5)
"""


def test_what_looks_odd_is_asked_on_the_phone_and_answered(
    browser: Browser, node: Node, made: dict[str, str]
) -> None:
    where = browser.new_context(viewport=PHONE)
    page = sent(where, node, made)
    node.run(FLAG)
    page.reload()
    section = page.get_by_role("region", name="Questions about what you sent")
    section.get_by_text("Was the form left open?").wait_for()
    looked_at(page, "asked")
    section.get_by_role("button", name="Answer").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Your answer to the reviewers").focus()
    assert not page.locator("#languages").is_visible()
    page.keyboard.type("We had tea, and went on after it.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    section.get_by_text("You have answered.").wait_for()
    assert page.locator("#languages").is_visible()
    assert seen(node, made)["replies"] == ["We had tea, and went on after it."]
    node.run(
        "from everycount.site.collection.models import Submission\n"
        "from everycount.site.consent.actions import How, erase\n"
        "from datetime import UTC, datetime\n"
        "one = Submission.objects.latest('received_at').pk\n"
        "erase(submission=one, by='respondent', at=datetime.now(UTC), how=How.RECEIPT)"
    )
    page.reload()
    section.wait_for(state="detached")
    where.close()


def test_a_correction_that_was_begun_goes_when_it_is_not_wanted_any_more(
    browser: Browser, node: Node, made: dict[str, str]
) -> None:
    where = browser.new_context(viewport=PHONE, locale="ar")
    where.set_default_timeout(60_000)
    page = where.new_page()
    node.run(RETURN.format(reviewer=made["reviewer"], words=WORDS))
    page.goto(f"{node.url}/fill/#{made['key']}")
    page.locator("#returned button").first.wait_for()
    looked_at(page, "returned-arabic")
    page.locator("#returned button").first.click()
    page.get_by_label("Tell us").wait_for()
    page.locator("p.back button").click()
    page.locator("#drafts").wait_for()
    node.run(
        "from everycount.site.collection.models import Submission\n"
        "from everycount.site.consent.actions import How, erase\n"
        "from datetime import UTC, datetime\n"
        "one = Submission.objects.get().pk\n"
        "erase(submission=one, by='respondent', at=datetime.now(UTC), how=How.RECEIPT)"
    )
    page.reload()
    page.locator("#returned, #drafts").first.wait_for(state="detached")
    page.wait_for_timeout(1000)
    assert page.locator("#returned, #drafts").count() == 0
    where.close()
