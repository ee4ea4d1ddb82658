"""What somebody sends who wishes the node ill: whatever it is, OpenRosa's words come back and nothing stays.

The same by hand and for an hour: coverage-guided with atheris (``tests/site_fuzz.py``).
"""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from everycount.faults import InputError
from everycount.questionnaire import Received
from everycount.site.charset import in_utf8
from everycount.site.collection import queries
from everycount.site.collection.models import Attachment, Edition, Submission
from everycount.site.collection.upload import split_name
from everycount.site.vault import places
from everycount.site.vault.models import Item
from everycount.site.vault.queries import open_item
from site_node import multipart
from site_world import answers, initiative, key, published

if TYPE_CHECKING:
    from django.http import HttpRequest

pytestmark = pytest.mark.django_db
KIND = "multipart/form-data; boundary=xxBOUNDxx"
SHORT = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SAID = {201, 202, 400, 403, 404, 409, 413}


@pytest.fixture
def base(written_at_once: None) -> str:
    where = initiative()
    published(where)
    return f"/key/{key(where)[1]}"


def send(base: str, body: bytes, kind: str = KIND, **headers: str) -> int:
    """Any bytes; the status, after it was looked at that a phone can read the answer."""
    answer = Client().post(f"{base}/submission", body, kind, headers=headers)
    assert answer.status_code in SAID, answer.content
    assert etree.fromstring(answer.content).tag.endswith("OpenRosaResponse")
    return int(answer.status_code)


@SHORT
@given(st.binary(max_size=2000))
def test_any_bytes_are_answered(base: str, body: bytes) -> None:
    send(base, body)


@SHORT
@given(st.data())
def test_a_good_request_with_damage_is_answered(base: str, data: st.DataObject) -> None:
    body = bytearray(multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 50)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        stop = data.draw(st.integers(start, min(len(body), start + 30)))
        body[start:stop] = data.draw(st.binary(max_size=30))
    send(base, bytes(body))


@SHORT
@given(st.text(max_size=300), st.binary(max_size=100))
def test_any_content_type_and_headers_are_answered(base: str, kind: str, more: bytes) -> None:
    kind = kind.encode("ascii", "ignore").decode().replace("\n", "").replace("\r", "")
    send(base, multipart(answers()), kind, x_odd=more.decode("latin-1").replace("\n", "").replace("\r", ""))


@SHORT
@given(st.one_of(st.binary(max_size=3000), st.text(max_size=1000).map(str.encode)))
def test_the_reader_of_xml_reads_or_refuses(xml: bytes) -> None:
    for each in (xml, b"<data id='x'>" + xml + b"</data>", answers().replace(b"heron", xml)):
        try:
            Received.read(each)
        except InputError:
            continue


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "a/../../b.jpg",
        "C:\\x\\p.jpg",
        ".",
        "..",
        "\u202egpj.exe",
        "n" * 5000,
        "=cmd()|'x'!A1",
    ],
)
def test_a_files_name_leads_nowhere(base: str, name: str) -> None:
    send(base, multipart(answers(), (name, b"x")))
    for attachment in Attachment.objects.exclude(item=None):
        kept, _ = split_name(open_item(attachment.item))  # type: ignore[arg-type]
        assert "/" not in kept
        assert "\\" not in kept


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><data id="invented_form">&b;</data>',
        b'<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd"><data id="invented_form"/>',
        b'<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]><data id="invented_form">&f;</data>',
        b"<a>" * 20_000 + b"</a>" * 20_000,
        b'<data id="invented_form" ' + b" ".join(b'a%d=""' % n for n in range(50_000)),
        b'<data id="invented_form"><x ' + b" ".join(b'a%d=""' % n for n in range(900_000)) + b"/></data>",
        b'<data id="invented_form">' + b"<a/>" * 2_400_000 + b"</data>",
        b'<data id="invented_form"><x>' + b"y" * 11_000_000 + b"</x></data>",
        answers().decode().encode("utf-16"),
        answers().replace(b"heron", b"\xff\xfe"),
    ],
    ids=[
        "entities",
        "dtd",
        "file",
        "depth",
        "attributes",
        "many attributes",
        "elements",
        "size",
        "utf-16",
        "not utf-8",
    ],
)
def test_bombs_are_refused_or_stored_as_they_are(base: str, xml: bytes) -> None:
    if send(base, multipart(xml)) == 201:
        assert open_item(Edition.objects.get().item) == xml
    else:
        assert (Submission.objects.count(), Item.objects.count()) == (0, 0)


