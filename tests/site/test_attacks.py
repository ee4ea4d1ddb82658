"""Somebody who wishes harm and knows the addresses: from outside, from another initiative, from within."""

from __future__ import annotations

import io
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from consented import Field
from everycount.site.collection import actions as collection
from everycount.site.collection.models import KeyKind
from everycount.site.people.actions import invitations
from everycount.site.people.actions.initiatives import change
from everycount.site.people.models import NodeRole, Role
from site_addresses import ROWS, Row, World, addresses, path_of
from site_world import AT, answers, initiative, key, person, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from everycount.site.people.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "a long and invented one"  # noqa: S105 - of nobody
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
ODD = ("%00", "%ED%A0%80", "9" * 20)
ASKED = ("page", "language", "token", "key", "day", "begins", "next", "formID", "id", "q", "state", "version")
WRITTEN = ("name", "words", "text", "token", "code", "login", "email", "next")
SAME_FOR_ALL = {
    "sheet",
    "figures_sheet",
    "account_logout",
    "fill",
    "fill_icon",
    "fill_manifest",
    "fill_worker",
}
OUR_PROOFS = (
    *("receipt", "digest_", "root_", "form_", "submission", "manifest", "media", "entities"),
    *("returned", "list"),
)


@pytest.fixture
def world() -> World:
    return World.made(Role.STEWARD, listed=False)


@pytest.fixture(autouse=True)
def _no_limit_is_left() -> None:
    cache.clear()


def signed_in(who: Person | None, **more: Any) -> Client:
    client = Client(**more)
    if who is not None:
        client.force_login(who)
    return client


def with_password() -> Person:
    from allauth.account.models import EmailAddress

    made = person()
    made.set_password(PASSWORD)
    made.save()
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def come_in(client: Client, who: Person, **more: str) -> HttpResponse:
    given = {"login": who.email, "password": PASSWORD, **more}
    return client.post("/account/login/", given)  # type: ignore[return-value]


# Another site, and another name of this one
# A POST that only asks: OAI-PMH wants one beside GET. It looks at no cookie and changes nothing.
QUESTIONS = frozenset({"oai"})


def test_no_button_can_be_pressed_from_another_site(world: World) -> None:
    """Every address that takes a POST and looks at a cookie wants a token of a page of ours."""
    client = signed_in(world.asks, enforce_csrf_checks=True)
    taken = [
        pattern.name
        for pattern in addresses()
        if ROWS[str(pattern.name)].takes_post
        and not str(pattern.name).startswith(OUR_PROOFS)
        and str(pattern.name) not in QUESTIONS
        and "code" not in ROWS[str(pattern.name)].where
        and client.post(path_of(pattern, world), ROWS[str(pattern.name)].data).status_code != 403
    ]
    assert not taken


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_sent_to_another_site(elsewhere: str) -> None:
    who = with_password()
    for answer in (
        Client().post("/language", {"language": "fr", "next": elsewhere}),
        come_in(Client(), who, next=elsewhere),
        signed_in(who).post("/account/logout/", {"next": elsewhere}),
    ):
        assert answer.status_code in (200, 204, 302)
        assert "evil" not in answer.headers.get("Location", "")
        assert "javascript" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b"]
)
def test_a_false_name_of_the_node_is_refused(host: str) -> None:
    where = initiative()
    published(where)
    for path in ("/", "/account/login/", f"/key/{key(where)[1]}/formList"):
        assert Client().get(path, headers={"Host": host}).status_code == 400
        client = Client(headers={"X-Forwarded-Host": host})
        assert "evil" not in client.get(path).content.decode()


def test_phones_are_sent_to_the_nodes_own_name_alone() -> None:
    where = initiative()
    published(where)
    said = Client().get(f"/key/{key(where)[1]}/formList", headers={"Host": "localhost"}).content.decode()
    assert re.findall(r"<downloadUrl>(http://\w+)/", said) == ["http://testserver"]


# Sessions and what browsers keep


def test_signing_in_makes_a_new_session_and_signing_out_ends_it() -> None:
    who, client = with_password(), Client()
    client.get("/account/login/")
    client.session["planted"] = "x"
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted = session.session_key
    assert come_in(client, who).status_code == 302
    held = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert held != planted
    assert client.get("/account/").status_code == 200
    client.post("/account/logout/")
    for old in (planted, held):
        stolen = Client()
        stolen.cookies[settings.SESSION_COOKIE_NAME] = old  # type: ignore[assignment]
        assert stolen.get("/account/").status_code == 302


def test_no_page_of_somebody_is_kept_by_a_browser_or_proxy(world: World) -> None:
    """So that the button "back" shows nothing after signing out."""
    client = signed_in(world.asks)
    for pattern in addresses():
        row = ROWS[str(pattern.name)]
        if not row.takes_get or "code" in row.where or pattern.name in SAME_FOR_ALL:
            continue
        with closing(client.get(path_of(pattern, world))) as answer:
            pass
        kept = answer.headers.get("Cache-Control", "")
        assert "no-store" in kept or "no-cache" in kept, (pattern.name, kept)
        if not answer.streaming and answer.content and answer.headers["Content-Type"].startswith("text/html"):
            assert "no-store" in kept, pattern.name
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"], pattern.name
            is_embed = pattern.name == "figure_embed" and answer.status_code == 200
            framed = "*" if is_embed else "'none'"
            assert f"frame-ancestors {framed}" in answer.headers["Content-Security-Policy"], pattern.name


