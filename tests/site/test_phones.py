"""What a phone may rely on, whatever goes wrong: OpenRosa's words, a proof of who asks, lists that hold."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from lxml import etree

from everycount.site.collection import guards, keys, openrosa, queries
from everycount.site.collection.actions import give_password, revoke_key
from everycount.site.collection.models import (
    Attachment,
    Edition,
    Key,
    MediaFile,
    SetAside,
    Submission,
    Version,
)
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.vault.models import Item
from everycount.site.vault.queries import open_item
from site_node import multipart
from site_world import AT, answers, initiative, key, person, published

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written_at_once")]
RESPONSE = "{http://openrosa.org/http/response}"


@pytest.fixture
def base() -> str:
    """The address of a phone whose initiative has a published questionnaire."""
    where = initiative()
    published(where)
    return f"/key/{key(where)[1]}"


def post(base: str, body: bytes, **headers: str) -> Any:
    return Client().post(
        f"{base}/submission", body, "multipart/form-data; boundary=xxBOUNDxx", headers=headers
    )


def says(answer: Any) -> str:
    """The words of an OpenRosaResponse; fails where the answer is anything else."""
    assert answer["Content-Type"].startswith("text/xml")
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert "Location" not in answer
    return etree.fromstring(answer.content).findtext(f"{RESPONSE}message") or ""


# ---- never a page ----


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/formList/", 404),
        ("post", "/submission/", 404),
        ("head", "/submission/", 404),
        ("get", "/no/such/thing", 404),
        ("get", "", 404),
        ("post", "/formList", 405),
        ("put", "/submission", 405),
        ("get", "/forms/00000000-0000-0000-0000-000000000000.xml", 404),
        ("get", "/forms/00000000-0000-0000-0000-000000000000/media/99999999999999999999999", 404),
    ],
)
def test_wrong_addresses_are_refused_in_openrosas_words(
    base: str, method: str, path: str, status: int
) -> None:
    answer = getattr(Client(), method)(base + path)
    assert answer.status_code == status
    if method != "head":
        assert says(answer)


def test_another_host_is_refused(base: str) -> None:
    answer = Client().get(f"{base}/formList", headers={"host": "evil.example.org"})
    assert (answer.status_code, bool(says(answer))) == (400, True)


def test_where_something_is_wrong_no_list_is_given(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list with 200 would make phones delete their forms."""

    def fail(*_: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(queries, "listed", fail)
    answer = Client().get(f"{base}/formList")
    assert (answer.status_code, bool(says(answer))) == (503, True)


def test_whatever_the_program_does_wrong_a_phone_may_come_again(
    base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(openrosa, "_package", fail)
    answer = post(base, multipart(answers(photo="p.jpg"), ("p.jpg", b"x")))
    assert (answer.status_code, bool(says(answer))) == (503, True)
    assert Item.objects.count() == 0


@pytest.mark.parametrize("cut", [10, 30, 60, 120, 200])
def test_a_body_that_ends_early_is_refused_whole(base: str, cut: int) -> None:
    """Also where the XML came whole and only a picture was cut: 201 would lose the picture."""
    body = multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 300))
    answer = post(base, body[:-cut])
    assert (answer.status_code, bool(says(answer))) == (400, True)
    assert (Submission.objects.count(), Item.objects.count()) == (0, 0)


def test_a_body_without_multipart_is_refused(base: str) -> None:
    for kind in ("text/xml", "application/json", "multipart/form-data", ""):
        answer = Client().post(f"{base}/submission", answers(), kind)
        assert (answer.status_code, bool(says(answer))) == (400, True), kind


# ---- what is kept ----


def test_an_encrypted_submission_is_stored_as_it_is(base: str) -> None:
    xml = (
        b'<data xmlns="http://opendatakit.org/submissions" id="invented_form" version="1" encrypted="yes">'
        b"<base64EncryptedKey>a2V5</base64EncryptedKey><media><file>p.jpg.enc</file></media>"
        b'<encryptedXmlFile>submission.xml.enc</encryptedXmlFile><meta xmlns="http://openrosa.org/xforms">'
        b"<instanceID>uuid:e</instanceID></meta></data>"
    )
    files = (("submission.xml.enc", b"sealed by the phone"), ("p.jpg.enc", b"sealed, too"))
    assert post(base, multipart(xml, *files)).status_code == 201
    assert open_item(Edition.objects.get(instance="uuid:e").item) == xml
    assert list(Attachment.objects.values_list("is_named", flat=True)) == [True, True]