def test_a_picture_that_is_no_base64_is_refused_whole(base: str) -> None:
    """Found by atheris: Django gives up in the middle of a part, after another one was whole."""
    files = places.files().folder
    before = {each for each in files.rglob("*") if each.is_file()}
    body = multipart(answers(photo="p.jpg"), ("p.jpg", b"x"), ("q.jpg", b"y"))
    odd = b'filename="q.jpg"\r\nContent-Transfer-Encoding: base64\r\n\r\n!'
    assert send(base, body.replace(b'filename="q.jpg"\r\n\r\n', odd)) == 400
    assert {each for each in files.rglob("*") if each.is_file()} == before


@pytest.mark.parametrize(
    "said",
    [
        "charset=hex",
        "charset=unicode_escape",
        "charset=utf-8\0",
        "charset*=utf-8''%00",
        "CHARSET*0*=no-such''x",
        "x*=no-such''y",
        'boundary=xxBOUNDxx; charset="utf-16"',
        "boundary*=x''%22;charset=hex",
    ],
)
def test_a_request_is_utf_8_whatever_it_says(said: str) -> None:
    """Found by atheris: Django looks the name up before anybody can answer."""
    seen: list[HttpRequest] = []

    def application(environ: Any, _start: Any) -> list[bytes]:
        seen.append(WSGIRequest(environ))
        return []

    for kind in ("multipart/form-data", "application/x-www-form-urlencoded"):
        in_utf8(application)(RequestFactory()._base_environ(CONTENT_TYPE=f"{kind}; {said}"), lambda *_: print)
    assert [each.encoding for each in seen] == [None, None]
    assert [each.content_type for each in seen] == [
        "multipart/form-data",
        "application/x-www-form-urlencoded",
    ]
    assert (
        seen[0].content_params == ({"boundary": "xxBOUNDxx"} if "xxBOUNDxx" in said else {}) or "%22" in said
    )


def test_a_form_runs_nothing_in_a_browser(base: str) -> None:
    """An XForm is XHTML, and whoever makes one may write ``<img onerror=...>`` into its instance."""
    client = Client()
    listed = client.get(f"{base}/formList")
    where = etree.fromstring(listed.content).findtext(".//{*}downloadUrl")
    assert where
    for answer in (
        listed,
        client.get(where.removeprefix("http://testserver")),
        client.get("/phone/formList"),
    ):
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer["Cache-Control"]


def test_long_names_are_not_kept_in_memory(base: str) -> None:
    """What was asked is kept for a moment; a name of megabytes would fill the memory in no time."""
    queries.forget()
    for xml in (answers(form_id="x" * 5_000_000), answers("uuid:2", version="v" * 5_000_000)):
        send(base, multipart(xml))
    Client().get(f"{base}/formList?formID={'x' * 50_000}")
    kept = [each for held in (queries.FORMS, queries.VERSIONS, queries.LISTS) for each in held._held]
    assert kept
    assert max(len(str(each)) for each in kept) < 1000


def test_ten_thousand_parts_are_refused(base: str) -> None:
    assert send(base, multipart(answers(), *((f"{n}.jpg", b"x") for n in range(10_000)))) == 413
    part = b'--xxBOUNDxx\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n'
    assert send(base, b"".join(part % n for n in range(10_000)) + b"--xxBOUNDxx--\r\n") == 400
    assert Item.objects.count() == 0


def test_a_picture_is_never_held_in_memory(base: str) -> None:
    body = multipart(answers(photo="p.jpg"), ("p.jpg", b"x" * 12_000_000))
    client = Client()
    request = client.post  # made before memory is looked at
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        assert request(f"{base}/submission", body, KIND).status_code == 201
        peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    # The test client itself holds one copy of the body.
    assert peak < len(body) + 3_000_000
