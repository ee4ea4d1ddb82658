"""People come in with a browser: passkey, code, without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.live_node import Node
from browser.looked_at import on_a_phone
from browser.spoken import Spoken

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


LEAVER = """
from datetime import UTC, datetime
from everycount.site.people.actions.persons import make_account
make_account(email='{email}', name='Invented Leaver', at=datetime.now(UTC), password='{password}')
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


@pytest.mark.parametrize("language", ["en", "ar"])
def test_signing_up_and_in_with_a_passkey(node: Node, page: Page, language: str) -> None:
    say, email = Spoken(language), f"{language}-{EMAIL}"
    cookie = {"name": "django_language", "value": language, "url": node.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    with_authenticator(page)
    page.goto(node.url)
    page.get_by_role("navigation").get_by_role("link", name=say("Sign in")).click()
    page.get_by_role("link", name=say("Make an account")).click()
    page.get_by_role("link", name=say("With a passkey")).click()
    page.locator("input[name=email]").fill(email)
    page.get_by_label(say("Your name")).fill("Invented Person")
    page.locator("select[name=language]").select_option(language)
    page.get_by_role("button", name=say("Go on")).click()
    page.locator("input[name=code]").fill(node.code_for(email))
    page.get_by_role("button", name=say("Confirm")).click()
    assert on_a_phone(page) == []
    page.get_by_role("button", name=say("Create")).click()
    page.get_by_role("link", name="Invented Person").click()
    page.get_by_role("button", name=say("Sign out")).click()
    assert page.get_by_role("link", name="Invented Person").count() == 0
    page.get_by_role("navigation").get_by_role("link", name=say("Sign in")).click()
    page.get_by_role("button", name=say("With a passkey")).click()
    page.get_by_role("link", name="Invented Person").click()
    page.get_by_role("link", name=say("Passkeys")).click()
    assert page.get_by_role("heading", name=say("Passkeys")).is_visible()
    assert page.get_by_role("link", name=say("Remove")).count() == 1


@pytest.mark.parametrize("way", ["script", "plain"])
def test_a_lost_phone_is_signed_out_and_an_account_ends(node: Node, browser: Browser, way: str) -> None:
    email, password = f"{way}-leaves@example.org", "invented-password"
    node.run(LEAVER.format(email=email, password=password))
    options = {"java_script_enabled": way == "script", "locale": "en"}
    phone, desk = (browser.new_context(**options).new_page() for _ in range(2))  # type: ignore[arg-type]
    for each in (phone, desk):
        each.goto(f"{node.url}/account/login/")
        each.get_by_label("Email").fill(email)
        each.get_by_label("Password").fill(password)
        each.get_by_role("button", name="Sign in", exact=True).click()
        each.get_by_role("link", name="Invented Leaver").wait_for()
    desk.goto(f"{node.url}/account/sessions")
    assert desk.get_by_text("Chrome, Linux").count() == 2
    desk.get_by_role("button", name="End the others").click()
    desk.get_by_text("1 other session has ended.").wait_for()
    phone.goto(f"{node.url}/account/")
    assert phone.get_by_role("heading", name="Sign in").is_visible()
    desk.goto(f"{node.url}/account/")
    desk.get_by_role("link", name="End your account").click()
    desk.locator("input[name=password]").fill(password)
    desk.locator("main button").first.click()
    desk.get_by_label("I want to end my account for ever.").check()
    desk.get_by_role("button", name="End my account").click()
    desk.get_by_text("Your account has ended.").wait_for()
    for each in (phone, desk):
        each.context.close()


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
