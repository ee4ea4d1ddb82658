"""The writer: batches, one bad package among good ones, a thread that dies, a clock that jumps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError

from everycount.site.collection import intake, receiving
from everycount.site.collection.intake import BusyError, Writer
from everycount.site.collection.models import Submission
from everycount.site.collection.package import Fate, Outcome, Package
from everycount.site.ledger.queries import broken
from site_world import AT, initiative, key, published

if TYPE_CHECKING:
    from collections.abc import Callable


def packages(count: int) -> list[Any]:
    return [SimpleNamespace(files=(), number=number) for number in range(count)]


def writer(monkeypatch: pytest.MonkeyPatch, store: Callable[[list[Any]], list[Outcome]]) -> Writer:
    monkeypatch.setattr(intake, "store", store)
    monkeypatch.setattr(intake, "close_old_connections", lambda: None)
    return Writer()


def test_one_bad_package_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the batch fails, each is tried alone."""
    tried: list[int] = []

    def store(batch: list[Any]) -> list[Outcome]:
        tried.append(len(batch))
        if len(batch) > 1 and any(each.number == 1 for each in batch):
            raise IntegrityError("submission_once")
        return [Outcome(Fate.AGAIN if each.number == 1 else Fate.STORED) for each in batch]

    made = writer(monkeypatch, store)
    batch = [(each, intake.Future()) for each in packages(3)]  # type: ignore[attr-defined]
    made._write(batch)
    assert [waiting.result(0).fate for _, waiting in batch] == [Fate.STORED, Fate.AGAIN, Fate.STORED]
    assert tried == [3, 1, 1, 1]


def test_a_package_that_another_process_stores_meanwhile_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    losing = [IntegrityError("submission_once")]

    def store(_: list[Any]) -> list[Outcome]:
        if losing:
            raise losing.pop()
        return [Outcome(Fate.AGAIN)]

    assert writer(monkeypatch, store).put(packages(1)[0]).fate == Fate.AGAIN


def test_a_thread_that_dies_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    falls = [True]

    def store(batch: list[Any]) -> list[Outcome]:
        if falls.pop() if falls else False:
            raise SystemExit  # would end the thread
        return [Outcome(Fate.STORED) for _ in batch]

    made = writer(monkeypatch, store)
    first, second = packages(2)
    with pytest.raises(BusyError):
        made.put(first)
    assert made.put(second).fate == Fate.STORED


@pytest.mark.parametrize("problem", [IntegrityError("x"), OSError(28, "No space left on device")])
def test_what_the_database_or_the_disk_refuses_may_come_again(
    monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def store(_: list[Any]) -> list[Outcome]:
        raise problem

    with pytest.raises(BusyError):
        writer(monkeypatch, store).put(packages(1)[0])


@pytest.mark.django_db
def test_a_clock_that_jumps_breaks_no_chain() -> None:
    where = initiative()
    questionnaire = published(where).questionnaire
    first = Package(
        questionnaire=questionnaire.id,
        initiative=where.id,
        key=key(where)[0].id,
        instance="uuid:0",
        replaces="",
        version="1",
        is_held=False,
        is_test=False,
        xml=b"<data/>",
        digest="0" * 64,
    )
    jumps = (timedelta(), timedelta(days=-9000), timedelta(days=9000), timedelta(seconds=-1))
    for number, jump in enumerate(jumps):
        package = replace(first, instance=f"uuid:{number}", digest=f"{number}" * 64)
        fates = [receiving.receive([package], at=AT + jump)[0].fate for _ in range(2)]
        assert fates == [Fate.STORED, Fate.AGAIN]
    assert Submission.objects.count() == len(jumps)
    assert list(broken()) == []
