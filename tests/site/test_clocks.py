"""Clocks of machines jump: when a battery is empty, a network comes back, or somebody sets them by hand.

Nothing that came is lost by it, no chain breaks, and nobody has to wait for the clock to take consent back.
Intake itself: ``test_writer.py``; names of rows: ``test_rows.py``; Digest: ``test_phones.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from consented import Field, open_purposes
from everycount.site.collection import keys
from everycount.site.collection.actions import revoke_key
from everycount.site.collection.models import Key, Submission
from everycount.site.consent.actions import How, read_waiting, withdraw
from everycount.site.consent.models import Consent, Ended, Purpose
from everycount.site.ledger.actions import Entry, record_alone
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from site_world import AT, answers, initiative, key, person

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
BACK, ON = AT - timedelta(days=9000), AT + timedelta(days=9000)


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


@pytest.mark.parametrize("of_user", [False, True])
def test_a_key_that_expired_by_a_wrong_clock_works_again(*, of_user: bool) -> None:
    """That it was found expired is not kept, not even for a moment."""
    made, secret = key(initiative())
    Key.objects.filter(pk=made.pk).update(
        expires_at=AT + timedelta(days=30), digest_user="anna", digest_ha1=b"x"
    )

    def found(at: datetime) -> Key | None:
        return keys.of_user("anna", at=at) if of_user else keys.valid(secret, at=at)

    assert [found(at) is not None for at in (AT, ON, BACK, ON, AT)] == [True, False, True, False, True]


@pytest.mark.parametrize("at", [BACK, ON])
def test_a_key_that_was_taken_back_stays_so_on_any_day(at: datetime) -> None:
    where = initiative()
    made, secret = key(where)
    revoke_key(key=made, by=person(Role.COORDINATOR, where), at=at)
    assert [keys.valid(secret, at=each) for each in (BACK, AT, ON)] == [None] * 3


@pytest.mark.parametrize("at", [BACK, AT - timedelta(microseconds=1), ON])
def test_consent_is_taken_back_whatever_the_clock_says(field: Field, at: datetime) -> None:
    submission, _ = field.stored(answers())
    done = withdraw(
        submission=submission.pk, purposes=[Purpose.REVIEW], by="respondent", at=at, how=How.RECEIPT
    )
    assert done is not None
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}
    row = Consent.objects.get(submission=submission.pk, purpose=Purpose.REVIEW)
    assert (row.until, row.ended) == (max(row.since, at), Ended.WITHDRAWN)


@pytest.mark.parametrize("at", [BACK, ON])
def test_everything_is_taken_back_whatever_the_clock_says(field: Field, at: datetime) -> None:
    submission, _ = field.stored(answers())
    done = withdraw(submission=submission.pk, purposes=list(Purpose), by="respondent", at=at, how=How.RECEIPT)
    assert done is not None
    assert done.is_erased
    assert not Submission.objects.exists()
    assert field.send(answers()).status_code == 202


@pytest.mark.parametrize("at", [BACK, ON])
def test_an_edit_that_says_no_is_read_whatever_the_clock_says(field: Field, at: datetime) -> None:
    submission, _ = field.stored(answers())
    no = answers("uuid:2", replaces="uuid:1").replace(b">yes<", b">no<")
    assert no != answers("uuid:2", replaces="uuid:1")
    assert field.send(no).status_code == 201
    assert read_waiting(at=at) == 1
    assert read_waiting(at=at) == 0
    assert Purpose.STATISTICS not in open_purposes(submission)


def test_the_ledger_holds_over_any_jump() -> None:
    moments = [AT, BACK, ON, datetime(1, 1, 1, tzinfo=UTC), AT, datetime(9999, 12, 31, tzinfo=UTC), AT]
    for number, at in enumerate(moments):
        record_alone(Entry("vault.item_erased", "system", f"item:{number}"), at=at)
    assert list(Event.objects.order_by("number").values_list("at", flat=True)) == moments
    assert list(broken()) == []
