"""The gate: no record comes out without a consent that is open, a role, and an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consented import Field, open_purposes, read_all
from everycount.site.collection.models import Attachment, Edition, SetAside, Submission
from everycount.site.consent import gate
from everycount.site.consent.actions import How, withdraw
from everycount.site.consent.models import Consent, Ended, Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import NodeRole, Role
from site_world import AT, answers, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
WORD = {"by": "respondent", "at": AT, "how": How.RECEIPT}


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    yield Field(monkeypatch)
    assert list(broken()) == []


def test_before_anybody_has_read_the_consents_nothing_opens(field: Field) -> None:
    field.send(answers())
    assert field.opened() == []
    read_all()
    assert field.opened() == [answers()]


def test_a_yes_opens_what_it_says_and_no_more(field: Field) -> None:
    submission, _ = field.stored(answers())
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS, Purpose.REVIEW}
    assert field.opened(Purpose.REVIEW) == [answers()]
    for purpose in (Purpose.SHARING, Purpose.CONTACT, Purpose.ARCHIVE):
        assert field.opened(purpose) == []


@pytest.mark.parametrize("said", ["no", "", "perhaps"])
def test_whatever_is_no_yes_stays_shut(field: Field, said: str) -> None:
    submission, _ = field.stored(answers(counted=said))
    assert open_purposes(submission) == {Purpose.COLLECTION}
    assert field.opened() == field.opened(Purpose.REVIEW) == []


def test_what_is_merely_kept_is_opened_by_nobody(field: Field) -> None:
    field.stored(answers())
    with pytest.raises(KeyError):
        field.opened(Purpose.COLLECTION)


def test_records_come_typed(field: Field) -> None:
    field.stored(answers())
    (opened,) = gate.open_records(Submission.objects.all(), Purpose.STATISTICS, by=field.analyst, at=AT)
    assert opened.record().answers["answer"] == "heron"


def test_each_opening_is_written_down_with_its_count_and_purpose(field: Field) -> None:
    for number in range(3):
        field.stored(answers(f"uuid:{number}"))
    field.opened()
    (event,) = Event.objects.filter(verb="records.opened")
    assert event.payload == {"purpose": "statistics", "records": 3}
    assert (event.actor, event.object) == (field.analyst.ref, f"initiative:{field.initiative.pk}")


@pytest.mark.parametrize("who", [*Role, *NodeRole, "stranger", "elsewhere"])
@pytest.mark.parametrize("purpose", list(gate.VERBS))
def test_only_the_right_role_opens(field: Field, who: object, purpose: Purpose) -> None:
    submission, _ = field.stored(answers())
    for each in Purpose:
        Consent.objects.get_or_create(
            submission=submission.pk,
            purpose=each,
            until=None,
            defaults={"initiative": field.initiative.pk, "basis": "spoken", "since": AT},
        )
    if who == "elsewhere":
        asks = person(Role.STEWARD, initiative())
    else:
        asks = person() if who == "stranger" else person(who, field.initiative)  # type: ignore[arg-type]
    may = {
        Purpose.REVIEW: {Role.COORDINATOR, Role.REVIEWER},
        Purpose.STATISTICS: {Role.ANALYST},
        Purpose.SHARING: {Role.STEWARD},
        Purpose.ARCHIVE: {Role.STEWARD},
        Purpose.CONTACT: {Role.STEWARD, Role.COORDINATOR},
    }
    assert bool(field.opened(purpose, asks)) == (who in may[purpose])
    assert Event.objects.filter(verb="records.opened").exists() == (who in may[purpose])


def test_a_file_opens_as_its_record_does(field: Field) -> None:
    submission, _ = field.stored(answers(photo="anna.jpg"), ("anna.jpg", b"j" * 200_000))
    attachment = Attachment.objects.get()
    found = gate.open_file(attachment, Purpose.REVIEW, by=field.reviewer, at=AT)
    assert found is not None
    assert (found[0], b"".join(found[1])) == ("anna.jpg", b"j" * 200_000)
    withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    assert gate.open_file(attachment, Purpose.REVIEW, by=field.reviewer, at=AT) is None


def test_a_test_of_a_draft_is_never_counted(field: Field) -> None:
    field.stored(answers())
    Submission.objects.update(is_test=True)
    assert field.opened() == []
    assert field.opened(Purpose.REVIEW) == [answers()]


def test_an_edit_stays_shut_until_it_is_read_and_may_close(field: Field) -> None:
    submission, _ = field.stored(answers())
    field.send(answers("uuid:2", replaces="uuid:1", counted="no"))
    assert field.opened() == []
    read_all()
    assert field.opened() == []
    assert open_purposes(submission) == {Purpose.COLLECTION}
    assert set(Consent.objects.exclude(until=None).values_list("ended", flat=True)) == {Ended.ANSWER}
    field.send(answers("uuid:3", replaces="uuid:2", answer="ibis"))
    read_all()
    assert field.opened() == [answers("uuid:3", replaces="uuid:2", answer="ibis")]
    assert Consent.objects.filter(purpose=Purpose.STATISTICS).count() == 2  # history stays


def test_what_was_taken_back_no_edit_opens_again(field: Field) -> None:
    submission, _ = field.stored(answers())
    withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    field.send(answers("uuid:2", replaces="uuid:1"))
    read_all()
    assert open_purposes(submission) == {Purpose.COLLECTION, Purpose.STATISTICS}


def test_a_purpose_is_taken_back_while_an_edit_that_allows_it_is_on_its_way(field: Field) -> None:
    submission, _ = field.stored(answers())
    field.send(answers("uuid:2", replaces="uuid:1", answer="ibis"))  # stored, not read yet
    withdraw(submission=submission.pk, purposes=[Purpose.REVIEW], **WORD)  # type: ignore[arg-type]
    read_all()
    assert field.opened(Purpose.REVIEW) == []
    assert len(field.opened()) == 1


def test_whoever_takes_it_back_while_records_are_read_is_left_out(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "AT_ONCE", 1)
    made = [field.stored(answers(f"uuid:{number}"))[0] for number in range(3)]
    records = gate.open_records(Submission.objects.all(), Purpose.STATISTICS, by=field.analyst, at=AT)
    first = next(records).submission
    gone, closed = (each for each in made if each.pk != first.pk)
    withdraw(submission=gone.pk, purposes=[Purpose.STATISTICS], **WORD)  # type: ignore[arg-type]
    Consent.objects.filter(submission=closed.pk).update(until=AT, ended=Ended.WITHDRAWN)
    assert list(records) == []


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 2), st.sampled_from(["yes", "no", ""])),
        st.tuples(st.just("edit"), st.integers(0, 2), st.sampled_from(["yes", "no", ""])),
        st.tuples(st.just("read"), st.just(0), st.just("")),
        st.tuples(
            st.just("back"), st.integers(0, 2), st.sampled_from(["statistics", "review", "collection"])
        ),
    ),
    max_size=12,
)


class Told:
    """The same world without a database: what each person last said, and what they took back."""

    def __init__(self) -> None:
        self.said: dict[int, str] = {}
        self.read: dict[int, bool] = {}
        self.back: dict[int, set[str]] = {}
        self.erased: set[int] = set()

    def step(self, kind: str, who: int, what: str) -> None:
        if kind == "read":
            self.read = dict.fromkeys(self.said, True)
        elif who in self.erased:
            return
        elif kind == "send" and who not in self.said:
            self.said[who], self.read[who], self.back[who] = what, False, set()
        elif kind == "edit" and who in self.said:
            self.said[who], self.read[who] = what, False
        elif kind == "back" and who in self.said:
            self._back(who, what)

    def _back(self, who: int, what: str) -> None:
        self.read[who] = True
        self.back[who].add(what)
        if what == "collection" or self.said[who] != "yes" or "statistics" in self.back[who]:
            self.erased.add(who)
            del self.said[who]

    def opened(self, purpose: str) -> int:
        return sum(
            self.read[who] and said == "yes" and purpose not in self.back[who]
            for who, said in self.said.items()
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_only_what_is_allowed_comes_out(
    field: Field, steps: list[tuple[str, int, str]]
) -> None:
    with transaction.atomic():
        told, current = Told(), dict[int, str]()
        for number, (kind, who, what) in enumerate(steps):
            do(field, current, (kind, who, what), f"uuid:{who}-{number}")
            told.step(kind, who, what)
            assert len(field.opened()) == told.opened("statistics"), (kind, who, what)
            assert len(field.opened(Purpose.REVIEW)) == told.opened("review"), (kind, who, what)
        assert not SetAside.objects.exists()
        assert Submission.objects.count() == len(told.said)
        transaction.set_rollback(True)


def do(field: Field, current: dict[int, str], step: tuple[str, int, str], fresh: str) -> None:
    """One step in the real world; a phone sends and edits on, whatever the person took back meanwhile."""
    kind, who, what = step
    if kind == "send" and who not in current:
        field.send(answers(fresh, counted=what))
        current[who] = fresh
    elif kind == "edit" and who in current:
        field.send(answers(fresh, replaces=current[who], counted=what))
        current[who] = fresh
    elif kind == "read":
        read_all()
    elif kind == "back" and who in current:
        for found in Edition.objects.filter(instance=current[who]):
            withdraw(submission=found.submission_id, purposes=[Purpose(what)], **WORD)  # type: ignore[arg-type]
