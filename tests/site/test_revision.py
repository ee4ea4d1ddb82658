"""What becomes of public numbers when people take consent back; releases that were computed elsewhere."""

from __future__ import annotations

import json
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from everycount.faults import InputError
from everycount.protect import PUBLIC, Status
from everycount.site.collection.models import Submission
from everycount.site.collection.queries.forms import forget
from everycount.site.consent.actions import How, erase, withdraw
from everycount.site.consent.models import Purpose
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.people.models import Role
from everycount.site.publication.actions import bringing, computing, deciding, publishing
from everycount.site.publication.queries import releases as queries
from everycount.site.publication.queries import revision
from everycount.site.publication.states import State
from publication_world import Publication
from site_world import AT, initiative, person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from everycount.site.publication.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publication]:
    yield Publication(monkeypatch)
    assert list(broken()) == []


def taken_back(number: int) -> Submission:
    """Somebody ends the counting of their answers."""
    found = Submission.objects.get(root=f"uuid:{number}")
    withdraw(submission=found.pk, purposes=[Purpose.STATISTICS], by="respondent", at=AT, how=How.RECEIPT)
    return found


def values(release: Release) -> dict[object, object]:
    """Every cell with what is told of it."""
    return {
        (each.measure, each.cell): (each.value, each.n, each.status)
        for each in queries.numbers(release).cells.cells
    }


def test_a_withdrawal_walks_to_every_number_and_the_revision_to_the_public(work: Publication) -> None:
    first = work.published()
    gone = Submission.objects.get(root="uuid:5")
    (told,) = revision.fed_by(gone.pk)
    assert (told.title, told.address) == ("Worries and things", f"/releases/{first.plan.slug}/1")
    taken_back(5)
    assert queries.under_revision(first) == AT
    event = Event.objects.get(verb="release.revision_due")
    assert event.payload == {"number": 1, "opened": first.use}

    due = revision.due(work.plan, at=AT)
    assert due is not None
    assert not due.is_due
    with pytest.raises(InputError, match="few records changed"):
        computing.ask(plan=work.plan, accepted_only=False, by=work.analyst, at=AT)
    assert revision.waiting(work.analyst, at=AT) == []
    later = AT + timedelta(days=work.plan.days)
    assert [each.release for each in revision.waiting(work.analyst, at=later)] == [first]

    erase(submission=Submission.objects.get(root="uuid:6").pk, by="respondent", at=AT, how=How.RECEIPT)
    for number in range(7, 15):
        taken_back(number)
    assert [each.release for each in revision.waiting(work.analyst, at=AT)] == [first]
    draft = work.computed()
    assert (draft.state, draft.number, draft.records) == (State.DRAFT, 2, 110)
    assert draft.given == [first.digest]
    assert queries.numbers(draft).provenance.supersedes == first.digest
    second = publishing.publish(release=work.agreed(draft), by=work.steward, at=AT)
    first.refresh_from_db()
    assert (first.state, first.superseded_at) == (State.SUPERSEDED, AT)
    assert queries.under_revision(second) is None
    assert [each.number for each in queries.published(at=AT)] == [2, 1]
    assert [each.number for each in queries.current(at=AT)] == [2]


def test_few_people_are_the_smallest_cell() -> None:
    assert PUBLIC.min_respondents == revision.FEWEST


def test_after_a_withdrawal_the_world_is_one_in_which_the_record_never_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with transaction.atomic():
        never = values(Publication(monkeypatch, records=90).computed())
        transaction.set_rollback(True)
    forget()
    work = Publication(monkeypatch, records=120)
    before = values(work.computed())
    for number in range(90, 120):
        taken_back(number)
    after = values(work.computed())
    assert after == never != before
    assert any(status is Status.SHOWN for _, _, status in after.values())


def test_what_was_computed_elsewhere_is_decided_here(work: Publication) -> None:
    made = work.computed()
    document = zlib.decompress(bytes(made.document or b""))
    here = initiative(listed=True)
    analyst, steward = person(Role.ANALYST, here), person(Role.STEWARD, here)
    brought = bringing.bring(initiative=here, document=document, by=analyst, at=AT)
    assert (brought.state, brought.digest, brought.use) == (State.DRAFT, made.digest, None)
    assert values(brought) == values(made)
    work.reviewer, work.members[0] = person(Role.REVIEWER, here), person(Role.COMMUNITY, here)
    work.analyst = analyst
    out = publishing.publish(release=work.agreed(brought), by=steward, at=AT)
    assert queries.public(out.plan.slug, 1, at=AT) == out
    with pytest.raises(InputError, match="without regard"):
        bringing.bring(initiative=here, document=document, by=analyst, at=AT)
    with pytest.raises(InputError, match="not on this node"):
        computing.ask(plan=out.plan, accepted_only=False, by=analyst, at=AT)
    with pytest.raises(InputError, match="not on this node"):
        computing.again(release=brought, by=analyst, at=AT)
    with pytest.raises(InputError, match="not on this node"):
        deciding.withhold(release=brought, by=work.members[0], at=AT)


@pytest.mark.parametrize("spoilt", [b"", b"[]", b"\xff\xfe", b'{"schema": "everycount-release/1"}'])
def test_what_is_no_release_is_refused_and_nothing_is_left(spoilt: bytes) -> None:
    here = initiative()
    with pytest.raises(InputError):
        bringing.bring(initiative=here, document=spoilt, by=person(Role.ANALYST, here), at=AT)
    assert not here.release_plans.exists()


def test_a_release_that_was_changed_is_refused(work: Publication) -> None:
    document = json.loads(zlib.decompress(bytes(work.computed().document or b"")))
    shown = next(each for each in document["cells"]["cells"] if each["value"] is not None)
    shown["value"] = 0.123
    with pytest.raises(InputError):
        bringing.bring(
            initiative=work.initiative, document=json.dumps(document).encode(), by=work.analyst, at=AT
        )
