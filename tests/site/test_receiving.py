"""What becomes of what a phone sends: each row of the OpenRosa notes, over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from everycount.site.collection import queries, receiving
from everycount.site.collection.actions import revoke_key
from everycount.site.collection.models import (
    Attachment,
    Edition,
    KeyKind,
    Questionnaire,
    Receipt,
    SetAside,
    Submission,
    Tombstone,
    Why,
)
from everycount.site.collection.package import new_code, plain_code
from everycount.site.collection.upload import split_name
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.vault.models import Item
from everycount.site.vault.queries import open_item
from site_world import AT, answers, initiative, key, person, published

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("written_at_once")]


class Phone:
    """A phone with a key."""

    def __init__(self, secret: str) -> None:
        self.base, self.client = f"/key/{secret}", Client(raise_request_exception=True)

    def send(self, xml: bytes, *files: tuple[str, bytes], **more: str) -> HttpResponse:
        parts: dict[str, Any] = {"xml_submission_file": SimpleUploadedFile("submission.xml", xml, "text/xml")}
        parts |= {name: SimpleUploadedFile(name, content) for name, content in files} | more
        return self.client.post(f"{self.base}/submission", parts)  # type: ignore[return-value]


@pytest.fixture
def phone() -> Iterator[Phone]:
    where = initiative()
    published(where)
    yield Phone(key(where)[1])
    assert list(broken()) == []


def test_a_new_submission_is_sealed_and_answered_with_a_receipt(phone: Phone) -> None:
    answer = phone.send(answers(photo="p.jpg"), ("p.jpg", b"jpeg"))
    assert answer.status_code == 201
    assert answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Content-Type"].startswith("text/xml")
    submission, edition = Submission.objects.get(), Edition.objects.get()
    assert open_item(edition.item) == answers(photo="p.jpg")
    attachment = Attachment.objects.get()
    assert attachment.is_named
    assert split_name(open_item(attachment.item)) == ("p.jpg", b"jpeg")  # type: ignore[arg-type]
    (code,) = re.findall(rb"Receipt: ([A-Z2-7-]+)\.", answer.content)
    assert Receipt.objects.get().code_mark in receiving.marks_of_code(plain_code(code.decode()))
    assert not submission.is_held
    assert Event.objects.filter(verb="submission.received", object=f"submission:{submission.id}").exists()


def test_the_same_again_stores_nothing(phone: Phone) -> None:
    for status in (201, 202, 202):
        assert phone.send(answers(photo="p.jpg"), ("p.jpg", b"jpeg")).status_code == status
    assert (Submission.objects.count(), Edition.objects.count(), Attachment.objects.count()) == (1, 1, 1)
    assert Item.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan is SQLite's")
def test_retries_go_through_no_other_submission(phone: Phone) -> None:
    """SQLite would take the questionnaire before the names, and go through all that ever came for it."""
    phone.send(answers())
    names = {f"uuid:{number}" for number in range(100)}
    form = Submission.objects.get().questionnaire_id
    with CaptureQueriesContext(connection) as asked:
        assert [each.instance for each in receiving._editions(names, {form})] == ["uuid:1"]
        assert receiving._editions(names, {uuid4()}) == []
    looks = [each["sql"] for each in asked if "collection_edition" in each["sql"] and "JOIN" in each["sql"]]
    assert looks
    with connection.cursor() as cursor:
        for each in looks:
            cursor.execute(f"EXPLAIN QUERY PLAN {each}")
            assert not any("questionnaire_id=?" in row[3] for row in cursor.fetchall()), each


def test_files_may_come_later_and_in_parts(phone: Phone) -> None:
    assert phone.send(answers(photo="p.jpg"), **{"*isIncomplete*": "yes"}).status_code == 201
    waiting = Attachment.objects.get()
    assert (waiting.item, waiting.digest, waiting.is_named) == (None, "", True)
    assert phone.send(answers(photo="p.jpg"), ("p.jpg", b"jpeg")).status_code == 201
    assert Attachment.objects.get().item is not None


def test_another_file_of_the_same_name_is_kept_beside_the_first(phone: Phone) -> None:
    phone.send(answers(photo="p.jpg"), ("p.jpg", b"one"))
    assert phone.send(answers(photo="p.jpg"), ("p.jpg", b"two")).status_code == 201
    assert Attachment.objects.count() == 2


def test_a_stray_file_is_kept_aside(phone: Phone) -> None:
    assert phone.send(answers(), ("stray.jpg", b"x")).status_code == 201
    assert not Attachment.objects.get().is_named


def test_other_answers_under_the_same_name_are_refused_and_kept(phone: Phone) -> None:
    phone.send(answers())
    for _ in range(2):
        assert phone.send(answers(answer="ibis")).status_code == 409
    aside = SetAside.objects.get()
    assert aside.why == Why.CONFLICT
    assert open_item(aside.item) == answers(answer="ibis")
    assert Edition.objects.count() == 1


def test_an_edit_is_a_new_edition_of_the_same_submission(phone: Phone) -> None:
    phone.send(answers())
    assert phone.send(answers("uuid:2", replaces="uuid:1", answer="ibis")).status_code == 201
    assert phone.send(answers("uuid:2", replaces="uuid:1", answer="ibis")).status_code == 202
    submission = Submission.objects.get()
    assert (submission.root, submission.current) == ("uuid:1", "uuid:2")
    assert [each.number for each in Edition.objects.order_by("number")] == [1, 2]
    assert Receipt.objects.count() == 1
    assert phone.send(answers()).status_code == 202  # the first version again: it is in history


def test_an_edit_of_an_older_version_is_refused_and_kept(phone: Phone) -> None:
    phone.send(answers())
    phone.send(answers("uuid:2", replaces="uuid:1"))
    assert phone.send(answers("uuid:3", replaces="uuid:1")).status_code == 409
    assert SetAside.objects.get().why == Why.OUTDATED


def test_an_edit_of_what_has_not_come_is_kept(phone: Phone) -> None:
    assert phone.send(answers("uuid:2", replaces="uuid:1")).status_code == 404
    assert SetAside.objects.get().why == Why.ORPHAN


def test_what_replaces_itself_is_stored_as_new(phone: Phone) -> None:
    """Found by fuzzing: it waited for itself, and the next that came under its name was never stored."""
    assert phone.send(answers(replaces="uuid:1")).status_code == 201
    assert phone.send(answers(replaces="uuid:1")).status_code == 202
    assert (Submission.objects.count(), SetAside.objects.count()) == (1, 0)


def test_edits_that_replace_each_other_in_a_ring_end_where_they_began(phone: Phone) -> None:
    """The same with two of them."""
    assert phone.send(answers("uuid:1", replaces="uuid:2")).status_code == 404
    assert phone.send(answers("uuid:2", replaces="uuid:1")).status_code == 404
    assert phone.send(answers("uuid:1")).status_code == 201
    assert [each.instance for each in Edition.objects.order_by("number")] == ["uuid:1", "uuid:2"]


def test_an_edit_that_waits_and_comes_as_new_is_stored_once(phone: Phone) -> None:
    assert phone.send(answers("uuid:2", replaces="uuid:1")).status_code == 404
    assert phone.send(answers("uuid:2")).status_code == 201
    assert phone.send(answers("uuid:1")).status_code == 201
    assert sorted(each.instance for each in Edition.objects.all()) == ["uuid:1", "uuid:2"]


def test_an_unknown_version_is_held_and_not_stranded(phone: Phone) -> None:
    assert phone.send(answers(version="any words of a sender")).status_code == 201
    assert Submission.objects.get().is_held
    assert Event.objects.get(verb="submission.received").payload["version"] == ""


def test_without_an_instance_id_a_retry_is_no_double(phone: Phone) -> None:
    assert phone.send(answers(None)).status_code == 201
    assert phone.send(answers(None)).status_code == 202
    assert Submission.objects.count() == 1


def test_what_was_erased_is_thanked_for_and_not_stored(phone: Phone) -> None:
    questionnaire = Questionnaire.objects.get()
    Tombstone.objects.create(
        mark=receiving.tombstone(questionnaire.initiative_id, questionnaire.id, "uuid:1"), laid_at=AT
    )
    assert phone.send(answers(), ("p.jpg", b"x")).status_code == 202
    assert phone.send(answers("uuid:2", replaces="uuid:1")).status_code == 202
    assert (Submission.objects.count(), Item.objects.count(), SetAside.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("xml", "status"),
    [
        (b"", 400),
        (b"not xml <", 400),
        (answers()[:-10], 400),
        (b'<!DOCTYPE d [<!ENTITY e "x">]>' + answers(), 400),
        (answers().replace(b"heron", b"\x00"), 400),
        (b"<data>" * 20_000, 400),
        (answers(form_id="no_such_form"), 404),
    ],
)
def test_what_cannot_be_taken_is_refused_in_openrosas_words(phone: Phone, xml: bytes, status: int) -> None:
    answer = phone.send(xml, ("p.jpg", b"x"))
    assert answer.status_code == status
    assert b"OpenRosaResponse" in answer.content
    assert (Submission.objects.count(), Item.objects.count()) == (0, 0)


def test_a_request_without_answers_is_refused(phone: Phone) -> None:
    assert phone.client.post(f"{phone.base}/submission", {"other": "x"}).status_code == 400


def test_a_closed_questionnaire_takes_nothing(phone: Phone) -> None:
    Questionnaire.objects.update(closed_at=AT)
    queries.forget()
    assert phone.send(answers()).status_code == 403
    assert b"<xform>" not in phone.client.get(f"{phone.base}/formList").content


@pytest.mark.parametrize("method", ["head", "get"])
def test_asking_what_is_accepted_is_204(phone: Phone, method: str) -> None:
    answer = getattr(phone.client, method)(f"{phone.base}/submission")
    assert answer.status_code == 204
    assert answer["X-OpenRosa-Accept-Content-Length"] == "5000000"
    browser = phone.client.get(f"{phone.base}/submission", headers={"user-agent": "Mozilla/5.0"})
    assert browser["X-OpenRosa-Accept-Content-Length"] == "100000000"


def test_a_wrong_or_revoked_key_is_403() -> None:
    where = initiative()
    published(where)
    held, secret = key(where)
    assert Client().get(f"/key/{secret}/formList").status_code == 200
    revoke_key(key=held, by=person(Role.COORDINATOR, where), at=AT)
    for wrong in (secret, "a" * 48):
        assert Client().get(f"/key/{wrong}/formList").status_code == 403
        assert Phone(wrong).send(answers()).status_code == 403


def test_a_key_of_another_initiative_sees_and_sends_nothing(phone: Phone) -> None:
    stranger = Phone(key(initiative())[1])
    assert b"<xform>" not in stranger.client.get(f"{stranger.base}/formList").content
    assert stranger.send(answers()).status_code == 404


def test_a_draft_link_makes_tests_only() -> None:
    where = initiative()
    version = published(where)
    tester = Phone(key(where, KeyKind.DRAFT, version.questionnaire)[1])
    assert tester.send(answers()).status_code == 201
    assert Submission.objects.get().is_test


def test_codes_can_be_typed_as_people_type() -> None:
    code = new_code()
    assert plain_code(f"  {code.lower().replace('-', ' ')} ") == code
    assert plain_code(code.replace("O", "0").replace("I", "1").replace("B", "8")) == code
    assert len(code.replace("-", "")) == 26
