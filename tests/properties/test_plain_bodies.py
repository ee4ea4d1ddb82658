"""A body that is read at a glance is read as Django reads it; whatever is odd goes to Django."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from uuid import uuid4

import pytest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from everycount.site.collection.plain import only_xml
from everycount.site.collection.upload import Catch, SealingHandler

pytestmark = pytest.mark.django_db
KIND = "multipart/form-data; boundary=xxBOUNDxx"
PART = 'Content-Disposition: form-data; name="xml_submission_file"; filename="a.xml"'
XML = b"<data id='f'/>"


def body(xml: bytes = XML, *more: str, part: str = PART, end: bytes = b"\r\n") -> bytes:
    head = "\r\n".join([part, *more]).encode()
    return b"--xxBOUNDxx\r\n" + head + b"\r\n\r\n" + xml + b"\r\n--xxBOUNDxx--" + end


def by_django(kind: str, sent: bytes) -> Catch | None:
    """What Django's own reader makes of it; None where it refuses."""
    handler = SealingHandler(initiative=uuid4(), by="device:1", at=datetime(2026, 1, 1, tzinfo=UTC))
    meta = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(len(sent))}
    try:
        MultiPartParser(meta, BytesIO(sent), [handler], "utf-8").parse()
    except MultiPartParserError:
        return None
    return handler.caught


@pytest.mark.parametrize(
    "sent",
    [
        body(),
        body(end=b""),
        body(XML, "Content-Type: text/xml"),
        body(XML, "Content-Type: text/xml; charset=utf-8", "Content-Length: 14"),
        body(XML, "Content-Type: application/xml", "Content-Transfer-Encoding: binary", "Content-Length: 14"),
    ],
)
def test_what_phones_write_is_read_at_a_glance(sent: bytes) -> None:
    assert only_xml(KIND, sent) == XML
    assert only_xml(KIND.replace("xxBOUNDxx", '"xxBOUNDxx"'), sent) == XML


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        body()[:-6],
        body() + b"more",
        body(part=PART.replace("a.xml", "")),
        body(part=PART.replace("a.xml", "../a.xml")),
        body(part=PART.replace("xml_submission_file", "picture")),
        body(XML, "Content-Transfer-Encoding: base64"),
        body(XML + b"\r\n--xxBOUNDxx\r\n\r\n"),
        b"before" + body(),
    ],
)
def test_whatever_is_odd_goes_to_django(sent: bytes) -> None:
    assert only_xml(KIND, sent) is None


CUT = st.integers(0, 200)
BITS = st.sampled_from([b"", b"\r\n", b"\n", b"--", b"--xxBOUNDxx", b"\r\n\r\n", b'"', b"; ", b"\0", b"x"])


@settings(max_examples=150, deadline=None)
@given(
    xml=st.binary(max_size=40),
    more=st.lists(
        st.sampled_from(
            ["Content-Type: text/xml", "Content-Length: 3", "X: y", "Content-Transfer-Encoding: base64"]
        ),
        max_size=3,
    ),
    at=CUT,
    gone=st.integers(0, 3),
    bit=BITS,
)
@example(xml=b"\r\n", more=[], at=0, gone=0, bit=b"")
@example(xml=b"-", more=[], at=0, gone=0, bit=b"")
def test_both_readers_agree(xml: bytes, more: list[str], at: int, gone: int, bit: bytes) -> None:
    """Also of bodies with something put in or taken out anywhere."""
    whole = body(xml, *more)
    sent = whole[:at] + bit + whole[at + gone :]
    found = only_xml(KIND, sent)
    if found is not None:
        caught = by_django(KIND, sent)
        assert caught is not None
        assert (caught.xml, caught.files, caught.problem, caught.broken) == (found, [], "", False)
