"""The ledger: only added to, chained, and saying nothing of persons."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from everycount.site.ledger import queries
from everycount.site.ledger.actions import Entry, record, record_alone
from everycount.site.ledger.chain import BEGINNING, breaks, digest
from everycount.site.ledger.models import Event
from everycount.site.ledger.verbs import VERBS

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def entry(number: int = 1, **changes: object) -> Entry:
    given = {"verb": "vault.item_erased", "by": "system", "object": f"item:{number}"} | changes
    return Entry(**given)  # type: ignore[arg-type]


def test_events_continue_each_other() -> None:
    with transaction.atomic():
        first, second = record(entry(1), entry(2), at=NOW)
    third = record_alone(entry(3), at=NOW)
    assert [event.number for event in (first, second, third)] == [1, 2, 3]
    assert first.previous == BEGINNING
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert list(queries.broken()) == []
    assert queries.head() == (3, third.digest)


def test_what_is_read_back_has_the_same_digest() -> None:
    record_alone(Entry("node.started", "system", "node", uuid4(), {"version": "0.1 “é”"}), at=NOW)
    event = Event.objects.get()
    assert digest(event) == event.digest


def test_an_event_needs_the_transaction_of_its_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test stands in a transaction; one without empties all tables afterwards, which this one refuses."""
    monkeypatch.setattr(connections["default"], "in_atomic_block", False)
    with pytest.raises(RuntimeError, match="in the transaction"):
        record(entry(), at=NOW)


def test_an_event_goes_when_its_change_is_rolled_back() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 - the block is what rolls back
        record(entry(), at=NOW)
        raise ZeroDivisionError
    assert queries.head() is None


@pytest.mark.parametrize("statement", ["UPDATE ledger_event SET actor = 'x'", "DELETE FROM ledger_event"])
def test_the_database_refuses_to_change_or_remove(statement: str) -> None:
    record_alone(entry(), at=NOW)
    with (
        pytest.raises(DatabaseError, match="forgets nothing"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Event.objects.count() == 1


def test_the_model_refuses_too() -> None:
    event = record_alone(entry(), at=NOW)
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


@pytest.mark.parametrize(
    ("verb", "payload", "why"),
    [
        ("person.looked_at", {}, "no verb"),
        ("node.started", {"name": "x"}, "may not carry name"),
        ("node.started", {"version": "x" * 201}, "more than 200"),
        ("node.started", {"version": 1.5}, "neither text nor whole"),
        ("node.started", {"version": {"a": 1}}, "neither text nor whole"),
    ],
)
def test_what_no_verb_may_carry_is_refused(verb: str, payload: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Entry(verb, "system", "x", payload=payload)  # type: ignore[arg-type]


def test_every_verb_says_what_happened() -> None:
    for name, verb in VERBS.items():
        assert name.count(".") == 1
        assert verb.words
        assert not verb.words.endswith(".")


def chain(length: int) -> list[Event]:
    made, before = [], BEGINNING
    for number in range(1, length + 1):
        event = Event(number=number, at=NOW, actor="system", verb="v", object=f"o{number}", previous=before)
        event.digest = before = digest(event)
        made.append(event)
    return made


TAMPERED = ("actor", "verb", "object", "previous", "digest")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    length=st.integers(2, 8),
    place=st.integers(0, 7),
    how=st.sampled_from((*TAMPERED, "gone", "twice", "swapped")),
)
def test_no_change_of_the_past_stays_unseen(length: int, place: int, how: str) -> None:
    events = chain(length)
    place %= length
    if how == "gone":
        if place == length - 1:
            return  # a cut end is seen only against a digest that was written down
        del events[place]
    elif how == "twice":
        events.insert(place, events[place])
    elif how == "swapped":
        events[0], events[-1] = events[-1], events[0]
    else:
        setattr(events[place], how, "f" * 64)
    assert list(breaks(events))


def test_an_intact_chain_has_no_break() -> None:
    assert list(breaks(chain(20))) == []
