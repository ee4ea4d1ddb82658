"""A release walks from records to the public, and back to be made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from everycount.sample import MAIN
from everycount.site.consent.models import Use
from everycount.site.ledger.models import Event
from everycount.site.ledger.queries import broken
from everycount.site.publication import making, records
from everycount.site.publication.actions import publishing
from everycount.site.publication.queries import releases as queries
from everycount.site.publication.states import Move, State
from everycount.survey import releasing
from publication_world import Publication
from site_world import AT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publication]:
    yield Publication(monkeypatch)
    assert list(broken()) == []


def test_a_release_walks_from_records_to_the_public(work: Publication) -> None:
    draft = work.computed()
    assert (draft.state, draft.faults, draft.records) == (State.DRAFT, [], 120)
    assert draft.digest == queries.numbers(draft).digest
    everybody = next(each for each in queries.numbers(draft).cells.cells if not each.cell)
    assert everybody.n == 120
    assert sum(Use.objects.get(event=draft.use).records.values_list("count", flat=True)) == 120
    assert not queries.published(at=AT).exists()
    out = publishing.publish(release=work.agreed(draft), by=work.steward, at=AT)
    assert out.state == State.PUBLISHED
    assert queries.public(out.plan.slug, 1, at=AT) == out
    verbs = list(Event.objects.filter(object=f"release:{out.pk}").values_list("verb", flat=True))
    assert verbs == [
        f"release.{each}"
        for each in ("asked", "begin", "finish", "propose", "approve", "stated", "agree", "publish")
    ]
    assert [each.move for each in out.moves.all()] == [
        *(Move.BEGIN, Move.FINISH, Move.PROPOSE, Move.APPROVE, Move.AGREE, Move.PUBLISH)
    ]


def test_what_cannot_be_computed_fails_once_and_keeps_nobody_waiting(
    work: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise LookupError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(making, "_laid", broken)
        failed = work.computed()
    assert (failed.state, len(failed.faults)) == (State.FAILED, 1)
    assert not Event.objects.filter(verb="records.opened", actor=work.analyst.ref).exists()
    assert work.computed().state == State.DRAFT


def test_the_process_and_the_node_speak_of_the_same_files() -> None:
    assert (making.RELEASE, making.FAULTS) == (releasing.RELEASE, releasing.FAULTS)
    assert records.MAIN == MAIN
