"""The mark "under revision": what was made of records of which one is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from consented import Field, read_all
from everycount.site.collection.models import Submission
from everycount.site.consent import gate, used
from everycount.site.consent.actions import How, erase, erase_initiative, withdraw
from everycount.site.consent.models import Consent, Purpose, Use, UsedRecords
from everycount.site.consent.queries import steward
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from site_world import AT, answers

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
WORD: dict[str, Any] = {"by": "respondent", "at": AT, "how": How.RECEIPT}


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def shared(field: Field, submission: Submission) -> None:
    given = {"initiative": field.initiative.pk, "basis": "spoken", "since": AT}
    Consent.objects.create(submission=submission.pk, purpose=Purpose.SHARING, **given)


def test_openings_for_numbers_are_kept_by_their_entry_and_looking_is_not(field: Field) -> None:
    one, other = field.stored(answers())[0], field.stored(answers("uuid:2"))[0]
    field.opened(Purpose.REVIEW)
    assert not Use.objects.exists()
    field.opened()
    use = Use.objects.get()
    event = Event.objects.get(verb="records.opened", payload__purpose="statistics")
    assert (use.event, use.purpose, use.under_revision_since) == (event.number, "statistics", None)
    assert used.names_of(use) == {one.pk, other.pk}


def test_a_withdrawal_marks_what_was_made_of_the_record_once(field: Field) -> None:
    one, other = field.stored(answers())[0], field.stored(answers("uuid:2"))[0]
    field.opened()
    withdraw(submission=one.pk, purposes=[Purpose.STATISTICS], **WORD)
    use = Use.objects.get()
    assert use.under_revision_since == AT
    (event,) = Event.objects.filter(verb="use.under_revision")
    assert (event.object, event.payload) == (f"initiative:{field.initiative.pk}", {"opened": use.event})
    assert used.names_of(use) == {other.pk}
    withdraw(submission=other.pk, purposes=[Purpose.COLLECTION], **WORD)
    assert Event.objects.filter(verb="use.under_revision").count() == 1
    assert not UsedRecords.objects.exists()


def test_what_was_opened_afterwards_stands(field: Field) -> None:
    one, _ = field.stored(answers())
    field.stored(answers("uuid:2"))
    field.opened()
    withdraw(submission=one.pk, purposes=[Purpose.STATISTICS], **WORD)
    field.opened()
    marks = list(Use.objects.order_by("event").values_list("under_revision_since", flat=True))
    assert marks == [AT, None]


def test_only_what_was_made_for_the_purpose_is_marked(field: Field) -> None:
    one, _ = field.stored(answers())
    shared(field, one)
    field.opened()
    list(gate.open_records(Submission.objects.all(), Purpose.SHARING, by=field.steward, at=AT))
    withdraw(submission=one.pk, purposes=[Purpose.SHARING], **WORD)
    marks = dict(Use.objects.values_list("purpose", "under_revision_since"))
    assert marks == {"statistics": None, "sharing": AT}
    assert all(
        used.names_of(each) == {one.pk} for each in Use.objects.all()
    )  # the other use still rests on it
    withdraw(submission=one.pk, purposes=[Purpose.REVIEW], **WORD)
    assert Use.objects.get(purpose="statistics").under_revision_since is None


def test_an_edit_that_says_no_marks_what_its_yes_went_into(field: Field) -> None:
    field.stored(answers())
    field.stored(answers("uuid:2"))
    field.opened()
    field.send(answers("uuid:3", replaces="uuid:1", answer="ibis"))
    read_all()
    assert Use.objects.get().under_revision_since is None  # a change of answers takes nothing back
    field.send(answers("uuid:4", replaces="uuid:3", counted="no"))
    read_all()
    assert Use.objects.get().under_revision_since == AT


def test_erasing_by_others_marks_too(field: Field) -> None:
    one, _ = field.stored(answers())
    field.stored(answers("uuid:2"))
    field.opened()
    erase(submission=one.pk, by=field.steward.ref, at=AT, how="call")
    assert Use.objects.get().under_revision_since == AT
    field.opened()
    erase_initiative(initiative=field.initiative.pk, by=field.steward.ref, at=AT)
    assert not Use.objects.filter(under_revision_since=None).exists()
    assert not UsedRecords.objects.exists()


def test_the_steward_and_the_feed_are_told(field: Field) -> None:
    one, _ = field.stored(answers())
    field.stored(answers("uuid:2"))
    field.opened()
    client = Client()
    client.force_login(field.steward)
    where = f"/initiatives/{field.initiative.slug}"
    assert "under revision" not in client.get(f"{where}/consent").content.decode()
    withdraw(submission=one.pk, purposes=[Purpose.STATISTICS], **WORD)
    page = client.get(f"{where}/consent").content.decode()
    assert "under revision since 22 November 2026" in page or "under revision since Nov. 22, 2026" in page
    assert "1 still stands" in page
    assert "as under revision" in client.get(f"{where}/events").content.decode()


def test_names_of_a_use_are_found_and_taken_out_however_many_there_are(field: Field) -> None:
    """Half of them as SQLite keeps them: as texts."""
    names = [uuid4() for _ in range(3000)]
    uses = [
        Use.objects.create(event=number, initiative=field.initiative.pk, purpose="statistics", made_at=AT)
        for number in (901, 902)
    ]
    used.note(uses[0], [name.hex if number % 2 else name for number, name in enumerate(names)])
    used.note(uses[1], names[:10])
    assert used.names_of(uses[0]) == set(names)
    assert UsedRecords.objects.count() <= 256 + 10
    assert [each.use_id for each in used.parts_with(uuid4())] == []
    assert sorted(each.use_id for each in used.parts_with(names[3])) == [901, 902]
    assert [each.use_id for each in used.parts_with(names[10])] == [901]
    for name in names[:10]:
        used.forget(name, used.parts_with(name))
    assert used.names_of(uses[0]) == set(names[10:])
    assert used.names_of(uses[1]) == set()
    shown = {each.event: each.n for each in steward.uses(field.initiative)}
    assert shown == {901: 2990, 902: 0}