def test_an_edit_that_came_first_joins_when_its_parent_comes(base: str) -> None:
    second, third = answers("uuid:2", replaces="uuid:1", answer="ibis"), answers("uuid:3", replaces="uuid:2")
    assert [post(base, multipart(each)).status_code for each in (third, second)] == [404, 404]
    assert post(base, multipart(answers())).status_code == 201
    submission = Submission.objects.get()
    assert (submission.root, submission.current) == ("uuid:1", "uuid:3")
    held = [(each.number, each.instance, open_item(each.item)) for each in Edition.objects.order_by("number")]
    assert held == [(1, "uuid:1", answers()), (2, "uuid:2", second), (3, "uuid:3", third)]
    assert SetAside.objects.filter(settled_at=None).count() == 0
    assert Event.objects.filter(verb="submission.joined").count() == 2
    assert [post(base, multipart(each)).status_code for each in (second, third)] == [202, 202]
    assert list(broken()) == []


def test_an_edit_that_waited_and_came_again_waits_no_longer(base: str) -> None:
    """Its parent came while the same batch held the edit, so it could not join."""
    second = answers("uuid:2", replaces="uuid:1")
    assert post(base, multipart(second)).status_code == 404
    SetAside.objects.update(replaces="")
    assert post(base, multipart(answers())).status_code == 201
    SetAside.objects.update(replaces="uuid:1")
    assert post(base, multipart(second)).status_code == 201
    assert (Edition.objects.count(), SetAside.objects.filter(settled_at=None).count()) == (2, 0)


@pytest.mark.parametrize("name", ["uuid:" + "x" * 400, "ürn:名" * 100])
def test_an_instance_id_of_any_length_is_stored_once(base: str, name: str) -> None:
    assert [post(base, multipart(answers(name))).status_code for _ in range(2)] == [201, 202]
    assert Edition.objects.get().instance.startswith("long:")


def test_a_version_of_any_length_is_held(base: str) -> None:
    assert post(base, multipart(answers(version="9" * 500))).status_code == 201
    assert Submission.objects.get().is_held


# ---- lists ----


