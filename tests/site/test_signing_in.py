"""Coming in: by a code in a mail, by a password, with a second factor; and what strangers cannot learn."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache

from everycount.site.ledger.models import Event
from everycount.site.people.actions.persons import make_account
from everycount.site.people.models import Person
from site_world import AT

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db
EMAIL, PASSWORD = "invented@example.org", "an invented long password"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def account(password: str | None = PASSWORD) -> Person:
    return make_account(email=EMAIL, name="Invented Person", at=AT, language="fr", password=password)


def code() -> str:
    found = re.search(r"^[A-Z0-9]+-[A-Z0-9]+$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found.group()


def sign_up(client: Client, email: str = EMAIL) -> HttpResponse:
    given = {"email": email, "name": "Invented Person", "language": "bn", "password1": ""}
    return client.post("/account/signup/", given, follow=True)  # type: ignore[return-value]


def test_who_signs_up_proves_the_address_by_a_code(client: Client) -> None:
    assert sign_up(client).status_code == 200
    assert not client.session.get("_auth_user_id")
    answer = client.post("/account/confirm-email/", {"code": code()})
    assert answer.status_code == 302
    person = Person.objects.get()
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.name, person.language) == ("Invented Person", "bn")
    assert not person.has_usable_password()
    assert [event.object for event in Event.objects.filter(verb="person.joined")] == [person.ref]
    assert client.cookies["django_language"].value == "bn"


def test_a_wrong_code_does_not_open(client: Client) -> None:
    sign_up(client)
    client.post("/account/confirm-email/", {"code": "WRNG-CODE"})
    assert not client.session.get("_auth_user_id")


def test_a_code_in_a_mail_opens_an_account(client: Client) -> None:
    person = account(None)
    client.post("/account/login/code/", {"email": EMAIL.upper()})
    client.post("/account/login/code/confirm/", {"code": code()})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_three_wrong_codes_end_it(client: Client) -> None:
    account(None)
    client.post("/account/login/code/", {"email": EMAIL})
    right = code()
    for _ in range(3):
        client.post("/account/login/code/confirm/", {"code": "WRNG-CODE"})
    client.post("/account/login/code/confirm/", {"code": right})
    assert not client.session.get("_auth_user_id")


def test_a_password_opens_an_account_and_a_wrong_one_does_not(client: Client) -> None:
    person = account()
    client.post("/account/login/", {"login": EMAIL, "password": "another"})
    assert not client.session.get("_auth_user_id")
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.password.startswith("argon2$")


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("/account/login/code/", {"email": "{}"}),
        ("/account/password/reset/", {"email": "{}"}),
        ("/account/signup/", {"email": "{}", "name": "Invented", "language": "en", "password1": ""}),
    ],
)
def test_nobody_learns_who_has_an_account(client: Client, address: str, given: dict[str, str]) -> None:
    account()
    answers = []
    for email in (EMAIL, "nobody@example.org"):
        client.cookies.clear()
        answer = client.post(address, {key: value.format(email) for key, value in given.items()}, follow=True)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
        answers.append((answer.status_code, answer.redirect_chain, text.replace(email, "")))
    assert answers[0] == answers[1]


def test_guessing_passwords_is_slowed_down(client: Client) -> None:
    account()
    for _ in range(6):
        client.post("/account/login/", {"login": EMAIL, "password": "another"})
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert not client.session.get("_auth_user_id")


def test_asking_for_codes_is_slowed_down(client: Client) -> None:
    account()
    for _ in range(8):
        client.post("/account/login/code/", {"email": EMAIL})
    assert len(mail.outbox) <= 3


def test_a_second_factor_is_asked_for_and_its_secret_is_not_kept_in_the_clear(client: Client) -> None:
    person, secret = account(), "JBSWY3DPEHPK3PXP"
    TOTP.activate(person, secret)
    assert secret not in str(Authenticator.objects.get().data)
    assert get_adapter().decrypt(Authenticator.objects.get().data["secret"]) == secret
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert not client.session.get("_auth_user_id")
    counter = next(iter(yield_hotp_counters_from_time()))
    given = {"code": format_hotp_value(hotp_value(secret, counter))}
    client.post("/account/factors/authenticate/", given)
    assert client.session["_auth_user_id"] == str(person.pk), time.time()


def test_who_is_shut_out_stays_out(client: Client) -> None:
    account()
    Person.objects.update(is_active=False)
    client.post("/account/login/", {"login": EMAIL, "password": PASSWORD})
    assert not client.session.get("_auth_user_id")


def test_who_signs_up_is_told_that_no_password_is_needed(client: Client) -> None:
    assert b"You need none" in client.get("/account/signup/").content


@pytest.mark.parametrize("address", ["/account/login/", "/account/signup/", "/account/login/code/", "/"])
def test_pages_run_no_script_of_others_and_none_inline(client: Client, address: str) -> None:
    answer = client.get(address)
    text = answer.content.decode()
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    for attributes, inside in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.DOTALL):
        assert not inside.strip() or 'type="application/json"' in attributes
    assert " style=" not in text
    assert not re.findall(r"<[^>]+\son\w+=", text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def test_the_account_pages_open(client: Client) -> None:
    client.force_login(account())
    for address in (
        "/account/",
        "/account/email/",
        "/account/password/change/",
        "/account/factors/",
        "/account/factors/webauthn/",
        "/account/logout/",
    ):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        assert b'class="home"' in answer.content, address


def test_no_other_site_hears_where_a_reader_comes_from_and_buttons_still_work(client: Client) -> None:
    """Under "no-referrer" browsers send ``Origin: null`` with every form, and each would be refused."""
    assert client.get("/")["Referrer-Policy"] == "same-origin"
    careful = type(client)(enforce_csrf_checks=True)
    answer = careful.post("/account/login/", {}, headers={"origin": "null"})
    assert answer.status_code == 403
    assert b"open for too long" in answer.content
