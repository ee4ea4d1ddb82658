"""The steward's pages: texts, messages, and taking back for those without a code."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from consented import Field, open_purposes
from everycount.faults import InputError
from everycount.site.collection.models import Submission
from everycount.site.consent.actions import leave_message, write_text
from everycount.site.consent.models import Basis, Consent, ConsentText, Message, Promise, Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from site_world import AT, answers, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

pytestmark = pytest.mark.django_db
FILLED = {each.value: f"Invented words about {each.value}." for each in Promise}


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


@pytest.fixture
def steward(field: Field) -> Client:
    client = Client()
    client.force_login(field.steward)
    return client


def where(field: Field, path: str = "") -> str:
    return f"/initiatives/{field.initiative.slug}/consent{path}"


def said(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def test_a_text_is_heard_before_it_is_kept(field: Field, steward: Client) -> None:
    given = FILLED | {"language": "ar", "basis": "witnessed"}
    page = said(steward.post(where(field, "/texts/new"), given | {"preview": "yes"}))
    assert 'dir="rtl"' in page
    assert "Invented words about why." in page
    assert "May your answers be counted?" in page
    assert not ConsentText.objects.exists()
    assert steward.post(where(field, "/texts/new"), given).status_code == 302
    text = ConsentText.objects.get()
    assert (text.version, text.language, text.promises) == (1, "ar", FILLED)
    assert Event.objects.get(verb="consent.text_written").payload == {"version": 1, "language": "ar"}


def test_what_was_written_stays_and_a_change_is_a_new_version(field: Field, steward: Client) -> None:
    given = FILLED | {"basis": "spoken"}
    steward.post(where(field, "/texts/new"), given | {"language": "en"})
    steward.post(where(field, "/texts/1/add"), given | {"language": "fr"})
    again = steward.post(where(field, "/texts/1/add"), given | {"language": "fr"})
    assert "never changed" in said(again)
    steward.post(where(field, "/texts/new"), given | {"language": "en"})
    assert list(ConsentText.objects.values_list("version", "language")) == [(2, "en"), (1, "en"), (1, "fr")]
    assert "is not the newest" in said(steward.post(where(field, "/texts/1/add"), given | {"language": "es"}))
    assert "Version 1" in said(steward.get(where(field, "/texts/1/fr")))


@pytest.mark.parametrize("missing", list(Promise))
def test_all_five_promises_are_made(field: Field, steward: Client, missing: Promise) -> None:
    given = FILLED | {"language": "en", "basis": "spoken", missing.value: " "}
    assert 'aria-invalid="true"' in said(steward.post(where(field, "/texts/new"), given))
    with pytest.raises(InputError):
        write_text(
            initiative=field.initiative,
            language="en",
            promises=FILLED | {missing.value: ""},
            basis=Basis.SPOKEN,
            by=field.steward,
            at=AT,
        )
    assert not ConsentText.objects.exists()


def test_a_text_holds_for_what_is_published_after_it(field: Field) -> None:
    text = write_text(
        initiative=field.initiative,
        language="en",
        promises=FILLED,
        basis=Basis.COMMUNITY,
        by=field.steward,
        at=AT,
    )
    field.stored(answers())
    assert set(Consent.objects.values_list("text_version", flat=True)) == {text.version}
    field.version.published_at = AT.replace(year=2020)
    field.version.save()
    submission, _ = field.stored(answers("uuid:2"))
    rows = Consent.objects.filter(submission=submission.pk)
    assert set(rows.values_list("text_version", "basis")) == {(0, Basis.SPOKEN)}


def test_the_overview_says_what_is_asked_and_how_many_agreed(field: Field, steward: Client) -> None:
    field.stored(answers())
    page = said(steward.get(where(field)))
    assert "May your answers be counted?" in page
    assert "they are counted in tables" in page


def test_a_message_is_read_by_a_button_and_leaves_an_event(field: Field, steward: Client) -> None:
    submission, _ = field.stored(answers())
    leave_message(submission=submission.pk, text="<b>We have two taps.</b>", by="respondent", at=AT)
    message = Message.objects.get()
    assert "two taps" not in said(steward.get(where(field, "/messages")))
    answer = steward.post(where(field, f"/messages/{message.pk}"))
    assert b"&lt;b&gt;We have two taps." in answer.content
    assert str(submission.pk) not in said(answer)
    message.refresh_from_db()
    assert message.read_at is not None
    assert Event.objects.get(verb="message.read").actor == field.steward.ref


def test_somebody_without_a_code_is_found_without_opening_an_answer(field: Field, steward: Client) -> None:
    submission, code = field.stored(answers())
    other, other_code = field.stored(answers("uuid:2"))
    page = said(steward.get(where(field, "/assist"), {"begins": code[:5].lower()}))
    assert str(submission.pk) in page
    assert str(other.pk) not in page or code[:5] == other_code[:5]
    for given, there in (
        ({"day": "2026-11-22"}, True),
        ({"day": "2026-11-23"}, False),
        ({"key": str(field.key.pk)}, True),
        ({"key": str(submission.pk)}, False),
        ({"begins": "AAAAA"}, code.startswith("AAAAA")),
    ):
        page = said(steward.get(where(field, "/assist"), given))
        assert (f"assist/{submission.pk}" in page) == there, given
    assert "heron" not in page
    assert not Event.objects.filter(verb="records.opened").exists()


def test_a_steward_takes_back_in_two_steps_and_is_named(field: Field, steward: Client) -> None:
    submission, _ = field.stored(answers())
    path, given = where(field, f"/assist/{submission.pk}"), {"what": "review", "how": "in_person"}
    assert "Tick this only when you are sure" in said(steward.post(path, given | {"meant": "yes"}))
    assert "Look once more" in said(steward.post(path, given | {"sure": "on"}))
    assert Purpose.REVIEW in open_purposes(submission)
    page = said(steward.post(path, given | {"sure": "on", "meant": "yes"}))
    assert "It is taken back" in page
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}
    event = Event.objects.get(verb="consent.withdrawn")
    assert (event.actor, event.payload["how"]) == (field.steward.ref, "in_person")
    everything = given | {"what": "collection", "sure": "on", "meant": "yes"}
    assert "The answers are erased" in said(steward.post(path, everything))
    assert not Submission.objects.exists()
    assert steward.post(path, everything).status_code == 404


def test_a_steward_of_another_initiative_finds_nothing(field: Field) -> None:
    submission, _ = field.stored(answers())
    elsewhere = initiative()
    client = Client()
    client.force_login(person(Role.STEWARD, elsewhere))
    theirs = f"/initiatives/{elsewhere.slug}/consent/assist"
    assert client.get(where(field, f"/assist/{submission.pk}")).status_code == 404
    assert client.get(f"{theirs}/{submission.pk}").status_code == 404
    assert str(submission.pk) not in said(client.get(theirs, {"day": "2026-11-22"}))