def test_an_unchanged_list_is_not_sent_again(base: str) -> None:
    first = Client().get(f"{base}/formList")
    again = Client().get(f"{base}/formList", headers={"if-none-match": first["ETag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert first.content.count(b"<xform>") == 1
    assert f"http://testserver{base}/forms/" in first.content.decode()
    for odd in ("a\0b", "' OR 1=1 --", "no_such_form"):
        assert b"<xform>" not in Client().get(f"{base}/formList", {"formID": odd}).content


def test_files_are_listed_with_their_hashes_and_entities_with_their_state(base: str) -> None:
    version = Version.objects.get()
    trees = b"name,label\nt1,Oak\nt2,Elm\n"
    for name, content, entity in (("p.jpg", b"jpeg", False), ("trees.csv", trees, True)):
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        MediaFile.objects.create(version=version, name=name, content=content, md5=md5, is_entity_list=entity)
    (manifest,) = re.findall(
        r"<manifestUrl>http://testserver(.*?)</", Client().get(f"{base}/formList").content.decode()
    )
    space = "{http://openrosa.org/xforms/xformsManifest}"
    listed = list(etree.fromstring(Client().get(manifest).content))
    assert [each.get("type") for each in listed] == [None, "entityList"]
    for each in listed:
        url = (each.findtext(f"{space}downloadUrl") or "").removeprefix("http://testserver")
        got = hashlib.md5(Client().get(url).content, usedforsecurity=False).hexdigest()
        assert each.findtext(f"{space}hash") == f"md5:{got}"
    url = (listed[1].findtext(f"{space}integrityUrl") or "").removeprefix("http://testserver")
    found = etree.fromstring(Client().get(url, {"id": "t1,t9"}).content)
    told = {each.get("id"): each.findtext("deleted") for each in found.iter("entity")}
    assert told == {"t1": "false", "t9": "true"}
    plain = (listed[0].findtext(f"{space}downloadUrl") or "").rpartition("/")[2]
    assert Client().get(f"{url.rpartition('/')[0]}/{plain}", {"id": "t1"}).status_code == 404


# ---- Digest ----


def digest(challenge: str, method: str, path: str, user: str, password: str, **more: str) -> dict[str, str]:
    """What a client answers to a challenge (RFC 2617, section 3.2.2)."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge)) | more

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    first, second = md5(f"{user}:{given['realm']}:{password}"), md5(f"{method}:{path}")
    proof = md5(f"{first}:{given['nonce']}:00000001:abc:auth:{second}")
    words = (
        f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{path}", '
        f'qop=auth, nc=00000001, cnonce="abc", response="{proof}", algorithm=MD5'
    )
    return {"authorization": words}


@pytest.fixture
def named() -> tuple[Key, str, str]:
    """A phone that has a name and a password."""
    where = initiative()
    published(where)
    held, _ = key(where)
    return held, *give_password(key=held, by=person(Role.COORDINATOR, where), at=AT)


def test_a_phone_with_a_password_lists_downloads_and_sends(named: tuple[Key, str, str]) -> None:
    _, user, password = named
    client = Client()
    challenge = client.get("/formList")
    assert (challenge.status_code, bool(says(challenge))) == (401, True)
    words = challenge["WWW-Authenticate"]
    for part in ("Digest ", 'qop="auth"', 'domain="/"', "stale=false", 'realm="everycount"'):
        assert part in words
    listed = client.get("/formList", headers=digest(words, "GET", "/formList", user, password))
    (form,) = re.findall(r"<downloadUrl>http://testserver(.*?)</", listed.content.decode())
    assert client.get(form).status_code == 401
    assert client.get(form, headers=digest(words, "GET", form, user, password)).status_code == 200
    path = "/submission?deviceID=d"
    proof = digest(words, "POST", path, user, password)
    kind = "multipart/form-data; boundary=xxBOUNDxx"
    assert client.post(path, multipart(answers()), kind, headers=proof).status_code == 201
    assert client.head(path, headers=digest(words, "HEAD", path, user, password)).status_code == 204


@pytest.mark.parametrize("fault", ["password", "user", "path", "method", "nonce", "realm", "nothing"])
def test_a_wrong_proof_is_asked_again(named: tuple[Key, str, str], fault: str) -> None:
    _, user, password = named
    words = Client().get("/formList")["WWW-Authenticate"]
    proof = digest(
        words,
        "POST" if fault == "method" else "GET",
        "/submission" if fault == "path" else "/formList",
        "a\0b" if fault == "user" else user,
        "wrong" if fault == "password" else password,
        **({"nonce": "1.2"} if fault == "nonce" else {"realm": "other"} if fault == "realm" else {}),
    )
    answer = Client().get("/formList", headers={"authorization": "Digest"} if fault == "nothing" else proof)
    assert answer.status_code == 401
    assert ("stale=true" in answer["WWW-Authenticate"]) == (fault == "nonce")


def test_an_old_challenge_is_stale_and_a_revoked_phone_is_out(
    named: tuple[Key, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    held, user, password = named
    words = Client().get("/formList")["WWW-Authenticate"]
    proof = digest(words, "GET", "/formList", user, password)

    class Later(datetime):
        @classmethod
        def now(cls, _zone: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(seconds=guards.REFRESHED + 5)

    with monkeypatch.context() as patched:
        patched.setattr(guards, "datetime", Later)
        assert "stale=true" in Client().get("/formList", headers=proof)["WWW-Authenticate"]
    assert Client().get("/formList", headers=proof).status_code == 200
    revoke_key(key=held, by=person(Role.COORDINATOR, held.initiative), at=AT)
    assert "stale=false" in Client().get("/formList", headers=proof)["WWW-Authenticate"]


def test_the_password_is_nowhere(named: tuple[Key, str, str]) -> None:
    held, user, password = named
    plain = hashlib.md5(f"{user}:{keys.REALM}:{password}".encode(), usedforsecurity=False)
    assert keys.ha1_of(held) == plain.hexdigest()
    stored = bytes(Key.objects.get(pk=held.pk).digest_ha1 or b"")
    assert plain.digest() not in stored
    assert password.encode() not in stored