# Odd characters


def oddly_asked(client: Client, path: str, row: Row) -> Iterator[HttpResponse]:
    for odd in ODD if row.takes_get else ():
        asked = path + "?" + "&".join(f"{name}={odd}" for name in ASKED)
        with transaction.atomic(), closing(client.get(asked)) as answer:
            yield answer
            transaction.set_rollback(True)
    if row.takes_post:
        with transaction.atomic():
            given = dict.fromkeys((*row.data, *WRITTEN), "a\0\ud800".encode("utf-8", "surrogatepass"))
            yield client.post(path, given)  # type: ignore[misc]
            transaction.set_rollback(True)


def test_odd_characters_in_addresses_and_fields_break_nothing(world: World) -> None:
    """NUL and halves of characters are no text for PostgreSQL; they must be refused before."""
    client = signed_in(world.asks)
    broken = [
        (pattern.name, answer.status_code)
        for pattern in addresses()
        if "code" not in ROWS[str(pattern.name)].where and pattern.name != "account_logout"
        for answer in oddly_asked(client, path_of(pattern, world), ROWS[str(pattern.name)])
        if answer.status_code >= 500
    ]
    assert not broken


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/initiatives/%00",
        "/key/%00/formList",
        "/invitation/%00",
        "/receipt/%ff",
        "/initiatives/..%2f..%2fetc",
        "/static/..%2f..%2fkeys/vault.key",
        "/static/%00",
    ],
)
def test_odd_paths_are_not_found(path: str) -> None:
    assert Client().get(path).status_code in (400, 403, 404)


# What is written by some and read by others


