"""Keys through their pages: given, printed, used, taken back."""

from __future__ import annotations

import base64
import json
import re
import zlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from everycount.site.collection import keys, openrosa, receiving
from everycount.site.collection.models import Key, KeyKind, Submission
from everycount.site.collection.sheets import picture
from everycount.site.ledger.models import Event
from everycount.site.people.models import Person, Role
from site_world import AT, answers, initiative, key, person, published

if TYPE_CHECKING:
    from everycount.site.registry.models import Initiative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written_at_once")]


@pytest.fixture
def here() -> Initiative:
    return initiative()


def signed(who: Person) -> Client:
    client = Client()
    client.force_login(who)
    return client


def give(here: Initiative, **given: Any) -> Any:
    client = signed(person(Role.COORDINATOR, here))
    return client.post(f"/initiatives/{here.slug}/keys/give", {"kind": "person", "names": "Anna"} | given)


def secrets(page: Any) -> list[str]:
    return re.findall(r"http://testserver/key/([\w-]+)", page.content.decode())


def send(secret: str, xml: bytes) -> int:
    part = SimpleUploadedFile("submission.xml", xml, "text/xml")
    return Client().post(f"/key/{secret}/submission", {"xml_submission_file": part}).status_code


def test_many_keys_at_once_each_on_its_card(here: Initiative) -> None:
    published(here)
    page = give(here, names="Anna (invented)\n\n  Bilal (invented)\n<b>C</b>\n")
    text = page.content.decode()
    assert page.status_code == 201
    assert "no-store" in page["Cache-Control"]
    pictures = 2 * 3  # of each key one for Collect and one for a browser
    assert text.count("<svg") == pictures + text.split("<main")[0].count("<svg")
    assert "<b>C</b>" not in text
    assert [each.label for each in Key.objects.order_by("label")] == [
        "<b>C</b>",
        "Anna (invented)",
        "Bilal (invented)",
    ]
    for secret in secrets(page):
        assert Client().get(f"/key/{secret}/formList").status_code == 200
        assert secret not in str(Key.objects.values())
        assert secret not in str(Event.objects.values())
    listing = signed(person(Role.STEWARD, here)).get(f"/initiatives/{here.slug}/keys").content.decode()
    assert "Anna (invented)" in listing
    assert not secrets_in(listing)


def secrets_in(text: str) -> list[str]:
    return re.findall(r"/key/[\w-]{40,}", text)


def test_the_picture_holds_the_settings_of_collect() -> None:
    code = keys.settings_code("http://testserver/key/abc", "Ours")
    held = json.loads(zlib.decompress(base64.b64decode(code)))
    assert held["general"]["server_url"] == "http://testserver/key/abc"
    assert held["admin"] == {}
    drawn = picture(code)
    assert drawn.startswith("<svg")
    assert "style" not in drawn
    assert picture(code) != picture("x")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"names": ""}, "required"),
        ({"names": "Anna\nAnna"}, "twice"),
        ({"names": "x" * 121}, "120"),
        ({"names": "\n".join(map(str, range(101)))}, "100"),
        ({"kind": "draft"}, "valid choice"),
        ({"kind": "public"}, "opens one questionnaire"),
        ({"kind": "once"}, "opens one questionnaire"),
        ({"expires_on": "2001-01-01"}, "past"),
        ({"person": "11111111-1111-1111-1111-111111111111"}, "valid choice"),
    ],
)
def test_what_cannot_be_given_is_said(here: Initiative, given: dict[str, str], said: str) -> None:
    page = give(here, **given)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Key.objects.exists()


def test_an_account_goes_with_one_name(here: Initiative) -> None:
    collector, stranger = person(Role.COLLECTOR, here), person(Role.COLLECTOR, initiative())
    assert give(here, person=str(stranger.id)).status_code == 422
    assert give(here, person=str(collector.id), names="A\nB").status_code == 422
    assert give(here, person=str(collector.id)).status_code == 201
    assert Key.objects.get().person == collector


def test_a_key_ends_with_its_last_day(here: Initiative) -> None:
    today = datetime.now(UTC).date()
    page = give(here, expires_on=today.isoformat())
    made = Key.objects.get()
    assert made.expires_at is not None
    assert made.expires_at.date() == today
    (secret,) = secrets(page)
    assert Client().get(f"/key/{secret}/formList").status_code == 200
    Key.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    keys.KNOWN.forget()
    assert Client().get(f"/key/{secret}/formList").status_code == 403


def test_a_key_is_taken_back_at_once_and_for_good(here: Initiative) -> None:
    published(here)
    made, secret = key(here)
    assert Client().get(f"/key/{secret}/formList").status_code == 200
    address = f"/initiatives/{here.slug}/keys/{made.id}/revoke"
    for role in set(Role) - {Role.STEWARD, Role.COORDINATOR}:
        assert signed(person(role, here)).post(address).status_code == 404
    elsewhere = initiative()
    other = signed(person(Role.STEWARD, elsewhere))
    assert other.post(address).status_code == 404
    assert other.post(f"/initiatives/{elsewhere.slug}/keys/{made.id}/revoke").status_code == 404
    client = signed(person(Role.STEWARD, here))
    assert client.post(address).status_code == 302
    assert Client().get(f"/key/{secret}/formList").status_code == 403
    assert client.post(address).status_code == 302
    assert Event.objects.filter(verb="key.revoked").count() == 1
    assert "no longer open" in client.get(f"/initiatives/{here.slug}/keys").content.decode()


def test_the_page_shows_the_day_of_the_last_use_not_the_hour(here: Initiative) -> None:
    made, _secret = key(here)
    version = published(here)
    Submission.objects.create(
        questionnaire=version.questionnaire, root="a", current="a", sent_by=made, received_at=AT
    )
    page = signed(person(Role.STEWARD, here)).get(f"/initiatives/{here.slug}/keys").content.decode()
    assert "last sent on 22 November 2026" in page
    assert "12:00" not in page


def test_a_link_that_works_once_is_spent_by_its_submission(here: Initiative) -> None:
    version = published(here)
    made, secret = key(here, KeyKind.ONCE, version.questionnaire)
    assert send(secret, answers("uuid:1")) == 201
    made.refresh_from_db()
    assert made.spent_at == AT
    assert send(secret, answers("uuid:1")) == 202  # the answer was lost on its way; nothing is stranded
    assert send(secret, answers("uuid:2")) == 403
    assert send(secret, answers("uuid:1b", replaces="uuid:1", answer="egret")) == 201
    assert Submission.objects.count() == 1


def test_one_link_is_spent_once_within_a_batch(here: Initiative) -> None:
    version = published(here)
    made, _secret = key(here, KeyKind.ONCE, version.questionnaire)
    packages = []
    for instance in ("uuid:1", "uuid:2"):
        received = openrosa.Received.read(answers(instance))
        caught = openrosa.Catch(xml=answers(instance))
        packages.append(openrosa._package(made, version.questionnaire, received, caught, answers(instance)))
    fates = [outcome.fate for outcome in receiving.receive(packages, at=AT)]
    assert fates == ["stored", "spent"]


def test_a_public_link_takes_many(here: Initiative) -> None:
    version = published(here)
    page = give(here, kind="public", names="On the wall", questionnaire=str(version.questionnaire_id))
    (secret,) = secrets(page)
    assert [send(secret, answers(f"uuid:{number}")) for number in range(3)] == [201] * 3
