"""Submissions of a version that is not known yet: held, and let go when it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from consented import Field, open_purposes, read_all
from everycount.site.collection import actions, queries
from everycount.site.collection.models import Attachment, Edition, Submission
from everycount.site.collection.receiving import receive
from everycount.site.consent import gate
from everycount.site.consent.actions import read_now
from everycount.site.consent.models import Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from site_world import AT, answers, key, person, xlsform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.collection.models import Version

pytestmark = pytest.mark.django_db


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def publish(field: Field, version: str = "2") -> Version:
    by = person(Role.COORDINATOR, field.initiative)
    form = xlsform(version=version)
    made = actions.upload(initiative=field.initiative, xlsform=form, name="form.xlsx", by=by, at=AT)
    actions.publish(version=made, by=by, at=AT)
    return made


def test_what_is_held_is_not_opened_and_let_go_when_its_version_is_published(field: Field) -> None:
    field.send(answers(version="2"))
    field.send(answers("uuid:other", version="7"))
    read_all()
    assert list(Submission.objects.values_list("is_held", flat=True)) == [True, True]
    publish(field)
    queries.forget()
    read_all()
    held = dict(Submission.objects.values_list("root", "is_held"))
    assert held == {"uuid:1": False, "uuid:other": True}
    assert open_purposes(Submission.objects.get(root="uuid:1")) >= {Purpose.STATISTICS}
    assert Event.objects.get(verb="submission.released").payload == {"submissions": 1}


def test_one_that_is_stored_after_the_publishing_is_let_go_all_the_same(field: Field) -> None:
    """It had asked for its version a moment before, or in a process that had kept the answer."""
    from everycount.site.collection import openrosa

    taken = []

    class Later:
        def put(self, package: object) -> object:
            taken.append(package)
            return type("Outcome", (), {"fate": openrosa.Fate.AGAIN, "receipt": "", "unused": ()})()

    before, openrosa.WRITER = openrosa.WRITER, Later()  # type: ignore[assignment]
    try:
        field.send(answers(version="2"))
    finally:
        openrosa.WRITER = before
    publish(field)
    queries.forget()
    receive(taken, at=AT)  # type: ignore[arg-type]
    assert Submission.objects.get().is_held
    read_all()
    assert not Submission.objects.get().is_held
    assert len(field.opened()) == 1


def test_files_of_what_was_held_are_named_when_it_is_let_go(field: Field) -> None:
    field.send(answers(version="2", photo="p.jpg"), ("p.jpg", b"jpeg"), ("stray.jpg", b"x"))
    field.send(answers("uuid:2", version="2", photo="missing.jpg"))
    assert not Attachment.objects.filter(is_named=True).exists()
    publish(field)
    queries.forget()
    read_all()
    first = Attachment.objects.filter(submission__root="uuid:1")
    assert first.count() == 2
    assert [each.is_named for each in first.order_by("pk")] == [True, False]
    waited = Attachment.objects.get(submission__root="uuid:2")
    assert (waited.is_named, waited.item, waited.digest) == (True, None, "")
    field.send(answers("uuid:2", version="2", photo="missing.jpg"), ("missing.jpg", b"late"))
    waited.refresh_from_db()
    assert waited.item is not None


def test_whoever_stands_before_the_page_does_not_wait(field: Field) -> None:
    field.send(answers(version="2"))
    publish(field)
    queries.forget()
    submission = Submission.objects.get()
    read_now(submission.pk, at=AT)
    assert open_purposes(submission) >= {Purpose.STATISTICS}


def test_a_held_one_that_was_erased_stays_away_and_stops_nobody(field: Field) -> None:
    from everycount.site.vault.places import ring

    field.send(answers(version="2"))
    field.send(answers("uuid:2", version="2"))
    gone = Edition.objects.get(instance="uuid:1")
    from everycount.site.vault.models import Item

    item = Item.objects.get(pk=gone.item)
    ring().erase(item.initiative, [item.slot])
    publish(field)
    queries.forget()
    read_all()
    assert dict(Submission.objects.values_list("root", "is_held")) == {"uuid:1": True, "uuid:2": False}


def test_a_test_of_a_draft_can_be_looked_at(field: Field) -> None:
    by = person(Role.COORDINATOR, field.initiative)
    draft = xlsform(version="3")
    made = actions.upload(initiative=field.initiative, xlsform=draft, name="form.xlsx", by=by, at=AT)
    from everycount.site.collection.models import KeyKind

    _, field.secret = key(field.initiative, KeyKind.DRAFT, made.questionnaire)
    field.send(answers("uuid:try", version="3"))
    read_all()
    (opened,) = gate.open_records(Submission.objects.all(), Purpose.REVIEW, by=field.reviewer, at=AT)
    assert opened.record().answers["answer"] == "heron"
    assert field.opened() == []