def evil_form() -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    sheets: dict[str, list[tuple[str, ...]]] = {
        "survey": [
            ("type", "name", f"label::{EVIL.replace('{{7*7}}', '')} (en)", "everycount::consent"),
            ("begin group", "part", EVIL, ""),
            ("select_one yn", "counted", EVIL, "statistics"),
            ("text", "answer", EVIL, ""),
            ("end group", "", "", ""),
        ],
        "choices": [("list_name", "name", "label"), ("yn", "yes", EVIL), ("yn", "no", "No")],
        "settings": [("form_title", "form_id", "version"), (EVIL, "evil_form", "1")],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def pages(client: Client, world: World) -> Iterator[tuple[str, str]]:
    for pattern in addresses():
        row = ROWS[str(pattern.name)]
        if row.takes_get and "code" not in row.where and pattern.name != "account_logout":
            with closing(client.get(path_of(pattern, world))) as answer:
                if answer.headers["Content-Type"].startswith("text/html"):
                    yield str(pattern.name), answer.content.decode()


def test_words_of_others_are_never_markup(world: World) -> None:
    """Titles, labels, languages, groups, names of files, phones, people and initiatives."""
    here, by = world.here, person(Role.COORDINATOR, world.here)
    by.name = EVIL[:120]
    by.save()
    given = {"name": EVIL, "about": EVIL, "language": "en", "listed": True}
    change(initiative=here, by=by, at=AT, **given)  # type: ignore[arg-type]
    made = collection.upload(initiative=here, xlsform=evil_form(), name=f"{EVIL}.xlsx", by=by, at=AT)
    one, _ = collection.give_key(initiative=here, kind=KeyKind.PERSON, label=EVIL, by=by, at=AT)
    world.names |= {"draft": made.id, "questionnaire": made.questionnaire_id, "key": one.pk}
    seen = 0
    for role in (Role.STEWARD, Role.COORDINATOR, Role.COMMUNITY, Role.REVIEWER):
        for name, text in pages(signed_in(person(role, here)), world):
            seen += "alert(1)" in text
            assert "<script>alert" not in text, (role, name)
            assert "<img src=x" not in text, (role, name)
            assert "\"'><" not in text, (role, name)
    assert seen > 10
    sheet = signed_in(by).post(
        f"/initiatives/{here.slug}/keys/give", {"kind": "person", "names": EVIL, "expires_on": ""}
    )
    assert sheet.status_code == 201
    assert "<script>alert" not in sheet.content.decode()


def test_a_name_adds_no_line_to_a_mail() -> None:
    where = initiative()
    where.name = "Invented\r\nBcc: evil@example.org\r\n\r\nwords"
    where.save()
    with transaction.atomic():
        offered = invitations.invite(
            initiative=where, email="a@example.org", role=Role.OBSERVER, by=person(Role.STEWARD, where), at=AT
        )
    from everycount.site.people.mail import invitation

    invitation(offered, "code")
    sent = mail.outbox[-1]
    assert sent.recipients() == ["a@example.org"]
    assert sent.message()["Bcc"] is None
    assert "\n" not in sent.subject


# Other initiatives


def test_a_key_tells_nothing_of_other_initiatives() -> None:
    ours, theirs = initiative(), initiative()
    published(ours)
    secret = published(theirs, "secret_form")
    base = f"/key/{key(ours)[1]}"
    assert b"secret_form" not in Client().get(f"{base}/formList").content
    assert Client().get(f"{base}/formList?formID=secret_form").content.count(b"<xform>") == 0
    for path in (".xml", "/manifest", "/media/1", "/entities/1"):
        assert Client().get(f"{base}/forms/{secret.id}{path}").status_code == 404


def test_a_keeper_of_another_initiative_finds_nothing(world: World) -> None:
    """Every address of an initiative, asked by those who keep another one."""
    elsewhere = initiative()
    for role in Role:
        client = signed_in(person(role, elsewhere))
        for pattern in addresses():
            row = ROWS[str(pattern.name)]
            if "slug" in row.where and row.takes_get:
                assert client.get(path_of(pattern, world)).status_code == 404, (role, pattern.name)
            if "slug" in row.where and row.takes_post and role in (Role.STEWARD, Role.COORDINATOR):
                assert client.post(path_of(pattern, world), row.data).status_code in (404, 405), pattern.name


def test_things_of_one_initiative_are_not_found_under_the_name_of_another(world: World) -> None:
    """The own name in the address, and the number of somebody else's thing."""
    for role in (Role.STEWARD, Role.COORDINATOR):
        own = initiative()
        client, names = signed_in(person(role, own)), world.names
        world.names = names | {"slug": own.slug}
        for pattern in addresses():
            row = ROWS[str(pattern.name)]
            if "slug" in row.where and set(row.where) - {"slug", "language", "number"}:
                for answer in (
                    client.get(path_of(pattern, world)),
                    client.post(path_of(pattern, world), row.data),
                ):
                    assert answer.status_code in (404, 405), (role, pattern.name, answer.status_code)
        world.names = names


def test_the_operator_gets_no_answers_without_a_second_person(world: World) -> None:
    world.here.name = "Nothing for operators"
    world.here.save()
    for name, text in pages(signed_in(person(NodeRole.OPERATOR)), world):
        assert world.here.name not in text, name
    keeper = dict(pages(signed_in(person(Role.STEWARD, world.here)), world))
    assert world.here.name in keeper["initiative"]


# What stands in the open


def everything_open() -> dict[str, str]:
    """Each column of each table as text, by table and column; sealed bytes and hashes with the rest."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                cursor.execute(f'SELECT "{column.name}" FROM "{table}"')  # noqa: S608 - names of our own tables
                rows = [
                    bytes(v).decode("latin-1") if isinstance(v, bytes | memoryview) else str(v)
                    for (v,) in cursor
                ]
                found[f"{table}.{column.name}"] = "\n".join(rows)
    return found


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Field:
    return Field(monkeypatch)


def test_a_day_of_use_leaves_no_secret_in_the_database_the_ledger_or_the_log(
    field: Field, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers, files, messages, codes, keys, passwords; names and addresses in their own columns only."""
    secrets = {"A-SECRET-ANSWER", "A-SECRET-WORD", "a-secret-picture.jpg", "A-SECRET-PICTURE", PASSWORD}
    who = with_password()
    who.name = "A Person Of Ours"
    who.save()
    submission, code = field.stored(
        answers("uuid:day", answer="A-SECRET-ANSWER", photo="a-secret-picture.jpg"),
        ("a-secret-picture.jpg", b"A-SECRET-PICTURE"),
    )
    secrets |= {code, field.secret}
    assert submission
    client = Client()
    come_in(client, who)
    client.get("/account/")
    page = Client().post("/receipt", {"code": code}).content.decode()
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    Client().post("/receipt/message", {"token": token, "text": "A-SECRET-WORD"})
    with transaction.atomic():
        invitations.invite(
            initiative=field.initiative,
            email="one-who-is-invited@example.org",
            role=Role.OBSERVER,
            by=field.steward,
            at=AT,
        )
    Client().get(f"/key/{field.secret}/nothing")
    Client().get("/invitation/A-SECRET-CODE")
    columns = everything_open()
    Client().post("/receipt/back", {"token": token, "what": "collection", "sure": "yes"})
    columns |= {f"{name}, later": text for name, text in everything_open().items() if "ledger" in name}
    told = [(name, secret) for name, text in columns.items() for secret in secrets if secret in text]
    assert not told
    assert columns["people_person.name"].count("A Person Of Ours") == 1
    named = {name for name, text in columns.items() if "A Person Of Ours" in text or who.email in text}
    assert named == {"people_person.name", "people_person.email", "account_emailaddress.email"}
    assert {name for name, text in columns.items() if "one-who-is-invited@example.org" in text} == {
        "people_invitation.email"
    }
    for each in secrets | {who.email, "one-who-is-invited@example.org", "A-SECRET-CODE"}:
        assert each not in caplog.text
