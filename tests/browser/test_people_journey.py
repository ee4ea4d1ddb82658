"""People come in with a browser: passkey, code, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.live_node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.slow]
EMAIL = "invented@example.org"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

WORLD = """
from datetime import UTC, datetime
from everycount.site.registry.models import Initiative
from everycount.site.people.models import *
from everycount.site.people.actions import openings
from everycount.site.people.actions.persons import make_account, give_node_role
from everycount.site.people.actions.roles import *
at = datetime.now(UTC)
here = Initiative.objects.create(slug='water', name='Invented water watch',
    about='Who fetches water.\\n\\nWe ask.', listed=True, invented=True, began_at=at)
steward = make_account(email='steward@example.org', name='Invented Steward', at=at,
    password='invented-password')
for role in ('steward', 'coordinator'):
    Assignment.objects.create(person=steward, initiative=here, role=role, since=at)
give_node_role(person=steward, role=NodeRole.SECRETARIAT, by='system', at=at)
operator = make_account(email='operator@example.org', name='Invented Operator', at=at)
give_node_role(person=operator, role=NodeRole.OPERATOR, by='system', at=at)
openings.ask(initiative=here, reason='An invented emergency', hours=2, by=operator, at=at)
Organisation.objects.create(name='Invented union', kind='civil_society', country='BGD')
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    started = Node.started(tmp_path_factory.mktemp("node"))
    started.run(WORLD)
    yield started
    started.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="en", viewport={"width": 360, "height": 740})
    asked: list[str] = []
    context.set_default_timeout(8000)
    opened = context.new_page()
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert all(url.startswith(("http://localhost:", "data:")) for url in asked)


def with_authenticator(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_signing_up_and_in_with_a_passkey(node: Node, page: Page) -> None:
    with_authenticator(page)
    page.goto(node.url)
    page.get_by_role("link", name="Work together").click()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_role("link", name="With a passkey").click()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Your name").fill("Invented Person")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code").fill(node.code_for(EMAIL))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Invented Person").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("link", name="Invented Person").count() == 0
    page.get_by_role("navigation").get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="With a passkey").click()
    page.get_by_role("link", name="Invented Person").click()
    page.get_by_role("link", name="Passkeys").click()
    assert page.get_by_role("heading", name="Passkeys").is_visible()
    assert page.get_by_role("link", name="Remove").count() == 1


def test_coming_in_by_code_without_a_script(node: Node, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(f"{node.url}/account/login/")
    assert not page.get_by_role("button", name="With a passkey").is_visible()
    page.get_by_role("link", name="Send me a code by e-mail").click()
    page.get_by_label("Email").fill("operator@example.org")
    page.locator("main button").first.click()
    page.get_by_label("Code").fill(node.code_for("operator@example.org"))
    page.get_by_role("button", name="Confirm").click()
    assert page.get_by_role("link", name="Invented Operator").is_visible()
    context.close()
